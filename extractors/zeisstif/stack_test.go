package zeisstif_test

import (
	"context"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// pages is the source of a stack of signals of one shape.
type pages struct{ signals []*extractors.Signal }

// ReadRegion implements extractors.PixelSource.
func (p pages) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	size := len(dst) / r.Count[0]
	for i := range r.Count[0] {
		data := p.signals[r.Start[0]+i*r.Step[0]].Data
		b, err := data.Read(ctx, extractors.Region{Start: r.Start[1:], Count: r.Count[1:], Step: r.Step[1:]})
		if err != nil {
			return err
		}
		copy(dst[i*size:], b)
	}
	return nil
}
