package dm

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var eelsRules = []rule{
	{path: "Acquisition:Exposure (s)", key: "Exposure", unit: "second"},
	{path: "Acquisition:Integration time (s)", key: "Integration time", unit: "second"},
	{path: "Acquisition:Number of frames"},
	{path: "Experimental Conditions:Collection semi-angle (mrad)", key: "Collection semi-angle", unit: "milliradian"},
	{path: "Experimental Conditions:Convergence semi-angle (mrad)", key: "Convergence semi-angle", unit: "milliradian"},
}

// spectrometerRules read the energy filter. Newer versions write the blank at the end of
// "Prism offset enabled " and the key keeps it.
var spectrometerRules = []rule{
	{path: "Aperture label", keep: true},
	{path: "Dispersion (eV/ch)"},
	{path: "Energy loss (eV)", key: "Energy loss", unit: "electron_volt"},
	{path: "Instrument name", keep: true},
	{path: "Drift tube enabled"},
	{path: "Drift tube voltage (V)", key: "Drift tube voltage", unit: "volt"},
	{path: "Slit inserted"},
	{path: "Slit width (eV)", key: "Slit width", unit: "electron_volt"},
	{path: "Prism offset (V)", key: "Prism offset", unit: "volt"},
	{path: "Prism offset enabled "},
}

// spectrometer begins the names of the filter's settings.
const spectrometer = "Spectrometer "

// eels reads what is known of an energy-loss measurement. The spectrometer's settings
// stand at one of two places, depending on how the camera is run.
func (b *builder) eels() *nexuslims.Object {
	o := nexuslims.NewObject(16)
	group := b.base.Sub("EELS")
	b.apply(o, group, eelsRules)
	for _, place := range []*Group{b.base.Sub("EELS Spectrometer"), group.Sub("Acquisition", "Spectrometer")} {
		settings := nexuslims.NewObject(len(spectrometerRules))
		b.apply(settings, place, spectrometerRules)
		for _, key := range settings.Keys() {
			b.move(o, spectrometer+key, settings, key)
		}
	}
	b.processing(o)
	b.thickness(o, group.Sub("Thickness"))
	return o
}

// steps are the processing operations that are reported, by the names of the reference
// implementation.
var steps = map[string]string{
	"AlignSIByPeak":      "Aligned parent SI By Peak",
	"Background Removal": "Background Removal",
	"SpectrumCalibrate":  "Calibrated Post-acquisition",
	"Compute Thickness":  "Compute Thickness",
	"DataPicker":         "Extracted from SI",
	"Signal Integration": "Signal Integration",
}

// processing lists what was done to the data. It belongs to EELS where anything says
// that the data are; the same operations are applied to X-ray maps and plain images.
func (b *builder) processing(eels *nexuslims.Object) {
	var list []string
	var model nexuslims.Value
	var modelFrom string
	for _, t := range b.base.Sub("Processing").Tags() {
		operation := t.Group.Text("Operation")
		step, ok := steps[operation]
		if !ok {
			continue
		}
		list = append(list, step)
		if v := b.value(t.Group, "Parameters", "Model"); operation == "Background Removal" && v != nil && !isEmpty(v) {
			model, modelFrom = v, tagPath(t.Group, "Parameters", "Model")
		}
	}
	if len(list) == 0 {
		return
	}
	slices.Sort(list)
	o := b.meta
	if b.isEELS(eels) {
		o = eels
	}
	text := nexuslims.Text(strings.Join(slices.Compact(list), ", "))
	b.put(o, "Processing Steps", text, tagPath(b.base, "Processing"), "the operations in order of name")
	if model != nil {
		b.put(o, "Background Removal Model", model, modelFrom, "")
	}
}

// isEELS reports whether the data come from an energy-loss measurement. Settings of the
// spectrometer alone do not say so: they are stored with every image taken behind one.
func (b *builder) isEELS(eels *nexuslims.Object) bool {
	switch signal := b.base.Text("Meta Data", "Signal"); signal {
	case "EELS":
		return true
	case "":
	default:
		return false
	}
	if measured(eels) || b.base.Sub("EELS", "Thickness") != nil {
		return true
	}
	return slices.ContainsFunc(b.axes, func(a axis) bool { return a.measures(unitEnergy) && a.Unit == "eV" })
}

// measured reports whether an EELS object has more than settings of the spectrometer.
func measured(eels *nexuslims.Object) bool {
	for key := range eels.All() {
		if !strings.HasPrefix(key, spectrometer) {
			return true
		}
	}
	return false
}

func (b *builder) thickness(o *nexuslims.Object, g *Group) {
	if v := b.value(g, "Absolute", "Measurement"); v != nil {
		key := "Thickness (absolute) [" + g.Text("Absolute", "Units") + "]"
		b.put(o, key, v, tagPath(g, "Absolute", "Measurement"), "")
	}
	from := tagPath(g, "Absolute", "Mean Free Path")
	switch path := b.value(g, "Absolute", "Mean Free Path").(type) {
	case nexuslims.List:
		if len(path) > 0 {
			b.put(o, "Thickness (absolute) mean free path", path[0], from, "the first of the list")
		}
	case nexuslims.Float, nexuslims.Int:
		b.put(o, "Thickness (absolute) mean free path", path, from, "")
	}
	if v := b.value(g, "Relative", "Measurement"); v != nil {
		b.put(o, "Thickness (relative) [t/λ]", v, tagPath(g, "Relative", "Measurement"), "")
	}
}

var edsAcquisitionRules = []rule{
	{path: "Continuous Mode", keep: true},
	{path: "Count Rate Unit", keep: true},
	{path: "Dispersion (eV)", key: "Dispersion", unit: "electron_volt"},
	{path: "Energy Cutoff (V)", key: "Energy Cutoff", unit: "volt"},
	{path: "Exposure (s)", key: "Exposure", unit: "second"},
}

// edsRules read values that depend on settings which often nobody ever made: each that
// exists is marked as doubtful. Their order is that of the warnings.
var edsRules = []rule{
	{path: "Count rate"},
	{path: "Detector Info:Active layer"},
	{path: "Detector Info:Azimuthal angle", unit: "degree"},
	{path: "Detector Info:Dead layer"},
	{path: "Detector Info:Detector type", keep: true},
	{path: "Detector Info:Elevation angle", unit: "degree"},
	{path: "Detector Info:Fano"},
	{path: "Detector Info:Gold layer"},
	{path: "Detector Info:Incidence angle", unit: "degree"},
	{path: "Detector Info:Solid angle"},
	{path: "Detector Info:Stage tilt", unit: "degree"},
	{path: "Detector Info:Window thickness"},
	{path: "Detector Info:Window type"},
	{path: "Detector Info:Zero fwhm"},
	{path: "Live time", unit: "second"},
	{path: "Real time", unit: "second"},
}

func (b *builder) eds() *nexuslims.Object {
	o := nexuslims.NewObject(24)
	group := b.base.Sub("EDS")
	b.apply(o, group.Sub("Acquisition"), edsAcquisitionRules)
	var doubtful nexuslims.List
	for _, r := range edsRules {
		if group != nil && b.applyOne(o, group, r) {
			doubtful = append(doubtful, nexuslims.List{nexuslims.Text("EDS"), nexuslims.Text(r.name())})
		}
	}
	if group != nil && len(doubtful) > 0 {
		list, _ := b.meta.Get("warnings").(nexuslims.List)
		b.meta.Set("warnings", append(list, doubtful...))
	}
	if group != nil || b.base.Text("Meta Data", "Signal") == "X-ray" {
		b.apply(o, b.base.Sub("SI", "Acquisition"), edsAcquisitionRules)
	}
	b.averages(o, group.Sub("Images"))
	return o
}

// averages replaces values of one spectrum by the mean over a spectrum image.
func (b *builder) averages(o *nexuslims.Object, images *Group) {
	for _, t := range images.Tags() {
		mean, ok := b.mean(t)
		if !ok {
			continue
		}
		o.Delete(t.Name)
		v := nexuslims.Value(nexuslims.Float(mean))
		if strings.HasSuffix(t.Name, " time") {
			v = nexuslims.Q(mean, "second")
		}
		b.put(o, t.Name+" (SI Average)", v, tagPath(images, t.Name), "mean of all points")
	}
}

// mean returns the mean of an array of numbers, in the file or read already.
func (b *builder) mean(t Tag) (float64, bool) {
	if t.Array == nil || t.Array.layout.form != formSimple || t.Array.n == 0 {
		return nexuslims.Number(t.Value)
	}
	sum, err := t.Array.sum(b.r)
	return sum / float64(t.Array.n), err == nil
}

var clRules = []rule{
	{path: "Central wavelength (nm)", key: "Central wavelength", unit: "nanometer"},
	{path: "Dispersion grating (lines/mm)"},
	{path: "Exposure (s)", key: "Exposure", unit: "second"},
	{path: "Integration time (s)", key: "Integration time", unit: "second"},
	{path: "Number of frames"},
}

func (b *builder) cathodoluminescence() *nexuslims.Object {
	o := nexuslims.NewObject(len(clRules))
	group := b.base.Sub("CL", "Acquisition")
	b.apply(o, group, clRules)
	return o
}
