package emd

import (
	"context"
	"encoding/binary"
	"fmt"
	"sort"
	"sync"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// stream is the list of X-ray events of one detector. Each value is the channel of one
// event in the present pixel; the largest number of the type ends a pixel. Pixels run along
// x, then y, then through the next frame over the same area. The mark of the last pixel may
// be missing, and a frame may break off.
//
// The layout is inferred from files; it agrees with the spectra that Velox stores beside.
type stream struct {
	data  *hdf5.Dataset
	path  string
	total int64 // values
	word  int   // bytes of a value
	// frames is how many frames the file says there are, 0 where it does not.
	frames int
	starts []int64 // values before each of the first two frames

	once  sync.Mutex
	marks []int64 // ends of pixels before each block of values, and at the end
}

const (
	// blockValues is how many values a mark of the index stands for: a row of a map has
	// about as many, so that little is read that is not wanted.
	blockValues = 4096
	// readBlocks is how many blocks are read at once, at most.
	readBlocks = 64
	// mostPacked is how many values one byte of a file can stand for: what is packed by
	// deflate may be a thousand times as long.
	mostPacked = 1024
)

// newStream opens a stream of events.
func newStream(m *veloxMember, fileSize int64) (*stream, error) {
	shape, t := m.data.Shape(), m.data.Type()
	if t.Class != hdf5.Integer || t.Size > 4 || len(shape) < 1 || len(shape) > 2 || len(shape) == 2 && shape[1] != 1 {
		err := fmt.Errorf("a list of the shape %v", shape)
		return nil, nexuslims.E(nexuslims.Unsupported, "read events", m.path, err)
	}
	s := &stream{data: m.data, path: m.path, total: int64(shape[0]), word: t.Size}
	if s.total > mostPacked*(fileSize+1) {
		err := fmt.Errorf("%d events are more than the file can hold", s.total)
		return nil, nexuslims.E(nexuslims.Corrupt, "read events", m.path, err)
	}
	return s, nil
}

// locate reads where the frames begin: how many there are, and the places of the first two.
func (s *stream) locate(ctx context.Context, m *veloxMember) error {
	d, err := m.group.Dataset("FrameLocationTable")
	if err != nil {
		return err
	}
	shape, t := d.Shape(), d.Type()
	if t.Class != hdf5.Integer || t.Size != 8 || len(shape) < 1 || len(shape) > 2 || len(shape) == 2 && shape[1] != 1 {
		return nexuslims.E(nexuslims.Unsupported, "read frames", m.path, fmt.Errorf("a table of the shape %v", shape))
	}
	n := min(2, shape[0])
	raw := make([]byte, 8*n)
	start, count, step := []int{0, 0}[:len(shape)], []int{n, 1}[:len(shape)], []int{1, 1}[:len(shape)]
	if err := d.ReadRegion(ctx, start, count, step, raw); err != nil {
		return err
	}
	s.frames = shape[0]
	for i := range n {
		s.starts = append(s.starts, int64(binary.LittleEndian.Uint64(raw[8*i:])))
	}
	return nil
}

// read reads values from a place on into b.
func (s *stream) read(ctx context.Context, at int64, n int, b []byte) ([]byte, error) {
	rank := len(s.data.Shape())
	start, count, step := []int{int(at), 0}[:rank], []int{n, 1}[:rank], []int{1, 1}[:rank]
	b = b[:n*s.word]
	return b, s.data.ReadRegion(ctx, start, count, step, b)
}

// countMarks counts the ends of pixels of a number of values from a place on.
func (s *stream) countMarks(ctx context.Context, at, n int64) (int64, error) {
	var marks int64
	buffer := make([]byte, int(min(n, readBlocks*blockValues))*s.word)
	for n > 0 {
		k := min(n, readBlocks*blockValues)
		b, err := s.read(ctx, at, int(k), buffer)
		if err != nil {
			return 0, err
		}
		marks += int64(marksIn(b, s.word))
		at, n = at+k, n-k
	}
	return marks, nil
}

// marksIn counts the ends of pixels of some values.
func marksIn(b []byte, word int) int {
	n := 0
	if word == 2 {
		for i := 0; i+1 < len(b); i += 2 {
			if b[i]&b[i+1] == 0xff {
				n++
			}
		}
		return n
	}
	for i := 0; i+word <= len(b); i += word {
		if valueAt(b[i:], word) == lastValue(word) {
			n++
		}
	}
	return n
}

// lastValue is the value that ends a pixel.
func lastValue(word int) uint32 { return uint32(1<<(8*word) - 1) }

func valueAt(b []byte, word int) uint32 {
	switch word {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(binary.LittleEndian.Uint16(b))
	}
	return binary.LittleEndian.Uint32(b)
}

// blocks returns how many blocks the stream has.
func (s *stream) blocks() int { return int((s.total + blockValues - 1) / blockValues) }

// index counts the ends of pixels before each block, once: 2 MB for a stream of 2 GB.
func (s *stream) index(ctx context.Context) ([]int64, error) {
	s.once.Lock()
	defer s.once.Unlock()
	if s.marks != nil {
		return s.marks, nil
	}
	marks := []int64{0}
	err := s.each(ctx, 0, s.blocks(), func(_ int, b []byte) error {
		marks = append(marks, marks[len(marks)-1]+int64(marksIn(b, s.word)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.marks = marks
	return marks, nil
}

// each reads blocks, several at once, and shows them one by one.
func (s *stream) each(ctx context.Context, from, to int, visit func(block int, b []byte) error) error {
	var buffer []byte
	for from < to {
		if err := ctx.Err(); err != nil {
			return nexuslims.E(nexuslims.KindOf(err), "read events", s.path, err)
		}
		n := min(to-from, readBlocks)
		at := int64(from) * blockValues
		values := int(min(int64(n)*blockValues, s.total-at))
		if buffer == nil {
			buffer = make([]byte, values*s.word)
		}
		b, err := s.read(ctx, at, values, buffer)
		if err != nil {
			return err
		}
		for i := range n {
			piece := b[i*blockValues*s.word:]
			if err := visit(from+i, piece[:min(len(piece), blockValues*s.word)]); err != nil {
				return err
			}
		}
		from += n
	}
	return nil
}

// span returns the blocks that hold the events of the pixels from first to last.
func span(marks []int64, first, last int64) (from, to int) {
	blocks := len(marks) - 1
	// The events of a pixel begin behind the mark before it, which may end the block before.
	from = max(0, sort.Search(blocks, func(i int) bool { return marks[i] >= first })-1)
	to = sort.Search(blocks, func(i int) bool { return marks[i] > last })
	return from, max(from, to)
}
