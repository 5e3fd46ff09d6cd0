package hspy

import (
	"context"
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
)

// ragged is what is said of arrays whose rows have different lengths.
const ragged = "ragged data not supported"

// pixels returns the array with axes in our order, or why there is none.
func (e *experiment) pixels(ctx context.Context) (*extractors.Array, string, error) {
	shape := e.data.Shape()
	isRagged, err := e.isRagged()
	if err != nil {
		return nil, "", err
	}
	switch {
	case isRagged:
		return nil, ragged, nil
	case len(shape) < 1 || len(shape) > maxAxes:
		return nil, fmt.Sprintf("an array of %d axes", len(shape)), nil
	}
	element, source, ok := sourceOf(e.data)
	if !ok {
		return nil, "the elements of the array are no numbers", nil
	}
	if why := absurd(shape, element); why != "" {
		return nil, why, nil
	}
	stored, err := e.axes(ctx, shape)
	if err != nil {
		return nil, "", err
	}
	a := &extractors.Array{Type: element, Source: source}
	var order []int
	for _, navigation := range []bool{true, false} {
		for i, x := range stored {
			if x.Navigation == navigation {
				order, a.Axes = append(order, i), append(a.Axes, x)
			}
		}
	}
	if !slices.IsSorted(order) {
		a.Source = extractors.Permuted{Source: source, Type: element, Order: order}
	}
	squeeze(a)
	return a, "", nil
}

// isRagged asks the attribute and the type: rows of different lengths are stored as
// sequences.
func (e *experiment) isRagged() (bool, error) {
	if c := e.data.Type().Class; c == hdf5.Sequence {
		return true, nil
	}
	g, err := e.group.Group("attributes")
	if err == nil {
		v, err := attribute(g, "ragged")
		is, _ := truth(v)
		if hdf5.IsLost(err) {
			err = nil
		}
		return is, err
	}
	if hdf5.IsLost(err) {
		err = nil
	}
	return false, err
}

// absurd tells why an array cannot be one.
func absurd(shape []int, element extractors.ElementType) string {
	n := int64(element.Size())
	for _, size := range shape {
		if size < 1 {
			return "there are no elements"
		}
		if n > (1<<60)/int64(size) {
			return fmt.Sprintf("an array of the shape %v", shape)
		}
		n *= int64(size)
	}
	return ""
}

// squeeze takes away a series of one: a single spectrum is no series.
func squeeze(a *extractors.Array) {
	n := a.NavigationAxes()
	if n == 0 || len(a.Axes)-n != 1 || slices.ContainsFunc(a.Axes[:n], func(x extractors.Axis) bool { return x.Size != 1 }) {
		return
	}
	a.Axes, a.Source = a.Axes[n:], squeezed{a.Source, n}
}

// squeezed is a source without its first axes, which have one element each.
type squeezed struct {
	source extractors.PixelSource
	axes   int
}

// ReadRegion implements [extractors.PixelSource].
func (s squeezed) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	zeros := make([]int, s.axes)
	ones := slices.Repeat([]int{1}, s.axes)
	return s.source.ReadRegion(ctx, extractors.Region{
		Start: append(zeros, r.Start...), Count: append(slices.Clone(ones), r.Count...), Step: append(ones, r.Step...),
	}, dst)
}

// sourceOf returns the pixels of a dataset. Colours of 16 bits are given with 8.
func sourceOf(d *hdf5.Dataset) (extractors.ElementType, extractors.PixelSource, bool) {
	if element, ok := extractors.ParseElementType(d.Type().Element()); ok {
		return element, extractors.RegionFunc(d.ReadRegion), true
	}
	if n := deepColours(d.Type()); n > 0 {
		element := extractors.RGB
		if n == 4 {
			element = extractors.RGBA
		}
		return element, deep{d, n}, true
	}
	return 0, nil, false
}

// deepColours returns the number of channels of a compound of colours of 16 bits, else 0.
func deepColours(t *hdf5.Type) int {
	const names = "RGBA"
	n := len(t.Fields)
	if t.Class != hdf5.Compound || n < 3 || n > 4 || t.Size != 2*n {
		return 0
	}
	for i, f := range t.Fields {
		if f.Offset != 2*i || f.Name != names[i:i+1] || f.Type.Class != hdf5.Integer || f.Type.Size != 2 || f.Type.Signed {
			return 0
		}
	}
	return n
}

// deep gives the upper bytes of colours of 16 bits.
type deep struct {
	data     *hdf5.Dataset
	channels int
}

// ReadRegion implements [extractors.PixelSource].
func (s deep) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	stored := make([]byte, 2*len(dst))
	if err := s.data.ReadRegion(ctx, r.Start, r.Count, r.Step, stored); err != nil {
		return err
	}
	fields := s.data.Type().Fields
	for i := range dst {
		upper := 1
		if fields[i%s.channels].Type.Big {
			upper = 0
		}
		dst[i] = stored[2*i+upper]
	}
	return nil
}
