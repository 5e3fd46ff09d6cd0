package feitif

import (
	"slices"
	"strings"
)

// active names the sections that a picture was taken with; empty where there is none.
type active struct {
	beam, scan, detector string
	kind                 beamKind
}

type beamKind int

const (
	electrons beamKind = iota
	ions
	camera // light, of the navigation camera or of one in the chamber
)

// activeSections follows [Beam] and [Detectors]. Where these are missing, or name a section
// that is, the only section of the kind counts.
func activeSections(s Settings) active {
	var a active
	name := s.Value("Beam", "Beam")
	if a.beam = name; !s.Has(name) {
		a.beam = onlySection(s, name, func(section string) bool { return isKind(section, "Beam") })
	}
	a.scan = s.Value("Beam", "Scan")
	if !s.Has(a.scan) {
		// The scan of EBeam is EScan.
		twin := strings.TrimSuffix(a.beam, "Beam") + "Scan"
		if a.scan = ""; s.Has(twin) && twin != "Scan" {
			a.scan = twin
		} else if a.beam == "" {
			a.scan = onlySection(s, "", func(section string) bool { return isKind(section, "Scan") })
		}
	}
	if a.detector = s.Value("Detectors", "Name"); !s.Has(a.detector) {
		a.detector = onlySection(s, a.detector, func(section string) bool {
			return s.Value(section, "Contrast") != "" && s.Value(section, "Brightness") != ""
		})
	}
	if name == "" {
		name = a.beam
	}
	a.kind = kindOf(name, s.Value("Detectors", "Name"))
	return a
}

// isKind reports whether a section is one of those: "EBeam", but not "Beam".
func isKind(section, kind string) bool {
	return strings.HasSuffix(section, kind) && section != kind && !strings.Contains(section, ".")
}

// onlySection returns the one section that fits; the name given where there is none or
// where there are several.
func onlySection(s Settings, name string, fits func(string) bool) string {
	if s.Sections == nil {
		return name
	}
	found := slices.DeleteFunc(s.Sections.Keys(), func(section string) bool { return !fits(section) })
	if len(found) != 1 {
		return name
	}
	return found[0]
}

// kindOf tells beams by their name: EBeam, IBeam, IRBeam; some systems name a camera as
// detector alone.
func kindOf(beam, detector string) beamKind {
	beam, detector = strings.ToLower(beam), strings.ToLower(detector)
	switch {
	case strings.HasPrefix(beam, "ir") || strings.Contains(beam, "cam") || strings.Contains(beam, "ccd") ||
		strings.Contains(beam, "optical"):
		return camera
	case strings.HasPrefix(beam, "i"):
		return ions
	case beam == "" && (strings.Contains(detector, "cam") || detector == "ccd"):
		return camera
	}
	return electrons
}

func (a active) dataType() string {
	switch a.kind {
	case ions:
		return "FIB_Imaging"
	case camera:
		return "Camera_Image"
	}
	return "SEM_Imaging"
}
