package tia

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Element is the header of one spectrum or image.
type Element struct {
	X, Y     Calibration // spectra have X alone, in eV
	DataType int
	Columns  int64
	Rows     int64 // 1 for spectra
}

// Calibration gives element i of a row or column the value Offset + (i-Element)*Delta, in
// metres, reciprocal metres or electron volts.
type Calibration struct {
	Offset, Delta float64
	Element       int64
}

// Start is the value of the first element.
func (c Calibration) Start() float64 { return c.Offset - float64(c.Element)*c.Delta }

// Tag is when and where an element was acquired.
type Tag struct {
	TypeID, Unknown int
	Time            int64 // seconds since 1970, UTC; zero in blanked files
	HasPlace        bool
	X, Y            float64 // in metres
}

// Bytes of the headers before the values, and of a tag.
const (
	spectrumHeader = 26
	imageHeader    = 50
	tagLen         = 24
	shortTagLen    = 8
)

// Headers of at most allElements elements are read; of longer series about sampled.
const (
	allElements = 1024
	sampled     = 256
)

// maxValues bounds the values of one element, so that nothing computed from them overflows.
const maxValues = 1 << 40

var elementTypes = map[int]extractors.ElementType{
	1: extractors.Uint8, 2: extractors.Uint16, 3: extractors.Uint32, 4: extractors.Int8, 5: extractors.Int16,
	6: extractors.Int32, 7: extractors.Float32, 8: extractors.Float64, 9: extractors.Complex64, 10: extractors.Complex128,
}

// readElements reads the headers and tags of the elements and finds out how many of them
// are whole.
func (s *Series) readElements(ctx context.Context, f *extractors.File) error {
	s.elementHeaderLen = headerLen(s)
	p, err := newPlaces(f, s)
	if err != nil {
		return err
	}
	s.places = p
	if err := s.readFirst(f); err != nil {
		return err
	}
	if s.Complete, err = s.countComplete(f.Size()); err != nil {
		return err
	}
	if s.Complete == 0 {
		return corrupt("the pixels of the first element are cut off")
	}
	if s.Complete < s.Valid {
		s.Faults = append(s.Faults, fmt.Sprintf("the file breaks off after %d of %d elements", s.Complete, s.Valid))
	}
	return s.readOthers(ctx, f)
}

func headerLen(s *Series) int64 {
	if s.IsImage() {
		return imageHeader
	}
	return spectrumHeader
}

// readFirst reads the first element that was acquired, which says what all are like.
func (s *Series) readFirst(f *extractors.File) error {
	at := int64(0)
	for i := int64(0); i < min(s.Valid, pieceLen) && at == 0; i++ {
		var err error
		if at, err = s.places.data(i); err != nil {
			return err
		}
	}
	if at <= 0 {
		return corrupt("the table has no place of an element")
	}
	e, err := s.element(f, at)
	if err != nil {
		return fmt.Errorf("read header of the first element: %w", err)
	}
	s.Elements = []Element{e}
	t, known := elementTypes[e.DataType]
	if !known {
		return nexuslims.E(nexuslims.Unsupported, "read series", "", fmt.Errorf("values of data type %d", e.DataType))
	}
	if e.Columns < 1 || e.Rows < 1 || e.Rows > maxValues/e.Columns {
		return corrupt("elements of %d × %d values", e.Rows, e.Columns)
	}
	s.Type, s.Rows, s.Columns, s.Readable = t, int(e.Rows), int(e.Columns), true
	return nil
}

// dataLen is the bytes of the values of one element.
func (s *Series) dataLen() int64 { return int64(s.Rows) * int64(s.Columns) * int64(s.Type.Size()) }

// countComplete finds the number of elements whose values lie in the file. They were
// written one after the other: the first that does not ends the file.
func (s *Series) countComplete(size int64) (int64, error) {
	whole := func(i int64) (bool, error) {
		at, err := s.places.data(i)
		return err == nil && at+s.elementHeaderLen <= size-s.dataLen(), err
	}
	if ok, err := whole(s.Valid - 1); ok || err != nil {
		return s.Valid, err
	}
	low, high := int64(0), s.Valid-1 // all before low are whole, high is not
	for low < high {
		middle := (low + high) / 2
		ok, err := whole(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// readOthers reads the remaining headers and all tags.
func (s *Series) readOthers(ctx context.Context, f *extractors.File) error {
	list := s.sample()
	s.Sampled = int64(len(list)) < s.Complete
	first := s.Elements[0]
	s.Elements = make([]Element, 0, len(list))
	var acquired []int64
	for _, i := range list {
		if err := ctx.Err(); err != nil {
			return nexuslims.E(nexuslims.Canceled, "read elements", "", err)
		}
		at, err := s.places.data(i)
		if err != nil {
			return err
		}
		if at == 0 {
			continue
		}
		e, err := s.element(f, at)
		if err != nil {
			return fmt.Errorf("read header of element %d: %w", i, err)
		}
		if !e.isLike(first) {
			s.Faults = append(s.Faults, fmt.Sprintf("element %d differs from the first in size or type", i))
			s.Readable = false
			break
		}
		s.Elements, acquired = append(s.Elements, e), append(acquired, i)
	}
	return s.readTags(f, acquired)
}

// isLike reports whether an element has type and size of another. Headers that were blanked
// together with the values behind the first element say nothing.
func (e Element) isLike(other Element) bool {
	blank := e.DataType == 0 && e.Columns == 0
	return blank || e.DataType == other.DataType && e.Rows == other.Rows && e.Columns == other.Columns
}

// sample lists the elements whose headers are read.
func (s *Series) sample() []int64 {
	var list []int64
	if s.Complete <= allElements {
		for i := range s.Complete {
			list = append(list, i)
		}
		return list
	}
	for i := range int64(extractors.ShownEnds) {
		list = append(list, i, s.Complete-1-i)
	}
	for i := range int64(sampled) {
		list = append(list, i*(s.Complete-1)/(sampled-1))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *Series) element(f *extractors.File, at int64) (Element, error) {
	b, err := f.Read(at, s.elementHeaderLen)
	if err != nil {
		return Element{}, err
	}
	c := &cursor{b: b}
	e := Element{X: c.calibration(), Rows: 1}
	if s.IsImage() {
		e.Y = c.calibration()
	}
	e.DataType, e.Columns = int(c.u16()), int64(c.u32())
	if s.IsImage() {
		e.Rows = int64(c.u32())
	}
	return e, nil
}

func (c *cursor) calibration() Calibration {
	return Calibration{Offset: c.f64(), Delta: c.f64(), Element: int64(c.u32())}
}

// readTags reads the tags of the listed elements; where one cannot be read there are none.
func (s *Series) readTags(f *extractors.File, list []int64) error {
	for _, i := range list {
		t, err := s.tag(f, i)
		switch {
		case errors.Is(err, nexuslims.Corrupt):
			s.Tags = nil
			s.Faults = append(s.Faults, "the times of the elements cannot be read")
			return nil
		case err != nil:
			return err
		}
		s.Tags = append(s.Tags, t)
	}
	return nil
}

func (s *Series) tag(f *extractors.File, i int64) (Tag, error) {
	at, err := s.places.tag(i)
	if err != nil {
		return Tag{}, err
	}
	n := int64(shortTagLen)
	if s.TagTypeID == placeTag {
		n = tagLen
	}
	b, err := f.Read(at, n)
	if err != nil {
		return Tag{}, err
	}
	c := &cursor{b: b}
	t := Tag{TypeID: int(c.u16()), Unknown: int(c.u16()), Time: int64(c.u32())}
	if t.HasPlace = n == tagLen; t.HasPlace {
		t.X, t.Y = c.f64(), c.f64()
	}
	return t, nil
}
