package emd

import (
	"math"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Meanings of the codes of the microscope. That of ProbeMode is inferred.
var (
	operatingModes = map[string]string{"1": modeTEM, "2": modeSTEM}
	projectorModes = map[string]string{"1": "Diffraction", "2": "Imaging"}
	probeModes     = map[string]string{"1": "Nanoprobe", "2": "Microprobe"}
)

// isComputed reports whether an image is the transform of another one, which has neither
// pixel size nor magnification.
func (r *veloxRecord) isTransform() bool { return r.derived == "FFT" }

// common writes what signals of every type have.
func (r *veloxRecord) common() {
	r.PutText(r.title(), "displays, operations or "+r.from("BinaryResult.Detector"), "Signal Name")
	r.timestamp()
	r.microscope()
	r.optics()
	r.apertures()
	r.stage()
	if p := []string{"Sample", "SampleDescription"}; textAt(r.meta, p...) != "" {
		r.text(p, "Specimen")
	} else {
		r.text([]string{"Sample", "SampleId"}, "Specimen")
	}
	r.PutText(textAt(r.v.info, "applicationVersion"), "Info: applicationVersion", "Velox Version")
	r.scan()
}

// title is the name of the signal.
func (r *veloxRecord) title() string {
	for _, name := range []string{r.about.name, textAt(r.meta, "BinaryResult", "Detector"), r.device.name} {
		if name != "" {
			return name
		}
	}
	return ""
}

func (r *veloxRecord) microscope() {
	class, model := textAt(r.meta, "Instrument", "InstrumentClass"), textAt(r.meta, "Instrument", "InstrumentModel")
	if class == model {
		model = ""
	}
	r.PutText(strings.TrimSpace(class+" "+model), r.from("Instrument.InstrumentClass, InstrumentModel"), "Microscope")
	r.text([]string{"Instrument", "InstrumentId"}, "Microscope ID")
}

func (r *veloxRecord) optics() {
	r.positive([]string{"Optics", "AccelerationVoltage"}, "volt", "kilovolt", "acceleration_voltage")
	r.magnification()
	if textAt(r.meta, "Optics", "ProjectorMode") == "1" {
		name := r.fieldOr("camera_length", "STEM Camera Length")
		r.positive([]string{"Optics", "CameraLength"}, "meter", "millimeter", name)
	}
	if textAt(r.meta, "Optics", "OperatingMode") == "2" {
		name := r.fieldOr("convergence_angle", "Convergence Angle")
		r.positive([]string{"Optics", "BeamConvergence"}, "radian", "milliradian", name)
	}
	r.positive([]string{"Optics", "LastMeasuredScreenCurrent"}, "ampere", "picoampere", "Screen Current")
	r.measure([]string{"Optics", "Defocus"}, "meter", "micrometer", "Defocus")
	r.positive([]string{"Optics", "ExtractorVoltage"}, "volt", "volt", "Extraction Voltage")
	r.number([]string{"Optics", "GunLensSetting"}, false, "Gun Lens")
	r.number([]string{"Optics", "SpotIndex"}, true, "Spot Size")
	r.choice([]string{"Optics", "OperatingMode"}, operatingModes, "Operation Mode")
	r.choice([]string{"Optics", "ProjectorMode"}, projectorModes, "Projector Mode")
	r.choice([]string{"Optics", "ProbeMode"}, probeModes, "Probe Mode")
	r.text([]string{"Optics", "IlluminationMode"}, "Illumination Mode")
	r.text([]string{"Optics", "ObjectiveLensMode"}, "Objective Lens Mode")
}

// magnification writes the magnification of the mode. A camera stores 0 for that of the
// scan, which is none.
func (r *veloxRecord) magnification() {
	if r.isTransform() {
		return
	}
	path := []string{"Optics", "NominalMagnification"}
	if textAt(r.meta, "Optics", "OperatingMode") == "2" {
		path = custom("StemMagnification")
		if textAt(r.meta, "CustomProperties", "StemMagnification", "type") == "bool" {
			return // a placeholder
		}
	} else if textAt(r.meta, "Optics", "OperatingMode") != "1" {
		return
	}
	r.number(path, false, r.fieldOr("magnification", "Indicated Magnification"))
}

func (r *veloxRecord) apertures() {
	list := r.meta.Group("Optics", "Apertures")
	for key := range list.All() {
		a := list.Group(key)
		name, n := textAt(a, "Name"), 0.0
		var ok bool
		if n, ok = numberAt(a, "Diameter"); !ok || n <= 0 || name == "" || textAt(a, "Type") == "None" {
			continue
		}
		r.quantity(n, "meter", "micrometer", r.from("Optics.Apertures", key, "Diameter"), name+" Aperture")
	}
}

func (r *veloxRecord) stage() {
	const stage = "stage_position"
	for _, c := range []struct{ name, shown string }{{"x", "micrometer"}, {"y", "micrometer"}, {"z", "millimeter"}} {
		r.measure([]string{"Stage", "Position", c.name}, "meter", c.shown, stage, c.name)
	}
	r.measure([]string{"Stage", "AlphaTilt"}, "radian", "degree", stage, "tilt_alpha")
	r.measure([]string{"Stage", "BetaTilt"}, "radian", "degree", stage, "tilt_beta")
	r.text([]string{"Stage", "HolderType"}, "Holder")
}

// scan writes the times of the scan.
func (r *veloxRecord) scan() {
	if r.isTransform() {
		return
	}
	stem := r.mode == modeSTEM
	if stem || r.kind == nexuslims.Spectrum || r.kind == nexuslims.SpectrumImage {
		r.positive([]string{"Scan", "DwellTime"}, "second", "microsecond", "dwell_time")
	}
	if stem {
		r.positive([]string{"Scan", "FrameTime"}, "second", "second", "Frame Time")
		r.measure([]string{"Scan", "ScanRotation"}, "radian", "degree", "scan_rotation")
	}
}

// imaging writes the size of pixels and what the detector of an image says of itself.
func (r *veloxRecord) imaging(x, y pitch) {
	r.fields(x, y)
	switch d := r.device; d.kind {
	case imagingDetector:
		r.text([]string{"BinaryResult", "Detector"}, "acquisition_device")
		r.ofDetector("ExposureTime", "second", "second", "Exposure Time")
		r.number([]string{"Detectors", d.key, "Binning", "width"}, true, "Binning (Horizontal)")
		r.number([]string{"Detectors", d.key, "Binning", "height"}, true, "Binning (Vertical)")
	case scanningDetector:
		if r.about.detector != "" {
			r.PutText(r.about.detector, "Operations/StemInputOperation: detector", "detector_type")
		} else {
			r.text([]string{"BinaryResult", "Detector"}, "detector_type")
		}
		angles := []string{"Detectors", d.key, "CollectionAngleRange"}
		if end, ok := numberAt(r.meta, append(angles, "end")...); ok && end > 0 {
			r.measure(append(angles, "begin"), "radian", "milliradian", "Collection Angle (inner)")
			r.measure(append(angles, "end"), "radian", "milliradian", "Collection Angle (outer)")
		}
	}
}

// ofDetector puts a positive number of the signal's detector.
func (r *veloxRecord) ofDetector(name, unit, shown string, to ...string) bool {
	if r.device.entry == nil {
		return false
	}
	return r.positive([]string{"Detectors", r.device.key, name}, unit, shown, to...)
}

// fields writes the size of a pixel and of the whole field.
func (r *veloxRecord) fields(x, y pitch) {
	if r.isTransform() || len(r.axes) < 2 {
		return
	}
	w, h := r.extent()
	for _, side := range []struct {
		p                    pitch
		n                    int
		pixel, field, source string
	}{
		{x, w, "pixel_width", "horizontal_field_width", "width"},
		{y, h, "pixel_height", "vertical_field_width", "height"},
	} {
		from := r.from("BinaryResult.PixelSize", side.source)
		switch {
		case !side.p.isKnown():
		case side.p.reciprocal && side.source == "width":
			r.quantity(side.p.size, "1 / meter", "1 / nanometer", from, "Reciprocal Pixel Size")
		case !side.p.reciprocal:
			r.quantity(side.p.size, "meter", "nanometer", from, side.pixel)
			r.quantity(side.p.size*float64(side.n), "meter", "micrometer", from+" and the shape", side.field)
		}
	}
}

// extent returns the numbers of columns and rows of an image, or of the places of a map.
func (r *veloxRecord) extent() (width, height int) {
	n := len(r.axes)
	if r.kind == nexuslims.SpectrumImage {
		n--
	}
	if n < 2 {
		return r.axes[0].Size, 1
	}
	return r.axes[n-1].Size, r.axes[n-2].Size
}

// chosen writes the elements that the user chose.
func (r *veloxRecord) chosen(technique string) {
	if e := r.v.elements[technique]; len(e.symbols) > 0 {
		r.Put(e.symbols, e.from, "elements")
		r.Converted("atomic numbers to symbols")
	}
}

// timestamp writes when the data were acquired: the start, the frame of a camera, the end.
// Start and end are seconds since 1970, the frame is microseconds; zero is not known.
func (r *veloxRecord) timestamp() {
	for _, t := range []struct {
		path []string
		unit time.Duration
	}{
		{[]string{"Acquisition", "AcquisitionStartDatetime", "DateTime"}, time.Second},
		{custom("Detectors[" + r.device.name + "].TimeStamp"), time.Microsecond},
		{[]string{"Acquisition", "AcquisitionDatetime", "DateTime"}, time.Second},
	} {
		n, ok := numberAt(r.meta, t.path...)
		if micros := n * float64(t.unit/time.Microsecond); ok && micros > 0 && micros < math.MaxInt64/2 {
			at := time.UnixMicro(int64(micros))
			if at.Year() > 9999 {
				continue
			}
			r.PutText(nexuslims.Stamp(at.In(r.v.file.Zone())), r.from(t.path...), "Acquisition Timestamp")
			return
		}
	}
}
