package hspy_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// old is a spectrum as versions before 1.2 describe it.
func old() synth.HyperSpySignal {
	return synth.HyperSpySignal{
		Title: "old", Axes: []synth.HyperSpyAxis{{Name: "Energy", Unit: "eV", Size: 16, Scale: 0.5, Unsaid: true}},
		Metadata: tree{
			"signal_type": "EELS", "record_by": "spectrum", "original_filename": "a.msa",
			"_internal_parameters": tree{"folding": tree{"unfolded": false}},
			"TEM": tree{
				"beam_energy": 120.0, "dwell_time": 100.0, "dwell_time_units": "ms", "tilt_stage": 3.5,
				"EELS": tree{"collection_angle": 3.4, "collection_angle_units": "mR"},
			},
		},
	}
}

func TestOldNames(t *testing.T) {
	for _, version := range []string{"1.0", "1.1"} {
		r := extract(t, fileOf("a.hdf5", synth.HyperSpy{Version: version, Signals: []synth.HyperSpySignal{old()}}.Bytes()))
		assert.Empty(t, r.Warnings)
		s := r.Signals[0]
		for path, want := range map[string]nexuslims.Value{
			"Acquisition_instrument/TEM/Detector/EELS/collection_angle": nexuslims.Float(3.4),
			"Acquisition_instrument/TEM/Detector/EELS/dwell_time":       nexuslims.Float(100),
			"Acquisition_instrument/TEM/Stage/tilt_alpha":               nexuslims.Float(3.5),
			"General/title":              nexuslims.Text("old"),
			"General/original_filename":  nexuslims.Text("a.msa"),
			"Signal/signal_type":         nexuslims.Text("EELS"),
			"_HyperSpy/Folding/unfolded": nexuslims.Bool(false),
			"TEM":                        nil,
		} {
			assert.Equal(t, want, s.Raw.Group("metadata").At(strings.Split(path, "/")...), path)
		}
		assert.Equal(t, nexuslims.Q(0.1, "second"), s.Meta.Get("acquisition_time"))
		assert.Equal(t, nexuslims.Q(3.4, "milliradian"), s.Meta.At("EELS", "Collection semi-angle"))
	}
}

func TestFirstNames(t *testing.T) {
	s := old()
	delete(s.Metadata, "signal_type")
	s.Metadata["signal"], s.Metadata["name"], s.Title = "EELS", "named", ""
	r := extract(t, fileOf("a.hdf5", synth.HyperSpy{Version: "1.0", Signals: []synth.HyperSpySignal{s}}.Bytes()))
	assert.Equal(t, "named", r.Signals[0].Title)
	assert.Equal(t, "TEM_EELS", r.Signals[0].Meta.Text("Data Type"))
}

func TestMetadata(t *testing.T) {
	image := of(axis("y", "nm", 4, 0.5), axis("x", "nm", 6, 0.25))
	image.Title = "image"
	image.Metadata = tree{
		"General": tree{"title": "an image", "authors": []string{"A. Example", "B. Example"}, "notes": "a note"},
		"Sample":  tree{"description": "TiO2", "elements": []string{"Ti", "O"}},
		"Acquisition_instrument": tree{"SEM": tree{
			"beam_energy": "5 kV", "beam_current": 0.5, "beam_current_units": "pA",
			"magnification": int64(5000), "working_distance": 4.0,
			"microscope": "Example", "dwell_time": 1e-6, "convergence_angle": -1.0, "camera_length": "none",
			"Stage":    tree{"x": 1.5, "y": -2000.0, "y_units": "µm", "z": 0.0, "tilt_alpha": int64(10)},
			"Detector": tree{"Camera": tree{"exposure": 0.2}},
		}},
	}
	r := read(t, image)
	assert.Empty(t, r.Warnings)
	m := r.Signals[0].Meta
	for name, want := range map[string]nexuslims.Value{
		"Signal Name": nexuslims.Text("an image"), "Operator": nexuslims.Text("A. Example, B. Example"),
		"Notes": nexuslims.Text("a note"), "Specimen": nexuslims.Text("TiO2"), "Microscope": nexuslims.Text("Example"),
		"Software": nexuslims.Text("hyperspy 2.2"), "magnification": nexuslims.Int(5000),
		"elements":             nexuslims.List{nexuslims.Text("Ti"), nexuslims.Text("O")},
		"acceleration_voltage": nexuslims.Q(5, "kilovolt"), "beam_current": nexuslims.Q(0.0005, "nanoampere"),
		"working_distance": nexuslims.Q(4, "millimeter"), "dwell_time": nexuslims.Q(1e-6, "second"),
		"Exposure Time": nexuslims.Q(0.2, "second"), "Convergence Angle": nil, "STEM Camera Length": nil,
		"pixel_width": nexuslims.Q(0.25, "nanometer"), "pixel_height": nexuslims.Q(0.5, "nanometer"),
		"horizontal_field_width": nexuslims.Q(0.0015, "micrometer"), "vertical_field_width": nexuslims.Q(0.002, "micrometer"),
	} {
		assert.Equal(t, want, m.Get(name), name)
	}
	for name, want := range map[string]nexuslims.Value{
		"x": nexuslims.Q(1.5, "millimeter"), "y": nexuslims.Q(-2, "millimeter"), "z": nexuslims.Q(0, "millimeter"),
		"tilt_alpha": nexuslims.Q(10, "degree"), "tilt_beta": nil,
	} {
		assert.Equal(t, want, m.At("stage_position", name), name)
	}
}

// TestBackwards: an axis may run backwards, its pixels have a size all the same.
func TestBackwards(t *testing.T) {
	m := read(t, of(axis("y", "nm", 4, -0.5), axis("x", "nm", 6, 0.25))).Signals[0].Meta
	assert.Equal(t, nexuslims.Q(0.5, "nanometer"), m.Get("pixel_height"))
	assert.Equal(t, nexuslims.Q(0.002, "micrometer"), m.Get("vertical_field_width"))
	m = read(t, of(axis("y", "1/nm", 4, 0.5), axis("x", "1/nm", 6, -0.25))).Signals[0].Meta
	assert.Equal(t, nexuslims.Q(0.25, "1 / nanometer"), m.Get("Reciprocal Pixel Size"))
}

// TestMap: the field of a map is that of the two axes of places.
func TestMap(t *testing.T) {
	signal := of(navigation("y", "nm", 4, 2), navigation("x", "nm", 5, 3), axis("E", "keV", 8, 0.01))
	signal.Metadata = tree{"Acquisition_instrument": tree{"TEM": tree{
		"acquisition_mode": "STEM", "Detector": tree{"EDS": tree{
			"live_time": 5.0, "real_time": 6.0, "azimuth_angle": 0.0, "elevation_angle": 22.0,
			"energy_resolution_MnKa": 130.0, "detector": "X",
		}},
	}}, "Signal": tree{"signal_type": "EDS_TEM"}}
	m := read(t, signal).Signals[0].Meta
	for name, want := range map[string]nexuslims.Value{
		"pixel_width": nexuslims.Q(3, "nanometer"), "pixel_height": nexuslims.Q(2, "nanometer"),
		"live_time": nexuslims.Q(5, "second"), "acquisition_time": nexuslims.Q(6, "second"),
		"azimuthal_angle": nexuslims.Q(0, "degree"), "elevation_angle": nexuslims.Q(22, "degree"),
		"detector_energy_resolution": nexuslims.Q(130, "electron_volt"), "acquisition_device": nexuslims.Text("X"),
		"channel_size": nexuslims.Q(10, "electron_volt"), "starting_energy": nexuslims.Q(0, "kiloelectron_volt"),
	} {
		assert.Equal(t, want, m.Get(name), name)
	}
}

// TestWrongUnit: a value whose unit measures something else is left out and named.
func TestWrongUnit(t *testing.T) {
	s := spectrum()
	s.Metadata["Acquisition_instrument"] = tree{"TEM": tree{"beam_energy": 200.0, "beam_energy_units": "nm"}}
	r := read(t, s)
	assert.False(t, r.Signals[0].Meta.Has("acceleration_voltage"))
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "beam_energy")
}

func TestTimestamp(t *testing.T) {
	newYork := &nexuslims.Instrument{PID: "x", Timezone: "America/New_York"}
	for _, c := range []struct {
		date, time, zone string
		instrument       *nexuslims.Instrument
		want             string
		warns            bool
	}{
		{"2024-05-14", "12:00:00", "", newYork, "2024-05-14T12:00:00-04:00", false},
		{"2024-05-14", "12:00", "", newYork, "2024-05-14T12:00:00-04:00", false},
		{"2024-05-14", "12:00:00.25", "+02:00", newYork, "2024-05-14T12:00:00.250000+02:00", false},
		{"2024-05-14", "12:00:00", "Europe/Berlin", nil, "2024-05-14T12:00:00+02:00", false},
		{"2024-05-14", "12:00:00", "UTC", nil, "2024-05-14T12:00:00+00:00", false},
		{"2024-05-14", "12:00:00+01:00", "", nil, "2024-05-14T12:00:00+01:00", false},
		{"2024-05-14", "12:00:00", "", nil, "", false},
		{"2024-05-14", "12:00:00", "nowhere", nil, "", false},
		{"2024-05-14", "", "", newYork, "", false},
		{"14 May", "noon", "", newYork, "", true},
	} {
		s := spectrum()
		s.Metadata["General"] = tree{"title": "a", "date": c.date, "time": c.time, "time_zone": c.zone}
		b := synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{s}}.Bytes()
		f := extractors.NewFile("a.hspy", bytes.NewReader(b), int64(len(b)), at, extractors.Context{Instrument: c.instrument})
		r := extract(t, f)
		assert.Equal(t, c.want, r.Signals[0].Meta.Text("Acquisition Timestamp"), "%+v", c)
		assert.Equal(t, c.warns, len(r.Warnings) == 1, "%+v: %v", c, r.Warnings)
	}
}

// TestSpectrometerTimes: the integration time is the time of acquisition, and the exposure
// where there is none.
func TestSpectrometerTimes(t *testing.T) {
	both := read(t, spectrum()).Signals[0].Meta
	assert.Equal(t, nexuslims.Q(0.1, "second"), both.Get("acquisition_time"))
	assert.Equal(t, nexuslims.Q(0.01, "second"), both.At("EELS", "Exposure"))
	s := spectrum()
	s.Metadata["Acquisition_instrument"] = tree{"TEM": tree{"Detector": tree{"EELS": tree{"exposure": 0.5, "frame_number": int64(7)}}}}
	one := read(t, s).Signals[0].Meta
	assert.Equal(t, nexuslims.Q(0.5, "second"), one.Get("acquisition_time"))
	assert.Equal(t, nexuslims.Int(7), one.At("EELS", "Number of frames"))
	assert.Nil(t, one.At("EELS", "Exposure"))
}
