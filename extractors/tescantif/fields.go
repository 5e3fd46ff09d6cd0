package tescantif

// The kinds of a field that are no units.
const (
	text   = "text"   // no number, even where it looks like one
	number = "number" // a number without unit
)

// field is one setting and its place in the metadata.
type field struct {
	key   string
	unit  string   // of the number in the file, or one of the kinds
	shown string   // unit in which it is shown; empty: that of the file
	name  string   // to be shown, and where a value goes that the schema does not take
	core  []string // field of the schema
}

// mainFields are the settings of the picture.
var mainFields = []field{
	{"AccFrames", number, "", "Accumulated Frames", nil},
	{"ImageStripSize", number, "", "Image Strip Size", nil},
	{"MagnificationReference", number, "", "Magnification Reference", nil},
	{"ViewFieldsCountX", number, "", "View Fields Count X", nil},
	{"ViewFieldsCountY", number, "", "View Fields Count Y", nil},
	{"AccType", text, "", "Accumulation Type", nil},
	{"Company", text, "", "Company", nil},
	{"Description", text, "", "Description", nil},
	{"Note", text, "", "Note", nil},
	{"Device", text, "", "Device", nil},
	{"DeviceModel", text, "", "Device Model", nil},
	{"FullUserName", text, "", "Full User Name", nil},
	{"SerialNumber", text, "", "Serial Number", nil},
	{"Sign", text, "", "Sign", nil},
	{"SoftwareVersion", text, "", "Software Version", nil},
	{"UserName", text, "", "User Name", nil},
	{"Date", text, "", "Acquisition Date", nil},
	{"Time", text, "", "Acquisition Time", nil},
	{"OrigFileName", text, "", "Original Filename", nil},
	{"Magnification", number, "", "Indicated Magnification", []string{"magnification"}},
	{"PixelSizeX", "meter", "nanometer", "Pixel Size X", []string{"pixel_width"}},
	{"PixelSizeY", "meter", "nanometer", "Pixel Size Y", []string{"pixel_height"}},
	{"PixelSizeZ", "meter", "nanometer", "Pixel Size Z", nil},
}

// columnFields are the settings of a column, of electrons or ions.
var columnFields = []field{
	{"HV", "volt", "kilovolt", "HV Voltage", []string{"acceleration_voltage"}},
	{"AcceleratorVoltage", "volt", "kilovolt", "Accelerator Voltage", nil},
	{"ApertureDiameter", "meter", "micrometer", "Aperture Diameter", nil},
	{"ApertureOptimization", number, "", "Aperture Optimization", nil},
	{"BeamCurrent", "ampere", "picoampere", "Column Beam Current", []string{"beam_current"}},
	{"ChamberPressure", "pascal", "millipascal", "Chamber Pressure", nil},
	{"CrossFree", number, "", "Cross Free", nil},
	{"CrossSectionShiftX", "meter", "micrometer", "Cross Section Shift X", nil},
	{"CrossSectionShiftY", "meter", "micrometer", "Cross Section Shift Y", nil},
	{"DepthOfFocus", "meter", "micrometer", "Depth of Focus", nil},
	{"Detector", text, "", "Detector Name", []string{"detector_type"}},
	{"DwellTime", "second", "microsecond", "Dwell Time", []string{"dwell_time"}},
	{"EmissionCurrent", "ampere", "microampere", "Column Emission Current", []string{"emission_current"}},
	{"Gun", text, "", "Gun Type", nil},
	{"GunShiftX", number, "", "Gun Shift X", nil},
	{"GunShiftY", number, "", "Gun Shift Y", nil},
	{"GunTiltX", number, "", "Gun Tilt X", nil},
	{"GunTiltY", number, "", "Gun Tilt Y", nil},
	{"IMLCenteringX", number, "", "IML Centering X", nil},
	{"IMLCenteringY", number, "", "IML Centering Y", nil},
	{"ImageShiftX", "meter", "nanometer", "Image Shift X", nil},
	{"ImageShiftY", "meter", "nanometer", "Image Shift Y", nil},
	{"InjectedGas", text, "", "Injected Gas", nil},
	{"LUTGamma", number, "", "LUT Gamma", nil},
	{"LUTMaximum", number, "", "LUT Maximum", nil},
	{"LUTMinimum", number, "", "LUT Minimum", nil},
	{"MTDGrid", "volt", "kilovolt", "MTD Grid", nil},
	{"MTDScintillator", "volt", "kilovolt", "MTD Scintillator", nil},
	{"OBJCenteringX", number, "", "OBJ Centering X", nil},
	{"OBJCenteringY", number, "", "OBJ Centering Y", nil},
	{"OBJPreCenteringX", number, "", "OBJ Pre-Centering X", nil},
	{"OBJPreCenteringY", number, "", "OBJ Pre-Centering Y", nil},
	{"PotentialMode", text, "", "Potential Mode", nil},
	{"PredictedBeamCurrent", "ampere", "picoampere", "Predicted Beam Current", nil},
	{"PrimaryDetectorGain", number, "", "Primary Detector Gain", nil},
	{"PrimaryDetectorOffset", number, "", "Primary Detector Offset", nil},
	{"SampleVoltage", "volt", "volt", "Sample Voltage", nil},
	{"ScanID", number, "", "Scan ID", nil},
	{"ScanMode", text, "", "Scan Mode", nil},
	{"ScanRotation", "degree", "degree", "Scan Rotation Setting", []string{"scan_rotation"}},
	{"ScanSpeed", number, "", "Scan Speed", nil},
	{"SessionID", text, "", "Session ID", nil},
	{"SpecimenCurrent", "ampere", "picoampere", "Specimen Current", nil},
	{"SpotSize", "meter", "nanometer", "Spot Size", nil},
	{"StageRotation", "degree", "degree", "Stage Rotation", []string{"stage_position", "rotation"}},
	{"StageTilt", "degree", "degree", "Stage Tilt", []string{"stage_position", "tilt_alpha"}},
	{"StageX", "meter", "meter", "Stage X", []string{"stage_position", "x"}},
	{"StageY", "meter", "meter", "Stage Y", []string{"stage_position", "y"}},
	{"StageZ", "meter", "meter", "Stage Z", []string{"stage_position", "z"}},
	{"StigmatorX", number, "", "Stigmator X Value", nil},
	{"StigmatorY", number, "", "Stigmator Y Value", nil},
	{"SymmetrizationVoltage", "volt", "kilovolt", "Symmetrization Voltage", nil},
	{"SyncMains", text, "", "Sync to Mains", nil},
	{"TiltCorrection", number, "", "Tilt Correction", nil},
	{"TubeVoltage", "volt", "kilovolt", "Tube Voltage", nil},
	{"VirtualObserverDistance", "meter", "millimeter", "Virtual Observer Distance", nil},
	{"WD", "meter", "millimeter", "WD", []string{"working_distance"}},
}

// detectorFields are those of each of several detectors, with its number behind "Detector".
var detectorFields = []field{
	{"", text, "", "", nil},
	{"FlatField", number, "", " Flat Field", nil},
	{"Gain", number, "", " Gain", nil},
	{"Offset", number, "", " Offset", nil},
}

// maxDetectors is how many detectors are looked for.
const maxDetectors = 8
