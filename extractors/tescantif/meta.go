package tescantif

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// builder writes what a page says into a sheet.
type builder struct {
	*extractors.Sheet
	file     *extractors.File
	page     *page
	column   string // the section of the column that took the picture
	warnings []string
}

const mainSection = "MAIN"

func newBuilder(f *extractors.File, p *page) *builder {
	return &builder{Sheet: extractors.NewSheet(f, nexuslims.Image, "SEM_Imaging"), file: f, page: p}
}

func (b *builder) build() {
	b.columnSection()
	for _, f := range mainFields {
		b.setting(mainSection, f)
	}
	for _, f := range columnFields {
		b.setting(b.column, f)
	}
	b.detectors()
	b.voltage()
	b.operator()
	b.tags()
	b.derive()
	b.timestamp()
}

// columnSection finds the section of the column: that of the ions, when there is one and not
// one of the electrons that says more of the scan. A section of another name is taken where
// there is neither.
func (b *builder) columnSection() {
	s := b.page.settings
	score := func(section string) int {
		n := 0
		for _, key := range []string{"HV", "AcceleratorVoltage", "WD", "Detector", "DwellTime", "ScanMode", "ScanSpeed", "ScanID"} {
			if s.value(section, key) != "" {
				n++
			}
		}
		return n
	}
	best := 0
	for _, name := range s.sections.Keys() {
		if name == mainSection {
			continue
		}
		n := 2 * score(name)
		if name == "SEM" && n > 0 {
			n++
		}
		if n > best {
			best, b.column = n, name
		}
	}
	if strings.Contains(strings.ToUpper(b.column), "FIB") {
		b.Classify(nexuslims.Image, "FIB_Imaging", "section ["+b.column+"]")
	}
}

func (b *builder) source(section, key string) string {
	return "[" + section + "] " + key + " in " + b.page.settings.from[section]
}

// setting writes one setting. One that is no number where there must be one stays a
// text of its name.
func (b *builder) setting(section string, f field) {
	value := b.page.settings.value(section, f.key)
	if value == "" || section == "" {
		return
	}
	from := b.source(section, f.key)
	path := f.core
	if path == nil {
		path = []string{f.name}
	}
	if f.unit == text {
		b.PutText(value, from, path...)
		return
	}
	n, ok := extractors.ParseNumber(value)
	if v, _ := nexuslims.Number(n); !ok || math.IsNaN(v) || math.IsInf(v, 0) {
		b.PutText(value, from, f.name)
		b.warn("%s is no number: %q", b.source(section, f.key), nexuslims.CutText(value, 40, "…"))
		return
	}
	if f.unit == number {
		b.Put(n, from, path...)
		return
	}
	q, _ := extractors.Measure(n, f.unit)
	if f.shown != "" {
		q, _ = q.Convert(nexuslims.MustUnit(f.shown))
	}
	b.Put(q, from, path...)
}

// detectors writes the settings of each detector. Detector 0 is the one of the picture.
func (b *builder) detectors() {
	for i := range maxDetectors {
		id := strconv.Itoa(i)
		for _, f := range detectorFields {
			f.key, f.name = "Detector"+id+f.key, "Detector "+id+f.name
			b.setting(b.column, f)
		}
	}
	if name := b.page.settings.value(b.column, "Detector0"); b.Meta.Get("detector_type") == nil {
		b.PutText(name, b.source(b.column, "Detector0"), "detector_type")
	}
}

// voltage promotes the accelerator's voltage where there is no HV, and drops it where it is
// the same.
func (b *builder) voltage() {
	hv, _ := b.Meta.Get("acceleration_voltage").(nexuslims.Quantity)
	other, ok := b.Meta.Get("Accelerator Voltage").(nexuslims.Quantity)
	switch {
	case !ok:
		return
	case hv.Unit.IsZero():
		b.Put(other, b.source(b.column, "AcceleratorVoltage"), "acceleration_voltage")
	case !hv.Equal(other):
		return
	}
	b.Meta.Delete("Accelerator Voltage")
}

// operator names the operator: accounts are shared, so this may be someone else.
func (b *builder) operator() {
	for _, key := range []string{"FullUserName", "UserName"} {
		if name := b.page.settings.value(mainSection, key); name != "" {
			b.PutText(name, b.source(mainSection, key), "Operator")
			b.Warn("Operator")
			return
		}
	}
}

// tags adds what the tags of TIFF say where the settings do not.
func (b *builder) tags() {
	d := b.page.directory
	if d == nil {
		return
	}
	for _, t := range []struct {
		id   uint16
		name string
	}{
		{tagMake, "Make"},
		{tagModel, "Model"},
		{tagSoftware, "Software Version"},
		{tagArtist, "Operator"},
		{tagDateTime, "TIFF DateTime"},
	} {
		if value, err := d.Text(t.id, maxMark); err == nil && !b.Meta.Has(t.name) {
			b.PutText(nexuslims.ValidText(value), fmt.Sprintf("tag %d", t.id), t.name)
		}
	}
	if b.page.width > 0 {
		b.Put(nexuslims.Text(fmt.Sprintf("(%d, %d)", b.page.height, b.page.width)), "tags 257 and 256", "Data Dimensions")
	}
}

// derive adds the field of view, which is that of one picture where several stand
// beside each other.
func (b *builder) derive() {
	for _, d := range []struct {
		size, field, count string
		pixels             int
	}{
		{"pixel_width", "horizontal_field_width", "ViewFieldsCountX", b.page.width},
		{"pixel_height", "vertical_field_width", "ViewFieldsCountY", b.rows()},
	} {
		size := extractors.Meters(b.Meta.Get(d.size))
		views := max(1, b.whole(d.count))
		if size == 0 || d.pixels == 0 || views > 64 {
			continue
		}
		width := extractors.Tidy(size * float64(d.pixels) / float64(views))
		b.PutQuantity(nexuslims.Float(width), "meter", "pixels and "+d.size, d.field)
		b.Converted("number of pixels times their size")
	}
}

// rows returns the rows of the picture without information bar.
func (b *builder) rows() int {
	if strip := b.whole("ImageStripSize"); strip > 0 && strip < b.page.height {
		return b.page.height - strip
	}
	return b.page.height
}

// whole returns a count of [MAIN], 0 where it is none.
func (b *builder) whole(key string) int {
	n, _ := extractors.ParseNumber(b.page.settings.value(mainSection, key))
	v, ok := nexuslims.Number(n)
	if !ok || v < 1 || v > 1<<30 {
		return 0
	}
	return int(v)
}

func (b *builder) warn(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if !slices.Contains(b.warnings, message) {
		b.warnings = append(b.warnings, message)
	}
}
