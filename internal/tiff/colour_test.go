package tiff_test

import (
	"bytes"
	"fmt"
	stdimage "image"
	"image/color"
	"image/jpeg"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestColoursInEveryForm(t *testing.T) {
	n := 0
	for _, k := range []struct {
		element       string
		bits, samples int
		extra         []uint16
	}{
		{"rgb", 8, 3, nil},
		{"rgba", 8, 4, nil},
		{"rgba", 8, 4, []uint16{2}},
		{"rgb", 8, 4, []uint16{0}},
		{"rgb", 16, 3, nil},
		{"rgba", 16, 4, []uint16{2}},
		{"rgb", 32, 3, nil},
		{"rgb", 4, 3, nil},
	} {
		for _, form := range slices.Sorted(maps.Keys(forms())) {
			for _, order := range slices.Sorted(maps.Keys(options())) {
				for _, planes := range []bool{false, true} {
					size := max(1, k.bits/8)
					p := synth.TIFFPage{
						Width: wide, Height: high, Bits: k.bits, Samples: k.samples, Photometric: 2,
						Data: samples(wide*high*k.samples, size, k.bits, 3),
					}
					if forms()[form](&p); p.Predictor == 3 || p.Predictor == 2 && k.bits < 8 || p.Tags != nil && (p.Compression > 1 || planes) {
						continue
					}
					if n++; n%fault.Stride != 0 {
						continue
					}
					p.Planes = planes
					if k.extra != nil {
						p.Tags = append(p.Tags, synth.TIFFTag{ID: 338, Value: k.extra})
					}
					t.Run(fmt.Sprint(k, form, order, planes), func(t *testing.T) {
						m := image(t, encode(t, options()[order], p), 0)
						require.Equal(t, k.element, m.Element)
						got, err := pixels(t, m)
						require.NoError(t, err)
						var want []byte
						shown := elementSize(t, m)
						for i := range wide * high {
							for s := range shown {
								at := (i*k.samples + s) * size
								if k.bits == 4 {
									want = append(want, p.Data[at]*17)
								} else {
									want = append(want, p.Data[at+size-1])
								}
							}
						}
						require.True(t, bytes.Equal(want, got))
						regions(t, m, got)
					})
				}
			}
		}
	}
}

func TestOpacityThatColoursAreMultipliedBy(t *testing.T) {
	p := synth.TIFFPage{
		Width: 3, Height: 1, Samples: 4, Photometric: 2, Data: []byte{50, 100, 128, 128, 9, 8, 7, 0, 1, 2, 3, 255},
		Tags: []synth.TIFFTag{{ID: 338, Value: []uint16{1}}},
	}
	got, err := pixels(t, image(t, encode(t, synth.TIFFOptions{}, p), 0))
	require.NoError(t, err)
	assert.Equal(t, []byte{100, 199, 255, 128, 9, 8, 7, 0, 1, 2, 3, 255}, got)
}

// table returns a palette; each number of 16 bits is the shade of a function of it.
func table(n int, shade func(i, k int) uint16) []uint16 {
	out := make([]uint16, 3*n)
	for k := range 3 {
		for i := range n {
			out[k*n+i] = shade(i, k)
		}
	}
	return out
}

func TestPalettes(t *testing.T) {
	for _, bits := range []int{1, 2, 4, 8} {
		n := 1 << bits
		for name, shade := range map[string]func(i, k int) uint16{
			"sixteen bits": func(i, k int) uint16 { return uint16(i*65535/n) + uint16(k)<<8 },
			"eight bits":   func(i, k int) uint16 { return uint16((i + k) % 256) },
			"shades":       func(i, _ int) uint16 { return uint16(i * 255 / (n - 1) * 257) },
		} {
			t.Run(fmt.Sprint(bits, name), func(t *testing.T) {
				p := synth.TIFFPage{
					Width: wide, Height: high, Bits: bits, Photometric: 3, RowsPerStrip: 7, Data: samples(wide*high, 1, bits, 9),
					Tags: []synth.TIFFTag{{ID: 320, Value: table(n, shade)}},
				}
				m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
				require.Equal(t, "rgb", m.Element)
				got, err := pixels(t, m)
				require.NoError(t, err)
				for i, v := range p.Data {
					for k := range 3 {
						want := shade(int(v), k)
						if name != "eight bits" {
							want >>= 8
						}
						require.Equal(t, uint8(want), got[3*i+k])
					}
				}
				regions(t, m, got)
				numbers, shades := m.Indices()
				require.NotNil(t, numbers)
				assert.Equal(t, name == "shades", shades)
				got, err = pixels(t, numbers)
				require.NoError(t, err)
				assert.Equal(t, p.Data, got)
			})
		}
	}
	gray, _ := image(t, encode(t, synth.TIFFOptions{}, synth.TIFFPage{Width: 1, Height: 1, Data: []byte{1}}), 0).Indices()
	assert.Nil(t, gray)
}

// TestPaletteOfOneColour has a table that breaks off behind the first colour.
func TestPaletteOfOneColour(t *testing.T) {
	p := synth.TIFFPage{Width: 2, Height: 2, Bits: 8, Photometric: 3, Data: []byte{0, 1, 2, 3}}
	p.Tags = []synth.TIFFTag{{ID: 320, Value: []uint16{0, 0, 0}}}
	d, err := open(t, encode(t, synth.TIFFOptions{}, p)).Directory(0)
	require.NoError(t, err)
	m, err := d.Shades()
	require.NoError(t, err)
	assert.Equal(t, "rgb", m.Element)
	got, err := pixels(t, m)
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 12), got)
}

func TestCMYK(t *testing.T) {
	p := synth.TIFFPage{Width: 2, Height: 1, Samples: 4, Photometric: 5, Data: []byte{0, 0, 0, 0, 10, 200, 30, 40}}
	m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
	require.Equal(t, "rgb", m.Element)
	got, err := pixels(t, m)
	require.NoError(t, err)
	r, g, b := color.CMYKToRGB(10, 200, 30, 40)
	assert.Equal(t, []byte{255, 255, 255, r, g, b}, got)
}

func TestYCbCr(t *testing.T) {
	same := []synth.TIFFTag{{ID: 530, Value: []uint16{1, 1}}}
	p := synth.TIFFPage{Width: 2, Height: 1, Samples: 3, Photometric: 6, Tags: same, Data: []byte{100, 128, 128, 90, 60, 200}}
	got, err := pixels(t, image(t, encode(t, synth.TIFFOptions{}, p), 0))
	require.NoError(t, err)
	r, g, b := color.YCbCrToRGB(90, 60, 200)
	assert.Equal(t, []byte{100, 100, 100}, got[:3])
	assert.InDeltaSlice(t, []byte{r, g, b}, got[3:], 1)

	p.Planes = true
	inPlanes, err := pixels(t, image(t, encode(t, synth.TIFFOptions{}, p), 0))
	require.NoError(t, err)
	assert.Equal(t, got, inPlanes)
}

func TestYCbCrThatSharesColours(t *testing.T) {
	// Two by two pixels share their colours: 5 x 3 pixels are two rows of three units.
	unit := func(y0, y1, y2, y3 byte) []byte { return []byte{y0, y1, y2, y3, 128, 128} }
	strip := bytes.Join([][]byte{
		unit(0, 1, 10, 11), unit(2, 3, 12, 13), unit(4, 99, 14, 99),
		unit(20, 21, 99, 99), unit(22, 23, 99, 99), unit(24, 99, 99, 99),
	}, nil)
	want := []byte{0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24}
	for _, strips := range [][][]byte{{strip}, {strip[:18], strip[18:]}} {
		p := synth.TIFFPage{Width: 5, Height: 3, Samples: 3, Photometric: 6, Segments: strips, RowsPerStrip: 4 - 2*(len(strips)-1)}
		m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
		got, err := pixels(t, m)
		require.NoError(t, err)
		for i, v := range want {
			require.Equal(t, []byte{v, v, v}, got[3*i:3*i+3], "pixel %d", i)
		}
		regions(t, m, got)
	}
}

func TestSamplesOfGrayPictures(t *testing.T) {
	for _, planes := range []bool{false, true} {
		p := synth.TIFFPage{Width: wide, Height: high, Bits: 16, Samples: 5, Planes: planes, Data: samples(wide*high*5, 2, 16, 1)}
		m := image(t, encode(t, synth.TIFFOptions{BigEndian: true}, p), 0)
		require.Equal(t, "uint16", m.Element)
		for s := range 5 {
			one := m.Sample(s)
			got, err := pixels(t, one)
			require.NoError(t, err)
			want := make([]byte, 0, len(got))
			for i := range wide * high {
				want = append(want, p.Data[(i*5+s)*2:][:2]...)
			}
			require.Equal(t, want, got)
			regions(t, one, got)
		}
		assert.Nil(t, m.Sample(5))
	}
}

func TestJPEG(t *testing.T) {
	gray := stdimage.NewGray(stdimage.Rect(0, 0, 16, 16))
	for i := range gray.Pix {
		gray.Pix[i] = uint8(i)
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, gray, &jpeg.Options{Quality: 100}))
	stream := b.Bytes()
	// Tables alone and the rest: the two tables that the encoder writes first.
	start := bytes.Index(stream, []byte{0xff, 0xc0})
	require.Positive(t, start)
	tables := append(bytes.Clone(stream[:start]), 0xff, 0xd9)
	rest := append([]byte{0xff, 0xd8}, stream[start:]...)
	whole := synth.TIFFPage{Width: 32, Height: 16, Compression: 7, TileWidth: 16, TileHeight: 16, Segments: [][]byte{stream, stream}}
	parted := whole
	parted.Segments = [][]byte{rest, rest}
	parted.Tags = []synth.TIFFTag{{ID: 347, Value: tables}}
	for _, p := range []synth.TIFFPage{whole, parted} {
		m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
		require.Equal(t, "uint8", m.Element)
		got, err := pixels(t, m)
		require.NoError(t, err)
		for y := range 16 {
			assert.InDeltaSlice(t, gray.Pix[16*y:16*y+16], got[32*y:32*y+16], 4)
			assert.Equal(t, got[32*y:32*y+16], got[32*y+16:32*y+32])
		}
		regions(t, m, got)
	}
	colours := stdimage.NewRGBA(stdimage.Rect(0, 0, 16, 16))
	for i := range 256 {
		colours.SetRGBA(i%16, i/16, color.RGBA{200, 100, 50, 255})
	}
	b.Reset()
	require.NoError(t, jpeg.Encode(&b, colours, nil))
	p := synth.TIFFPage{Width: 16, Height: 16, Samples: 3, Photometric: 6, Compression: 7, Segments: [][]byte{b.Bytes()}}
	got, err := pixels(t, image(t, encode(t, synth.TIFFOptions{}, p), 0))
	require.NoError(t, err)
	assert.InDeltaSlice(t, []byte{200, 100, 50}, got[:3], 4)
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	page := func(change func(p *synth.TIFFPage)) []byte {
		p := synth.TIFFPage{Width: 8, Height: 8, Data: make([]byte, 64), Segments: [][]byte{make([]byte, 64)}}
		change(&p)
		return encode(t, synth.TIFFOptions{}, p)
	}
	for name, c := range map[string]struct {
		change func(p *synth.TIFFPage)
		says   string
	}{
		"fax":        {func(p *synth.TIFFPage) { p.Compression, p.Bits = 4, 1 }, "4 (CCITT group 4)"},
		"JPEG 2000":  {func(p *synth.TIFFPage) { p.Compression = 33003 }, "33003 (JPEG 2000)"},
		"unknown":    {func(p *synth.TIFFPage) { p.Compression = 12345 }, "compression 12345"},
		"CIELab":     {func(p *synth.TIFFPage) { p.Photometric, p.Samples = 8, 3 }, "CIELab"},
		"float of 8": {func(p *synth.TIFFPage) { p.Format = 3 }, "samples of 8 bits in format 3"},
		"uneven":     {func(p *synth.TIFFPage) { p.Tags = []synth.TIFFTag{{ID: 258, Value: []uint16{5, 6, 5}}}; p.Samples = 3 }, "samples of [5 6 5] bits"},
		"predictor":  {func(p *synth.TIFFPage) { p.Compression, p.Predictor = 8, 9 }, "predictor 9"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := open(t, page(c.change)).Directory(0)
			require.NoError(t, err)
			_, err = d.Image()
			require.ErrorIs(t, err, nexuslims.Unsupported)
			assert.ErrorContains(t, err, c.says)
		})
	}
}
