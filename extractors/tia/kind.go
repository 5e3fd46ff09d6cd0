package tia

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// kind is what a series is.
type kind struct {
	dataset nexuslims.DatasetType
	data    string
	why     string
}

// kindOf classifies a series by its axes and the settings of the microscope.
func kindOf(s *Series, i Info, sp space, scan int, instrument string) kind {
	mode := i.mode()
	prefix := "TEM"
	why := "there is no mode in the .emi file"
	switch {
	case strings.Contains(mode, "STEM"), mode == "" && strings.Contains(instrument, "STEM"):
		prefix = "STEM"
	case mode != "" && !strings.Contains(mode, "TEM"):
		prefix = ""
	}
	if mode != "" {
		why = "Mode is " + mode
	}
	if s.IsImage() {
		k := imageKind(mode, sp, prefix, scan)
		k.why = why + "; elements are images" + map[space]string{reciprocalSpace: " in 1/m", realSpace: " in m"}[sp]
		return k
	}
	if sp == realSpace {
		return kind{nexuslims.Misc, "Line_Profile", "elements have one axis, in m"}
	}
	words := []string{prefix, technique(s, i), "Spectrum"}
	k := kind{dataset: nexuslims.Spectrum, why: why + "; elements are spectra"}
	if scan > 0 {
		k.dataset, words[2] = nexuslims.SpectrumImage, "Spectrum_Imaging"
	}
	k.data = joined(words...)
	return k
}

func imageKind(mode string, sp space, prefix string, scan int) kind {
	pattern := isDiffractionMode(mode) || sp == reciprocalSpace
	switch {
	case pattern && scan > 1:
		return kind{dataset: nexuslims.Diffraction, data: "4D_STEM"}
	case pattern:
		return kind{dataset: nexuslims.Diffraction, data: joined(prefix, "Diffraction")}
	}
	return kind{dataset: nexuslims.Image, data: joined(prefix, "Imaging")}
}

// isDiffractionMode reports whether a mode of the fixed beam shows diffraction patterns.
// That of the scanned beam speaks of the lenses below the specimen.
func isDiffractionMode(mode string) bool {
	return strings.Contains(mode, "Diffraction") && !strings.Contains(mode, "Image") &&
		strings.Contains(mode, "TEM") && !strings.Contains(mode, "STEM")
}

func joined(words ...string) string {
	var list []string
	for _, w := range words {
		if w != "" {
			list = append(list, w)
		}
	}
	return strings.Join(list, "_")
}

// xrayEnergy is the energy, in eV, beyond which only X-ray spectra reach; energyLosses are
// the channels of the spectrometer camera.
const (
	xrayEnergy   = 5000
	energyLosses = 2048
)

// technique tells X-ray from energy-loss spectra: by what the detector says of itself,
// else by energies and channels.
func technique(s *Series, i Info) string {
	maker, acquire := strings.ToUpper(i.Tree.Text("Manufacturer")), i.Tree.Group("AcquireInfo")
	switch {
	case strings.Contains(maker, "EDX"), strings.Contains(maker, "EDAX"), strings.Contains(maker, "EDS"),
		acquire.Has("EnergyResolution"), acquire.Has("ShapingTime"):
		return "EDS"
	case acquire.Has("BiasCorrection"), acquire.Has("GainCorrection"):
		return "EELS"
	case len(s.Elements) == 0:
		return ""
	}
	e := s.Elements[0]
	switch {
	case e.X.Start()+float64(e.Columns-1)*e.X.Delta > xrayEnergy:
		return "EDS"
	case e.Columns == energyLosses:
		return "EELS"
	}
	return ""
}
