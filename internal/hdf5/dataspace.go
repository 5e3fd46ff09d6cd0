package hdf5

import "math"

// dataspace is the shape of an array.
type dataspace struct {
	null  bool
	shape []int   // empty for a scalar
	most  []int64 // greatest sizes; -1 without limit
}

const maxRank = 32

// decodeSpace reads a dataspace message (section IV.A.2.b).
func (s *source) decodeSpace(body []byte) (dataspace, error) {
	const op = "read dataspace"
	c := s.cursor(body)
	version, rank, flags, kind := c.u8(), c.u8(), c.u8(), 0
	switch version {
	case 1:
		c.skip(5)
	case 2:
		kind = c.u8()
	default:
		return dataspace{}, corrupt(op, "version %d", version)
	}
	if rank > maxRank || kind > 2 {
		return dataspace{}, corrupt(op, "%d axes, kind %d", rank, kind)
	}
	d := dataspace{null: kind == 2, shape: make([]int, rank), most: make([]int64, rank)}
	for i := range d.shape {
		n := c.length()
		if n > math.MaxInt64/2 {
			return dataspace{}, corrupt(op, "size %d", n)
		}
		d.shape[i], d.most[i] = int(n), int64(n)
	}
	if flags&1 != 0 {
		for i := range d.most {
			d.most[i] = int64(c.length())
			if none := ^uint64(0) >> (64 - 8*s.lengths); uint64(d.most[i]) == none {
				d.most[i] = -1
			}
		}
	}
	return d, c.err(op)
}

// elements returns the number of elements; ok is false for absurd ones.
func (d dataspace) elements() (n int64, ok bool) {
	if d.null {
		return 0, true
	}
	n = 1
	for _, s := range d.shape {
		if s > 0 && n > math.MaxInt64/2/int64(s) {
			return 0, false
		}
		n *= int64(s)
	}
	return n, true
}
