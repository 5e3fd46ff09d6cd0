package emsa_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func engine(tb testing.TB) *extractors.Engine {
	return reference.Engine(tb, []extractors.Extractor{emsa.New()})
}

// examples are the files of the standard's examples.
var examples = []string{
	"example1.msa", "example1_with_seconds.msa", "example2.msa",
	"ISO_22029_2022_compliance.msa", "ISO_22029_2022_compliance_title_multiple_line.msa",
}

const edaxFile, edaxCopy = "647_leo_edax_test.msa", "leo_edax_test.msa"

// differences from the reference implementation; the same rows stand in docs/differences.md.
func differences(folder string) []reference.Difference {
	all := slices.Concat(
		reference.Moved("schema field", []string{"channel_size"}, "extensions/X Units Per Channel"),
		reference.Checked("schema field", checkMoved, "extensions/Beam Energy", "extensions/Offset"),
		reference.Added("schema field", "acceleration_voltage", "channel_size", "starting_energy"),
		reference.Added("always there", "Data Dimensions"),
		reference.UnitOnly("numbers keep their kind", "extensions/Number of Data Columns"),
	)
	if folder == "edax" {
		return append(all, edaxRows(edaxFile)...)
	}
	return slices.Concat(all, edaxRows(edaxCopy), exampleRows())
}

func edaxRows(file string) []reference.Difference {
	rows := slices.Concat(
		reference.Moved("schema field", []string{"azimuthal_angle"}, "extensions/Azimuthal Angle"),
		reference.Moved("schema field", []string{"elevation_angle"}, "extensions/Elevation Angle"),
		reference.Moved("schema field", []string{"live_time"}, "extensions/Live Time"),
		reference.Moved("schema field", []string{"detector_energy_resolution"}, "extensions/Energy Resolution"),
		reference.Moved("schema field", []string{"takeoff_angle"}, "extensions/TakeOff Angle"),
		reference.Moved("schema field", []string{"stage_position/tilt_alpha"}, "extensions/Stage Tilt"),
		reference.Added("schema field", "azimuthal_angle", "elevation_angle", "live_time", "detector_energy_resolution",
			"takeoff_angle", "stage_position/tilt_alpha", "elements", "acquisition_device"),
		reference.Dropped("symbols in the schema field", "extensions/User-Selected Elements"),
		reference.Dropped("zero is not recorded", "extensions/Real Time"),
		reference.Dropped("empty", "extensions/EDAX Title"),
		reference.UnitOnly("numbers keep their kind", "extensions/Number of Data Points"),
	)
	return reference.In([]string{file}, rows)
}

func exampleRows() []reference.Difference {
	second := []string{"example2.msa"}
	return slices.Concat(
		reference.In(examples, reference.Added("keywords of the standard", "extensions/emission_current", "extensions/beam_current",
			"extensions/magnification", "extensions/Beam Diameter", "extensions/Operating Mode", "extensions/Specimen Thickness")),
		reference.In(slices.DeleteFunc(slices.Clone(examples), func(f string) bool { return f == "example2.msa" }), slices.Concat(
			reference.Added("keywords of the standard", "extensions/convergence_angle", "extensions/Collection semi-angle",
				"extensions/dwell_time", "extensions/EELS Detector"),
			reference.UnitOnly("numbers keep their kind", "extensions/Channel Offset"))),
		reference.In([]string{"example1.msa", "example1_with_seconds.msa"},
			reference.Dropped("other than the values that are there", "extensions/Number of Data Points")),
		reference.In(second, slices.Concat(
			reference.Moved("schema field", []string{"live_time"}, "extensions/Live Time"),
			reference.Moved("schema field", []string{"acquisition_time"}, "extensions/Real Time"),
			reference.Moved("schema field", []string{"azimuthal_angle"}, "extensions/Azimuthal Angle"),
			reference.Moved("schema field", []string{"elevation_angle"}, "extensions/Elevation Angle"),
			reference.Added("keywords of the standard", "live_time", "acquisition_time", "azimuthal_angle", "elevation_angle",
				"acquisition_device", "stage_position/tilt_alpha", "stage_position/tilt_beta", "extensions/Solid angle",
				"extensions/X Position", "extensions/Y Position", "extensions/Z Position", "extensions/Au Window Thickness",
				"extensions/Active Layer Thickness"))),
		reference.In([]string{"minimum_metadata.msa"}, slices.Concat(
			reference.Dropped("other than the values that are there", "extensions/Number of Data Points"),
			reference.Dropped("empty", "extensions/EDAX Date", "extensions/EDAX Time", "extensions/EDAX Title",
				"extensions/EDAX Owner", "extensions/Signal Type", "extensions/X Column Label", "extensions/X Column Units"))),
		reference.In([]string{"coreloss_spectrum.msa"}, reference.Dropped("empty", "extensions/EDAX Title", "extensions/EDAX Owner")),
	)
}

// checkMoved: a voltage has another unit than an energy, the offset is in keV.
func checkMoved(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	to, factor := "acceleration_voltage", 1.0
	if path == "extensions/Offset" {
		to, factor = "starting_energy", 1000
	}
	assert.InDelta(tb, reference.Number(want[path]), reference.Number(got[to])*factor, 1e-9, "%s: %s", where, path)
}

func TestAgainstReference(t *testing.T) {
	types := map[string]string{"minimum_metadata.msa#0": "Spectrum Spectrum", "coreloss_spectrum.msa#0": "Spectrum EELS_Spectrum"}
	for _, name := range examples {
		if name != "example2.msa" {
			types[name+"#0"] = "Spectrum EELS_Spectrum"
		}
	}
	raw := map[string]string{
		"/original_metadata/FORMAT":   "as it is written",
		"/original_metadata/NPOINTS":  "numbers keep their kind",
		"/original_metadata/NCOLUMNS": "numbers keep their kind",
	}
	for folder, more := range map[string][]string{
		"edax": nil,
		"msa":  {"/original_metadata/CHOFFSET", "/original_metadata/MAGCAM", "/original_metadata/THICKNESS-nm", "/original_metadata/ZPOSITION"},
	} {
		t.Run(folder, func(t *testing.T) {
			raw := maps.Clone(raw)
			for _, path := range more {
				raw[path] = "numbers keep their kind"
			}
			suite := reference.Suite{
				Folder: folder, Names: reference.Names(t, folder, "msa"), Engine: engine(t),
				Differences: differences(folder), Types: types, Raw: raw,
			}
			suite.Run(t)
		})
	}
}

func TestAgainstIndependentReader(t *testing.T) {
	for _, folder := range []string{"msa", "edax"} {
		for _, name := range reference.Names(t, folder, "msa") {
			t.Run(name, func(t *testing.T) {
				want := reference.LoadExpected(t, folder+"/"+name).Signals[0]
				s := reference.Signals(t, engine(t), folder+"/"+name, "")[0]
				assert.Equal(t, want.Shape, s.Data.Shape())
				assert.Equal(t, want.Element(), s.Data.Type.String())
				for i, a := range want.Axes { // that reader takes the text for the unit
					if unit, ok := map[string]string{"Energy (EV)": "eV", "Energy Loss (eV)": "eV"}[a.Units]; ok {
						want.Axes[i].Units = unit
					}
				}
				reference.CheckAxes(t, want.Axes, s.Data.Axes)
				reference.CheckPixels(t, want, s.Data)
				raw := s.Raw.Group("original_metadata")
				for key, v := range want.Original.All() {
					if key == "FORMAT" {
						continue
					}
					if n, ok := nexuslims.Number(v); ok {
						require.InDelta(t, n, reference.Number(raw.Get(key)), 0, key)
						continue
					}
					assert.True(t, nexuslims.Equal(v, raw.Get(key)), "%s: %v, expected %v", key, raw.Get(key), v)
				}
			})
		}
	}
}
