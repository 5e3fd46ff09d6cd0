package tiff_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	xtiff "golang.org/x/image/tiff"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
)

const wide, high = 37, 29

// kind is a type of samples that a picture gives out as they are stored.
type kind struct {
	element               string
	bits, format, samples int
	size                  int // in memory
}

func kinds() []kind {
	return []kind{
		{"uint8", 8, 1, 1, 1},
		{"int8", 8, 2, 1, 1},
		{"uint16", 16, 1, 1, 2},
		{"uint16", 16, 0, 1, 2},
		{"uint16", 16, 4, 1, 2},
		{"int16", 16, 2, 1, 2},
		{"uint32", 32, 1, 1, 4},
		{"int32", 32, 2, 1, 4},
		{"uint64", 64, 1, 1, 8},
		{"int64", 64, 2, 1, 8},
		{"float32", 32, 3, 1, 4},
		{"float64", 64, 3, 1, 8},
		{"complex64", 64, 6, 1, 8},
		{"complex128", 128, 6, 1, 16},
		{"uint16", 12, 1, 1, 2},
		{"uint16", 10, 1, 1, 2},
		{"uint32", 24, 1, 1, 4},
		{"uint32", 20, 1, 1, 4},
	}
}

// forms are the ways of storing the same pixels.
func forms() map[string]func(p *synth.TIFFPage) {
	return map[string]func(p *synth.TIFFPage){
		"one strip":           func(*synth.TIFFPage) {},
		"strips of one":       func(p *synth.TIFFPage) { p.RowsPerStrip = 1 },
		"strips":              func(p *synth.TIFFPage) { p.RowsPerStrip = 8 },
		"tiles":               func(p *synth.TIFFPage) { p.TileWidth, p.TileHeight = 16, 16 },
		"fill order":          func(p *synth.TIFFPage) { p.FillOrder = 2; p.RowsPerStrip = 5 },
		"LZW":                 func(p *synth.TIFFPage) { p.Compression, p.RowsPerStrip = 5, 9 },
		"LZW, fill order":     func(p *synth.TIFFPage) { p.Compression, p.FillOrder = 5, 2 },
		"old LZW":             func(p *synth.TIFFPage) { p.Compression, p.OldLZW = 5, true },
		"LZW tiles":           func(p *synth.TIFFPage) { p.Compression, p.TileWidth, p.TileHeight = 5, 16, 32 },
		"deflate":             func(p *synth.TIFFPage) { p.Compression, p.RowsPerStrip = 8, 9 },
		"old deflate":         func(p *synth.TIFFPage) { p.Compression = 32946 },
		"PackBits":            func(p *synth.TIFFPage) { p.Compression, p.RowsPerStrip = 32773, 9 },
		"deflate tiles":       func(p *synth.TIFFPage) { p.Compression, p.TileWidth, p.TileHeight = 8, 48, 16 },
		"no counts":           func(p *synth.TIFFPage) { p.Tags = []synth.TIFFTag{{ID: 279}} },
		"no rows":             func(p *synth.TIFFPage) { p.Tags = []synth.TIFFTag{{ID: 278}} },
		"deflate, no counts":  func(p *synth.TIFFPage) { p.Compression, p.Tags = 8, []synth.TIFFTag{{ID: 279}} },
		"rows of all":         func(p *synth.TIFFPage) { p.Tags = []synth.TIFFTag{{ID: 278, Value: []uint32{0xffffffff}}} },
		"planes of one":       func(p *synth.TIFFPage) { p.Planes = true },
		"difference, LZW":     func(p *synth.TIFFPage) { p.Compression, p.Predictor, p.RowsPerStrip = 5, 2, 4 },
		"difference, deflate": func(p *synth.TIFFPage) { p.Compression, p.Predictor, p.TileWidth, p.TileHeight = 8, 2, 16, 16 },
		"float predictor":     func(p *synth.TIFFPage) { p.Compression, p.Predictor = 8, 3 },
	}
}

// fits reports whether a form goes together with a kind.
func (k kind) fits(p synth.TIFFPage) bool {
	switch p.Predictor {
	case 2:
		return k.bits%8 == 0 && k.bits <= 64 && k.bits != 24 && k.format < 5
	case 3:
		return k.format == 3
	}
	return true
}

func options() map[string]synth.TIFFOptions {
	return map[string]synth.TIFFOptions{
		"II": {}, "MM": {BigEndian: true}, "II Big": {Big: true}, "MM Big": {BigEndian: true, Big: true},
	}
}

func TestEveryKindInEveryForm(t *testing.T) {
	n := 0
	for _, k := range kinds() {
		for _, form := range slices.Sorted(maps.Keys(forms())) {
			for _, order := range slices.Sorted(maps.Keys(options())) {
				p := synth.TIFFPage{Width: wide, Height: high, Bits: k.bits, Format: k.format, Data: samples(wide*high, k.size, k.bits, 1)}
				if forms()[form](&p); !k.fits(p) {
					continue
				}
				if n++; n%fault.Stride != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s %d bits/%s/%s", k.element, k.bits, form, order), func(t *testing.T) {
					m := image(t, encode(t, options()[order], p), 0)
					require.Equal(t, k.element, m.Element)
					got, err := pixels(t, m)
					require.NoError(t, err)
					require.True(t, bytes.Equal(p.Data, got))
					regions(t, m, got)
				})
			}
		}
	}
	assert.Greater(t, n, 1000)
}

// regions reads parts of a picture, which must be the same as in the whole.
func regions(t *testing.T, m *tiff.Image, whole []byte) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(3, 4))
	size := elementSize(t, m)
	for range 6 {
		var start, count, step [2]int
		for i, n := range []int{m.Height, m.Width} {
			start[i], step[i] = rnd.IntN(n), 1+rnd.IntN(9)
			count[i] = 1 + rnd.IntN((n-1-start[i])/step[i]+1)
		}
		dst := make([]byte, count[0]*count[1]*size)
		require.NoError(t, m.ReadRegion(t.Context(), start[:], count[:], step[:], dst))
		require.True(t, bytes.Equal(part(whole, m.Width, size, start, count, step), dst), "%v %v %v", start, count, step)
	}
}

func TestFewBits(t *testing.T) {
	for _, bits := range []int{1, 2, 4} {
		for form, set := range forms() {
			for _, inverted := range []bool{false, true} {
				p := synth.TIFFPage{Width: wide, Height: high, Bits: bits, Inverted: inverted, Data: samples(wide*high, 1, bits, 2)}
				if set(&p); p.Predictor != 0 {
					continue
				}
				t.Run(fmt.Sprint(bits, form, inverted), func(t *testing.T) {
					m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
					require.Equal(t, "uint8", m.Element)
					want := make([]byte, len(p.Data))
					for i, v := range p.Data {
						want[i] = uint8(int(v) * 255 / (1<<bits - 1))
						if inverted {
							want[i] = 255 - want[i]
						}
					}
					got, err := pixels(t, m)
					require.NoError(t, err)
					require.Equal(t, want, got)
					regions(t, m, got)
				})
			}
		}
	}
}

func TestWhiteIsZeroOfBytesIsTurnedOverAndNoOther(t *testing.T) {
	eight := synth.TIFFPage{Width: 3, Height: 1, Inverted: true, Data: []byte{0, 1, 255}}
	got, err := pixels(t, image(t, encode(t, synth.TIFFOptions{}, eight), 0))
	require.NoError(t, err)
	assert.Equal(t, []byte{255, 254, 0}, got)
	sixteen := synth.TIFFPage{Width: 2, Height: 1, Bits: 16, Inverted: true, Data: []byte{0, 1, 2, 3}}
	got, err = pixels(t, image(t, encode(t, synth.TIFFOptions{}, sixteen), 0))
	require.NoError(t, err)
	assert.Equal(t, sixteen.Data, got)
}

func TestShortFloats(t *testing.T) {
	page := func(bits int, data ...byte) []byte {
		size := 2
		if bits == 24 {
			size = 4
		}
		p := synth.TIFFPage{Width: len(data) / size, Height: 1, Bits: bits, Format: 3, Data: data}
		m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
		require.Equal(t, "float32", m.Element)
		got, err := pixels(t, m)
		require.NoError(t, err)
		return got
	}
	one, minusTwo, tiny, infinite := []byte{0, 0, 0x80, 0x3f}, []byte{0, 0, 0, 0xc0}, []byte{0, 0, 0x80, 0x33}, []byte{0, 0, 0x80, 0x7f}
	assert.Equal(t, bytes.Join([][]byte{one, minusTwo, tiny, infinite}, nil),
		page(16, 0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c))
	// Sign, 7 bits of exponent with bias 63, 16 of fraction: 1 is 0x3f0000, -2 is 0xc00000.
	assert.Equal(t, bytes.Join([][]byte{one, minusTwo, infinite}, nil),
		page(24, 0, 0, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x7f, 0))
}

func TestComplexWholeNumbers(t *testing.T) {
	for name, o := range options() {
		t.Run(name, func(t *testing.T) {
			p := synth.TIFFPage{Width: 1, Height: 1, Bits: 32, Format: 5, Data: []byte{1, 0, 0xfe, 0xff}} // 1 - 2i
			m := image(t, encode(t, o, p), 0)
			require.Equal(t, "complex64", m.Element)
			got, err := pixels(t, m)
			require.NoError(t, err)
			assert.Equal(t, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, got)
		})
	}
}

func TestSignedNumbersOfFewBits(t *testing.T) {
	p := synth.TIFFPage{Width: 3, Height: 1, Bits: 12, Format: 2, Data: []byte{1, 0, 0xff, 0x0f, 0, 0x08}} // 1, -1, -2048
	m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
	require.Equal(t, "int16", m.Element)
	got, err := pixels(t, m)
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 0, 0xff, 0xff, 0, 0xf8}, got)
}

func TestSparseSegmentsAreZero(t *testing.T) {
	p := synth.TIFFPage{Width: 20, Height: 20, Bits: 16, TileWidth: 16, TileHeight: 16, Offsets: make([]uint64, 4), Sizes: make([]uint64, 4)}
	got, err := pixels(t, image(t, encode(t, synth.TIFFOptions{Big: true}, p), 0))
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 800), got)
}

// The decoder of golang.org/x/image reads a part of what is read here.
func TestAgainstOtherReader(t *testing.T) {
	compared := 0
	for form, set := range forms() {
		for _, bits := range []int{8, 16} {
			for _, o := range []synth.TIFFOptions{{}, {BigEndian: true}} {
				p := synth.TIFFPage{Width: wide, Height: high, Bits: bits, Data: samples(wide*high, bits/8, bits, 5)}
				if set(&p); p.OldLZW || p.FillOrder > 0 || p.Predictor == 3 || p.Tags != nil {
					continue
				}
				data := encode(t, o, p)
				theirs, err := xtiff.Decode(bytes.NewReader(data))
				require.NoError(t, err, form)
				ours, err := pixels(t, image(t, data, 0))
				require.NoError(t, err)
				for i := range wide * high {
					r, _, _, _ := theirs.At(i%wide, i/wide).RGBA()
					if bits == 8 {
						require.Equal(t, uint8(r>>8), ours[i], form)
					} else {
						require.Equal(t, uint16(r), uint16(ours[2*i])|uint16(ours[2*i+1])<<8, form)
					}
				}
				compared++
			}
		}
	}
	assert.Greater(t, compared, 40)
}

func TestRegionsThatCannotBe(t *testing.T) {
	m := image(t, encode(t, synth.TIFFOptions{}, synth.TIFFPage{Width: 4, Height: 3, Data: make([]byte, 12)}), 0)
	for name, r := range map[string][3][]int{
		"beyond":    {{0, 0}, {3, 5}, {1, 1}},
		"start":     {{3, 0}, {1, 1}, {1, 1}},
		"negative":  {{-1, 0}, {1, 1}, {1, 1}},
		"no step":   {{0, 0}, {1, 1}, {0, 1}},
		"step":      {{0, 0}, {2, 1}, {3, 1}},
		"one axis":  {{0}, {1}, {1}},
		"wrong dst": {{0, 0}, {1, 2}, {1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Error(t, m.ReadRegion(t.Context(), r[0], r[1], r[2], make([]byte, 1)))
		})
	}
	assert.NoError(t, m.ReadRegion(t.Context(), []int{0, 0}, []int{0, 3}, []int{1, 1}, nil))
}
