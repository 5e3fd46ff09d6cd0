package dm

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// renamed are the entries that are schema fields under another name.
var renamed = map[string]string{
	"Voltage":                "acceleration_voltage",
	"Horizontal Field Width": "horizontal_field_width",
	"Vertical Field Width":   "vertical_field_width",
	"Acquisition Device":     "acquisition_device",
	"Sample Time":            "dwell_time",
	"Scan Rotation":          "scan_rotation",
	"Emission Current":       "emission_current",
	"Probe Current":          "beam_current",
}

// Migrate gives schema names to what a signal and its profile wrote, depending on the
// dataset type that the profile settled.
func (*Extractor) Migrate(meta *nexuslims.Object) {
	m := migration{meta, nexuslims.DatasetType(meta.Text("DatasetType"))}
	for _, key := range meta.Keys() {
		if to, ok := renamed[key]; ok {
			m.move(to, key)
		}
	}
	m.tecnai()
	m.stage()
	m.cameraLength()
	m.magnification()
	m.detector()
	m.spectrum()
	m.diffraction()
}

type migration struct {
	meta    *nexuslims.Object
	dataset nexuslims.DatasetType
}

func (m migration) is(types ...nexuslims.DatasetType) bool {
	for _, t := range types {
		if m.dataset == t {
			return true
		}
	}
	return false
}

// move gives the value at path a schema name, unless that is taken, together with the
// warnings about it. Groups left empty are removed.
func (m migration) move(to string, path ...string) bool {
	v := m.meta.At(path...)
	if v == nil || m.meta.Has(to) {
		return false
	}
	m.meta.Set(to, v)
	parent := m.meta
	if len(path) > 1 {
		parent = m.meta.Group(path[:len(path)-1]...)
	}
	parent.Delete(path[len(path)-1])
	if len(path) == 2 && parent.Len() == 0 {
		m.meta.Delete(path[0])
	}
	m.rename(path, to)
	return true
}

// rename makes warnings about a path name the new field.
func (m migration) rename(path []string, to string) {
	list, _ := m.meta.Get("warnings").(nexuslims.List)
	old := make(nexuslims.List, len(path))
	for i, p := range path {
		old[i] = nexuslims.Text(p)
	}
	for i, w := range list {
		if nexuslims.Equal(w, old) {
			list[i] = nexuslims.List{nexuslims.Text(to)}
		}
	}
}

// tecnai promotes what the text of a Tecnai or Titan gives as bare numbers.
func (m migration) tecnai() {
	const key = "Emission Current (μA)"
	if n, ok := nexuslims.Number(m.meta.Get(key)); ok && n > 0 && !m.meta.Has("emission_current") {
		m.meta.Set(key, nexuslims.Q(n, "microampere"))
		m.move("emission_current", key)
	}
}

// stageNames are the members of a stage position with the units that the program stores
// them in.
var stageNames = []struct{ from, to, unit string }{
	{"X", "x", "micrometer"},
	{"Y", "y", "micrometer"},
	{"Z", "z", "micrometer"},
	{"α", "tilt_alpha", "degree"},
	{"β", "tilt_beta", "degree"},
}

func (m migration) stage() {
	old := m.meta.Group("Stage Position")
	if old == nil {
		return
	}
	stage := nexuslims.NewObject(old.Len())
	for _, s := range stageNames {
		v := old.Get(s.from)
		if q, ok := quantity(v, s.unit); ok {
			v = q
		}
		stage.Set(s.to, v)
		old.Delete(s.from)
	}
	for key, v := range old.All() {
		stage.Set(key, v)
	}
	m.meta.Delete("Stage Position")
	if stage.Len() > 0 && !m.meta.Has("stage_position") {
		m.meta.Set("stage_position", stage)
		m.rename([]string{"Stage Position"}, "stage_position")
	}
}

// cameraLength finds the camera length of a diffraction pattern. "STEM Camera Length" is
// zero unless the microscope scans; what the program calls a magnification is the
// nominal camera length in millimetres in diffraction mode.
func (m migration) cameraLength() {
	nominal := m.nominalLength()
	if !m.is(nexuslims.Diffraction) {
		return
	}
	if n, ok := nexuslims.Number(m.meta.Get("Camera Length (m)")); ok && n > 0 {
		length, _ := nexuslims.Q(n, "meter").Convert(nexuslims.MustUnit("millimeter"))
		m.meta.Set("Camera Length (m)", length)
		m.move("camera_length", "Camera Length (m)")
		return
	}
	if q, ok := m.meta.Get("STEM Camera Length").(nexuslims.Quantity); ok && q.Value > 0 {
		m.move("camera_length", "STEM Camera Length")
		return
	}
	if nominal {
		m.move("camera_length", "Nominal Camera Length")
	}
}

// nominalLength takes the magnification of a diffraction mode for what it is.
func (m migration) nominalLength() bool {
	const key = "Indicated Magnification"
	n, ok := nexuslims.Number(m.meta.Get(key))
	if !ok || !m.isDiffractionMode() {
		return false
	}
	m.meta.Delete(key)
	if n > 0 {
		m.meta.Set("Nominal Camera Length", nexuslims.Q(n, "millimeter"))
	}
	return n > 0
}

func (m migration) isDiffractionMode() bool {
	if strings.Contains(strings.ToUpper(m.meta.Text("Illumination Mode")), "STEM") {
		return false
	}
	operation := m.meta.Text("Operation Mode")
	if strings.Contains(strings.ToUpper(operation), "SCANNING") {
		return false
	}
	return isDiffractionMode(operation) || isDiffractionMode(m.meta.Text("Imaging Mode"))
}

func (m migration) magnification() {
	if m.is(nexuslims.Image, nexuslims.SpectrumImage) {
		m.move("magnification", "Indicated Magnification")
	}
}

// detector takes the name that the signal has before the one that the user entered for
// the session, which often is that of an earlier one.
func (m migration) detector() {
	if m.is(nexuslims.Image, nexuslims.SpectrumImage) && !m.move("detector_type", "Signal Name") {
		m.move("detector_type", "Detector")
	}
}

func (m migration) spectrum() {
	if !m.is(nexuslims.Spectrum, nexuslims.SpectrumImage) {
		return
	}
	for _, path := range [][]string{
		{"EDS", "Real time"},
		{"EELS", "Integration time"},
		{"EELS", "Exposure"},
		{"CL", "Integration time"},
		{"CL", "Exposure"},
	} {
		if m.move("acquisition_time", path...) {
			break
		}
	}
	if m.is(nexuslims.Spectrum) {
		m.move("acquisition_time", "Exposure Time")
	}
	m.move("live_time", "EDS", "Live time")
	m.move("azimuthal_angle", "EDS", "Azimuthal angle")
	m.move("elevation_angle", "EDS", "Elevation angle")
	if m.is(nexuslims.SpectrumImage) {
		m.move("pixel_time", "Spectrum Imaging", "Pixel time")
		m.move("scan_mode", "Spectrum Imaging", "Scan Mode")
	}
}

func (m migration) diffraction() {
	if m.is(nexuslims.Diffraction) {
		m.move("convergence_angle", "EELS", "Convergence semi-angle")
	}
}
