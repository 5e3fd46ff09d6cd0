package tia

import (
	"context"
	"encoding/binary"
	"errors"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// source reads the pixels of a series through the table of places. Elements at equal
// distances are read together.
type source struct {
	f      *extractors.File
	s      *Series
	shape  []int // of the navigation axes, slowest first
	signal int   // axes of one element: 1 or 2
}

var errPlace = errors.New("an element lies beyond the end of the file")

// ReadRegion implements [extractors.PixelSource]. Elements that were not acquired are
// zero, not a number for floats.
func (p *source) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	nav := len(p.shape)
	inner := p.s.Type.Size()
	for _, n := range r.Count[nav:] {
		inner *= n
	}
	if len(dst) == 0 || inner == 0 {
		return nil
	}
	line := 1 // elements along the fastest navigation axis
	if nav > 0 {
		line = r.Count[nav-1]
	}
	at := make([]int, nav)
	for done := 0; done < len(dst); done += line * inner {
		if err := p.line(ctx, r, p.first(r, at), dst[done:done+line*inner]); err != nil {
			return err
		}
		for i := nav - 2; i >= 0; i-- {
			if at[i]++; at[i] < r.Count[i] {
				break
			}
			at[i] = 0
		}
	}
	return nil
}

// first returns the number of the element at a place of the region.
func (p *source) first(r extractors.Region, at []int) int64 {
	var n int64
	for i, size := range p.shape {
		n = n*int64(size) + int64(r.Start[i]+at[i]*r.Step[i])
	}
	return n
}

// line reads elements along the fastest navigation axis, in runs of equal distance.
func (p *source) line(ctx context.Context, r extractors.Region, first int64, dst []byte) error {
	count, step := int64(1), int64(1)
	if nav := len(p.shape); nav > 0 {
		count, step = int64(r.Count[nav-1]), int64(r.Step[nav-1])
	}
	inner := int64(len(dst)) / count
	for i := int64(0); i < count; {
		at, distance, n, err := p.run(first+i*step, step, count-i)
		if err != nil {
			return err
		}
		part := dst[i*inner : (i+n)*inner]
		if at == 0 {
			missing(part, p.s.Type)
		} else if err := p.elements(ctx, r, stretch{at, distance, int(n)}, part); err != nil {
			return err
		}
		i += n
	}
	return nil
}

// run finds how many of the elements from i on, in steps, lie at equal distances; at is 0
// where they are missing.
func (p *source) run(i, step, count int64) (at, distance, n int64, err error) {
	at, err = p.place(i)
	if err != nil || count == 1 {
		return at, 0, 1, err
	}
	last := at
	for n = 1; n < count; n++ {
		next, err := p.place(i + n*step)
		if err != nil {
			return 0, 0, 0, err
		}
		if n == 1 {
			distance = next - at
		}
		if next-last != distance || (next == 0) != (at == 0) || at != 0 && distance <= 0 {
			break
		}
		last = next
	}
	return at, distance, n, nil
}

// place returns where the values of an element begin, 0 where there are none.
func (p *source) place(i int64) (int64, error) {
	if i >= p.s.Complete {
		return 0, nil
	}
	at, err := p.s.places.data(i)
	if err != nil || at <= 0 {
		return 0, err
	}
	at += p.s.elementHeaderLen
	if size := p.f.Size(); at < 0 || at > size-p.s.dataLen() {
		return 0, nexuslims.E(nexuslims.Corrupt, "read pixels", "", errPlace)
	}
	return at, nil
}

// stretch is a number of elements at equal distances.
type stretch struct {
	at, distance int64
	count        int
}

// elements reads the wanted part of each element of a stretch. The bottom row of an image
// stands first in the file.
func (p *source) elements(ctx context.Context, r extractors.Region, e stretch, dst []byte) error {
	size := int64(p.s.Type.Size())
	nav := len(p.shape)
	s := &extractors.Strided{Reader: p.f, Size: p.f.Size(), Offset: e.at, Type: p.s.Type}
	if e.count == 1 {
		e.distance = p.s.dataLen() // the largest stride, so that rows are copied whole
	}
	s.Strides = append(s.Strides, e.distance)
	if p.signal == 2 {
		row := int64(p.s.Columns) * size
		s.Offset += int64(p.s.Rows-1) * row
		s.Strides = append(s.Strides, -row)
	}
	s.Strides = append(s.Strides, size)
	part := extractors.Region{
		Start: append([]int{0}, r.Start[nav:]...), Count: append([]int{e.count}, r.Count[nav:]...),
		Step: append([]int{1}, r.Step[nav:]...),
	}
	return s.ReadRegion(ctx, part, dst)
}

// missing fills in for elements that were not acquired.
func missing(dst []byte, t extractors.ElementType) {
	clear(dst)
	switch t {
	case extractors.Float32:
		for i := 0; i < len(dst); i += 4 {
			binary.LittleEndian.PutUint32(dst[i:], math.Float32bits(float32(math.NaN())))
		}
	case extractors.Float64:
		for i := 0; i < len(dst); i += 8 {
			binary.LittleEndian.PutUint64(dst[i:], math.Float64bits(math.NaN()))
		}
	default: // zero
	}
}

var _ extractors.PixelSource = (*source)(nil)
