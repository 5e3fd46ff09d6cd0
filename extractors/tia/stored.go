package tia

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// Stored is an array of values in an .emi file.
type Stored struct {
	Begin, Offset int64 // of its records, and of the values
	DataType      int   // as in a series
	Columns       int64
	Rows          int64 // 0: a spectrum
}

// Values stand in the record of an array (type 0x21nn or 0x22nn, number 0x0202: length in
// bytes, one or two sizes, values), which follows a record of one byte (0x0020, number
// 0x0200) with their data type. (Inferred from files, and equal to elements of their series.)
var (
	dataTypeRecord = []byte{0x20, 0x00, 0x00, 0x02}
	arrayNumber    = []byte{0x02, 0x02}
)

const (
	arrayOneSize = 0x21
	arrayTwoSize = 0x22
	arrayLength  = 9  // where the length stands
	arrayHead    = 13 // bytes up to the sizes
)

// storedAt reads the records of an array that stand at a place of the file. Length and sizes
// must agree, which nothing else does by chance.
func storedAt(b []byte, at int64) (a Stored, ok bool) {
	if len(b) < arrayHead+8 || b[0] != dataTypeRecord[0] || !bytes.HasPrefix(b, dataTypeRecord) ||
		!bytes.Equal(b[arrayLength-2:arrayLength], arrayNumber) {
		return a, false
	}
	a = Stored{Begin: at, DataType: int(b[4])}
	t, known := elementTypes[a.DataType]
	n, head := int64(binary.LittleEndian.Uint32(b[arrayLength:])), int64(4)
	a.Columns = int64(binary.LittleEndian.Uint32(b[arrayHead:]))
	values := a.Columns
	switch b[6] {
	case arrayOneSize:
	case arrayTwoSize:
		head = 8
		a.Rows = int64(binary.LittleEndian.Uint32(b[arrayHead+4:]))
		if a.Rows == 0 || a.Columns > n/a.Rows {
			return a, false
		}
		values *= a.Rows
	default:
		return a, false
	}
	a.Offset = at + arrayHead + head
	return a, known && values > 0 && n == head+values*int64(t.Size())
}

// end is the place behind the values.
func (a Stored) end() int64 {
	return a.Offset + a.Columns*max(1, a.Rows)*int64(elementTypes[a.DataType].Size())
}

// Behind the values, four bytes on, stands the calibration of each axis: records of offset
// and step (0x0041, doubles) and of the element to which the offset belongs (0x0031).
const (
	calibrationSkip = 4
	calibrationLen  = 32
)

// calibrations reads them; zero where they are not there.
func (a Stored) calibrations(f *extractors.File) (x, y Calibration, err error) {
	axes := int64(1)
	if a.Rows > 0 {
		axes = 2
	}
	n := calibrationSkip + axes*calibrationLen
	if a.end() > f.Size()-n {
		return x, y, nil
	}
	b, err := f.Read(a.end(), n)
	if err != nil {
		return x, y, err
	}
	x, ok := calibrationIn(b[calibrationSkip:], 0)
	if a.Rows == 0 || !ok {
		return x, y, nil
	}
	if y, ok = calibrationIn(b[calibrationSkip+calibrationLen:], 0x10); !ok {
		x = Calibration{}
	}
	return x, y, nil
}

// calibrationIn reads the calibration of one axis; the numbers of the records of y are
// higher.
func calibrationIn(b []byte, more byte) (c Calibration, ok bool) {
	le := binary.LittleEndian
	for _, r := range []struct {
		at           int
		kind, number byte
	}{{0, 0x41, 0x00}, {12, 0x41, 0x20}, {24, 0x31, 0x40}} {
		if !bytes.Equal(b[r.at:r.at+4], []byte{r.kind, 0x00, r.number + more, 0x01}) {
			return c, false
		}
	}
	c.Offset = math.Float64frombits(le.Uint64(b[4:]))
	c.Delta = math.Float64frombits(le.Uint64(b[16:]))
	c.Element = int64(le.Uint32(b[28:]))
	return c, true
}

// series returns the array as a series of one element, whose values are in the .emi file.
func (a Stored) series(emi *extractors.File) (*Series, error) {
	e := Element{DataType: a.DataType, Columns: a.Columns, Rows: max(1, a.Rows)}
	var err error
	if e.X, e.Y, err = a.calibrations(emi); err != nil {
		return nil, err
	}
	s := &Series{
		DataTypeID: spectrumData, Total: 1, Valid: 1, Complete: 1, Elements: []Element{e},
		Rows: int(e.Rows), Columns: int(e.Columns), Type: elementTypes[a.DataType], Readable: true,
	}
	if a.Rows > 0 {
		s.DataTypeID = imageData
	}
	s.places = &places{f: emi, total: 1}
	s.places.piece[0].places = []int64{a.Offset}
	return s, nil
}
