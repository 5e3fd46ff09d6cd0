package synth

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// FEI describes a picture of an FEI or Thermo Fisher SEM, FIB or navigation camera.
type FEI struct {
	Width, Height int    // of the scan
	Bar           int    // rows of the information bar below it
	Bits          int    // 8 or 16; 0: 8
	Beam          string // "EBeam", "IBeam" or "IRBeam"; empty: "EBeam"
	System        string // "Helios 5"
	Detector      string // "ETD"
	Operator      string
	UserText      string
	Pixel         float64 // size of a pixel in metres
	Voltage       float64
	Time          time.Time
	Seed          uint64
}

// DefaultFEI is an electron image of a dual-beam microscope.
func DefaultFEI(size int, seed uint64, at time.Time) FEI {
	return FEI{
		Width: size, Height: size * 2 / 3, Bar: size / 16, Beam: "EBeam", System: "Example DualBeam", Detector: "ETD",
		Operator: "Ada Example", UserText: "Au on carbon", Pixel: 2.5e-9, Voltage: 5000, Time: at, Seed: seed,
	}
}

// TIFF returns the picture with the settings in tag 34682 and further tags.
func (o FEI) TIFF(tags ...TIFFTag) ([]byte, error) {
	return o.File(TIFFOptions{}, append([]TIFFTag{{ID: 34682, Value: o.Settings()}}, tags...)...)
}

// File returns the picture with these tags alone.
func (o FEI) File(options TIFFOptions, tags ...TIFFTag) ([]byte, error) {
	p := Pixels(o.Width, o.Height, o.Seed)
	page := TIFFPage{Width: o.Width, Height: o.Height + o.Bar, Bits: 8, Data: p.Bytes(), RowsPerStrip: 1, Tags: tags}
	white := []byte{255}
	if o.Bits == 16 {
		page.Bits, page.Data, white = 16, p.Uint16(), []byte{255, 255}
	}
	for i := range o.Width * o.Bar { // black, with a white line on top
		if i < o.Width {
			page.Data = append(page.Data, white...)
		} else {
			page.Data = append(page.Data, make([]byte, len(white))...)
		}
	}
	return TIFFFile(options, page)
}

func (o FEI) beam() string {
	if o.Beam == "" {
		return "EBeam"
	}
	return o.Beam
}

// Settings returns the sections of tag 34682.
func (o FEI) Settings() string {
	w := &sectionWriter{}
	o.userSections(w)
	if o.beam() == "IRBeam" {
		o.cameraSections(w)
	} else {
		o.beamSections(w)
		o.scanSections(w)
	}
	o.imageSections(w)
	for unit := 1; unit <= 2; unit++ {
		w.section(fmt.Sprintf("MultiGISUnit%d", unit), "Port", fmt.Sprint(unit), "NozzleState", "Retracted")
		w.section("MultiGISGas1", "GasName", "Pt", "GasState", "Off")
	}
	return w.String()
}

func (o FEI) userSections(w *sectionWriter) {
	wide := utf16.Encode([]rune(o.UserText))
	text := make([]byte, 0, 2*len(wide))
	for _, u := range wide {
		text = binary.LittleEndian.AppendUint16(text, u)
	}
	w.section("User", "Date", o.Time.Format("01/02/2006"), "Time", o.Time.Format("03:04:05 PM"), "User", o.Operator,
		"UserText", o.UserText, "UserTextUnicode", strings.ToUpper(hex.EncodeToString(text)))
	w.section("System", "Type", "DualBeam", "Dnumber", "9900001", "Software", "20.1.0.7300", "BuildNr", "7300",
		"Source", "FEG", "Column", "Elstar", "FinalLens", "Elstar", "Chamber", "xT-SDB", "Stage", "110 x 110",
		"Pump", "TMP", "ESEM", "no", "Aperture", "AVA", "SystemType", o.System)
}

func (o FEI) cameraSections(w *sectionWriter) {
	width, height := o.field()
	w.section("Beam", "HV", "", "Spot", "", "ScanRotation", "0.1", "Beam", o.beam(), "Scan", "")
	w.section(o.beam(), "HFW", width, "VFW", height, "StageX", "-0.001", "StageY", "0.002", "WD", "-1.2e-005",
		"ScanRotation", "0.1")
}

// field is the field of view.
func (o FEI) field() (width, height string) {
	return feiNumber(o.Pixel * float64(o.Width)), feiNumber(o.Pixel * float64(o.Height))
}

func (o FEI) scan() string { return strings.TrimSuffix(o.beam(), "Beam") + "Scan" }

func (o FEI) beamSections(w *sectionWriter) {
	hv, source, column, flag := feiNumber(o.Voltage), "FEG", "Elstar", "no"
	if o.beam() == "IBeam" {
		source, column, flag = "Xenon", "Tomahawk", ""
	}
	width, height := o.field()
	w.section("Beam", "HV", hv, "Spot", "3.5", "StigmatorX", "0.01", "StigmatorY", "-0.02", "BeamShiftX", "0",
		"BeamShiftY", "0", "ScanRotation", "0.5", "ImageMode", "Normal", "Beam", o.beam(), "Scan", o.scan())
	w.section(o.beam(), "Source", source, "ColumnType", column, "FinalLens", column, "Aperture", "AVA",
		"ApertureDiameter", "3.2e-005", "HV", hv, "HFW", width, "VFW", height, "WD", "0.00403466",
		"BeamCurrent", "5e-011", "TiltCorrectionIsOn", flag, "DynamicFocusIsOn", flag, "ScanRotation", "0.5",
		"LensMode", "Field-Free", "UseCase", "Standard", "ImageMode", "Normal", "SourceTiltX", "0.1",
		"SourceTiltY", "-0.1", "StageX", "0.001", "StageY", "-0.002", "StageZ", "0.004", "StageR", "0.5",
		"StageTa", "0.0872665", "StageTb", "0", "StigmatorX", "0.01", "StigmatorY", "-0.02", "BeamShiftX", "0",
		"BeamShiftY", "0", "EucWD", "0.004", "EmissionCurrent", "0.00013465", "PreTilt", "", "BeamMode", "")
}

func (o FEI) scanSections(w *sectionWriter) {
	width, height := o.field()
	pixel := feiNumber(o.Pixel)
	w.section("Scan", "InternalScan", "true", "Dwelltime", "1e-006", "PixelWidth", pixel, "PixelHeight", pixel,
		"HorFieldsize", width, "VerFieldsize", height, "FrameTime", "1.59539")
	w.section(o.scan(), "Scan", "PIA 3.0", "InternalScan", "true", "Dwell", "1e-006", "PixelWidth", pixel,
		"PixelHeight", pixel, "HorFieldsize", width, "VerFieldsize", height, "FrameTime", "1.59539",
		"LineTime", "0.001558", "Mainslock", "On", "LineIntegration", "1", "ScanInterlacing", "1")
}

func (o FEI) imageSections(w *sectionWriter) {
	w.section("Stage", "StageX", "0.001", "StageY", "-0.002", "StageZ", "0.004", "StageR", "0.5",
		"StageT", "0.0872665", "StageTb", "0", "StageRawX", "0.0011", "StageRawY", "-0.0022", "SpecTilt", "",
		"WorkingDistance", "0.004")
	w.section("Image", "DigitalContrast", "1", "DigitalBrightness", "0", "DigitalGamma", "1.5", "Average", "0",
		"Integrate", "4", "ResolutionX", fmt.Sprint(o.Width), "ResolutionY", fmt.Sprint(o.Height),
		"DriftCorrected", "On", "ZoomFactor", "1.0", "PostProcessing", "None")
	w.section("Vacuum", "ChPressure", "0.000584097", "Gas", "", "UserMode", "High vacuum", "Humidity", "")
	w.section("Specimen", "Temperature", "", "SpecimenCurrent", "3.41e-013")
	w.section("Detectors", "Number", "1", "Name", o.Detector, "Mode", "SE")
	w.section(o.Detector, "Contrast", "47.9156", "Brightness", "37.027", "Mix", "100", "Signal", "SE",
		"Grid", "250", "MinimumDwellTime", "1e-007")
	w.section("EBeamDeceleration", "ModeOn", "Off", "LandingEnergy", feiNumber(o.Voltage), "ImmersionRatio", "1",
		"StageBias", "0")
	w.section("PrivateFei", "BitShift", "0", "TimeOfCreation", o.Time.Format("02.01.2006 15:04:05"),
		"DatabarHeight", fmt.Sprint(o.Bar))
}

// XML returns the newer form of the settings, for tag 34683.
func (o FEI) XML() string {
	kind := "Electron"
	if o.beam() == "IBeam" {
		kind = "Ion"
	}
	const form = `<?xml version="1.0"?>
<Metadata xmlns:nil="http://schemas.fei.com/Metadata/v1/2013/07">
  <Core><UserID>%s</UserID><ApplicationSoftware>xT</ApplicationSoftware></Core>
  <Instrument><ControlSoftwareVersion>20.1.0.7300</ControlSoftwareVersion><Manufacturer>FEI Company</Manufacturer>
    <InstrumentClass>%s</InstrumentClass><InstrumentID>9900001</InstrumentID></Instrument>
  <Acquisition><AcquisitionDatetime>%s</AcquisitionDatetime><BeamType>%s</BeamType>
    <ColumnType>Elstar</ColumnType><SourceType>FEG</SourceType></Acquisition>
  <Optics><AccelerationVoltage>%s</AccelerationVoltage><BeamCurrent>5E-11</BeamCurrent>
    <ScanFieldOfView><X>%s</X><Y>%s</Y></ScanFieldOfView><WorkingDistance>0.00403466</WorkingDistance></Optics>
  <StageSettings><StagePosition><X>0.001</X><Y>-0.002</Y><Z>0.004</Z><Rotation>0.5</Rotation>
    <Tilt><Alpha>0.0872665</Alpha><Beta>0</Beta></Tilt></StagePosition></StageSettings>
  <ScanSettings><DwellTime>1E-06</DwellTime><FrameTime>1.59539</FrameTime>
    <ScanRotation>0.5</ScanRotation></ScanSettings>
  <VacuumProperties><SamplePressure>0.000584097</SamplePressure></VacuumProperties>
  <Detectors><ScanningDetector><DetectorName>%s</DetectorName><Signal>SE</Signal></ScanningDetector></Detectors>
  <GasInjectionSystems><Gis><PortName>Port1</PortName></Gis><Gis><PortName>Port2</PortName></Gis></GasInjectionSystems>
  <BinaryResult><ImageSize><X>%d</X><Y>%d</Y></ImageSize><FilterType>Integrate</FilterType>
    <FilterFrameCount>4</FilterFrameCount><PixelSize><X unit="m">%s</X><Y unit="m">%s</Y></PixelSize></BinaryResult>
</Metadata>`
	width, height := o.field()
	return fmt.Sprintf(form, o.Operator, o.System, o.Time.Format("2006-01-02T15:04:05"), kind, feiNumber(o.Voltage),
		width, height, o.Detector, o.Width, o.Height, feiNumber(o.Pixel), feiNumber(o.Pixel))
}

// FEILabel is a line of the list that TIA writes.
type FEILabel struct{ Label, Value, Unit string }

// FEILabels returns the list as the text of tag 34682.
func FEILabels(labels ...FEILabel) string {
	var b strings.Builder
	b.WriteString("<Root>")
	for _, l := range labels {
		fmt.Fprintf(&b, "<Data><Label>%s</Label><Value>%s</Value><Unit>%s</Unit></Data>", l.Label, l.Value, l.Unit)
	}
	return b.String() + "</Root>"
}

// FEICalibration returns TIA's tags of a pixel size, in metres or reciprocal metres.
func FEICalibration(size float64) []TIFFTag {
	per := [][2]uint32{{uint32(1 / (100 * size)), 1}}
	return []TIFFTag{{ID: 65450, Value: per}, {ID: 65451, Value: per}, {ID: 65452, Value: []uint16{3}}}
}

// sectionWriter writes sections of key=value lines.
type sectionWriter struct{ strings.Builder }

func (w *sectionWriter) section(name string, pairs ...string) {
	fmt.Fprintf(w, "[%s]\r\n", name)
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(w, "%s=%s\r\n", pairs[i], pairs[i+1])
	}
	fmt.Fprint(w, "\r\n")
}

// feiNumber writes a number the way of the microscope's software.
func feiNumber(v float64) string { return fmt.Sprintf("%g", v) }
