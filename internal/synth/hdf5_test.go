package synth_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// everyHDF5 is a file with one of everything.
func everyHDF5(block int) *synth.HDF5 {
	h := synth.NewHDF5()
	h.UserBlock = block
	root := h.Root()
	root.Attr("text", "grüße").Attr("fixed", synth.HDF5Fixed("abc")).Attr("int", int32(-7)).Attr("float", float32(1.5)).
		Attr("list", []float64{1, 2, 3}).Attr("true", true).Attr("texts", []string{"a", "", "ccc"}).Attr("größe", uint8(3)).
		Attr("null", synth.HDF5Data{Null: true, Type: synth.HDF5Number("f4")}).Attr("empty", "").
		Attr("opaque", synth.HDF5Data{Type: synth.HDF5Opaque(3, "tag"), Bytes: []byte{1, 2, 3}}).
		Attr("pair", synth.HDF5Data{Type: synth.HDF5Compound(synth.HDF5Field{Name: "r", Type: synth.HDF5Number("f4")},
			synth.HDF5Field{Name: "v", Type: synth.HDF5Array(synth.HDF5Number(">u2"), 2)}), Bytes: []byte{0, 0, 128, 63, 0, 1, 0, 2}})
	many := root.Group("many")
	for i := range 500 {
		many.Group(fmt.Sprintf("m%03d", i)).Attr("i", i)
	}
	d := root.Group("Data/a")
	b := make([]byte, 2*5*7)
	for i := range b {
		b[i] = byte(i)
	}
	for _, code := range []string{"u2", ">i2", "f2"} {
		t := synth.HDF5Number(code)
		d.Dataset("plain"+code, synth.HDF5Data{Shape: []int{5, 7}, Type: t, Bytes: b})
		d.Dataset("chunk"+code, synth.HDF5Data{Shape: []int{5, 7}, Max: []int{-1, 7}, Type: t, Bytes: b, Chunk: []int{2, 3}})
		d.Dataset("packed"+code, synth.HDF5Data{
			Shape: []int{5, 7}, Type: t, Bytes: b, Chunk: []int{2, 3},
			Deflate: 4, Shuffle: true, Fletcher: true, Fill: []byte{1, 0},
		})
	}
	d.Dataset("small", synth.HDF5Data{Shape: []int{5, 7}, Type: synth.HDF5Number("i2"), Bytes: b, Compact: true})
	d.Dataset("absent", synth.HDF5Data{Shape: []int{5, 7}, Type: synth.HDF5Number("i2"), Absent: true, Fill: []byte{9, 0}})
	d.Dataset("lists", synth.HDF5Data{
		Shape: []int{3}, Type: synth.HDF5Sequence(synth.HDF5Number("u4")),
		Sequences: [][]byte{{1, 0, 0, 0}, nil, make([]byte, 8000)},
	})
	d.Dataset("texts", synth.HDF5Of([]string{"one", "two"})).Attr("unit", "nm")
	d.Dataset("odd", synth.HDF5Data{Shape: []int{100, 100}, Type: synth.HDF5Number("u1"), Chunk: []int{3, 3}, Bytes: make([]byte, 10000)})
	d.Link("soft", "/Data/a/texts")
	return h
}

func TestHDF5IsDeterministic(t *testing.T) {
	a, b := everyHDF5(512).Bytes(), everyHDF5(512).Bytes()
	assert.Equal(t, sha256.Sum256(a), sha256.Sum256(b))
	assert.Equal(t, "\x89HDF\r\n\x1a\n", string(a[512:520]))
}

func TestHDF5LeavesHoles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "big.h5")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	h := synth.NewHDF5()
	h.Root().Dataset("hole", synth.HDF5Data{Shape: []int{2 << 30}, Type: synth.HDF5Number("u1")})
	size, err := h.Write(f)
	require.NoError(t, err)
	info, err := f.Stat()
	require.NoError(t, err)
	assert.Equal(t, size, info.Size())
	assert.Greater(t, size, int64(2<<30))
}
