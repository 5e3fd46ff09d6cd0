package dm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func object(pairs ...any) *nexuslims.Object {
	o := nexuslims.NewObject(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1].(nexuslims.Value))
	}
	return o
}

func indented(o *nexuslims.Object) string { return string(nexuslims.AppendJSON(nil, o, "  ")) }

func sec(v float64) nexuslims.Value { return nexuslims.Q(v, "second") }

// placed is a document with the least that every document has, migrated and placed.
func placed(kind nexuslims.DatasetType, pairs ...any) *nexuslims.Object {
	o := object(pairs...)
	o.Set("DatasetType", nexuslims.Text(kind))
	dm.New().Migrate(o)
	extractors.Place(o)
	o.Delete("DatasetType")
	return o
}

func TestMigrate(t *testing.T) {
	const kinds = nexuslims.Text("DIFFRACTION")
	line := nexuslims.Text("LineScan")
	mm := func(v float64) nexuslims.Value { return nexuslims.Q(v, "millimeter") }
	for name, c := range map[string]struct{ got, want *nexuslims.Object }{
		"magnification of an image": {
			placed(nexuslims.Image, "Indicated Magnification", nexuslims.Float(5)),
			object("magnification", nexuslims.Float(5)),
		},
		"magnification of a spectrum": {
			placed(nexuslims.Spectrum, "Indicated Magnification", nexuslims.Float(5)),
			object("extensions", object("Indicated Magnification", nexuslims.Float(5))),
		},
		"magnification that is text": {
			placed(nexuslims.Image, "Indicated Magnification", nexuslims.Text("auto")),
			object("extensions", object("magnification", nexuslims.Text("auto"))),
		},
		"camera length of the microscope's text": {
			placed(nexuslims.Diffraction, "Camera Length (m)", nexuslims.Float(0.38), "STEM Camera Length", mm(0),
				"Indicated Magnification", nexuslims.Float(380), "Operation Mode", kinds),
			object("camera_length", mm(380), "extensions",
				object("STEM Camera Length", mm(0), "Operation Mode", kinds, "Nominal Camera Length", mm(380))),
		},
		"camera length of a scan": {
			placed(nexuslims.Diffraction, "STEM Camera Length", mm(245), "Illumination Mode", nexuslims.Text("STEM")),
			object("camera_length", mm(245), "extensions", object("Illumination Mode", nexuslims.Text("STEM"))),
		},
		"camera length called magnification": {
			placed(nexuslims.Diffraction, "STEM Camera Length", mm(0), "Indicated Magnification", nexuslims.Float(320),
				"Imaging Mode", kinds),
			object("camera_length", mm(320), "extensions", object("STEM Camera Length", mm(0), "Imaging Mode", kinds)),
		},
		"camera length never zero": {
			placed(nexuslims.Diffraction, "STEM Camera Length", mm(0)),
			object("extensions", object("STEM Camera Length", mm(0))),
		},
		"scanning is always in diffraction mode": {
			placed(nexuslims.Image, "Indicated Magnification", nexuslims.Float(5), "Imaging Mode", kinds,
				"Illumination Mode", nexuslims.Text("STEM")),
			object("magnification", nexuslims.Float(5), "extensions",
				object("Imaging Mode", kinds, "Illumination Mode", nexuslims.Text("STEM"))),
		},
		"detector of the signal first": {
			placed(nexuslims.Image, "Signal Name", nexuslims.Text("ADF"), "Operator", nexuslims.Text("A")),
			object("detector_type", nexuslims.Text("ADF"), "extensions", object("Operator", nexuslims.Text("A"))),
		},
		"detector of the session": {
			placed(nexuslims.Image, "Detector", nexuslims.Text("GIF CCD")), object("detector_type", nexuslims.Text("GIF CCD")),
		},
		"stage": {
			placed(nexuslims.Spectrum, "Stage Position",
				object("X", nexuslims.Float(1.5), "Z", nexuslims.Int(37708), "β", nexuslims.Float(2))),
			object("stage_position",
				object("x", nexuslims.Q(1.5, "micrometer"), "z", mm(37.708), "tilt_beta", nexuslims.Q(2, "degree"))),
		},
		"EELS": {
			placed(nexuslims.Spectrum, "EELS", object("Exposure", sec(0.1), "Integration time", sec(5))),
			object("acquisition_time", sec(5), "extensions", object("EELS", object("Exposure", sec(0.1)))),
		},
		"EELS without integration time": {
			placed(nexuslims.Spectrum, "EELS", object("Exposure", sec(0.1))),
			object("acquisition_time", sec(0.1)),
		},
		"EELS of an image": {
			placed(nexuslims.Image, "EELS", object("Exposure", sec(0.1))),
			object("extensions", object("EELS", object("Exposure", sec(0.1)))),
		},
		"convergence": {
			placed(nexuslims.Diffraction, "EELS", object("Convergence semi-angle", nexuslims.Q(21, "milliradian"))),
			object("convergence_angle", nexuslims.Q(21, "milliradian")),
		},
		"scan": {
			placed(nexuslims.SpectrumImage, "Spectrum Imaging", object("Pixel time", sec(0.1), "Scan Mode", line),
				"Sample Time", nexuslims.Q(3, "microsecond")),
			object("pixel_time", sec(0.1), "scan_mode", line,
				"dwell_time", nexuslims.Q(3, "microsecond")),
		},
		"currents": {
			placed(nexuslims.Image, "Emission Current (μA)", nexuslims.Float(134),
				"Probe Current", nexuslims.Q(0.5, "nanoampere")),
			object("emission_current", nexuslims.Q(134, "microampere"), "beam_current", nexuslims.Q(500, "picoampere")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Sort()
			c.got.Sort()
			assert.Equal(t, indented(c.want), indented(c.got))
		})
	}
}

// TestWarningsMoveWithTheirValues names the new field.
func TestWarningsMoveWithTheirValues(t *testing.T) {
	path := func(words ...string) nexuslims.Value {
		var l nexuslims.List
		for _, w := range words {
			l = append(l, nexuslims.Text(w))
		}
		return l
	}
	o := placed(nexuslims.Spectrum, "EDS", object("Live time", sec(1), "Fano", nexuslims.Float(0.1)),
		"warnings", nexuslims.List{path("EDS", "Live time"), path("EDS", "Fano")})
	assert.Equal(t, nexuslims.List{path("live_time"), path("EDS", "Fano")}, o.Get("warnings"))
}

// TestCalibration reports what the axes say, and not the field of view of the tags.
func TestCalibration(t *testing.T) {
	image := shape("nm,um", 8, 4)
	image.Tags = synth.Group{{Name: "Microscope Info", Value: synth.Group{{Name: "Field of View (\u00b5m)", Value: 99.0}}}}
	m := readIn(t, synth.DM{Images: []synth.DMImage{image}}).Meta
	assert.Equal(t, nexuslims.Q(2, "nanometer"), m.Get("pixel_width"))
	assert.Equal(t, nexuslims.Q(2000, "nanometer"), m.Get("pixel_height"))
	assert.Equal(t, nexuslims.Q(0.016, "micrometer"), m.Get("horizontal_field_width"))
	assert.Equal(t, nexuslims.Q(8, "micrometer"), m.Get("vertical_field_width"))
	assert.Equal(t, nexuslims.Q(99, "micrometer"), m.At("extensions", "Field of View"))

	d := synth.EELSImage(3, 2, 16, 1, synth.DefaultMicroscope(at))
	m = readIn(t, d).Meta
	assert.Equal(t, nexuslims.Q(1.5, "nanometer"), m.Get("pixel_width"))
	assert.Equal(t, nexuslims.Q(0.0045, "micrometer"), m.Get("horizontal_field_width"))
	assert.Equal(t, nexuslims.Q(0.003, "micrometer"), m.Get("vertical_field_width"))
	assert.Equal(t, nexuslims.Q(0.5, "electron_volt"), m.Get("channel_size"))
	assert.Equal(t, nexuslims.Q(0.25, "kiloelectron_volt"), m.Get("starting_energy"))
	assert.Equal(t, "(2, 3, 16)", m.Text("Data Dimensions"))

	transform := shape("1/nm,1/nm", 8, 8)
	transform.Name, transform.Tags = "FFT of a", image.Tags
	m = readIn(t, synth.DM{Images: []synth.DMImage{transform}}).Meta
	for _, key := range []string{"pixel_width", "horizontal_field_width"} {
		assert.False(t, m.Has(key), key)
	}
	assert.Equal(t, object("Derived", nexuslims.Text("FFT")), m.Group("extensions"))
}

// TestBackwards: an axis may run backwards, its pixels have a size all the same.
func TestBackwards(t *testing.T) {
	image := shape("nm,nm", 8, 4)
	image.Axes[0].Scale = -2
	m := readIn(t, synth.DM{Images: []synth.DMImage{image}}).Meta
	assert.Equal(t, nexuslims.Q(2, "nanometer"), m.Get("pixel_width"))
	assert.Equal(t, nexuslims.Q(0.016, "micrometer"), m.Get("horizontal_field_width"))
}

// TestOddValues are values of another kind than expected: they stay, under their own name.
func TestOddValues(t *testing.T) {
	image := shape(",", 4, 4)
	image.Tags = synth.Group{
		group("Acquisition", group("Parameters", group("High Level",
			synth.Tag{Name: "Binning", Value: []int32{2}}, synth.Tag{Name: "Exposure (s)", Value: "auto"},
		))),
		{Name: "DigiScan", Value: synth.Group{{Name: "Sample Time", Value: "12"}}},
		{Name: "EELS", Value: synth.Group{{Name: "Thickness", Value: synth.Group{{Name: "Absolute", Value: synth.Group{
			{Name: "Mean Free Path", Value: 122.5},
		}}}}}},
		{Name: "Microscope Info", Value: synth.Group{
			{Name: "Operator", Value: "DO NOT EDIT"}, {Name: "Specimen", Value: ""}, {Name: "Cs(mm)", Value: "1.2"},
		}},
		{Name: "Processing", Value: synth.Group{
			{Value: int32(1)}, {Value: synth.Group{{Name: "Operation", Value: "Background Removal"}}},
		}},
	}
	m := readIn(t, synth.DM{Images: []synth.DMImage{image}}).Meta
	assert.Equal(t, nexuslims.Q(12, "microsecond"), m.Get("dwell_time"))
	want := object("Binning (Horizontal)", nexuslims.Int(2), "Cs", nexuslims.Q(1.2, "millimeter"), "EELS", object(
		"Processing Steps", nexuslims.Text("Background Removal"),
		"Thickness (absolute) mean free path", nexuslims.Float(122.5),
	), "Exposure (s)", nexuslims.Text("auto"))
	require.NotNil(t, m.Group("extensions"))
	assert.Equal(t, indented(want), indented(m.Group("extensions")))
}
