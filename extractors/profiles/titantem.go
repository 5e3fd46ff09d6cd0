package profiles

import (
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TitanTEM is the profile of FEI-Titan-TEM. The microscope describes itself in one text,
// which is taken apart; its mode says what is a diffraction pattern.
func TitanTEM() extractors.Profile {
	return extractors.NewProfile("FEI-Titan-TEM",
		TecnaiText(),
		extractors.Step{Name: "diffraction", Apply: titanDiffraction},
	)
}

// TecnaiText returns the step that takes apart the text in which Tecnai and Titan
// microscopes describe themselves; profile files use it by its name.
func TecnaiText() extractors.Step { return extractors.Step{Name: "Tecnai text", Apply: tecnai} }

func titanDiffraction(doc *extractors.Document, _ extractors.Subject) error {
	if isSpectral(doc) || isTransform(doc) {
		return nil
	}
	switch {
	case doc.Meta.Text("Tecnai Mode") == "STEM nP SA Zoom Diffraction":
		setDiffraction(doc, "STEM_Diffraction")
	case doc.Meta.Text("Operation Mode") == "DIFFRACTION":
		setDiffraction(doc, "TEM_Diffraction")
	}
	return nil
}

// tecnaiNames are the metadata names of what [ParseTecnai] finds. Units stand in the
// names, with the Greek letter mu.
var tecnaiNames = []struct{ from, to string }{
	{"Gun_Name", "Gun Name"},
	{"Extractor_Voltage", "Extractor Voltage (V)"},
	{"Camera_Length", "Camera Length (m)"},
	{"Gun_Lens_No", "Gun Lens #"},
	{"Emission_Current", "Emission Current (μA)"},
	{"Spot", "Spot"},
	{"Mode", "Tecnai Mode"},
	{"Defocus", "Defocus"},
	{"C2_Strength", "C2 Lens Strength (%)"},
	{"C3_Strength", "C3 Lens Strength (%)"},
	{"Obj_Strength", "Objective Lens Strength (%)"},
	{"Dif_Strength", "Diffraction Lens Strength (%)"},
	{"Microscope_Name", "Tecnai Microscope Name"},
	{"User", "Tecnai User"},
	{"Image_Shift_x", "Image Shift X (μm)"},
	{"Image_Shift_y", "Image Shift Y (μm)"},
	{"C1_Aperture", "C1 Aperture (μm)"},
	{"C2_Aperture", "C2 Aperture (μm)"},
	{"Obj_Aperture", "Objective Aperture (μm)"},
	{"SA_Aperture", "Selected Area Aperture (μm)"},
	{"STEM_Rotation", "STEM Rotation"},
	{"STEM_Rotation_Correction", "STEM Rotation Correction"},
}

var filterNames = []struct{ from, to string }{
	{"Mode", "Mode"},
	{"Dispersion", "Dispersion (eV/channel)"},
	{"Aperture", "Aperture (mm)"},
	{"Prism_Shift", "Prism Shift (eV)"},
	{"Drift_Tube", "Drift Tube (eV)"},
	{"Total_Energy_Loss", "Total Energy Loss (eV)"},
}

// stageNames are the members of the stage position. What the program read from the stage
// by itself is more exact and wins.
var stageNames = []struct{ from, to string }{
	{"Stage_Position_x", "X"},
	{"Stage_Position_y", "Y"},
	{"Stage_Position_z", "Z"},
	{"Stage_Position_theta", "α"},
	{"Stage_Position_phi", "β"},
}

const noSpecimen = "Specimen information is not available yet"

// tecnai takes the microscope's text apart, in the raw tags as in the metadata.
func tecnai(doc *extractors.Document, _ extractors.Subject) error {
	group := findGroup(doc.Raw.Group("ImageList"), "Tecnai", 0)
	text := group.Text("Microscope Info")
	if specimen := group.Text("Specimen Info"); specimen != "" && specimen != noSpecimen {
		doc.Meta.Set("Specimen", nexuslims.Text(specimen))
	}
	if text == "" {
		return nil
	}
	found := ParseTecnai(text)
	group.Set("Microscope Info", found)
	for _, n := range tecnaiNames {
		if v := found.Get(n.from); v != nil {
			doc.Meta.Set(n.to, withUnit(n.from, v, text))
		}
	}
	filter := nexuslims.NewObject(len(filterNames))
	for _, n := range filterNames {
		filter.Set(n.to, found.At("Filter_Settings", n.from))
	}
	if filter.Len() > 0 {
		doc.Meta.Set("Tecnai Filter", filter)
	}
	setStage(doc.Meta, found)
	return nil
}

// withUnit gives the unit to values whose name has none.
func withUnit(name string, v nexuslims.Value, text string) nexuslims.Value {
	n, ok := nexuslims.Number(v)
	switch {
	case !ok:
	case name == "Defocus" && defocusUnit.MatchString(text):
		return nexuslims.Q(n, "micrometer")
	case name == "STEM_Rotation" || name == "STEM_Rotation_Correction":
		return nexuslims.Q(n, "degree")
	}
	return v
}

func setStage(meta, found *nexuslims.Object) {
	for _, n := range stageNames {
		v := found.Get(n.from)
		if _, ok := nexuslims.Number(v); ok && meta.At("Stage Position", n.to) == nil {
			meta.Ensure("Stage Position").Set(n.to, v)
		}
	}
}

// maxDepth bounds the search; extractors bound the depth of what they read.
const maxDepth = 64

// findGroup returns the first group of a name, depth first.
func findGroup(o *nexuslims.Object, name string, depth int) *nexuslims.Object {
	if depth > maxDepth {
		return nil
	}
	for key, v := range o.All() {
		group, ok := v.(*nexuslims.Object)
		if !ok {
			continue
		}
		if key == name {
			return group
		}
		if found := findGroup(group, name, depth+1); found != nil {
			return found
		}
	}
	return nil
}
