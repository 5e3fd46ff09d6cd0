package tiff

import (
	"context"
	"io"
	"slices"
	"sync"
)

// stream decodes the rows of a compressed segment one after the other.
type stream struct {
	m      *Image
	index  int64
	r      io.Reader
	next   int    // row that comes next
	height int    // rows of the segment
	buf    []byte // the current row
	spare  []byte // of the same size
	failed error
}

// cache keeps streams that stand in the middle of a segment: pictures are read in bands from
// the top to the bottom, and a segment has to be decoded from its beginning.
type cache struct {
	sync.Mutex
	paused []*stream // the oldest first
	jpegs  []*jpegSegment
}

// Bounds of what is kept, in bytes.
const (
	maxPaused  = 16 << 20
	streamSize = 64 << 10 // tables of a decompressor, about
)

// openStream returns a source for the rows from a certain one on.
func (r *reading) openStream(x segment, height, row int) (source, error) {
	if s := r.cache.take(x.index, row); s != nil {
		return &streamRows{s, &r.cache}, nil
	}
	unpacked, err := r.unpack(x)
	if err != nil {
		return nil, err
	}
	s := &stream{m: r.Image, index: x.index, r: unpacked, height: height}
	return &streamRows{s, &r.cache}, nil
}

// take removes the stream that stands next before a row.
func (c *cache) take(index int64, row int) *stream {
	c.Lock()
	defer c.Unlock()
	best := -1
	for i, s := range c.paused {
		if s.index == index && s.next <= row && (best < 0 || s.next > c.paused[best].next) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	s := c.paused[best]
	c.paused = slices.Delete(c.paused, best, best+1)
	return s
}

// put keeps a stream that has rows left.
func (c *cache) put(s *stream) {
	if s.failed != nil || s.next >= s.height {
		return
	}
	c.Lock()
	defer c.Unlock()
	c.paused = append(c.paused, s)
	size := 0
	for i := len(c.paused) - 1; i >= 0; i-- {
		if size += streamSize + cap(c.paused[i].buf); size > maxPaused && i < len(c.paused)-2 {
			c.paused = slices.Delete(c.paused, 0, i+1)
			break
		}
	}
}

// streamRows is the source of a compressed segment.
type streamRows struct {
	*stream
	cache *cache
}

func (s *streamRows) row(ctx context.Context, y int, from, to int64) ([]byte, error) {
	if y >= s.next {
		if err := s.advance(ctx, y); err != nil {
			return nil, err
		}
	}
	return s.buf[from:to], nil
}

func (s *streamRows) close() { s.cache.put(s.stream) }

// advance decodes until the y-th row is the current one.
func (s *stream) advance(ctx context.Context, y int) error {
	if s.failed != nil {
		return s.failed
	}
	for s.next <= y {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.failed = s.fill(s.m.layout.rowBytes); s.failed != nil {
			return s.failed
		}
		s.next++
	}
	s.unpredict()
	return nil
}

// fill decodes one row. The first one is not allocated before it is there.
func (s *stream) fill(size int64) error {
	if int64(len(s.buf)) == size {
		_, err := io.ReadFull(s.r, s.buf)
		return damage(err)
	}
	s.buf = make([]byte, 0, min(size, maxPiece))
	for int64(len(s.buf)) < size {
		n := int(min(maxPiece, size-int64(len(s.buf))))
		s.buf = slices.Grow(s.buf, n)
		if _, err := io.ReadFull(s.r, s.buf[len(s.buf):len(s.buf)+n]); err != nil {
			return damage(err)
		}
		s.buf = s.buf[:len(s.buf)+n]
	}
	return nil
}
