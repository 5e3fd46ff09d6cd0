package dm

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// flat gives the elements of a dataset as bytes one after the other, in C order.
type flat struct{ set *hdf5.Dataset }

// ReadAt reads whole elements.
func (f flat) ReadAt(p []byte, off int64) (int, error) {
	size := int64(f.set.ElementSize())
	if off%size != 0 || int64(len(p))%size != 0 {
		return 0, nexuslims.E(nexuslims.Internal, "read dataset", f.set.Path(), fmt.Errorf("%d bytes at %d", len(p), off))
	}
	total, _ := product(slices.Concat([]int{1}, f.set.Shape()))
	from, n := off/size, int64(len(p))/size
	if n > total-from {
		return 0, io.ErrUnexpectedEOF
	}
	return len(p), f.read(nil, from, n, p)
}

// read reads n elements from the one of number from on, counted below the place at: the rest
// of a row that was begun, whole rows, and the beginning of another.
func (f flat) read(at []int, from, n int64, p []byte) error {
	shape := f.set.Shape()
	rest := shape[len(at):]
	if n == 0 {
		return nil
	}
	if len(rest) == 0 {
		return f.block(at, nil, p)
	}
	row, _ := product(slices.Concat([]int{1}, rest[1:]))
	size := int64(len(p)) / n
	for n > 0 {
		i, skip := from/row, from%row
		take := min(n, row-skip)
		if skip == 0 && n >= row {
			rows := n / row
			take = rows * row
			head := slices.Concat(at, []int{int(i)})
			if err := f.block(head, slices.Concat([]int{int(rows)}, rest[1:]), p[:take*size]); err != nil {
				return err
			}
		} else if err := f.read(slices.Concat(at, []int{int(i)}), skip, take, p[:take*size]); err != nil {
			return err
		}
		p, from, n = p[take*size:], from+take, n-take
	}
	return nil
}

// block reads the region that begins at start, zeros added, and has the sizes count, ones
// before them.
func (f flat) block(start, count []int, p []byte) error {
	n := len(f.set.Shape())
	r := extractors.Region{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n)}
	for i := range n {
		r.Count[i], r.Step[i] = 1, 1
	}
	copy(r.Start, start)
	copy(r.Count[n-len(count):], count)
	return f.set.ReadRegion(context.Background(), r.Start, r.Count, r.Step, p)
}
