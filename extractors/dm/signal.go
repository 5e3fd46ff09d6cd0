package dm

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// navigation marks the axes that are scanned or counted through and names the others. A
// pixel of what is scanned is a spectrum, an image or a diffraction pattern.
func (b *builder) navigation() {
	n := len(b.axes)
	signal := min(n, 2)
	dataset := b.meta.Text("DatasetType")
	if dataset == string(nexuslims.SpectrumImage) && b.meta.Text("Data Type") != "EFTEM_Imaging" &&
		(n != 3 || !b.axes[0].measures(unitEnergy)) {
		signal = 1
	}
	for i := range b.axes {
		b.axes[i].Navigation = i < n-signal
		if b.meta.Text("Data Type") == "4D_STEM" && n == 4 {
			b.axes[i].Name = []string{"y", "x", "ky", "kx"}[i]
		}
		if name := b.axisName(b.axes[i]); name != "" {
			b.axes[i].Name = name
		}
	}
}

// axisName returns the name of what an axis measures, where it is not a direction.
func (b *builder) axisName(a axis) string {
	switch {
	case a.measures(unitEnergy) && b.isXray():
		return "Energy"
	case a.measures(unitEnergy):
		return "Energy loss"
	case a == b.last() && b.isWavelength(a):
		return "Wavelength"
	}
	return ""
}

func (b *builder) isXray() bool {
	return slices.Contains([]string{"TEM_EDS", "STEM_EDS", "SEM_EDS", "EDS_Spectrum_Imaging"}, b.meta.Text("Data Type"))
}

// dataLabel names the values for the axis of a plot.
func (b *builder) dataLabel() string {
	unit := b.p.light.unit
	switch {
	case unit == "e-":
		return "Electrons (Counts)"
	case b.isXray() && (unit == "" || strings.EqualFold(unit, "counts")):
		return "X-rays (Counts)"
	case unit != "":
		return "Intensity (" + unit + ")"
	case b.base.Text("Meta Data", "Signal") == "EELS":
		return "Electrons (Counts)"
	}
	return "Intensity"
}
