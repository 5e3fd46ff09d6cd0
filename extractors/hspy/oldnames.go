package hspy

import "github.com/nexuslims/nexuslims-go/nexuslims"

// renamed is a tree of a version before 1.2 with today's names: until then everything
// stood at the top.
func renamed(old *nexuslims.Object) *nexuslims.Object {
	now := nexuslims.NewObject(old.Len())
	for key, v := range old.All() {
		switch key {
		case "TEM", "SEM":
			now.Ensure("Acquisition_instrument").Set(key, withDetector(v))
		case "title", "date", "time", "original_filename":
			setNew(now.Ensure("General"), key, v)
		case "signal_type", "record_by", "signal_origin":
			setNew(now.Ensure("Signal"), key, v)
		case "name":
			setNew(now.Ensure("General"), "title", v)
		case "signal":
			setNew(now.Ensure("Signal"), "signal_type", v)
		case "_internal_parameters":
			now.Set("_HyperSpy", internalNames(v))
		default:
			now.Set(key, v)
		}
	}
	if now.Group("Signal").Text("signal_type") == "EELS" {
		spectrometerTimes(now)
	}
	return now
}

// setNew sets what has no value yet; a blank text is none.
func setNew(o *nexuslims.Object, key string, v nexuslims.Value) {
	if plainText(o.Get(key)) == "" {
		o.Set(key, v)
	}
}

// withDetector moves the detectors of a microscope into a group of their own.
func withDetector(v nexuslims.Value) nexuslims.Value {
	old, ok := v.(*nexuslims.Object)
	if !ok {
		return v
	}
	now := nexuslims.NewObject(old.Len())
	for key, v := range old.All() {
		if _, isGroup := v.(*nexuslims.Object); isGroup && (key == "EELS" || key == "EDS") {
			now.Ensure("Detector").Set(key, v)
			continue
		}
		now.Set(key, v)
	}
	return now
}

func internalNames(v nexuslims.Value) nexuslims.Value {
	old, ok := v.(*nexuslims.Object)
	if !ok {
		return v
	}
	now := nexuslims.NewObject(old.Len())
	for key, v := range old.All() {
		switch key {
		case "folding":
			key = "Folding"
		case "stacking_history":
			key = "Stacking_history"
		}
		now.Set(key, v)
	}
	return now
}

// spectrometerTimes moves the dwell time of energy-loss spectra, which old versions kept
// with the microscope, to the spectrometer.
func spectrometerTimes(tree *nexuslims.Object) {
	for _, name := range instrumentNames {
		m := tree.Group("Acquisition_instrument", name)
		for _, key := range []string{"dwell_time", "dwell_time_units"} {
			if v := m.Get(key); v != nil {
				setNew(m.Ensure("Detector").Ensure("EELS"), key, v)
				m.Delete(key)
			}
		}
	}
}

// renameInstruments gives the members of microscopes before version 3.0 today's places.
func renameInstruments(tree *nexuslims.Object) {
	for _, name := range instrumentNames {
		m := tree.Group("Acquisition_instrument", name)
		for _, unit := range []string{"", "_units"} {
			if v := m.Get("tilt_stage" + unit); v != nil {
				setNew(m.Ensure("Stage"), "tilt_alpha"+unit, v)
				m.Delete("tilt_stage" + unit)
			}
			if v := m.Get("exposure" + unit); v != nil {
				setNew(m.Ensure("Detector").Ensure("Camera"), "exposure"+unit, v)
				m.Delete("exposure" + unit)
			}
		}
	}
}

// instrumentNames are the two kinds of microscopes that HyperSpy knows.
var instrumentNames = []string{"TEM", "SEM"}
