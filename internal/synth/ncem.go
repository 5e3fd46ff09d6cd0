package synth

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// NCEM describes an EMD file of the Berkeley kind.
type NCEM struct {
	// Version is "0.2", "0.5", which Prismatic writes, or "1.0", that of py4DSTEM.
	Version    string
	Arrays     []NCEMArray
	Microscope map[string]any
	User       map[string]any
	Sample     map[string]any
	Comments   map[string]any
	Parameters map[string]any // of Prismatic's simulation, or py4DSTEM's calibration
}

// NCEMArray is one array. Its axes are in the order in which it is stored.
type NCEMArray struct {
	Name   string // of its group
	Shape  []int
	Axes   []NCEMAxis
	Layers int // groups of the array that differ in a number; 0: one without
}

// NCEMAxis is an axis.
type NCEMAxis struct {
	Name, Unit    string
	Offset, Scale float64
}

// HDF5 returns the tree of the file.
func (n NCEM) HDF5() *HDF5 {
	h := NewHDF5()
	root := h.Root()
	data, meta, dataset, first := root.Group("signals"), root, "data", 1
	kind := any(int32(1))
	major, minor := int32(0), int32(2)
	switch n.Version {
	case "0.5":
		root, minor, dataset = root.Group("4DSTEM_simulation").Attr("emd_group_type", int32(2)), 5, "datacube"
		data, meta = root.Group("data/datacubes"), root.Group("metadata/metadata_0")
		fill(meta.Group("original/simulation_parameters"), n.Parameters)
	case "1.0":
		root.Attr("emd_group_type", HDF5Fixed("file"))
		major, minor, first, kind = 1, 0, 0, HDF5Fixed("array")
		data = root.Group("datacube_root").Attr("emd_group_type", HDF5Fixed("root"))
		bundle := data.Group("metadatabundle/calibration").Attr("emd_group_type", HDF5Fixed("metadata"))
		for _, key := range sortedKeys(n.Parameters) {
			bundle.Dataset(key, HDF5Of(n.Parameters[key]))
		}
	}
	root.Attr("version_major", major).Attr("version_minor", minor)
	for i, tags := range []map[string]any{n.Microscope, n.User, n.Sample, n.Comments} {
		if tags != nil {
			fill(meta.Group([]string{"microscope", "user", "sample", "comments"}[i]), tags)
		}
	}
	for _, a := range n.Arrays {
		if a.Layers == 0 {
			a.write(data.Group(a.Name).Attr("emd_group_type", kind), dataset, first, 0)
		}
		for i := range a.Layers {
			a.write(data.Group(fmt.Sprintf("%s%04d", a.Name, i)).Attr("emd_group_type", kind), dataset, first, i)
		}
	}
	return h
}

// Bytes returns the file.
func (n NCEM) Bytes() []byte { return n.HDF5().Bytes() }

func fill(g *HDF5Group, tags map[string]any) {
	for _, key := range sortedKeys(tags) {
		g.Attr(key, tags[key])
	}
}

// write adds the array, float numbers that count its elements, and its axes.
func (a NCEMArray) write(g *HDF5Group, dataset string, first, layer int) {
	count := 1
	for _, n := range a.Shape {
		count *= n
	}
	var b []byte
	for i := range count {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i+layer*count)))
	}
	g.Dataset(dataset, HDF5Data{Shape: a.Shape, Type: HDF5Number("f4"), Bytes: b})
	for k, x := range a.Axes {
		d := g.Dataset(fmt.Sprintf("dim%d", first+k), HDF5Of([]float64{x.Offset, x.Offset + x.Scale}))
		d.Attr("name", x.Name).Attr("units", x.Unit)
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
