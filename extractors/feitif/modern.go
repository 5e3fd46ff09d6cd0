package feitif

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// modernField is an element of <Metadata>, all of whose numbers are in SI units.
type modernField struct {
	path, unit string
	name       []string
}

func modernFields() []modernField {
	one := func(path, unit string, name ...string) modernField { return modernField{path, unit, name} }
	return []modernField{
		one("Optics.AccelerationVoltage", "volt", "acceleration_voltage"),
		one("Optics.BeamCurrent", "ampere", "beam_current"),
		one("Optics.EmissionCurrent", "ampere", "emission_current"),
		one("Optics.WorkingDistance", "meter", "working_distance"),
		one("Optics.EucentricWorkingDistance", "meter", "Eucentric WD"),
		one("Optics.Apertures.Aperture.Diameter", "meter", "Aperture Diameter"),
		one("Optics.ScanFieldOfView.X", "meter", "horizontal_field_width"),
		one("Optics.ScanFieldOfView.Y", "meter", "vertical_field_width"),
		one("Optics.BeamShift.X", "", "Beam Shift X"),
		one("Optics.BeamShift.Y", "", "Beam Shift Y"),
		one("Optics.GunTiltRaw.X", "", "Beam Tilt X"),
		one("Optics.GunTiltRaw.Y", "", "Beam Tilt Y"),
		one("Optics.StigmatorRaw.X", "", "Stigmator X Value"),
		one("Optics.StigmatorRaw.Y", "", "Stigmator Y Value"),
		one("Optics.OpticalMode", text, "Lens Mode"),
		one("Optics.CameraLength", "meter", "camera_length"),
		one("Optics.NominalMagnification", "", "magnification"),
		one("StageSettings.StagePosition.X", "meter", "stage_position", "x"),
		one("StageSettings.StagePosition.Y", "meter", "stage_position", "y"),
		one("StageSettings.StagePosition.Z", "meter", "stage_position", "z"),
		one("StageSettings.StagePosition.Rotation", "radian", "stage_position", "rotation"),
		one("StageSettings.StagePosition.Tilt.Alpha", "radian", "stage_position", "tilt_alpha"),
		one("StageSettings.StagePosition.Tilt.Beta", "radian", "stage_position", "tilt_beta"),
		one("ScanSettings.DwellTime", "second", "dwell_time"),
		one("ScanSettings.LineTime", "second", "Line Time"),
		one("ScanSettings.FrameTime", "second", "Total Frame Time"),
		one("ScanSettings.LineIntegrationCount", "", "Line Integration"),
		one("ScanSettings.LineInterlacing", "", "Scan Interlacing"),
		one("ScanSettings.ScanRotation", "radian", "scan_rotation"),
		one("VacuumProperties.SamplePressure", "pascal", "Chamber Pressure"),
		one("VacuumProperties.ElectronColumnPressure", "pascal", "Electron Column Pressure"),
		one("VacuumProperties.ElectronChamberPressure", "pascal", "Electron Chamber Pressure"),
		one("VacuumProperties.IonColumnPressure", "pascal", "Ion Column Pressure"),
		one("VacuumProperties.IonChamberPressure", "pascal", "Ion Chamber Pressure"),
		one("Instrument.InstrumentClass", text, "System Type"),
		one("Instrument.InstrumentID", text, "Device Number"),
		one("Instrument.ControlSoftwareVersion", text, "Software Version"),
		one("Acquisition.ColumnType", text, "Column Type"),
		one("BinaryResult.Gamma", "", "Digital Gamma"),
	}
}

// modern maps the XML of newer systems.
func (b *builder) modern() {
	x := b.c.XML
	for _, f := range modernFields() {
		if b.active.kind == camera && f.name[0] == "working_distance" {
			continue
		}
		value, from := x.ValueAt(f.path), b.element(f.path)
		if f.unit == text {
			b.putText(value, from, f.name...)
		} else {
			b.put(value, f.unit, from, f.name...)
		}
	}
	source := "Electron Source"
	if b.active.kind == ions {
		source = "Ion Source"
	}
	b.putText(x.ValueAt("Acquisition.SourceType"), b.element("Acquisition.SourceType"), source)
	b.modernDetector()
	b.modernFrames()
	b.operator(x.ValueAt("Core.UserID"), b.element("Core.UserID"))
	b.moments = append(b.moments, moment{
		x.ValueAt("Acquisition.AcquisitionDatetime"), b.element("Acquisition.AcquisitionDatetime"),
	})
	b.pixelSizeOfXML()
}

// element names an element for explanations.
func (b *builder) element(path string) string { return path + " in " + b.c.XMLFrom }

// modernDetector maps the detector that made the picture: the one that the sections name,
// else the first.
func (b *builder) modernDetector() {
	var d *Node
	if list := b.c.XML.Child("Detectors"); list != nil {
		for _, n := range list.Children {
			if n.ValueAt("DetectorName") == "" {
				continue
			}
			if d == nil || n.ValueAt("DetectorName") == b.Meta.Text("detector_type") {
				d = n
			}
		}
	}
	if d == nil {
		return
	}
	path := "Detectors." + d.Name + "."
	b.putText(d.ValueAt("DetectorName"), b.element(path+"DetectorName"), "detector_type")
	b.putText(d.ValueAt("Signal"), b.element(path+"Signal"), "Detector Signal")
	for _, f := range []struct{ key, unit, name string }{
		{"ContrastNormalized", "", "Detector Contrast Setting"},
		{"BrightnessNormalized", "", "Detector Brightness Setting"},
		{"Gain", "", "Detector Contrast (DB)"},
		{"Offset", "", "Detector Brightness (DB)"},
		{"GridVoltage", "volt", "Detector Grid Voltage"},
	} {
		b.put(d.ValueAt(f.key), f.unit, b.element(path+f.key), f.name)
	}
}

func (b *builder) modernFrames() {
	const path = "BinaryResult.FilterFrameCount"
	n, ok := extractors.ParseNumber(b.c.XML.ValueAt(path))
	if i, whole := n.(nexuslims.Int); !ok || !whole || i < 2 {
		return
	}
	if strings.EqualFold(b.c.XML.ValueAt("BinaryResult.FilterType"), "Integrate") {
		b.put(b.c.XML.ValueAt(path), "", b.element(path), "Frames Integrated")
	} else {
		b.put(b.c.XML.ValueAt(path), "", b.element(path), "Frame Average")
	}
}

// classifyModern tells the kind of picture of a file whose sections name no beam, or that
// has none.
func (b *builder) classifyModern() {
	x := b.c.XML
	beam, why := x.ValueAt("Acquisition.BeamType"), b.element("Acquisition.BeamType")
	switch {
	case strings.HasPrefix(strings.ToLower(beam), "ion"):
		b.active.kind = ions
	case beam != "" && !strings.HasPrefix(strings.ToLower(beam), "electron"):
		b.active.kind = camera
	case isTransmission(x):
		b.classifyTransmission()
		return
	}
	b.Classify(nexuslims.Image, b.active.dataType(), why)
}

// isTransmission recognises transmission microscopes, whose optics have a projector.
func isTransmission(x *Node) bool {
	class := strings.ToLower(x.ValueAt("Instrument.InstrumentClass"))
	for _, name := range []string{"titan", "talos", "tecnai", "themis", "spectra", "krios", "glacios", "osiris"} {
		if strings.Contains(class, name) {
			return true
		}
	}
	return x.ValueAt("Optics.ProjectorMode") != ""
}

// classifyTransmission goes by the modes of the optics: words, or the numbers that Velox
// writes (operating mode 2: scanning; projector mode 1: diffraction).
func (b *builder) classifyTransmission() {
	is := func(path, word, number string) bool {
		v := strings.ToLower(b.c.XML.ValueAt(path))
		return v == number || strings.Contains(v, word)
	}
	switch why := b.element("Optics"); {
	case is("Optics.OperatingMode", "stem", "2"):
		b.Classify(nexuslims.Image, "STEM_Imaging", why)
	case is("Optics.ProjectorMode", "diffraction", "1"):
		b.Classify(nexuslims.Diffraction, "TEM_Diffraction", why)
	default:
		b.Classify(nexuslims.Image, "TEM_Imaging", why)
	}
}
