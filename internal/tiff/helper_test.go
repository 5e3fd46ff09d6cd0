package tiff_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
)

// samples returns n little-endian numbers of a size, of which the lower bits are used.
func samples(n, size, bits int, seed uint64) []byte {
	rnd := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n*size)
	for i := range n {
		v := rnd.Uint64()
		if i%3 > 0 { // some likeness, for the compressions
			v = uint64(i / 5)
		}
		if bits < 64 {
			v &= 1<<bits - 1
		}
		for k := range size {
			b[i*size+k] = byte(v >> (8 * (k % 8)))
		}
	}
	return b
}

// floats returns n float32 as bytes.
func floats(n int) []byte {
	b := make([]byte, 0, 4*n)
	for i := range n {
		v := math.Float32bits(float32(i)*0.37 - 20)
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return b
}

func newReader(b []byte) *bytes.Reader { return bytes.NewReader(b) }

func encode(t testing.TB, o synth.TIFFOptions, pages ...synth.TIFFPage) []byte {
	t.Helper()
	b, err := synth.TIFFFile(o, pages...)
	require.NoError(t, err)
	return b
}

func open(t testing.TB, b []byte) *tiff.File {
	t.Helper()
	f, err := tiff.Open(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

func image(t testing.TB, b []byte, page int) *tiff.Image {
	t.Helper()
	d, err := open(t, b).Directory(page)
	require.NoError(t, err)
	m, err := d.Image()
	require.NoError(t, err)
	return m
}

// elementSize returns the bytes of a pixel.
func elementSize(t testing.TB, m *tiff.Image) int {
	t.Helper()
	size, ok := map[string]int{
		"uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "uint32": 4, "int32": 4, "uint64": 8, "int64": 8,
		"float32": 4, "float64": 8, "complex64": 8, "complex128": 16, "rgb": 3, "rgba": 4,
	}[m.Element]
	require.True(t, ok, "element %q", m.Element)
	return size
}

// pixels reads the whole picture.
func pixels(t testing.TB, m *tiff.Image) ([]byte, error) {
	t.Helper()
	dst := make([]byte, m.Width*m.Height*elementSize(t, m))
	return dst, m.ReadRegion(t.Context(), []int{0, 0}, []int{m.Height, m.Width}, []int{1, 1}, dst)
}

// part picks a region of a whole picture.
func part(whole []byte, width, size int, start, count, step [2]int) []byte {
	var out []byte
	for y := range count[0] {
		for x := range count[1] {
			at := ((start[0]+y*step[0])*width + start[1] + x*step[1]) * size
			out = append(out, whole[at:at+size]...)
		}
	}
	return out
}
