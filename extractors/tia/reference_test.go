package tia_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestAgainstReference compares every value with what the reference implementation says of
// the same files.
func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder: folder, Names: names(t), Engine: engine(t), Differences: differences, Types: types,
		// The reference's comparison data hold the header as printed text: it is compared with
		// that of the independent reader, the blocks by TestBlocksAgainstReference.
		SkipRaw: true,
	}
	suite.Run(t)
}

// paired are the series that the reference gives the block of another object of the same
// .emi file: mostly of the survey image.
var paired = []string{
	"16x16-2_point-spectra-2x1024_1.ser", "16x16-diffraction_imagel_5x5x256x256_EDS_1.ser",
	"16x16-line_profile_horizontal_10x1024_1.ser", "16x16-line_profile_horizontal_5x128x128_EDS_1.ser",
	"16x16-line_profile_horizontal_5x128x128_EDS_2.ser", "16x16-spectrum_image-5x5x1024_1.ser",
	"Titan_TEM_3_eds_spectrum_image_dataZeroed_1.ser", "Titan_TEM_4_eds_line_scan_1_dataZeroed_1.ser",
}

// types are the series that are something else than the reference says.
var types = map[string]string{
	"16x16-2_point-spectra-2x1024_1.ser#0":                "SpectrumImage STEM_EELS_Spectrum_Imaging",
	"16x16-line_profile_horizontal_10x1024_1.ser#0":       "SpectrumImage STEM_EELS_Spectrum_Imaging",
	"16x16-spectrum_image-5x5x1024_1.ser#0":               "SpectrumImage STEM_EELS_Spectrum_Imaging",
	"16x16-line_profile_horizontal_5x128x128_EDS_2.ser#0": "Diffraction STEM_Diffraction",
}

// differences lists them all.
var differences = slices.Concat(
	reference.In(paired, slices.Concat(
		reference.Changed("of the block that belongs to the series",
			"Creation Time",
			"extensions/Manufacturer",
			"extensions/Number of Spectra",
			"extensions/Shaping Time",
			"extensions/Frame Time",
			"extensions/Dwell Time Path",
			"extensions/Binning",
		),
		reference.Added("of the block that belongs to the series",
			"acquisition_device",
			"camera_length",
		),
		reference.Dropped("of another block than that of the series",
			"extensions/Integration Time",
			"extensions/Energy Resolution",
		),
	)),
	moved("acceleration_voltage", "High Tension"),
	moved("magnification", "Magnification"),
	moved("emission_current", "Emission"),
	moved("scan_rotation", "STEM Rotation"),
	moved("acquisition_device", "Camera Name Path"),
	moved("acquisition_time", "Integration Time"),
	moved("detector_energy_resolution", "Energy Resolution"),
	moved("dwell_time", "Dwell Time Path"),
	moved("stage_position/x", "Stage Position/X"),
	moved("stage_position/y", "Stage Position/Y"),
	moved("stage_position/z", "Stage Position/Z"),
	moved("stage_position/tilt_alpha", "Stage Position/A"),
	moved("stage_position/tilt_beta", "Stage Position/B"),
	reference.In([]string{"16x16-line_profile_horizontal_5x128x128_EDS_2.ser"}, reference.Dropped(
		"diffraction has a field for it, camera_length", "extensions/Camera Length",
	)),
	reference.Added("from the calibration",
		"pixel_width",
		"pixel_height",
		"horizontal_field_width",
		"vertical_field_width",
		"channel_size",
		"starting_energy",
	),
	reference.UnitOnly("the unit is in the file",
		"extensions/Camera Length",
		"extensions/C2 Lens",
		"extensions/C3 Lens",
		"extensions/Objective Lens",
		"extensions/Diffraction Lens",
		"extensions/Intensity",
		"extensions/Tecnai Filter/Selected Dispersion",
	),
	reference.UnitOnly("the number is in microseconds",
		"extensions/Shaping Time",
	),
	reference.Added("says how the block of the series was found where no path names the series",
		"extensions/emi Block",
	),
	reference.Added("stored with the elements, and there is no other time",
		"extensions/Acquisition Timestamp",
	),
	reference.Dropped("stands with the extraction",
		"extensions/Extractor Warning",
	),
	reference.Checked("the files lie elsewhere", sameFile,
		"extensions/emi Filename",
	),
)

// moved are values that have a field of the schema.
func moved(field, display string) []reference.Difference {
	return slices.Concat(
		reference.Checked("a value with a schema field stands there", physically, "extensions/"+display),
		reference.Checked("a value with a schema field stands there", physically, field),
	)
}

// physically holds a field to the value that the reference has under its display name,
// where it has the same block.
func physically(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	if file, _, _ := strings.Cut(where, "#"); slices.Contains(paired, file) {
		return
	}
	i := slices.IndexFunc(fieldsByDisplay, func(p fieldByDisplay) bool {
		return path == p.field || path == "extensions/"+p.display
	})
	require.GreaterOrEqual(tb, i, 0)
	field, display := fieldsByDisplay[i].field, "extensions/"+fieldsByDisplay[i].display
	assert.Nil(tb, got[display], "%s: %s", where, display)
	q, ok := got[field].(nexuslims.Quantity)
	if !ok {
		assert.True(tb, reference.Same(want[display], got[field]), "%s: %v, in the reference %v", where, got[field], want[display])
		return
	}
	theirs, ok := nexuslims.ParseQuantity(nexuslims.TextOf(want[display]))
	require.True(tb, ok, "%s: %s is %v", where, display, want[display])
	converted, ok := theirs.Convert(q.Unit)
	assert.True(tb, ok, "%s: %s is %v", where, display, want[display])
	assert.InDelta(tb, converted.Value, q.Value, 1e-12, "%s: %s", where, field)
}

type fieldByDisplay struct{ field, display string }

var fieldsByDisplay = []fieldByDisplay{
	{"acceleration_voltage", "High Tension"},
	{"magnification", "Magnification"},
	{"emission_current", "Emission"},
	{"scan_rotation", "STEM Rotation"},
	{"acquisition_device", "Camera Name Path"},
	{"acquisition_time", "Integration Time"},
	{"detector_energy_resolution", "Energy Resolution"},
	{"dwell_time", "Dwell Time Path"},
	{"stage_position/x", "Stage Position/X"},
	{"stage_position/y", "Stage Position/Y"},
	{"stage_position/z", "Stage Position/Z"},
	{"stage_position/tilt_alpha", "Stage Position/A"},
	{"stage_position/tilt_beta", "Stage Position/B"},
}

// sameFile holds a path to the same name.
func sameFile(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	w, g := nexuslims.TextOf(want[path]), nexuslims.TextOf(got[path])
	assert.Equal(tb, w[strings.LastIndexByte(w, '/'):], g[strings.LastIndexByte(g, '/'):], where)
}

// TestBlocksAgainstReference compares the XML of the blocks, which the reference reads
// alike where it has the right one. The image header is empty there.
func TestBlocksAgainstReference(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			want := theirs(t, name).Group("ObjectInfo")
			got := reference.Signals(t, engine(t), folder+"/"+name, "")[0].Raw.Group("ObjectInfo")
			if slices.Contains(paired, name) {
				assert.NotEqual(t, want.Text("AcquireDate"), got.Text("AcquireDate"))
				return
			}
			w, g := reference.Flatten(want), reference.Flatten(got)
			headers := 0
			for path := range g {
				if strings.HasPrefix(path, "TrueImageHeaderInfo/") {
					headers++
					delete(g, path)
				}
			}
			assert.Equal(t, w, g)
			if want.Has("TrueImageHeaderInfo") {
				assert.Positive(t, headers)
			}
		})
	}
}
