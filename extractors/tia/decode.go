package tia

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Marks of a series file.
const (
	byteOrder    = 0x4949
	seriesID     = 0x0197
	wideVersion  = 0x0220 // offsets have 64 bits from this version on
	spectrumData = 0x4120
	imageData    = 0x4122
	timeTag      = 0x4152
	placeTag     = 0x4142
)

// maxDimensions bounds the dimensions of a scan; one or two are usual.
const maxDimensions = 16

// Series is what a series file says besides its pixels.
type Series struct {
	Version          int
	DataTypeID       int
	TagTypeID        int
	Total, Valid     int64 // elements planned and acquired
	OffsetArray      int64 // where the table of places lies
	Dimensions       []Dimension
	Elements         []Element // headers, of all elements or of a sample; see Sampled
	Tags             []Tag     // of the same elements; empty where there are none
	Sampled          bool      // Elements and Tags are a sample, first and last ones included
	Complete         int64     // elements that lie within the file, at most Valid
	Faults           []string  // what contradicts itself, in words
	Rows, Columns    int       // of each element; spectra have one row
	Type             extractors.ElementType
	Readable         bool // elements are alike and of a known type
	places           *places
	elementHeaderLen int64
}

// Dimension is a direction in which elements follow each other; the first is the fastest.
type Dimension struct {
	Size          int64
	Offset, Delta float64 // Offset holds at element Element
	Element       int64
	Description   string
	Units         string
}

// IsImage reports whether the elements are images and not spectra.
func (s *Series) IsImage() bool { return s.DataTypeID == imageData }

// Decode reads a series file. What could be read is returned together with an error when
// the file breaks off.
func Decode(ctx context.Context, f *extractors.File) (*Series, error) {
	s, err := decodeHeader(f)
	if err != nil {
		return nil, err
	}
	if s.Valid == 0 {
		return s, nil
	}
	if err := s.readElements(ctx, f); err != nil {
		return s, err
	}
	return s, nil
}

// decodeHeader reads the header and the dimensions, of a sibling too.
func decodeHeader(f *extractors.File) (*Series, error) {
	head, err := f.Head(4 << 10)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	c := &cursor{b: head}
	order, id := c.u16(), c.u16()
	s := &Series{Version: int(c.u16()), DataTypeID: int(c.u32()), TagTypeID: int(c.u32())}
	s.Total, s.Valid = int64(c.u32()), int64(c.u32())
	s.OffsetArray = c.offset(s.wide())
	n := c.u32()
	switch {
	case c.short:
		return nil, corrupt("the header is cut off at %d bytes", f.Size())
	case order != byteOrder || id != seriesID:
		return nil, corrupt("not a series file: it begins with %04x %04x", order, id)
	case s.DataTypeID != spectrumData && s.DataTypeID != imageData:
		return nil, nexuslims.E(nexuslims.Unsupported, "read header", "", fmt.Errorf("elements of kind 0x%04x", s.DataTypeID))
	case s.OffsetArray <= 0 || s.OffsetArray > f.Size():
		return nil, corrupt("the table of elements lies at %d in a file of %d bytes", s.OffsetArray, f.Size())
	case n > maxDimensions:
		return nil, corrupt("%d dimensions", n)
	}
	for range n {
		s.Dimensions = append(s.Dimensions, c.dimension())
	}
	if c.short {
		return nil, corrupt("the description of %d dimensions is cut off or longer than %d bytes", n, len(head))
	}
	if n := s.product(); len(s.Dimensions) > 1 && n != s.Total {
		s.Faults = append(s.Faults, fmt.Sprintf("the dimensions do not have %d places", s.Total))
	}
	if s.Valid > s.Total {
		s.Faults = append(s.Faults, fmt.Sprintf("%d elements were acquired of %d planned", s.Valid, s.Total))
		s.Valid = s.Total
	}
	return s, nil
}

func (s *Series) wide() bool { return s.Version >= wideVersion }

func corrupt(format string, args ...any) error {
	return nexuslims.E(nexuslims.Corrupt, "read series", "", fmt.Errorf(format, args...))
}

// cursor reads little-endian numbers one after the other; beyond the end it sets short
// and gives zeros.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n uint64) []byte {
	if c.short || n > uint64(len(c.b)) {
		c.short = true
		return nil
	}
	part := c.b[:n]
	c.b = c.b[n:]
	return part
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) f64() float64 {
	if b := c.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// offset reads a place in the file. One that no file can have becomes negative.
func (c *cursor) offset(wide bool) int64 {
	if !wide {
		return int64(c.u32())
	}
	if b := c.take(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b)) // a negative one is refused by everyone
	}
	return 0
}

// text reads a length and so many bytes.
func (c *cursor) text() string { return decodeText(c.take(uint64(c.u32()))) }

func (c *cursor) dimension() Dimension {
	return Dimension{
		Size: int64(c.u32()), Offset: c.f64(), Delta: c.f64(), Element: int64(c.u32()),
		Description: c.text(), Units: c.text(),
	}
}
