package hdf5

import (
	"context"
	"math/bits"
)

// extensibleArray is the index of an array with one axis without limit (section VII.D).
// Its elements are in an index block, then in data blocks that the index block names,
// then in data blocks of secondary blocks, which grow.
type extensibleArray struct {
	g        *grid
	filtered bool
	axis     int // the one without limit
	element  uint64
	inIndex  uint64 // elements in the index block
	least    uint64 // elements of the first data blocks
	pointers uint64 // data blocks of the first secondary block
	perPage  uint64
	maxBits  int
	used     uint64 // one more than the greatest index
	index    uint64 // address of the index block
}

func openExtensibleArray(g *grid, address uint64) (*extensibleArray, error) {
	const op = "read extensible array"
	s := g.s
	raw, err := s.bytes(address, 12+6*s.lengths+s.offsets+4)
	if err != nil {
		return nil, err
	}
	b, err := checked(raw, "EAHD")
	if err != nil {
		return nil, err
	}
	c := s.cursor(b)
	c.skip(1)
	a := &extensibleArray{g: g, filtered: c.u8() == 1, element: uint64(c.u8()), maxBits: c.u8(), axis: -1}
	a.inIndex, a.least, a.pointers = uint64(c.u8()), uint64(c.u8()), uint64(c.u8())
	pageBits := c.u8()
	for range 4 {
		c.length()
	}
	a.used = c.length()
	c.length()
	a.index = c.address()
	for i, n := range g.most {
		if n < 0 {
			a.axis = i
		}
	}
	valid := a.maxBits <= 64 && pageBits <= 32 && a.element >= uint64(s.offsets) &&
		bits.OnesCount64(a.least) == 1 && bits.OnesCount64(a.pointers) == 1
	if !valid {
		return nil, corrupt(op, "absurd sizes of the array at %d", address)
	}
	a.perPage = 1 << pageBits
	return a, c.err(op)
}

func (a *extensibleArray) find(at []int) (chunkRef, bool, error) {
	n, ok := a.g.linear(at, a.axis)
	if !ok || n >= a.used || a.index == a.g.s.undefined() {
		return chunkRef{}, false, nil
	}
	place, ok, err := a.place(n)
	if err != nil || !ok {
		return chunkRef{}, false, err
	}
	b, err := a.g.s.bytes(place, int(a.element))
	if err != nil {
		return chunkRef{}, false, err
	}
	ref, ok := a.g.element(b, a.filtered)
	return ref, ok, nil
}

// place returns where an element is.
func (a *extensibleArray) place(n uint64) (uint64, bool, error) {
	s := a.g.s
	o := uint64(s.offsets)
	if err := s.sign(a.index, "EAIB"); err != nil {
		return 0, false, err
	}
	elements := a.index + 6 + o
	if n < a.inIndex {
		return elements + n*a.element, true, nil
	}
	n -= a.inIndex
	blocks := elements + a.inIndex*a.element // addresses of data blocks
	level := uint64(bits.Len64(n/a.least+1) - 1)
	inLevel := uint64(1) << (level / 2)                  // data blocks
	perBlock := uint64(1) << ((level + 1) / 2) * a.least // elements of each
	n -= (uint64(1)<<level - 1) * a.least
	k := n / perBlock
	n %= perBlock
	direct := uint64(2 * (bits.Len64(a.pointers) - 1)) // levels that the index block names
	if level < direct {
		first := levelStart(level)
		address, err := s.addressAt(blocks + (first+k)*o)
		if err != nil || address == s.undefined() {
			return 0, false, err
		}
		place, err := a.inBlock(address, n)
		return place, true, err
	}
	secondary := blocks + 2*(a.pointers-1)*o + (level-direct)*o
	address, err := s.addressAt(secondary)
	if err != nil || address == s.undefined() {
		return 0, false, err
	}
	return a.inSecondary(address, k, n, inLevel, perBlock)
}

// levelStart returns how many data blocks there are before a level.
func levelStart(level uint64) uint64 {
	var n uint64
	for l := range level {
		n += 1 << (l / 2)
	}
	return n
}

// inBlock returns where element n of a data block is.
func (a *extensibleArray) inBlock(address, n uint64) (uint64, error) {
	if err := a.g.s.sign(address, "EADB"); err != nil {
		return 0, err
	}
	return address + a.blockHead() + n*a.element, nil
}

// blockHead is the size of what stands before the elements of a data block, and before the
// addresses of a secondary block: signature, version, kind, address, offset.
func (a *extensibleArray) blockHead() uint64 {
	return 6 + uint64(a.g.s.offsets) + uint64((a.maxBits+7)/8)
}

// inSecondary returns where element n of data block k of a secondary block is.
func (a *extensibleArray) inSecondary(address, k, n, inLevel, perBlock uint64) (uint64, bool, error) {
	s := a.g.s
	if err := s.sign(address, "EASB"); err != nil {
		return 0, false, err
	}
	bitmap := address + a.blockHead()
	addresses, pages := bitmap, uint64(0)
	if perBlock > a.perPage {
		pages = perBlock / a.perPage
		addresses += inLevel * ((pages + 7) / 8)
	}
	block, err := s.addressAt(addresses + k*uint64(s.offsets))
	if err != nil || block == s.undefined() {
		return 0, false, err
	}
	if pages == 0 {
		place, err := a.inBlock(block, n)
		return place, true, err
	}
	page := n / a.perPage
	written, err := s.bit(bitmap, k*pages+page)
	if err != nil || !written {
		return 0, false, err
	}
	place, err := a.inBlock(block, n)
	return place + 4 + 4*page, true, err // the checksums of the head and of the pages before
}

// sign checks the signature at an address.
func (s *source) sign(address uint64, signature string) error {
	b, err := s.bytes(address, 4)
	if err != nil {
		return err
	}
	if string(b) != signature {
		return corrupt("read HDF5", "no %s at %d", signature, address)
	}
	return nil
}

func (s *source) addressAt(address uint64) (uint64, error) {
	b, err := s.bytes(address, s.offsets)
	if err != nil {
		return 0, err
	}
	return s.cursor(b).address(), nil
}

func (a *extensibleArray) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	return a.g.each(ctx, a.find, visit)
}
