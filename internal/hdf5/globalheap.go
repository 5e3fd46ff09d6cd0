package hdf5

import "sync"

// reference is a variable-length value: its number of elements and where they are.
type reference struct {
	count      uint32
	collection uint64
	index      uint32
}

func (s *source) reference(b []byte) reference {
	c := s.cursor(b)
	return reference{c.u32(), c.address(), c.u32()}
}

// globalHeaps knows where the objects of the collections that were used last are.
type globalHeaps struct {
	mu   sync.Mutex
	list []*collection // the latest last
}

// maxCollections is how many collections are remembered.
const maxCollections = 16

// collection is a global heap collection (section III.E).
type collection struct {
	address uint64
	objects map[uint32]block
}

// read returns n bytes of an object; more than limit are Unsupported.
func (h *globalHeaps) read(s *source, ref reference, n, limit int64) ([]byte, error) {
	const op = "read global heap"
	if ref.count == 0 || ref.collection == 0 || ref.collection == s.undefined() {
		return nil, nil
	}
	if n > limit {
		return nil, unsupported(op, "%d bytes are more than %d", n, limit)
	}
	c, err := h.collection(s, ref.collection)
	if err != nil {
		return nil, err
	}
	o, ok := c.objects[ref.index]
	if !ok || uint64(n) > o.length {
		return nil, corrupt(op, "no object %d of %d bytes in the collection at %d", ref.index, n, ref.collection)
	}
	return s.bytes(o.at, int(n))
}

func (h *globalHeaps) collection(s *source, address uint64) (*collection, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.list) - 1; i >= 0; i-- {
		if h.list[i].address == address {
			return h.list[i], nil
		}
	}
	c, err := s.readCollection(address)
	if err != nil {
		return nil, err
	}
	if len(h.list) == maxCollections {
		h.list = append(h.list[:0], h.list[1:]...)
	}
	h.list = append(h.list, c)
	return c, nil
}

func (s *source) readCollection(address uint64) (*collection, error) {
	const op = "read global heap"
	b, err := s.bytes(address, 8+s.lengths)
	if err != nil {
		return nil, err
	}
	if string(b[:4]) != "GCOL" || b[4] != 1 {
		return nil, corrupt(op, "no collection at %d", address)
	}
	size := s.cursor(b[8:]).length()
	if size > uint64(s.rest(address)) {
		return nil, corrupt(op, "collection of %d bytes at %d", size, address)
	}
	c := &collection{address, map[uint32]block{}}
	head := uint64(8 + s.lengths)
	for at := head; at+head <= size; {
		b, err := s.bytes(address+at, int(head))
		if err != nil {
			return nil, err
		}
		cur := s.cursor(b)
		index := cur.u16()
		cur.skip(6)
		length := cur.length()
		if index == 0 { // what is free ends it
			break
		}
		if length > size-at-head {
			return nil, corrupt(op, "object of %d bytes in a collection of %d", length, size)
		}
		c.objects[uint32(index)] = block{address + at + head, length}
		at += head + (length+7)&^7
	}
	return c, nil
}
