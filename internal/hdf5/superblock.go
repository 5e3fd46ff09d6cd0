package hdf5

import (
	"errors"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const signature = "\x89HDF\r\n\x1a\n"

var errNoHDF5 = errors.New("no HDF5 file")

// readSuperblock finds the superblock at 0, 512, 1024 and so on, doubled each time, and
// returns the address of the header of the root group (section II.A).
func (f *File) readSuperblock() (uint64, error) {
	s := f.src
	for at := int64(0); at <= s.size-int64(len(signature)); at = max(512, 2*at) {
		b, err := s.bytes(uint64(at), len(signature))
		if err != nil {
			return 0, err
		}
		if string(b) == signature {
			s.base = uint64(at)
			return s.superblock()
		}
	}
	return 0, nexuslims.E(nexuslims.Unsupported, "open HDF5", "", errNoHDF5)
}

func (s *source) superblock() (uint64, error) {
	const op = "read superblock"
	b, err := s.bytes(0, int(min(104, s.size-int64(s.base))))
	if err != nil {
		return 0, err
	}
	c := s.cursor(b)
	c.skip(len(signature))
	version := c.u8()
	if version > 3 {
		return 0, unsupported(op, "superblock version %d", version)
	}
	if version >= 2 {
		return s.newSuperblock(c)
	}
	c.skip(4) // versions of free space, root and shared headers
	if err := s.setSizes(c); err != nil {
		return 0, err
	}
	c.skip(1 + 2 + 2 + 4) // reserved, both K, flags
	if version == 1 {
		c.skip(4)
	}
	// The base address stated here is not used: files are moved behind user blocks
	// without telling it.
	for range 4 {
		c.address()
	}
	c.address() // offset of the name of the root
	root := c.address()
	return root, c.err(op)
}

// newSuperblock reads what follows the version in versions 2 and 3.
func (s *source) newSuperblock(c *cursor) (uint64, error) {
	const op = "read superblock"
	if err := s.setSizes(c); err != nil {
		return 0, err
	}
	c.skip(1)
	for range 3 {
		c.address() // base, extension, end of file
	}
	root := c.address()
	end := c.at
	sum := c.u32()
	if err := c.err(op); err != nil {
		return 0, err
	}
	if checksum(c.b[:end]) != sum {
		return 0, corrupt(op, "wrong checksum")
	}
	return root, nil
}

func (s *source) setSizes(c *cursor) error {
	s.offsets, s.lengths = c.u8(), c.u8()
	for _, n := range []int{s.offsets, s.lengths} {
		if n != 2 && n != 4 && n != 8 {
			return unsupported("read superblock", "addresses of %d and lengths of %d bytes", s.offsets, s.lengths)
		}
	}
	c.offsets, c.lengths = s.offsets, s.lengths
	return nil
}
