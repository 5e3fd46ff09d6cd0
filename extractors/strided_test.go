package extractors_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func ramp(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i/251)
	}
	return b
}

func memory(name string, b []byte) *extractors.File {
	return extractors.NewFile(name, bytes.NewReader(b), int64(len(b)), time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC), extractors.Context{})
}

// naive copies element by element.
func naive(s *extractors.Strided, data []byte, r extractors.Region) []byte {
	var out []byte
	index := make([]int, len(r.Count))
	for range r.Len() {
		off := s.Offset
		for i, x := range index {
			off += int64(r.Start[i]+x*r.Step[i]) * s.Strides[i]
		}
		e := bytes.Clone(data[off : off+int64(s.Type.Size())])
		if half := s.Type.Size(); s.Big && !s.Type.IsColour() {
			if s.Type.IsComplex() {
				half /= 2
			}
			for p := 0; p < len(e); p += half {
				for i := range half / 2 {
					e[p+i], e[p+half-1-i] = e[p+half-1-i], e[p+i]
				}
			}
		}
		out = append(out, e...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < r.Count[i] {
				break
			}
			index[i] = 0
		}
	}
	return out
}

func TestStridedReadsWhatElementwiseCopyReads(t *testing.T) {
	regions := map[string]extractors.Region{
		"whole":    {Start: []int{0, 0, 0}, Count: []int{5, 40, 60}, Step: []int{1, 1, 1}},
		"one":      {Start: []int{4, 39, 59}, Count: []int{1, 1, 1}, Step: []int{1, 1, 1}},
		"part":     {Start: []int{1, 3, 7}, Count: []int{3, 20, 11}, Step: []int{1, 1, 1}},
		"stepped":  {Start: []int{0, 1, 2}, Count: []int{3, 10, 9}, Step: []int{2, 3, 5}},
		"column":   {Start: []int{0, 0, 5}, Count: []int{5, 40, 1}, Step: []int{1, 1, 1}},
		"navigate": {Start: []int{0, 5, 5}, Count: []int{5, 1, 1}, Step: []int{1, 1, 1}},
		"empty":    {Start: []int{0, 0, 0}, Count: []int{0, 40, 60}, Step: []int{1, 1, 1}},
	}
	for kind := extractors.Uint8; kind <= extractors.RGBA; kind++ {
		for _, big := range []bool{false, true} {
			shape := []int{5, 40, 60}
			size := int64(kind.Size())
			data := ramp(int(13 + 5*40*60*size))
			plain, err := extractors.Contiguous(memory("a", data), 13, kind, big, shape)
			require.NoError(t, err)
			turned := *plain // the first axis is the fastest in the file, the second runs backwards
			turned.Strides = []int64{size, -5 * size, 200 * size}
			turned.Offset += 39 * 5 * size
			for layout, s := range map[string]*extractors.Strided{"plain": plain, "turned": &turned} {
				a := &extractors.Array{Type: kind, Axes: []extractors.Axis{{Size: 5}, {Size: 40}, {Size: 60}}, Source: s}
				for name, r := range regions {
					got, err := a.Read(context.Background(), r)
					require.NoError(t, err, "%s %s %s", kind, layout, name)
					require.True(t, bytes.Equal(naive(s, data, r), got), "%s big=%v %s %s", kind, big, layout, name)
				}
			}
		}
	}
}

func TestStridedReadsFewLargePieces(t *testing.T) {
	data := ramp(8 << 20)
	c := &fault.Counting{R: bytes.NewReader(data)}
	s := &extractors.Strided{Reader: c, Size: int64(len(data)), Strides: []int64{2048, 1}, Type: extractors.Uint8}
	a := &extractors.Array{Type: extractors.Uint8, Axes: []extractors.Axis{{Size: 4096}, {Size: 2048}}, Source: s}
	_, err := a.Read(context.Background(), a.All())
	require.NoError(t, err)
	assert.LessOrEqual(t, c.Reads(), int64(16))
	assert.Equal(t, int64(len(data)), c.Bytes())

	sum, err := a.SHA256(context.Background())
	require.NoError(t, err)
	want := sha256.Sum256(data)
	assert.Equal(t, hex.EncodeToString(want[:]), sum)
}

func TestStridedErrors(t *testing.T) {
	data := ramp(100)
	array := func(r io.ReaderAt, size int64) *extractors.Array {
		return &extractors.Array{
			Type: extractors.Uint8, Axes: []extractors.Axis{{Size: 100}},
			Source: &extractors.Strided{Reader: r, Size: size, Strides: []int64{1}, Type: extractors.Uint8},
		}
	}
	read := func(ctx context.Context, a *extractors.Array) error { _, err := a.Read(ctx, a.All()); return err }
	canceled, cancel := context.WithCancel(context.Background())
	cancel()

	assert.ErrorIs(t, read(context.Background(), array(bytes.NewReader(data), 99)), nexuslims.Corrupt, "beyond the end")
	assert.ErrorIs(t, read(context.Background(), array(fault.Truncated{R: bytes.NewReader(data), N: 50}, 100)), nexuslims.Corrupt, "became shorter")
	assert.ErrorIs(t, read(context.Background(), array(&fault.Failing{R: bytes.NewReader(data), Err: io.ErrClosedPipe}, 100)), nexuslims.Transient)
	assert.ErrorIs(t, read(canceled, array(bytes.NewReader(data), 100)), nexuslims.Canceled)
	for name, shape := range map[string][]int{"too large": {101}, "negative": {-1}, "overflow": {1 << 40, 1 << 40}} {
		_, err := extractors.Contiguous(memory("a", data), 0, extractors.Uint8, false, shape)
		assert.ErrorIs(t, err, nexuslims.Corrupt, name)
	}
}

func TestStridedConvertsColours(t *testing.T) {
	s := &extractors.Strided{
		Reader: bytes.NewReader([]byte{1, 2, 3, 4, 5, 6, 7, 8}), Size: 8, Strides: []int64{4}, Stored: 4,
		Type: extractors.RGB, Convert: extractors.BGRA,
	}
	a := &extractors.Array{Type: extractors.RGB, Axes: []extractors.Axis{{Size: 2}}, Source: s}
	got, err := a.Read(context.Background(), a.All())
	require.NoError(t, err)
	assert.Equal(t, []byte{3, 2, 1, 7, 6, 5}, got)
	_, err = a.Float32(context.Background(), a.All())
	assert.ErrorIs(t, err, nexuslims.Unsupported)
}

func TestNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		kind  extractors.ElementType
		bytes []byte
		want  float64
	}{
		"bool":       {extractors.Bool8, []byte{1}, 1},
		"int8":       {extractors.Int8, []byte{0xff}, -1},
		"uint16":     {extractors.Uint16, []byte{0xff, 0xff}, 65535},
		"int16":      {extractors.Int16, []byte{0xfe, 0xff}, -2},
		"uint32":     {extractors.Uint32, []byte{0, 0, 0, 0x80}, 1 << 31},
		"int32":      {extractors.Int32, []byte{0, 0, 0, 0x80}, -1 << 31},
		"uint64":     {extractors.Uint64, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, 1 << 63},
		"int64":      {extractors.Int64, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, -1 << 63},
		"float32":    {extractors.Float32, []byte{0, 0, 0xc0, 0x3f}, 1.5},
		"float64":    {extractors.Float64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}, 1.5},
		"complex64":  {extractors.Complex64, []byte{0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40}, 5},
		"complex128": {extractors.Complex128, []byte{0, 0, 0, 0, 0, 0, 8, 0x40, 0, 0, 0, 0, 0, 0, 0x10, 0x40}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := extractors.Contiguous(memory("a", c.bytes), 0, c.kind, false, []int{1})
			require.NoError(t, err)
			a := &extractors.Array{Type: c.kind, Axes: []extractors.Axis{{Size: 1}}, Source: s}
			wide, err := a.Float64(context.Background(), a.All())
			require.NoError(t, err)
			assert.Equal(t, []float64{c.want}, wide)
			short, err := a.Float32(context.Background(), a.All())
			require.NoError(t, err)
			assert.Equal(t, []float32{float32(c.want)}, short)
			z, err := a.Complex(context.Background(), a.All())
			require.NoError(t, err)
			want := complex(c.want, 0)
			if c.kind.IsComplex() {
				want = 3 + 4i
			}
			assert.Equal(t, []complex128{want}, z)
		})
	}
}

func TestShorten(t *testing.T) {
	values := make([]uint16, 300)
	raw := make([]byte, 0, 600)
	for i := range values {
		values[i] = uint16(i)
		raw = append(raw, byte(i), byte(i>>8))
	}
	sum := sha256.Sum256(raw)
	o, ok := extractors.ArrayValue(values).(*nexuslims.Object)
	require.True(t, ok)
	assert.Equal(t, []string{"length", "first", "last", "sha256"}, o.Keys())
	assert.Equal(t, nexuslims.Int(300), o.Get("length"))
	assert.Equal(t, "[0, 1, 2, 3, 4, 5, 6, 7]", nexuslims.TextOf(o.Get("first")))
	assert.Equal(t, "[292, 293, 294, 295, 296, 297, 298, 299]", nexuslims.TextOf(o.Get("last")))
	assert.Equal(t, hex.EncodeToString(sum[:]), o.Text("sha256"))

	assert.Len(t, extractors.ArrayValue(values[:256]), 256, "256 elements stay whole")
	assert.Equal(t, nexuslims.List{nexuslims.Float(2)}, extractors.ArrayValue([]float32{2}))
	assert.Equal(t, nexuslims.List{nexuslims.Uint(math.MaxUint64)}, extractors.ArrayValue([]uint64{math.MaxUint64}))
	assert.Equal(t, nexuslims.List{nexuslims.Int(-1)}, extractors.ArrayValue([]int8{-1}))
}

func BenchmarkStrided(b *testing.B) {
	data := ramp(32 << 20)
	s := &extractors.Strided{Reader: bytes.NewReader(data), Size: int64(len(data)), Strides: []int64{8192, 2}, Type: extractors.Uint16, Big: true}
	a := &extractors.Array{Type: extractors.Uint16, Axes: []extractors.Axis{{Size: 4096}, {Size: 4096}}, Source: s}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := a.Float32(context.Background(), a.All()); err != nil {
			b.Fatal(err)
		}
	}
}
