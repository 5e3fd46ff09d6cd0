package emd

import (
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// segment writes what the X-ray detector of a spectrum says of itself.
func (r *veloxRecord) segment() {
	d := r.device
	if d.kind != analyticalDetector {
		return
	}
	r.PutText(d.name, r.from("Detectors", d.key, "DetectorName"), "acquisition_device")
	r.ofDetector("LiveTime", "second", "second", "live_time")
	r.ofDetector("RealTime", "second", "second", "acquisition_time")
	r.channels()
	r.measure([]string{"Detectors", d.key, "AzimuthAngle"}, "radian", "degree", "azimuthal_angle")
	r.elevation()
	r.ofDetector("InputCountRate", "hertz", "hertz", techniqueEDS, "Input count rate")
	r.ofDetector("OutputCountRate", "hertz", "hertz", techniqueEDS, "Output count rate")
	r.detectorKind()
}

// channels writes the width of a channel and the energy of the first.
func (r *veloxRecord) channels() {
	if r.ofDetector("Dispersion", "electron_volt", "electron_volt", "channel_size") {
		at := []string{"Detectors", r.device.key, "OffsetEnergy"}
		r.measure(at, "electron_volt", "kiloelectron_volt", "starting_energy")
	}
}

func (r *veloxRecord) elevation() {
	r.measure([]string{"Detectors", r.device.key, "ElevationAngle"}, "radian", "degree", "elevation_angle")
}

// detectorKind writes what the segments of a detector have in common.
func (r *veloxRecord) detectorKind() {
	property := func(name string) []string { return custom("Detectors[" + r.device.name + "]." + name) }
	r.ofDetector("CollectionAngle", "steradian", "steradian", techniqueEDS, "Solid angle")
	r.measure(property("IncidentAngle"), "radian", "degree", techniqueEDS, "Incidence angle")
	r.text(property("CommercialName"), techniqueEDS, "Detector type")
	r.ofDetector("PulseProcessTime", "second", "second", techniqueEDS, "Shaping time")
	r.ofDetector("BeginEnergy", "electron_volt", "electron_volt", techniqueEDS, "Begin energy")
}

// totals writes the times of all detectors of a map: the live times added, the longest of
// the real ones, and who they were. The last frame of a stream has the times of the whole.
func (r *veloxRecord) totals(streams []*veloxMember, frames int) {
	var live, lasted float64
	var names []string
	for _, m := range streams {
		d := detectorOf(m.meta)
		if d.name != "" {
			names = append(names, d.name)
		}
		if t, ok := numberAt(d.entry, "LiveTime"); ok && t > 0 {
			live += t
		}
		if t, ok := numberAt(d.entry, "RealTime"); ok {
			lasted = max(lasted, t)
		}
	}
	const from = "Data/SpectrumStream/*/Metadata: Detectors."
	if live > 0 {
		r.quantity(live, "second", "second", from+"LiveTime", "live_time")
		r.Converted("sum of all detectors")
	}
	if lasted > 0 {
		r.quantity(lasted, "second", "second", from+"RealTime", "acquisition_time")
		r.Converted("longest of all detectors")
	}
	slices.Sort(names)
	var list nexuslims.List
	for _, name := range names {
		list = append(list, nexuslims.Text(name))
	}
	if len(list) > 0 {
		r.Put(list, from+"DetectorName", "Detectors")
	}
	if frames > 0 {
		r.Put(nexuslims.Int(frames), "Data/SpectrumStream/*/FrameLocationTable", "Number of frames")
	}
}
