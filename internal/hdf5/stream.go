package hdf5

import (
	"context"
	"encoding/binary"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Chunks visits the stored chunks in the order of their place in the array, each cut to the
// array: start and count tell its region, data its elements as ReadRegion gives them. All
// three may be used until visit returns. Contiguous data come in pieces of at most a megabyte.
func (d *Dataset) Chunks(ctx context.Context, visit func(start, count []int, data []byte) error) error {
	if err := d.Check(); err != nil {
		return err
	}
	if n, _ := d.space.elements(); n == 0 {
		return nil
	}
	if d.store.class != chunkedStorage {
		if d.store.class == contiguousStorage && d.store.address == d.f.src.undefined() {
			return nil
		}
		return d.pieces(ctx, d.all(), pieceBytes, visit)
	}
	if err := d.openGrid(); err != nil {
		return d.failed(err)
	}
	s := &streaming{d: d, visit: visit, start: make([]int, len(d.space.shape)), count: make([]int, len(d.space.shape))}
	if err := d.index.walk(ctx, func(at []int, ref chunkRef) error { return s.chunk(ctx, at, ref) }); err != nil {
		if s.stopped {
			return err
		}
		return d.failed(err)
	}
	return nil
}

// streaming is one walk over all chunks; its buffers are used again and again.
type streaming struct {
	d            *Dataset
	visit        func(start, count []int, data []byte) error
	start, count []int
	stored       []byte
	cut, wide    []byte
	room         scratch
	stopped      bool // by visit
}

func (s *streaming) chunk(ctx context.Context, at []int, ref chunkRef) error {
	d := s.d
	size := d.kind.Size
	n, whole := size, true
	for i, k := range at {
		s.start[i] = k * d.store.chunk[i]
		s.count[i] = min(d.store.chunk[i], d.space.shape[i]-s.start[i])
		whole = whole && s.count[i] == d.store.chunk[i]
		n *= s.count[i]
	}
	var data []byte
	filtered := d.filtered(at, ref)
	if filtered {
		b, err := d.decodeChunk(at, ref, &s.stored, &s.room)
		if err != nil {
			return err
		}
		data = b
	}
	if !filtered || !whole {
		if err := s.makeRoom(n, ref); err != nil {
			return err
		}
		c := &copying{s: d.f.src, dst: s.cut[:n], size: size}
		from, to := strides(d.store.chunk, size), strides(s.count, size)
		runs := make([]run, len(at))
		for i := range runs {
			runs[i] = run{s.count[i], from[i], to[i]}
		}
		runs = compactRuns(runs, size)
		if filtered {
			c.scatter(runs, data, 0)
		} else if err := c.file(ctx, runs, ref.address, 0); err != nil {
			return err
		}
		data = s.cut[:n]
	}
	err := s.visit(s.start, s.count, s.convert(data))
	s.stopped = err != nil
	return err
}

// makeRoom takes memory for n bytes of a chunk that the file holds.
func (s *streaming) makeRoom(n int, ref chunkRef) error {
	if s.d.grid.bytes > maxDecoded {
		return unsupported("read chunk", "chunks of %d bytes", s.d.grid.bytes)
	}
	if _, err := s.d.f.src.within(ref.address, int64(min(ref.size, 1<<62))); err != nil {
		return err
	}
	if len(s.cut) < n {
		s.cut = make([]byte, n)
	}
	return nil
}

func (s *streaming) convert(data []byte) []byte {
	if !s.d.kind.isHalf() {
		s.d.kind.order(data)
		return data
	}
	if len(s.wide) < 2*len(data) {
		s.wide = make([]byte, 2*len(data))
	}
	s.d.kind.widen(data, s.wide[:2*len(data)])
	return s.wide[:2*len(data)]
}

const pieceBytes = 1 << 20

// pieces reads a region in parts of at most so many bytes, each a box.
func (d *Dataset) pieces(ctx context.Context, r region, most int, visit func(start, count []int, data []byte) error) error {
	size := d.kind.elementSize()
	p := region{append([]int(nil), r.start...), append([]int(nil), r.count...), r.step}
	axis, inner := len(r.count), size // bytes of one step along the axis before
	for axis > 0 && inner*r.count[axis-1] <= most {
		axis--
		inner *= r.count[axis]
	}
	read := func() error {
		n := size
		for _, k := range p.count {
			n *= k
		}
		b := make([]byte, n)
		if err := d.ReadRegion(ctx, p.start, p.count, p.step, b); err != nil {
			return err
		}
		return visit(p.start, p.count, b)
	}
	if axis == 0 {
		return read()
	}
	axis--
	outer := make([]int, axis)
	step := max(1, most/inner)
	for {
		for i, k := range outer {
			p.start[i], p.count[i] = r.start[i]+k*r.step[i], 1
		}
		for i := 0; i < r.count[axis]; i += step {
			p.start[axis], p.count[axis] = r.start[axis]+i*r.step[axis], min(step, r.count[axis]-i)
			if err := read(); err != nil {
				return err
			}
		}
		if !next(outer, r.count[:axis]) {
			return nil
		}
	}
}

// Lengths returns the numbers of elements of a region of variable-length values, in bytes
// of texts, without reading them.
func (d *Dataset) Lengths(ctx context.Context, start, count, step []int) ([]uint32, error) {
	const op = "read dataset"
	if d.kind.Class != Sequence && d.kind.Class != VarText {
		return nil, nexuslims.E(nexuslims.Invalid, op, d.path, nil)
	}
	r := region{start, count, step}
	n, err := d.check(r)
	if err != nil {
		return nil, d.failed(err)
	}
	if n == 0 {
		return []uint32{}, nil
	}
	out := make([]uint32, 0, n)
	err = d.pieces(ctx, r, pieceBytes, func(_, _ []int, data []byte) error {
		for ; len(data) > 0; data = data[d.kind.Size:] {
			out = append(out, binary.LittleEndian.Uint32(data))
		}
		return nil
	})
	return out, err
}

// Sequence returns the elements of one variable-length value, numbers little-endian; those
// of more than limit bytes are Unsupported.
func (d *Dataset) Sequence(ctx context.Context, at []int, limit int64) ([]byte, error) {
	const op = "read dataset"
	if d.kind.Class != Sequence && d.kind.Class != VarText {
		return nil, nexuslims.E(nexuslims.Invalid, op, d.path, nil)
	}
	ones := make([]int, len(at))
	for i := range ones {
		ones[i] = 1
	}
	raw := make([]byte, d.kind.Size)
	if err := d.ReadRegion(ctx, at, ones, ones, raw); err != nil {
		return nil, err
	}
	ref := d.f.src.reference(raw)
	size := int64(1)
	if d.kind.Class == Sequence {
		size = int64(d.kind.Base.Size)
	}
	b, err := d.f.heaps.read(d.f.src, ref, int64(ref.count)*size, limit)
	if err != nil {
		return nil, d.failed(err)
	}
	out := append([]byte{}, b...)
	if d.kind.Class == Sequence {
		d.kind.Base.order(out)
	}
	return out, nil
}
