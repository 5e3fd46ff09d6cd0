package hdf5

import "encoding/binary"

// cursor decodes a piece of the file. Reading beyond its end gives zeros and is remembered.
type cursor struct {
	b                []byte
	at               int
	offsets, lengths int
	short            bool
}

func (s *source) cursor(b []byte) *cursor {
	return &cursor{b: b, offsets: s.offsets, lengths: s.lengths}
}

// take returns the next n bytes, nil where there are not as many.
func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b)-c.at {
		c.short, c.at = true, len(c.b)
		return nil
	}
	c.at += n
	return c.b[c.at-n : c.at : c.at]
}

func (c *cursor) skip(n int) { c.take(n) }

// uint reads a number of n bytes, at most eight.
func (c *cursor) uint(n int) uint64 {
	var b [8]byte
	copy(b[:], c.take(n))
	return binary.LittleEndian.Uint64(b[:])
}

func (c *cursor) u8() int         { return int(c.uint(1)) }
func (c *cursor) u16() int        { return int(c.uint(2)) }
func (c *cursor) u32() uint32     { return uint32(c.uint(4)) }
func (c *cursor) address() uint64 { return c.uint(c.offsets) }
func (c *cursor) length() uint64  { return c.uint(c.lengths) }
func (c *cursor) left() int       { return len(c.b) - c.at }

// align skips to a multiple of eight bytes after start.
func (c *cursor) align(start int) { c.skip((8 - (c.at-start)%8) % 8) }

// text reads up to the next NUL.
func (c *cursor) text() string {
	for i, v := range c.b[c.at:] {
		if v == 0 {
			t := string(c.b[c.at : c.at+i])
			c.at += i + 1
			return t
		}
	}
	c.short, c.at = true, len(c.b)
	return ""
}

// err tells whether everything was there.
func (c *cursor) err(op string) error {
	if c.short {
		return corrupt(op, "breaks off after %d bytes", len(c.b))
	}
	return nil
}
