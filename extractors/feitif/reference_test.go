package feitif_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	withoutTags = "quad1image_001_no_beam_scan_or_system_meta.tif" // settings behind the pixels alone
	blanked     = "quanta_bad_metadata.tif"                        // nothing is left in it
	transmitted = "titan_tem_bf_image_dataZeroed.tif"
	navigation  = "FEI-Helios-navcam.tif"
	ionBeam     = "helios-g4-pfib_ib.tif"
)

// files are the shared files that the extractor reads and the reference does too.
func files(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, name := range reference.Names(t, "fei-tiff", "tif", "tiff") {
		if name != withoutTags && name != blanked {
			list = append(list, name)
		}
	}
	return list
}

func engine(t *testing.T) *extractors.Engine {
	t.Helper()
	return reference.Engine(t, []extractors.Extractor{feitif.New()})
}

// TestAgainstReference compares every value with what the reference implementation says of
// the same files.
func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder:      "fei-tiff",
		Names:       files(t),
		Engine:      engine(t),
		Differences: differences(),
		Types: map[string]string{
			ionBeam + "#0":    "Image FIB_Imaging",
			navigation + "#0": "Image Camera_Image",
		},
		Warnings: map[string][]string{transmitted + "#0": {"['Operator']"}},
		Raw: map[string]string{
			"/User/UserTextUnicode": "the hexadecimal digits are the text of the metadata",
			"/FEI_Root_Metadata":    "the reference has no raw tags of TIA's pictures",
		},
	}
	suite.Run(t)
}

// ext returns paths of extensions.
func ext(names ...string) []string {
	for i, n := range names {
		names[i] = "extensions/" + n
	}
	return names
}

func differences() []reference.Difference {
	var rows []reference.Difference
	add := func(more []reference.Difference) { rows = append(rows, more...) }

	add(reference.Dropped("the size of the scan is that of the picture here", ext("Data Dimensions")...))
	add(reference.Added("rows and columns of the picture, information bar included", "Data Dimensions"))
	add(reference.UnitOnly("whole numbers stay whole", ext("Beam Shift X", "Beam Shift Y", "Beam Tilt X", "Beam Tilt Y",
		"Detector Contrast Setting", "Detector Mix (%)", "Digital Brightness",
		"Digital Contrast", "Digital Gamma", "Frame Average", "Line Integration", "Magnification Mode", "Pre-Tilt",
		"Scan Interlacing", "Screen Magnification Mode", "Spot Size", "Stigmator X Value", "Stigmator Y Value")...))
	add(reference.Moved("a field of the schema", []string{"detector_type"}, ext("Detector Name")...))
	add(reference.Added("a field of the schema", "detector_type"))
	add(reference.Checked("degrees are not rounded to the decimals of the radians", rotation, ext("Scan Rotation")...))
	add(reference.Added("a field of the schema", "scan_rotation"))
	for from, to := range map[string]string{
		"X": "x", "Y": "y", "Z": "z", "R": "rotation", "α": "tilt_alpha", "β": "tilt_beta",
	} {
		add(reference.Checked("the stage has units and a field of the schema", stage(to), ext("Stage Position/"+from)...))
		add(reference.Added("the stage has units and a field of the schema", "stage_position/"+to))
	}
	add(reference.Added("not read by the reference", "beam_current"))
	add(reference.Added("not read by the reference", ext("Aperture Diameter", "Lens Mode", "Use Case", "Specimen Current",
		"Beam Deceleration Enabled", "Landing Energy", "Stage Bias", "Specimen Tilt", "Electron Column Pressure",
		"Ion Column Pressure")...))
	for _, axis := range []string{"X", "Y", "Z", "Rotation", "Tilt Alpha", "Tilt Beta"} {
		add(reference.Added("not read by the reference", ext("Raw Stage Position/"+axis)...))
	}
	add(reference.Added("from the XML where the sections are empty", ext("Detector Signal", "Detector Grid Voltage")...))
	add(reference.Dropped("an empty flag was not read", ext(
		"Dynamic WD Enabled", "Tilt Correction Enabled", "Dynamic Focus Enabled", "Drift Correction Applied")...))
	add(special())
	return rows
}

// special are the differences of the pictures that no electron beam of an SEM made.
func special() []reference.Difference {
	var rows []reference.Difference
	add := func(file string, more []reference.Difference) {
		rows = append(rows, reference.In([]string{file}, more)...)
	}
	add(ionBeam, reference.Changed("the parts of the ion column", ext("Column Type", "Final Lens")...))
	add(ionBeam, reference.Dropped("the parts of the ion column", ext("Electron Source")...))
	add(ionBeam, reference.Added("the parts of the ion column", ext("Ion Source")...))
	add(navigation, reference.Dropped("a camera has none", "working_distance"))
	add(navigation, reference.Added("field of view and columns", "pixel_width", "pixel_height"))

	add(transmitted, reference.UnitOnly("numbers, not texts", ext("Gun lens", "Spot size")...))
	add(transmitted, reference.Checked("a field of the schema", magnification, ext("Magnification")...))
	add(transmitted, reference.Moved("a field of the schema", []string{"emission_current"}, ext("Emission")...))
	add(transmitted, reference.Added("a field of the schema", "magnification", "emission_current"))
	add(transmitted, reference.Added("from the calibration", "pixel_width", "pixel_height", "horizontal_field_width"))
	add(transmitted, reference.Added("the user, as elsewhere", ext("Operator")...))
	add(transmitted, reference.Dropped("an empty text says nothing", ext("Filter mode")...))
	return rows
}

// magnification compares a number with the text of one and its cross.
func magnification(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	assert.Equal(tb, nexuslims.TextOf(want[path]), nexuslims.TextOf(got["magnification"])+" x", where)
}

// rotation compares degrees with the rounded ones.
func rotation(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	assert.InDelta(tb, reference.Number(want[path]), reference.Number(got["scan_rotation"]), 1e-7, where)
}

// stage compares metres and radians, whose unit the reference leaves out.
func stage(to string) func(testing.TB, string, string, map[string]nexuslims.Value, map[string]nexuslims.Value) {
	unit := "meter"
	if strings.HasPrefix(to, "tilt") || to == "rotation" {
		unit = "radian"
	}
	return func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
		tb.Helper()
		q, ok := got["stage_position/"+to].(nexuslims.Quantity)
		require.True(tb, ok, "%s: %s", where, to)
		q, ok = q.Convert(nexuslims.MustUnit(unit))
		require.True(tb, ok, "%s: %s", where, to)
		assert.InDelta(tb, reference.Number(want[path]), q.Value, 1e-12, "%s: %s", where, path)
	}
}
