package dm_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func decode(t *testing.T, b []byte) (*dm.Tree, error) {
	t.Helper()
	return dm.Decode(context.Background(), bytes.NewReader(b), int64(len(b)))
}

// TestValueEncodings writes every encoding in both versions and byte orders.
func TestValueEncodings(t *testing.T) {
	long := make([]float64, 300)
	root := synth.Group{
		{Name: "int16", Value: int16(-2)},
		{Name: "int32", Value: int32(-3)},
		{Name: "uint16", Value: uint16(65535)},
		{Name: "uint32", Value: uint32(math.MaxUint32)},
		{Name: "int64", Value: int64(math.MinInt64)},
		{Name: "uint64", Value: uint64(math.MaxUint64)},
		{Name: "float32", Value: float32(0.1)},
		{Name: "float64", Value: -0.25},
		{Name: "bool", Value: true},
		{Name: "int8", Value: int8(-1)},
		{Name: "text", Value: "µm \U0001F52C"},
		{Name: "empty", Value: ""},
		{Name: "old text", Value: synth.Bytes("\xb5m")},
		{Name: "numbers", Value: []uint16{7, 0, 1}},
		{Name: "floats", Value: []float32{1.5, -1}},
		{Name: "struct", Value: synth.Record{int16(1), 2.5, true}},
		{Name: "structs", Value: []synth.Record{{int16(1), float32(2)}, {int16(3), float32(4)}}},
		{Name: "long", Value: long},
		{Name: "do.tted", Value: int32(1)},
		{Name: "", Value: int32(10)},
		{Name: "", Value: synth.Group{}},
		{Name: "", Value: int32(11)},
		{Name: "twice", Value: int32(1)},
		{Name: "twice", Value: int32(2)},
	}
	want := map[string]nexuslims.Value{
		"int16": nexuslims.Int(-2), "int32": nexuslims.Int(-3), "uint16": nexuslims.Int(65535),
		"uint32": nexuslims.Int(math.MaxUint32), "int64": nexuslims.Int(math.MinInt64),
		"uint64": nexuslims.Uint(math.MaxUint64), "float32": nexuslims.Float(0.10000000149011612),
		"float64": nexuslims.Float(-0.25), "bool": nexuslims.Int(1), "int8": nexuslims.Int(-1),
		"text": nexuslims.Text("µm \U0001F52C"), "empty": nexuslims.Text(""), "old text": nexuslims.Text("µm"),
		"numbers": nexuslims.List{nexuslims.Int(7), nexuslims.Int(0), nexuslims.Int(1)},
		"floats":  nexuslims.List{nexuslims.Float(1.5), nexuslims.Float(-1)},
		"struct":  nexuslims.List{nexuslims.Int(1), nexuslims.Float(2.5), nexuslims.Int(1)},
		"structs": nexuslims.List{
			nexuslims.List{nexuslims.Int(1), nexuslims.Float(2)}, nexuslims.List{nexuslims.Int(3), nexuslims.Float(4)},
		},
		"dotted": nexuslims.Int(1), "Data0": nexuslims.Int(10), "Data1": nexuslims.Int(11), "twice": nexuslims.Int(2),
	}
	for _, version := range []int{3, 4} {
		for _, big := range []bool{false, true} {
			t.Run(fmt.Sprintf("version %d, big endian %t", version, big), func(t *testing.T) {
				b, err := synth.DM{Version: version, BigEndian: big, Root: synth.Group{{Name: "x", Value: root}}}.Bytes()
				require.NoError(t, err)
				tree, err := decode(t, b)
				require.NoError(t, err)
				assert.Equal(t, version, tree.Version)
				group := tree.Root.Sub("x")
				require.NotNil(t, group)
				for name, v := range want {
					assert.Equal(t, v, group.Value(name), name)
				}
				assert.NotNil(t, group.Sub("TagGroup0"))
				tag, ok := group.Get("long")
				require.True(t, ok)
				assert.Nil(t, tag.Value, "left in the file")
				assert.Equal(t, int64(300), tag.Array.Len())
			})
		}
	}
}

// raw3 returns a file of version 3 whose root group is given byte by byte.
func raw3(body ...any) []byte {
	b := []byte{0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1}
	for _, v := range body {
		switch v := v.(type) {
		case string:
			b = append(b, v...)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}

// TestRareEncodings are those that no program at hand writes: nested arrays and texts.
func TestRareEncodings(t *testing.T) {
	group := func(value ...any) []byte {
		return raw3(append([]any{[]byte{1, 0}, 1, []byte{21, 0, 1}, "a", "%%%%"}, value...)...)
	}
	for name, c := range map[string]struct {
		file []byte
		want nexuslims.Value
	}{
		"array of arrays": {
			group(5, 20, 20, 9, 2, 2, []byte{1, 2, 3, 4}),
			nexuslims.List{
				nexuslims.List{nexuslims.Int(1), nexuslims.Int(2)}, nexuslims.List{nexuslims.Int(3), nexuslims.Int(4)},
			},
		},
		"array of texts": {
			group(4, 20, 18, 2, 2, "abcd"), nexuslims.List{nexuslims.Text("ab"), nexuslims.Text("cd")},
		},
		"text":        {group(2, 18, 3, "abc"), nexuslims.Text("abc")},
		"empty array": {group(3, 20, 6, 0), nexuslims.List{}},
		"lone surrogate": {
			group(3, 20, 4, 2, []byte{0x00, 0xd8, 'x', 0}), nexuslims.Text("\ufffdx"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := decode(t, c.file)
			require.NoError(t, err)
			assert.Equal(t, c.want, tree.Root.Value("a"))
		})
	}
}

// TestMalformed gives files that are wrong in one place each.
func TestMalformed(t *testing.T) {
	data := func(value ...any) []byte {
		return raw3(append([]any{[]byte{1, 0}, 1, []byte{21, 0, 1}, "a"}, value...)...)
	}
	deep := []any{}
	for range 70 {
		deep = append(deep, []byte{1, 0}, 1, []byte{20, 0, 1}, "a")
	}
	for name, c := range map[string]struct {
		file []byte
		kind nexuslims.Kind
		text string
	}{
		"empty":             {nil, nexuslims.Corrupt, "4 bytes wanted, 0 left"},
		"other content":     {[]byte("<html>and so on"), nexuslims.Corrupt, "not a DigitalMicrograph file"},
		"version 5":         {[]byte{0, 0, 0, 5, 0, 0}, nexuslims.Unsupported, "version 5"},
		"byte order":        {[]byte{0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 7}, nexuslims.Corrupt, "byte order 7"},
		"ends in header":    {[]byte{0, 0, 0, 3, 0, 0}, nexuslims.Corrupt, "wanted"},
		"kind of entry":     {raw3([]byte{1, 0}, 1, []byte{22, 0, 0}, "xxxx"), nexuslims.Corrupt, "kind 22"},
		"too many entries":  {raw3([]byte{1, 0}, 0x7fffffff), nexuslims.Corrupt, "group of 2147483647 entries"},
		"negative entries":  {raw3([]byte{1, 0}, -1), nexuslims.Corrupt, "group of -1 entries"},
		"name too long":     {raw3([]byte{1, 0}, 1, []byte{21, 255, 255}, "a", 0), nexuslims.Corrupt, "65535 bytes wanted"},
		"no delimiter":      {data("%%%x", 1, 3, 1), nexuslims.Corrupt, "no delimiter"},
		"no info":           {data("%%%%", 0), nexuslims.Corrupt, "described by 0 numbers"},
		"too much info":     {data("%%%%", 100000), nexuslims.Corrupt, "described by 100000 numbers"},
		"value code":        {data("%%%%", 1, 99, 1), nexuslims.Corrupt, "value code 99"},
		"negative code":     {data("%%%%", 1, -1, 1), nexuslims.Corrupt, "value code -1"},
		"array too long":    {data("%%%%", 3, 20, 3, 0x7fffffff), nexuslims.Corrupt, "array of 2147483647 elements"},
		"negative array":    {data("%%%%", 3, 20, 3, -1), nexuslims.Corrupt, "array of -1 elements"},
		"text too long":     {data("%%%%", 2, 18, 1000), nexuslims.Corrupt, "array of 1000 elements"},
		"fields missing":    {data("%%%%", 3, 15, 0, 9), nexuslims.Corrupt, "fields missing"},
		"fields left over":  {data("%%%%", 6, 15, 0, 1, 0, 3, 1), nexuslims.Corrupt, "left over"},
		"field of structs":  {data("%%%%", 5, 15, 0, 1, 0, 15), nexuslims.Corrupt, "field of value code 15"},
		"array of nothing":  {data("%%%%", 3, 20, 15, 1), nexuslims.Corrupt, "array of structs"},
		"inner array":       {data("%%%%", 5, 20, 20, 7, -1, 1), nexuslims.Corrupt, "array of value code 20"},
		"too deep":          {raw3(deep...), nexuslims.Corrupt, "more than 64 levels"},
		"size of the inner": {data("%%%%", 5, 20, 20, 7, 0x7fffffff, 0x7fffffff), nexuslims.Corrupt, "array of 2147483647"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(t, c.file)
			require.Error(t, err)
			assert.Equal(t, c.kind, nexuslims.KindOf(err), err)
			assert.ErrorContains(t, err, c.text)
		})
	}
}

// TestMemoryIsBounded gives more tags than are kept.
func TestMemoryIsBounded(t *testing.T) {
	const n = 500_000
	b := raw3([]byte{1, 0}, n, strings.Repeat("\x14\x00\x00\x01\x00\x00\x00\x00\x00", n))
	_, err := decode(t, b)
	assert.ErrorIs(t, err, nexuslims.Unsupported)
	assert.ErrorContains(t, err, "more than 64 MiB of tags")
}

func TestDecodeStopsWhenCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := raw3([]byte{1, 0}, 5000, strings.Repeat("\x14\x00\x00\x01\x00\x00\x00\x00\x00", 5000))
	_, err := dm.Decode(ctx, bytes.NewReader(b), int64(len(b)))
	assert.ErrorIs(t, err, context.Canceled)
}

// TestLongArrays of 16-bit units are texts when they read like one.
func TestLongArrays(t *testing.T) {
	numbers := make([]uint16, 300)
	for i := range numbers {
		numbers[i] = uint16(1000 + i) // Cyrillic and further letters
	}
	image := shape("nm,nm", 4, 4)
	image.Tags = synth.Group{
		{Name: "numbers", Value: numbers},
		{Name: "text", Value: strings.Repeat("wörd ", 100)},
		{Name: "floats", Value: make([]float64, 257)},
		{Name: "short", Value: make([]float64, 256)},
	}
	for _, big := range []bool{false, true} {
		s := read(t, synth.DM{Version: 4, BigEndian: big, Images: []synth.DMImage{image}}).Signals[0]
		tags := s.Raw.Group("ImageList", "TagGroup0", "ImageTags")
		assert.Equal(t, nexuslims.Text(strings.Repeat("wörd ", 100)), tags.Get("text"))
		assert.Len(t, tags.Get("short"), 256)
		assert.Equal(t, nexuslims.Int(257), tags.At("floats", "length"))
		shown, ok := tags.Get("numbers").(*nexuslims.Object)
		require.True(t, ok)
		assert.Equal(t, []string{"length", "first", "last", "sha256"}, shown.Keys())
		assert.Equal(t, nexuslims.Int(1000), shown.Get("first").(nexuslims.List)[0])
		assert.Equal(t, nexuslims.Int(1299), shown.Get("last").(nexuslims.List)[7])
		var little []byte
		for _, n := range numbers {
			little = binary.LittleEndian.AppendUint16(little, n)
		}
		sum := sha256.Sum256(little)
		assert.Equal(t, hex.EncodeToString(sum[:]), shown.Text("sha256"), "of the little-endian bytes")
	}
}
