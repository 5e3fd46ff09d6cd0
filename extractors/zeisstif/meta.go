package zeisstif

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// builder writes what a page says into a sheet.
type builder struct {
	*extractors.Sheet
	file     *extractors.File
	page     *page
	moments  []moment
	operator string
	rows     int // of the picture without information bar; 0 where the file does not say
	columns  int
	warnings []string
}

// The kinds of a field that are no units.
const (
	text   = "text"   // no number, even where it looks like one
	number = "number" // a number without unit; one with a unit in the file keeps it
	times  = "times"  // a magnification
)

// field is one setting and its place in the metadata.
type field struct {
	source string   // name of the setting
	unit   string   // of the number where the file names none; or one of the kinds
	shown  string   // unit in which it is shown; empty: that of the file
	path   []string // where it goes
	other  []string // where it goes when it is no number, or one with another sort of unit
}

// in is a field of the extensions.
func in(source, unit, shown string, path ...string) field {
	return field{source: source, unit: unit, shown: shown, path: path}
}

// core is a field of the schema; other is its place when the schema does not take it.
func core(source, unit string, path []string, other ...string) field {
	return field{source: source, unit: unit, path: path, other: other}
}

func at(path ...string) []string { return path }

func newBuilder(f *extractors.File, p *page) *builder {
	return &builder{Sheet: extractors.NewSheet(f, nexuslims.Image, "HIM_Imaging"), file: f, page: p}
}

// build describes the page by the first of its texts; the others fill gaps.
func (b *builder) build() {
	if b.page.width > 0 {
		b.Put(nexuslims.Text(fmt.Sprintf("(%d, %d)", b.page.height, b.page.width)), "tags 257 and 256", "Data Dimensions")
	}
	if b.page.orion != nil {
		b.orion()
	}
	if b.page.fibics != nil {
		b.fillGaps(b.page.orion == nil, (*builder).fibics)
	}
	if b.page.sem.known() {
		b.fillGaps(b.page.orion == nil && b.page.fibics == nil, (*builder).smartSEM)
	}
	b.derive()
	b.timestamp()
}

// fillGaps describes the page by a further text. What the first one has said already
// stays.
func (b *builder) fillGaps(first bool, describe func(*builder)) {
	if first {
		describe(b)
		return
	}
	more := newBuilder(b.file, b.page)
	describe(more)
	for _, o := range more.Origins {
		if b.Meta.At(o.Path...) == nil {
			b.Put(more.Meta.At(o.Path...), o.From, o.Path...)
			b.Converted(o.Conversion)
		}
	}
	if b.operator == "" && more.operator != "" {
		b.Warn("Operator")
	}
	b.moments = append(b.moments, more.moments...)
	for _, w := range more.warnings {
		b.warn("%s", w)
	}
}

// put writes one value, with the unit that the file names or the usual one.
func (b *builder) put(m measured, unit string, f field, from string) {
	if m.text == "" {
		return
	}
	other := f.other
	if other == nil {
		other = f.path
	}
	if unit == "" {
		unit = m.unit
	}
	switch {
	case f.unit == text:
		b.PutText(m.text, from, f.path...)
		return
	case f.unit == times:
		if n, ok := m.times(); ok {
			b.Put(n, from, f.path...)
		} else {
			b.PutText(m.text, from, other...)
		}
		return
	case m.number == nil:
		b.PutText(m.text, from, other...)
		return
	}
	name, known := parseUnit(unit)
	switch {
	case !known && (m.unit != "" || f.unit == number):
		b.PutText(m.text, from, other...)
		return
	case !known || name == "" && f.unit != number:
		name = f.unit
	}
	b.putNumber(m.number, name, f, other, from)
}

// putNumber writes a number in a known unit, "" for none.
func (b *builder) putNumber(n nexuslims.Value, unit string, f field, other []string, from string) {
	q, ok := extractors.Measure(n, unit)
	if unit == "" || !ok {
		path := f.path
		if f.other != nil && f.unit != number {
			path = other
		}
		b.Put(n, from, path...)
		return
	}
	usual := f.shown
	if usual == "" && f.unit != number && f.unit != "" {
		usual = f.unit
	}
	if usual != "" {
		shown, fits := q.Convert(nexuslims.MustUnit(usual))
		switch {
		case !fits:
			b.Put(q, from, other...)
			return
		case f.shown != "":
			q = shown
		}
	}
	b.Put(q, from, f.path...)
}

// derive adds what follows from the size of a pixel and the size of the picture.
func (b *builder) derive() {
	rows := b.page.height
	if b.rows > 0 && b.rows < rows {
		rows = b.rows
	}
	for _, d := range []struct {
		size, field string
		count       int
	}{{"pixel_width", "horizontal_field_width", b.page.width}, {"pixel_height", "vertical_field_width", rows}} {
		size := extractors.Meters(b.Meta.Get(d.size))
		field := extractors.Meters(b.Meta.Get(d.field))
		switch {
		case d.count == 0:
		case size > 0 && field == 0:
			b.PutQuantity(nexuslims.Float(extractors.Tidy(size*float64(d.count))), "meter", "pixels and "+d.size, d.field)
			b.Converted("number of pixels times their size")
		case size == 0 && field > 0:
			b.PutQuantity(nexuslims.Float(extractors.Tidy(field/float64(d.count))), "meter", "pixels and "+d.field, d.size)
			b.Converted("field of view through number of pixels")
		}
	}
}

// raw returns all that the file says, whether it is understood or not.
func (b *builder) raw() *nexuslims.Object {
	raw := nexuslims.NewObject(3)
	if b.page.orion != nil {
		raw.Set("Orion_XML_Metadata", b.page.orion.object())
	}
	if b.page.fibics != nil {
		raw.Set("Fibics_XML_Metadata", b.page.fibics.object())
	}
	if b.page.sem.known() {
		raw.Set("SmartSEM_Metadata", b.page.sem.raw())
	}
	return raw
}

// putOperator names the operator: accounts are shared, so this may be someone else.
func (b *builder) putOperator(name, from string) {
	if name = strings.TrimSpace(name); name == "" || b.operator != "" {
		return
	}
	b.operator = name
	b.PutText(name, from, "Operator")
	b.Warn("Operator")
}

func (b *builder) warn(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if !slices.Contains(b.warnings, message) {
		b.warnings = append(b.warnings, message)
	}
}
