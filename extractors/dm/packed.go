package dm

import (
	"context"
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// packedArray is the handle on a Fourier transform of a real image, of which only one
// half is stored: m rows of n/2+1 values, the zero frequency in row m/2, column 0.
func packedArray(f *extractors.File, p picture, a *extractors.Array) (*extractors.Array, string) {
	if len(a.Axes) != 2 || p.dims[0]%2 != 0 {
		return nil, fmt.Sprintf("a packed Fourier transform of the size %v cannot be read", p.dims)
	}
	n, m := a.Axes[1].Size, a.Axes[0].Size
	half := n/2 + 1
	size := a.Type.Size()
	if p.data.Bytes()/int64(size) < int64(m)*int64(half) {
		return nil, fmt.Sprintf("%d bytes of pixels for a packed Fourier transform of %v", p.data.Bytes(), p.dims)
	}
	stored := source(f, p, a.Type, size)
	stored.Strides = []int64{int64(half) * int64(size), int64(size)}
	a.Source = &packed{stored: stored, n: n, m: m}
	return a, ""
}

// packed unfolds the stored half S of a transform: column n/2-k of row r is S[r][k], and
// column n/2+k is the complex conjugate of S[-r][k], rows counted modulo m from the zero
// frequency. That a real image has such a transform is what makes packing possible.
type packed struct {
	stored *extractors.Strided
	n, m   int
}

// ReadRegion reads the rows that are needed, one at a time.
func (p *packed) ReadRegion(ctx context.Context, region extractors.Region, dst []byte) error {
	size := p.stored.Type.Size()
	width := region.Count[1] * size
	same := make([]byte, (p.n/2+1)*size)
	other := make([]byte, len(same))
	for i := range region.Count[0] {
		row := region.Start[0] + i*region.Step[0]
		if err := p.row(ctx, row, same); err != nil {
			return err
		}
		if err := p.row(ctx, (p.m-row)%p.m, other); err != nil {
			return err
		}
		out := dst[i*width : (i+1)*width]
		for j := range region.Count[1] {
			col := region.Start[1] + j*region.Step[1]
			to := out[j*size : (j+1)*size]
			if k := col - p.n/2; k > 0 {
				copy(to, other[k*size:])
				to[size-1] ^= 0x80 // sign of the imaginary part
			} else {
				copy(to, same[-k*size:])
			}
		}
	}
	return nil
}

func (p *packed) row(ctx context.Context, row int, b []byte) error {
	region := extractors.Region{Start: []int{row, 0}, Count: []int{1, p.n/2 + 1}, Step: []int{1, 1}}
	return p.stored.ReadRegion(ctx, region, b)
}
