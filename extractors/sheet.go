package extractors

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Origin tells where in a file a value of the metadata comes from. Origins are shown by
// "nexuslims extract --explain" and change nothing.
type Origin struct {
	// Path is where the extractor put the value: {"stage_position", "x"}.
	Path []string
	// From names the tag, attribute or byte: "[Beam] HV in tag 34682", "byte 30".
	From string
	// Conversion says what was done to the value, empty for nothing: "radian to degree".
	Conversion string
}

// Sheet is the metadata of one signal while an extractor writes them, together with
// where each value comes from. Names are those of the schema where it has the field,
// and the format's or the reference implementation's display names otherwise; [Place]
// moves the latter to the extensions.
type Sheet struct {
	Meta    *nexuslims.Object
	Origins []Origin
}

// NewSheet returns a sheet with what every signal has: type, time of the file, PID of
// the instrument where it is known, and no warnings.
func NewSheet(f *File, t nexuslims.DatasetType, dataType string) *Sheet {
	s := &Sheet{Meta: nexuslims.NewObject(40)}
	s.Classify(t, dataType, "the format")
	s.Put(CreationTime(f), "modification time of the file", "Creation Time")
	if in, ok := f.Instrument(); ok {
		s.Put(nexuslims.Text(in.PID), "the folder of the file", "Instrument ID")
	}
	s.Meta.Set("warnings", nexuslims.List{})
	return s
}

// Classify sets the type of the dataset; why names the evidence.
func (s *Sheet) Classify(t nexuslims.DatasetType, dataType, why string) {
	s.Put(nexuslims.Text(t), why, "DatasetType")
	s.Put(nexuslims.Text(dataType), why, "Data Type")
}

// Put sets the value at a path of nested objects, in place of what was there. Nothing,
// null and blank texts are left out.
func (s *Sheet) Put(v nexuslims.Value, from string, path ...string) {
	if isNothing(v) || len(path) == 0 {
		return
	}
	o := s.Meta
	for _, name := range path[:len(path)-1] {
		o = o.Ensure(name)
	}
	o.Set(path[len(path)-1], v)
	s.note(Origin{Path: slices.Clone(path), From: from})
}

// PutText is Put for a text, without blanks at its ends.
func (s *Sheet) PutText(text, from string, path ...string) {
	s.Put(nexuslims.Text(strings.TrimSpace(text)), from, path...)
}

// PutQuantity sets a number, or a text that is one, with its unit, and reports whether
// it did; another text and what is not finite are left out. The unit must be known.
func (s *Sheet) PutQuantity(v nexuslims.Value, unit, from string, path ...string) bool {
	q, ok := Measure(v, unit)
	if !ok || !q.IsFinite() {
		return false
	}
	s.Put(q, from, path...)
	return true
}

// Converted notes what was done to the value that was put last.
func (s *Sheet) Converted(how string) {
	if n := len(s.Origins); n > 0 {
		s.Origins[n-1].Conversion = how
	}
}

// Warn marks the field at path as possibly wrong.
func (s *Sheet) Warn(path ...string) { Document{Meta: s.Meta}.AddWarning(path...) }

// Signal returns a signal of these metadata and the file's own tags, which may be nil.
func (s *Sheet) Signal(raw *nexuslims.Object) *Signal {
	return &Signal{Document: Document{Meta: s.Meta, Raw: raw}, Origins: s.Origins}
}

func (s *Sheet) note(o Origin) {
	for i := range s.Origins {
		if slices.Equal(s.Origins[i].Path, o.Path) {
			s.Origins = slices.Delete(s.Origins, i, i+1)
			break
		}
	}
	s.Origins = append(s.Origins, o)
}

func isNothing(v nexuslims.Value) bool {
	switch v := v.(type) {
	case nil, nexuslims.Null:
		return true
	case nexuslims.Text:
		return strings.TrimSpace(string(v)) == ""
	}
	return false
}

// ParseNumber reads a number that an instrument wrote as text; it keeps the kind that it
// has there: "298" is whole, "298.0" is not. One comma is taken for the decimal point.
func ParseNumber(text string) (nexuslims.Value, bool) {
	text = strings.TrimSpace(text)
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return nexuslims.Int(i), true
	}
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	// Go also accepts underscores and hexadecimal floats, which no instrument writes.
	if strings.ContainsAny(text, "_xXpP") {
		return nil, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	return nexuslims.Float(f), true
}

// Measure gives a number, or a text that is one, a unit, which must be known. The
// number counts as the decimal that is shown, so that later conversions add no noise.
func Measure(v nexuslims.Value, unit string) (nexuslims.Quantity, bool) {
	if text, ok := v.(nexuslims.Text); ok {
		if v, ok = ParseNumber(string(text)); !ok {
			return nexuslims.Quantity{}, false
		}
	}
	switch v := v.(type) {
	case nexuslims.Float: // infinite ones too: they are reported later
		return nexuslims.Q(float64(v), unit), true
	case nexuslims.Int, nexuslims.Uint:
		n, _ := nexuslims.Number(v)
		return nexuslims.Q(n, unit), true
	case nexuslims.Quantity:
		return v.Convert(nexuslims.MustUnit(unit))
	}
	return nexuslims.Quantity{}, false
}
