package emsa_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var at = time.Date(2022, 8, 29, 10, 14, 0, 0, time.UTC)

var newYork = &nexuslims.Instrument{PID: "FEI-Quanta", Timezone: "America/New_York"}

func open(data []byte) *extractors.File {
	return extractors.NewFile("a.msa", bytes.NewReader(data), int64(len(data)), at, extractors.Context{Instrument: newYork})
}

func extract(tb testing.TB, data []byte) (*extractors.Signal, []string) {
	tb.Helper()
	r, err := emsa.New().Extract(context.Background(), open(data))
	require.NoError(tb, err)
	require.Len(tb, r.Signals, 1)
	return r.Signals[0], r.Warnings
}

func read(tb testing.TB, s *extractors.Signal) []float64 {
	tb.Helper()
	require.NotNil(tb, s.Data)
	v, err := s.Data.Float64(context.Background(), s.Data.All())
	require.NoError(tb, err)
	return v
}

func quantity(v float64, unit string) nexuslims.Value { return nexuslims.Q(v, unit) }

func TestXraySpectrum(t *testing.T) {
	m := synth.EDSText(1, at)
	s, warnings := extract(t, m.Bytes())
	assert.Empty(t, warnings)
	for path, want := range map[string]nexuslims.Value{
		"Data Type": nexuslims.Text("EDS_Spectrum"), "DatasetType": nexuslims.Text("Spectrum"),
		"acceleration_voltage": quantity(15, "kilovolt"), "live_time": quantity(30, "second"),
		"elevation_angle": quantity(35, "degree"), "takeoff_angle": quantity(35.5, "degree"),
		"detector_energy_resolution": quantity(125.2, "electron_volt"), "channel_size": quantity(10, "electron_volt"),
		"starting_energy": quantity(0, "electron_volt"), "Active Layer Thickness": quantity(0.1, "centimeter"),
		"acquisition_device": nexuslims.Text("Octane Elite 25"), "Data Dimensions": nexuslims.Text("(1024,)"),
		"Number of Data Points": nexuslims.Int(1024), "File Format": nexuslims.Text("EMSA/MAS Spectral Data File"),
		"Acquisition Timestamp": nexuslims.Text("2022-08-29T10:14:00-04:00"),
		"elements":              nexuslims.List{nexuslims.Text("Co"), nexuslims.Text("O")},
	} {
		assert.Equal(t, want, s.Meta.Get(path), path)
	}
	assert.False(t, s.Meta.Has("acquisition_time"), "a real time of zero is none")
	assert.Equal(t, []extractors.Axis{{Name: "X-RAY Energy", Size: 1024, Scale: 10, Unit: "eV"}}, s.Data.Axes)
	assert.Equal(t, "X-RAY Intensity", s.DataLabel)
	assert.Equal(t, "oxide, spot 1", s.Title)
	assert.Equal(t, m.Y, read(t, s))
}

func TestEnergyLossSpectrum(t *testing.T) {
	m := synth.EELSText(1)
	s, warnings := extract(t, m.Bytes())
	assert.Empty(t, warnings)
	assert.Equal(t, "EELS_Spectrum", s.Meta.Text("Data Type"))
	assert.Equal(t, quantity(200, "millisecond"), s.Meta.Get("acquisition_time"))
	assert.Equal(t, quantity(10, "milliradian"), s.Meta.Get("convergence_angle"))
	assert.Equal(t, []extractors.Axis{{Name: "Energy loss", Size: 512, Scale: 0.5, Offset: 450, Unit: "eV"}}, s.Data.Axes)
	assert.Equal(t, "Electrons (Counts)", s.DataLabel)
	assert.Equal(t, m.Y, read(t, s))
}

// TestWaysOfWriting: the same spectrum in every way that programs write it.
// TestSeveralSpectra reads spectra one behind the other, each with its own header.
func TestSeveralSpectra(t *testing.T) {
	first, second, third := synth.EDSText(1, at), synth.EELSText(2), synth.EELSText(3).With("TITLE", "third").With("NPOINTS", "7")
	second.Open, second.Newline = true, "\n" // without a line that ends it
	file := append(first.Bytes(), "\r\n\r\n"...)
	file = append(append(file, second.Bytes()...), third.Bytes()...)
	result, err := emsa.New().Extract(context.Background(), open(append(file, "\nthe end\n#COMMENT : none\n"...)))
	require.NoError(t, err)
	require.Len(t, result.Signals, 3)
	for i, m := range []synth.MSA{first, second, third} {
		s := result.Signals[i]
		assert.Equal(t, m.Y, read(t, s), "spectrum %d", i+1)
		assert.Equal(t, len(m.Header), s.Raw.Group("original_metadata").Len(), "spectrum %d", i+1)
	}
	assert.Equal(t, "oxide, spot 1", result.Signals[0].Title)
	assert.Equal(t, "third", result.Signals[2].Title)
	assert.Equal(t, "EELS_Spectrum", result.Signals[1].Meta.Text("Data Type"))
	assert.Equal(t, []string{"spectrum 3: 512 values are there, NPOINTS is 7"}, result.Warnings)
}

func TestMoreSpectraThanAreRead(t *testing.T) {
	one := synth.EELSText(1)
	one.Y = []float64{1, 2}
	result, err := emsa.New().Extract(context.Background(), open(bytes.Repeat(one.With("NPOINTS", "2").Bytes(), 300)))
	require.NoError(t, err)
	assert.Len(t, result.Signals, 256)
	assert.Equal(t, []string{"spectra behind the first 256 are left out"}, result.Warnings)
}

func TestWaysOfWriting(t *testing.T) {
	base := synth.EDSText(1, at)
	alter := func(change func(*synth.MSA)) []byte {
		m := base
		change(&m)
		return m.Bytes()
	}
	replaced := func(old, by string) []byte {
		return bytes.Replace(base.Bytes(), []byte(old), []byte(by), 1)
	}
	lower := func(b []byte) []byte {
		lines := strings.SplitAfter(string(b), "\n")
		for i, line := range lines {
			if key, value, ok := strings.Cut(line, ":"); ok {
				lines[i] = strings.ToLower(key) + ":" + value
			}
		}
		return []byte(strings.Join(lines, ""))
	}
	for name, data := range map[string][]byte{
		"Unix":                  alter(func(m *synth.MSA) { m.Newline = "\n" }),
		"old Macintosh":         alter(func(m *synth.MSA) { m.Newline = "\r" }),
		"lower case":            lower(base.Bytes()),
		"no end":                alter(func(m *synth.MSA) { m.Open = true }),
		"no end of line":        bytes.TrimRight(alter(func(m *synth.MSA) { m.Open = true }), "\r\n"),
		"blanks":                alter(func(m *synth.MSA) { m.Separator = "   " }),
		"tabs":                  alter(func(m *synth.MSA) { m.Separator = "\t" }),
		"bare commas":           alter(func(m *synth.MSA) { m.Separator = "," }),
		"values alone":          alter(func(m *synth.MSA) { *m = m.With("DATATYPE", "Y"); m.X = nil }),
		"five values a line":    alter(func(m *synth.MSA) { *m = m.With("DATATYPE", "Y").With("NCOLUMNS", "5"); m.X, m.Columns = nil, 5 }),
		"two pairs a line":      alter(func(m *synth.MSA) { *m = m.With("NCOLUMNS", "2."); m.Columns = 2 }),
		"no type":               alter(func(m *synth.MSA) { *m = m.Without("DATATYPE") }),
		"decimal comma":         alter(func(m *synth.MSA) { *m = m.With("XPERCHAN", "10,000"); m.Comma, m.Separator = true, "; " }),
		"decimal and separator": alter(func(m *synth.MSA) { *m = m.With("XPERCHAN", "10,000"); m.Comma = true }),
		"byte order mark":       append([]byte("\xef\xbb\xbf"), base.Bytes()...),
		"lines before":          append([]byte("exported by a program\r\n"), base.Bytes()...),
		"no unit":               replaced("#BEAMKV   -kV:", "#BEAMKV :"),
		"no padding":            replaced("#BEAMKV   -kV:", "#BEAMKV-kV:"),
		"other padding":         replaced("#BEAMKV   -kV: 15.0", "# BEAMKV    -KV :15.0"),
		"unit behind the value": replaced("#BEAMKV   -kV: 15.0", "#BEAMKV: 15 kV"),
		"another unit":          replaced("#LIVETIME  -s: 30.0", "#LIVETIME -ms: 30000.0"),
	} {
		t.Run(name, func(t *testing.T) {
			s, warnings := extract(t, data)
			assert.Empty(t, warnings)
			voltage, _ := s.Meta.Get("acceleration_voltage").(nexuslims.Quantity)
			assert.True(t, voltage.Equal(nexuslims.Q(15, "kilovolt")), "%v", voltage)
			live, _ := s.Meta.Get("live_time").(nexuslims.Quantity)
			live, _ = live.Convert(nexuslims.MustUnit("second"))
			assert.InDelta(t, 30, live.Value, 0)
			assert.Equal(t, quantity(125.2, "electron_volt"), s.Meta.Get("detector_energy_resolution"))
			assert.InDelta(t, 10, s.Data.Axes[0].Scale, 0)
			assert.Equal(t, base.Y, read(t, s))
		})
	}
}

// TestTechniques: the technique is that of the file, not of the extension.
func TestTechniques(t *testing.T) {
	for _, c := range []struct{ signal, kv, want string }{
		{"EDS", "10", "EDS_Spectrum"},
		{"eds", "10", "EDS_Spectrum"},
		{"ELS", "200", "EELS_Spectrum"},
		{"EELS", "200", "EELS_Spectrum"},
		{"WDS", "15", "WDS_Spectrum"},
		{"AES", "5", "AES_Spectrum"},
		{"PES", "1", "PES_Spectrum"},
		{"XRF", "40", "XRF_Spectrum"},
		{"CLS", "5", "SEM_CL"},
		{"CLS", "80", "STEM_CL"},
		{"GAM", "5", "GAM_Spectrum"},
		{"something", "5", "Spectrum"},
		{"", "5", "EDS_Spectrum"}, // the detector tells
	} {
		s, _ := extract(t, synth.EDSText(1, at).With("SIGNALTYPE", c.signal).With("BEAMKV   -kV", c.kv).Bytes())
		assert.Equal(t, c.want, s.Meta.Text("Data Type"), "%s at %s kV", c.signal, c.kv)
	}
	loss := synth.EELSText(1).Without("SIGNALTYPE").With("XUNITS", "Energy Loss (eV)")
	s, _ := extract(t, loss.Bytes())
	assert.Equal(t, "EELS_Spectrum", s.Meta.Text("Data Type"))
	assert.Equal(t, "Energy Loss", s.Data.Axes[0].Name)
	assert.Equal(t, "eV", s.Data.Axes[0].Unit)
}

// TestAxes: the energies beside the values refute a wrong calibration.
func TestAxes(t *testing.T) {
	base := synth.EDSText(1, at)
	for _, c := range []struct {
		name          string
		spectrum      synth.MSA
		scale, offset float64
		warned        bool
	}{
		{"agreeing", base, 10, 0, false},
		{"rounded", base.With("XPERCHAN", "10.005"), 10.005, 0, false},
		{"wrong size", base.With("XPERCHAN", "5"), 10, 0, true},
		{"wrong begin", base.With("OFFSET", "-200"), 10, 0, true},
		{"no size", base.Without("XPERCHAN"), 10, 0, false},
		{"eV beside keV", base.With("XPERCHAN", "0.01").With("XUNITS", "keV"), 0.01, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, warnings := extract(t, c.spectrum.Bytes())
			assert.InDelta(t, c.scale, s.Data.Axes[0].Scale, 1e-9)
			assert.InDelta(t, c.offset, s.Data.Axes[0].Offset, 1e-9)
			assert.Equal(t, c.warned, len(warnings) > 0, "%q", warnings)
		})
	}
	s, _ := extract(t, base.With("XUNITS", "nm").With("SIGNALTYPE", "CLS").Bytes())
	assert.Equal(t, nexuslims.Float(10), s.Meta.Get("X Units Per Channel"))
	assert.False(t, s.Meta.Has("channel_size"))
}

// TestCountedPoints: what is there counts, not NPOINTS.
func TestCountedPoints(t *testing.T) {
	s, warnings := extract(t, synth.EDSText(1, at).With("NPOINTS", "20").Bytes())
	assert.Equal(t, []string{"1024 values are there, NPOINTS is 20"}, warnings)
	assert.Equal(t, "(1024,)", s.Meta.Text("Data Dimensions"))
	assert.False(t, s.Meta.Has("Number of Data Points"))
}

// TestBadLines: one bad line loses only itself.
func TestBadLines(t *testing.T) {
	for _, c := range []struct{ keyword, value, gone, warning string }{
		{"LIVETIME  -s", "long", "live_time", `LIVETIME  -s is not a number: "long"`},
		{"LIVETIME  -s", "-3", "live_time", "LIVETIME  -s is -3"},
		{"LIVETIME  -s", "0.0", "live_time", ""},
		{"LIVETIME  -s", "NaN", "live_time", `LIVETIME  -s is not a number: "NaN"`},
		{"LIVETIME  -s", "1e999", "live_time", `LIVETIME  -s is not a number: "1e999"`},
		{"PROBECUR -kV", "3", "beam_current", "the unit of PROBECUR -kV is not one of current"},
		{"PROBECUR -xy", "3", "beam_current", "the unit of PROBECUR -xy is not one of current"},
		{"DATE", "29.08.2022", "Acquisition Timestamp", "DATE is no date: 29.08.2022"},
		{"DATE", "31-Feb-2022", "Acquisition Timestamp", "DATE is no date: 31-Feb-2022"},
		{"TIME", "25:00", "Acquisition Timestamp", "TIME is no time: 25:00"},
		{"#Elements", "x,200", "elements", `Elements: "x" is no element`},
	} {
		t.Run(c.keyword+" "+c.value, func(t *testing.T) {
			s, warnings := extract(t, synth.EDSText(1, at).With(c.keyword, c.value).Bytes())
			assert.False(t, s.Meta.Has(c.gone))
			assert.True(t, s.Meta.Has("acceleration_voltage"))
			if c.warning == "" {
				assert.Empty(t, warnings)
				return
			}
			assert.Contains(t, warnings, c.warning)
		})
	}
}

func TestRealTimeBelowLiveTime(t *testing.T) {
	s, warnings := extract(t, synth.EDSText(1, at).With("REALTIME  -s", "12").Bytes())
	assert.Equal(t, []string{"the time of acquisition, 12 s, is less than the live time, 30 s"}, warnings)
	assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Text("acquisition_time")}}, s.Meta.Get("warnings"))
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"29-Aug-2022 10:14": "2022-08-29T10:14:00-04:00", "29-AUG-2022 10:14:08": "2022-08-29T10:14:08-04:00",
		"1-aug-22 1:14 pm": "2022-08-01T13:14:00-04:00", "2022-08-29 10:14:08.25": "2022-08-29T10:14:08.250000-04:00",
		"29-August-2022 10:14": "2022-08-29T10:14:00-04:00",
	} {
		date, clock, _ := strings.Cut(text, " ")
		s, warnings := extract(t, synth.EDSText(1, at).With("DATE", date).With("TIME", clock).Bytes())
		assert.Empty(t, warnings)
		assert.Equal(t, want, s.Meta.Text("Acquisition Timestamp"), text)
	}
}

// TestTexts: texts over several lines, with colons, in Windows-1252, and raw as written.
func TestTexts(t *testing.T) {
	m := synth.EDSText(1, at).With("TITLE", "Sample: A")
	m.Header = append(m.Header, [2]string{"TITLE", " - B"}, [2]string{"#Note", "25 \xb5m"}, [2]string{"#ALPHA-1", "3.14"},
		[2]string{"STRAY-x-y", "1"})
	data := bytes.Replace(m.Bytes(), []byte("#SPECTRUM"), []byte("#NOVALUE\r\n#SPECTRUM"), 1)
	s, _ := extract(t, data)
	assert.Equal(t, "Sample: A - B", s.Title)
	raw := s.Raw.Group("original_metadata")
	assert.Equal(t, nexuslims.Text("Sample: A - B"), raw.Get("TITLE"))
	assert.Equal(t, nexuslims.Text("25 µm"), raw.Get("Note"))
	assert.Equal(t, nexuslims.Text("3.14"), raw.Get("ALPHA-1"))
	assert.Equal(t, nexuslims.Float(15), raw.Get("BEAMKV   -kV"))
	assert.Equal(t, nexuslims.Null{}, raw.Get("NOVALUE"))
	assert.Equal(t, nexuslims.Text("1"), raw.Get("STRAY-x-y"))
}

// TestKeywordsOfOtherPrograms reads what Oxford and other users of the standard write.
func TestKeywordsOfOtherPrograms(t *testing.T) {
	m := synth.EELSText(1).With("#OXINSTELEMS", "6,8,O").With("XPOSITION -mm", "1.5").With("YPOSITION", "2.5").
		With("MAGCAM", "100.").With("TAUWIND  -cm", "2.0 E-06").With("PROBECUR -nA", "1.5D-1").With("FWHMMNKA", "129")
	s, warnings := extract(t, m.Bytes())
	assert.Empty(t, warnings)
	assert.Equal(t, nexuslims.List{nexuslims.Text("C"), nexuslims.Text("O")}, s.Meta.Get("elements"))
	assert.Equal(t, quantity(1.5, "millimeter"), s.Meta.At("stage_position", "x"))
	assert.Equal(t, nexuslims.Float(2.5), s.Meta.Get("Y Position"))
	assert.Equal(t, nexuslims.Float(100), s.Meta.Get("magnification"))
	assert.Equal(t, quantity(2e-6, "centimeter"), s.Meta.Get("Au Window Thickness"))
	assert.Equal(t, quantity(0.15, "nanoampere"), s.Meta.Get("beam_current"))
	assert.Equal(t, quantity(129, "electron_volt"), s.Meta.Get("detector_energy_resolution"))

	s, _ = extract(t, m.With("OPERMODE", "DIFFR").Bytes())
	assert.Equal(t, quantity(100, "millimeter"), s.Meta.Get("camera_length"))
	assert.False(t, s.Meta.Has("magnification"))
}

// TestValuesThatAreNone, and files without values.
func TestValuesThatAreNone(t *testing.T) {
	data := bytes.Replace(synth.EELSText(1).Bytes(), []byte("Here\n"), []byte("Here\nabc\n#comment\n1.5e3\n"), 1)
	s, warnings := extract(t, data)
	assert.Contains(t, warnings, "1 values are no numbers")
	assert.InDelta(t, 1500, read(t, s)[1], 0)

	none := synth.EELSText(1)
	none.Y = nil
	s, _ = extract(t, none.Bytes())
	assert.Nil(t, s.Data)
	assert.NotEmpty(t, s.NoPreview)
	header, _, _ := strings.Cut(string(none.Bytes()), "#SPECTRUM")
	s, warnings = extract(t, []byte(header))
	assert.Contains(t, warnings, "there is no line #SPECTRUM, and so no values")
	assert.Equal(t, quantity(300, "kilovolt"), s.Meta.Get("acceleration_voltage"))
	pairs, warnings := extract(t, synth.EELSText(1).With("DATATYPE", "XY").Bytes())
	assert.Contains(t, warnings, "DATATYPE is XY, but there are no pairs")
	assert.Equal(t, "(512,)", pairs.Meta.Text("Data Dimensions"))
}

// TestRefused is what is not of the format.
func TestRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": nil, "alignment": []byte(">seq1\nACGT\n"), "UTF-16": []byte("\xff\xfe#\x00F\x00"), "script": []byte("# a comment\nx = 1\n"),
		"binary": {0, 1, 2, 3, '#', 0xff},
	} {
		_, err := emsa.New().Extract(context.Background(), open(data))
		kind := nexuslims.KindOf(err)
		assert.True(t, kind == nexuslims.Corrupt || kind == nexuslims.Unsupported, "%s: %v", name, err)
	}
}

func TestRegions(t *testing.T) {
	m := synth.EDSText(1, at)
	s, _ := extract(t, m.Bytes())
	got, err := s.Data.Float64(context.Background(), extractors.Region{Start: []int{5}, Count: []int{100}, Step: []int{7}})
	require.NoError(t, err)
	for i, v := range got {
		require.InDelta(t, m.Y[5+7*i], v, 0)
	}
}
