package hdf5

import "context"

// run is one axis of a copy: so many steps, of so many bytes in the source and the target.
type run struct {
	count    int
	src, dst int64
}

// compact leaves out axes of one element and joins those that follow without a gap.
func compactRuns(runs []run, size int) []run {
	out := make([]run, 0, len(runs)+1)
	for _, r := range runs {
		if r.count == 1 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].src == r.src*int64(r.count) && out[n-1].dst == r.dst*int64(r.count) {
			out[n-1] = run{out[n-1].count * r.count, r.src, r.dst}
			continue
		}
		out = append(out, r)
	}
	if n := len(out); n == 0 || out[n-1].src != int64(size) || out[n-1].dst != int64(size) {
		out = append(out, run{1, int64(size), int64(size)})
	}
	return out
}

// copying is one read of a region.
type copying struct {
	s     *source
	dst   []byte
	size  int // of an element
	block []byte
}

// scatter copies the elements of a block. The last run is without gaps.
func (c *copying) scatter(runs []run, block []byte, to int64) {
	r := runs[0]
	if len(runs) == 1 {
		n := int64(r.count) * r.src
		copy(c.dst[to:to+n], block[:n])
		return
	}
	if len(runs) == 2 && runs[1].count == 1 {
		c.gather(r, block, to)
		return
	}
	for i := range int64(r.count) {
		c.scatter(runs[1:], block[i*r.src:], to+i*r.dst)
	}
}

// gather copies single elements that lie apart.
func (c *copying) gather(r run, block []byte, to int64) {
	size := int64(c.size)
	switch c.size {
	case 1:
		for i := range int64(r.count) {
			c.dst[to+i*r.dst] = block[i*r.src]
		}
	case 2:
		for i := range int64(r.count) {
			*(*[2]byte)(c.dst[to+i*r.dst:]) = [2]byte(block[i*r.src:])
		}
	case 4:
		for i := range int64(r.count) {
			*(*[4]byte)(c.dst[to+i*r.dst:]) = [4]byte(block[i*r.src:])
		}
	default:
		for i := range int64(r.count) {
			copy(c.dst[to+i*r.dst:][:size], block[i*r.src:][:size])
		}
	}
}

// Pieces up to wholeBlock bytes are read at once even when few of them are wanted; up to
// denseBlock when one in density is.
const (
	wholeBlock = 64 << 10
	denseBlock = 1 << 20
	density    = 16
)

// file copies from the file: gaps that are worth it are not read.
func (c *copying) file(ctx context.Context, runs []run, address uint64, to int64) error {
	if err := ctx.Err(); err != nil {
		return canceled(err)
	}
	r := runs[0]
	if len(runs) == 1 {
		return c.plain(ctx, c.dst[to:to+int64(r.count)*r.src], address)
	}
	extent, wanted := c.extent(runs)
	if extent <= wholeBlock || extent <= denseBlock && extent/density <= wanted {
		if int64(len(c.block)) < extent {
			c.block = make([]byte, extent)
		}
		if err := c.s.read(c.block[:extent], address); err != nil {
			return err
		}
		c.scatter(runs, c.block, to)
		return nil
	}
	inner, _ := c.extent(runs[1:])
	part := int64(1) // steps that are worth reading at once
	limit := int64(wholeBlock)
	if wanted/int64(r.count) >= r.src/density {
		limit = denseBlock
	}
	if inner < limit {
		part = max(1, (limit-inner)/r.src+1)
	}
	for i := int64(0); i < int64(r.count); i += part {
		next := runs[1:]
		if n := min(part, int64(r.count)-i); n > 1 {
			next = append([]run{{int(n), r.src, r.dst}}, next...)
		}
		if err := c.file(ctx, next, address+uint64(i*r.src), to+i*r.dst); err != nil {
			return err
		}
	}
	return nil
}

// extent returns the bytes between the first and the last element, and those wanted.
func (c *copying) extent(runs []run) (extent, wanted int64) {
	extent, wanted = int64(c.size), int64(c.size)
	for _, r := range runs {
		extent += int64(r.count-1) * r.src
		wanted *= int64(r.count)
	}
	return extent, wanted
}

// plain reads bytes without gaps.
func (c *copying) plain(ctx context.Context, dst []byte, address uint64) error {
	const piece = 4 << 20
	for len(dst) > 0 {
		if err := ctx.Err(); err != nil {
			return canceled(err)
		}
		n := min(piece, len(dst))
		if err := c.s.read(dst[:n], address); err != nil {
			return err
		}
		dst, address = dst[n:], address+uint64(n)
	}
	return nil
}

// strides returns the bytes between neighbours along each axis.
func strides(shape []int, size int) []int64 {
	out := make([]int64, len(shape))
	step := int64(size)
	for i := len(shape) - 1; i >= 0; i-- {
		out[i], step = step, step*int64(shape[i])
	}
	return out
}

// readStored fills dst with the elements of a region as they are stored. The region was
// checked.
func (d *Dataset) readStored(ctx context.Context, r region, dst []byte) error {
	if err := d.Check(); err != nil {
		return err
	}
	if len(dst) == 0 {
		return ctx.Err()
	}
	c := &copying{s: d.f.src, dst: dst, size: d.kind.Size}
	if d.store.class == chunkedStorage {
		return d.readChunked(ctx, r, c)
	}
	n, _ := d.space.elements()
	bytes := uint64(n) * uint64(d.kind.Size)
	from, to := strides(d.space.shape, c.size), strides(r.count, c.size)
	runs, at := make([]run, len(from)), int64(0)
	for i := range runs {
		runs[i] = run{r.count[i], from[i] * int64(r.step[i]), to[i]}
		at += from[i] * int64(r.start[i])
	}
	runs = compactRuns(runs, c.size)
	switch {
	case d.store.class == compactStorage:
		if uint64(len(d.store.data)) < bytes {
			return corrupt("read dataset", "%d bytes for %v elements", len(d.store.data), d.space.shape)
		}
		c.scatter(runs, d.store.data[at:], 0)
		return nil
	case d.store.address == d.f.src.undefined():
		d.fillIn(dst)
		return nil
	case d.store.size < bytes:
		return corrupt("read dataset", "%d bytes for %v elements", d.store.size, d.space.shape)
	}
	return c.file(ctx, runs, d.store.address+uint64(at), 0)
}

// fillIn sets all elements to the fill value.
func (d *Dataset) fillIn(dst []byte) {
	if d.fill == nil {
		clear(dst)
		return
	}
	n := copy(dst, d.fill)
	for n < len(dst) {
		n += copy(dst[n:], dst[:n])
	}
}
