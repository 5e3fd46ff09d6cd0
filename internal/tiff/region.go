package tiff

import (
	"context"
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// span is which rows or columns are wanted.
type span struct{ start, count, step int }

// at returns the i-th of them.
func (s span) at(i int) int { return s.start + i*s.step }

// before returns how many of them lie before a position.
func (s span) before(position int) int {
	if position <= s.start {
		return 0
	}
	return min(s.count, (position-1-s.start)/s.step+1)
}

// ReadRegion fills dst with the pixels of a region in C order, little-endian: two axes, rows
// and columns. Gray samples keep their type (1, 2 and 4 bits become uint8 0..255, 12 bits
// uint16; white-is-zero is turned over for those of up to 8 bits). Palette pictures, YCbCr and
// colours become "rgb" or "rgba" of 8 bits, of 16-bit samples the high byte. The region must
// lie inside the picture and dst have its size.
//
// Only the strips or tiles that the region touches are read. Where some of them are Corrupt,
// the pixels of the others are there beside the error; those that are missing keep the value
// that dst has.
func (m *Image) ReadRegion(ctx context.Context, start, count, step []int, dst []byte) error {
	rows, columns, err := m.spans(start, count, step)
	if err != nil {
		return err
	}
	if want := rows.count * columns.count * m.size(); len(dst) != want {
		return nexuslims.E(nexuslims.Invalid, op, "", fmt.Errorf("%d bytes for %d", len(dst), want))
	}
	r := &reading{Image: m, rows: rows, columns: columns, dst: dst}
	r.segments = segments{d: m.d, offsets: column{tag: m.layout.offsets}, counts: column{tag: m.layout.counts}}
	return r.read(ctx)
}

func (m *Image) spans(start, count, step []int) (rows, columns span, err error) {
	if len(start) != 2 || len(count) != 2 || len(step) != 2 {
		return rows, columns, nexuslims.E(nexuslims.Invalid, op, "", fmt.Errorf("region has not two axes"))
	}
	rows, columns = span{start[0], count[0], step[0]}, span{start[1], count[1], step[1]}
	for i, s := range []span{rows, columns} {
		size := []int{m.Height, m.Width}[i]
		if s.start < 0 || s.count < 0 || s.step < 1 ||
			s.count > 0 && (s.start >= size || (s.count-1) > (size-1-s.start)/s.step) {
			return rows, columns, nexuslims.E(nexuslims.Invalid, op, "", fmt.Errorf("region outside %d x %d", m.Height, m.Width))
		}
	}
	return rows, columns, nil
}

// reading is one call of ReadRegion.
type reading struct {
	*Image
	rows, columns span
	dst           []byte
	segments      segments
	windows       []window // one for each plane
	zeros         []byte   // a row of a sparse segment
}

// read goes through the segments that the region touches.
func (r *reading) read(ctx context.Context) error {
	var first error
	l := &r.layout
	for i, end := 0, 0; i < r.rows.count; i = end {
		down := r.rows.at(i) / l.height
		end = r.rows.before((down + 1) * l.height)
		for j, stop := 0, 0; j < r.columns.count; j = stop {
			across := r.columns.at(j) / l.width
			stop = r.columns.before((across + 1) * l.width)
			c := cell{reading: r, down: int64(down), across: int64(across), i: i, end: end, j: j, stop: stop}
			err := c.read(ctx)
			if ctx.Err() != nil {
				return nexuslims.E(nexuslims.Canceled, op, "", ctx.Err())
			}
			if err != nil && nexuslims.KindOf(err) != nexuslims.Corrupt {
				return err
			}
			if first == nil {
				first = err
			}
		}
	}
	return first
}

// cell is the part of a region that lies in one segment, or in one of each plane.
type cell struct {
	*reading
	down, across int64
	i, end       int // rows of the region
	j, stop      int // columns of the region
}

// source delivers rows of a segment, which are asked for from the top to the bottom.
type source interface {
	// row returns bytes of the y-th row of the file; they hold until the next call.
	row(ctx context.Context, y int, from, to int64) ([]byte, error)
	close()
}

// read fills the pixels of a cell.
func (c *cell) read(ctx context.Context) error {
	first, planes := 0, 1
	if c.layout.planes > 1 {
		if planes = c.colour.samples; planes == 0 {
			first, planes = c.sample, 1
		}
	}
	sources := make([]source, planes)
	for k := range sources {
		s, err := c.open(first + k)
		if err != nil {
			for _, s := range sources[:k] {
				s.close()
			}
			return err
		}
		sources[k] = s
	}
	err := c.fill(ctx, sources)
	for _, s := range sources {
		s.close()
	}
	return err
}

// open finds the segment of a plane.
func (c *cell) open(plane int) (source, error) {
	l := &c.layout
	x, err := c.segments.find((int64(plane)*l.down+c.down)*l.across + c.across)
	switch {
	case err != nil:
		return nil, err
	case x.sparse():
		return &blank{c.reading}, nil
	case l.compression == compressNone:
		return &direct{c.reading, plane, x.offset}, nil
	case l.compression == compressJPEG:
		return c.openJPEG(x)
	}
	return c.openStream(x, l.rows(c.Image, c.down), (c.rows.at(c.i)-int(c.down)*l.height)/l.unit)
}

// maxPiece bounds what is read at once of a row, in bytes.
const maxPiece = 64 << 10

// fill reads the rows of a cell and converts them.
func (c *cell) fill(ctx context.Context, sources []source) error {
	l := &c.layout
	bits := c.Bits // from one pixel to the next
	if l.planes == 1 {
		bits *= c.Samples
	}
	perPiece := max(1, maxPiece*8/(bits*c.columns.step))
	rows := make([][]byte, len(sources))
	for i := c.i; i < c.end; i++ {
		y := c.rows.at(i) - int(c.down)*l.height
		for j := c.j; j < c.stop; j += perPiece {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(perPiece, c.stop-j)
			x := c.columns.at(j) - int(c.across)*l.width
			from, to := int64(x)*int64(bits)/8, (int64(x+(n-1)*c.columns.step+1)*int64(bits)+7)/8
			if l.unit > 1 || c.Photometric == ColourYCbCr && c.colour.wide > 1 {
				from, to = 0, l.rowBytes
			}
			for k, s := range sources {
				var err error
				if rows[k], err = s.row(ctx, y/l.unit, from, to); err != nil {
					return err
				}
			}
			at := (i*c.columns.count + j) * c.size()
			p := pixels{rows: rows, bit: int(int64(x) * int64(bits) % 8), n: n, step: c.columns.step, x: x, y: y % l.unit}
			c.convert(c.dst[at:at+n*c.size()], &p)
		}
	}
	return nil
}

// blank is the source of a segment that was never written.
type blank struct{ *reading }

func (b *blank) row(_ context.Context, _ int, from, to int64) ([]byte, error) {
	if int64(len(b.zeros)) < to-from {
		b.zeros = make([]byte, to-from)
	}
	return b.zeros[:to-from], nil
}

func (*blank) close() {}

// direct is the source of a segment that is not compressed.
type direct struct {
	*reading
	plane  int
	offset int64
}

func (s *direct) row(_ context.Context, y int, from, to int64) ([]byte, error) {
	l := &s.layout
	ahead := int64(0)
	if int64(s.rows.step)*l.rowBytes < maxPiece/4 {
		// The next strip mostly follows in the file; the next tile is wanted for other pixels.
		if ahead = maxPiece; l.across > 1 {
			ahead = min(ahead, int64(l.height-y)*l.rowBytes-from)
		}
	}
	for len(s.windows) <= s.plane {
		s.windows = append(s.windows, window{})
	}
	b, err := s.windows[s.plane].read(s.d.f, s.offset+int64(y)*l.rowBytes+from, to-from, ahead)
	if err == nil && l.reversed {
		b = reversed(b)
	}
	return b, err
}

func (*direct) close() {}

// window is a piece of the file that was read ahead.
type window struct {
	off int64
	b   []byte
	buf []byte
}

// read returns n bytes; up to ahead bytes are read at once.
func (w *window) read(f *File, off, n, ahead int64) ([]byte, error) {
	if off >= w.off && off+n <= w.off+int64(len(w.b)) {
		return w.b[off-w.off:][:n], nil
	}
	if err := f.inside(off, n); err != nil {
		return nil, err
	}
	size := max(n, min(ahead, f.size-off))
	if int64(cap(w.buf)) < size {
		w.buf = make([]byte, size)
	}
	w.off, w.b = off, w.buf[:size]
	if err := f.fill(w.b, off); err != nil {
		w.b = nil
		return nil, err
	}
	return w.b[:n], nil
}
