package tiff_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// seeds are small files of every kind of layout.
func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	gray := samples(24*20, 2, 16, 1)
	colours := samples(24*20*3, 1, 8, 2)
	page := func(p synth.TIFFPage) synth.TIFFPage { p.Width, p.Height = 24, 20; return p }
	out := map[string][]byte{}
	for name, p := range map[string]synth.TIFFPage{
		"plain":    {Bits: 16, Data: gray, RowsPerStrip: 6},
		"LZW":      {Bits: 16, Data: gray, Compression: 5, Predictor: 2},
		"old LZW":  {Bits: 16, Data: gray, Compression: 5, OldLZW: true},
		"deflate":  {Bits: 16, Data: gray, Compression: 8, TileWidth: 16, TileHeight: 16},
		"PackBits": {Data: samples(24*20, 1, 8, 1), Compression: 32773, RowsPerStrip: 7},
		"float":    {Bits: 32, Format: 3, Data: floats(24 * 20), Compression: 8, Predictor: 3},
		"colours":  {Samples: 3, Photometric: 2, Data: colours, Planes: true, Compression: 5},
		"palette":  {Photometric: 3, Bits: 4, Data: samples(24*20, 1, 4, 3), Tags: []synth.TIFFTag{{ID: 320, Value: table(16, func(i, k int) uint16 { return uint16(i * k) })}}},
		"shared":   {Samples: 3, Photometric: 6, Segments: [][]byte{samples(720, 1, 8, 4)}},
		"bits":     {Bits: 12, Data: gray, FillOrder: 2},
		"JPEG":     {Compression: 7, Segments: [][]byte{{0xff, 0xd8, 0xff, 0xd9}}},
	} {
		if p.Bits == 12 {
			p.Data = samples(24*20, 2, 12, 1)
		}
		out[name] = encode(t, synth.TIFFOptions{}, page(p))
		out[name+", big"] = encode(t, synth.TIFFOptions{Big: true, BigEndian: true}, page(p), page(p))
	}
	return out
}

// tryAll reads everything of a file; only errors of known kinds may come.
func tryAll(t testing.TB, f *tiff.File) {
	t.Helper()
	for i := range 4 {
		d, err := f.Directory(i)
		if err != nil && !known(err) {
			t.Fatalf("directory: %v", err)
		}
		if d == nil {
			return
		}
		for _, tag := range d.Tags {
			_, _ = d.Value(tag.ID, 64)
		}
		m, err := d.Image()
		if err != nil {
			if !known(err) {
				t.Fatalf("image: %v", err)
			}
			continue
		}
		count := []int{min(m.Height, 32), min(m.Width, 32)}
		step := []int{max(1, m.Height/count[0]), max(1, m.Width/count[1])}
		dst := make([]byte, count[0]*count[1]*elementSize(t, m))
		if err := m.ReadRegion(t.Context(), []int{0, 0}, count, step, dst); err != nil && !known(err) {
			t.Fatalf("pixels: %v", err)
		}
	}
}

func known(err error) bool {
	for _, kind := range []nexuslims.Kind{nexuslims.Corrupt, nexuslims.Unsupported, nexuslims.NotFound} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func TestTruncatedFiles(t *testing.T) {
	for name, b := range seeds(t) {
		t.Run(name, func(t *testing.T) {
			for n := 8; n < len(b); n += fault.Stride * (1 + len(b)/200) {
				if f, err := tiff.Open(newReader(b[:n]), int64(n)); err == nil {
					tryAll(t, f)
				} else {
					assert.True(t, known(err), "%v", err)
				}
			}
		})
	}
}

func TestPatchedFiles(t *testing.T) {
	for name, b := range seeds(t) {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, uint64(len(b))))
			for range 300 / fault.Stride {
				c := append([]byte(nil), b...)
				at := max(4, len(c)-rnd.IntN(min(len(c)-4, 500)))
				at = min(at, len(c)-4)
				binary.LittleEndian.PutUint32(c[at:], []uint32{0, 1, 0xffffffff, 0x7fffffff, rnd.Uint32()}[rnd.IntN(5)])
				if f, err := tiff.Open(newReader(c), int64(len(c))); err == nil {
					tryAll(t, f)
				}
			}
		})
	}
}

func TestDamagedStripLosesOnlyItself(t *testing.T) {
	p := synth.TIFFPage{Width: 40, Height: 40, Bits: 16, Data: samples(1600, 2, 16, 5), Compression: 8, RowsPerStrip: 10}
	b := encode(t, synth.TIFFOptions{}, p)
	d, err := open(t, b).Directory(0)
	require.NoError(t, err)
	offsets, err := d.Numbers(273, 4)
	require.NoError(t, err)
	b[int(offsets[1])] ^= 0xff
	got, err := pixels(t, image(t, b, 0))
	assert.ErrorIs(t, err, nexuslims.Corrupt)
	assert.Equal(t, p.Data[:800], got[:800])
	assert.Equal(t, make([]byte, 800), got[800:1600])
	assert.Equal(t, p.Data[1600:], got[1600:])
}

func TestCanceled(t *testing.T) {
	m := image(t, seeds(t)["LZW"], 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := m.ReadRegion(ctx, []int{0, 0}, []int{1, 1}, []int{1, 1}, make([]byte, 2))
	assert.ErrorIs(t, err, nexuslims.Canceled)
}

func FuzzTIFF(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := tiff.Open(newReader(b), int64(len(b)))
		if err != nil {
			if !known(err) {
				t.Fatal(err)
			}
			return
		}
		tryAll(t, file)
	})
}
