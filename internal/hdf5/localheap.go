package hdf5

// localHeap holds the names of an old group (section III.D).
type localHeap struct {
	s    *source
	data uint64
	size uint64
}

// maxName is the length of the longest name.
const maxName = 64 << 10

func (s *source) localHeap(address uint64) (*localHeap, error) {
	const op = "read local heap"
	b, err := s.bytes(address, 8+2*s.lengths+s.offsets)
	if err != nil {
		return nil, err
	}
	if string(b[:4]) != "HEAP" || b[4] != 0 {
		return nil, corrupt(op, "no heap at %d", address)
	}
	c := s.cursor(b[8:])
	h := &localHeap{s: s, size: c.length()}
	c.length() // list of free pieces
	h.data = c.address()
	if _, err := s.within(h.data, int64(min(h.size, 1<<62))); err != nil {
		return nil, err
	}
	return h, nil
}

// text returns the text at an offset.
func (h *localHeap) text(offset uint64) (string, error) {
	const op = "read local heap"
	if offset >= h.size {
		return "", corrupt(op, "name at %d of %d bytes", offset, h.size)
	}
	for n := uint64(64); ; n *= 4 {
		n = min(n, h.size-offset)
		b, err := h.s.bytes(h.data+offset, int(n))
		if err != nil {
			return "", err
		}
		if t := trimZeros(b); len(t) < len(b) {
			return string(t), nil
		}
		if n == h.size-offset || n > maxName {
			return "", corrupt(op, "name at %d has no end", offset)
		}
	}
}
