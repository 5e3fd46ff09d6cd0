package tia

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// writer writes the metadata of a series.
type writer struct {
	f     *extractors.File
	s     *Series
	d     Description
	space space
	axes  []extractors.Axis // none where there is no element
	kind  kind
	sheet *extractors.Sheet
}

func newWriter(f *extractors.File, s *Series, d Description, sp space) *writer {
	w := &writer{f: f, s: s, d: d, space: sp}
	if len(s.Elements) > 0 {
		w.axes = s.axes(sp)
	}
	in, _ := f.Instrument()
	w.kind = kindOf(s, d.Info, sp, w.scanAxes(), in.PID)
	return w
}

// scanAxes is the number of navigation axes.
func (w *writer) scanAxes() int {
	n := 0
	for _, a := range w.axes {
		if a.Navigation {
			n++
		}
	}
	return n
}

// write fills the sheet; the answer tells what does not fit together.
func (w *writer) write() (doubts []string) {
	w.sheet = extractors.NewSheet(w.f, w.kind.dataset, w.kind.data)
	w.sheet.Classify(w.kind.dataset, w.kind.data, w.kind.why)
	if len(w.axes) > 0 {
		w.sheet.PutText(dimensions(w.axes), "dimensions and first element of the series", "Data Dimensions")
	}
	doubts = w.times()
	w.settings()
	w.acquisition()
	w.calibration()
	if w.d.Name != "" {
		w.sheet.PutText(w.d.Path, "the name of the file", "emi Filename")
		w.sheet.PutText(w.d.Pairing, "paths and detector ranges in "+w.d.Name, "emi Block")
	}
	return doubts
}

func dimensions(axes []extractors.Axis) string {
	var sizes []string
	for _, a := range axes {
		sizes = append(sizes, strconv.Itoa(a.Size))
	}
	if len(sizes) == 1 {
		return "(" + sizes[0] + ",)"
	}
	return "(" + strings.Join(sizes, ", ") + ")"
}

// times writes the time of acquisition: the local one of the .emi file, else the instant
// in the tags. A clock or zone that both contradict gets a warning.
func (w *writer) times() (doubts []string) {
	first, last, tagged := w.s.tagTimes()
	text := w.d.Info.Tree.Text("AcquireDate")
	at, ok := acquired(text, w.f.Zone())
	switch {
	case ok:
		w.sheet.Put(nexuslims.Text(nexuslims.Stamp(at)), w.from("AcquireDate"), "Creation Time")
	case strings.TrimSpace(text) != "":
		doubts = append(doubts, fmt.Sprintf("the time of acquisition %q cannot be read: that of the file stands in", text))
	}
	_, known := w.f.Instrument()
	// Scans take hours; zones differ by quarters of an hour.
	const slack = 10 * time.Minute
	switch {
	case !ok && tagged:
		stamp := nexuslims.Stamp(first.In(w.f.Zone()))
		w.sheet.Put(nexuslims.Text(stamp), "time in the tag of the first element", "Acquisition Timestamp")
	case ok && tagged && known && (at.Before(first.Add(-slack)) || at.After(last.Add(slack))):
		w.sheet.Warn("Creation Time")
		doubts = append(doubts, fmt.Sprintf(
			"the elements were acquired at %s, the .emi file says %s: the clock or the time zone is not the one known",
			nexuslims.Stamp(first.In(w.f.Zone())), nexuslims.Stamp(at)))
	}
	return doubts
}

// from names an element of the block.
func (w *writer) from(path string) string {
	return fmt.Sprintf("ObjectInfo/%s in block %d of %s", path, w.d.Block+1, w.d.Name)
}

// put writes a value under the name of a schema field where the type has it, else under
// the display name.
func (w *writer) put(v nexuslims.Value, from, field, display string) {
	if f, ok := nexuslims.FieldByName(field); ok && f.Allowed(w.kind.dataset) {
		display = field
	}
	w.sheet.Put(v, from, display)
}

// number reads a text that is a number; other texts stay what they are, without blanks.
func number(text string) (v nexuslims.Value, isNumber bool) {
	text = strings.TrimSpace(strings.ReplaceAll(text, " um", ""))
	if n, ok := extractors.ParseNumber(text); ok && isFinite(n) {
		return n, true
	}
	return nexuslims.Text(text), false
}

func isFinite(v nexuslims.Value) bool {
	_, ok := nexuslims.Number(v)
	return ok
}

// entry says which leaf of the block becomes which entry.
type entry struct{ path, field, display, unit string }

// entries of the block outside the experimental description. Those of AcquireInfo come
// from the detector.
var entries = []entry{
	{path: "Manufacturer", display: "Manufacturer"},
	{path: "ExperimentalConditions/MicroscopeConditions/Tilt1", display: "Microscope Tilt 1"},
	{path: "ExperimentalConditions/MicroscopeConditions/Tilt2", display: "Microscope Tilt 2"},
	{path: "AcquireInfo/FrameTime", display: "Frame Time", unit: "s"},
	{path: "AcquireInfo/CameraNamePath", field: "acquisition_device", display: "Camera Name Path"},
	{path: "AcquireInfo/Binning", display: "Binning"},
	{path: "AcquireInfo/BeamPosition", display: "Beam Position"},
	{path: "AcquireInfo/EnergyResolution", field: "detector_energy_resolution", display: "Energy Resolution", unit: "eV"},
	{path: "AcquireInfo/IntegrationTime", field: "acquisition_time", display: "Integration Time", unit: "s"},
	{path: "AcquireInfo/NumberSpectra", display: "Number of Spectra"},
	// Numbers such as 51.2 are times of X-ray pulse processors in microseconds (inferred).
	{path: "AcquireInfo/ShapingTime", display: "Shaping Time", unit: "µs"},
	{path: "AcquireInfo/ScanArea", display: "Scan Area"},
}

// acquisition writes what the block says of conditions and detector.
func (w *writer) acquisition() {
	for _, e := range entries {
		w.entry(e)
	}
	dwell := entry{path: "AcquireInfo/DwellTimePath", display: "Dwell Time Path", unit: "s"}
	if w.text("AcquireInfo/CameraNamePath") == "" { // otherwise it is the exposure
		dwell.field = "dwell_time"
	}
	w.entry(dwell)
	voltage := entry{
		path:    "ExperimentalConditions/MicroscopeConditions/AcceleratingVoltage",
		display: "Microscope Accelerating Voltage", unit: "V",
	}
	if !w.sheet.Meta.Has("acceleration_voltage") {
		voltage.field = "acceleration_voltage"
	}
	w.entry(voltage)
}

func (w *writer) text(path string) string {
	text, _ := w.d.Info.Tree.At(strings.Split(path, "/")...).(nexuslims.Text)
	return string(text)
}

func (w *writer) entry(e entry) {
	text := w.text(e.path)
	if strings.TrimSpace(text) == "" {
		return
	}
	v, isNumber := nexuslims.Value(nexuslims.Text(strings.TrimSpace(text))), false
	if e.field != "acquisition_device" { // a name even if it looks like a number
		v, isNumber = number(text)
	}
	if e.unit != "" && isNumber {
		v, _ = extractors.Measure(v, e.unit)
	}
	if e.unit != "" && !isNumber {
		e.field = ""
	}
	w.put(v, w.from(e.path), e.field, e.display)
}

// dataLabel names the values.
func (w *writer) dataLabel() string {
	switch {
	case strings.Contains(w.kind.data, "EDS"):
		return "X-rays (Counts)"
	case strings.Contains(w.kind.data, "EELS"):
		return "Electrons (Counts)"
	}
	return "Intensity"
}
