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
		assert.Nil(t, w, "%s: %s", where, d.path)
		assert.NotNil(t, g, "%s: %s", where, d.path)
	case d.dropped && len(d.to) == 0:
		assert.Nil(t, g, "%s: %s", where, d.path)
	case d.unitOnly:
		assert.InDelta(t, number(w), number(g), 1e-12, "%s: %s", where, d.path)
	}
	if len(d.to) > 0 && w != nil {
		found := func(to string) bool { return same(w, got[to]) || number(w) == number(got[to]) }
		assert.True(t, slices.ContainsFunc(d.to, found), "%s: %s, %v, is not found at %v", where, d.path, w, d.to)
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
var differences = slices.Concat(
	added("a value with a schema field stands there",
		"acquisition_time",
		"live_time",
		"azimuthal_angle",
		"elevation_angle",
		"pixel_time",
		"scan_mode",
		"detector_type",
		"emission_current",
	),
	added("from the calibration of the energy axis",
		"channel_size",
		"starting_energy",
	),
	added("from the calibration of the axes",
		"pixel_width",
		"pixel_height",
	),
	added("pixels times scale",
		"vertical_field_width",
	),
	added("from DigiScan",
		"scan_rotation",
	),
	added("the instant stored in the file",
		"extensions/Acquisition Timestamp",
	),
	added("a Fourier transform says so",
		"extensions/Derived",
	),
	added("what the program calls magnification in diffraction mode",
		"extensions/Nominal Camera Length",
	),
	added("size of the scan of 4D data, for which Diffraction has no field",
		"extensions/pixel_width",
		"extensions/pixel_height",
		"extensions/horizontal_field_width",
		"extensions/vertical_field_width",
	),
	added("measured by the microscope; the type has no field",
		"extensions/emission_current",
	),
	added("cathodoluminescence is read",
		"extensions/CL/Central wavelength",
		"extensions/CL/Dispersion grating (lines/mm)",
		"extensions/CL/Exposure",
		"extensions/CL/Number of frames",
	),
	added("spectrometer settings are read for every instrument",
		"extensions/EELS/Spectrometer Aperture label",
		"extensions/EELS/Spectrometer Dispersion (eV/ch)",
		"extensions/EELS/Spectrometer Drift tube enabled",
		"extensions/EELS/Spectrometer Drift tube voltage",
		"extensions/EELS/Spectrometer Energy loss",
		"extensions/EELS/Spectrometer Instrument name",
		"extensions/EELS/Spectrometer Prism offset",
		"extensions/EELS/Spectrometer Prism offset enabled ",
		"extensions/EELS/Spectrometer Slit inserted",
		"extensions/EELS/Spectrometer Slit width",
	),
	added("a stack without source tags has them elsewhere",
		"extensions/Specimen",
		"extensions/Operation Mode",
		"extensions/Name",
		"extensions/Microscope",
		"extensions/Imaging Mode",
		"extensions/Illumination Mode",
		"extensions/GMS Version",
		"extensions/Cs",
		"dwell_time",
		"acquisition_device",
		"acceleration_voltage",
	),
	added("core field of every type; Tecnai text fills gaps",
		"stage_position/x",
		"stage_position/y",
		"stage_position/tilt_alpha",
		"stage_position/tilt_beta",
	),
	moved("core field of every type", []string{"stage_position/x"},
		"extensions/Stage Position/x",
	),
	moved("core field of every type", []string{"stage_position/y"},
		"extensions/Stage Position/y",
	),
	moved("core field of every type", []string{"stage_position/tilt_alpha"},
		"extensions/Stage Position/tilt_alpha",
	),
	moved("core field of every type", []string{"stage_position/tilt_beta"},
		"extensions/Stage Position/tilt_beta",
	),
	micrometres("the stage is in micrometres",
		"stage_position/z",
	),
	micrometres("core field of every type, micrometres",
		"extensions/Stage Position/z",
	),
	moved("a value with a schema field stands there", []string{"acquisition_time"},
		"extensions/EELS/Exposure",
		"extensions/EELS/Integration time",
		"extensions/EDS/Real time",
		"extensions/Exposure Time",
	),
	moved("a value with a schema field stands there", []string{"live_time"},
		"extensions/EDS/Live time",
	),
	moved("a value with a schema field stands there", []string{"azimuthal_angle"},
		"extensions/EDS/Azimuthal angle",
	),
	moved("a value with a schema field stands there", []string{"elevation_angle"},
		"extensions/EDS/Elevation angle",
	),
	moved("a value with a schema field stands there", []string{"pixel_time"},
		"extensions/Spectrum Imaging/Pixel time",
	),
	moved("a value with a schema field stands there", []string{"scan_mode"},
		"extensions/Spectrum Imaging/Scan Mode",
	),
	moved("a value with a schema field stands there", []string{"detector_type"},
		"extensions/Signal Name",
		"extensions/Detector",
	),
	moved("a value with a schema field stands there", []string{"emission_current", "extensions/emission_current"},
		"extensions/Emission Current (μA)",
	),
	changed("pixels times scale, as the scale bar shows",
		"horizontal_field_width",
	),
	added("the field of view of the tags is another number",
		"extensions/Field of View",
	),
	changed("follows the type; a camera length is none",
		"magnification",
		"extensions/Indicated Magnification",
	),
	changed("never zero; from the Tecnai text or the nominal one",
		"camera_length",
	),
	dropped("stands in camera_length",
		"extensions/Camera Length (m)",
	),
	changed("stays when it is not the camera length",
		"extensions/STEM Camera Length",
	),
	unitOnly("has its unit",
		"extensions/Defocus",
		"extensions/EDS/Live time (SI Average)",
		"extensions/EDS/Real time (SI Average)",
	),
)

func added(why string, paths ...string) []difference {
	return rows(difference{why: why, added: true}, paths)
}

func changed(why string, paths ...string) []difference {
	return rows(difference{why: why, changed: true}, paths)
}

func unitOnly(why string, paths ...string) []difference {
	return rows(difference{why: why, unitOnly: true}, paths)
}

func micrometres(why string, paths ...string) []difference {
	return rows(difference{why: why, micrometres: true}, paths)
}

func dropped(why string, paths ...string) []difference {
	return rows(difference{why: why, dropped: true}, paths)
}

func moved(why string, to []string, paths ...string) []difference {
	return rows(difference{why: why, dropped: true, to: to}, paths)
}

func rows(d difference, paths []string) []difference {
	var list []difference
	for _, p := range paths {
		d.path = p
		list = append(list, d)
	}
	return list
}
