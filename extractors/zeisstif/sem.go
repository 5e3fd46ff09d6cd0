package zeisstif

import (
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// semBeam are the settings that every beam has, under the names of the electron beam.
var semBeam = []field{
	core("AP_ACTUALKV", "", at("acceleration_voltage"), "EHT"),
	core("AP_WD", "", at("working_distance"), "WD"),
	core("AP_IPROBE", "", at("beam_current"), "I Probe"),
	core("AP_MAG", times, at("magnification"), "Mag"),
	core("AP_WIDTH", "", at("horizontal_field_width"), "Width"),
	core("AP_HEIGHT", "", at("vertical_field_width"), "Height"),

	in("AP_BEAM_CURRENT", number, "", "Total Beam Current"),
	in("AP_EXTCURRENT", number, "", "Extractor Current"),
	in("AP_ACTUALEXT", number, "", "Extractor Voltage"),
	in("AP_ACTUALSUPP", number, "", "Suppressor Voltage"),
	in("AP_ACTUALCURRENT", number, "", "Filament Current"),
	in("AP_ACTUALLENS", number, "", "Liner Tube Voltage"),
	in("AP_LANDING_ENERGY", number, "", "Landing Energy"),
	in("AP_SPOTSIZE", number, "", "Spot Size"),
	in("AP_APERTURESIZE", number, "", "Aperture Size"),
	in("DP_APERTURE", number, "", "Aperture Number"),
	in("AP_APERTURE_ALIGN_X", number, "", "Aperture Align X"),
	in("AP_APERTURE_ALIGN_Y", number, "", "Aperture Align Y"),
	in("AP_BEAMSHIFT_X", number, "", "Beam Shift X"),
	in("AP_BEAMSHIFT_Y", number, "", "Beam Shift Y"),
	in("AP_STIG_X", number, "", "Stigmator X Value"),
	in("AP_STIG_Y", number, "", "Stigmator Y Value"),
	in("DP_FILAMENT_TYPE", text, "", "Gun Type"),
	in("DP_COLUMN_MODE", text, "", "Column Mode"),
	in("DP_HIGH_CURRENT", text, "", "High Current"),
	in("DP_STAGE_BIAS_HIGH", text, "", "Beam Deceleration"),
	in("AP_STAGE_BIAS_VOLTAGE_HIGH", number, "", "Beam Deceleration Voltage"),
}

// semIons are the settings of the ion beam.
var semIons = []field{
	core("AP_FIB_EHT_ACTUAL", "", at("acceleration_voltage"), "FIB EHT"),
	core("AP_FIB_MAGNIFICATION", times, at("magnification"), "FIB Mag"),
	core("AP_FIB_SCAN_ROTATION", "", at("scan_rotation"), "FIB Scan Rot"),

	in("DP_FIB_COLUMN", text, "", "FIB Column"),
	in("DP_FIB_IMAGE_PROBE", text, "", "FIB Image Probe"),
	in("AP_FIB_EMISSION_CURRENT", number, "", "FIB Emission Current"),
	in("AP_FIB_EXT_ACTUAL", number, "", "FIB Extractor Voltage"),
	in("AP_FIB_SUPPRESSOR", number, "", "FIB Suppressor Voltage"),
	in("AP_FIB_CONDENSER_ACTUAL", number, "", "FIB Condenser Voltage"),
	in("AP_FIB_OBJECTIVE_ACTUAL", number, "", "FIB Objective Voltage"),
	in("AP_FIB_BEAM_SHIFT_X", number, "", "Beam Shift X"),
	in("AP_FIB_BEAM_SHIFT_Y", number, "", "Beam Shift Y"),
	in("AP_FIB_STIGMATOR_X", number, "", "Stigmator X Value"),
	in("AP_FIB_STIGMATOR_Y", number, "", "Stigmator Y Value"),
	in("AP_FIB_TILT_COMP", number, "", "FIB Tilt Compensation"),
	in("AP_FIB_GUN_PRESSURE", number, "", "FIB Gun Pressure"),
}

// semFields are the settings that do not depend on the beam.
var semFields = []field{
	core("DP_DWELL_TIME", "", at("dwell_time"), "Dwell Time"),
	core("AP_DWELL_TIME", "", at("dwell_time"), "Dwell Time"),
	core("AP_STAGE_AT_X", "", at("stage_position", "x"), "Stage X"),
	core("AP_STAGE_AT_Y", "", at("stage_position", "y"), "Stage Y"),
	core("AP_STAGE_AT_Z", "", at("stage_position", "z"), "Stage Z"),
	core("AP_STAGE_AT_R", "", at("stage_position", "rotation"), "Stage Rotation"),
	core("AP_STAGE_AT_T", "", at("stage_position", "tilt_alpha"), "Stage Tilt"),
	in("AP_STAGE_AT_M", number, "", "Stage M"),
	in("DP_SAMPLE_HOLDER", text, "", "Sample Holder"),
	in("AP_SCM", number, "", "Specimen Current"),

	in("DP_SCANRATE", number, "", "Scan Speed"),
	in("AP_LINE_TIME", number, "", "Line Time"),
	in("AP_FRAME_TIME", number, "", "Total Frame Time"),
	in("DP_NOISE_REDUCTION", text, "", "Noise Reduction"),
	in("AP_FRAME_AVERAGE_COUNT", number, "", "Frame Average"),
	in("AP_FRAME_INT_COUNT", number, "", "Frames Integrated"),
	in("AP_LINE_AVERAGE_COUNT", number, "", "Line Averaging"),
	in("AP_LINE_INT_COUNT", number, "", "Line Integration"),
	in("DP_IMAGE_STORE", text, "", "Store Resolution"),
	in("DP_TILT_CORRECTION", text, "", "Tilt Correction"),
	in("AP_TILT_ANGLE", number, "", "Tilt Correction Angle"),
	in("AP_TILT_AXIS", number, "", "Tilt Axis"),
	in("DP_DYNFOCUS", text, "", "Dynamic Focus"),

	in("DP_DETECTOR_TYPE", text, "", "detector_type"),
	in("DP_DETECTOR_CHANNEL", text, "", "Signal A"),
	in("DP_IMPLIED_DETECTOR", text, "", "Signal B"),
	in("DP_MIXING", text, "", "Signal Mixing"),
	in("AP_K1", number, "", "Signal A Fraction"),
	in("AP_K2", number, "", "Signal B Fraction"),
	in("AP_BRIGHTNESS", number, "", "Detector Brightness Setting"),
	in("AP_CONTRAST", number, "", "Detector Contrast Setting"),
	in("AP_COLLECTOR_BIAS", number, "", "Collector Bias"),
	in("AP_ESB_GRID_IS", number, "", "ESB Grid"),
	in("AP_ESB_GRID", number, "", "ESB Grid"),
	in("DP_ION_DETECTOR_MODE", text, "", "SESI Mode"),
	in("DP_4QBSD_GAIN", text, "", "BSD Gain"),

	in("AP_CHAMBER_PRESSURE", number, "", "Chamber Pressure"),
	in("AP_COLUMN_VAC", number, "", "Gun Vacuum"),
	in("AP_SYSTEM_VAC", number, "", "System Vacuum"),
	in("DP_VAC_MODE", text, "", "Vacuum Mode"),

	in("DP_SEM", text, "", "Microscope"),
	in("DP_COLUMN_TYPE", text, "", "Column Type"),
	in("DP_FINAL_LENS", text, "", "Final Lens"),
	in("SV_SERIAL_NUMBER", text, "", "Serial Number"),
	in("SV_VERSION", text, "", "Software Version"),
	in("SV_USER_NAME", text, "", "User Name"),
	in("SV_USER_TEXT", text, "", "User Text"),
	in("SV_SAMPLE_ID", text, "", "Sample ID"),
	in("SV_FILE_NAME", text, "", "Original Filename"),
	in("AP_PHOTO_NUMBER", number, "", "Photo Number"),
	in("AP_DATE", text, "", "Acquisition Date"),
	in("AP_TIME", text, "", "Acquisition Time"),
}

// smartSEM describes a page of SmartSEM.
func (b *builder) smartSEM() {
	s := b.page.sem
	ions := b.classifySEM()
	tables := [][]field{semBeam, semFields}
	if ions {
		tables[0] = semIons
		b.ionCurrent()
	}
	for _, table := range tables {
		for _, f := range table {
			if path := f.path; b.Meta.At(path...) == nil {
				b.put(measure(s.value(f.source)), "", f, b.semSource(f.source))
			}
		}
	}
	if b.Meta.Get("detector_type") == nil {
		b.PutText(s.value("DP_DETECTOR_CHANNEL"), b.semSource("DP_DETECTOR_CHANNEL"), "detector_type")
	}
	b.putOperator(s.value("SV_OPERATOR"), b.semSource("SV_OPERATOR"))
	b.putOperator(s.value("SV_USER_NAME"), b.semSource("SV_USER_NAME"))
	if !ions {
		b.scanRotation()
		b.semHeader()
	}
	b.semPixelSize(ions)
	b.semStored()
	b.moments = append(b.moments, moment{s.value("AP_DATE") + " " + s.value("AP_TIME"), b.semSource("AP_DATE and AP_TIME")})
}

func (b *builder) semSource(name string) string {
	return name + " in tag " + strconv.Itoa(b.page.sem.tag)
}

// classifySEM tells the beams of the microscope apart, and reports whether it was that
// of ions.
func (b *builder) classifySEM() bool {
	s := b.page.sem
	if beam := strings.ToUpper(s.value("DP_FIB_IMAGING")); strings.HasPrefix(beam, "FIB") || strings.HasPrefix(beam, "ION") {
		b.Classify(nexuslims.Image, "FIB_Imaging", b.semSource("DP_FIB_IMAGING"))
		return true
	}
	for _, name := range []string{"DP_SEM", "DP_COLUMN_TYPE"} {
		if v := strings.ToUpper(s.value(name)); strings.Contains(v, "ORION") || strings.Contains(v, "NANOFAB") {
			b.Classify(nexuslims.Image, "HIM_Imaging", b.semSource(name))
			return false
		}
	}
	b.Classify(nexuslims.Image, "SEM_Imaging", "the settings of SmartSEM")
	return false
}

// ionCurrent takes what is measured, or else what the name of the probe says, "30kV:50pA".
func (b *builder) ionCurrent() {
	for _, f := range []field{
		core("AP_FIB_PROBE_CURRENT_ACTUAL", "", at("beam_current"), "FIB Probe Current"),
		core("AP_FIB_WORKING_DISTANCE", "", at("working_distance"), "FIB Working Distance"),
	} {
		m := measure(b.page.sem.value(f.source))
		if n, _ := nexuslims.Number(m.number); n > 0 { // zero: not measured
			b.put(m, "", f, b.semSource(f.source))
		}
	}
	if _, current, ok := strings.Cut(b.page.sem.value("DP_FIB_IMAGE_PROBE"), ":"); ok && !b.Meta.Has("beam_current") {
		f := core("DP_FIB_IMAGE_PROBE", "", at("beam_current"), "FIB Probe Current")
		b.put(measure(current), "", f, b.semSource(f.source))
	}
}

// scanRotation tells the rotation that the picture has: the setting counts only while the
// rotation is switched on.
func (b *builder) scanRotation() {
	s := b.page.sem
	m := measure(s.value("AP_SCANROTATION"))
	if off := s.value("DP_SCAN_ROT"); strings.EqualFold(off, "off") || strings.EqualFold(off, "no") {
		if n, _ := nexuslims.Number(m.number); n != 0 {
			b.put(m, "", in("AP_SCANROTATION", number, "", "Scan Rotation Setting"), b.semSource("AP_SCANROTATION"))
		}
		b.PutQuantity(nexuslims.Float(0), "degree", b.semSource("DP_SCAN_ROT"), "scan_rotation")
		b.Converted("switched off")
		return
	}
	b.put(m, "", core("AP_SCANROTATION", "", at("scan_rotation"), "Scan Rotation Setting"), b.semSource("AP_SCANROTATION"))
}

// semHeader takes from the numbers at the beginning what is not there by name.
func (b *builder) semHeader() {
	s := b.page.sem
	from := b.semSource("the numbers at the beginning")
	for _, f := range []struct {
		at         int
		unit, name string
	}{
		{semVoltage, "volt", "acceleration_voltage"},
		{semMagnification, "", "magnification"},
		{semCurrent, "ampere", "beam_current"},
		{semDistance, "meter", "working_distance"},
	} {
		n := s.number(f.at)
		switch {
		case n <= 0 || b.Meta.Has(f.name) || f.unit == "ampere" && n > 1e-3:
		case f.unit == "":
			b.Put(nexuslims.Float(n), from, f.name)
		default:
			b.PutQuantity(nexuslims.Float(n), f.unit, from, f.name)
		}
	}
}

// semPixelSize finds the size of a pixel. The text has four digits, and one of the numbers
// at the beginning, which is that of a picture of 1024 columns, has seven: it is taken where
// it agrees. For ions there is only the size in a picture of 1024 columns.
func (b *builder) semPixelSize(ions bool) {
	scale := 1.0
	if b.page.width > 0 {
		scale = semColumns / float64(b.page.width)
	}
	stated := b.semLength("AP_IMAGE_PIXEL_SIZE")
	if ions {
		if size := b.semLength("AP_FIB_PIXEL_SIZE") * scale; size > 0 {
			b.putPixelSize(size, b.semSource("AP_FIB_PIXEL_SIZE"), "size in 1024 columns, for those of the picture")
			if stated > 0 && !close1(size, stated) {
				b.warn("AP_IMAGE_PIXEL_SIZE and AP_FIB_PIXEL_SIZE contradict each other")
				b.Warn("pixel_width")
				b.Warn("pixel_height")
			}
			return
		}
	}
	screen := b.semLength("AP_PIXEL_SIZE")
	size := b.page.sem.number(semPixelSize)
	switch {
	case size > 0 && (stated > 0 && close1(size*scale, stated) || stated == 0 && (screen == 0 || close1(size, screen))):
		b.putPixelSize(size*scale, b.semSource("the numbers at the beginning"), "size in 1024 columns, for those of the picture")
	case stated > 0:
		b.putPixelSize(stated, b.semSource("AP_IMAGE_PIXEL_SIZE"), "")
	case screen > 0:
		b.putPixelSize(screen*scale, b.semSource("AP_PIXEL_SIZE"), "size in 1024 columns, for those of the picture")
	}
}

// semStored reads the size in which the scan was stored, "1024 * 768". Rows of the picture
// beyond it are the information bar, where that does not cover the picture. A picture of another
// width was cut or reduced later on: what its pixels measure is in doubt.
func (b *builder) semStored() {
	const name = "DP_IMAGE_STORE"
	value := strings.ToLower(b.page.sem.value(name))
	width, height, ok := strings.Cut(strings.ReplaceAll(value, "x", "*"), "*")
	columns, rows := pixels(width), pixels(height)
	switch {
	case !ok || columns == 0 || rows == 0 || b.page.width == 0:
	case columns == b.page.width:
		b.rows, b.columns = rows, columns
	default:
		b.warn("the picture has %d columns, %s tells of %d: the size of its pixels is in doubt", b.page.width, name, columns)
		b.Warn("pixel_width")
		b.Warn("pixel_height")
	}
}

// close1 reports whether two lengths are the same to one percent.
func close1(a, b float64) bool { return a > 0.99*b && a < 1.01*b }

// semLength returns a setting in metres, 0 where it is no length.
func (b *builder) semLength(name string) float64 {
	m := measure(b.page.sem.value(name))
	unit, known := parseUnit(m.unit)
	if m.number == nil || !known || unit == "" {
		return 0
	}
	q, ok := extractors.Measure(m.number, unit)
	if !ok {
		return 0
	}
	return extractors.Meters(q)
}

func (b *builder) putPixelSize(metres float64, from, how string) {
	for _, name := range []string{"pixel_width", "pixel_height"} {
		b.PutQuantity(nexuslims.Float(extractors.Tidy(metres)), "meter", from, name)
		b.Converted(how)
	}
}
