package hdf5

import (
	"context"
	"sync"
)

// openGrid opens the index of the chunks once.
func (d *Dataset) openGrid() error {
	d.once.Do(func() {
		if d.grid, d.indexErr = newGrid(d.f.src, d.space, d.store.chunk, d.kind.Size); d.indexErr == nil {
			d.index, d.indexErr = d.grid.openIndex(&d.store)
		}
	})
	return d.indexErr
}

// part is where a region meets one row of chunks along an axis.
type part struct {
	chunk  int // number of the chunk
	offset int // of the first element in the chunk
	first  int // number of that element in the region
	count  int
}

// axisParts cuts an axis of a region.
func axisParts(start, count, step, chunk int) []part {
	var out []part
	for i := 0; i < count; {
		at := start + i*step
		p := part{chunk: at / chunk, offset: at % chunk, first: i}
		p.count = min(count-i, (chunk-p.offset-1)/step+1)
		out = append(out, p)
		i += p.count
	}
	return out
}

// readChunked copies a region from its chunks.
func (d *Dataset) readChunked(ctx context.Context, r region, c *copying) error {
	if err := d.openGrid(); err != nil {
		return err
	}
	d.fillIn(c.dst)
	rank := len(r.count)
	parts, counts := make([][]part, rank), make([]int, rank)
	for i := range parts {
		parts[i] = axisParts(r.start[i], r.count[i], r.step[i], d.store.chunk[i])
		counts[i] = len(parts[i])
	}
	from, to := strides(d.store.chunk, c.size), strides(r.count, c.size)
	at, which, runs := make([]int, rank), make([]int, rank), make([]run, rank)
	for {
		if err := ctx.Err(); err != nil {
			return canceled(err)
		}
		var src, dst int64
		for i, k := range which {
			p := parts[i][k]
			at[i] = p.chunk
			runs[i] = run{p.count, from[i] * int64(r.step[i]), to[i]}
			src += int64(p.offset) * from[i]
			dst += int64(p.first) * to[i]
		}
		if err := d.copyChunk(ctx, c, at, compactRuns(runs, c.size), src, dst); err != nil {
			return err
		}
		if !next(which, counts) {
			return nil
		}
	}
}

// copyChunk copies from the chunk at a place of the grid.
func (d *Dataset) copyChunk(ctx context.Context, c *copying, at []int, runs []run, src, dst int64) error {
	ref, ok, err := d.index.find(at)
	if err != nil || !ok {
		return err
	}
	if !d.filtered(at, ref) {
		if ref.size < d.grid.bytes {
			return corrupt("read chunk", "chunk %v of %d bytes, not %d", at, ref.size, d.grid.bytes)
		}
		return c.file(ctx, runs, ref.address+uint64(src), dst)
	}
	b := d.cache.get(ref.address)
	if b == nil {
		if b, err = d.decodeChunk(at, ref, nil, nil); err != nil {
			return err
		}
		d.cache.put(ref.address, b)
	}
	c.scatter(runs, b[src:], dst)
	return nil
}

// filtered tells whether any filter was applied to a chunk.
func (d *Dataset) filtered(at []int, ref chunkRef) bool {
	n := len(d.pipe.filters)
	if n == 0 || ref.mask&(1<<n-1) == 1<<n-1 {
		return false
	}
	if !d.store.plain {
		return true
	}
	for i, k := range at {
		if (k+1)*d.store.chunk[i] > d.space.shape[i] {
			return false // it sticks out
		}
	}
	return true
}

// maxDecoded is the size of the largest chunk that is decoded.
const maxDecoded = 1 << 30

// decodeChunk returns a whole chunk of filtered elements. Stored is a buffer for the bytes
// in the file.
func (d *Dataset) decodeChunk(at []int, ref chunkRef, stored *[]byte, room *scratch) ([]byte, error) {
	if d.grid.bytes > maxDecoded {
		return nil, unsupported("read chunk", "compressed chunks of %d bytes", d.grid.bytes)
	}
	if _, err := d.f.src.within(ref.address, int64(min(ref.size, 1<<62))); err != nil {
		return nil, err
	}
	var b []byte
	if stored == nil {
		stored = &b
	}
	if uint64(cap(*stored)) < ref.size {
		*stored = make([]byte, ref.size)
	}
	raw := (*stored)[:ref.size]
	if err := d.f.src.read(raw, ref.address); err != nil {
		return nil, err
	}
	out, err := d.pipe.decode(raw, int(d.grid.bytes), ref.mask, room)
	if err != nil {
		return nil, corruptChunk(at, err)
	}
	return out, nil
}

func corruptChunk(at []int, err error) error {
	return corrupt("read chunk", "chunk %v: %w", at, err)
}

// chunkCache keeps the chunks that were decoded last: up to cacheSize bytes, and at least
// one of up to cacheLargest.
type chunkCache struct {
	mu    sync.Mutex
	list  []cached // the latest last
	bytes int
}

type cached struct {
	address uint64
	b       []byte
}

const (
	cacheSize    = 16 << 20
	cacheLargest = 64 << 20
)

func (c *chunkCache) get(address uint64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.list) - 1; i >= 0; i-- {
		if x := c.list[i]; x.address == address {
			copy(c.list[i:], c.list[i+1:])
			c.list[len(c.list)-1] = x
			return x.b
		}
	}
	return nil
}

func (c *chunkCache) put(address uint64, b []byte) {
	if len(b) > cacheLargest {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.list) > 0 && (c.bytes+len(b) > cacheSize || len(c.list) >= 1024) {
		c.bytes -= len(c.list[0].b)
		copy(c.list, c.list[1:])
		c.list[len(c.list)-1] = cached{}
		c.list = c.list[:len(c.list)-1]
	}
	c.list = append(c.list, cached{address, b})
	c.bytes += len(b)
}
