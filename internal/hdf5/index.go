package hdf5

import "context"

// chunkRef is where a chunk is stored.
type chunkRef struct {
	address uint64
	size    uint64 // bytes as stored
	mask    uint32 // filters that were left out
}

// chunkIndex finds chunks. It may be used concurrently.
type chunkIndex interface {
	// find returns the chunk with a place in the grid of chunks; ok is false for chunks
	// that were never written.
	find(at []int) (ref chunkRef, ok bool, err error)
	// walk visits all stored chunks in order of place; at is only valid during the visit.
	walk(ctx context.Context, visit func(at []int, ref chunkRef) error) error
}

// grid is the array in units of chunks.
type grid struct {
	s     *source
	shape []int // of the array
	chunk []int
	count []int   // chunks along each axis
	most  []int64 // chunks along each axis of the greatest array, -1 without limit
	bytes uint64  // of a decoded chunk
}

func newGrid(s *source, d dataspace, chunk []int, size int) (*grid, error) {
	const op = "read layout"
	g := &grid{s: s, shape: d.shape, chunk: chunk, bytes: uint64(size)}
	if len(chunk) != len(d.shape) {
		return nil, corrupt(op, "chunks of %d axes in an array of %d", len(chunk), len(d.shape))
	}
	for i, n := range chunk {
		if g.bytes > maxChunk/uint64(n) {
			return nil, corrupt(op, "chunks of %v", chunk)
		}
		g.bytes *= uint64(n)
		g.count = append(g.count, (d.shape[i]+n-1)/n)
		most := d.most[i]
		if most > 0 {
			most = (most-1)/int64(n) + 1
		}
		g.most = append(g.most, most)
	}
	return g, nil
}

// linear returns the number of a chunk in the order of the greatest array, where the axis
// first (-1: none) is taken for the slowest.
func (g *grid) linear(at []int, first int) (uint64, bool) {
	var n uint64
	if first >= 0 {
		n = uint64(at[first])
	}
	for i, k := range at {
		if i == first {
			continue
		}
		if g.most[i] < 1 || n > 1<<62/uint64(g.most[i]) {
			return 0, false
		}
		n = n*uint64(g.most[i]) + uint64(k)
	}
	return n, true
}

// each visits all places of chunks in order, finding each by find.
func (g *grid) each(ctx context.Context, find func([]int) (chunkRef, bool, error), visit func([]int, chunkRef) error) error {
	left := g.s.size/8 + 1<<20 // an index takes some bytes for each chunk
	at := make([]int, len(g.count))
	for _, n := range g.count {
		if n == 0 {
			return nil
		}
	}
	for {
		if left--; left < 0 {
			return corrupt("read chunks", "more chunks than the file can hold")
		}
		ref, ok, err := find(at)
		if err != nil {
			return err
		}
		if ok {
			if err := ctx.Err(); err != nil {
				return canceled(err)
			}
			if err := visit(at, ref); err != nil {
				return err
			}
		}
		if !next(at, g.count) {
			return nil
		}
	}
}

// next counts at up within a shape, the last axis fastest.
func next(at, shape []int) bool {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < shape[i] {
			return true
		}
		at[i] = 0
	}
	return false
}

// openIndex opens the index of chunked storage.
func (g *grid) openIndex(l *storage) (chunkIndex, error) {
	if l.address == g.s.undefined() {
		return noChunks{}, nil
	}
	switch l.index {
	case indexTree1:
		return newChunkTree(g, l.address), nil
	case indexSingle:
		ref := chunkRef{l.address, g.bytes, l.singleMask}
		if l.single > 0 {
			ref.size = l.single
		}
		return &singleChunk{g, ref}, nil
	case indexImplicit:
		return &implicitChunks{g, l.address}, nil
	case indexFixed:
		return openFixedArray(g, l.address)
	case indexExtensible:
		return openExtensibleArray(g, l.address)
	}
	return openChunkTree2(g, l.address)
}

// noChunks is the index of a dataset that was never written.
type noChunks struct{}

func (noChunks) find([]int) (chunkRef, bool, error) { return chunkRef{}, false, nil }

func (noChunks) walk(context.Context, func([]int, chunkRef) error) error { return nil }

// singleChunk is the index of an array of one chunk.
type singleChunk struct {
	g   *grid
	ref chunkRef
}

func (x *singleChunk) find(at []int) (chunkRef, bool, error) {
	for _, k := range at {
		if k != 0 {
			return chunkRef{}, false, nil
		}
	}
	return x.ref, true, nil
}

func (x *singleChunk) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	return x.g.each(ctx, x.find, visit)
}

// implicitChunks lie one behind the other.
type implicitChunks struct {
	g       *grid
	address uint64
}

func (x *implicitChunks) find(at []int) (chunkRef, bool, error) {
	n, ok := x.g.linear(at, -1)
	if !ok || n > uint64(x.g.s.size)/x.g.bytes {
		return chunkRef{}, false, corrupt("read chunks", "chunk %v beyond the end", at)
	}
	return chunkRef{x.address + n*x.g.bytes, x.g.bytes, 0}, true, nil
}

func (x *implicitChunks) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	return x.g.each(ctx, x.find, visit)
}

// element reads an element of an array of chunks: an address, of filtered ones also the
// size and the mask.
func (g *grid) element(b []byte, filtered bool) (chunkRef, bool) {
	c := g.s.cursor(b)
	ref := chunkRef{address: c.address(), size: g.bytes}
	if filtered {
		ref.size = c.uint(max(0, min(8, len(b)-g.s.offsets-4)))
		ref.mask = c.u32()
	}
	return ref, ref.address != g.s.undefined()
}
