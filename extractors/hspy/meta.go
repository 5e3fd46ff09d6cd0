package hspy

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// writer is one signal while its metadata are written.
type writer struct {
	*extractors.Sheet
	*experiment
	axes       []extractors.Axis // of the array, nil where there is none
	microscope *nexuslims.Object
	name       string // "TEM" or "SEM"
	signalType string
	kind       nexuslims.DatasetType
}

func (w *writer) write() {
	w.PutText(w.title(), "metadata: General.title", "Signal Name")
	w.beam()
	w.stage()
	w.detectors()
	w.people()
	w.calibration()
	w.timestamp()
}

// value is a number or text of the tree with its unit.
type value struct {
	tree *nexuslims.Object
	path string // of the tree, for explanations
	key  string
	unit string // in which it is written, and stands in the file unless that says otherwise
	keep bool   // zero is a value
}

// quantity writes a value in its unit.
func (w *writer) quantity(v value, to ...string) bool {
	q, ok := w.measure(v)
	if !ok || q.Value == 0 && !v.keep || q.Value < 0 && !v.keep {
		return false
	}
	shown, ok := q.Convert(nexuslims.MustUnit(v.unit))
	if !ok {
		w.warn("%s of %s is in %s: left out", v.key, nexuslims.ValidText(w.path), q.Unit.Name)
		return false
	}
	w.Put(shown, "metadata: "+v.path+"."+v.key, to...)
	if shown.Unit != q.Unit {
		w.Converted(q.Unit.Name + " to " + shown.Unit.Name)
	}
	return true
}

// measure reads a value: a number, whose unit may stand beside it, or a text of both.
func (w *writer) measure(v value) (nexuslims.Quantity, bool) {
	found := single(v.tree.Get(v.key))
	if text, ok := found.(nexuslims.Text); ok {
		if q, ok := nexuslims.ParseQuantity(string(text)); ok && q.Unit.Name != "dimensionless" {
			return q, q.IsFinite()
		}
	}
	if _, ok := number(found); !ok {
		return nexuslims.Quantity{}, false
	}
	unit := v.unit
	if text := plainText(v.tree.Get(v.key + "_units")); text != "" {
		if u, ok := nexuslims.ParseUnit(otherSpelling(text)); ok && u.Name != "dimensionless" {
			unit = u.Name
		}
	}
	q, ok := extractors.Measure(found, unit)
	return q, ok && q.IsFinite()
}

// otherSpelling is a unit in the spelling that is known.
func otherSpelling(unit string) string {
	if unit == "mR" {
		return "mrad"
	}
	return unit
}

func (w *writer) instrumentPath() string { return "Acquisition_instrument." + w.name }

// ofMicroscope is a value of the microscope.
func (w *writer) ofMicroscope(key, unit string) value {
	return value{tree: w.microscope, path: w.instrumentPath(), key: key, unit: unit}
}

// ofDetector is a value of a detector.
func (w *writer) ofDetector(name, key, unit string) value {
	return value{
		tree: w.microscope.Group("Detector", name), path: w.instrumentPath() + ".Detector." + name, key: key, unit: unit,
	}
}

// fieldOr is the name of a field where this kind of signal has it, else another.
func (w *writer) fieldOr(name string, other ...string) []string {
	if f, ok := nexuslims.FieldByName(name); ok && f.Allowed(w.kind) {
		return []string{name}
	}
	return other
}

// beam writes how the beam was set.
func (w *writer) beam() {
	w.quantity(w.ofMicroscope("beam_energy", "kilovolt"), "acceleration_voltage")
	w.quantity(w.ofMicroscope("beam_current", "nanoampere"), "beam_current")
	w.quantity(w.ofMicroscope("working_distance", "millimeter"), "working_distance")
	w.quantity(w.ofMicroscope("camera_length", "millimeter"), w.fieldOr("camera_length", "STEM Camera Length")...)
	angle := w.fieldOr("convergence_angle", "Convergence Angle")
	if w.technique() == "EELS" {
		angle = w.fieldOr("convergence_angle", "EELS", "Convergence semi-angle")
	}
	w.quantity(w.ofMicroscope("convergence_angle", "milliradian"), angle...)
	from := "metadata: " + w.instrumentPath() + "."
	w.PutText(plainText(w.microscope.Get("microscope")), from+"microscope", "Microscope")
	w.PutText(plainText(w.microscope.Get("acquisition_mode")), from+"acquisition_mode", "Operation Mode")
	if w.isTransform() {
		return // the rest is of the image that it was made of
	}
	w.quantity(w.ofMicroscope("dwell_time", "second"), "dwell_time")
	if n, ok := number(w.microscope.Get("magnification")); ok && n > 0 {
		w.Put(ofKind(w.microscope.Get("magnification")), from+"magnification", w.fieldOr("magnification", "Indicated Magnification")...)
	}
}

// ofKind is a number, or a text that is one, whole where it is whole in the file.
func ofKind(v nexuslims.Value) nexuslims.Value {
	v = single(v)
	if text, ok := v.(nexuslims.Text); ok {
		v, _ = extractors.ParseNumber(string(text))
	}
	return v
}

// stage writes the position of the stage, of which zero is a value.
func (w *writer) stage() {
	for _, s := range []struct{ key, unit string }{
		{"x", "millimeter"},
		{"y", "millimeter"},
		{"z", "millimeter"},
		{"tilt_alpha", "degree"},
		{"tilt_beta", "degree"},
		{"rotation", "degree"},
	} {
		w.quantity(value{
			tree: w.microscope.Group("Stage"), path: w.instrumentPath() + ".Stage", key: s.key, unit: s.unit, keep: true,
		}, "stage_position", s.key)
	}
}

// detectors writes the settings of the detectors that belong to the signal.
func (w *writer) detectors() {
	w.quantity(w.ofDetector("Camera", "exposure", "second"), "Exposure Time")
	technique := w.technique()
	if technique != "EDS" {
		w.spectrometer()
	}
	if technique != "EELS" {
		w.xrays()
	}
}

// spectrometer writes the settings of energy-loss spectra. Their integration time is the time
// of acquisition, and the exposure where there is none.
func (w *writer) spectrometer() {
	w.quantity(w.ofDetector("EELS", "collection_angle", "milliradian"), "EELS", "Collection semi-angle")
	exposure := []string{"EELS", "Exposure"}
	if !w.quantity(w.ofDetector("EELS", "dwell_time", "second"), "acquisition_time") {
		exposure = []string{"acquisition_time"}
	}
	w.quantity(w.ofDetector("EELS", "exposure", "second"), exposure...)
	frames := w.ofDetector("EELS", "frame_number", "")
	if n, ok := number(frames.tree.Get(frames.key)); ok && n > 0 {
		w.Put(nexuslims.Int(n), "metadata: "+frames.path+"."+frames.key, "EELS", "Number of frames")
	}
}

// xrays writes the settings of the X-ray detector.
func (w *writer) xrays() {
	w.quantity(w.ofDetector("EDS", "live_time", "second"), "live_time")
	w.quantity(w.ofDetector("EDS", "real_time", "second"), "acquisition_time")
	w.quantity(w.ofDetector("EDS", "energy_resolution_MnKa", "electron_volt"), "detector_energy_resolution")
	for _, name := range [][2]string{{"azimuth_angle", "azimuthal_angle"}, {"elevation_angle", "elevation_angle"}} {
		angle := w.ofDetector("EDS", name[0], "degree")
		angle.keep = true
		w.quantity(angle, name[1])
	}
	detector := w.ofDetector("EDS", "detector", "")
	w.PutText(plainText(detector.tree.Get("detector")), "metadata: "+detector.path+".detector", "acquisition_device")
}

// people writes who measured what with which program.
func (w *writer) people() {
	w.PutText(plainText(w.metadata.At("Sample", "description")), "metadata: Sample.description", "Specimen")
	if list := texts(w.metadata.At("Sample", "elements")); len(list) > 0 {
		w.Put(list, "metadata: Sample.elements", "elements")
	}
	var authors []string
	for _, v := range texts(w.metadata.At("General", "authors")) {
		authors = append(authors, nexuslims.TextOf(v))
	}
	w.PutText(strings.Join(authors, ", "), "metadata: General.authors", "Operator")
	w.PutText(plainText(w.metadata.At("General", "notes")), "metadata: General.notes", "Notes")
	software := plainText(w.own.Get("package")) + " " + plainText(w.own.Get("package_version"))
	w.PutText(software, "package of "+nexuslims.ValidText(w.path), "Software")
}

// texts is a text or a list of texts as a list; what is no text is left out.
func texts(v nexuslims.Value) nexuslims.List {
	list, ok := v.(nexuslims.List)
	if !ok {
		list = nexuslims.List{v}
	}
	var out nexuslims.List
	for _, v := range list {
		if text, ok := v.(nexuslims.Text); ok && strings.TrimSpace(string(text)) != "" {
			out = append(out, nexuslims.Text(strings.TrimSpace(string(text))))
		}
	}
	return out
}
