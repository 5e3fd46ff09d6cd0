package dm

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// kind is what a signal is.
type kind struct {
	dataset   nexuslims.DatasetType
	data      string
	transform bool // a Fourier transform, whose tags are those of its source
}

// The techniques that make spectra.
const (
	techniqueEELS = "EELS"
	techniqueEDS  = "EDS"
	techniqueCL   = "CL"
)

// classify decides from shape, units and tags together: tags alone are inherited by
// whatever is computed from a measurement.
func (b *builder) classify(eels, eds *nexuslims.Object) kind {
	technique := b.technique(eels, eds)
	switch {
	case len(b.axes) == 0:
		return kind{dataset: nexuslims.UnknownType, data: "Unknown"}
	case len(b.axes) == 1:
		return b.oneDimension(technique)
	case b.isTransform():
		return kind{nexuslims.Image, b.mode + "_Imaging", true}
	case b.isEFTEM():
		return kind{dataset: nexuslims.SpectrumImage, data: "EFTEM_Imaging"}
	case b.isMap(technique):
		return kind{dataset: nexuslims.SpectrumImage, data: join(technique, "Spectrum_Imaging")}
	case b.isFrame(technique):
		return kind{dataset: nexuslims.Spectrum, data: b.spectrum(technique)}
	case b.isScannedDiffraction():
		return kind{dataset: nexuslims.Diffraction, data: "4D_STEM"}
	case b.isElementalMap(technique, eels, eds):
		return kind{dataset: nexuslims.Image, data: join(b.mode, technique, "Map")}
	case b.isDiffraction():
		return kind{dataset: nexuslims.Diffraction, data: b.diffraction()}
	}
	return kind{dataset: nexuslims.Image, data: b.mode + "_Imaging"}
}

func join(words ...string) string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, "_")
}

// oneDimension tells spectra from line profiles. A profile drawn across a map has the
// tags of the map, but an axis in space.
func (b *builder) oneDimension(technique string) kind {
	a := b.axes[0]
	if technique == "" && isSpectral(b.base.Text("Meta Data", "Format")) {
		technique = "Spectrum"
	}
	if technique == "" || a.isReciprocal() || a.measures(unitLength) && technique != techniqueCL {
		return kind{dataset: nexuslims.Misc, data: "Line_Profile"}
	}
	return kind{dataset: nexuslims.Spectrum, data: b.spectrum(technique)}
}

// spectrum names a spectrum. Light is collected in scanning microscopes only, in most
// cases those for surfaces.
func (b *builder) spectrum(technique string) string {
	mode := b.mode
	if technique == techniqueCL && mode == "TEM" {
		mode = "STEM"
		if modeOf(b.base) == "" {
			mode = "SEM"
		}
	}
	return join(mode, technique)
}

// technique says which signal was recorded: what the program calls it, then which of the
// detectors left values, then the energies.
func (b *builder) technique(eels, eds *nexuslims.Object) string {
	switch b.base.Text("Meta Data", "Signal") {
	case "EELS":
		return techniqueEELS
	case "X-ray", "EDS", "EDX":
		return techniqueEDS
	case "CL":
		return techniqueCL
	}
	switch {
	case eds.Len() > 0:
		return techniqueEDS
	case measured(eels):
		return techniqueEELS
	case b.base.Sub("CL") != nil:
		return techniqueCL
	}
	for _, a := range b.axes {
		if a.measures(unitEnergy) {
			return energyTechnique(a)
		}
	}
	return ""
}

// xrayEnergy is what energy losses hardly ever reach and X-ray spectra nearly always
// cover, in electron volts.
const xrayEnergy = 5000

func energyTechnique(a axis) string {
	u, _ := a.unitOf()
	end, ok := nexuslims.Quantity{Value: a.Offset + float64(a.Size)*a.Scale, Unit: u}.Convert(nexuslims.MustUnit("eV"))
	if a.Unit == "keV" || ok && end.Value > xrayEnergy {
		return techniqueEDS
	}
	return techniqueEELS
}

func (b *builder) last() axis { return b.axes[len(b.axes)-1] }

// isTransform reports whether an image is a Fourier transform. Other complex images, such
// as reconstructed waves, have axes in space.
func (b *builder) isTransform() bool {
	if b.p.isPacked() {
		return true
	}
	e, _, ok := elementOf(b.p.kind)
	named := strings.HasPrefix(strings.ToUpper(b.p.name), "FFT")
	return (named || ok && e.IsComplex()) && b.last().measures(unitInverse)
}

// isEFTEM reports whether the slowest axis of an image series is the energy.
func (b *builder) isEFTEM() bool {
	if len(b.axes) != 3 || !b.axes[0].measures(unitEnergy) || isSpectrumImage(b.p.tags) {
		return false
	}
	return b.base.Sub("SI") == nil || b.base.Text("Meta Data", "Signal") == "EFTEM"
}

// isMap reports whether there is a spectrum at each point of a line or an area.
func (b *builder) isMap(technique string) bool {
	n := len(b.axes)
	last := b.last()
	if isSpectrumImage(b.p.tags) {
		return n > 2 || technique == techniqueCL || !last.measures(unitLength)
	}
	if n == 3 && b.axes[0].measures(unitEnergy) {
		return technique != ""
	}
	if !last.measures(unitEnergy) || b.axes[n-2].measures(unitEnergy) {
		return false
	}
	return n > 2 || b.base.Sub("SI") != nil || b.axes[0].measures(unitLength)
}

// isFrame reports whether an image is a camera frame of a spectrum that was not summed.
func (b *builder) isFrame(technique string) bool {
	return len(b.axes) == 2 && technique != "" && b.last().measures(unitEnergy) && !b.axes[0].measures(unitEnergy)
}

func (b *builder) isScannedDiffraction() bool {
	n := len(b.axes)
	if n < 4 {
		return false
	}
	return b.isDiffractionFormat() || b.axes[n-1].isReciprocal() && b.axes[n-2].isReciprocal()
}

func (b *builder) isDiffractionFormat() bool {
	data := b.base.Sub("Meta Data")
	return data.Text("Format") == "Diffraction image" || data.Text("Signal") == "Diffraction"
}

// isElementalMap reports whether an image was computed from a spectrum image.
func (b *builder) isElementalMap(technique string, eels, eds *nexuslims.Object) bool {
	if len(b.axes) != 2 || technique == "" || technique == techniqueCL || b.last().isReciprocal() {
		return false
	}
	return b.base.Text("Meta Data", "Signal") != "" || measured(eels) || eds.Len() > 0
}

// isDiffraction applies the one rule that holds for every transmission microscope. The
// imaging mode says nothing when scanning: it is always diffraction then.
func (b *builder) isDiffraction() bool {
	if len(b.axes) > 2 && b.isDiffractionFormat() {
		return true
	}
	if b.mode != "TEM" {
		return false
	}
	return isDiffractionMode(b.meta.Text("Operation Mode")) || b.last().isReciprocal()
}

func isDiffractionMode(mode string) bool {
	return strings.Contains(strings.ToUpper(mode), "DIFFRACTION")
}

func (b *builder) diffraction() string {
	if b.mode == "TEM" && strings.Contains(strings.ToUpper(b.meta.Text("Imaging Mode")), "EFTEM DIFFRACTION") {
		return "TEM_EFTEM_Diffraction"
	}
	return b.mode + "_Diffraction"
}
