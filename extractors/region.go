package extractors

import (
	"context"
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// RegionFunc makes a [PixelSource] of a function such as the ReadRegion methods of the
// container readers, which know nothing of signals.
type RegionFunc func(ctx context.Context, start, count, step []int, dst []byte) error

// ReadRegion implements [PixelSource].
func (f RegionFunc) ReadRegion(ctx context.Context, r Region, dst []byte) error {
	return f(ctx, r.Start, r.Count, r.Step, dst)
}

// Permuted is the source of an array whose axes stand in another order than in the
// file: axis i of the array is axis Order[i] of the source.
type Permuted struct {
	Source PixelSource
	Type   ElementType
	Order  []int
}

// ReadRegion implements [PixelSource]: it reads the region in the order of the source.
func (p Permuted) ReadRegion(ctx context.Context, r Region, dst []byte) error {
	n := len(p.Order)
	if n != len(r.Count) {
		return nexuslims.E(nexuslims.Invalid, "read pixels", "", fmt.Errorf("%d axes are permuted, not %d", n, len(r.Count)))
	}
	stored := Region{make([]int, n), make([]int, n), make([]int, n)}
	for i, k := range p.Order {
		stored.Start[k], stored.Count[k], stored.Step[k] = r.Start[i], r.Count[i], r.Step[i]
	}
	if slices.IsSorted(p.Order) || len(dst) == 0 {
		return p.Source.ReadRegion(ctx, stored, dst)
	}
	raw := make([]byte, len(dst))
	if err := p.Source.ReadRegion(ctx, stored, raw); err != nil {
		return err
	}
	p.scatter(dst, raw, r.Count, stored.Count)
	return nil
}

// scatter copies elements from the order of the source to that of the array.
func (p Permuted) scatter(dst, raw []byte, count, stored []int) {
	n, size := len(count), p.Type.Size()
	distance := make([]int, n) // in raw, along each axis of the source
	step := size
	for k := n - 1; k >= 0; k-- {
		distance[k], step = step, step*stored[k]
	}
	at, from := make([]int, n), 0
	for to := 0; to < len(dst); to += size {
		copy(dst[to:to+size], raw[from:from+size])
		for i := n - 1; i >= 0; i-- {
			d := distance[p.Order[i]]
			if at[i]++; at[i] < count[i] {
				from += d
				break
			}
			from -= d * (count[i] - 1)
			at[i] = 0
		}
	}
}

var (
	_ PixelSource = RegionFunc(nil)
	_ PixelSource = Permuted{}
)
