package dm_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/reference"
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

// differences lists them all.
var differences = slices.Concat(
	reference.Added("a value with a schema field stands there",
		"acquisition_time",
		"live_time",
		"azimuthal_angle",
		"elevation_angle",
		"pixel_time",
		"scan_mode",
		"detector_type",
		"emission_current",
	),
	reference.Added("from the calibration of the energy axis",
		"channel_size",
		"starting_energy",
	),
	reference.Added("from the calibration of the axes",
		"pixel_width",
		"pixel_height",
	),
	reference.Added("pixels times scale",
		"vertical_field_width",
	),
	reference.Added("from DigiScan",
		"scan_rotation",
	),
	reference.Added("the instant stored in the file",
		"extensions/Acquisition Timestamp",
	),
	reference.Added("a Fourier transform says so",
		"extensions/Derived",
	),
	reference.Added("what the program calls magnification in diffraction mode",
		"extensions/Nominal Camera Length",
	),
	reference.Added("size of the scan of 4D data, for which Diffraction has no field",
		"extensions/pixel_width",
		"extensions/pixel_height",
		"extensions/horizontal_field_width",
		"extensions/vertical_field_width",
	),
	reference.Added("measured by the microscope; the type has no field",
		"extensions/emission_current",
	),
	reference.Added("cathodoluminescence is read",
		"extensions/CL/Central wavelength",
		"extensions/CL/Dispersion grating (lines/mm)",
		"extensions/CL/Exposure",
		"extensions/CL/Number of frames",
	),
	reference.Added("spectrometer settings are read for every instrument",
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
	reference.Added("a stack without source tags has them elsewhere",
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
	reference.Added("core field of every type; Tecnai text fills gaps",
		"stage_position/x",
		"stage_position/y",
		"stage_position/tilt_alpha",
		"stage_position/tilt_beta",
	),
	reference.Moved("core field of every type", []string{"stage_position/x"},
		"extensions/Stage Position/x",
	),
	reference.Moved("core field of every type", []string{"stage_position/y"},
		"extensions/Stage Position/y",
	),
	reference.Moved("core field of every type", []string{"stage_position/tilt_alpha"},
		"extensions/Stage Position/tilt_alpha",
	),
	reference.Moved("core field of every type", []string{"stage_position/tilt_beta"},
		"extensions/Stage Position/tilt_beta",
	),
	reference.Checked("the stage is in micrometres", micrometres,
		"stage_position/z",
	),
	reference.Checked("core field of every type, micrometres", micrometres,
		"extensions/Stage Position/z",
	),
	reference.Moved("a value with a schema field stands there", []string{"acquisition_time"},
		"extensions/EELS/Exposure",
		"extensions/EELS/Integration time",
		"extensions/EDS/Real time",
		"extensions/Exposure Time",
	),
	reference.Moved("a value with a schema field stands there", []string{"live_time"},
		"extensions/EDS/Live time",
	),
	reference.Moved("a value with a schema field stands there", []string{"azimuthal_angle"},
		"extensions/EDS/Azimuthal angle",
	),
	reference.Moved("a value with a schema field stands there", []string{"elevation_angle"},
		"extensions/EDS/Elevation angle",
	),
	reference.Moved("a value with a schema field stands there", []string{"pixel_time"},
		"extensions/Spectrum Imaging/Pixel time",
	),
	reference.Moved("a value with a schema field stands there", []string{"scan_mode"},
		"extensions/Spectrum Imaging/Scan Mode",
	),
	reference.Moved("a value with a schema field stands there", []string{"detector_type"},
		"extensions/Signal Name",
		"extensions/Detector",
	),
	reference.Moved("a value with a schema field stands there", []string{"emission_current", "extensions/emission_current"},
		"extensions/Emission Current (μA)",
	),
	reference.Changed("pixels times scale, as the scale bar shows",
		"horizontal_field_width",
	),
	reference.Added("the field of view of the tags is another number",
		"extensions/Field of View",
	),
	reference.Changed("follows the type; a camera length is none",
		"magnification",
		"extensions/Indicated Magnification",
	),
	reference.Changed("never zero; from the Tecnai text or the nominal one",
		"camera_length",
	),
	reference.Dropped("stands in camera_length",
		"extensions/Camera Length (m)",
	),
	reference.Changed("stays when it is not the camera length",
		"extensions/STEM Camera Length",
	),
	reference.UnitOnly("has its unit",
		"extensions/Defocus",
		"extensions/EDS/Live time (SI Average)",
		"extensions/EDS/Real time (SI Average)",
	),
)

// micrometres holds a row to a height that the reference gives in another unit than it says.
func micrometres(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	q, ok := got["stage_position/z"].(nexuslims.Quantity)
	require.True(tb, ok, "%s: %s", where, path)
	q, ok = q.Convert(nexuslims.MustUnit("micrometer"))
	require.True(tb, ok)
	if want[path] != nil {
		assert.InDelta(tb, reference.Number(want[path]), q.Value, 1e-9, "%s: %s", where, path)
	}
}
