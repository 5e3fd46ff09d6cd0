package hdf5

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Dataset is an array of elements. Opening it reads its header only.
type Dataset struct {
	node
	space   dataspace
	kind    *Type
	store   storage
	fill    []byte // one element as stored; nil for zeros
	pipe    pipeline
	problem error // why the elements cannot be read

	once     sync.Once
	grid     *grid
	index    chunkIndex
	indexErr error
	cache    chunkCache
}

// newDataset reads what a header says about a dataset. What concerns elements only is an
// error when they are read.
func newDataset(n node) (*Dataset, error) {
	s := n.f.src
	d := &Dataset{node: n}
	for _, kind := range []int{msgSpace, msgType} {
		m, err := s.resolve(n.header.find(kind))
		if err != nil {
			return nil, err
		}
		if kind == msgSpace {
			d.space, err = s.decodeSpace(m.body)
		} else {
			d.kind, err = s.decodeType(m.body)
		}
		if err != nil {
			return nil, err
		}
	}
	d.problem = d.readStorage()
	return d, nil
}

func (d *Dataset) readStorage() error {
	s, h := d.f.src, d.header
	// Twice the bytes, which 16-bit floats take when they are widened, must be a number too.
	if n, ok := d.space.elements(); !ok || n > math.MaxInt64/4/int64(d.kind.Size) {
		return corrupt("read dataspace", "%v elements", d.space.shape)
	}
	if h.has(msgExternal) {
		return unsupported("read dataset", "external data")
	}
	m := h.find(msgLayout)
	if m == nil {
		return corrupt("read dataset", "no layout")
	}
	m, err := s.resolve(m)
	if err != nil {
		return err
	}
	if d.store, err = s.decodeStorage(m.body); err != nil {
		return err
	}
	if d.store.class == virtualStorage {
		return unsupported("read dataset", "virtual dataset")
	}
	if m := h.find(msgFilter); m != nil {
		if m, err = s.resolve(m); err != nil {
			return err
		}
		if d.pipe.filters, err = s.decodeFilters(m.body); err != nil {
			return err
		}
	}
	d.pipe.size = d.kind.Size
	return d.readFill()
}

// readFill reads the fill value (sections IV.A.2.e and f).
func (d *Dataset) readFill() error {
	const op = "read fill value"
	m, old := d.header.find(msgFill), false
	if m == nil {
		m, old = d.header.find(msgOldFill), true
	}
	if m == nil {
		return nil
	}
	m, err := d.f.src.resolve(m)
	if err != nil {
		return err
	}
	c := d.f.src.cursor(m.body)
	defined := true
	if !old {
		switch version := c.u8(); version {
		case 1, 2:
			c.skip(2)
			defined = c.u8() != 0 || version == 1
		case 3:
			defined = c.u8()&0x20 != 0
		default:
			return corrupt(op, "version %d", version)
		}
	}
	if defined && c.left() >= 4 {
		if b := c.take(int(c.u32())); len(b) == d.kind.Size && slices.ContainsFunc(b, func(v byte) bool { return v != 0 }) {
			d.fill = b
		}
	}
	return c.err(op)
}

// Shape returns the sizes, slowest axis first; empty for a scalar, nil for no value.
func (d *Dataset) Shape() []int {
	if d.space.null {
		return nil
	}
	return slices.Clone(d.space.shape)
}

// Type returns the type of an element.
func (d *Dataset) Type() *Type { return d.kind }

// Chunk returns the shape of a chunk, nil where the dataset is not chunked.
func (d *Dataset) Chunk() []int {
	if d.store.class != chunkedStorage {
		return nil
	}
	return slices.Clone(d.store.chunk)
}

// Check tells whether the elements can be read at all: Unsupported names the filter or the
// sort of storage that cannot. It reads nothing.
func (d *Dataset) Check() error {
	if d.problem != nil {
		return d.failed(d.problem)
	}
	if err := d.pipe.check(); err != nil {
		return d.failed(err)
	}
	return nil
}

// ElementSize returns the bytes of one element as [Dataset.ReadRegion] gives it.
func (d *Dataset) ElementSize() int { return d.kind.elementSize() }

func (d *Dataset) failed(err error) error {
	return nexuslims.E(kindOf(err), "read dataset", d.path, err)
}

func canceled(err error) error { return nexuslims.E(nexuslims.Canceled, "read HDF5", "", err) }

// Value returns a small dataset as [Attribute.Value] does. One of more than limit bytes,
// variable-length contents included, is Unsupported; a value of many small numbers takes
// sixteen times its bytes and more.
func (d *Dataset) Value(ctx context.Context, limit int64) (nexuslims.Value, error) {
	const op = "read dataset"
	if d.space.null {
		return nexuslims.Null{}, nil
	}
	n, ok := d.space.elements()
	if !ok || n > limit/int64(d.kind.Size) {
		return nil, nexuslims.E(nexuslims.Unsupported, op, d.path, fmt.Errorf("%v elements are too many", d.space.shape))
	}
	raw := make([]byte, n*int64(d.kind.Size))
	if err := d.readStored(ctx, d.all(), raw); err != nil {
		return nil, d.failed(err)
	}
	v, err := newValueDecoder(d.f, limit).array(d.kind, d.space.shape, raw)
	if err != nil {
		return nil, d.failed(err)
	}
	return v, nil
}

// ValueAt returns one element as [Attribute.Value] does. One of more than limit bytes is
// Unsupported.
func (d *Dataset) ValueAt(ctx context.Context, at []int, limit int64) (nexuslims.Value, error) {
	r := region{at, make([]int, len(at)), make([]int, len(at))}
	for i := range at {
		r.count[i], r.step[i] = 1, 1
	}
	if _, err := d.check(r); err != nil {
		return nil, d.failed(err)
	}
	if int64(d.kind.Size) > limit {
		return nil, d.failed(unsupported("read value", "%d bytes are more than %d", d.kind.Size, limit))
	}
	raw := make([]byte, d.kind.Size)
	if err := d.readStored(ctx, r, raw); err != nil {
		return nil, d.failed(err)
	}
	v, err := newValueDecoder(d.f, limit).array(d.kind, nil, raw)
	if err != nil {
		return nil, d.failed(err)
	}
	return v, nil
}

// region is a part of an array.
type region struct{ start, count, step []int }

func (d *Dataset) all() region {
	r := region{make([]int, len(d.space.shape)), d.space.shape, make([]int, len(d.space.shape))}
	for i := range r.step {
		r.step[i] = 1
	}
	return r
}

// check tests a region and returns its number of elements.
func (d *Dataset) check(r region) (int, error) {
	n := len(d.space.shape)
	if d.space.null || len(r.start) != n || len(r.count) != n || len(r.step) != n {
		return 0, nexuslims.E(nexuslims.Invalid, "read dataset", "", fmt.Errorf("region has not %d axes", n))
	}
	elements := 1
	for i, size := range d.space.shape {
		outside := r.start[i] < 0 || r.count[i] < 0 || r.step[i] < 1 ||
			r.count[i] > 0 && (r.start[i] >= size || r.count[i]-1 > (size-1-r.start[i])/r.step[i])
		if outside {
			return 0, nexuslims.E(nexuslims.Invalid, "read dataset", "", fmt.Errorf("region outside %v", d.space.shape))
		}
		if r.count[i] > 0 && elements > maxRegion/r.count[i] {
			return 0, unsupported("read dataset", "region of more than %d elements", maxRegion)
		}
		elements *= r.count[i]
	}
	return elements, nil
}

// maxRegion is the number of elements of the largest region.
const maxRegion = 1 << 40

// ReadRegion fills dst with the elements of a region in C order: numbers little-endian, all
// other elements as stored. Only the chunks that it touches are read; what was never
// written is the fill value. Start, count and step have one entry for each axis; the region
// must lie inside the array and dst have its size.
func (d *Dataset) ReadRegion(ctx context.Context, start, count, step []int, dst []byte) error {
	r := region{start, count, step}
	n, err := d.check(r)
	if err == nil && len(dst) != n*d.kind.elementSize() {
		err = nexuslims.E(nexuslims.Invalid, "read dataset", "", fmt.Errorf("%d bytes for %d elements", len(dst), n))
	}
	if err == nil && d.kind.isHalf() {
		raw := make([]byte, n*d.kind.Size)
		if err = d.readStored(ctx, r, raw); err == nil {
			d.kind.widen(raw, dst)
			return nil
		}
	} else if err == nil {
		if err = d.readStored(ctx, r, dst); err == nil {
			d.kind.order(dst)
			return nil
		}
	}
	return d.failed(err)
}
