package tia

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// rawOf returns the file's own values: the header of the series, then the block.
func rawOf(s *Series, i Info) *nexuslims.Object {
	o := nexuslims.NewObject(2)
	if s != nil {
		o.Set("ser_header_parameters", s.header())
	}
	if i.Tree != nil {
		o.Set("ObjectInfo", i.Tree)
	}
	return o
}

func (s *Series) header() *nexuslims.Object {
	o := nexuslims.NewObject(40)
	number := func(key string, v int64) { o.Set(key, nexuslims.Int(v)) }
	number("ByteOrder", byteOrder)
	number("SeriesID", seriesID)
	number("SeriesVersion", int64(s.Version))
	number("DataTypeID", int64(s.DataTypeID))
	number("TagTypeID", int64(s.TagTypeID))
	number("TotalNumberElements", s.Total)
	number("ValidNumberElements", s.Valid)
	number("OffsetArrayOffset", s.OffsetArray)
	number("NumberDimensions", int64(len(s.Dimensions)))
	for i, d := range s.Dimensions {
		prefix := fmt.Sprintf("Dim-%d_", i+1)
		number(prefix+"DimensionSize", d.Size)
		o.Set(prefix+"CalibrationOffset", nexuslims.Float(d.Offset))
		o.Set(prefix+"CalibrationDelta", nexuslims.Float(d.Delta))
		number(prefix+"CalibrationElement", d.Element)
		number(prefix+"DescriptionLength", int64(len(d.Description)))
		o.Set(prefix+"Description", nexuslims.Text(d.Description))
		number(prefix+"UnitsLength", int64(len(d.Units)))
		o.Set(prefix+"Units", nexuslims.Text(d.Units))
	}
	s.elementValues(o)
	s.tagValues(o)
	return o
}

func (s *Series) elementValues(o *nexuslims.Object) {
	calibration := func(axis string, of func(Element) Calibration) {
		o.Set("CalibrationOffset"+axis, column(s, s.Elements, func(e Element) float64 { return of(e).Offset }))
		o.Set("CalibrationDelta"+axis, column(s, s.Elements, func(e Element) float64 { return of(e).Delta }))
		o.Set("CalibrationElement"+axis, column(s, s.Elements, func(e Element) uint32 { return uint32(of(e).Element) }))
	}
	x := func(e Element) Calibration { return e.X }
	if !s.IsImage() {
		calibration("", x)
	} else {
		calibration("X", x)
		calibration("Y", func(e Element) Calibration { return e.Y })
	}
	o.Set("DataType", column(s, s.Elements, func(e Element) uint16 { return uint16(e.DataType) }))
	columns := column(s, s.Elements, func(e Element) uint32 { return uint32(e.Columns) })
	if !s.IsImage() {
		o.Set("ArrayLength", columns)
		return
	}
	o.Set("ArraySizeX", columns)
	o.Set("ArraySizeY", column(s, s.Elements, func(e Element) uint32 { return uint32(e.Rows) }))
}

// tagValues adds the tags. Their kind stands in place of that in the header, as it does in
// the reference implementation.
func (s *Series) tagValues(o *nexuslims.Object) {
	if len(s.Tags) == 0 {
		return
	}
	o.Set("TagTypeID", column(s, s.Tags, func(t Tag) uint16 { return uint16(t.TypeID) }))
	o.Set("Unknown", column(s, s.Tags, func(t Tag) uint16 { return uint16(t.Unknown) }))
	o.Set("Time", column(s, s.Tags, func(t Tag) uint32 { return uint32(t.Time) }))
	if s.Tags[0].HasPlace {
		o.Set("PositionX", column(s, s.Tags, func(t Tag) float64 { return t.X }))
		o.Set("PositionY", column(s, s.Tags, func(t Tag) float64 { return t.Y }))
	}
}

// column returns one value for each element: alone where there is one element, shortened
// where there are many, and without digest where only a sample was read.
func column[T any, N extractors.Number](s *Series, list []T, of func(T) N) nexuslims.Value {
	values := make([]N, len(list))
	for i, x := range list {
		values[i] = of(x)
	}
	if len(values) == 0 {
		return nil
	}
	if !s.Sampled {
		all := extractors.ArrayValue(values)
		if one, ok := all.(nexuslims.List); ok && s.Valid == 1 {
			return one[0]
		}
		return all
	}
	ends := min(extractors.ShownEnds, len(values))
	o := nexuslims.NewObject(3)
	o.Set("length", nexuslims.Int(s.Complete))
	o.Set("first", extractors.ArrayValue(values[:ends]))
	o.Set("last", extractors.ArrayValue(values[len(values)-ends:]))
	return o
}
