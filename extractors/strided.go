package extractors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Strided is the source of pixels that lie at a fixed distance along each axis, which
// is how most formats store them. It reads in few large pieces of at most a megabyte.
//
// The fields must not change while it is used; it may be used concurrently.
type Strided struct {
	Reader  io.ReaderAt
	Size    int64   // of the file; elements beyond it are Corrupt
	Offset  int64   // of the first element
	Strides []int64 // bytes between neighbours, one for each axis of the array; may be negative
	Type    ElementType
	Big     bool // numbers are big-endian in the file
	// Stored is the size of one element in the file; zero: that of Type.
	Stored int
	// Convert turns one stored element into one of Type, little-endian, in place of the
	// change of byte order; nil for numbers stored as they are. See [BGRA].
	Convert func(dst, stored []byte)
}

// BGRA converts colours that are stored as blue, green, red and alpha.
func BGRA(dst, stored []byte) {
	dst[0], dst[1], dst[2] = stored[2], stored[1], stored[0]
	if len(dst) > 3 {
		dst[3] = stored[3]
	}
}

// Contiguous returns the source of an array that is stored without gaps, the last axis
// fastest. A shape that is absurd or beyond the end of the file is Corrupt.
func Contiguous(f *File, offset int64, t ElementType, big bool, shape []int) (*Strided, error) {
	s := &Strided{Reader: f, Size: f.Size(), Offset: offset, Type: t, Big: big, Strides: make([]int64, len(shape))}
	step := int64(t.Size())
	for i := len(shape) - 1; i >= 0; i-- {
		s.Strides[i] = step
		if shape[i] < 0 || shape[i] > 0 && step > math.MaxInt64/int64(shape[i]) {
			return nil, nexuslims.E(nexuslims.Corrupt, "lay out pixels", "", fmt.Errorf("shape %v", shape))
		}
		step *= int64(shape[i])
	}
	if offset < 0 || step > f.Size() || offset > f.Size()-step {
		return nil, nexuslims.E(nexuslims.Corrupt, "lay out pixels", "",
			fmt.Errorf("%v of %s at %d in a file of %d bytes", shape, t, offset, f.Size()))
	}
	return s, nil
}

func (s *Strided) stored() int64 {
	if s.Stored > 0 {
		return int64(s.Stored)
	}
	return int64(s.Type.Size())
}

// run is one axis of a region, in the order of the file.
type run struct {
	count  int
	stride int64 // in the file
	dst    int   // in the destination
}

// ReadRegion implements [PixelSource]: the file is read in its own order, whatever the
// order of the axes is.
func (s *Strided) ReadRegion(ctx context.Context, region Region, dst []byte) error {
	if len(s.Strides) != len(region.Count) {
		return nexuslims.E(nexuslims.Invalid, "read pixels", "", errors.New("strides and axes differ"))
	}
	if len(dst) == 0 {
		return nil
	}
	runs := make([]run, len(s.Strides))
	off, step := s.Offset, s.Type.Size()
	for i := len(runs) - 1; i >= 0; i-- {
		runs[i] = run{region.Count[i], s.Strides[i] * int64(region.Step[i]), step}
		off += int64(region.Start[i]) * s.Strides[i]
		step *= region.Count[i]
	}
	base := 0
	for i, r := range runs {
		if r.stride < 0 { // from the other end, so that every block grows upwards
			off += int64(r.count-1) * r.stride
			base += (r.count - 1) * r.dst
			runs[i].stride, runs[i].dst = -r.stride, -r.dst
		}
	}
	slices.SortStableFunc(runs, func(a, b run) int { return int(min(1, max(-1, b.stride-a.stride))) })
	return (&reading{Strided: s, dst: dst}).read(ctx, joined(runs), off, base)
}

// joined makes one run of neighbours of which the inner one fills the outer one, such as the
// whole rows of a picture.
func joined(runs []run) []run {
	for i := len(runs) - 2; i >= 0; i-- {
		outer, inner := runs[i], runs[i+1]
		n := inner.count
		if n > 0 && outer.stride == int64(n)*inner.stride && outer.dst == n*inner.dst && outer.count <= math.MaxInt32/n {
			runs[i] = run{outer.count * n, inner.stride, inner.dst}
			runs = slices.Delete(runs, i+1, i+2)
		}
	}
	return runs
}

// reading is one call of ReadRegion.
type reading struct {
	*Strided
	dst   []byte
	block []byte // used again and again
}

// Pieces up to wholeBlock bytes are read at once even when few of them are wanted; up
// to denseBlock when one in density is.
const (
	wholeBlock = 64 << 10
	denseBlock = 1 << 20
	density    = 16
)

func (r *reading) read(ctx context.Context, runs []run, off int64, dst int) error {
	extent, wanted := r.stored(), r.stored()
	for _, x := range runs {
		extent += int64(x.count-1) * x.stride
		wanted *= int64(x.count)
	}
	if extent <= wholeBlock || extent <= denseBlock && extent/density <= wanted {
		return r.readBlock(ctx, runs, off, extent, dst)
	}
	outer := runs[0]
	size := r.piece(outer, runs[1:], extent-int64(outer.count-1)*outer.stride)
	for i := 0; i < outer.count; i += size {
		part := runs[1:]
		if n := min(size, outer.count-i); n > 1 {
			part = append([]run{{n, outer.stride, outer.dst}}, part...)
		}
		if err := r.read(ctx, part, off+int64(i)*outer.stride, dst+i*outer.dst); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) readBlock(ctx context.Context, runs []run, off, extent int64, dst int) error {
	if err := ctx.Err(); err != nil {
		return nexuslims.E(nexuslims.Canceled, "read pixels", "", err)
	}
	if off < 0 || extent > r.Size || off > r.Size-extent {
		return nexuslims.E(nexuslims.Corrupt, "read pixels", "", fmt.Errorf("%d bytes at %d are beyond the end at %d", extent, off, r.Size))
	}
	whole := len(runs) == 1 && r.plain(runs[0])
	block := r.dst[dst:]
	if !whole {
		if int64(len(r.block)) < extent {
			r.block = make([]byte, extent)
		}
		block = r.block
	}
	block = block[:extent]
	if n, err := r.Reader.ReadAt(block, off); int64(n) < extent {
		return nexuslims.E(readKind(err), "read pixels", "", fmt.Errorf("%d bytes at %d: %w", extent, off, err))
	}
	switch {
	case !whole:
		r.scatter(runs, block, dst)
	case r.Big:
		swapOrder(block, r.Type)
	}
	return nil
}

// plain reports whether the elements of a run stand in the file as in the destination, but
// for the order of their bytes.
func (r *reading) plain(x run) bool {
	size := r.Type.Size()
	return r.Convert == nil && r.stored() == int64(size) && x.stride == int64(size) && x.dst == size
}

// piece returns how many elements of the outermost axis are worth reading at once;
// inner is the extent of one.
func (r *reading) piece(outer run, rest []run, inner int64) int {
	wanted := r.stored()
	for _, x := range rest {
		wanted *= int64(x.count)
	}
	limit := int64(wholeBlock)
	if outer.stride/density <= wanted {
		limit = denseBlock
	}
	if outer.stride <= 0 || inner >= limit {
		return 1
	}
	return int(max(1, min(int64(outer.count), (limit-inner)/outer.stride)))
}

// scatter copies the wanted elements of a block to their places.
func (r *reading) scatter(runs []run, block []byte, dst int) {
	stored, size := int(r.stored()), r.Type.Size()
	switch {
	case len(runs) == 0:
		r.put(block[:stored], r.dst[dst:dst+size])
	case len(runs) == 1 && r.plain(runs[0]):
		n := runs[0].count * size
		r.put(block[:n], r.dst[dst:dst+n])
	case len(runs) == 1 && r.Convert == nil && !r.Big && stored == size && runs[0].dst == size:
		gather(r.dst[dst:dst+runs[0].count*size], block, runs[0].stride, size)
	default:
		x := runs[0]
		for i := range x.count {
			r.scatter(runs[1:], block[int64(i)*x.stride:], dst+i*x.dst)
		}
	}
}

// gather fills dst with the elements of a size that stand in a block a stride apart. The common
// sizes have loops of their own: it runs over every pixel of every large preview.
func gather(dst, block []byte, stride int64, size int) {
	switch size {
	case 1:
		for i := range dst {
			dst[i] = block[int64(i)*stride]
		}
	case 2:
		for at := int64(0); len(dst) >= 2; at += stride {
			dst[0], dst[1] = block[at], block[at+1]
			dst = dst[2:]
		}
	case 4:
		for at := int64(0); len(dst) >= 4; at += stride {
			*(*[4]byte)(dst) = [4]byte(block[at:])
			dst = dst[4:]
		}
	default:
		for at := int64(0); len(dst) >= size; at += stride {
			copy(dst[:size], block[at:])
			dst = dst[size:]
		}
	}
}

// put copies elements that need no conversion, or one that does.
func (r *reading) put(stored, dst []byte) {
	if r.Convert != nil {
		r.Convert(dst, stored)
		return
	}
	copy(dst, stored)
	if r.Big {
		swapOrder(dst, r.Type)
	}
}

// swapOrder turns the bytes of each number, of each part of a complex one.
func swapOrder(b []byte, t ElementType) {
	n := t.Size()
	switch {
	case t.IsColour() || n == 1:
		return
	case t.IsComplex():
		n /= 2
	}
	for ; len(b) >= n; b = b[n:] {
		for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}

var _ PixelSource = (*Strided)(nil)
