package hspy_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// everyKind is a tree with every kind of value.
func everyKind() tree {
	return tree{
		"none": nil, "true": true, "bytes": []byte{1, 2, 3}, "texts": []string{"a", "b"}, "numbers": []float64{1, 2.5},
		"empty": []any{}, "empty tuple": synth.HyperSpyTuple{}, "group": tree{"in": tree{"side": 1.5}},
		"mixed":                  []any{int64(137), []any{int64(1), "two", nil}, tree{"a": "b"}, []string{"c"}, []any{}},
		"tuple":                  synth.HyperSpyTuple{"a", synth.HyperSpyTuple{int64(1), "b"}},
		"2_x":                    []float64{3},
		"long":                   make([]float64, 300),
		"_datetime_when":         "datetime.datetime(2020, 1, 2, 3, 4, 5, 6)",
		"_datetime_odd":          "yesterday",
		"_hspy_AxesManager_axes": "a Python object",
		"$t\\λ":                  "λ",
	}
}

func TestTree(t *testing.T) {
	s := spectrum()
	s.Original = everyKind()
	r := read(t, s)
	assert.Empty(t, r.Warnings)
	o := r.Signals[0].Raw.Group("original_metadata")
	mixed := nexuslims.NewObject(1)
	mixed.Set("a", nexuslims.Text("b"))
	for key, want := range map[string]nexuslims.Value{
		"none": nexuslims.Null{}, "true": nexuslims.Bool(true),
		"texts":   nexuslims.List{nexuslims.Text("a"), nexuslims.Text("b")},
		"numbers": nexuslims.List{nexuslims.Float(1), nexuslims.Float(2.5)},
		"empty":   nexuslims.List{}, "empty tuple": nexuslims.List{},
		"mixed": nexuslims.List{
			nexuslims.Int(137),
			nexuslims.List{nexuslims.Int(1), nexuslims.Text("two"), nexuslims.Null{}},
			mixed,
			nexuslims.List{nexuslims.Text("c")},
			nexuslims.List{},
		},
		"tuple": nexuslims.List{nexuslims.Text("a"), nexuslims.List{nexuslims.Int(1), nexuslims.Text("b")}},
		"2_x":   nexuslims.List{nexuslims.Float(3)},
		"when":  nexuslims.Text("2020-01-02T03:04:05.000006"), "odd": nexuslims.Text("yesterday"),
		"$t\\λ": nexuslims.Text("λ"),
	} {
		assert.True(t, nexuslims.Equal(want, o.Get(key)), "%s: %v", key, o.Get(key))
	}
	assert.Equal(t, nexuslims.Float(1.5), o.At("group", "in", "side"))
	assert.Equal(t, nexuslims.Int(3), o.At("bytes", "length"))
	assert.Equal(t, nexuslims.Int(300), o.At("long", "length"))
	assert.Len(t, o.Group("long").Text("sha256"), 64)
	assert.False(t, o.Has("axes"), "Python's own objects")
	assert.Equal(t, 15, o.Len())
}

// TestListsOfMany: the members of a list are in the order of their numbers.
func TestListsOfMany(t *testing.T) {
	list := make([]any, 12)
	for i := range list {
		list[i] = fmt.Sprint("item ", i)
	}
	s := spectrum()
	s.Original = tree{"list": list}
	got, ok := read(t, s).Signals[0].Raw.At("original_metadata", "list").(nexuslims.List)
	require.True(t, ok)
	require.Len(t, got, 12)
	for i, v := range got {
		assert.Equal(t, nexuslims.Text(fmt.Sprint("item ", i)), v)
	}
}

// TestTwoOfOneName: of a group and an attribute of one name the group stays.
func TestTwoOfOneName(t *testing.T) {
	h := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{spectrum()}}.HDF5()
	g := h.Root().Group("Experiments/low loss/original_metadata").Attr("a", 1.0)
	g.Group("a").Attr("b", 2.0)
	r := extract(t, fileOf("a.hspy", h.Bytes()))
	assert.Equal(t, nexuslims.Float(2), r.Signals[0].Raw.At("original_metadata", "a", "b"))
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], `two entries "a"`)
}

// TestDeepTree: what is too deep is left out.
func TestDeepTree(t *testing.T) {
	h := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{spectrum()}}.HDF5()
	h.Root().Group("Experiments/low loss/original_metadata/"+strings.Repeat("a/", 60)).Attr("b", 2.0)
	r := extract(t, fileOf("a.hspy", h.Bytes()))
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "too deep")
}

// TestLargeArraysInTrees: of arrays that are too large the shape is given, and little is read.
func TestLargeArraysInTrees(t *testing.T) {
	s := spectrum()
	s.Original = tree{}
	for i := range 40 {
		s.Original[fmt.Sprint("a", i)] = make([]float64, 8000)
	}
	s.Original["big"] = make([]float64, 1_500_000)
	b := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{s}}.Bytes()
	require.Greater(t, len(b), 10<<20)
	c := &fault.Counting{R: bytes.NewReader(b)}
	r := extract(t, extractors.NewFile("a.hspy", c, int64(len(b)), at, extractors.Context{}))
	assert.Less(t, c.Bytes(), int64(1<<20), "bytes read for metadata")
	o := r.Signals[0].Raw.Group("original_metadata")
	assert.Equal(t, nexuslims.List{nexuslims.Int(1_500_000)}, o.At("big", "shape"))
	assert.Equal(t, nexuslims.Int(8000), o.At("a0", "length"))
	assert.Equal(t, nexuslims.List{nexuslims.Int(8000)}, o.At("a9", "shape"))
}
