package synth

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"
)

// SER is a series file of FEI TIA to be written.
type SER struct {
	Version       int  // 0x0210 or 0x0220
	Image         bool // elements are images, else spectra
	Type          int  // of the values: 1 uint8, 2 uint16, 3 uint32, 4 to 6 signed, 7 float32, 8 float64, 9, 10 complex
	Columns, Rows int  // of each element; spectra have no rows
	Total         int  // planned elements; 0: as many as there are
	Dimensions    []SERDimension
	Elements      []SERElement
	Places        bool // tags hold places too
	// Scattered writes elements from the last to the first, with gaps, and their tags before
	// all of them.
	Scattered bool
	// TableLast writes the table of places behind the elements.
	TableLast bool
}

// SERDimension is a direction of the scan, the fastest first.
type SERDimension struct {
	Size          int
	Offset, Delta float64
	Element       int
	Description   string
	Units         string
}

// SERAxis calibrates: the value of element i is Offset + (i-Element)*Delta.
type SERAxis struct {
	Offset, Delta float64
	Element       int
}

// SERElement is one spectrum or image.
type SERElement struct {
	X, Y   SERAxis
	Pixels []byte // little-endian, the bottom row first; nil leaves a hole
	Time   time.Time
	PlaceX float64 // in metres
	PlaceY float64
	Missed bool // was not acquired: the table has no place for it
}

// serSizes are the bytes of one value by type.
var serSizes = [...]int64{1: 1, 2: 2, 3: 4, 4: 1, 5: 2, 6: 4, 7: 4, 8: 8, 9: 8, 10: 16}

// serFile is a series while it is laid out and written.
type serFile struct {
	SER
	data, tags []int64 // places
	end        int64
	table      int64
}

// Write writes the file and returns its size. Pixels that are nil are not written: in a
// new file they are a hole that takes no room.
func (s SER) Write(out io.WriterAt) (int64, error) {
	if s.Type < 1 || s.Type >= len(serSizes) || s.Version != 0x0210 && s.Version != 0x0220 {
		return 0, fmt.Errorf("synth: series of version 0x%04x with values of type %d", s.Version, s.Type)
	}
	s.Total = max(s.Total, len(s.Elements))
	f := &serFile{SER: s}
	if !s.Image {
		f.Rows = 1
	}
	head := f.header()
	f.layOut(int64(len(head)))
	pieces := []struct {
		at int64
		b  []byte
	}{{0, f.header()}, {f.table, f.places()}}
	for i, e := range s.Elements {
		if e.Missed {
			continue
		}
		if n := int64(len(e.Pixels)); n != 0 && n != f.pixelLen() {
			return 0, fmt.Errorf("synth: element %d has %d bytes of pixels instead of %d", i, n, f.pixelLen())
		}
		b := append(f.elementHeader(e), e.Pixels...)
		pieces = append(pieces, struct {
			at int64
			b  []byte
		}{f.data[i], b}, struct {
			at int64
			b  []byte
		}{f.tags[i], f.tag(e)})
	}
	for _, p := range pieces {
		if _, err := out.WriteAt(p.b, p.at); err != nil {
			return 0, err
		}
	}
	return f.end, nil
}

// Bytes returns the file.
func (s SER) Bytes() ([]byte, error) {
	var b memory
	n, err := s.Write(&b)
	b.b = append(b.b, make([]byte, max(0, n-int64(len(b.b))))...)
	return bytes.Clone(b.b[:n]), err
}

func (f *serFile) wide() bool { return f.Version == 0x0220 }

func (f *serFile) pixelLen() int64 {
	return int64(f.Rows) * int64(f.Columns) * serSizes[f.Type]
}

func (f *serFile) tagLen() int64 {
	if f.Places {
		return 24
	}
	return 8
}

// layOut gives table, elements and tags their places behind the header.
func (f *serFile) layOut(at int64) {
	width := int64(4)
	if f.wide() {
		width = 8
	}
	tableLen := 2 * width * int64(f.Total)
	if f.table = at; !f.TableLast {
		at += tableLen
	}
	n := len(f.Elements)
	f.data, f.tags = make([]int64, n), make([]int64, n)
	if f.Scattered {
		for i := range n {
			f.tags[i] = at
			at += f.tagLen()
		}
	}
	elementLen := int64(len(f.elementHeader(SERElement{}))) + f.pixelLen()
	for k := range n {
		i := k
		if f.Scattered {
			i = n - 1 - k
			at += int64(3 + 5*(k%3))
		}
		f.data[i] = at
		at += elementLen
		if !f.Scattered {
			f.tags[i] = at
			at += f.tagLen()
		}
	}
	if f.TableLast {
		f.table = at
		at += tableLen
	}
	f.end = at
}

func (f *serFile) header() []byte {
	le := binary.LittleEndian
	kind, tag := uint32(0x4120), uint32(0x4152)
	if f.Image {
		kind = 0x4122
	}
	if f.Places {
		tag = 0x4142
	}
	b := []byte{0x49, 0x49, 0x97, 0x01}
	b = le.AppendUint16(b, uint16(f.Version))
	b = le.AppendUint32(b, kind)
	b = le.AppendUint32(b, tag)
	b = le.AppendUint32(b, uint32(f.Total))
	valid := 0
	for i, e := range f.Elements {
		if !e.Missed {
			valid = i + 1
		}
	}
	b = le.AppendUint32(b, uint32(valid))
	b = f.offset(b, f.table)
	b = le.AppendUint32(b, uint32(len(f.Dimensions)))
	for _, d := range f.Dimensions {
		b = le.AppendUint32(b, uint32(d.Size))
		b = appendAxis(b, SERAxis{d.Offset, d.Delta, d.Element})
		for _, text := range []string{d.Description, d.Units} {
			b = le.AppendUint32(b, uint32(len(text)))
			b = append(b, text...)
		}
	}
	return b
}

func (f *serFile) offset(b []byte, at int64) []byte {
	if f.wide() {
		return binary.LittleEndian.AppendUint64(b, uint64(at))
	}
	return binary.LittleEndian.AppendUint32(b, uint32(at))
}

// places is the table: first those of all data, then those of all tags.
func (f *serFile) places() []byte {
	var b []byte
	for _, list := range [][]int64{f.data, f.tags} {
		for i := range f.Total {
			at := int64(0)
			if i < len(list) && !f.Elements[i].Missed {
				at = list[i]
			}
			b = f.offset(b, at)
		}
	}
	return b
}

func appendAxis(b []byte, a SERAxis) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(a.Offset))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(a.Delta))
	return binary.LittleEndian.AppendUint32(b, uint32(a.Element))
}

func (f *serFile) elementHeader(e SERElement) []byte {
	b := appendAxis(nil, e.X)
	if f.Image {
		b = appendAxis(b, e.Y)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(f.Type))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.Columns))
	if f.Image {
		b = binary.LittleEndian.AppendUint32(b, uint32(f.Rows))
	}
	return b
}

func (f *serFile) tag(e SERElement) []byte {
	kind, seconds := uint16(0x4152), int64(0)
	if f.Places {
		kind = 0x4142
	}
	if !e.Time.IsZero() {
		seconds = e.Time.Unix()
	}
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(seconds))
	if f.Places {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.PlaceX))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.PlaceY))
	}
	return b
}
