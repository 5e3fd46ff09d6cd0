package dm

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// newArray returns the lazy handle on the pixels of an image, or why there is none.
func newArray(r io.ReaderAt, p picture, axes []axis) (a *extractors.Array, reason string) {
	element, stored, ok := elementOf(p.kind)
	if !ok {
		return nil, fmt.Sprintf("pixels of data type %d cannot be read", p.kind)
	}
	if p.data == nil {
		return nil, "there are no pixels"
	}
	n, ok := product(p.dims)
	if !ok {
		return nil, fmt.Sprintf("the size %v of the image makes no sense", p.dims)
	}
	a = &extractors.Array{Type: element}
	for _, x := range axes {
		a.Axes = append(a.Axes, x.Axis)
	}
	if p.isPacked() && p.data.Bytes() < n*int64(stored) {
		return packedArray(r, p, a)
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
	s := &plane{r: r, off: p.data.off, stored: stored, element: element, swap: p.data.order == binary.BigEndian}
	for _, x := range axes {
		s.strides = append(s.strides, strides[x.dim])
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

// plane reads pixels that lie at a fixed stride along each axis.
type plane struct {
	r       io.ReaderAt
	off     int64
	strides []int64 // bytes, one for each axis of the array
	stored  int     // bytes of an element in the file
	element extractors.ElementType
	swap    bool
}

// span is one axis of a region in the order of the file.
type span struct {
	count  int
	stride int64 // in the file
	dst    int   // in the destination
}

// ReadRegion reads the file in its own order, whatever the order of the axes is.
func (p *plane) ReadRegion(ctx context.Context, region extractors.Region, dst []byte) error {
	spans := make([]span, len(p.strides))
	off, step := p.off, p.element.Size()
	for i := len(spans) - 1; i >= 0; i-- {
		spans[i] = span{region.Count[i], p.strides[i] * int64(region.Step[i]), step}
		off += int64(region.Start[i]) * p.strides[i]
		step *= region.Count[i]
	}
	if len(dst) == 0 {
		return nil
	}
	slices.SortStableFunc(spans, func(a, b span) int { return int(min(1, max(-1, b.stride-a.stride))) })
	return p.read(ctx, spans, off, dst)
}

// Blocks up to wholeBlock bytes are read at once even when few of them are wanted; up to
// denseBlock when a sixteenth is.
const (
	wholeBlock = 64 << 10
	denseBlock = 1 << 20
	density    = 16
)

func (p *plane) read(ctx context.Context, spans []span, off int64, dst []byte) error {
	extent, wanted := int64(p.stored), int64(p.stored)
	for _, s := range spans {
		extent += int64(s.count-1) * s.stride
		wanted *= int64(s.count)
	}
	if extent <= wholeBlock || extent <= denseBlock && extent <= density*wanted {
		if err := ctx.Err(); err != nil {
			return err
		}
		block := make([]byte, extent)
		if err := readFull(p.r, block, off); err != nil {
			return err
		}
		p.scatter(spans, block, dst)
		return nil
	}
	outer := spans[0]
	size := p.chunk(outer, spans[1:], extent-int64(outer.count-1)*outer.stride)
	for i := 0; i < outer.count; i += size {
		outer.count = min(size, spans[0].count-i)
		part := spans[1:]
		if outer.count > 1 {
			part = append([]span{outer}, spans[1:]...)
		}
		if err := p.read(ctx, part, off+int64(i)*outer.stride, dst[i*outer.dst:]); err != nil {
			return err
		}
		outer.count = spans[0].count
	}
	return nil
}

// chunk returns how many elements of the outermost axis make a block worth reading at
// once; inner is the extent of one.
func (p *plane) chunk(outer span, rest []span, inner int64) int {
	wanted := int64(p.stored)
	for _, s := range rest {
		wanted *= int64(s.count)
	}
	limit := int64(wholeBlock)
	if outer.stride <= density*wanted {
		limit = denseBlock
	}
	if outer.stride <= 0 || inner >= limit {
		return 1
	}
	return int(max(1, min(int64(outer.count), (limit-inner)/outer.stride)))
}

// scatter copies the wanted elements of a block to their places.
func (p *plane) scatter(spans []span, block, dst []byte) {
	if len(spans) == 0 {
		p.put(block, dst)
		return
	}
	s := spans[0]
	if len(spans) == 1 && s.stride == int64(p.stored) && s.dst == p.stored && !p.element.IsColour() {
		n := s.count * p.stored
		copy(dst[:n], block)
		if p.swap {
			swapBytes(dst[:n], p.element)
		}
		return
	}
	for i := range s.count {
		p.scatter(spans[1:], block[int64(i)*s.stride:], dst[i*s.dst:])
	}
}

// put copies one element. Colours are stored as blue, green, red and a fourth byte that
// carries nothing; read as one 32-bit number, they follow the byte order.
func (p *plane) put(block, dst []byte) {
	if p.element.IsColour() {
		if p.swap {
			dst[0], dst[1], dst[2] = block[1], block[2], block[3]
			return
		}
		dst[0], dst[1], dst[2] = block[2], block[1], block[0]
		return
	}
	copy(dst[:p.stored], block[:p.stored])
	if p.swap {
		swapBytes(dst[:p.stored], p.element)
	}
}

// swapBytes turns big-endian elements into little-endian ones, each part of a complex
// number by itself.
func swapBytes(b []byte, e extractors.ElementType) {
	n := e.Size()
	if e.IsComplex() {
		n /= 2
	}
	if n < 2 {
		return
	}
	for ; len(b) >= n; b = b[n:] {
		slices.Reverse(b[:n])
	}
}
