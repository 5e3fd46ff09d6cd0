package zeisstif

import (
	"regexp"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// fibicsFields are the settings by section and element, or item of that name.
var fibicsFields = []struct {
	section string
	fields  []field
}{
	{"Application", []field{
		in("Version", text, "", "Application", "Software Version"),
		in("Date", text, "", "Application", "Acquisition Date/Time"),
		in("SupportsTransparency", text, "", "Application", "Supports Transparency"),
		in("TransparentPixelValue", number, "", "Application", "Transparent Pixel Value"),
	}},
	{"Image", []field{
		in("Width", number, "", "Image", "Width"),
		in("Height", number, "", "Image", "Height"),
		in("BoundingBox.Left", number, "", "Image", "Bounding Box Left"),
		in("BoundingBox.Right", number, "", "Image", "Bounding Box Right"),
		in("BoundingBox.Top", number, "", "Image", "Bounding Box Top"),
		in("BoundingBox.Bottom", number, "", "Image", "Bounding Box Bottom"),
		in("Machine", text, "", "Image", "Machine Name"),
		in("Beam", text, "", "Image", "Beam Type"),
		in("Aperture", text, "", "Image", "Aperture Description"),
		in("Detector", text, "", "detector_type"),
		in("Contrast", number, "", "Detector Settings", "Contrast"),
		in("Brightness", number, "", "Detector Settings", "Brightness"),
	}},
	{"Scan", []field{
		core("Dwell", "nanosecond", at("dwell_time"), "Scan", "Dwell Time"),
		in("LineAvg", number, "", "Scan", "Line Averaging"),
		core("FOV_X", "micrometer", at("horizontal_field_width"), "Scan", "Field of View X"),
		core("FOV_Y", "micrometer", at("vertical_field_width"), "Scan", "Field of View Y"),
		core("ScanRot", "degree", at("scan_rotation"), "Scan", "Scan Rot"),
		in("Ux", number, "", "Scan", "Affine Ux"),
		in("Uy", number, "", "Scan", "Affine Uy"),
		in("Vx", number, "", "Scan", "Affine Vx"),
		in("Vy", number, "", "Scan", "Affine Vy"),
		in("Focus", number, "", "Scan", "Focus Value"),
		in("StigX", number, "", "Scan", "Stigmator X Value"),
		in("StigY", number, "", "Scan", "Stigmator Y Value"),
	}},
	{"Stage", []field{
		core("X", "micrometer", at("stage_position", "x"), "Stage X"),
		core("Y", "micrometer", at("stage_position", "y"), "Stage Y"),
		core("Z", "micrometer", at("stage_position", "z"), "Stage Z"),
		core("Tilt", "degree", at("stage_position", "tilt_alpha"), "Stage Tilt"),
		core("Rot", "degree", at("stage_position", "rotation"), "Stage Rotation"),
		in("M", "millimeter", "millimeter", "Stage M"),
	}},
	{"BeamInfo", []field{
		core("BeamI", "picoampere", at("beam_current"), "Beam", "Probe Current"),
		core("AccV", "volt", at("acceleration_voltage"), "Beam", "Acceleration Voltage"),
		in("Aperture", number, "", "Beam", "Aperture"),
		in("GFISGas", text, "", "Beam", "GFIS Gas Type"),
		in("GunGasPressure", number, "", "Beam", "Gun Gas Pressure"),
		in("SpotControl", number, "", "Beam", "Spot Control"),
		in("Ext V", number, "", "Beam", "Extractor Voltage"),
		in("Ext I", number, "", "Beam", "Extractor Current"),
		in("Fil I", number, "", "Beam", "Filament Current"),
	}},
	{"DetectorInfo", []field{
		in("Collector", "volt", "volt", "Detector Settings", "Collector Voltage"),
		in("Stage Bias", "volt", "volt", "Detector Settings", "Stage Bias Voltage"),
		in("Convertor", "volt", "volt", "Detector Settings", "Converter Voltage"),
		in("Mode", text, "", "Detector Settings", "Mode"),
	}},
	{"ScanInfo", []field{
		in("Tilt Corrn. Angle", "degree", "degree", "Scan", "Tilt Correction Angle"),
	}},
}

// atlasFields are those of a series of slices.
var atlasFields = []field{
	in("Stack.ID", text, "", "ATLAS3D", "Stack ID"),
	in("Stack.Name", text, "", "ATLAS3D", "Stack Name"),
	in("Slice.KeyFrame", text, "", "ATLAS3D", "Key Frame"),
	in("Slice.ZIndex", number, "", "ATLAS3D", "Z Index"),
	in("Slice.NominalZPos", number, "", "ATLAS3D", "Nominal Z Position"),
	in("Slice.ZPos", number, "", "ATLAS3D", "Z Position"),
}

// fibics describes a page of Fibics software.
func (b *builder) fibics() {
	root := b.page.fibics
	b.classifyFibics()
	for _, s := range fibicsFields {
		section := root.child(s.section)
		for _, f := range s.fields {
			if n := section.setting(f.source); n != nil {
				b.put(measure(n.text), n.attribute("units"), f, "<"+s.section+"> "+f.source+" in tag 51023")
			}
		}
	}
	for _, f := range atlasFields {
		if n := root.child("ATLAS3D").at(f.source); n != nil {
			b.put(measure(n.text), "", f, "<ATLAS3D> "+f.source+" in tag 51023")
		}
	}
	b.apertureVoltage()
	b.affine()
	if n := root.child("Application").setting("Date"); n != nil {
		b.moments = append(b.moments, moment{n.text, "<Application> Date in tag 51023"})
	}
}

// setting returns the child of a name, or the item that names itself so.
func (n *node) setting(name string) *node {
	if n == nil {
		return nil
	}
	if c := n.child(name); c != nil {
		return c
	}
	for _, c := range n.children {
		if c.name == "item" && c.attribute("name") == name {
			return c
		}
	}
	return nil
}

// classifyFibics tells the beams apart.
func (b *builder) classifyFibics() {
	beam := ""
	if n := b.page.fibics.child("Image").setting("Beam"); n != nil {
		beam = strings.ToUpper(n.text)
	}
	const from = "<Image> Beam in tag 51023"
	gas := b.page.fibics.child("BeamInfo").setting("GFISGas")
	switch {
	case strings.Contains(beam, "ORION") || strings.Contains(beam, "GFIS") || strings.Contains(beam, "HIM"):
		b.Classify(nexuslims.Image, "HIM_Imaging", from)
	case gas != nil && gas.text != "":
		b.Classify(nexuslims.Image, "HIM_Imaging", "<BeamInfo> GFISGas in tag 51023")
	case strings.Contains(beam, "FIB"):
		b.Classify(nexuslims.Image, "FIB_Imaging", from)
	case strings.Contains(beam, "SEM") || strings.Contains(beam, "ELECTRON"):
		b.Classify(nexuslims.Image, "SEM_Imaging", from)
	}
}

var kilovolts = regexp.MustCompile(`(?i)(\d+(?:[.,]\d+)?)\s*kV`)

// apertureVoltage takes the voltage from the name of the aperture, "[1] 30 µm (5.0 kV)",
// where nothing else tells it.
func (b *builder) apertureVoltage() {
	n := b.page.fibics.child("Image").setting("Aperture")
	if n == nil || b.Meta.Has("acceleration_voltage") {
		return
	}
	if found := kilovolts.FindStringSubmatch(n.text); found != nil {
		v, _ := extractors.ParseNumber(found[1])
		b.PutQuantity(v, "kilovolt", "<Image> Aperture in tag 51023", "acceleration_voltage")
		b.Converted("from the name of the aperture")
	}
}

// affine takes the size of a pixel from the vectors of one step along a row and a column,
// in micrometres.
func (b *builder) affine() {
	component := func(name string) float64 {
		if n := b.page.fibics.child("Scan").setting(name); n != nil {
			v, _ := nexuslims.Number(measure(n.text).number)
			return v
		}
		return 0
	}
	for _, v := range []struct{ x, y, size string }{{"Ux", "Uy", "pixel_width"}, {"Vx", "Vy", "pixel_height"}} {
		if size := length(component(v.x), component(v.y)); size > 0 {
			b.PutQuantity(nexuslims.Float(size), "micrometer", "<Scan> "+v.x+" and "+v.y+" in tag 51023", v.size)
			b.Converted("length of the vector")
		}
	}
}
