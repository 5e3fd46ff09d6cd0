package dm

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// microscopeRules read Microscope Info. The name of the field of view has a micro sign
// that old versions write as the byte B5 of Latin-1.
var microscopeRules = []rule{
	{path: "Indicated Magnification"},
	{path: "Actual Magnification"},
	{path: "Cs(mm)", key: "Cs", unit: "millimeter"},
	{path: "STEM Camera Length", unit: "millimeter"},
	{path: "Voltage", unit: "volt"},
	{path: "Operation Mode"},
	{path: "Specimen"},
	{path: "Microscope"},
	{path: "Operator"},
	{path: "Imaging Mode"},
	{path: "Illumination Mode"},
	{path: "Name"},
	{path: "Facility"},
	{path: "Field of View (\u03bcm)", key: "Field of View", unit: "micrometer"},
	{path: "Field of View (\u00b5m)", key: "Field of View", unit: "micrometer"},
	{path: "Condenser Aperture"},
	{path: "Objective Aperture"},
	{path: "Selected Area Aperture"},
}

var stageRules = []rule{
	{path: "Stage Alpha", key: "α"},
	{path: "Stage Beta", key: "β"},
	{path: "Stage X", key: "X"},
	{path: "Stage Y", key: "Y"},
	{path: "Stage Z", key: "Z"},
}

// currents are measured by some microscopes only; the others leave zero.
var currents = []rule{
	{path: "Emission Current (\u03bcA)", key: "Emission Current", unit: "microampere"},
	{path: "Emission Current (\u00b5A)", key: "Emission Current", unit: "microampere"},
	{path: "Probe Current (nA)", key: "Probe Current", unit: "nanoampere"},
}

func (b *builder) microscope() {
	info := b.base.Sub("Microscope Info")
	b.apply(b.meta, info, microscopeRules)
	for _, r := range currents {
		if n, ok := info.Number(r.path); ok && n > 0 {
			b.applyOne(b.meta, info, r)
		}
	}
	stage := nexuslims.NewObject(len(stageRules))
	b.apply(stage, info.Sub("Stage Position"), stageRules)
	b.set("Stage Position", stage)
}

// session reads what the user entered for the session; it is newer than what stands
// with the microscope.
func (b *builder) session() {
	b.apply(b.meta, b.base.Sub("Session Info"), []rule{
		{path: "Detector"}, {path: "Microscope"}, {path: "Operator"}, {path: "Specimen"},
	})
}

var analyticRules = []rule{
	{path: "Acquisition Mode", key: "Analytic Acquisition Mode"},
	{path: "Format", key: "Analytic Format"},
	{path: "Signal", key: "Analytic Signal"},
	{path: "Experiment keywords:TagGroup1:Label", key: "Analytic Label"},
}

const highLevel = "Acquisition:Parameters:High Level:"

// acquisitionRules name the sources of each entry, the first that exists being taken.
var acquisitionRules = [][]rule{
	{
		{path: "Acquisition:Device:Name", key: "Acquisition Device", keep: true},
		{path: "DataBar:Device Name", key: "Acquisition Device", keep: true},
	},
	{
		{path: highLevel + "Exposure (s)", key: "Exposure Time", unit: "second"},
		{path: "DataBar:Exposure Time (s)", key: "Exposure Time", unit: "second"},
	},
	{{path: "GMS Version:Created", key: "GMS Version", keep: true}},
	{{path: highLevel + "Processing", key: "Camera/Detector Processing", keep: true}},
	{{path: "DataBar:Signal Name", keep: true}},
	{{path: "DigiScan:Sample Time", unit: "microsecond"}},
	{{path: "DigiScan:Rotation", key: "Scan Rotation", unit: "degree"}},
}

func (b *builder) acquisition() {
	for _, sources := range acquisitionRules {
		for _, r := range sources {
			if b.applyOne(b.meta, b.base, r) {
				break
			}
		}
	}
	const path = highLevel + "Binning"
	binning, _ := b.base.Value(rule{path: path}.split()...).(nexuslims.List)
	for i, key := range []string{"Binning (Horizontal)", "Binning (Vertical)"} {
		if i < len(binning) {
			b.put(b.meta, key, binning[i], tagPath(b.base, path), fmt.Sprintf("number %d of the list", i+1))
		}
	}
}

// modeOf returns how the specimen was illuminated, "" where no tag tells. Illumination
// Mode has values like "STEM NANOPROBE"; a scanning operation mode does it as well.
func modeOf(base *Group) string {
	info := base.Sub("Microscope Info")
	illumination := strings.ToUpper(info.Text("Illumination Mode"))
	switch {
	case strings.Contains(illumination, "STEM"):
		return "STEM"
	case strings.Contains(illumination, "SEM"):
		return "SEM"
	case illumination != "" && !isPlaceholder(nexuslims.Text(illumination)):
		return "TEM"
	case strings.Contains(strings.ToUpper(info.Text("Operation Mode")), "SCANNING"):
		return "STEM"
	}
	return ""
}

// commonMode returns the mode that all signals of a file agree on, "" where they do not.
// Derived signals such as line profiles carry no microscope tags of their own.
func commonMode(builders []*builder) string {
	common := ""
	for _, b := range builders {
		mode := modeOf(b.base)
		if mode == "" {
			continue
		}
		if common != "" && common != mode {
			return ""
		}
		common = mode
	}
	return common
}
