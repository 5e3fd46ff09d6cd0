package zeisstif_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	orion     = "orion-zeiss_dataZeroed.tif"
	atlas     = "SESI_keyframe_00001_slice_00006_z=1.6659um.tif"
	multipage = "ZEISS_SEM_multipage.tif"
)

func engine(tb testing.TB) *extractors.Engine {
	tb.Helper()
	return reference.Engine(tb, []extractors.Extractor{zeisstif.New()})
}

// differences from the reference implementation; the same rows stand in docs/differences.md.
func differences() []reference.Difference {
	var all []reference.Difference
	both := []string{orion, atlas}
	moved := func(files []string, from, to string) {
		all = append(all, reference.In(files, reference.Moved("schema field", []string{to}, "extensions/"+from))...)
		all = append(all, reference.In(files, reference.Added("schema field", to))...)
	}
	for from, to := range map[string]string{
		"Stage Position/X": "stage_position/x", "Stage Position/Y": "stage_position/y", "Stage Position/Z": "stage_position/z",
		"Stage Position/Tilt": "stage_position/tilt_alpha", "Stage Position/Rotation": "stage_position/rotation",
		"Detector/Name": "detector_type",
	} {
		moved(both, from, to)
	}
	for from, to := range map[string]string{
		"Beam/Working Distance": "working_distance", "GFIS/Beam Current": "beam_current", "Scan/Dwell Time": "dwell_time",
		"Calibration/X Scale": "pixel_width", "Calibration/Y Scale": "pixel_height", "Optics/Magnification 4x5": "magnification",
		"Stage Position/X Location": "extensions/Stage X Location", "Stage Position/Y Location": "extensions/Stage Y Location",
	} {
		moved([]string{orion}, from, to)
	}
	moved([]string{atlas}, "Stage Position/M", "extensions/Stage M")
	for file, names := range map[string][]string{
		orion: {
			"ET Brightness", "ET Contrast", "ET Grid Voltage", "ET Image Intensity", "MCP Bias", "MCP Brightness", "MCP Contrast",
			"MCP Image Intensity", "Sample Bias", "Scintillator",
		},
		atlas: {"Brightness", "Contrast"},
	} {
		for _, name := range names {
			moved([]string{file}, "Detector/"+name, "extensions/Detector Settings/"+name)
		}
	}
	all = append(all, reference.In(both, reference.Dropped("rows first", "extensions/Data Dimensions"))...)
	all = append(all, reference.In(both, reference.Added("rows first", "Data Dimensions"))...)
	all = append(all, reference.In([]string{orion}, reference.UnitOnly("a whole number",
		"extensions/Beam/Aperture Size", "extensions/Beam/Spot Number", "extensions/Display/High Gray Value",
		"extensions/Display/Low Gray Value", "extensions/Display/LUT Gamma", "extensions/Flood Gun/Deflection X",
		"extensions/Flood Gun/Deflection Y", "extensions/GFIS/Aperture Index", "extensions/Optics/Column Magnification",
		"extensions/Optics/Magnification Display", "extensions/Scan/Number of Averages"))...)
	all = append(all, reference.UnitOnly("a whole number", "extensions/Image/Height", "extensions/Image/Width")...)
	all = append(all, reference.In([]string{atlas}, reference.UnitOnly("a whole number",
		"extensions/Application/Transparent Pixel Value", "extensions/Image/Bounding Box Bottom", "extensions/Image/Bounding Box Left",
		"extensions/Image/Bounding Box Right", "extensions/Image/Bounding Box Top", "extensions/Scan/Affine Uy",
		"extensions/Scan/Affine Vx", "extensions/Scan/Line Averaging"))...)
	all = append(all, reference.In([]string{orion}, reference.Added("rows times pixel height", "vertical_field_width"))...)
	all = append(all, reference.In([]string{atlas}, reference.Added("in the name of the aperture", "acceleration_voltage"))...)
	all = append(all, reference.In([]string{atlas}, reference.Added("length of the vectors", "pixel_width", "pixel_height"))...)
	all = append(all, reference.In([]string{atlas}, reference.Added("in the file", "extensions/Acquisition Timestamp",
		"extensions/Beam/Extractor Current", "extensions/Beam/Extractor Voltage", "extensions/Beam/Filament Current",
		"extensions/Detector Settings/Converter Voltage", "extensions/Detector Settings/Mode",
		"extensions/Scan/Tilt Correction Angle", "extensions/ATLAS3D/Key Frame", "extensions/ATLAS3D/Nominal Z Position",
		"extensions/ATLAS3D/Stack ID", "extensions/ATLAS3D/Stack Name", "extensions/ATLAS3D/Z Index",
		"extensions/ATLAS3D/Z Position"))...)
	return append(all, reference.In([]string{atlas}, reference.Checked("0.300 kV are no 0.3 V",
		func(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
			tb.Helper()
			if w := want["extensions/Detector/Collector Voltage"]; w != nil {
				assert.Equal(tb, nexuslims.Text("0.300 volt"), w, where)
				assert.Equal(tb, nexuslims.Q(300, "volt"), got["extensions/Detector Settings/Collector Voltage"], path)
			}
		}, "extensions/Detector/Collector Voltage", "extensions/Detector Settings/Collector Voltage"))...)
}

func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder: "zeiss-tiff", Names: []string{orion, atlas}, Engine: engine(t), Differences: differences(),
		Types: map[string]string{atlas + "#0": "Image SEM_Imaging"},
		Raw: map[string]string{
			"/Orion_XML_Metadata": "the reference keeps no raw metadata", "/Fibics_XML_Metadata": "the reference keeps no raw metadata",
			"/SmartSEM_Metadata": "the numbers of the other tag",
		},
	}
	suite.Run(t)
}

// TestBasicInReference names the files of SmartSEM, of which the reference says nothing.
func TestBasicInReference(t *testing.T) {
	found := 0
	for _, name := range reference.Names(t, "zeiss-tiff", "tif") {
		want := reference.ReadObject(t, filepath.Join(testdata.Dir(t), "reference-output/extract/zeiss-tiff", name+".json"))
		signals, _ := want.Group("instrument none").Get("signals").(nexuslims.List)
		require.Len(t, signals, 1)
		meta, ok := signals[0].(*nexuslims.Object)
		require.True(t, ok)
		if name == orion || name == atlas {
			continue
		}
		found++
		assert.Equal(t, "Unknown", meta.Group("nx_meta").Text("Data Type"), name)
		assert.Equal(t, "SEM_Imaging", reference.Signals(t, engine(t), "zeiss-tiff/"+name, "")[0].Meta.Text("Data Type"), name)
	}
	assert.Equal(t, 4, found)
}

// mapped are the values that the independent reader maps, and ours.
func TestAgainstMappedValues(t *testing.T) {
	for _, name := range reference.Names(t, "zeiss-tiff", "tif") {
		if name == orion || name == atlas {
			continue
		}
		m := reference.LoadExpected(t, "zeiss-tiff/"+name).Signals[0].Mapped
		s := reference.Signals(t, engine(t), "zeiss-tiff/"+name, "")[0]
		flat := reference.Flatten(s.Meta)
		for theirs, c := range map[string]struct {
			ours, unit string
		}{
			"beam_energy": {"acceleration_voltage", "kilovolt"}, "working_distance": {"working_distance", "millimeter"},
			"Stage.x": {"stage_position/x", "millimeter"}, "Stage.y": {"stage_position/y", "millimeter"},
			"Stage.z": {"stage_position/z", "millimeter"}, "Stage.rotation": {"stage_position/rotation", "degree"},
			"Stage.tilt": {"stage_position/tilt_alpha", "degree"}, "dwell_time": {"dwell_time", "second"},
			"beam_current": {"beam_current", "nanoampere"},
		} {
			want := reference.Number(m.Get("Acquisition_instrument.SEM." + theirs))
			if theirs == "beam_current" && want >= 200 && strings.HasPrefix(name, "1-") {
				assert.InDelta(t, 200, want, 0, name) // in nA too
			}
			q, ok := flat[c.ours].(nexuslims.Quantity)
			require.True(t, ok, "%s %s", name, c.ours)
			got, ok := q.Convert(nexuslims.MustUnit(c.unit))
			require.True(t, ok)
			assert.InDelta(t, want, got.Value, 1e-9*(1+math.Abs(want)), "%s %s", name, theirs)
		}
		assert.Equal(t, m.Text("Acquisition_instrument.SEM.Detector.detector_type"), s.Meta.Text("detector_type"), name)
		assert.Equal(t, m.Text("Acquisition_instrument.SEM.microscope"), s.Meta.Group("extensions").Text("Serial Number"), name)
		assert.Equal(t, m.Text("General.authors"), s.Meta.Group("extensions").Text("Operator"), name)
		if mag, isText := m.Get("Acquisition_instrument.SEM.magnification").(nexuslims.Text); isText {
			digits, _, _ := strings.Cut(string(mag), " ")
			assert.InDelta(t, 1000*reference.Number(nexuslims.Text(digits)), reference.Number(s.Meta.Get("magnification")), 1e-6, name)
		}
		known := reference.Signals(t, engine(t), "zeiss-tiff/"+name, "FEI-Titan-TEM")[0]
		stamp := known.Meta.Group("extensions").Text("Acquisition Timestamp")
		assert.True(t, strings.HasPrefix(stamp, m.Text("General.date")+"T"+m.Text("General.time")), "%s %s", name, stamp)
	}
}

// TestAgainstIndependentReader compares pixels, axes and raw settings.
func TestAgainstIndependentReader(t *testing.T) {
	for _, name := range reference.Names(t, "zeiss-tiff", "tif") {
		t.Run(name, func(t *testing.T) {
			all := reference.LoadExpected(t, "zeiss-tiff/"+name)
			signals := reference.Signals(t, engine(t), "zeiss-tiff/"+name, "")
			if name == orion { // that reader knows no LZW
				comparePicture(t, all, signals[0])
				return
			}
			want := all.Signals[0]
			if name == multipage {
				comparePages(t, want, signals)
				want.Axes = want.Axes[1:]
			} else {
				require.Len(t, signals, 1)
				reference.CheckPixels(t, want, signals[0].Data)
			}
			for _, s := range signals {
				assert.Equal(t, "uint8", s.Data.Type.String())
				compareAxes(t, name, want.Axes, s.Data.Axes)
			}
			if raw := signals[0].Raw.Group("SmartSEM_Metadata"); raw.Len() > 0 {
				compareSettings(t, want.Original.Group("CZ_SEM"), raw)
			}
		})
	}
}

func comparePicture(t *testing.T, all reference.Expected, s *extractors.Signal) {
	t.Helper()
	assert.Equal(t, []int{1120, 1024}, s.Data.Shape())
	assert.Equal(t, extractors.RGBA, s.Data.Type)
	sum, err := s.Data.SHA256(t.Context())
	require.NoError(t, err)
	assert.Equal(t, all.All.Group("image", "data").Text("sha256_le"), sum)
	assert.Equal(t, 1024, s.ContrastRows)
}

// comparePages joins the pages to the stack of the other reader.
func comparePages(t *testing.T, want reference.ExpectedSignal, signals []*extractors.Signal) {
	t.Helper()
	require.Len(t, signals, 2)
	stack := &extractors.Array{
		Type: extractors.Uint8, Axes: append([]extractors.Axis{{Size: 2, Scale: 1}}, signals[0].Data.Axes...),
		Source: pages{signals},
	}
	reference.CheckPixels(t, want, stack)
	assert.NotEqual(t, signals[0].Meta.Group("extensions").Text("Acquisition Time"),
		signals[1].Meta.Group("extensions").Text("Acquisition Time"))
}

func compareAxes(t *testing.T, name string, want []reference.ExpectedAxis, got []extractors.Axis) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		assert.Equal(t, w.Size, got[i].Size)
		if name == atlas {
			assert.InDelta(t, 45.7438621094973/1023, got[i].Scale, 1e-9) // the other reader does not know Fibics
			assert.Equal(t, "µm", got[i].Unit)
			continue
		}
		q, ok := nexuslims.Q(got[i].Scale, got[i].Unit).Convert(nexuslims.MustUnit(w.Units))
		require.True(t, ok)
		assert.InDelta(t, w.Scale, q.Value, 1e-6*w.Scale)
	}
}

// compareSettings compares with that reader's [label, number, unit] or [label, text].
func compareSettings(t *testing.T, want, got *nexuslims.Object) {
	t.Helper()
	require.Greater(t, want.Len(), 600)
	for key, v := range want.All() {
		list, ok := v.(nexuslims.List)
		require.True(t, ok, key)
		if key == "" {
			numbers, ok := got.Get("Header").(nexuslims.List)
			require.True(t, ok)
			for i, n := range list {
				assert.InDelta(t, reference.Number(n), reference.Number(numbers[i]), 1e-12)
			}
			continue
		}
		line := got.Text(strings.ToUpper(key))
		label, ok := list[0].(nexuslims.Text)
		require.True(t, ok, key)
		assert.True(t, strings.HasPrefix(line, strings.TrimSpace(string(label))), "%s: %q, %q", key, line, label)
		if len(list) < 2 {
			continue
		}
		switch x := list[1].(type) {
		case nexuslims.Text:
			assert.Contains(t, line, strings.TrimSpace(string(x)), key)
		case nexuslims.Int, nexuslims.Float:
			_, value, _ := strings.Cut(line, "=")
			assert.InDelta(t, reference.Number(x), number(t, key, value), 1e-9*(1+math.Abs(reference.Number(x))), key)
		}
		if len(list) > 2 {
			unit, err := json.Marshal(list[2])
			require.NoError(t, err)
			assert.Contains(t, line, strings.Trim(string(unit), `"`), key)
		}
	}
}

func number(t *testing.T, key, value string) float64 {
	t.Helper()
	fields := strings.Fields(value)
	require.NotEmpty(t, fields, key)
	n, ok := extractors.ParseNumber(fields[0])
	require.True(t, ok, "%s: %s", key, value)
	return reference.Number(n)
}
