package emd

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The modes of the microscope.
const (
	modeTEM  = "TEM"
	modeSTEM = "STEM"
)

// setMode reads the mode of the microscope. Where that is not known, a detector of the scan
// or a map tells it.
func (r *veloxRecord) setMode(ofMap bool) {
	switch textAt(r.meta, "Optics", "OperatingMode") {
	case "1":
		r.mode = modeTEM
	case "2":
		r.mode = modeSTEM
	default:
		r.mode = modeTEM
		if ofMap || r.device.kind == scanningDetector {
			r.mode = modeSTEM
		}
	}
}

func (r *veloxRecord) classify(kind nexuslims.DatasetType, dataType, why string) {
	r.kind = kind
	r.Classify(kind, dataType, why)
}

// classifyImage finds out what an image shows: a transform, something computed, a map of an
// element, a diffraction pattern, or the specimen.
func (r *veloxRecord) classifyImage(half bool, p pitch) {
	r.derived = r.about.made
	if half {
		r.derived = "FFT"
	}
	from := r.from("BinaryResult.Detector")
	switch {
	case r.derived != "":
		r.classify(nexuslims.Image, r.mode+"_Imaging", "Operations, and the elements of the data")
	case isSegmented(r.meta):
		r.derived = "Element map"
		r.classify(nexuslims.Image, "STEM_EDS_Map", from)
	case r.isLossMap():
		r.derived = "Element map"
		r.classify(nexuslims.Image, "STEM_EELS_Map", from)
	case r.isPattern(p):
		kind := "TEM_Diffraction"
		if r.mode == modeSTEM && r.isStack() {
			kind = "STEM_Diffraction"
		}
		r.classify(nexuslims.Diffraction, kind, r.from("BinaryResult.PixelUnitX"))
	default:
		r.classify(nexuslims.Image, r.mode+"_Imaging", r.from("Optics.OperatingMode"))
	}
	r.PutText(r.derived, "Operations", "Derived")
}

func (r *veloxRecord) isStack() bool { return len(r.axes) > 2 }

// isPattern reports whether a camera image is a diffraction pattern. TemOperatingSubMode
// says nothing: it is BrightField in diffraction too.
func (r *veloxRecord) isPattern(p pitch) bool {
	if r.device.kind != imagingDetector {
		return false
	}
	diffracting := textAt(r.meta, "Optics", "ProjectorMode") == "1" && textAt(r.meta, "Optics", "OperatingMode") == "1"
	return p.isKnown() && p.reciprocal || diffracting
}

// isLossMap reports whether an image without detector belongs to an energy-loss map.
func (r *veloxRecord) isLossMap() bool {
	if len(r.v.members[veloxEELS]) == 0 || textAt(r.meta, "BinaryResult", "DetectorIndex") != "" {
		return false
	}
	return textAt(r.meta, "BinaryResult", "Detector") != "" && r.device.entry == nil
}

// veloxPitches reads the calibration of the two axes of an image, x and y. An angle or
// another unit leaves them without.
func veloxPitches(meta *nexuslims.Object) (x, y pitch) {
	return veloxPitch(meta, "width", "PixelUnitX", "x"), veloxPitch(meta, "height", "PixelUnitY", "y")
}

func veloxPitch(meta *nexuslims.Object, side, unit, offset string) pitch {
	result := meta.Group("BinaryResult")
	var p pitch
	switch strings.ReplaceAll(textAt(result, unit), " ", "") {
	case "m":
	case "1/m":
		p.reciprocal = true
	default:
		return p
	}
	p.size, _ = numberAt(result, "PixelSize", side)
	p.offset, _ = numberAt(result, "Offset", offset)
	return p
}
