package emd

import (
	"context"
	"encoding/binary"
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
)

// halfKind says whether a transform is half a plane, and how wide the whole is.
type halfKind int

const (
	halfEven halfKind = iota + 1
	halfOdd
)

// halfPlane tells from the names of the parts, "realFloatHalfEven", whether only half of
// the transform of a real image is stored: columns 0 to n/2, with the origin at the corner.
func halfPlane(t *hdf5.Type) halfKind {
	names, ok := complexFields(t)
	switch {
	case ok && strings.HasSuffix(names[0], "HalfEven"):
		return halfEven
	case ok && strings.HasSuffix(names[0], "HalfOdd"):
		return halfOdd
	}
	return 0
}

// fullPlane is the whole transform with its origin in the middle, as it is drawn.
func fullPlane(stored *extractors.Array, half halfKind) *extractors.Array {
	y, x := stored.Axes[0], stored.Axes[1]
	w := 2 * (x.Size - 1)
	if half == halfOdd {
		w++
	}
	if w < 1 {
		return nil
	}
	p := &plane{stored: stored, width: w}
	x.Size = w
	x.Offset, y.Offset = -x.Scale*float64(w/2), -y.Scale*float64(y.Size/2)
	return &extractors.Array{Type: extractors.Complex64, Axes: []extractors.Axis{y, x}, Source: p}
}

// plane is the source of a whole transform: F(-r, -c) is the conjugate of F(r, c).
type plane struct {
	stored *extractors.Array
	width  int
}

// ReadRegion implements [extractors.PixelSource]: it reads two stored rows for each row.
func (p *plane) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	h, w := p.stored.Axes[0].Size, p.stored.Axes[1].Size
	for i := range r.Count[0] {
		at := r.Start[0] + i*r.Step[0] - h/2
		right, err := p.row(ctx, (at+h)%h, w)
		if err != nil {
			return err
		}
		left, err := p.row(ctx, (h-at)%h, w)
		if err != nil {
			return err
		}
		for k := range r.Count[1] {
			out := dst[8*(i*r.Count[1]+k):][:8]
			c := r.Start[1] + k*r.Step[1] - p.width/2
			if c >= 0 {
				copy(out, right[8*c:])
				continue
			}
			copy(out, left[-8*c:][:8])
			im := math.Float32frombits(binary.LittleEndian.Uint32(out[4:]))
			binary.LittleEndian.PutUint32(out[4:], math.Float32bits(-im))
		}
	}
	return nil
}

func (p *plane) row(ctx context.Context, i, w int) ([]byte, error) {
	return p.stored.Read(ctx, extractors.Region{Start: []int{i, 0}, Count: []int{1, w}, Step: []int{1, 1}})
}
