package hspy

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// choose finds the microscope: of two the one of which more is known.
func (w *writer) choose() {
	for _, name := range instrumentNames {
		if m := w.metadata.Group("Acquisition_instrument", name); m != nil && members(m) > members(w.microscope) {
			w.microscope, w.name = m, name
		}
	}
	w.signalType = plainText(w.metadata.At("Signal", "signal_type"))
}

// members counts the values of a tree.
func members(o *nexuslims.Object) int {
	if o == nil {
		return -1
	}
	n := 0
	for _, v := range o.All() {
		if sub, ok := v.(*nexuslims.Object); ok {
			n += members(sub)
		} else {
			n++
		}
	}
	return n
}

// mode is "STEM", "SEM" or "TEM", empty where nothing is known.
func (w *writer) mode() string {
	switch {
	case strings.Contains(strings.ToUpper(plainText(w.microscope.Get("acquisition_mode"))), "STEM"):
		return "STEM"
	case w.name != "":
		return w.name
	}
	for _, name := range []string{"STEM", "SEM", "TEM"} {
		if strings.HasSuffix(w.signalType, "_"+name) { // EDS_SEM
			return name
		}
	}
	return ""
}

// technique is how a spectrum came about: "EDS", "EELS", "CL", empty where unknown.
func (w *writer) technique() string {
	for _, name := range []string{"EDS", "EELS", "CL"} {
		if strings.HasPrefix(strings.ToUpper(w.signalType), name) {
			return name
		}
	}
	return ""
}

// classify tells what the signal is.
func (w *writer) classify() {
	places := 0
	for _, x := range w.axes {
		if x.Navigation {
			places++
		}
	}
	signal := len(w.axes) - places
	technique, mode := w.technique(), w.mode()
	w.kind = nexuslims.Misc
	name, why := "Miscellaneous", "the axes of "+nexuslims.ValidText(w.path)
	switch {
	case technique != "" || signal == 1:
		if technique != "" {
			why = "metadata: Signal.signal_type"
		} else {
			technique = "Spectrum"
		}
		w.kind, name = nexuslims.Spectrum, prefixed(mode, technique)
		if places > 0 {
			w.kind, name = nexuslims.SpectrumImage, mapName(mode, technique)
		}
	case signal == 2 && w.isTransform():
		// It has the metadata of the image that it was made of.
		w.kind, name, why = nexuslims.Image, prefixed(mode, "Imaging"), "metadata: Signal.FFT"
		w.Put(nexuslims.Text("FFT"), why, "Derived")
	case strings.Contains(strings.ToLower(w.signalType), "diffraction"), signal == 2 && isPattern(w.axes[places:]):
		w.kind, name = nexuslims.Diffraction, prefixed(mode, "Diffraction")
		if places > 0 {
			name = "STEM_Diffraction"
		}
	case signal == 2:
		w.kind, name = nexuslims.Image, prefixed(mode, "Imaging")
	}
	w.Classify(w.kind, name, why)
}

// isTransform reports whether HyperSpy made the signal by a Fourier transform.
func (w *writer) isTransform() bool { return w.metadata.Group("Signal", "FFT") != nil }

func prefixed(mode, name string) string {
	if mode == "" {
		return name
	}
	return mode + "_" + name
}

// mapName is the name of a series of spectra: only beams that scan make one.
func mapName(mode, technique string) string {
	name := "Spectrum_Imaging"
	if technique != "Spectrum" {
		name = technique + "_" + name
	}
	if mode == "TEM" {
		mode = ""
	}
	return prefixed(mode, name)
}

// isPattern reports whether two axes are those of a diffraction pattern.
func isPattern(axes []extractors.Axis) bool {
	return !slices.ContainsFunc(axes, func(x extractors.Axis) bool {
		u, ok := nexuslims.ParseUnit(x.Unit)
		return x.Unit != "mrad" && (!ok || u.Dimension != "wavenumber")
	})
}
