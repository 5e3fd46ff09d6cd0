package dm_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// refused are the files that the reference refuses at least once.
var refused = []string{
	"EELS_SI.dm4", "types/1D-test-8.dm4", "types/1D-test-23.dm4", "types/2D-test-8.dm3", "types/2D-test-23.dm3",
	"types/3D-test-8.dm4", "types/3D-test-23.dm4",
}

// types are the signals that are something else than the reference says.
var types = typesOf(map[string][]string{
	"Misc Line_Profile": append([]string{
		"TEM_list_signal_dataZeroed.dm3#1", "multi_signal.dm3#1",
	}, numbered("types/1D-test-", ".dm4#0", 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 27, 28)...),
	"Spectrum TEM_Spectrum":               {"nion/ref_F_0_1.dm3#0", "nion/ref_F_0_1.dm4#0"},
	"Spectrum TEM_EELS":                   {"08_carbon.dm3#0"},
	"SpectrumImage EELS_Spectrum_Imaging": {"nion/ref_F_1_1.dm3#0", "nion/ref_F_1_1.dm4#0"},
	"Image STEM_EELS_Map":                 {"Titan_EELS_proc_intgrate_and_bg_dataZeroed.dm3#0"},
	"Diffraction TEM_Diffraction":         {"Titan_opmode_diffraction_dataZeroed.dm3#0", "test_diffraction_pattern.dm3#0"},
	"Image TEM_Imaging":                   {"dmTest_float32_nonSquare_diffPixelSize.dm4#0@JEOL-JEM-TEM"},
	"Diffraction 4D_STEM":                 {"synthetic/4d-stem_6x5_16x12_uint16.dm4#0"},
	"SpectrumImage EFTEM_Imaging":         {"synthetic/eftem-stack_7x24x32.dm3#0"},
	"Spectrum SEM_CL": {
		"test-CL_spectrum-ccd.dm4#0", "test-MonoCL_spectrum-ccd.dm4#0", "test-MonarcCL_spectrum-pmt.dm4#0",
	},
	"SpectrumImage CL_Spectrum_Imaging": {"test-MonarcCL_spectrum-SI.dm4#0"},
	"Image SEM_Imaging":                 {"test-MonarcCL_mono-image.dm4#0"},
	"Image STEM_Imaging":                {"test_stackbuilder_imagestack.dm3#0"},
})

func typesOf(byKind map[string][]string) map[string]string {
	m := map[string]string{}
	for kind, files := range byKind {
		for _, f := range files {
			m[f] = kind
		}
	}
	return m
}

func numbered(before, after string, codes ...int) []string {
	var list []string
	for _, c := range codes {
		list = append(list, before+nexuslims.TextOf(nexuslims.Int(c))+after)
	}
	return list
}

// difference is a value of nx_meta that is not that of the reference. With to, the value of
// the reference stands there, physically equal; with from, ours comes from there.
type difference struct {
	path, why   string
	to          []string
	added       bool // the reference has nothing at path
	dropped     bool // we have nothing at path
	unitOnly    bool // the same number with another unit, or with one
	changed     bool // another value, which has its own tests
	micrometres bool // the number of the reference in another unit than it says
}

func (d difference) check(t *testing.T, where string, want, got map[string]nexuslims.Value) {
	t.Helper()
	w, g := want[d.path], got[d.path]
	switch {
	case d.changed:
	case d.micrometres:
		q, ok := got["stage_position/z"].(nexuslims.Quantity)
		require.True(t, ok, "%s: %s", where, d.path)
		q, ok = q.Convert(nexuslims.MustUnit("micrometer"))
		require.True(t, ok)
		if w != nil {
			assert.InDelta(t, number(w), q.Value, 1e-9, "%s: %s", where, d.path)
		}
		return
	case d.added:
		// A value that the reference has elsewhere is the target of a move, checked there.
		assert.NotNil(t, g, "%s: %s", where, d.path)
	case d.dropped && len(d.to) == 0:
		assert.Nil(t, g, "%s: %s", where, d.path)
	case d.unitOnly:
		assert.InDelta(t, number(w), number(g), 1e-12, "%s: %s", where, d.path)
	}
	if len(d.to) > 0 && w != nil {
		assert.True(t, slices.ContainsFunc(d.to, func(to string) bool { return same(w, got[to]) || number(w) == number(got[to]) }),
			"%s: %s is %v in the reference and not found at %v", where, d.path, w, d.to)
	}
}

func number(v nexuslims.Value) float64 {
	switch v := v.(type) {
	case nexuslims.Quantity:
		return v.Value
	case nexuslims.Text:
		if q, ok := nexuslims.ParseQuantity(string(v)); ok {
			return q.Value
		}
		return -1e99
	}
	if n, ok := nexuslims.Number(v); ok {
		return n
	}
	return -1e99
}

// differences lists them all.
var differences = []difference{
	{path: "acquisition_time", added: true, why: "a value with a schema field stands there"},
	{path: "channel_size", added: true, why: "from the calibration of the energy axis"},
	{path: "starting_energy", added: true, why: "from the calibration of the energy axis"},
	{path: "live_time", added: true, why: "a value with a schema field stands there"},
	{path: "azimuthal_angle", added: true, why: "a value with a schema field stands there"},
	{path: "elevation_angle", added: true, why: "a value with a schema field stands there"},
	{path: "pixel_time", added: true, why: "a value with a schema field stands there"},
	{path: "scan_mode", added: true, why: "a value with a schema field stands there"},
	{path: "pixel_width", added: true, why: "from the calibration of the axes"},
	{path: "pixel_height", added: true, why: "from the calibration of the axes"},
	{path: "vertical_field_width", added: true, why: "pixels times scale"},
	{path: "scan_rotation", added: true, why: "from DigiScan"},
	{path: "detector_type", added: true, why: "a value with a schema field stands there"},
	{path: "emission_current", added: true, why: "a value with a schema field stands there"},
	{path: "extensions/Acquisition Timestamp", added: true, why: "the instant stored in the file"},
	{path: "extensions/Derived", added: true, why: "a Fourier transform says so"},
	{path: "extensions/Nominal Camera Length", added: true, why: "what the program calls magnification in diffraction mode"},
	{path: "extensions/pixel_width", added: true, why: "size of the scan of 4D data, for which Diffraction has no field"},
	{path: "extensions/pixel_height", added: true, why: "size of the scan of 4D data, for which Diffraction has no field"},
	{path: "extensions/horizontal_field_width", added: true, why: "size of the scan of 4D data, for which Diffraction has no field"},
	{path: "extensions/vertical_field_width", added: true, why: "size of the scan of 4D data, for which Diffraction has no field"},
	{path: "extensions/emission_current", added: true, why: "measured by the microscope; the type has no field"},
	{path: "extensions/CL/Central wavelength", added: true, why: "cathodoluminescence is read"},
	{path: "extensions/CL/Dispersion grating (lines/mm)", added: true, why: "cathodoluminescence is read"},
	{path: "extensions/CL/Exposure", added: true, why: "cathodoluminescence is read"},
	{path: "extensions/CL/Number of frames", added: true, why: "cathodoluminescence is read"},
	{path: "extensions/EELS/Spectrometer Aperture label", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Dispersion (eV/ch)", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Drift tube enabled", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Drift tube voltage", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Energy loss", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Instrument name", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Prism offset", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Prism offset enabled ", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Slit inserted", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/EELS/Spectrometer Slit width", added: true, why: "spectrometer settings are read for every instrument"},
	{path: "extensions/Specimen", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Operation Mode", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Name", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Microscope", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Imaging Mode", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Illumination Mode", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/GMS Version", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "extensions/Cs", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "dwell_time", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "acquisition_device", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "acceleration_voltage", added: true, why: "a stack without source tags has them elsewhere"},
	{path: "stage_position/x", added: true, why: "core field of every type; Tecnai text fills gaps"},
	{path: "extensions/Stage Position/x", dropped: true, to: []string{"stage_position/x"}, why: "core field of every type"},
	{path: "stage_position/y", added: true, why: "core field of every type; Tecnai text fills gaps"},
	{path: "extensions/Stage Position/y", dropped: true, to: []string{"stage_position/y"}, why: "core field of every type"},
	{path: "stage_position/tilt_alpha", added: true, why: "core field of every type; Tecnai text fills gaps"},
	{path: "extensions/Stage Position/tilt_alpha", dropped: true, to: []string{"stage_position/tilt_alpha"}, why: "core field of every type"},
	{path: "stage_position/tilt_beta", added: true, why: "core field of every type; Tecnai text fills gaps"},
	{path: "extensions/Stage Position/tilt_beta", dropped: true, to: []string{"stage_position/tilt_beta"}, why: "core field of every type"},
	{path: "stage_position/z", micrometres: true, why: "the stage is in micrometres"},
	{path: "extensions/Stage Position/z", micrometres: true, to: []string{"stage_position/z"}, why: "core field of every type, micrometres"},
	{path: "extensions/EELS/Exposure", dropped: true, to: []string{"acquisition_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/EELS/Integration time", dropped: true, to: []string{"acquisition_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/EDS/Real time", dropped: true, to: []string{"acquisition_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/Exposure Time", dropped: true, to: []string{"acquisition_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/EDS/Live time", dropped: true, to: []string{"live_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/EDS/Azimuthal angle", dropped: true, to: []string{"azimuthal_angle"}, why: "a value with a schema field stands there"},
	{path: "extensions/EDS/Elevation angle", dropped: true, to: []string{"elevation_angle"}, why: "a value with a schema field stands there"},
	{path: "extensions/Spectrum Imaging/Pixel time", dropped: true, to: []string{"pixel_time"}, why: "a value with a schema field stands there"},
	{path: "extensions/Spectrum Imaging/Scan Mode", dropped: true, to: []string{"scan_mode"}, why: "a value with a schema field stands there"},
	{path: "extensions/Signal Name", dropped: true, to: []string{"detector_type"}, why: "a value with a schema field stands there"},
	{path: "extensions/Detector", dropped: true, to: []string{"detector_type"}, why: "a value with a schema field stands there"},
	{path: "extensions/Emission Current (μA)", dropped: true, to: []string{"emission_current", "extensions/emission_current"}, why: "a value with a schema field stands there"},
	{path: "horizontal_field_width", changed: true, why: "pixels times scale, as the scale bar shows"},
	{path: "extensions/Field of View", added: true, why: "the field of view of the tags is another number"},
	{path: "magnification", changed: true, why: "follows the type; a camera length is none"},
	{path: "extensions/Indicated Magnification", changed: true, why: "follows the type; a camera length is none"},
	{path: "camera_length", changed: true, why: "never zero; from the Tecnai text or the nominal one"},
	{path: "extensions/Camera Length (m)", dropped: true, why: "stands in camera_length"},
	{path: "extensions/STEM Camera Length", changed: true, why: "stays when it is not the camera length"},
	{path: "extensions/Defocus", unitOnly: true, why: "has its unit"},
	{path: "extensions/EDS/Live time (SI Average)", unitOnly: true, why: "has its unit"},
	{path: "extensions/EDS/Real time (SI Average)", unitOnly: true, why: "has its unit"},
}
