package tofwerk

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// shape is the size of a map: slices in depth, lines, pixels of a line.
type shape struct{ writes, lines, pixels int }

func (s shape) String() string { return fmt.Sprintf("(%d, %d, %d)", s.writes, s.lines, s.pixels) }

func shapeOf(dims []int) shape { return shape{dims[0], dims[1], dims[2]} }

// shape returns the size of the data that are there, else what the attributes say. from
// names the source.
func (c *contents) shape() (s shape, from string) {
	switch {
	case c.peaks != nil:
		return shapeOf(c.peaks.Shape()), "the shape of " + pathPeaks
	case c.events != nil:
		return shapeOf(c.events.Shape()), "the shape of " + pathEvents
	}
	count := func(name string) int {
		n, ok := nexuslims.Number(c.root.Get(name))
		if !ok {
			return 0
		}
		return int(max(0, min(n, 1<<31)))
	}
	s = shape{count("NbrWrites"), count("NbrSegments"), count("NbrSegments")}
	return s, "@NbrWrites and @NbrSegments"
}

// compareShapes warns where the file contradicts itself about its size.
func (c *contents) compareShapes() {
	s, from := c.shape()
	if c.peaks != nil && c.events != nil {
		if e := shapeOf(c.events.Shape()); e != s {
			c.warn("%s is %v, %s is %v", pathPeaks, s, pathEvents, e)
		}
	}
	if c.peaks == nil && c.events == nil {
		c.warn("there is neither %s nor %s", pathPeaks, pathEvents)
		return
	}
	for name, have := range map[string]int{"NbrWrites": s.writes, "NbrSegments": s.lines} {
		if n, ok := nexuslims.Number(c.root.Get(name)); ok && n != float64(have) {
			c.warn("@%s is %v, %s says %d", name, n, from, have)
		}
	}
	slices.Sort(c.warnings)
}

// pixels returns the data of the map: counts of each peak, or the number of events.
func (m *mapper) pixels() *extractors.Array {
	c := m.contents
	if a, ok := arrayOf(c.peaks); ok {
		m.nameAxes(a.Axes)
		a.Axes[3].Name = "Peak"
		return a
	}
	if c.events == nil || c.events.Check() != nil || slices.Contains(c.events.Shape(), 0) {
		return nil
	}
	a := &extractors.Array{Type: extractors.Uint32, Source: extractors.RegionFunc(m.lengths)}
	for _, n := range c.events.Shape() {
		a.Axes = append(a.Axes, extractors.Axis{Size: n, Scale: 1})
	}
	m.nameAxes(a.Axes)
	a.Axes[1].Navigation, a.Axes[2].Navigation = false, false
	return a
}

func (m *mapper) nameAxes(axes []extractors.Axis) {
	axes[0].Name, axes[0].Unit, axes[0].Navigation = "Depth", "slice", true
	axes[1].Name, axes[1].Navigation = "y", true
	axes[2].Name, axes[2].Navigation = "x", true
	if m.pixel > 0 {
		axes[2].Scale, axes[2].Unit = m.pixel, "µm"
		if axes[1].Size == axes[2].Size {
			axes[1].Scale, axes[1].Unit = m.pixel, "µm"
		}
	}
}

// lengths reads how many events each pixel has.
func (m *mapper) lengths(ctx context.Context, start, count, step []int, dst []byte) error {
	n, err := m.events.Lengths(ctx, start, count, step)
	if err != nil {
		return err
	}
	for i, v := range n {
		binary.LittleEndian.PutUint32(dst[4*i:], v)
	}
	return nil
}
