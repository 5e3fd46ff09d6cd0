package hdf5

import "math/bits"

// fractalHeap holds links and attributes of the newer format (section III.G).
type fractalHeap struct {
	s         *source
	idSize    int
	flags     int
	filters   int
	maxObject uint64
	huge      uint64 // tree of objects kept outside
	width     uint64
	start     uint64 // bytes of the first blocks
	maxDirect uint64
	maxBits   int
	root      uint64
	rows      int // of the root, 0: it is a direct block
}

func (s *source) openHeap(address uint64) (*fractalHeap, error) {
	const op = "read fractal heap"
	size := 22 + 12*s.lengths + 3*s.offsets + 4
	raw, err := s.bytes(address, int(min(int64(size), s.rest(address))))
	if err != nil {
		return nil, err
	}
	if len(raw) < size || string(raw[:4]) != "FRHP" {
		return nil, corrupt(op, "no heap at %d", address)
	}
	c := s.cursor(raw[4:])
	version := c.u8()
	h := &fractalHeap{s: s, idSize: c.u16(), filters: c.u16(), flags: c.u8(), maxObject: uint64(c.u32())}
	c.length() // next number of an object outside
	h.huge = c.address()
	c.length()
	c.address()
	for range 8 {
		c.length() // amounts of managed, huge and tiny objects
	}
	h.width, h.start, h.maxDirect, h.maxBits = uint64(c.u16()), c.length(), c.length(), c.u16()
	c.skip(2)
	h.root, h.rows = c.address(), c.u16()
	if h.filters > 0 {
		return nil, unsupported(op, "filtered heaps")
	}
	if _, err := checked(raw, "FRHP"); err != nil {
		return nil, err
	}
	valid := version == 0 && h.width > 0 && bits.OnesCount64(h.start) == 1 && bits.OnesCount64(h.maxDirect) == 1 &&
		h.start <= h.maxDirect && h.maxDirect <= 1<<32 && h.maxBits <= 64 && h.idSize > 2 && h.idSize <= 64
	if !valid {
		return nil, corrupt(op, "absurd sizes of the heap at %d", address)
	}
	return h, c.err(op)
}

// object returns an object by its id. It must not be changed.
func (h *fractalHeap) object(id []byte) ([]byte, error) {
	const op = "read fractal heap"
	switch id[0] >> 4 & 3 {
	case 0:
		c := h.s.cursor(id[1:])
		offset := c.uint(min(8, (h.maxBits+7)/8))
		length := c.uint(min(bytesFor(h.maxDirect-1), bytesFor(h.maxObject)))
		if err := c.err(op); err != nil {
			return nil, err
		}
		return h.managed(offset, length)
	case 1:
		return h.hugeObject(id[1:])
	case 2:
		n, b := int(id[0]&15)+1, id[1:]
		if h.idSize > 18 { // the length has twelve bits
			n, b = int(id[0]&15)<<8|int(id[1])+1, id[2:]
		}
		if n > len(b) {
			return nil, corrupt(op, "object of %d bytes in an id", n)
		}
		return b[:n], nil
	}
	return nil, corrupt(op, "id %x", id)
}

// managed returns an object within the blocks of the heap.
func (h *fractalHeap) managed(offset, length uint64) ([]byte, error) {
	const op = "read fractal heap"
	if length > h.maxDirect {
		return nil, corrupt(op, "object of %d bytes in blocks of %d", length, h.maxDirect)
	}
	if h.rows == 0 {
		return h.direct(h.root, h.start, offset, length)
	}
	address, rows := h.root, h.rows
	for range maxTreeDepth {
		row, size, first := h.row(offset)
		if row >= rows || size == 0 {
			return nil, corrupt(op, "object at %d beyond the end", offset)
		}
		column := (offset - first) / size
		entry := uint64(row)*h.width + column
		head := uint64(5 + h.s.offsets + (h.maxBits+7)/8)
		signed, err := h.s.bytes(address, 4)
		if err != nil {
			return nil, err
		}
		if string(signed) != "FHIB" {
			return nil, corrupt(op, "no block at %d", address)
		}
		b, err := h.s.bytes(address+head+entry*uint64(h.s.offsets), h.s.offsets)
		if err != nil {
			return nil, err
		}
		child := h.s.cursor(b).address()
		offset -= first + column*size
		if size <= h.maxDirect {
			return h.direct(child, size, offset, length)
		}
		address, rows = child, h.rowsIn(size)
	}
	return nil, corrupt(op, "blocks nested more than %d deep", maxTreeDepth)
}

// row returns the row of an indirect block that an offset lies in, the size of its blocks
// and where they begin. The first two rows have blocks of the same size, each later one
// of twice that.
func (h *fractalHeap) row(offset uint64) (row int, size, first uint64) {
	whole := h.width * h.start
	if offset < whole {
		return 0, h.start, 0
	}
	row = bits.Len64(offset / whole)
	return row, h.start << (row - 1), whole << (row - 1)
}

// rowsIn returns the rows of an indirect block that covers size bytes.
func (h *fractalHeap) rowsIn(size uint64) int {
	return bits.Len64(size) - bits.Len64(h.start*h.width) + 1
}

// direct returns bytes of a direct block; offsets count from its beginning.
func (h *fractalHeap) direct(address, size, offset, length uint64) ([]byte, error) {
	const op = "read fractal heap"
	if offset > size || length > size-offset {
		return nil, corrupt(op, "object of %d bytes at %d in a block of %d", length, offset, size)
	}
	b, err := h.s.bytes(address, 4)
	if err != nil {
		return nil, err
	}
	if string(b) != "FHDB" {
		return nil, corrupt(op, "no block at %d", address)
	}
	return h.s.bytes(address+offset, int(length))
}

// hugeObject returns an object outside the heap.
func (h *fractalHeap) hugeObject(id []byte) ([]byte, error) {
	const op = "read fractal heap"
	if len(id) >= h.s.offsets+h.s.lengths { // the id says where
		c := h.s.cursor(id)
		return h.outside(c.address(), c.length())
	}
	key := h.s.cursor(id).uint(min(8, len(id)))
	t, err := h.s.openTree(h.huge)
	if err != nil {
		return nil, err
	}
	var found block
	within := func(record []byte) int {
		c := h.s.cursor(record)
		b := block{c.address(), c.length()}
		switch k := c.length(); {
		case k < key:
			return -1
		case k > key:
			return 1
		}
		found = b
		return 0
	}
	if err := t.walk(within, func([]byte) error { return nil }); err != nil {
		return nil, err
	}
	if found.length == 0 {
		return nil, corrupt(op, "no object %d", key)
	}
	return h.outside(found.at, found.length)
}

func (h *fractalHeap) outside(address, length uint64) ([]byte, error) {
	if length > uint64(h.s.size) {
		return nil, corrupt("read fractal heap", "object of %d bytes", length)
	}
	return h.s.bytes(address, int(length))
}
