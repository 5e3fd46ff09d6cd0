package dm

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// codeOf are the value codes by the names of element types.
var codeOf = map[string]byte{
	"int16": 2, "int32": 3, "uint16": codeUint16, "uint32": 5, "float32": 6, "float64": 7, "bool": 8, "uint8": 8,
	"int8": 9, "int64": 11, "uint64": 12,
}

// layoutOf returns the layout of elements as they are stored. Structs must have no gaps and
// one byte order.
func layoutOf(t *hdf5.Type) (layout, binary.ByteOrder, bool) {
	if code, ok := codeOf[t.Element()]; ok {
		return layout{codes: []byte{code}}, orderOf(t), codeSize[code] == t.Size
	}
	if t.Class != hdf5.Compound || len(t.Fields) == 0 {
		return layout{}, nil, false
	}
	l := layout{form: formStruct}
	order := orderOf(t.Fields[0].Type)
	for _, f := range t.Fields {
		code, ok := codeOf[f.Type.Element()]
		if !ok || codeSize[code] != f.Type.Size || int64(f.Offset) != l.width() || orderOf(f.Type) != order {
			return layout{}, nil, false
		}
		l.codes = append(l.codes, code)
	}
	return l, order, l.width() == int64(t.Size)
}

func orderOf(t *hdf5.Type) binary.ByteOrder {
	if t.Big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// dataset notes where the elements of a dataset lie, and reads them where they are few; not
// those of an image.
func (d *decoder5) dataset(set *hdf5.Dataset, image bool) (Tag, error) {
	a := &Array{set: set, order: binary.LittleEndian, plain: true}
	n, ok := product(slices.Concat([]int{1}, set.Shape()))
	if !ok && !image {
		return Tag{Value: nexuslims.List{}}, nil // no element, or more than there can be
	}
	a.n = n
	l, order, known := layoutOf(set.Type())
	if code, half := codeOf[set.Type().Element()]; half && !known {
		l, known = layout{codes: []byte{code}}, true
	}
	known = known && n <= math.MaxInt64/l.width()
	if known {
		a.layout, a.from = l, flat{set}
	}
	if known && set.Type().Element() == "" {
		a.order = order
	}
	switch {
	case image:
		return Tag{Array: a}, nil
	case !known:
		return d.other(set)
	case !a.isSmall():
		return Tag{Array: a}, nil
	}
	b := make([]byte, a.Bytes())
	if err := readFull(a.from, b, 0); err != nil {
		return Tag{}, err
	}
	v := nexuslims.Value(a.list(b))
	if a.n == 1 {
		v = a.list(b)[0]
	}
	return Tag{Value: v, Array: a}, d.spend(a.n * valueCost)
}

// other reads a dataset of texts, or of what has no place in the earlier versions.
func (d *decoder5) other(set *hdf5.Dataset) (Tag, error) {
	limit := int64(maxString)
	if c := set.Type().Class; c != hdf5.Text && c != hdf5.VarText {
		limit = 4096
	}
	v, err := set.Value(d.ctx, limit)
	if err != nil {
		return Tag{}, err
	}
	return Tag{Value: plainValue(v)}, d.spend(int64(len(nexuslims.TextOf(v))))
}

// isCostly reports whether reading the array in pieces would decode large chunks again and
// again.
func (a *Array) isCostly() bool {
	if a.set == nil || a.set.Chunk() == nil {
		return false
	}
	n, ok := product(a.set.Chunk())
	return !ok || n > (16<<20)/max(1, a.layout.width())
}

// measure takes the sizes of an image from its dataset: axis j of n is dimension n-1-j. The
// last axis of colours stored as bytes is none.
func (p *picture) measure(set *hdf5.Dataset) {
	shape := set.Shape()
	element := set.Type().Element()
	if p.kind < 0 {
		p.kind = kindOf(element)
	}
	if p.isHalf() {
		return
	}
	if p.hasChannels(set) {
		shape = shape[:len(shape)-1]
	}
	p.dims = nil
	if len(shape) <= maxDims {
		p.dims = slices.Clone(shape)
		slices.Reverse(p.dims)
	}
}

// hasChannels reports whether the last axis counts red, green, blue and alpha.
func (p *picture) hasChannels(set *hdf5.Dataset) bool {
	shape := set.Shape()
	n := len(shape)
	return (p.kind == typeRGB || p.kind == typeRGBA) && set.Type().Element() == "uint8" && n > 1 &&
		(shape[n-1] == 3 || shape[n-1] == 4)
}

// kindOf returns the data type of elements, -1 where there is none.
func kindOf(element string) int {
	for kind := range 41 {
		if e, _, ok := elementOf(kind); ok && e.String() == element && kind != typePackedOld {
			return kind
		}
	}
	if element == "rgba" {
		return typeRGBA
	}
	return -1
}

// datasetArray returns the pixels of an image in a dataset.
func datasetArray(f *extractors.File, p picture, axes []axis) (*extractors.Array, string) {
	set := p.data.set
	if err := set.Check(); err != nil {
		return nil, "the pixels cannot be read: " + err.Error()
	}
	name := set.Type().Element()
	element, ok := extractors.ParseElementType(name)
	channels := p.hasChannels(set)
	switch {
	case channels:
		element = extractors.RGB
	case !ok:
		return nil, fmt.Sprintf("pixels of %d bytes that are no numbers cannot be read", set.Type().Size)
	case (p.kind == typeRGB || p.kind == typeRGBA) && element.Size() == 4 && !element.IsColour():
		return colourNumbers(f, p, axes)
	}
	a := &extractors.Array{Type: element}
	n := len(p.dims)
	var stored []int // the axes of the dataset that are left, in order
	for _, x := range axes {
		a.Axes = append(a.Axes, x.Axis)
		stored = append(stored, n-1-x.dim)
	}
	kept := slices.Sorted(slices.Values(stored))
	order := make([]int, len(stored))
	for i, k := range stored {
		order[i], _ = slices.BinarySearch(kept, k)
	}
	a.Source = extractors.Permuted{Source: squeezed(set, kept, channels), Type: element, Order: order}
	return a, ""
}

// squeezed reads a dataset by the given axes alone; the others have size 1, but for that of
// the channels of a colour, of which the first three are read.
func squeezed(set *hdf5.Dataset, kept []int, channels bool) extractors.PixelSource {
	n := len(set.Shape())
	return extractors.RegionFunc(func(ctx context.Context, start, count, step []int, dst []byte) error {
		r := extractors.Region{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n)}
		for i := range n {
			r.Count[i], r.Step[i] = 1, 1
		}
		if channels {
			r.Count[n-1] = 3
		}
		for i, k := range kept {
			r.Start[k], r.Count[k], r.Step[k] = start[i], count[i], step[i]
		}
		return set.ReadRegion(ctx, r.Start, r.Count, r.Step, dst)
	})
}

// colourNumbers returns colours that are stored as numbers of 32 bits, as the earlier
// versions do.
func colourNumbers(f *extractors.File, p picture, axes []axis) (*extractors.Array, string) {
	a := &extractors.Array{Type: extractors.RGB}
	s := source(f, p, a.Type, 4)
	for _, x := range axes {
		a.Axes = append(a.Axes, x.Axis)
		stride := int64(4)
		for _, size := range p.dims[:x.dim] {
			if int64(size) > math.MaxInt64/stride {
				return nil, fmt.Sprintf("the size %v of the image makes no sense", p.dims)
			}
			stride *= int64(size)
		}
		s.Strides = append(s.Strides, stride)
	}
	a.Source = s
	return a, ""
}
