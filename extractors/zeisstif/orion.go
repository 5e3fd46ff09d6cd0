package zeisstif

import (
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// orionFields are the settings of an Orion. Of several with one place the first that
// has a value counts.
var orionFields = []field{
	core("AccelerationVoltage", "volt", at("acceleration_voltage"), "Beam", "Acceleration Voltage"),
	core("GFIS.BeamCurrent", "picoampere", at("beam_current"), "GFIS", "Beam Current"),
	core("WorkingDistance", "millimeter", at("working_distance"), "Beam", "Working Distance"),
	core("Fov", "micrometer", at("horizontal_field_width"), "Scan", "Field of View"),
	core("ScanRotate", "degree", at("scan_rotation"), "Scan", "Scan Rotate"),
	core("DwellTime", "microsecond", at("dwell_time"), "Scan", "Dwell Time"),
	core("ScalingX", "meter", at("pixel_width"), "Calibration", "X Scale"),
	core("ScalingY", "meter", at("pixel_height"), "Calibration", "Y Scale"),
	core("StageX", "micrometer", at("stage_position", "x"), "Stage X"),
	core("StageY", "micrometer", at("stage_position", "y"), "Stage Y"),
	core("StageZ", "millimeter", at("stage_position", "z"), "Stage Z"),
	core("StageTilt", "degree", at("stage_position", "tilt_alpha"), "Stage Tilt"),
	core("StageRotate", "degree", at("stage_position", "rotation"), "Stage Rotation"),
	in("DetectorName", text, "", "detector_type"),

	in("GFIS.AccelerationVoltage", "volt", "kilovolt", "GFIS", "Acceleration Voltage"),
	in("GFIS.ExtractionVoltage", "volt", "kilovolt", "GFIS", "Extraction Voltage"),
	in("GFIS.CondenserVoltage", "volt", "kilovolt", "GFIS", "Condenser Voltage"),
	in("GFIS.ObjectiveVoltage", "volt", "kilovolt", "GFIS", "Objective Voltage"),
	in("GFIS.PanX", "micrometer", "micrometer", "GFIS", "Pan X"),
	in("GFIS.PanY", "micrometer", "micrometer", "GFIS", "Pan Y"),
	in("GFIS.FieldOfView", "micrometer", "micrometer", "GFIS", "Horizontal Field Width"),
	in("GFIS.ScanRotation", "degree", "degree", "GFIS", "Scan Rotation"),
	in("GFIS.StigmationX", number, "", "GFIS", "Stigmation X"),
	in("GFIS.StigmationY", number, "", "GFIS", "Stigmation Y"),
	in("GFIS.ApertureSize", "micrometer", "micrometer", "GFIS", "Aperture Size"),
	in("GFIS.ApertureIndex", number, "", "GFIS", "Aperture Index"),
	in("GFIS.IonGas", text, "", "GFIS", "Ion Gas"),
	in("GFIS.CrossoverPosition", "millimeter", "millimeter", "GFIS", "Crossover Position"),
	in("GFIS.WorkingDistance", "millimeter", "millimeter", "GFIS", "Working Distance"),

	in("ExtractionVoltage", "volt", "kilovolt", "Beam", "Extraction Voltage"),
	in("BlankerCurrent", "picoampere", "picoampere", "Beam", "Blanker Current"),
	in("SampleCurrent", "picoampere", "picoampere", "Beam", "Sample Current"),
	in("SpotNumber", number, "", "Beam", "Spot Number"),
	in("PanX", "micrometer", "micrometer", "Beam", "Pan X"),
	in("PanY", "micrometer", "micrometer", "Beam", "Pan Y"),
	in("StigmationX", number, "", "Beam", "Stigmator X Value"),
	in("StigmationY", number, "", "Beam", "Stigmator Y Value"),
	in("ApertureSize", number, "", "Beam", "Aperture Size"),
	in("CrossOverPosition", "millimeter", "millimeter", "Beam", "Crossover Position"),

	in("FloodGunMode", text, "", "Flood Gun", "Mode"),
	in("FloodGunEnergy", "electron_volt", "electron_volt", "Flood Gun", "Energy"),
	in("FloodGunTime", "microsecond", "microsecond", "Flood Gun", "Time"),
	in("FloodGun.DeflectionX", number, "", "Flood Gun", "Deflection X"),
	in("FloodGun.DeflectionY", number, "", "Flood Gun", "Deflection Y"),

	in("LutMode", text, "", "Display", "LUT Mode"),
	in("LowGray", number, "", "Display", "Low Gray Value"),
	in("HighGray", number, "", "Display", "High Gray Value"),
	in("LUT.LUTGamma", number, "", "Display", "LUT Gamma"),

	in("FrameRetrace", "microsecond", "microsecond", "Scan", "Frame Retrace"),
	in("LineRetrace", "microsecond", "microsecond", "Scan", "Line Retrace"),
	in("AveragingMode", text, "", "Scan", "Averaging Mode"),
	in("NumAverages", number, "", "Scan", "Number of Averages"),
	in("SAS.ScanSize", text, "", "Scan", "Scan Size"),

	in("Stage.XLocation", "micrometer", "micrometer", "Stage X Location"),
	in("Stage.YLocation", "micrometer", "micrometer", "Stage Y Location"),

	in("sFimFOV", "micrometer", "micrometer", "Optics", "sFIM Field of View"),
	in("McXShift", "microradian", "microradian", "Optics", "MC X Shift"),
	in("McXTilt", "microradian", "microradian", "Optics", "MC X Tilt"),
	in("McYShift", "microradian", "microradian", "Optics", "MC Y Shift"),
	in("McYTilt", "microradian", "microradian", "Optics", "MC Y Tilt"),
	in("ColumnMag", times, "", "Optics", "Column Magnification"),
	in("ColumnMode", text, "", "Optics", "Column Mode"),
	in("Lens1Voltage", "volt", "kilovolt", "Optics", "Lens 1 Voltage"),
	in("Lens2Voltage", "volt", "kilovolt", "Optics", "Lens 2 Voltage"),
	in("MagnificationDisplay", times, "", "Optics", "Magnification Display"),

	in("ETGridVoltage", "volt", "volt", "Detector Settings", "ET Grid Voltage"),
	in("ETContrast", number, "", "Detector Settings", "ET Contrast"),
	in("ETBrightness", number, "", "Detector Settings", "ET Brightness"),
	in("ETImageIntensity", number, "", "Detector Settings", "ET Image Intensity"),
	in("MCPContrast", number, "", "Detector Settings", "MCP Contrast"),
	in("MCPBrightness", number, "", "Detector Settings", "MCP Brightness"),
	in("MCPImageIntensity", number, "", "Detector Settings", "MCP Image Intensity"),
	in("MCPBias", "volt", "volt", "Detector Settings", "MCP Bias"),
	in("Detector.Scintillator", "volt", "kilovolt", "Detector Settings", "Scintillator"),
	in("SampleBiasVoltage", "volt", "volt", "Detector Settings", "Sample Bias"),

	in("GunPressure", "torr", "torr", "System", "Gun Pressure"),
	in("ColumnPressure", "torr", "torr", "System", "Column Pressure"),
	in("ChamberPressure", "torr", "torr", "System", "Chamber Pressure"),
	in("HeliumPressure", "torr", "torr", "System", "Helium Pressure"),
	in("GunTemp", "kelvin", "kelvin", "System", "Gun Temperature"),
	in("System.Model", text, "", "System", "Model"),
	in("System.Name", text, "", "System", "Name"),
	in("ColumnType", text, "", "System", "Column Type"),
	in("TimeStamp", text, "", "System", "Acquisition Date/Time"),

	in("ImageWidth", number, "", "Image", "Width"),
	in("ImageHeight", number, "", "Image", "Height"),
}

// orion describes a page of an Orion.
func (b *builder) orion() {
	for _, f := range orionFields {
		b.orionField(f)
	}
	// The one for prints of 4 by 5 inches is what other instruments call the magnification;
	// it is there where that of the display is 0.
	b.orionField(core("Magnification4x5", times, at("magnification"), "Optics", "Magnification 4x5"))
	if b.Meta.Get("beam_current") == nil {
		if n, _ := nexuslims.Number(measure(b.orionValue("BlankerCurrent")).number); n > 0 { // it measures the beam
			b.orionField(core("BlankerCurrent", "picoampere", at("beam_current"), "Beam", "Blanker Current"))
			b.Meta.Group("Beam").Delete("Blanker Current")
		}
	}
	b.moments = append(b.moments, moment{b.orionValue("TimeStamp"), "<TimeStamp> in tag 65000"})
	b.rows, b.columns = pixels(b.orionValue("ImageHeight")), pixels(b.orionValue("ImageWidth"))
}

func (b *builder) orionField(f field) {
	n := b.page.orion.at(f.source)
	if n == nil {
		return
	}
	unit := ""
	if u := n.child("Units"); u != nil {
		unit = u.text
	}
	b.put(measure(b.orionValue(f.source)), unit, f, "<"+f.source+"> in tag 65000")
}

// orionValue returns the text of a setting: of its element Value, or its own.
func (b *builder) orionValue(name string) string {
	n := b.page.orion.at(name)
	if n == nil {
		return ""
	}
	if v := n.child("Value"); v != nil {
		return v.text
	}
	return n.text
}

// pixels reads a number of rows or columns, 0 where it is none.
func pixels(s string) int {
	n, ok := nexuslims.Number(measure(s).number)
	if !ok || n < 1 || n > 1<<30 {
		return 0
	}
	return int(n)
}
