package synth

import (
	"cmp"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
)

// HDF5 is an HDF5 file being made: superblock 0, old groups, version 1 headers, as most
// writers leave it. Wrong use (a name twice, bytes that do not fit the shape) panics.
//
//	h := synth.NewHDF5()
//	g := h.Root().Group("Data/Image").Attr("units", "nm")
//	g.Dataset("data", synth.HDF5Data{Shape: []int{4, 4}, Type: synth.HDF5Number("u2"), Bytes: b, Chunk: []int{2, 2}, Deflate: 4})
//	g.Dataset("scale", synth.HDF5Of([]float32{0.5, 0.5}))
//	file := h.Bytes()
//
// The layout is that of the HDF5 File Format Specification, version 3.0.
type HDF5 struct {
	UserBlock int // bytes before the superblock: 0 or a power of two from 512 on
	root      *HDF5Group
}

// NewHDF5 returns an empty file.
func NewHDF5() *HDF5 { return &HDF5{root: &HDF5Group{}} }

// Root returns the root group.
func (h *HDF5) Root() *HDF5Group { return h.root }

// HDF5Group is a group being made.
type HDF5Group struct {
	hdf5Attributes
	members []hdf5Member
}

// HDF5Dataset is a dataset being made.
type HDF5Dataset struct {
	hdf5Attributes
	data HDF5Data
}

// hdf5Member is one of a group, a dataset and a soft link.
type hdf5Member struct {
	name    string
	group   *HDF5Group
	dataset *HDF5Dataset
	soft    string
}

type hdf5Attributes struct{ list []hdf5Attribute }

type hdf5Attribute struct {
	name string
	data HDF5Data
}

func (a *hdf5Attributes) add(name string, value any) {
	d, ok := value.(HDF5Data)
	if !ok {
		d = HDF5Of(value)
	}
	a.list = append(a.list, hdf5Attribute{name, d})
}

// Attr adds an attribute: a value that [HDF5Of] takes, or an [HDF5Data].
func (g *HDF5Group) Attr(name string, value any) *HDF5Group {
	g.add(name, value)
	return g
}

// Attr is [HDF5Group.Attr] for a dataset.
func (d *HDF5Dataset) Attr(name string, value any) *HDF5Dataset {
	d.add(name, value)
	return d
}

// Group returns the group of a slash-separated path and makes what is missing.
func (g *HDF5Group) Group(path string) *HDF5Group {
	for name := range splitPath(path) {
		i := slices.IndexFunc(g.members, func(m hdf5Member) bool { return m.name == name })
		if i < 0 {
			i = len(g.members)
			g.members = append(g.members, hdf5Member{name: name, group: &HDF5Group{}})
		}
		g = g.members[i].group
	}
	return g
}

func splitPath(path string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for len(path) > 0 {
			name, rest := path, ""
			if i := slices.Index([]byte(path), '/'); i >= 0 {
				name, rest = path[:i], path[i+1:]
			}
			if name != "" && !yield(name) {
				return
			}
			path = rest
		}
	}
}

// Dataset adds a dataset.
func (g *HDF5Group) Dataset(name string, data HDF5Data) *HDF5Dataset {
	data.check(name)
	d := &HDF5Dataset{data: data}
	g.put(hdf5Member{name: name, dataset: d})
	return d
}

// Link adds a soft link to a path.
func (g *HDF5Group) Link(name, target string) { g.put(hdf5Member{name: name, soft: target}) }

func (g *HDF5Group) put(m hdf5Member) {
	if slices.ContainsFunc(g.members, func(o hdf5Member) bool { return o.name == m.name }) {
		panic(fmt.Sprintf("synth: HDF5 member %q twice", m.name))
	}
	g.members = append(g.members, m)
}

// Bytes returns the file.
func (h *HDF5) Bytes() []byte {
	var b memoryFile
	if _, err := h.Write(&b); err != nil {
		panic(err) // memory takes everything
	}
	return b
}

// Write writes the file and returns its size. What was never given stays a hole, so a file
// of gigabytes takes only what its parts take.
func (h *HDF5) Write(w io.WriterAt) (int64, error) {
	f := &hdf5File{w: w, base: int64(h.UserBlock), end: 96, packers: map[int]*zlib.Writer{}}
	root := f.group(h.root)
	f.flushHeap()
	f.superblock(root)
	return f.base + f.end, f.err
}

// memoryFile is a file in memory.
type memoryFile []byte

func (m *memoryFile) WriteAt(p []byte, off int64) (int, error) {
	if need := int(off) + len(p); need > len(*m) {
		*m = append(*m, make([]byte, need-len(*m))...)
	}
	return copy((*m)[off:], p), nil
}

// sorted returns the members in the order in which HDF5 keeps them.
func (g *HDF5Group) sorted() []hdf5Member {
	list := slices.Clone(g.members)
	slices.SortFunc(list, func(a, b hdf5Member) int { return cmp.Compare(a.name, b.name) })
	return list
}
