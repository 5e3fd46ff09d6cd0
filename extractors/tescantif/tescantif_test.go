package tescantif_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func extract(tb testing.TB, data []byte, siblings map[string][]byte) *extractors.Result {
	tb.Helper()
	result, err := tescantif.New().Extract(context.Background(), file("a.tif", data, siblings))
	require.NoError(tb, err)
	require.NotEmpty(tb, result.Signals)
	return result
}

// assertMeta compares values by path, the parts of which are separated by bars.
func assertMeta(t *testing.T, s *extractors.Signal, want map[string]nexuslims.Value) {
	t.Helper()
	for path, v := range want {
		assert.Equal(t, v, s.Meta.At(strings.Split(path, "|")...), path)
	}
}

// common are values of the synthetic picture, whatever column took it.
func common() map[string]nexuslims.Value {
	return map[string]nexuslims.Value{
		"Data Dimensions":           nexuslims.Text("(20, 16)"),
		"acceleration_voltage":      nexuslims.Q(15, "kilovolt"),
		"working_distance":          nexuslims.Q(5.947501, "millimeter"),
		"emission_current":          nexuslims.Q(217.6420018, "microampere"),
		"dwell_time":                nexuslims.Q(10, "microsecond"),
		"magnification":             nexuslims.Float(160000),
		"pixel_width":               nexuslims.Q(1.5625, "nanometer"),
		"horizontal_field_width":    nexuslims.Q(2.5e-8, "meter"),
		"vertical_field_width":      nexuslims.Q(2.5e-8, "meter"),
		"scan_rotation":             nexuslims.Q(0, "degree"),
		"detector_type":             nexuslims.Text("E-T"),
		"stage_position|x":          nexuslims.Q(0.00407293, "meter"),
		"stage_position|rotation":   nexuslims.Q(30, "degree"),
		"stage_position|tilt_alpha": nexuslims.Q(0, "degree"),
		"Predicted Beam Current":    nexuslims.Q(300.3, "picoampere"),
		"beam_current":              nil,
		"Accelerator Voltage":       nil, // the same as HV
		"Accumulated Frames":        nexuslims.Int(1),
		"Description":               nexuslims.Text("loading 5 %, coated"),
		"Operator":                  nexuslims.Text("Jörg Demo"),
		"Acquisition Timestamp":     nexuslims.Text("2024-03-05T09:04:07-05:00"),
	}
}

// TestSources reads the same from the tag and from the text file.
func TestSources(t *testing.T) {
	tag, alone := image(1), image(1)
	alone.NoTag = true
	latin := []byte(strings.ReplaceAll(string(alone.Header()), "ö", "\xf6"))
	for name, c := range map[string]struct {
		data     []byte
		siblings map[string][]byte
		from     string
	}{
		"tag":                {tag.Bytes(), nil, "[SEM] WD in tag 50431"},
		"tag and file":       {tag.Bytes(), map[string][]byte{"a.hdr": []byte("[MAIN]\nDevice=TESCAN\n[SEM]\nWD=7\n")}, "[SEM] WD in tag 50431"},
		"file":               {alone.Bytes(), map[string][]byte{"a.hdr": alone.Header()}, "[SEM] WD in a.hdr"},
		"file in capitals":   {alone.Bytes(), map[string][]byte{"a.HDR": alone.Header()}, "[SEM] WD in a.HDR"},
		"file of older kind": {alone.Bytes(), map[string][]byte{"a-tif.hdr": alone.Header()}, "[SEM] WD in a-tif.hdr"},
		"Windows-1252":       {alone.Bytes(), map[string][]byte{"a.hdr": latin}, "[SEM] WD in a.hdr"},
		"byte order mark":    {alone.Bytes(), map[string][]byte{"a.hdr": append([]byte("\ufeff"), alone.Header()...)}, "[SEM] WD in a.hdr"},
	} {
		t.Run(name, func(t *testing.T) {
			result := extract(t, c.data, c.siblings)
			assert.Empty(t, result.Warnings)
			s := result.Signals[0]
			assertMeta(t, s, common())
			assertMeta(t, s, map[string]nexuslims.Value{"Data Type": nexuslims.Text("SEM_Imaging")})
			assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Text("Operator")}}, s.Meta.Get("warnings"))
			assert.Equal(t, 16, s.ContrastRows)
			assert.False(t, s.AsIs)
			var from string
			for _, o := range s.Origins {
				if o.Path[0] == "working_distance" {
					from = o.From
				}
			}
			assert.Equal(t, c.from, from)
			assert.Equal(t, nexuslims.Text(""), s.Raw.Group("MAIN").Get("Sign"), "empty settings are kept")
		})
	}
}

func TestIons(t *testing.T) {
	ions := image(1)
	ions.Column = "FIB"
	for name, siblings := range map[string]map[string][]byte{"tag": nil, "file": {"a.hdr": ions.Header()}} {
		t.Run(name, func(t *testing.T) {
			ions.NoTag = siblings != nil
			s := extract(t, ions.Bytes(), siblings).Signals[0]
			assertMeta(t, s, common())
			assertMeta(t, s, map[string]nexuslims.Value{"Data Type": nexuslims.Text("FIB_Imaging")})
			assert.Equal(t, []string{"MAIN", "FIB"}, s.Raw.Keys())
		})
	}
}

// TestSections takes the column that says more of the scan, and keeps all others raw.
func TestSections(t *testing.T) {
	alone := image(1)
	alone.NoTag = true
	header := string(alone.Header()) + "[FIB]\r\nHV=30000\r\n[3DTomo]\r\nCrossSectionAngle=90.0\r\n"
	s := extract(t, alone.Bytes(), map[string][]byte{"a.hdr": []byte(header)}).Signals[0]
	assertMeta(t, s, map[string]nexuslims.Value{
		"Data Type": nexuslims.Text("SEM_Imaging"), "acceleration_voltage": nexuslims.Q(15, "kilovolt"),
	})
	assert.Equal(t, "90.0", s.Raw.Group("3DTomo").Text("CrossSectionAngle"))

	tag := image(1)
	s = extract(t, tag.Bytes(), map[string][]byte{"a.hdr": []byte(header)}).Signals[0]
	assert.Equal(t, []string{"MAIN", "SEM", "FIB", "3DTomo"}, s.Raw.Keys(), "the file adds sections")
}

// TestFields reads single settings.
func TestFields(t *testing.T) {
	second := []synth.Setting{{Name: "Detector1", Value: "In-Beam"}, {Name: "Detector1Gain", Value: "7"}}
	for name, c := range map[string]struct {
		main, settings []synth.Setting
		want           map[string]nexuslims.Value
		warnings       int
	}{
		"two voltages": {nil, []synth.Setting{{Name: "HV", Value: "2000.0"}}, map[string]nexuslims.Value{
			"acceleration_voltage": nexuslims.Q(2, "kilovolt"), "Accelerator Voltage": nexuslims.Q(15, "kilovolt"),
		}, 0},
		"the second voltage alone": {nil, []synth.Setting{{Name: "HV", Value: ""}}, map[string]nexuslims.Value{
			"acceleration_voltage": nexuslims.Q(15, "kilovolt"), "Accelerator Voltage": nil,
		}, 0},
		"a bad field": {nil, []synth.Setting{{Name: "HV", Value: "abc"}, {Name: "WD", Value: "N/A"}}, map[string]nexuslims.Value{
			"HV Voltage": nexuslims.Text("abc"), "WD": nexuslims.Text("N/A"), "working_distance": nil,
			"dwell_time": nexuslims.Q(10, "microsecond"), "Operator": nexuslims.Text("Jörg Demo"),
		}, 2},
		"not finite": {nil, []synth.Setting{{Name: "WD", Value: "NaN"}}, map[string]nexuslims.Value{
			"working_distance": nil, "WD": nexuslims.Text("NaN"),
		}, 1},
		"decimal comma": {nil, []synth.Setting{{Name: "WD", Value: "0,005"}}, map[string]nexuslims.Value{
			"working_distance": nexuslims.Q(5, "millimeter"),
		}, 0},
		"measured current": {nil, []synth.Setting{{Name: "BeamCurrent", Value: "0.0000000001"}}, map[string]nexuslims.Value{
			"beam_current": nexuslims.Q(100, "picoampere"), "Predicted Beam Current": nexuslims.Q(300.3, "picoampere"),
		}, 0},
		"gain of the primary detector": {nil, []synth.Setting{{Name: "Detector0Gain", Value: ""}}, map[string]nexuslims.Value{
			"Detector 0 Gain": nil, "Primary Detector Gain": nexuslims.Float(46.562),
		}, 0},
		"several detectors": {nil, second, map[string]nexuslims.Value{
			"Detector 1": nexuslims.Text("In-Beam"), "Detector 1 Gain": nexuslims.Int(7),
		}, 0},
		"no name of the detector": {nil, []synth.Setting{{Name: "Detector", Value: ""}}, map[string]nexuslims.Value{
			"detector_type": nexuslims.Text("E-T"),
		}, 0},
		"fields beside each other": {[]synth.Setting{{Name: "ViewFieldsCountX", Value: "2"}}, nil, map[string]nexuslims.Value{
			"horizontal_field_width": nexuslims.Q(1.25e-8, "meter"),
		}, 0},
		"short name of the user": {[]synth.Setting{{Name: "FullUserName", Value: ""}}, nil, map[string]nexuslims.Value{
			"Operator": nexuslims.Text("demo"),
		}, 0},
		"a percent sign": {[]synth.Setting{{Name: "Description", Value: "%(x)s 100 %"}}, nil, map[string]nexuslims.Value{
			"Description": nexuslims.Text("%(x)s 100 %"),
		}, 0},
		"an equals sign": {[]synth.Setting{{Name: "Description", Value: "a=b"}}, nil, map[string]nexuslims.Value{
			"Description": nexuslims.Text("a=b"),
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := image(1)
			f.Main, f.Settings = c.main, c.settings
			result := extract(t, f.Bytes(), nil)
			assertMeta(t, result.Signals[0], c.want)
			assert.Len(t, result.Warnings, c.warnings)
		})
	}
}

// TestTimes tells a clock of the instrument from one in UTC by the tag of TIFF.
func TestTimes(t *testing.T) {
	f := image(1)
	at := func(day, hour string) {
		f.Main = []synth.Setting{{Name: "Date", Value: day}, {Name: "Time", Value: hour}}
	}
	stamp := func() string { return extract(t, f.Bytes(), nil).Signals[0].Meta.Text("Acquisition Timestamp") }
	assert.Equal(t, "2024-03-05T09:04:07-05:00", stamp())
	at("2024-03-05", "14:04:07") // the tag says 09:05:07
	assert.Equal(t, "2024-03-05T09:04:07-05:00", stamp())
	at("2024-03-05", "11:00:00") // neither
	assert.Equal(t, "2024-03-05T11:00:00-05:00", stamp())
	at("", "")
	assert.Equal(t, "2024-03-05T09:05:07-05:00", stamp())
	at("yesterday", "")
	assert.Empty(t, stamp())
	f.Time = time.Date(2024, 7, 1, 23, 59, 30, 0, time.UTC)
	at("2024-07-02", "03:59:30")
	assert.Equal(t, "2024-07-01T23:59:30-04:00", stamp())
}

// TestTag reads tags that are not what they should be.
func TestTag(t *testing.T) {
	whole := image(1).Tag()
	withTag := func(tag []byte) *extractors.Result {
		page := synth.TIFFPage{Width: 4, Height: 4, Data: make([]byte, 16), Tags: []synth.TIFFTag{{ID: 50431, Type: 1, Value: tag}}}
		data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
		require.NoError(t, err)
		return extract(t, data, nil)
	}
	cut := withTag(whole[:len(whole)-50])
	assert.Len(t, cut.Warnings, 1)
	assertMeta(t, cut.Signals[0], map[string]nexuslims.Value{"Device": nexuslims.Text("TESCAN AMBER X"), "dwell_time": nil})

	plain := withTag([]byte("\x01\x02junk[MAIN]\nAccFrames=3\nHV=5000\n"))
	assertMeta(t, plain.Signals[0], map[string]nexuslims.Value{
		"Accumulated Frames": nexuslims.Int(3), "acceleration_voltage": nil, // a section is a section
	})
	plain = withTag([]byte("\x01\x02junk AccFrames=3\nHV=5000\nWD=0.01\n"))
	assertMeta(t, plain.Signals[0], map[string]nexuslims.Value{
		"Accumulated Frames": nexuslims.Int(3), "acceleration_voltage": nexuslims.Q(5, "kilovolt"),
	})

	none := withTag([]byte{0, 0})
	assert.Contains(t, strings.Join(none.Warnings, " "), "no settings of the microscope")
	assertMeta(t, none.Signals[0], map[string]nexuslims.Value{"Data Dimensions": nexuslims.Text("(4, 4)")})
}

// TestLengthLikeText reads a record whose length is a letter.
func TestLengthLikeText(t *testing.T) {
	for size := range 300 {
		f := image(1)
		f.Main = []synth.Setting{{Name: "Company", Value: strings.Repeat("x", size)}}
		assertMeta(t, extract(t, f.Bytes(), nil).Signals[0], map[string]nexuslims.Value{
			"acceleration_voltage": nexuslims.Q(15, "kilovolt"), "Accumulated Frames": nexuslims.Int(1),
		})
	}
}

func TestMatch(t *testing.T) {
	plain, own := synth.TIFF(synth.Pixels(8, 8, 1)), image(1)
	own.NoTag = true
	for name, c := range map[string]struct {
		data []byte
		side string
		want string
	}{
		"tag":               {image(1).Bytes(), "", "there is a tag 50431"},
		"maker":             {own.Bytes(), "", "tag 271 contains Tescan"},
		"text file":         {plain, string(own.Header()), "settings of Tescan in a.hdr"},
		"minimal text file": {plain, "[MAIN]\r\nDevice=TESCAN SOLARIS X\r\n", "settings of Tescan in a.hdr"},
		"older device":      {plain, "[MAIN]\r\nDevice=MIRA3\r\nAccFrames=1\r\nPixelSizeX=1e-9\r\n", "settings of Tescan in a.hdr"},
		"foreign text file": {plain, "[MAIN]\r\nVersion=3\r\n", ""},
		"ENVI header":       {plain, "ENVI\nsamples = 3\n", ""},
		"nothing":           {plain, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			siblings := map[string][]byte{}
			if c.side != "" {
				siblings["a.hdr"] = []byte(c.side)
			}
			f := file("a.tif", c.data, siblings)
			assert.Equal(t, c.want != "", tescantif.New().Match(f))
			if c.want != "" {
				assert.Equal(t, c.want, tescantif.New().WhyMatch(f))
			}
		})
	}
}

// TestBroken keeps the settings of the text file where the picture is lost.
func TestBroken(t *testing.T) {
	f := image(1)
	result := extract(t, []byte("no picture any more"), map[string][]byte{"a.hdr": f.Header()})
	require.Len(t, result.Warnings, 1)
	assert.NotEmpty(t, result.Signals[0].NoPreview)
	assertMeta(t, result.Signals[0], map[string]nexuslims.Value{"acceleration_voltage": nexuslims.Q(15, "kilovolt")})

	_, err := tescantif.New().Extract(context.Background(), file("a.tif", []byte("no picture"), nil))
	assert.True(t, errors.Is(err, nexuslims.Unsupported), "%v", err)
	_, err = tescantif.New().Extract(context.Background(), file("a.tif", f.Bytes()[:8], nil))
	assert.True(t, errors.Is(err, nexuslims.Corrupt), "%v", err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = tescantif.New().Extract(ctx, file("a.tif", f.Bytes(), nil))
	assert.ErrorIs(t, err, nexuslims.Canceled)
}

func TestEightBits(t *testing.T) {
	f := image(1)
	f.Eight = true
	s := extract(t, f.Bytes(), nil).Signals[0]
	assert.True(t, s.AsIs)
	assert.Equal(t, extractors.Uint8, s.Data.Type)
}
