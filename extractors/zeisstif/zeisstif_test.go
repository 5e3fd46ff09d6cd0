package zeisstif_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func extractorFile(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(path)
	require.NoError(tb, err)
	return data
}

func extract(tb testing.TB, data []byte) *extractors.Result {
	tb.Helper()
	result, err := zeisstif.New().Extract(context.Background(), file("a.tif", data))
	require.NoError(tb, err)
	require.NotEmpty(tb, result.Signals)
	return result
}

// assertMeta compares values by path, the parts of which are separated by points.
func assertMeta(t *testing.T, s *extractors.Signal, want map[string]nexuslims.Value) {
	t.Helper()
	for path, v := range want {
		assert.Equal(t, v, s.Meta.At(split(path)...), path)
	}
}

func split(path string) []string {
	parts := []string{""}
	for _, c := range path {
		if c == '|' {
			parts = append(parts, "")
		} else {
			parts[len(parts)-1] += string(c)
		}
	}
	return parts
}

func TestSmartSEM(t *testing.T) {
	result := extract(t, synth.SEMImage(512, 1, taken).Bytes())
	assert.Empty(t, result.Warnings)
	require.Len(t, result.Signals, 1)
	s := result.Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"Data Type":                 nexuslims.Text("SEM_Imaging"),
		"Data Dimensions":           nexuslims.Text("(384, 512)"),
		"acceleration_voltage":      nexuslims.Q(1.8, "kilovolt"),
		"working_distance":          nexuslims.Q(4.5, "millimeter"),
		"beam_current":              nexuslims.Q(4.7, "nanoampere"),
		"dwell_time":                nexuslims.Q(100, "nanosecond"),
		"magnification":             nexuslims.Float(4530),
		"scan_rotation":             nexuslims.Q(12.5, "degree"),
		"detector_type":             nexuslims.Text("InLens"),
		"stage_position|x":          nexuslims.Q(71.4538, "millimeter"),
		"stage_position|z":          nexuslims.Q(41.676, "millimeter"),
		"stage_position|rotation":   nexuslims.Q(113.6, "degree"),
		"stage_position|tilt_alpha": nexuslims.Q(52.6, "degree"),
		"pixel_width":               nexuslims.Q(1.25e-8, "meter"),
		"horizontal_field_width":    nexuslims.Q(6.4, "micrometer"),
		"Aperture Size":             nexuslims.Q(30, "micrometer"),
		"Chamber Pressure":          nexuslims.Q(1.87e-4, "pascal"),
		"Scan Speed":                nexuslims.Int(5),
		"User Text":                 nexuslims.Text("particles, 5 % loading"),
		"Sample ID":                 nexuslims.Text("S-17"),
		"Operator":                  nexuslims.Text("DEMO"),
		"Acquisition Timestamp":     nexuslims.Text("2024-03-05T09:04:07-05:00"),
	})
	assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Text("Operator")}}, s.Meta.Get("warnings"))
	assert.True(t, s.AsIs)
	assert.Equal(t, extractors.Uint8, s.Data.Type)
	assert.Equal(t, "WD =  4.5 mm", s.Raw.Group("SmartSEM_Metadata").Text("AP_WD"))
	var wd string
	for _, o := range s.Origins {
		if o.Path[0] == "working_distance" {
			wd = o.From
		}
	}
	assert.Equal(t, "AP_WD in tag 34118", wd)
}

func TestVariantsOfSmartSEM(t *testing.T) {
	set := func(settings ...synth.Setting) synth.SmartSEM {
		s := synth.SEMImage(512, 1, taken)
		s.Settings = settings
		return s
	}
	wide, ions, bare := set(synth.Setting{Name: "SV_USER_NAME", Value: "User Name = 山田"}), set(), set()
	wide.Wide, ions.Ions, bare.Bare = true, true, true
	for name, c := range map[string]struct {
		file synth.SmartSEM
		want map[string]nexuslims.Value
	}{
		"letters outside the code page": {wide, map[string]nexuslims.Value{"Operator": nexuslims.Text("山田")}},
		"no size of a pixel in the picture": {set(synth.Setting{Name: "AP_IMAGE_PIXEL_SIZE", Value: ""}), map[string]nexuslims.Value{
			"pixel_width": nexuslims.Q(1.25e-8, "meter"),
		}},
		"sizes that contradict each other": {
			set(synth.Setting{Name: "AP_IMAGE_PIXEL_SIZE", Value: "Image Pixel Size = 20.00 nm"}),
			map[string]nexuslims.Value{"pixel_height": nexuslims.Q(2e-8, "meter")},
		},
		"rotation switched off": {set(synth.Setting{Name: "DP_SCAN_ROT", Value: "Scan Rot = Off"}), map[string]nexuslims.Value{
			"scan_rotation": nexuslims.Q(0, "degree"), "Scan Rotation Setting": nexuslims.Q(12.5, "degree"),
		}},
		"a text where a number should be": {
			set(synth.Setting{Name: "AP_ACTUALKV", Value: "EHT = N/A"}), map[string]nexuslims.Value{
				"EHT": nexuslims.Text("N/A"), "acceleration_voltage": nexuslims.Q(1800, "volt"), // from the numbers
			},
		},
		"another sort of unit": {set(synth.Setting{Name: "AP_APERTURESIZE", Value: "Aperture Size = 2. nm²"}), map[string]nexuslims.Value{
			"Aperture Size": nexuslims.Text("2. nm²"),
		}},
		"a lost micro sign": {set(synth.Setting{Name: "AP_APERTURESIZE", Value: "Aperture Size = 60.00 ?m"}), map[string]nexuslims.Value{
			"Aperture Size": nexuslims.Q(60, "micrometer"),
		}},
		"decimal comma": {set(synth.Setting{Name: "AP_WD", Value: "WD =  5,1 mm"}), map[string]nexuslims.Value{
			"working_distance": nexuslims.Q(5.1, "millimeter"),
		}},
		"plain magnification": {set(synth.Setting{Name: "AP_MAG", Value: "Mag =    105 X"}), map[string]nexuslims.Value{
			"magnification": nexuslims.Int(105),
		}},
		"text of two lines": {set(synth.Setting{Name: "SV_USER_TEXT", Value: "User Text = a = b\r\nc"}), map[string]nexuslims.Value{
			"User Text": nexuslims.Text("a = b\nc"),
		}},
		"german month": {set(synth.Setting{Name: "AP_DATE", Value: "Date :23 Dez 2015"}), map[string]nexuslims.Value{
			"Acquisition Timestamp": nexuslims.Text("2015-12-23T09:04:07-05:00"),
		}},
		"ion beam": {ions, map[string]nexuslims.Value{
			"Data Type": nexuslims.Text("FIB_Imaging"), "acceleration_voltage": nexuslims.Q(29.97, "kilovolt"),
			"beam_current": nexuslims.Q(50, "picoampere"), "magnification": nexuslims.Float(1570),
			"pixel_width": nexuslims.Q(1.4182e-7, "meter"), "working_distance": nil, "Operator": nexuslims.Text("DEMO"),
		}},
		"numbers alone": {bare, map[string]nexuslims.Value{
			"acceleration_voltage": nexuslims.Q(1800, "volt"), "working_distance": nexuslims.Q(4.510646e-3, "meter"),
			"beam_current": nexuslims.Q(4.711226e-9, "ampere"), "magnification": nexuslims.Float(4528.961),
			"pixel_width": nexuslims.Q(1.25e-8, "meter"), "horizontal_field_width": nexuslims.Q(6.4e-6, "meter"),
		}},
	} {
		t.Run(name, func(t *testing.T) { assertMeta(t, extract(t, c.file.Bytes()).Signals[0], c.want) })
	}
}

func TestContradictingPixelSizesOfIons(t *testing.T) {
	s := synth.SEMImage(512, 1, taken)
	s.Ions = true
	result := extract(t, s.Bytes())
	assert.Equal(t, []string{"AP_IMAGE_PIXEL_SIZE and AP_FIB_PIXEL_SIZE contradict each other"}, result.Warnings)
}

// TestInformationBar: rows that the scan has not are the information bar.
func TestInformationBar(t *testing.T) {
	doubt := nexuslims.List{
		nexuslims.List{nexuslims.Text("Operator")},
		nexuslims.List{nexuslims.Text("pixel_width")},
		nexuslims.List{nexuslims.Text("pixel_height")},
	}
	for stored, want := range map[string]struct {
		rows     int
		warnings nexuslims.Value
	}{
		"64 * 48":  {48, doubt[:1]},
		"64x48":    {48, doubt[:1]},
		"64 * 60":  {0, doubt[:1]}, // the bar covers the picture
		"64 * 80":  {0, doubt[:1]},
		"128 * 96": {0, doubt},
		"low":      {0, doubt[:1]},
		"64 * ":    {0, doubt[:1]},
		"":         {0, doubt[:1]},
	} {
		s := synth.SEMImage(64, 1, taken)
		s.Pages = []synth.Picture{synth.Pixels(64, 60, 1)}
		s.Settings = []synth.Setting{
			{Name: "DP_IMAGE_STORE", Value: "Store resolution = " + stored}, {Name: "AP_HEIGHT", Value: "Height = "},
		}
		result := extract(t, s.Bytes())
		signal := result.Signals[0]
		assert.Equal(t, want.rows, signal.ContrastRows, stored)
		assert.Equal(t, want.warnings, signal.Meta.Get("warnings"), stored)
		assert.Equal(t, len(want.warnings.(nexuslims.List)) > 1, len(result.Warnings) > 0, stored)
		rows := 60.0
		if want.rows > 0 {
			rows = 48
		}
		assert.Equal(t, nexuslims.Q(rows*12.5e-9, "meter"), signal.Meta.Get("vertical_field_width"), stored)
	}
}

// TestPages reads pages as signals of their own, and no thumbnails.
func TestPages(t *testing.T) {
	s := synth.SEMImage(64, 1, taken)
	s.Pages = append(s.Pages, synth.Pixels(64, 48, 2), synth.Pixels(32, 24, 3))
	result := extract(t, s.Bytes())
	require.Len(t, result.Signals, 3)
	assert.Equal(t, "Page 2", result.Signals[1].Title)
	assert.Equal(t, []int{24, 32}, result.Signals[2].Data.Shape())
	a, err := result.Signals[0].Data.SHA256(context.Background())
	require.NoError(t, err)
	b, err := result.Signals[1].Data.SHA256(context.Background())
	require.NoError(t, err)
	assert.NotEqual(t, a, b)

	small := synth.Fibics{Picture: synth.Pixels(64, 64, 1), Beam: "SEM", Field: 4, Time: taken, Thumbnail: true}
	result = extract(t, small.Bytes())
	assert.Len(t, result.Signals, 1)
	assert.Empty(t, result.Signals[0].Title)
}

func TestOrion(t *testing.T) {
	o := synth.Orion{Picture: synth.Pixels(80, 64, 1), Field: 1, Time: taken}
	s := extract(t, o.Bytes()).Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"Data Type": nexuslims.Text("HIM_Imaging"), "Data Dimensions": nexuslims.Text("(70, 80)"),
		"acceleration_voltage": nexuslims.Q(29997, "volt"), "beam_current": nexuslims.Q(0.938, "picoampere"),
		"working_distance": nexuslims.Q(11.977, "millimeter"), "dwell_time": nexuslims.Q(0.5, "microsecond"),
		"stage_position|x": nexuslims.Q(25157.23, "micrometer"), "Stage X Location": nexuslims.Q(25157.23, "micrometer"),
		"detector_type": nexuslims.Text("ETDetector"), "magnification": nexuslims.Int(114300),
		"Acquisition Timestamp": nexuslims.Text("2024-03-05T09:04:07-05:00"),
	})
	assert.Equal(t, extractors.RGBA, s.Data.Type)
	assert.Equal(t, 64, s.ContrastRows)
	assert.Equal(t, "picoAmps", s.Raw.Group("Orion_XML_Metadata", "BlankerCurrent").Text("Units"))
}

// TestOrionUnits trusts the units of the file, and those of the table where it has none.
func TestOrionUnits(t *testing.T) {
	for name, c := range map[string]struct {
		setting synth.Setting
		path    string
		want    nexuslims.Value
	}{
		"another unit":         {synth.Setting{Name: "WorkingDistance", Value: "11977 Microns"}, "working_distance", nexuslims.Q(11977, "micrometer")},
		"no unit":              {synth.Setting{Name: "WorkingDistance", Value: "11.9"}, "working_distance", nexuslims.Q(11.9, "millimeter")},
		"an unknown unit":      {synth.Setting{Name: "WorkingDistance", Value: "11.9 furlongs"}, "working_distance", nexuslims.Q(11.9, "millimeter")},
		"another quantity":     {synth.Setting{Name: "WorkingDistance", Value: "11.9 Volts"}, "Beam|Working Distance", nexuslims.Q(11.9, "volt")},
		"a text":               {synth.Setting{Name: "WorkingDistance", Value: "none"}, "Beam|Working Distance", nexuslims.Text("none")},
		"converted":            {synth.Setting{Name: "GFIS.PanX", Value: "3000 Nanometers"}, "GFIS|Pan X", nexuslims.Q(3, "micrometer")},
		"no number":            {synth.Setting{Name: "NumAverages", Value: "many"}, "Scan|Number of Averages", nexuslims.Text("many")},
		"day before the month": {synth.Setting{Name: "TimeStamp", Value: "13/02/2025"}, "System|Acquisition Date/Time", nexuslims.Text("13/02/2025")},
	} {
		t.Run(name, func(t *testing.T) {
			o := synth.Orion{Picture: synth.Pixels(8, 8, 1), Field: 1, Time: taken, Settings: []synth.Setting{c.setting}}
			assertMeta(t, extract(t, o.Bytes()).Signals[0], map[string]nexuslims.Value{c.path: c.want})
		})
	}
}

// TestBlankerCurrent is the current of the beam where that has no setting of its own.
func TestBlankerCurrent(t *testing.T) {
	o := synth.Orion{Picture: synth.Pixels(8, 8, 1), Field: 1, Time: taken}
	o.Settings = []synth.Setting{{Name: "GFIS.BeamCurrent", Value: ""}}
	s := extract(t, o.Bytes()).Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{"beam_current": nexuslims.Q(0.938, "picoampere"), "Beam|Blanker Current": nil})
}

func TestFibics(t *testing.T) {
	f := synth.Fibics{Picture: synth.Pixels(64, 64, 1), Beam: "Orion", Field: 2.5, Time: taken}
	s := extract(t, f.Bytes()).Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"Data Type": nexuslims.Text("HIM_Imaging"), "acceleration_voltage": nexuslims.Q(30000, "volt"),
		"beam_current": nexuslims.Q(1.3275, "picoampere"), "dwell_time": nexuslims.Q(10000, "nanosecond"),
		"pixel_width": nexuslims.Q(0.0390625, "micrometer"), "pixel_height": nexuslims.Q(0.0390625, "micrometer"),
		"Detector Settings|Collector Voltage": nexuslims.Q(500, "volt"), "Beam|GFIS Gas Type": nexuslims.Text("He"),
		"Image|Aperture Description": nexuslims.Text("[1] Ne 10 µm (30.0kV|s=5.0)"),
		"Stage M":                    nexuslims.Q(0, "millimeter"), "Acquisition Timestamp": nexuslims.Text("2024-03-05T04:04:07-05:00"),
	})
	for beam, want := range map[string]string{"SEM": "SEM_Imaging", "FIB": "FIB_Imaging", "": "HIM_Imaging"} {
		f.Beam = beam
		assertMeta(t, extract(t, f.Bytes()).Signals[0], map[string]nexuslims.Value{"Data Type": nexuslims.Text(want)})
	}
	assertMeta(t, extract(t, f.Bytes()).Signals[0], map[string]nexuslims.Value{
		"acceleration_voltage":   nexuslims.Q(5, "kilovolt"), // of the aperture
		"Beam|Extractor Voltage": nexuslims.Q(4.28, "kilovolt"),
		"Beam|Extractor Current": nexuslims.Q(248.4, "microampere"),
	})
}

// TestSeveralTexts describes a file by the first text; the second fills gaps.
func TestSeveralTexts(t *testing.T) {
	s := synth.SEMImage(64, 1, taken)
	fibics := synth.Fibics{Picture: s.Pages[0], Beam: "SEM", Field: 45, Time: taken}.Text()
	s.Tags = []synth.TIFFTag{{ID: 51023, Value: fibics}}
	got := extract(t, s.Bytes()).Signals[0]
	assertMeta(t, got, map[string]nexuslims.Value{
		"acceleration_voltage": nexuslims.Q(5, "kilovolt"), "working_distance": nexuslims.Q(4.5, "millimeter"),
		"horizontal_field_width": nexuslims.Q(45, "micrometer"), "Operator": nexuslims.Text("DEMO"),
	})
	assert.Equal(t, []string{"Fibics_XML_Metadata", "SmartSEM_Metadata"}, got.Raw.Keys())
	assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Text("Operator")}}, got.Meta.Get("warnings"))
}

// TestDamagedXML keeps what comes before the damage.
func TestDamagedXML(t *testing.T) {
	text := synth.Orion{Picture: synth.Pixels(8, 8, 1), Field: 1, Time: taken}.Text()
	result := extract(t, synth.TIFF(synth.Pixels(8, 8, 1), synth.TIFFText{ID: 65000, Text: text[:len(text)/2]}))
	require.Len(t, result.Warnings, 1)
	assert.Contains(t, result.Warnings[0], "only in part")
	assertMeta(t, result.Signals[0], map[string]nexuslims.Value{"acceleration_voltage": nexuslims.Q(29997, "volt")})

	fibics := synth.Fibics{Picture: synth.Pixels(8, 8, 1), Beam: "SEM", Field: 4, Time: taken}.Text()
	result = extract(t, synth.TIFF(synth.Pixels(8, 8, 1), synth.TIFFText{ID: 65000, Text: "<broken"}, synth.TIFFText{ID: 51023, Text: fibics}))
	assertMeta(t, result.Signals[0], map[string]nexuslims.Value{"Data Type": nexuslims.Text("SEM_Imaging")})
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want nexuslims.Kind
	}{
		"no settings": {synth.TIFF(synth.Pixels(8, 8, 1)), nexuslims.Unsupported},
		"no TIFF":     {[]byte("something else"), nexuslims.Unsupported},
		"only a head": {synth.SEMImage(16, 1, taken).Bytes()[:8], nexuslims.Corrupt},
	} {
		_, err := zeisstif.New().Extract(context.Background(), file("a.tif", c.data))
		assert.True(t, errors.Is(err, c.want), "%s: %v", name, err)
		assert.False(t, zeisstif.New().Match(file("a.tif", c.data)), name)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := zeisstif.New().Extract(ctx, file("a.tif", synth.SEMImage(16, 1, taken).Bytes()))
	assert.ErrorIs(t, err, nexuslims.Canceled)
}

func TestWhyMatch(t *testing.T) {
	for name, want := range map[string]string{
		"sem.tif": "a tag of SmartSEM, 34118 or 34119", "orion.tif": "tag 65000 is XML of an Orion",
		"atlas.tif": "tag 51023 is XML of Fibics", "bare.tif": "a tag of SmartSEM, 34118 or 34119",
	} {
		assert.Equal(t, want, zeisstif.New().WhyMatch(file(name, variants()[name])))
	}
}

// TestCutPixels reads a file whose pixels are cut off.
func TestCutPixels(t *testing.T) {
	data := extractorFile(t, testdata.Unpacked(t, "instrument-files/broken/truncated__test_tiff_Zeiss_SEM_1k.tif"))
	s := extract(t, data).Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"acceleration_voltage": nexuslims.Q(25, "kilovolt"), "Serial Number": nexuslims.Text("Merlin-61-08"),
	})
}

// TestTransparentPicture shows colours that are all transparent.
func TestTransparentPicture(t *testing.T) {
	o := synth.Orion{Picture: synth.Pixels(256, 256, 1), Field: 1, Time: taken}
	drawn, err := preview.Draw(context.Background(), extract(t, o.Bytes()).Signals[0], preview.Options{})
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(drawn.PNG))
	require.NoError(t, err)
	seen := map[uint32]bool{}
	for x := 100; x < 400; x++ {
		r, _, _, _ := img.At(x, 200).RGBA()
		seen[r>>8] = true
	}
	assert.Greater(t, len(seen), 20, "shades")
}
