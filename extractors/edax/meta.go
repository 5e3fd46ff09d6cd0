package edax

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// description writes what a spectrum says into a sheet.
type description struct {
	*extractors.Sheet
	spectrum *spectrum
	file     *extractors.File // that the sheet is of
	where    string           // what comes before the number of a byte in an origin
	warnings []string
}

// quantity is a field of the header that becomes metadata.
type quantity struct {
	name        string
	unit        string
	least, most float64 // outside, and at least itself where open, the value is no measurement
	open        bool
	path        []string
}

// quantities are bounded by what instruments can do; zero where a zero is no
// measurement stands for "not recorded".
var quantities = []quantity{
	{"azimuth", "degree", -360, 360, false, []string{"azimuthal_angle"}},
	{"elevation", "degree", -360, 360, false, []string{"elevation_angle"}},
	{"takeoff", "degree", -360, 360, false, []string{"takeoff_angle"}},
	{"tilt", "degree", -360, 360, false, []string{"stage_position", "tilt_alpha"}},
	{"liveTime", "second", 0, 1e8, true, []string{"live_time"}},
	{"detReso", "electron_volt", 0, 2000, true, []string{"detector_energy_resolution"}},
	{"kV", "kilovolt", 0, 2000, true, []string{"acceleration_voltage"}},
	{"ADCTimeConstantNew", "microsecond", 0, 1e6, true, []string{"Amplifier Time"}},
}

func (d *description) describe() {
	for _, q := range quantities {
		d.quantity(q)
	}
	if n, ok := d.spectrum.number("workingDist"); ok && n > 0 {
		d.PutQuantity(nexuslims.Float(n/100), "millimeter", d.from("workingDist"), "working_distance")
		d.Converted("hundredths of a millimeter")
	}
	d.energies()
	d.elements()
	d.timestamp()
	d.PutText(nexuslims.ValidText(d.spectrum.raw.Text("spectrumLabel")), d.from("spectrumLabel"), "Spectrum Label")
}

func (d *description) quantity(q quantity) {
	v := d.spectrum.raw.Get(q.name)
	if v == nil {
		return
	}
	n, finite := nexuslims.Number(v)
	switch {
	case q.open && n == 0 && finite:
	case !finite || n < q.least || n > q.most:
		d.warn("%s is %s", q.name, nexuslims.TextOf(v))
	default:
		d.PutQuantity(v, q.unit, d.from(q.name), q.path...)
	}
}

// from is the origin of a field.
func (d *description) from(name string) string {
	for _, table := range [][]field{headFields, tailFields} {
		for _, f := range table {
			if f.name == name {
				return fmt.Sprintf("%s %d (%s)", d.where, f.offset, name)
			}
		}
	}
	return name
}

func (d *description) warn(format string, args ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, args...))
}

func (d *description) dimensions(shape ...int) {
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = strconv.Itoa(n)
	}
	text := strings.Join(parts, ", ")
	if len(parts) == 1 {
		text += ","
	}
	d.Put(nexuslims.Text("("+text+")"), "the header", "Data Dimensions")
}

// energies writes the calibration.
func (d *description) energies() {
	s := d.spectrum
	start, ok := s.number("startEnergy")
	if ok && math.Abs(start) <= 1000 {
		d.PutQuantity(s.raw.Get("startEnergy"), "kiloelectron_volt", d.from("startEnergy"), "starting_energy")
	} else if s.raw.Has("startEnergy") {
		d.warn("startEnergy is %s", nexuslims.TextOf(s.raw.Get("startEnergy")))
	}
	if end, ok := s.number("endEnergy"); ok && end > start && end <= 1e4 {
		d.PutQuantity(s.raw.Get("endEnergy"), "kiloelectron_volt", d.from("endEnergy"), "Ending Energy")
	} else if s.raw.Has("endEnergy") && !(ok && end == 0) {
		d.warn("endEnergy is %s", nexuslims.TextOf(s.raw.Get("endEnergy")))
	}
	size, why := s.channel()
	switch {
	case size == 0:
		d.warn("the size of a channel is not known")
		return
	case why == fromEnergies:
		d.PutQuantity(nexuslims.Float(size), "electron_volt", d.from("startEnergy")+" to "+d.from("endEnergy"), "channel_size")
		d.Converted("range over channels")
	default:
		d.PutQuantity(s.raw.Get("evPerChan"), "electron_volt", d.from("evPerChan"), "channel_size")
	}
	if stored, _ := s.number("evPerChan"); math.Abs(size-stored) > 1 {
		d.warn("evPerChan is %v, first and last energy say %v eV", stored, size)
		d.Warn("channel_size")
	}
}

const (
	fromHeader   = "header"
	fromEnergies = "energies"
)

// channel returns the size of a channel in eV, 0 when it is not known, and what it was
// taken from. The header has whole numbers only; where first and last energy lie more than a
// channel apart from what it says, they are right.
func (s *spectrum) channel() (size float64, why string) {
	stored, _ := s.number("evPerChan")
	if stored < 1 || stored > 1e5 {
		stored = 0
	}
	start, okStart := s.number("startEnergy")
	end, okEnd := s.number("endEnergy")
	if !okStart || !okEnd || end <= start || end-start > 1e4 || s.points < 2 {
		return stored, fromHeader
	}
	if stored > 0 && math.Abs(start*1000+stored*float64(s.points-1)-end*1000) <= stored {
		return stored, fromHeader
	}
	return rounded((end - start) / float64(s.points-1) * 1000), fromEnergies
}

// rounded returns a number to the six digits that follow from singles.
func rounded(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	return short
}

// axis is the axis of energies, in keV where they are known.
func (d *description) axis(points int) extractors.Axis {
	axis := extractors.Axis{Name: "Energy", Size: points, Scale: 1}
	if d.spectrum == nil {
		return axis
	}
	size, _ := d.spectrum.channel()
	if size <= 0 {
		return axis
	}
	axis.Scale, axis.Unit = size/1000, "keV"
	if start, ok := d.spectrum.number("startEnergy"); ok && math.Abs(start) <= 1000 {
		axis.Offset = start
	}
	return axis
}

// elements writes the symbols of the elements in use.
func (d *description) elements() {
	n, ok := d.spectrum.number("numElem")
	numbers, _ := d.spectrum.raw.Get("at").(nexuslims.List)
	if !ok || numbers == nil || n == 0 {
		return
	}
	if n < 0 || int(n) > len(numbers) {
		d.warn("numElem is %v", n)
		return
	}
	var symbols []string
	for _, v := range numbers[:int(n)] {
		z, _ := v.(nexuslims.Int)
		symbol, ok := nexuslims.ElementSymbol(int(z))
		if !ok {
			d.warn("element %d is none", z)
			continue
		}
		symbols = append(symbols, symbol)
	}
	slices.Sort(symbols)
	list := nexuslims.List{}
	for _, symbol := range slices.Compact(symbols) {
		list = append(list, nexuslims.Text(symbol))
	}
	if len(list) > 0 {
		d.Put(list, d.from("at"), "elements")
	}
}

// timestamp writes the time of acquisition, which is that of the instrument's clock and
// means nothing where its zone is not known.
func (d *description) timestamp() {
	part := func(name string) int {
		n, _ := d.spectrum.raw.Get(name).(nexuslims.Int)
		return int(n)
	}
	year, month, day := part("collectDateYear"), part("collectDateMon"), part("collectDateDay")
	if year == 0 && month == 0 && day == 0 {
		return
	}
	hour, minute, second := part("collectTimeHour"), part("collectTimeMin"), part("collectTimeSec")
	hundredths := part("collectTimeHund")
	t := time.Date(year, time.Month(month), day, hour, minute, second, hundredths*1e7, d.file.Zone())
	if year < 1970 || t.Year() != year || int(t.Month()) != month || t.Day() != day ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || hundredths < 0 || hundredths > 99 {
		d.warn("the time of collection, day %d of month %d of %d at %d:%d:%d, is none", day, month, year, hour, minute, second)
		return
	}
	if _, known := d.file.Instrument(); known {
		d.Put(nexuslims.Text(nexuslims.Stamp(t)), d.from("collectDateYear"), "Acquisition Timestamp")
		d.Converted("clock of the instrument")
	}
}
