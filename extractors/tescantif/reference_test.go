package tescantif_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const sample = "tescan-pfib_dataZeroed.tif"

func engine(tb testing.TB) *extractors.Engine {
	tb.Helper()
	return reference.Engine(tb, []extractors.Extractor{tescantif.New()})
}

// differences from the reference implementation; the same rows stand in docs/differences.md.
func differences() []reference.Difference {
	var all []reference.Difference
	for from, to := range map[string]string{
		"Detector Name": "detector_type", "Scan Rotation": "scan_rotation", "Stage Position/X": "stage_position/x",
		"Stage Position/Y": "stage_position/y", "Stage Position/Z": "stage_position/z",
		"Stage Position/Rotation": "stage_position/rotation", "Stage Position/Tilt": "stage_position/tilt_alpha",
	} {
		all = append(all, reference.Moved("schema field", []string{to}, "extensions/"+from)...)
		all = append(all, reference.Added("schema field", to)...)
	}
	all = append(all, reference.Checked("schema field, 160 kX are 160000",
		func(tb testing.TB, where, _ string, _, got map[string]nexuslims.Value) {
			tb.Helper()
			assert.Equal(tb, nexuslims.Float(160000), got["magnification"], where)
		}, "extensions/Magnification", "magnification")...)
	all = append(all, reference.Dropped("rows first", "extensions/Data Dimensions")...)
	all = append(all, reference.Added("rows first", "Data Dimensions")...)
	all = append(all, reference.Added("pixels times their size", "horizontal_field_width", "vertical_field_width")...)
	return append(all, reference.Checked("numbers of the comparison data stand as text", sameNumber,
		"extensions/Accumulated Frames", "extensions/Aperture Optimization", "extensions/Cross Free",
		"extensions/Detector 0 Flat Field", "extensions/Detector 0 Gain", "extensions/Detector 0 Offset",
		"extensions/Gun Shift X", "extensions/Gun Shift Y", "extensions/Gun Tilt X", "extensions/Gun Tilt Y",
		"extensions/Image Strip Size", "extensions/IML Centering X", "extensions/IML Centering Y", "extensions/LUT Gamma",
		"extensions/LUT Maximum", "extensions/LUT Minimum", "extensions/Magnification Reference",
		"extensions/OBJ Centering X", "extensions/OBJ Centering Y", "extensions/OBJ Pre-Centering X",
		"extensions/OBJ Pre-Centering Y", "extensions/Primary Detector Gain", "extensions/Primary Detector Offset",
		"extensions/Scan ID", "extensions/Scan Speed", "extensions/Stigmator X Value", "extensions/Stigmator Y Value",
		"extensions/Tilt Correction", "extensions/View Fields Count X", "extensions/View Fields Count Y")...)
}

// sameNumber demands the number of a text, of its kind.
func sameNumber(tb testing.TB, where, path string, want, got map[string]nexuslims.Value) {
	tb.Helper()
	text, ok := want[path].(nexuslims.Text)
	require.True(tb, ok, path)
	n, ok := extractors.ParseNumber(string(text))
	require.True(tb, ok, path)
	assert.Equal(tb, n, got[path], "%s: %s", where, path)
}

func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder: "tescan-tiff", Names: []string{sample}, Engine: engine(t), Differences: differences(),
	}
	suite.Run(t)
}

// TestWithoutTextFile reads the same from the tag alone, and from the text file alone.
func TestWithoutTextFile(t *testing.T) {
	data, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/tescan-tiff/"+sample))
	require.NoError(t, err)
	side, err := os.ReadFile(filepath.Join(testdata.Dir(t), "instrument-files/tescan-tiff/tescan-pfib_dataZeroed.hdr"))
	require.NoError(t, err)
	both := extract(t, data, map[string][]byte{"a.hdr": side}).Signals[0]
	tag := extract(t, data, nil).Signals[0]
	assert.Equal(t, string(both.JSON()), string(tag.JSON()))
	// Without the tag, all settings are those of the text file.
	text := extract(t, []byte("lost"), map[string][]byte{"a.HDR": side}).Signals[0]
	for _, section := range []string{"MAIN", "SEM"} {
		assert.Equal(t, tag.Raw.Group(section), text.Raw.Group(section))
	}
	assert.Equal(t, tag.Meta.Get("working_distance"), text.Meta.Get("working_distance"))
	assert.Equal(t, nexuslims.Text("2025-12-03T12:19:26-05:00"), tag.Meta.Get("Acquisition Timestamp"), "UTC, as tag 306 shows")
}

// TestAgainstIndependentReader compares pixels and settings.
func TestAgainstIndependentReader(t *testing.T) {
	all := reference.LoadExpected(t, "tescan-tiff/"+sample)
	want := all.Signals[0]
	s := reference.Signals(t, engine(t), "tescan-tiff/"+sample, "")[0]
	assert.Equal(t, want.Shape, s.Data.Shape())
	assert.Equal(t, want.Element(), s.Data.Type.String())
	reference.CheckPixels(t, want, s.Data)
	for i, a := range s.Data.Axes { // the other reader does not know the tag
		assert.Equal(t, want.Axes[i].Size, a.Size)
		assert.InDelta(t, 1.5625, a.Scale, 1e-12)
		assert.Equal(t, "nm", a.Unit)
	}
	assert.Equal(t, 1280, s.ContrastRows)
	blocks, ok := all.All.Group("vendor_text_tags", "50431").Get("blocks").(nexuslims.List)
	require.True(t, ok)
	compared := 0
	for _, b := range blocks {
		block, ok := b.(*nexuslims.Object)
		require.True(t, ok)
		id, _ := block.Get("id").(nexuslims.Int)
		section := map[nexuslims.Int]string{2: "MAIN", 3: "SEM"}[id]
		for line := range strings.Lines(block.Text("text")) {
			key, value, pair := strings.Cut(strings.TrimRight(line, "\x00\n"), "=")
			if section == "" || !pair {
				continue
			}
			compared++
			assert.Equal(t, nexuslims.Text(value), s.Raw.Group(section).Get(key), key)
		}
	}
	assert.Equal(t, 81, compared)
}

// TestMinimalTextFile reads the text file of another instrument, beside a plain picture.
func TestMinimalTextFile(t *testing.T) {
	side, err := os.ReadFile(filepath.Join(testdata.Dir(t), "instrument-files/tescan-tiff/tescan-minimal.hdr"))
	require.NoError(t, err)
	f := image(1)
	f.NoTag = true
	result, err := tescantif.New().Extract(context.Background(), file("tescan-minimal.tif", f.Bytes(), map[string][]byte{"tescan-minimal.hdr": side}))
	require.NoError(t, err)
	s := result.Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"acceleration_voltage": nexuslims.Q(5, "kilovolt"), "pixel_width": nexuslims.Q(50, "nanometer"),
		"Pixel Size Z": nexuslims.Q(50, "nanometer"), "detector_type": nexuslims.Text("SE"), "Company": nexuslims.Text("KIT"),
		"Device": nexuslims.Text("TESCAN SOLARIS X"), "Operator": nexuslims.Text("demo"), // of the TIFF tag
	})
	assert.Equal(t, []string{"MAIN", "SEM", "3DTomo"}, s.Raw.Keys())
	assert.Equal(t, nexuslims.List{}, s.Meta.Get("warnings"))
}
