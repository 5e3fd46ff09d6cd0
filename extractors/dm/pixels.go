package dm

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// newArray returns the lazy handle on the pixels of an image, or why there is none.
func newArray(f *extractors.File, p picture, axes []axis) (a *extractors.Array, reason string) {
	element, stored, ok := elementOf(p.kind)
	if !ok && (p.data == nil || p.data.set == nil) {
		return nil, fmt.Sprintf("pixels of data type %d cannot be read", p.kind)
	}
	if p.data == nil {
		return nil, "there are no pixels"
	}
	n, ok := product(p.dims)
	if !ok {
		return nil, fmt.Sprintf("the size %v of the image makes no sense", p.dims)
	}
	if p.data.set != nil && !p.isHalf() {
		return datasetArray(f, p, axes)
	}
	a = &extractors.Array{Type: element}
	for _, x := range axes {
		a.Axes = append(a.Axes, x.Axis)
	}
	if p.isHalf() {
		return packedArray(f, p, a)
	}
	if p.data.Bytes()/int64(stored) < n {
		return nil, fmt.Sprintf("%d bytes of pixels for an image of %v", p.data.Bytes(), p.dims)
	}
	strides := make([]int64, len(p.dims))
	step := int64(stored)
	for i, size := range p.dims {
		strides[i] = step
		step *= int64(size)
	}
	s := source(f, p, element, stored)
	for _, x := range axes {
		s.Strides = append(s.Strides, strides[x.dim])
	}
	a.Source = s
	return a, ""
}

// product returns the number of elements, and false for an empty or absurd shape.
func product(dims []int) (int64, bool) {
	n := int64(1)
	for _, d := range dims {
		if d < 1 || n > math.MaxInt64/16/int64(d) {
			return 0, false
		}
		n *= int64(d)
	}
	return n, len(dims) > 0
}

// source returns the source of pixels that are stored in pieces of the given size; the
// strides are still to be set.
func source(f *extractors.File, p picture, t extractors.ElementType, stored int) *extractors.Strided {
	s := &extractors.Strided{
		Reader: f, Size: f.Size(), Offset: p.data.off, Type: t, Stored: stored, Big: p.data.order == binary.BigEndian,
	}
	if p.data.from != nil {
		s.Reader, s.Size = p.data.from, p.data.Bytes()
	}
	switch {
	case !t.IsColour():
	case s.Big:
		s.Convert = colourBig
	default:
		s.Convert = extractors.BGRA
	}
	return s
}

// colourBig converts colours of big-endian files: they are 32-bit numbers and follow the
// byte order, so that the byte that carries nothing stands first.
func colourBig(dst, stored []byte) { copy(dst, stored[1:4]) }
