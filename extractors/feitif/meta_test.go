package feitif_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var newYork = &nexuslims.Instrument{PID: "Helios", Timezone: "America/New_York"}

// read extracts through the engine, as the program does.
func read(t *testing.T, data []byte, instrument *nexuslims.Instrument) extractors.Outcome {
	t.Helper()
	c := extractors.Context{Instrument: instrument}
	f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), at, c)
	out, err := engine(t).Extract(context.Background(), f)
	require.NoError(t, err)
	require.Len(t, out.Signals, 1)
	return out
}

// withText returns a picture with tag 34682 of that text.
func withText(t *testing.T, text string) []byte {
	t.Helper()
	data, err := synth.DefaultFEI(24, 1, at).File(synth.TIFFOptions{}, synth.TIFFTag{ID: 34682, Value: text})
	require.NoError(t, err)
	return data
}

// changed returns the flattened metadata of a picture whose settings were changed, old and
// new in turn.
func changed(t *testing.T, pairs ...string) map[string]nexuslims.Value {
	t.Helper()
	text := synth.DefaultFEI(24, 1, at).Settings()
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, text, pairs[i])
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return reference.Flatten(read(t, withText(t, text), nil).Signals[0].Meta)
}

// show writes values as texts, for tables.
func show(m map[string]nexuslims.Value, path string) string {
	switch v := m[path].(type) {
	case nil:
		return ""
	case nexuslims.Quantity:
		return v.String()
	}
	return nexuslims.TextOf(m[path])
}

// TestKnownValues has the values of instruments that are known from elsewhere.
func TestKnownValues(t *testing.T) {
	for file, values := range map[string]map[string]string{
		"FEI-Helios-Ebeam-8bits.tif": {
			"acceleration_voltage": "5.0 kV", "working_distance": "4.03466 mm", "dwell_time": "10.0 µs",
			"horizontal_field_width": "1726.67 µm", "pixel_width": "3372.4 nm", "beam_current": "6.25 pA",
			"Data Dimensions": "(471, 512)", "Data Type": "SEM_Imaging", "detector_type": "ETD",
			"extensions/Chamber Pressure": "0.584097 mPa", "extensions/Software Version": "5.5.1.3318 (build 3318)",
			"extensions/Column Type": "Elstar DualBeam", "extensions/User Text": "Helios E-Beam",
			"extensions/Detector Grid Voltage": "250.0 V", "extensions/Internal Scan": "True", "extensions/Spot Size": "1",
			"extensions/Landing Energy": "5000.0 eV", "extensions/Beam Deceleration Enabled": "False",
			"stage_position/z": "7.965 mm", "emission_current": "", "extensions/Pre-Tilt": "",
			"extensions/Specimen Temperature": "", "extensions/Frames Integrated": "", "extensions/Vacuum Gas": "",
			"extensions/Tilt Correction Angle": "", "extensions/Dynamic WD Enabled": "", "warnings": "[['Operator']]",
		},
		"quanta_image.tif": {
			"acceleration_voltage": "30.0 kV", "emission_current": "156.0 µA", "working_distance": "11.051 mm",
			"horizontal_field_width": "452.548 µm", "pixel_width": "441.942 nm", "dwell_time": "30.0 µs",
			"extensions/Chamber Pressure": "79.8238 Pa", "extensions/Frames Integrated": "5", "Data Dimensions": "(943, 1024)",
			"extensions/Vacuum Gas": "Wet", "extensions/User Text": "label", "warnings": "[['Operator']]",
		},
		withoutTags: {
			"Data Dimensions": "(831, 1024)", "extensions/Frames Integrated": "5", "acceleration_voltage": "30.0 kV",
			"extensions/Beam Name": "EBeam", "detector_type": "LFD", "dwell_time": "30.0 µs", "Data Type": "SEM_Imaging",
			"extensions/System Type": "",
		},
		ionBeam: {
			"Data Type": "FIB_Imaging", "extensions/Ion Source": "Argon", "extensions/Column Type": "Zeus DualBeam",
			"extensions/Landing Energy": "", "extensions/Detector Signal": "SE", "acceleration_voltage": "30.0 kV",
		},
		navigation: {
			"Data Type": "Camera_Image", "working_distance": "", "detector_type": "Nav-Cam", "acceleration_voltage": "",
		},
		transmitted: {
			"acceleration_voltage": "200.0 kV", "stage_position/y": "-151.271 µm", "stage_position/tilt_alpha": "0.01 deg",
			"magnification": "6300", "emission_current": "41.0 µA", "Data Dimensions": "(2115, 2048)",
			"extensions/Intensity": "57.988 %", "extensions/Operator": "SUPERVISOR", "extensions/User": "SUPERVISOR",
		},
	} {
		m := reference.Flatten(signal(t, file).Meta)
		for path, want := range values {
			assert.Equal(t, want, show(m, path), "%s: %s", file, path)
		}
	}
}

func TestKnownRawValues(t *testing.T) {
	scios := signal(t, "scios_multiple_gis_metadata_sections.tif").Raw
	assert.Equal(t, "C+D", scios.Group("CBS").Text("Setting"))
	assert.Equal(t, "Unknown", scios.Group("MultiGISUnit3.MultiGISGas6").Text("GasState"))
	x := signal(t, "scios_with_xml_metadata.tif").Raw
	assert.Equal(t, "A+B", x.Group("CBS").Text("Setting"))
	assert.Equal(t, "xT", x.Group("FEI_XML_Metadata", "Core").Text("ApplicationSoftware"))
	gis, ok := x.At("FEI_XML_Metadata", "GasInjectionSystems", "Gis").(nexuslims.List)
	require.True(t, ok)
	second, ok := gis[1].(*nexuslims.Object)
	require.True(t, ok)
	assert.Equal(t, "Port2", second.Text("PortName"))
	labels := signal(t, transmitted).Raw.Group("FEI_Root_Metadata")
	assert.Equal(t, "kV", labels.Group("High tension").Text("Unit"))
}

// TestOddSettings changes one setting at a time: nothing else may suffer.
func TestOddSettings(t *testing.T) {
	for _, c := range []struct {
		name, from, to, path, want string
	}{
		{"comma for the point", "WD=0.00403466", "WD=0,00403466", "working_distance", "4.03466 mm"},
		{"text for a number", "WD=0.00403466", "WD=n/a", "extensions/Working Distance", "n/a"},
		{"text that is a unit", "WD=0.00403466", "WD=m", "working_distance", ""},
		{"not a number", "WD=0.00403466", "WD=NaN", "working_distance", ""},
		{"empty rotation", "ScanRotation=0.5", "ScanRotation=", "scan_rotation", ""},
		{"rotation", "ScanRotation=0.5", "ScanRotation=3.14159", "scan_rotation", "179.9998479605043 deg"},
		{"width of a pixel", "PixelWidth=2.5e-09", "PixelWidth=1e-09", "pixel_width", "1.0 nm"},
		{"height of a pixel", "PixelHeight=2.5e-09", "PixelHeight=1e-09", "pixel_height", "1.0 nm"},
		{"no size of a pixel", "PixelHeight=2.5e-09", "PixelHeight=", "pixel_height", "2.5 nm"},
		{
			"tilt correction", "TiltCorrectionIsOn=no", "TiltCorrectionIsOn=yes\r\nTiltCorrectionAngle=0.5",
			"extensions/Tilt Correction Angle", "0.5 rad",
		},
		{
			"angle without correction", "TiltCorrectionIsOn=no", "TiltCorrectionIsOn=no\r\nTiltCorrectionAngle=0.5",
			"extensions/Tilt Correction Angle", "",
		},
		{"empty flag", "TiltCorrectionIsOn=no", "TiltCorrectionIsOn=", "extensions/Tilt Correction Enabled", ""},
		{
			"deceleration", "ModeOn=Off\r\nLandingEnergy=5000", "ModeOn=On\r\nLandingEnergy=1000",
			"extensions/Landing Energy", "1000.0 eV",
		},
		{"stage bias", "StageBias=0", "StageBias=4000", "extensions/Stage Bias", "4000.0 V"},
		{"low vacuum", "UserMode=High vacuum", "UserMode=Low vacuum", "extensions/Chamber Pressure", "0.000584097 Pa"},
		{"text for a pressure", "ChPressure=0.000584097", "ChPressure=79.8.38", "extensions/Chamber Pressure", "79.8.38"},
		{"humidity", "Humidity=", "Humidity=45", "extensions/Specimen Humidity", "45.0 %"},
		{"gas that looks like a number", "Gas=\r\n", "Gas=1E5\r\n", "extensions/Vacuum Gas", "1E5"},
		{"signal that looks like a number", "Signal=SE", "Signal=Infinity", "extensions/Detector Signal", "Infinity"},
		{"percent sign", "Chamber=xT-SDB", "Chamber=100 %(x)s", "extensions/Chamber ID", "100 %(x)s"},
		{"separator in a value", "Chamber=xT-SDB", "Chamber=a=b: c", "extensions/Chamber ID", "a=b: c"},
		{"colon for a separator", "Chamber=xT-SDB", "Chamber : b", "extensions/Chamber ID", "b"},
		{"repeated key", "Chamber=xT-SDB", "Chamber=a\r\nChamber=b", "extensions/Chamber ID", "b"},
		{
			"repeated section", "[Vacuum]", "[System]\r\nChamber=other\r\n[Vacuum]", "extensions/Chamber ID", "xT-SDB",
		},
		{
			"beam that is not the active one", "[Scan]", "[IBeam]\r\nHV=30000\r\nSiDepth=1\r\n[Scan]",
			"acceleration_voltage", "5.0 kV",
		},
		{"section in two parts", "Pump=TMP", "\r\n[System]\r\nPump=TMP", "extensions/Vacuum Pump", "TMP"},
		{"line without a setting", "Chamber=xT-SDB", "nonsense\r\nChamber=b", "extensions/Chamber ID", "b"},
		{"comment", "Chamber=xT-SDB", "#Chamber=a\r\n;Chamber=c\r\nChamber=b", "extensions/Chamber ID", "b"},
		{"line that goes on", "Chamber=xT-SDB", "Chamber=a\r\n  b", "extensions/Chamber ID", "a\nb"},
		{"NULs in between", "Chamber=xT-SDB", "Cha\x00mber=b", "extensions/Chamber ID", "b"},
		{"one frame", "Integrate=4", "Integrate=1", "extensions/Frames Integrated", ""},
		{"beam that is missing", "Beam=EBeam", "Beam=FBeam", "working_distance", "4.03466 mm"},
		{"beam that is not named", "Beam=EBeam", "Beam=", "extensions/Beam Name", "EBeam"},
		{"scan that is not named", "Scan=EScan", "Scan=", "extensions/Line Time", "0.001558 s"},
		{"no common section", "[Beam]", "[Bream]", "dwell_time", "1.0 µs"},
		{"detector that is not named", "Name=ETD", "Name=", "extensions/Detector Contrast Setting", "47.9156"},
		{
			"no stage of the beam", "StageX=0.001\r\nStageY=-0.002\r\nStageZ=0.004\r\nStageR=0.5\r\nStageTa=0.0872665",
			"Nothing=1", "stage_position/tilt_alpha", "5.000002142878398 deg",
		},
		{"operator who is nobody", "User=Ada Example", "User=", "warnings", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := changed(t, c.from, c.to)
			assert.Equal(t, c.want, show(m, c.path))
			assert.Equal(t, "(17, 24)", show(m, "Data Dimensions"))
			assert.Equal(t, "SEM_Imaging", show(m, "Data Type"))
		})
	}
}

// TestFaultyFieldsAreNamed looks for the reasons of what is not where it should be.
func TestFaultyFieldsAreNamed(t *testing.T) {
	text := strings.NewReplacer("WD=0.00403466", "WD=n/a", "Spot=3.5", "Spot=NaN", "Pump=TMP", "nonsense").
		Replace(synth.DefaultFEI(24, 1, at).Settings())
	out := read(t, withText(t, text), nil)
	said := out.Signals[0].Meta.Group("NexusLIMS Extraction").Text("Extractor Warnings")
	for _, part := range []string{`[EBeam] WD in tag 34682 is "n/a"`, "[Beam] Spot in tag 34682 is NaN", `"nonsense"`} {
		assert.Contains(t, said, part)
	}
}

func TestUserText(t *testing.T) {
	for _, c := range []struct{ name, digits, want string }{
		{"lower byte first", "480065006C006C00F600", "Hellö"},
		{"higher byte first", "00540065007300740021", "Test!"},
		{"zeros", "000000000000", "Au on carbon"},
		{"other alphabet", "1F0440048B04", "Прҋ"},
		{"no digits", "xyz", "Au on carbon"},
		{"half a character", "480065", "Au on carbon"},
		{"empty", "", "Au on carbon"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := synth.DefaultFEI(24, 1, at)
			settings := text.Settings()
			start := strings.Index(settings, "UserTextUnicode=")
			end := start + strings.Index(settings[start:], "\r\n")
			settings = settings[:start] + "UserTextUnicode=" + c.digits + settings[end:]
			out := read(t, withText(t, settings), nil).Signals[0]
			assert.Equal(t, c.want, out.Meta.Group("extensions").Text("User Text"))
		})
	}
}

// TestAcquisitionTimestamp gives a file to an instrument whose zone is known, and to none.
func TestAcquisitionTimestamp(t *testing.T) {
	local := func(text string) string {
		return strings.Replace(text, "TimeOfCreation=14.05.2024 13:30:00", "TimeOfCreation=", 1)
	}
	settings := synth.DefaultFEI(24, 1, at).Settings()
	for _, c := range []struct {
		name, text string
		instrument *nexuslims.Instrument
		want       string
	}{
		{"time of creation", settings, newYork, "2024-05-14T13:30:00-04:00"},
		{"American date", local(settings), newYork, "2024-05-14T13:30:00-04:00"},
		{"European date", strings.NewReplacer("Date=05/14/2024", "Date=14/05/2024", "01:30:00 PM", "13:30:00").
			Replace(local(settings)), newYork, "2024-05-14T13:30:00-04:00"},
		{"no date", strings.ReplaceAll(local(settings), "Date=05/14/2024", "Date="), newYork, ""},
		{"no zone", settings, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := read(t, withText(t, c.text), c.instrument).Signals[0].Meta
			assert.Equal(t, c.want, m.Group("extensions").Text("Acquisition Timestamp"))
		})
	}
}
