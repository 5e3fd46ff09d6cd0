package emd

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// veloxRecord is one signal while its metadata are written. Its methods read the JSON text
// of the metadata and name the place of each value.
type veloxRecord struct {
	*extractors.Sheet
	v       *velox
	meta    *nexuslims.Object
	where   string // path of the metadata in the file
	mode    string // TEM or STEM
	kind    nexuslims.DatasetType
	derived string // what an image was computed as
	axes    []extractors.Axis
	device  veloxDetector
	about   veloxName
}

// from names the place of a value.
func (r *veloxRecord) from(path ...string) string {
	return strings.TrimPrefix(r.where, "/") + ": " + strings.Join(path, ".")
}

// measure puts a number with a unit. It is converted to the unit in which it is shown, so
// that it is the same whether the schema of the type has the field or not.
func (r *veloxRecord) measure(path []string, unit, shown string, to ...string) {
	if n, ok := numberAt(r.meta, path...); ok {
		r.quantity(n, unit, shown, r.from(path...), to...)
	}
}

// positive is measure for what is zero or less where it is not known.
func (r *veloxRecord) positive(path []string, unit, shown string, to ...string) bool {
	n, ok := numberAt(r.meta, path...)
	return ok && n > 0 && r.quantity(n, unit, shown, r.from(path...), to...)
}

func (r *veloxRecord) quantity(n float64, unit, shown, from string, to ...string) bool {
	q, ok := nexuslims.Q(n, unit).Convert(nexuslims.MustUnit(shown))
	if !ok || !r.PutQuantity(q, shown, from, to...) {
		return false
	}
	if unit != shown {
		r.Converted(unit + " to " + shown)
	}
	return true
}

// number puts a positive number; whole ones of counters stay whole.
func (r *veloxRecord) number(path []string, whole bool, to ...string) {
	n, ok := numberAt(r.meta, path...)
	if !ok || n <= 0 {
		return
	}
	var v nexuslims.Value = nexuslims.Float(n)
	if whole && n == float64(int64(n)) {
		v = nexuslims.Int(int64(n))
	}
	r.Put(v, r.from(path...), to...)
}

// text puts a text.
func (r *veloxRecord) text(path []string, to ...string) {
	r.PutText(textAt(r.meta, path...), r.from(path...), to...)
}

// choice puts the meaning of a code.
func (r *veloxRecord) choice(path []string, meanings map[string]string, to ...string) {
	if text := meanings[textAt(r.meta, path...)]; text != "" {
		r.PutText(text, r.from(path...), to...)
		r.Converted("code " + textAt(r.meta, path...))
	}
}

// custom returns the path of a custom property, a pair of type and value.
func custom(name string) []string { return []string{"CustomProperties", name, "value"} }

// hasField reports whether the schema of the signal's type has a field.
func (r *veloxRecord) hasField(name string) bool {
	f, ok := nexuslims.FieldByName(name)
	return ok && f.Allowed(r.kind)
}

// fieldOr returns the name of a field where the schema of the signal's type has it, and
// another name otherwise.
func (r *veloxRecord) fieldOr(name, other string) string {
	if r.hasField(name) {
		return name
	}
	return other
}

// veloxDetector is the detector of a signal.
type veloxDetector struct {
	key, name, kind string // "Detector-4", "HAADF", "ScanningDetector"
	entry           *nexuslims.Object
}

// The types of detectors.
const (
	scanningDetector   = "ScanningDetector"
	imagingDetector    = "ImagingDetector"
	analyticalDetector = "AnalyticalDetector"
)

func newVeloxDetector(key string, entry *nexuslims.Object) veloxDetector {
	return veloxDetector{key, textAt(entry, "DetectorName"), textAt(entry, "DetectorType"), entry}
}

// detectorOf finds the detector that a signal names: by number, by name, and, as X-ray
// detectors of several segments are named by what these have in common, by the beginning of
// the name of one that has a calibration.
func detectorOf(meta *nexuslims.Object) veloxDetector {
	list := meta.Group("Detectors")
	if i := textAt(meta, "BinaryResult", "DetectorIndex"); i != "" {
		if entry := list.Group("Detector-" + i); entry != nil {
			return newVeloxDetector("Detector-"+i, entry)
		}
	}
	name := textAt(meta, "BinaryResult", "Detector")
	if name == "" {
		return veloxDetector{}
	}
	var found veloxDetector
	for key := range list.All() {
		d := newVeloxDetector(key, list.Group(key))
		switch {
		case d.name == name:
			return d
		case found.entry == nil && strings.HasPrefix(d.name, name) && d.entry.Has("Dispersion"):
			found = d
		}
	}
	return found
}

// isSegmented reports whether a signal without number of a detector names several segments
// of an X-ray detector: it is a map of an element.
func isSegmented(meta *nexuslims.Object) bool {
	name := textAt(meta, "BinaryResult", "Detector")
	if name == "" || textAt(meta, "BinaryResult", "DetectorIndex") != "" {
		return false
	}
	list := meta.Group("Detectors")
	return slices.ContainsFunc(list.Keys(), func(key string) bool {
		d := newVeloxDetector(key, list.Group(key))
		return d.kind == analyticalDetector && strings.HasPrefix(d.name, name)
	})
}
