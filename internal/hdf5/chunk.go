package hdf5

import (
	"context"
	"slices"
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
	b, err := d.cache.load(ref.address, func() ([]byte, error) { return d.decodeChunk(at, ref, nil, nil) })
	if err != nil {
		return err
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
// one of up to cacheLargest. Who wants a chunk that another is decoding waits for it.
type chunkCache struct {
	mu    sync.Mutex
	list  []*cached // the latest last
	bytes int       // of those that are decoded
}

type cached struct {
	address uint64
	once    sync.Once
	b       []byte
	err     error
	counted bool // in the bytes of the cache
}

const (
	cacheSize    = 16 << 20
	cacheLargest = 64 << 20
	cacheChunks  = 1024
)

// load returns a chunk, by decode where it is not there.
func (c *chunkCache) load(address uint64, decode func() ([]byte, error)) ([]byte, error) {
	x := c.entry(address)
	x.once.Do(func() {
		x.b, x.err = decode()
		c.decoded(x)
	})
	return x.b, x.err
}

// entry returns the entry of a chunk, which becomes the latest.
func (c *chunkCache) entry(address uint64) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.list) - 1; i >= 0; i-- {
		if x := c.list[i]; x.address == address {
			c.list = append(append(c.list[:i], c.list[i+1:]...), x)
			return x
		}
	}
	if len(c.list) >= cacheChunks {
		c.drop(0)
	}
	x := &cached{address: address}
	c.list = append(c.list, x)
	return x
}

// decoded counts a chunk and makes room for it. What failed or is too large is not kept.
func (c *chunkCache) decoded(x *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.Index(c.list, x)
	if at < 0 {
		return // others were wanted meanwhile
	}
	if x.err != nil || len(x.b) > cacheLargest {
		c.list = slices.Delete(c.list, at, at+1)
		return
	}
	c.bytes += len(x.b)
	x.counted = true
	for i := 0; c.bytes > cacheSize && i < len(c.list); {
		if old := c.list[i]; old == x || !old.counted {
			i++ // it is being decoded
			continue
		}
		c.drop(i)
	}
}

func (c *chunkCache) drop(i int) {
	if c.list[i].counted {
		c.bytes -= len(c.list[i].b)
	}
	c.list = slices.Delete(c.list, i, i+1)
}
