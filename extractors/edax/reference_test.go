package edax_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// differences from the reference implementation; the same rows stand in docs/differences.md.
func differences() []reference.Difference {
	var all []reference.Difference
	promoted := func(to, path string) {
		all = append(all, reference.Moved("schema field", []string{to}, path)...)
	}
	for from, to := range map[string]string{
		"Azimuthal Angle": "azimuthal_angle", "Live Time": "live_time", "Elevation Angle": "elevation_angle",
		"Detector Energy Resolution": "detector_energy_resolution", "Channel Size": "channel_size",
		"Accelerating Voltage": "acceleration_voltage", "Starting Energy": "starting_energy",
	} {
		promoted(to, "extensions/"+from)
		all = append(all, reference.Added("schema field", to)...)
	}
	promoted("stage_position/tilt_alpha", "extensions/Stage Tilt")
	spectrum := []string{"single_spect.spc"}
	all = append(all, reference.Added("schema field", "stage_position/tilt_alpha")...)
	all = append(all, reference.In(spectrum, reference.Added("in the header", "takeoff_angle", "extensions/Amplifier Time",
		"extensions/working_distance"))...)
	all = append(all, reference.Added("always there", "Data Dimensions")...)
	all = append(all, reference.In(spectrum, reference.Dropped("schema field", "extensions/Elements"))...)
	all = append(all, reference.In(spectrum, reference.Added("schema field", "elements"))...)
	all = append(all, reference.In(spectrum, reference.UnitOnly("a whole number", "extensions/Number of Spectrum Channels"))...)
	all = append(all, reference.In([]string{"synthetic_map.spd"}, reference.Added("the reference does not read maps",
		"takeoff_angle", "pixel_width", "pixel_height", "horizontal_field_width", "vertical_field_width",
		"magnification", "working_distance", "extensions/Amplifier Time", "extensions/Number of Frames"))...)
	return all
}

func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder: "edax", Names: reference.Names(t, "edax", "spc", "spd"),
		Engine:      reference.Engine(t, []extractors.Extractor{edax.New()}),
		Differences: differences(),
		Types:       map[string]string{"synthetic_map.spd#0": "SpectrumImage EDS_Spectrum_Imaging"},
		SkipRaw:     true, // TestAgainstIndependentReader compares the same header
	}
	suite.Run(t)
}

func TestElementsAgainstReference(t *testing.T) {
	s := reference.Signals(t, reference.Engine(t, []extractors.Extractor{edax.New()}), "edax/single_spect.spc", "")
	var list nexuslims.List
	for _, symbol := range []string{"Al", "C", "Ce", "Cu", "F", "Ho", "Mg", "O"} {
		list = append(list, nexuslims.Text(symbol))
	}
	assert.Equal(t, list, s[0].Meta.Get("elements"))
}

// unread are names of that reader that stand for bytes it does not understand.
var unread = map[string]string{
	"filler": "unused", "filler1": "undecoded", "filler1_1": "undecoded", "filler2": "undecoded", "filler3": "undecoded",
	"filler4": "undecoded", "filler5": "undecoded", "filler6": "undecoded", "filler7": "undecoded",
	"reserved1": "unused", "reserved2": "unused", "reserved3": "unused", "reserved4": "unused",
}

func TestAgainstIndependentReader(t *testing.T) {
	used := map[string]bool{}
	for _, name := range reference.Names(t, "edax", "spc", "spd") {
		t.Run(name, func(t *testing.T) {
			want := reference.LoadExpected(t, "edax/"+name).Signals[0]
			s := reference.Signals(t, reference.Engine(t, []extractors.Extractor{edax.New()}), "edax/"+name, "")[0]
			if want.Axes[len(want.Axes)-1].Units == "" { // it counts channels from one
				want.Axes[len(want.Axes)-1].Offset = 0
			}
			assert.Equal(t, want.Shape, s.Data.Shape())
			assert.Equal(t, want.Element(), s.Data.Type.String())
			reference.CheckAxes(t, want.Axes, s.Data.Axes)
			reference.CheckPixels(t, want, s.Data)
			raw := s.Raw.Group("original_metadata")
			for group, fields := range want.Original.All() {
				ours := raw
				if name != "single_spect.spc" {
					ours = raw.Group(group)
				}
				list, ok := fields.(*nexuslims.Object)
				require.True(t, ok)
				for field, v := range list.All() {
					if _, skipped := unread[field]; skipped {
						used[field] = true
						continue
					}
					sameField(t, group+"/"+field, v, ours.Get(field))
				}
			}
		})
	}
	for field := range unread {
		assert.True(t, used[field], "%s no longer occurs", field)
	}
}

// sameField compares singles by their shortest text.
func sameField(t *testing.T, name string, want, got nexuslims.Value) {
	t.Helper()
	if f, ok := want.(nexuslims.Float); ok {
		g, isFloat := got.(nexuslims.Float)
		assert.True(t, isFloat, name)
		assert.InDelta(t, float64(float32(f)), float64(float32(g)), 0, name)
		return
	}
	assert.True(t, nexuslims.Equal(want, got), "%s: %v, expected %v", name, got, want)
}
