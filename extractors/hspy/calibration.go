package hspy

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// calibration writes what follows from the axes.
func (w *writer) calibration() {
	places := 0
	for _, x := range w.axes {
		if x.Navigation {
			places++
		}
	}
	own := w.axes[places:]
	switch {
	case w.kind == nexuslims.Image && len(own) == 2:
		w.field(own)
	case places == 2:
		w.field(w.axes[:places])
	}
	switch {
	case w.kind == nexuslims.Diffraction && len(own) == 2:
		w.pattern(own[1])
	case len(own) == 1 && (w.kind == nexuslims.Spectrum || w.kind == nexuslims.SpectrumImage):
		w.energies(own[0])
	}
}

// of names an axis in explanations.
func (w *writer) of(x extractors.Axis) string {
	return "axis " + nexuslims.ValidText(x.Name) + " of " + nexuslims.ValidText(w.path)
}

// field writes the size of pixels and of the field, of axes of places y and x.
func (w *writer) field(axes []extractors.Axis) {
	for i, names := range [][2]string{{"pixel_height", "vertical_field_width"}, {"pixel_width", "horizontal_field_width"}} {
		x := axes[i]
		unit, ok := nexuslims.ParseUnit(x.Unit)
		step := math.Abs(x.Scale) // axes may run backwards
		if !ok || unit.Dimension != "length" || step == 0 {
			continue
		}
		w.inField(nexuslims.Q(step, unit.Name), w.of(x), names[0])
		w.inField(nexuslims.Q(times(step, x.Size), unit.Name), w.of(x), names[1])
	}
}

// times is the product of a number, taken for the decimal that is shown for it, and a count:
// it has no rounding noise.
func times(a float64, n int) float64 {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(a, 'g', -1, 64))
	if !ok {
		return a * float64(n)
	}
	f, _ := r.Mul(r, new(big.Rat).SetInt64(int64(n))).Float64()
	return f
}

// inField writes a quantity in the unit of its field.
func (w *writer) inField(q nexuslims.Quantity, from, to string) {
	if f, ok := nexuslims.FieldByName(to); ok {
		if shown, ok := q.Convert(nexuslims.MustUnit(f.Unit)); ok {
			q = shown
		}
	}
	if q.IsFinite() {
		w.Put(q, from, to)
	}
}

// pattern writes the size of a pixel of a diffraction pattern.
func (w *writer) pattern(x extractors.Axis) {
	unit, ok := nexuslims.ParseUnit(x.Unit)
	if !ok || unit.Dimension != "wavenumber" || x.Scale == 0 {
		return
	}
	q, ok := nexuslims.Q(math.Abs(x.Scale), unit.Name).Convert(nexuslims.MustUnit("1 / nanometer"))
	if ok && q.IsFinite() {
		w.Put(q, w.of(x), "Reciprocal Pixel Size")
	}
}

// energies writes the channels of an axis of energy.
func (w *writer) energies(x extractors.Axis) {
	unit, ok := nexuslims.ParseUnit(x.Unit)
	if !ok || unit.Name != "electron_volt" && unit.Name != "kiloelectron_volt" || x.Scale <= 0 {
		return
	}
	w.inField(nexuslims.Q(x.Scale, unit.Name), w.of(x), "channel_size")
	w.inField(nexuslims.Q(x.Offset, unit.Name), w.of(x), "starting_energy")
}

// timestamp writes when the data were taken, if both date and time are known, and the zone:
// the file's own, else that of the instrument.
func (w *writer) timestamp() {
	date := isoTime(plainText(w.metadata.At("General", "date")))
	clock := isoTime(plainText(w.metadata.At("General", "time")))
	if date == "" || clock == "" {
		return
	}
	const from = "metadata: General.date, time"
	zone, known := zoneOf(plainText(w.metadata.At("General", "time_zone")))
	if !known {
		if _, known = w.file.Instrument(); known {
			zone = w.file.Zone()
		} else {
			zone = time.UTC // only a time with an offset of its own is used
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, date+"T"+clock); err == nil {
			w.PutText(nexuslims.Stamp(t), from, "Acquisition Timestamp")
			return
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.ParseInLocation(layout, date+"T"+clock, zone)
		if err != nil {
			continue
		}
		if known {
			w.PutText(nexuslims.Stamp(t), from, "Acquisition Timestamp")
		}
		return
	}
	w.warn("the time of %s is not understood: %q, %q", nexuslims.ValidText(w.path), cut(date), cut(clock))
}

// zoneOf reads a zone: an offset or a name.
func zoneOf(text string) (*time.Location, bool) {
	switch text {
	case "UTC", "GMT", "Z":
		return time.UTC, true
	}
	text = strings.TrimPrefix(text, "UTC")
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, text); err == nil {
			_, offset := t.Zone()
			return time.FixedZone("", offset), true
		}
	}
	if text == "" || strings.EqualFold(text, "local") {
		return nil, false
	}
	zone, err := time.LoadLocation(text)
	return zone, err == nil
}
