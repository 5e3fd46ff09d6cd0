package hdf5_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func open(t testing.TB, b []byte) *hdf5.File {
	t.Helper()
	f, err := hdf5.Open(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

// ramp returns the numbers 0, 1, 2, … of a type.
func ramp(code string, n int) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if code[0] == '>' {
		order, code = binary.BigEndian, code[1:]
	}
	var b bytes.Buffer
	for i := range n {
		switch code {
		case "u2":
			_ = binary.Write(&b, order, uint16(i))
		case "i4":
			_ = binary.Write(&b, order, int32(i))
		case "f4":
			_ = binary.Write(&b, order, float32(i))
		case "f8":
			_ = binary.Write(&b, order, float64(i))
		case "u1":
			b.WriteByte(byte(i))
		}
	}
	return b.Bytes()
}

func TestAttributesHaveTheirKinds(t *testing.T) {
	h := synth.NewHDF5()
	pair := synth.HDF5Compound(synth.HDF5Field{Name: "x", Type: synth.HDF5Number("i2")},
		synth.HDF5Field{Name: "y", Type: synth.HDF5Array(synth.HDF5Number(">u2"), 2)})
	colour := synth.HDF5Enum(synth.HDF5Number("u1"), []string{"red", "green"}, []byte{3, 7})
	h.Root().Attr("text", "grüße").Attr("fixed", synth.HDF5Fixed("abc")).Attr("int", int32(-7)).
		Attr("float", float32(1.5)).Attr("list", []float64{1, 2}).Attr("true", true).
		Attr("texts", []string{"a", "", "ccc"}).Attr("größe", uint8(3)).Attr("big", uint64(1<<63)).
		Attr("null", synth.HDF5Data{Null: true, Type: synth.HDF5Number("f4")}).Attr("empty", "").
		Attr("opaque", synth.HDF5Data{Type: synth.HDF5Opaque(3, "tag"), Bytes: []byte("abc")}).
		Attr("pair", synth.HDF5Data{Type: pair, Bytes: []byte{5, 0, 0, 1, 0, 2}}).
		Attr("colour", synth.HDF5Data{Type: colour, Bytes: []byte{7}}).
		Attr("half", synth.HDF5Data{Type: synth.HDF5Number("f2"), Bytes: []byte{0x00, 0xc0}}).
		Attr("lists", synth.HDF5Data{
			Shape: []int{2}, Type: synth.HDF5Sequence(synth.HDF5Number("u1")), Sequences: [][]byte{{1, 2}, nil},
		})
	root := open(t, h.Bytes()).Root()
	want := map[string]string{
		"text": "grüße", "fixed": "abc", "int": "-7", "float": "1.5", "list": "[1.0, 2.0]", "true": "True",
		"texts": "['a', '', 'ccc']", "größe": "3", "big": "9223372036854775808", "null": "", "empty": "",
		"opaque": `{"length": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}`,
		"pair":   `{"x": 5, "y": [1, 2]}`, "colour": "green", "half": "-2.0", "lists": "[[1, 2], []]",
	}
	list, err := root.Attributes()
	require.NoError(t, err)
	assert.Len(t, list, len(want))
	for _, a := range list {
		v, err := a.Value()
		require.NoError(t, err, a.Name)
		assert.Equal(t, want[a.Name], nexuslims.TextOf(v), a.Name)
	}
	_, err = root.Attribute("none")
	require.ErrorIs(t, err, nexuslims.NotFound)
}

func TestGroupOfManyMembers(t *testing.T) {
	h := synth.NewHDF5()
	for i := range 1500 {
		h.Root().Group(fmt.Sprintf("many/m%04d", i)).Attr("i", i)
	}
	h.Root().Link("soft", "/many/m0042")
	h.Root().Link("circle", "circle")
	h.Root().Link("nowhere", "many/x")
	root := open(t, h.Bytes()).Root()
	many, err := root.Group("many")
	require.NoError(t, err)
	names, err := many.Names()
	require.NoError(t, err)
	require.Len(t, names, 1500)
	for i, name := range names {
		require.Equal(t, fmt.Sprintf("m%04d", i), name)
		g, err := many.Group(name)
		require.NoError(t, err)
		a, err := g.Attribute("i")
		require.NoError(t, err)
		v, err := a.Value()
		require.NoError(t, err)
		assert.Equal(t, nexuslims.Int(i), v)
	}
	soft, err := root.Group("soft")
	require.NoError(t, err)
	assert.Equal(t, "/many/m0042", soft.Path())
	for _, name := range []string{"circle", "nowhere", "many/m", "many/z", "many/m0001/x", ""} {
		_, err = root.Dataset(name)
		require.ErrorIs(t, err, nexuslims.NotFound, name)
	}
}

func TestRegions(t *testing.T) {
	shape := []int{7, 9, 10}
	layouts := map[string]synth.HDF5Data{
		"contiguous": {}, "compact": {Compact: true}, "chunked": {Chunk: []int{2, 4, 3}}, "one": {Chunk: shape},
		"packed": {Chunk: []int{3, 9, 4}, Deflate: 5, Shuffle: true, Fletcher: true, Max: []int{-1, 9, 10}},
	}
	regions := map[string][3][]int{
		"all": {{0, 0, 0}, {7, 9, 10}, {1, 1, 1}}, "one": {{6, 8, 9}, {1, 1, 1}, {1, 1, 1}},
		"steps": {{1, 0, 1}, {3, 3, 3}, {2, 4, 3}}, "plane": {{3, 0, 0}, {1, 9, 10}, {1, 1, 1}},
		"column": {{0, 2, 5}, {7, 1, 1}, {1, 1, 1}}, "none": {{0, 0, 0}, {7, 0, 10}, {1, 1, 1}},
	}
	for _, code := range []string{"u2", ">u2", "i4", ">f8", "f4", "u1"} {
		for name, data := range layouts {
			data.Shape, data.Type, data.Bytes = shape, synth.HDF5Number(code), ramp(code, 630)
			h := synth.NewHDF5()
			h.UserBlock = 512
			h.Root().Dataset("d", data)
			d, err := open(t, h.Bytes()).Root().Dataset("d")
			require.NoError(t, err)
			assert.Equal(t, shape, d.Shape())
			little := ramp(code[len(code)-2:], 630)
			for which, r := range regions {
				want := cut(little, shape, r, d.ElementSize())
				got := make([]byte, len(want))
				require.NoError(t, d.ReadRegion(t.Context(), r[0], r[1], r[2], got), "%s %s", name, which)
				assert.Equal(t, want, got, "%s %s %s", code, name, which)
			}
			assert.Equal(t, little, streamed(t, d, 630), "%s %s", code, name)
		}
	}
}

// cut takes a region out of an array.
func cut(b []byte, shape []int, r [3][]int, size int) []byte {
	out := []byte{}
	for i := range r[1][0] {
		for j := range r[1][1] {
			for k := range r[1][2] {
				at := ((r[0][0]+i*r[2][0])*shape[1]+r[0][1]+j*r[2][1])*shape[2] + r[0][2] + k*r[2][2]
				out = append(out, b[at*size:(at+1)*size]...)
			}
		}
	}
	return out
}

// streamed puts an array together from its chunks.
func streamed(t *testing.T, d *hdf5.Dataset, n int) []byte {
	t.Helper()
	size, shape := d.ElementSize(), d.Shape()
	out := make([]byte, n*size)
	last := []int{-1}
	err := d.Chunks(t.Context(), func(start, count []int, data []byte) error {
		assert.Negative(t, compare(last, start))
		last = append([]int{}, start...)
		at := make([]int, len(start))
		for len(data) > 0 {
			to := 0
			for i := range at {
				to = to*shape[i] + start[i] + at[i]
			}
			copy(out[to*size:], data[:size])
			data = data[size:]
			for i := len(at) - 1; i >= 0; i-- {
				if at[i]++; at[i] < count[i] {
					break
				}
				at[i] = 0
			}
		}
		return nil
	})
	require.NoError(t, err)
	return out
}

func compare(a, b []int) int {
	return bytes.Compare([]byte(fmt.Sprintf("%06d", a)), []byte(fmt.Sprintf("%06d", b)))
}

func TestReadRegionRefusesWhatIsOutside(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{Shape: []int{4, 5}, Type: synth.HDF5Number("u1"), Bytes: ramp("u1", 20)})
	d, err := open(t, h.Bytes()).Root().Dataset("d")
	require.NoError(t, err)
	for name, r := range map[string][3][]int{
		"axes": {{0}, {1}, {1}}, "beyond": {{0, 4}, {1, 2}, {1, 1}}, "step": {{0, 0}, {1, 3}, {1, 3}},
		"negative": {{-1, 0}, {1, 1}, {1, 1}}, "no step": {{0, 0}, {1, 1}, {1, 0}},
	} {
		err := d.ReadRegion(t.Context(), r[0], r[1], r[2], make([]byte, 64))
		require.ErrorIs(t, err, nexuslims.Invalid, name)
	}
	require.ErrorIs(t, d.ReadRegion(t.Context(), []int{0, 0}, []int{1, 1}, []int{1, 1}, nil), nexuslims.Invalid)
}

func TestFillValues(t *testing.T) {
	h := synth.NewHDF5()
	u2 := synth.HDF5Number(">u2")
	h.Root().Dataset("absent", synth.HDF5Data{Shape: []int{3}, Type: u2, Absent: true, Fill: []byte{0, 9}})
	h.Root().Dataset("chunks", synth.HDF5Data{
		Shape: []int{5}, Type: u2, Chunk: []int{2}, Fill: []byte{0, 9},
		Part: func(start []int) []byte {
			if start[0] == 2 {
				return []byte{0, 1, 0, 2}
			}
			return nil
		},
	})
	root := open(t, h.Bytes()).Root()
	for name, want := range map[string]string{"absent": "[9, 9, 9]", "chunks": "[9, 9, 1, 2, 9]"} {
		d, err := root.Dataset(name)
		require.NoError(t, err)
		v, err := d.Value(t.Context(), 100)
		require.NoError(t, err)
		assert.Equal(t, want, nexuslims.TextOf(v))
	}
	d, err := root.Dataset("chunks")
	require.NoError(t, err)
	_, err = d.Value(t.Context(), 9)
	require.ErrorIs(t, err, nexuslims.Unsupported)
}

func TestUnknownFiltersAreNamed(t *testing.T) {
	for id, want := range map[int]string{32001: "blosc", 32008: "bitshuffle", 32015: "zstd", 32004: "lz4", 4: "szip", 999: "999 (mine)"} {
		h := synth.NewHDF5()
		h.Root().Dataset("d", synth.HDF5Data{
			Shape: []int{4}, Type: synth.HDF5Number("u1"), Bytes: ramp("u1", 4),
			Chunk: []int{4}, Filter: id, FilterName: "mine",
		}).Attr("a", 1)
		d, err := open(t, h.Bytes()).Root().Dataset("d")
		require.NoError(t, err)
		_, err = d.Attribute("a")
		require.NoError(t, err)
		err = d.ReadRegion(t.Context(), []int{0}, []int{4}, []int{1}, make([]byte, 4))
		require.ErrorIs(t, err, nexuslims.Unsupported)
		assert.ErrorContains(t, err, want)
		require.ErrorIs(t, d.Chunks(t.Context(), nil), nexuslims.Unsupported)
	}
}

func TestVariableLengths(t *testing.T) {
	h := synth.NewHDF5()
	lists := [][]byte{{0, 1, 0, 2}, nil, make([]byte, 6000), {0, 3}, nil, nil}
	h.Root().Dataset("lists", synth.HDF5Data{
		Shape: []int{2, 3}, Type: synth.HDF5Sequence(synth.HDF5Number(">u2")),
		Sequences: lists, Chunk: []int{1, 2},
	})
	h.Root().Dataset("texts", synth.HDF5Of([]string{"one", "", "drei"}))
	root := open(t, h.Bytes()).Root()
	d, err := root.Dataset("lists")
	require.NoError(t, err)
	n, err := d.Lengths(t.Context(), []int{0, 0}, []int{2, 3}, []int{1, 1})
	require.NoError(t, err)
	assert.Equal(t, []uint32{2, 0, 3000, 1, 0, 0}, n)
	b, err := d.Sequence(t.Context(), []int{0, 0}, 100)
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 0, 2, 0}, b)
	_, err = d.Sequence(t.Context(), []int{0, 2}, 100)
	require.ErrorIs(t, err, nexuslims.Unsupported)
	texts, err := root.Dataset("texts")
	require.NoError(t, err)
	v, err := texts.Value(t.Context(), 1000)
	require.NoError(t, err)
	assert.Equal(t, "['one', '', 'drei']", nexuslims.TextOf(v))
	v, err = texts.ValueAt(t.Context(), []int{2}, 1000)
	require.NoError(t, err)
	assert.Equal(t, nexuslims.Text("drei"), v)
	_, err = texts.ValueAt(t.Context(), []int{3}, 1000)
	require.ErrorIs(t, err, nexuslims.Invalid)
	_, err = texts.ValueAt(t.Context(), []int{2}, 18)
	require.ErrorIs(t, err, nexuslims.Unsupported)
}

func TestElementNames(t *testing.T) {
	f4 := synth.HDF5Number("f4")
	u1 := synth.HDF5Number("u1")
	field := func(name string, t synth.HDF5Type) synth.HDF5Field { return synth.HDF5Field{Name: name, Type: t} }
	for want, kind := range map[string]synth.HDF5Type{
		"uint8": u1, "int16": synth.HDF5Number(">i2"), "uint64": synth.HDF5Number("u8"), "float32": f4,
		"float64": synth.HDF5Number(">f8"), "bool": synth.HDF5Bool(),
		"complex64": synth.HDF5Compound(field("r", f4), field("i", f4)),
		"rgb":       synth.HDF5Compound(field("R", u1), field("G", u1), field("B", u1)),
		"rgba":      synth.HDF5Compound(field("R", u1), field("G", u1), field("B", u1), field("A", u1)),
		"":          synth.HDF5Compound(field("B", u1), field("G", u1), field("R", u1)),
	} {
		h := synth.NewHDF5()
		h.Root().Dataset("d", synth.HDF5Data{Type: kind, Shape: []int{1}, Absent: true})
		d, err := open(t, h.Bytes()).Root().Dataset("d")
		require.NoError(t, err)
		assert.Equal(t, want, d.Type().Element())
	}
}

func TestHalfFloatsAreWidened(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{
		Shape: []int{6}, Type: synth.HDF5Number("f2"), Chunk: []int{4},
		Bytes: []byte{0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x7c, 0x00, 0x80},
	})
	d, err := open(t, h.Bytes()).Root().Dataset("d")
	require.NoError(t, err)
	assert.Equal(t, "float32", d.Type().Element())
	got := make([]byte, 24)
	require.NoError(t, d.ReadRegion(t.Context(), []int{0}, []int{6}, []int{1}, got))
	want := []uint32{0x3f800000, 0xc0000000, 0x33800000, 0x477fe000, 0x7f800000, 0x80000000}
	for i, w := range want {
		assert.Equal(t, w, binary.LittleEndian.Uint32(got[4*i:]))
	}
	assert.Equal(t, got, streamed(t, d, 6))
}

func TestWhatIsNoHDF5(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("text"), make([]byte, 5000)} {
		_, err := hdf5.Open(bytes.NewReader(b), int64(len(b)))
		require.ErrorIs(t, err, nexuslims.Unsupported)
	}
}

// TestAbsurdShapes reads an array whose bytes are more than a number can tell.
func TestAbsurdShapes(t *testing.T) {
	for _, n := range []uint64{1 << 60, 1 << 61} {
		h := synth.NewHDF5()
		h.Root().Dataset("d", synth.HDF5Data{Shape: []int{1234}, Type: synth.HDF5Number("f8"), Compact: true})
		little := binary.LittleEndian
		b := bytes.ReplaceAll(h.Bytes(), little.AppendUint64(nil, 1234), little.AppendUint64(nil, n))
		d, err := open(t, b).Root().Dataset("d")
		require.NoError(t, err)
		require.Equal(t, []int{int(n)}, d.Shape())
		err = d.ReadRegion(t.Context(), []int{1 << 50}, []int{1}, []int{1}, make([]byte, 8))
		require.ErrorIs(t, err, nexuslims.Corrupt)
		err = d.Chunks(t.Context(), func(_, _ []int, _ []byte) error { return nil })
		require.ErrorIs(t, err, nexuslims.Corrupt)
	}
}

// TestLongTexts reads a text that is longer than an attribute itself can be.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("grüße ", 20_000)
	h := synth.NewHDF5()
	h.Root().Attr("long", long).Attr("longer", strings.Repeat(long, 10))
	root := open(t, h.Bytes()).Root()
	a, err := root.Attribute("long")
	require.NoError(t, err)
	v, err := a.Value()
	require.NoError(t, err)
	assert.Equal(t, nexuslims.Text(long), v)
	a, err = root.Attribute("longer")
	require.NoError(t, err)
	_, err = a.Value()
	require.ErrorIs(t, err, nexuslims.Unsupported)
}
