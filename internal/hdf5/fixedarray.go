package hdf5

import "context"

// fixedArray is the index of an array that cannot grow (section VII.C).
type fixedArray struct {
	g        *grid
	filtered bool
	element  int
	count    uint64
	perPage  uint64 // elements of a page
	data     uint64 // where elements or pages begin
	bitmap   uint64 // of the pages that were written
	paged    bool
}

func openFixedArray(g *grid, address uint64) (*fixedArray, error) {
	const op = "read fixed array"
	s := g.s
	raw, err := s.bytes(address, 8+s.lengths+s.offsets+4)
	if err != nil {
		return nil, err
	}
	b, err := checked(raw, "FAHD")
	if err != nil {
		return nil, err
	}
	c := s.cursor(b)
	c.skip(1)
	a := &fixedArray{g: g, filtered: c.u8() == 1, element: c.u8()}
	pageBits := c.u8()
	a.count = c.length()
	block := c.address()
	if pageBits > 32 || a.element < s.offsets || a.count > uint64(s.size)/uint64(a.element) {
		return nil, corrupt(op, "%d elements of %d bytes", a.count, a.element)
	}
	a.perPage = 1 << pageBits
	if block == s.undefined() {
		a.count = 0
		return a, nil
	}
	head, err := s.bytes(block, 4)
	if err != nil {
		return nil, err
	}
	if string(head) != "FADB" {
		return nil, corrupt(op, "no data block at %d", block)
	}
	a.bitmap = block + 6 + uint64(s.offsets)
	a.data = a.bitmap
	if a.paged = a.count > a.perPage; a.paged {
		pages := (a.count + a.perPage - 1) / a.perPage
		a.data += (pages+7)/8 + 4
	}
	return a, nil
}

func (a *fixedArray) find(at []int) (chunkRef, bool, error) {
	n, ok := a.g.linear(at, -1)
	if !ok || n >= a.count {
		return chunkRef{}, false, nil
	}
	place := a.data + n*uint64(a.element)
	if a.paged {
		page := n / a.perPage
		written, err := a.g.s.bit(a.bitmap, page)
		if err != nil || !written {
			return chunkRef{}, false, err
		}
		place += 4 * page // the checksums of the pages before
	}
	b, err := a.g.s.bytes(place, a.element)
	if err != nil {
		return chunkRef{}, false, err
	}
	ref, ok := a.g.element(b, a.filtered)
	return ref, ok, nil
}

// bit reads a bit of a bitmap, whose first is the uppermost.
func (s *source) bit(address, n uint64) (bool, error) {
	b, err := s.bytes(address+n/8, 1)
	if err != nil {
		return false, err
	}
	return b[0]>>(7-n%8)&1 != 0, nil
}

func (a *fixedArray) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	return a.g.each(ctx, a.find, visit)
}
