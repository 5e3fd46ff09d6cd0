package emsa

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// formatName is what FORMAT says, in whatever case and length.
const formatName = "EMSA/MAS Spectral Data File"

// description writes a header into a sheet.
type description struct {
	*extractors.Sheet
	header
	*measured
	file      *extractors.File
	technique technique
	cal       calibration
}

func (d *description) describe() {
	d.Classify(nexuslims.Spectrum, d.technique.dataType, d.technique.from)
	if d.points > 0 {
		d.Put(nexuslims.Text("("+strconv.Itoa(d.points)+",)"), "the values", "Data Dimensions")
	}
	d.format()
	for _, p := range plains {
		d.plain(p)
	}
	for _, q := range quantities {
		d.quantity(q)
	}
	d.position()
	d.magnification()
	d.times()
	d.detector()
	d.elements()
	d.energies()
	d.timestamp()
}

// format writes the name of the format in one spelling, since other systems compare it.
func (d *description) format() {
	text := d.text("FORMAT")
	if text == "" || strings.HasPrefix(strings.ToUpper(text), "EMSA") {
		text = formatName
	}
	d.Put(nexuslims.Text(text), "FORMAT", "File Format")
}

func (d *description) plain(p plain) {
	e, ok := d.find(p.name, p.custom)
	if !ok {
		return
	}
	text := strings.TrimSpace(e.value)
	if !p.custom {
		text = d.text(p.name)
	}
	if v, ok := parseNumber(text); ok && p.number {
		d.Put(v, e.key, p.key)
		return
	}
	d.PutText(text, e.key, p.key)
}

// quantity writes a number with its unit unless a better source has written it.
func (d *description) quantity(q quantity) {
	e, ok := d.find(q.name, q.custom)
	if !ok || strings.TrimSpace(e.value) == "" || d.Meta.At(q.path...) != nil {
		return
	}
	v, ok := parseNumber(e.value)
	n, _ := nexuslims.Number(v)
	unit, known := unitOf(e, q.unit)
	switch {
	case !ok:
		d.warn("%s is not a number: %.40q", e.key, e.value)
	case !known:
		d.warn("the unit of %s is not one of %s", e.key, nexuslims.MustUnit(q.unit).Dimension)
	case q.open && n == 0: // not recorded
	case q.open && n < 0:
		d.warn("%s is %v", e.key, n)
	default:
		d.PutQuantity(v, unit, e.key, q.path...)
	}
}

func (d *description) position() {
	for _, p := range positions {
		e, ok := d.find(p.name, false)
		v, isNumber := parseNumber(e.value)
		switch unit, known := unitOf(e, "meter"); {
		case !ok || !isNumber:
		case known && unit != "meter" || known && e.unit != "":
			d.PutQuantity(v, unit, e.key, "stage_position", p.coordinate)
		default:
			d.Put(v, e.key, p.plain)
		}
	}
}

// magnification writes MAGCAM, which is the camera length of a diffraction pattern.
func (d *description) magnification() {
	e, ok := d.find("MAGCAM", false)
	v, isNumber := parseNumber(e.value)
	if n, _ := nexuslims.Number(v); !ok || !isNumber || n <= 0 {
		return
	}
	mode := strings.ToUpper(d.text("OPERMODE"))
	if strings.HasPrefix(mode, "DIF") || strings.HasPrefix(mode, "SCDIF") {
		unit, known := unitOf(e, "millimeter")
		if known {
			d.PutQuantity(v, unit, e.key, "camera_length")
		}
		return
	}
	d.Put(v, e.key, "magnification")
}

// times writes how long was counted: the integration time of energy losses, else the real
// time. A real time of zero means that it was not recorded; one that is shorter than the
// live time cannot be.
func (d *description) times() {
	integration := quantity{"INTEGTIME", false, "millisecond", true, []string{"acquisition_time"}}
	whole := quantity{"REALTIME", false, "second", true, []string{"acquisition_time"}}
	order := []quantity{whole, integration}
	if d.technique.code == "ELS" {
		slices.Reverse(order)
	}
	for _, q := range order {
		if d.Meta.Has("acquisition_time") {
			q.path = []string{map[string]string{"INTEGTIME": "Integration Time", "REALTIME": "Real Time"}[q.name]}
		}
		d.quantity(q)
	}
	counted, ok := inSeconds(d.Meta.Get("acquisition_time"))
	if live, known := inSeconds(d.Meta.Get("live_time")); ok && known && counted < 0.99*live {
		d.warn("the time of acquisition, %v s, is less than the live time, %v s", counted, live)
		d.Warn("acquisition_time")
	}
}

func inSeconds(v nexuslims.Value) (float64, bool) {
	q, ok := v.(nexuslims.Quantity)
	if !ok {
		return 0, false
	}
	q, ok = q.Convert(nexuslims.MustUnit("second"))
	return q.Value, ok
}

// detector names the detector: by EDAX, else by the kind that the standard knows.
func (d *description) detector() {
	for _, name := range []string{"EDAX DETECTOR", "EDSDET"} {
		e, ok := d.find(name, true)
		switch {
		case !ok:
		case d.Meta.Has("acquisition_device"):
			d.PutText(e.value, e.key, "EDS Detector")
		default:
			d.PutText(e.value, e.key, "acquisition_device")
		}
	}
}

// elements reads a list of atomic numbers, or of symbols.
func (d *description) elements() {
	for _, name := range []string{"ELEMENTS", "OXINSTELEMS"} {
		e, ok := d.find(name, true)
		if !ok || d.Meta.Has("elements") {
			continue
		}
		var symbols []string
		for word := range strings.FieldsFuncSeq(e.value, func(r rune) bool { return strings.ContainsRune(",; \t", r) }) {
			if symbol, ok := element(word); ok {
				symbols = append(symbols, symbol)
			} else {
				d.warn("%s: %.20q is no element", e.key, word)
			}
		}
		slices.Sort(symbols)
		list := nexuslims.List{}
		for _, symbol := range slices.Compact(symbols) {
			list = append(list, nexuslims.Text(symbol))
		}
		if len(list) > 0 {
			d.Put(list, e.key, "elements")
		}
	}
}

func element(word string) (string, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		return nexuslims.ElementSymbol(n)
	}
	return word, nexuslims.IsElement(word)
}

// energies writes the calibration: as energies where the unit is one, else as it is.
func (d *description) energies() {
	d.cal = d.calibrate(d.survey, d.layout, d.whole)
	if d.cal.doubt != "" {
		d.warn("%s", d.cal.doubt)
	}
	if told, ok := d.number("NPOINTS"); ok && (d.points == int(told) || d.points == 0) {
		e, _ := d.find("NPOINTS", false)
		v, _ := parseNumber(e.value)
		d.Put(v, e.key, "Number of Data Points")
	}
	size, start := nexuslims.Value(nexuslims.Float(d.cal.scale)), nexuslims.Value(nexuslims.Float(d.cal.offset))
	fromSize, fromStart := "XPERCHAN", "OFFSET"
	if d.cal.column {
		fromSize, fromStart = "the energies beside the values", "the energies beside the values"
	} else {
		size, start = d.written("XPERCHAN", size), d.written("OFFSET", start)
	}
	unit := map[string]string{"eV": "electron_volt", "keV": "kiloelectron_volt"}[axisUnit(d.text("XUNITS"))]
	switch {
	case d.cal.scale == 0:
		return
	case unit == "":
		d.Put(size, fromSize, "X Units Per Channel")
		d.Put(start, fromStart, "Offset")
		return
	}
	d.PutQuantity(size, unit, fromSize, "channel_size")
	d.PutQuantity(start, unit, fromStart, "starting_energy")
	if d.cal.doubt != "" {
		d.Warn("channel_size")
	}
}

// written is the number of a keyword in the kind that it has there.
func (d *description) written(name string, otherwise nexuslims.Value) nexuslims.Value {
	e, _ := d.find(name, false)
	if v, ok := parseNumber(e.value); ok {
		return v
	}
	return otherwise
}

func (d *description) axis() extractors.Axis {
	return d.cal.axis(d.axisName(d.technique), axisUnit(d.text("XUNITS")), d.points)
}

// timestamp writes the time of acquisition, which means nothing where the zone of the
// instrument is not known.
func (d *description) timestamp() {
	t, why, ok := d.acquired(d.file.Zone())
	if why != "" {
		d.warn("%s", why)
	}
	if _, known := d.file.Instrument(); ok && known {
		d.Put(nexuslims.Text(nexuslims.Stamp(t)), fmt.Sprintf("DATE, TIME: %s %s", d.text("DATE"), d.text("TIME")), "Acquisition Timestamp")
		d.Converted("clock of the instrument")
	}
}
