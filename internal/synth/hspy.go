package synth

import (
	"bytes"
	"fmt"
	"strings"
)

// HyperSpy describes a file of HyperSpy.
type HyperSpy struct {
	// Version is that of the format, "1.0" to "3.3"; the first wrote no mark of itself.
	Version string
	Signals []HyperSpySignal
}

// HyperSpySignal is one signal.
type HyperSpySignal struct {
	Title string
	// Data are the elements. The zero value: float numbers that count them, of the shape of
	// the axes.
	Data HDF5Data
	Axes []HyperSpyAxis
	// Listed: the axes are members of one list, as within other signals.
	Listed bool
	// Metadata and Original are trees: maps, numbers, truth values, texts, lists, nil and
	// bytes. In files before 1.2 Metadata have the names of those.
	Metadata, Original map[string]any
	// Ragged says that the elements are lists of any length.
	Ragged bool
}

// HyperSpyAxis is an axis of the array.
type HyperSpyAxis struct {
	Name, Unit    string
	Size          int
	Scale, Offset float64
	Navigate      bool
	Unsaid        bool      // nothing is said of navigation
	Values        []float64 // of a listed axis, in place of scale and offset
	Function      bool      // coordinates are a function
}

// HyperSpyTuple is a list that was a tuple.
type HyperSpyTuple []any

// HDF5 returns the tree of the file.
func (f HyperSpy) HDF5() *HDF5 {
	h := NewHDF5()
	old := f.Version < "1.2"
	if f.Version != "1.0" {
		h.Root().Attr("file_format", "HyperSpy").Attr("file_format_version", f.Version)
	}
	experiments := h.Root().Group("Experiments")
	for _, s := range f.Signals {
		s.write(experiments, old)
	}
	return h
}

// Bytes returns the file.
func (f HyperSpy) Bytes() []byte { return f.HDF5().Bytes() }

func (s HyperSpySignal) write(in *HDF5Group, old bool) {
	name := strings.ReplaceAll(s.Title, "/", "-")
	if name == "" {
		name = "__unnamed__"
	}
	g := in.Group(name)
	metadata, original := "metadata", "original_metadata"
	if old {
		metadata, original = "mapped_parameters", "original_parameters"
	} else {
		g.Attr("package", "hyperspy").Attr("package_version", "2.2")
	}
	s.axes(g)
	g.Dataset("data", s.data())
	if s.Ragged {
		g.Group("attributes").Attr("ragged", true)
	}
	tree := g.Group(metadata)
	switch {
	case old:
		tree.Attr("title", s.Title)
	case s.Metadata["General"] == nil:
		tree.Group("General").Attr("title", s.Title)
	}
	hyperSpyTree(tree, s.Metadata)
	hyperSpyTree(g.Group(original), s.Original)
}

func (s HyperSpySignal) data() HDF5Data {
	if s.Data.Shape != nil || s.Data.Null {
		return s.Data
	}
	shape, n := make([]int, len(s.Axes)), 1
	for i, x := range s.Axes {
		shape[i] = x.Size
		n *= x.Size
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i)
	}
	d := HDF5Of(values)
	d.Shape, d.Chunk, d.Deflate, d.Shuffle = shape, shape, 4, true
	return d
}

func (s HyperSpySignal) axes(g *HDF5Group) {
	for i, x := range s.Axes {
		var a *HDF5Group
		if s.Listed {
			a = g.Group(fmt.Sprintf("_list_%d_axes/%d", len(s.Axes), i))
		} else {
			a = g.Group(fmt.Sprintf("axis-%d", i))
		}
		a.Attr("size", int64(x.Size)).Attr("name", orNone(x.Name)).Attr("units", orNone(x.Unit))
		if !x.Unsaid {
			a.Attr("navigate", x.Navigate)
		}
		switch {
		case x.Function:
			a.Attr("_type", "FunctionalDataAxis").Attr("expression", "a * x ** 2")
		case x.Values != nil:
			a.Attr("_type", "DataAxis")
			a.Dataset("axis", HDF5Of(x.Values))
		default:
			a.Attr("_type", "UniformDataAxis").Attr("scale", x.Scale).Attr("offset", x.Offset)
		}
	}
}

func orNone(text string) string {
	if text == "" {
		return "_None_"
	}
	return text
}

// hyperSpyTree writes a tree with the beginnings of names that HyperSpy gives them.
func hyperSpyTree(g *HDF5Group, tree map[string]any) {
	for _, key := range sortedKeys(tree) {
		hyperSpyValue(g, key, tree[key])
	}
}

func hyperSpyValue(g *HDF5Group, key string, value any) {
	switch v := value.(type) {
	case nil:
		g.Attr(key, "_None_")
	case map[string]any:
		hyperSpyTree(g.Group(key), v)
	case []byte:
		g.Attr("_bs_"+key, HDF5Data{Type: HDF5Opaque(len(v), ""), Bytes: bytes.Clone(v)})
	case HyperSpyTuple:
		hyperSpyList(g, "_tuple_", key, v)
	case []any:
		hyperSpyList(g, "_list_", key, v)
	case []string, []int64, []float64:
		g.Dataset("_list_"+key, HDF5Of(v))
	default:
		g.Attr(key, v)
	}
}

// hyperSpyList writes a list whose members are of different kinds as a group.
func hyperSpyList(g *HDF5Group, prefix, key string, list []any) {
	if len(list) == 0 {
		g.Attr(prefix+"empty_"+key, "_None_")
		return
	}
	members := g.Group(fmt.Sprintf("%s%d_%s", prefix, len(list), key))
	for i, v := range list {
		hyperSpyValue(members, fmt.Sprint(i), v)
	}
}
