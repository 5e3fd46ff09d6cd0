package feitif

// Parts of a file that [Beam] and [Detectors] name; other names are those of sections.
const (
	inBeam     = "<beam>"
	inScan     = "<scan>"
	inDetector = "<detector>"
)

// text is the unit of values that are no numbers, even where they look like one.
const text = "text"

// field is one setting and its place in the metadata.
type field struct {
	section, key string
	unit         string // "" for a plain number, or text
	name         string // of the schema, or to be shown
}

// fields are the settings with a place of their own. Where two have the same name, the first
// that is there counts.
func fields() []field {
	return slicesOf(beamFields(), scanFields(), detectorFields(), systemFields(), imageFields())
}

func slicesOf(lists ...[]field) []field {
	var all []field
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func beamFields() []field {
	return []field{
		{inBeam, "EmissionCurrent", "ampere", "emission_current"},
		{inBeam, "BeamCurrent", "ampere", "beam_current"},
		{inBeam, "HV", "volt", "acceleration_voltage"},
		{inBeam, "SourceTiltX", "", "Beam Tilt X"},
		{inBeam, "SourceTiltY", "", "Beam Tilt Y"},
		{inBeam, "StigmatorX", "", "Stigmator X Value"},
		{inBeam, "StigmatorY", "", "Stigmator Y Value"},
		{inBeam, "WD", "meter", "working_distance"},
		{inBeam, "EucWD", "meter", "Eucentric WD"},
		{inBeam, "ImageMode", text, "Image Mode"},
		{inBeam, "BeamShiftX", "", "Beam Shift X"},
		{inBeam, "BeamShiftY", "", "Beam Shift Y"},
		{inBeam, "BeamMode", text, "Beam Mode"},
		{inBeam, "PreTilt", "", "Pre-Tilt"},
		{inBeam, "ScanRotation", "radian", "scan_rotation"},
		{inBeam, "ApertureDiameter", "meter", "Aperture Diameter"},
		{inBeam, "LensMode", text, "Lens Mode"},
		{inBeam, "UseCase", text, "Use Case"},
		{"Beam", "Spot", "", "Spot Size"},
	}
}

func scanFields() []field {
	return []field{
		{inScan, "Dwell", "second", "dwell_time"},
		{"Scan", "Dwelltime", "second", "dwell_time"},
		{inScan, "FrameTime", "second", "Total Frame Time"},
		{inScan, "HorFieldsize", "meter", "horizontal_field_width"},
		{inScan, "VerFieldsize", "meter", "vertical_field_width"},
		{inBeam, "HFW", "meter", "horizontal_field_width"},
		{inBeam, "VFW", "meter", "vertical_field_width"},
		{inScan, "LineTime", "second", "Line Time"},
		{inScan, "LineIntegration", "", "Line Integration"},
		{inScan, "ScanInterlacing", "", "Scan Interlacing"},
		{inScan, "Mainslock", text, "Mainslock"},
	}
}

func detectorFields() []field {
	return []field{
		{inDetector, "Brightness", "", "Detector Brightness Setting"},
		{inDetector, "Contrast", "", "Detector Contrast Setting"},
		{inDetector, "EnhancedContrast", "", "Detector Enhanced Contrast Setting"},
		{inDetector, "Signal", text, "Detector Signal"},
		{inDetector, "Grid", "volt", "Detector Grid Voltage"},
		{inDetector, "BrightnessDB", "", "Detector Brightness (DB)"},
		{inDetector, "ContrastDB", "", "Detector Contrast (DB)"},
		{inDetector, "Mix", "", "Detector Mix (%)"},
		{inDetector, "MinimumDwellTime", "second", "Minimum Dwell Time"},
	}
}

func systemFields() []field {
	return []field{
		{"System", "Chamber", text, "Chamber ID"},
		{"System", "Pump", text, "Vacuum Pump"},
		{"System", "SystemType", text, "System Type"},
		{"System", "Stage", text, "Stage Description"},
		{"System", "Dnumber", text, "Device Number"},
		{"System", "ESEM", text, "ESEM Setting"},
		{"Specimen", "Temperature", "kelvin", "Specimen Temperature"},
		{"Vacuum", "Humidity", "percent", "Specimen Humidity"},
		{"Specimen", "Humidity", "percent", "Specimen Humidity"},
		{"Specimen", "SpecimenCurrent", "ampere", "Specimen Current"},
		{"User", "Date", text, "Acquisition Date"},
		{"User", "Time", text, "Acquisition Time"},
		{"Vacuum", "UserMode", text, "Vacuum Mode"},
		{"Vacuum", "Gas", text, "Vacuum Gas"},
	}
}

func imageFields() []field {
	return []field{
		{"Image", "MagnificationMode", "", "Magnification Mode"},
		{"Image", "DigitalContrast", "", "Digital Contrast"},
		{"Image", "DigitalBrightness", "", "Digital Brightness"},
		{"Image", "DigitalGamma", "", "Digital Gamma"},
		{"Image", "ZoomFactor", "", "Zoom Factor"},
		{"Image", "ZoomPanX", "", "Zoom Pan X"},
		{"Image", "ZoomPanY", "", "Zoom Pan Y"},
		{"Image", "Average", "", "Frame Average"},
		{"Image", "PostProcessing", text, "Post Processing"},
		{"Image", "MagCanvasRealWidth", "", "Magnification Canvas Real Width"},
		{"Image", "ScreenMagCanvasRealWidth", "", "Screen Magnification Canvas Real Width"},
		{"Image", "ScreenMagnificationMode", "", "Screen Magnification Mode"},
	}
}

// stageField is one coordinate of the stage.
type stageField struct{ key, unit, name string }

// stageFields are the axes as a beam section has them. FEI's R, alpha and beta are rotation
// and tilts, in radians.
func stageFields() []stageField {
	return []stageField{
		{"StageX", "meter", "x"},
		{"StageY", "meter", "y"},
		{"StageZ", "meter", "z"},
		{"StageR", "radian", "rotation"},
		{"StageTa", "radian", "tilt_alpha"},
		{"StageTb", "radian", "tilt_beta"},
	}
}

// plainStageFields are the same in [Stage], where alpha has another name.
func plainStageFields() []stageField {
	list := stageFields()
	list[4].key = "StageT"
	return list
}

// rawStageFields are the axes of the stage itself, which has no idea of the specimen.
func rawStageFields() []stageField {
	return []stageField{
		{"StageRawX", "meter", "X"},
		{"StageRawY", "meter", "Y"},
		{"StageRawZ", "meter", "Z"},
		{"StageRawR", "radian", "Rotation"},
		{"StageRawT", "radian", "Tilt Alpha"},
		{"StageRawTb", "radian", "Tilt Beta"},
	}
}
