package edax_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"io/fs"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var at = time.Date(2022, 8, 29, 10, 14, 8, 0, time.UTC)

var newYork = &nexuslims.Instrument{PID: "FEI-Quanta", Timezone: "America/New_York"}

// open makes a file with siblings of New York's instrument.
func open(name string, data []byte, siblings map[string][]byte) *extractors.File {
	c := extractors.Context{Instrument: newYork}
	c.Sibling = func(sib string) (*extractors.File, error) {
		data, ok := siblings[sib]
		if !ok {
			return nil, nexuslims.E(nexuslims.NotFound, "open sibling", sib, fs.ErrNotExist)
		}
		return extractors.NewFile(sib, bytes.NewReader(data), int64(len(data)), at, c), nil
	}
	return extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), at, c)
}

func extract(tb testing.TB, name string, data []byte, siblings map[string][]byte) (*extractors.Signal, []string) {
	tb.Helper()
	r, err := edax.New().Extract(context.Background(), open(name, data, siblings))
	require.NoError(tb, err)
	require.Len(tb, r.Signals, 1)
	return r.Signals[0], r.Warnings
}

func TestSpectrum(t *testing.T) {
	for _, version := range []float32{0.61, 0.70} {
		spc := synth.EDAXSpectrum(1, at)
		spc.Version = version
		s, warnings := extract(t, "a.spc", spc.Bytes(), nil)
		assert.Empty(t, warnings)
		m := s.Meta
		for path, want := range map[string]nexuslims.Value{
			"live_time":                   nexuslims.Q(30.000002, "second"),
			"detector_energy_resolution":  nexuslims.Q(125.16211, "electron_volt"),
			"acceleration_voltage":        nexuslims.Q(15, "kilovolt"),
			"channel_size":                nexuslims.Q(5, "electron_volt"),
			"starting_energy":             nexuslims.Q(0, "kiloelectron_volt"),
			"Ending Energy":               nexuslims.Q(20.475, "kiloelectron_volt"),
			"takeoff_angle":               nexuslims.Q(35.51, "degree"),
			"working_distance":            nexuslims.Q(10.12, "millimeter"),
			"Number of Spectrum Channels": nexuslims.Int(4096),
			"Data Dimensions":             nexuslims.Text("(4096,)"),
			"Spectrum Label":              nexuslims.Text("Area 1 | EDS Spot 1"),
			"Acquisition Timestamp":       nexuslims.Text("2022-08-29T10:14:08-04:00"),
			"elements":                    nexuslims.List{nexuslims.Text("Co"), nexuslims.Text("O")},
		} {
			assert.Equal(t, want, m.Get(path), path)
		}
		assert.Equal(t, nexuslims.Q(-1, "degree"), m.At("stage_position", "tilt_alpha"))
		assert.Equal(t, version >= 0.7, m.Has("Amplifier Time"))
		assert.Equal(t, version >= 0.7, s.Raw.Group("original_metadata").Has("ADCTimeConstantNew"))
		assert.Equal(t, []extractors.Axis{{Name: "Energy", Size: 4096, Scale: 0.005, Unit: "keV"}}, s.Data.Axes)
		got, err := s.Data.Float64(context.Background(), s.Data.All())
		require.NoError(t, err)
		for i, n := range spc.Counts {
			require.InDelta(t, float64(n), got[i], 0, "channel %d", i)
		}
	}
}

// TestContradictions: what another value of the header refutes is not claimed.
func TestContradictions(t *testing.T) {
	ev := func(v float64) nexuslims.Value { return nexuslims.Q(v, "electron_volt") }
	for _, c := range []struct {
		name   string
		change func(*synth.SPC)
		size   nexuslims.Value
		warned bool
	}{
		{"half channels cannot be stored", func(s *synth.SPC) { s.PerChannel, s.EndEnergy = 2, 10.2375 }, ev(2.5), false},
		{"end above the last channel", func(s *synth.SPC) { s.EndEnergy = 20.48 }, ev(5), false},
		{"another size altogether", func(s *synth.SPC) { s.PerChannel, s.EndEnergy = 300, 40.95 }, ev(10), true},
		{"no size stored", func(s *synth.SPC) { s.PerChannel = 0 }, ev(5), true},
		{"no last energy", func(s *synth.SPC) { s.EndEnergy = 0 }, ev(5), false},
		{"last energy is not a number", func(s *synth.SPC) { s.EndEnergy = float32(math.NaN()) }, ev(5), true},
		{"nothing known", func(s *synth.SPC) { s.PerChannel, s.EndEnergy = 0, -1 }, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			spc := synth.EDAXSpectrum(1, at)
			c.change(&spc)
			s, warnings := extract(t, "a.spc", spc.Bytes(), nil)
			assert.Equal(t, c.size, s.Meta.Get("channel_size"))
			assert.Equal(t, c.warned, len(warnings) > 0, "%q", warnings)
			assert.Equal(t, c.size == nil, s.Data.Axes[0].Unit == "")
		})
	}
}

// TestBadFields: one bad field loses only itself.
func TestBadFields(t *testing.T) {
	for _, c := range []struct {
		name, warning, gone string
		change              func(*synth.SPC)
	}{
		{"live time", "liveTime is -3.0", "live_time", func(s *synth.SPC) { s.LiveTime = -3 }},
		{"not recorded", "", "live_time", func(s *synth.SPC) { s.LiveTime = 0 }},
		{"voltage", "kV is inf", "acceleration_voltage", func(s *synth.SPC) { s.Voltage = float32(math.Inf(1)) }},
		{"angle", "takeoff is 10000000000.0", "takeoff_angle", func(s *synth.SPC) { s.Takeoff = 1e10 }},
		{"elements", "numElem is 49", "elements", func(s *synth.SPC) { s.ElementCount = 49 }},
		{"month", "the time of collection, day 31 of month 2 of 2022 at 10:14:8, is none", "Acquisition Timestamp", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			spc := synth.EDAXSpectrum(1, at)
			if c.change != nil {
				c.change(&spc)
			}
			b := spc.Bytes()
			if c.change == nil {
				b[18], b[19] = 31, 2
			}
			s, warnings := extract(t, "a.spc", b, nil)
			assert.False(t, s.Meta.Has(c.gone))
			assert.True(t, s.Meta.Has("azimuthal_angle"))
			if c.warning == "" {
				assert.Empty(t, warnings)
				return
			}
			assert.Equal(t, []string{c.warning}, warnings)
		})
	}
}

func TestElementThatIsNone(t *testing.T) {
	spc := synth.EDAXSpectrum(1, at)
	spc.Elements = []uint16{26, 26, 300, 6}
	s, warnings := extract(t, "a.spc", spc.Bytes(), nil)
	assert.Equal(t, nexuslims.List{nexuslims.Text("C"), nexuslims.Text("Fe")}, s.Meta.Get("elements"))
	assert.Equal(t, []string{"element 300 is none"}, warnings)
}

// TestMatch: other formats with the extension are refused, with the reason.
func TestMatch(t *testing.T) {
	spc := synth.EDAXSpectrum(1, at).Bytes()
	for _, c := range []struct {
		name, file string
		data       []byte
		want       bool
		why        string
	}{
		{"spectrum", "a.spc", spc, true, "begins with a version of EDAX"},
		{"upper case", "A.SPC", spc, true, "begins with a version of EDAX"},
		{"GRAMS", "a.spc", append([]byte{0x80, 'K', 4, 0x80}, make([]byte, 600)...), false, "a spectrum of Galactic or Thermo GRAMS, not of EDAX"},
		{"old GRAMS", "a.spc", append([]byte{0, 'M', 0, 0}, make([]byte, 600)...), false, "a spectrum of Galactic or Thermo GRAMS, not of EDAX"},
		{"text", "a.spc", []byte("wavelength;absorbance\n"), false, "the version at the beginning is none of EDAX"},
		{"empty", "a.spc", nil, true, "begins with a version of EDAX"},
		{"map", "a.spd", synth.SPD{Columns: 2, Lines: 2, Channels: 4, CountBytes: 1}.Bytes(), true, "begins like a map of EDAX"},
		{"other map", "a.spd", []byte("SOMETHING ELSE ALTOGETHER"), false, "does not begin like a map of EDAX"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(c.file, c.data, nil)
			assert.Equal(t, c.want, edax.New().Match(f))
			assert.Equal(t, c.why, edax.New().WhyMatch(f))
			if !c.want {
				_, err := edax.New().Extract(context.Background(), f)
				assert.Error(t, err)
			}
		})
	}
}

// TestCutOff: what there is of a spectrum is told.
func TestCutOff(t *testing.T) {
	b := synth.EDAXSpectrum(1, at).Bytes()
	r, err := edax.New().Extract(context.Background(), open("a.spc", b[:10_000], nil))
	require.ErrorIs(t, err, nexuslims.Corrupt)
	assert.Equal(t, nexuslims.Q(15, "kilovolt"), r.Signals[0].Meta.Get("acceleration_voltage"))
	assert.False(t, r.Signals[0].Meta.Has("Data Dimensions"))
	assert.NotEmpty(t, r.Signals[0].NoPreview)

	for _, n := range []int{0, 3, 35} {
		_, err = edax.New().Extract(context.Background(), open("a.spc", b[:n], nil))
		require.ErrorIs(t, err, nexuslims.Corrupt)
	}
}

// TestCountsThatBeginEarly: fields that would lie among the counts are not read.
func TestCountsThatBeginEarly(t *testing.T) {
	spc := synth.EDAXSpectrum(1, at)
	spc.DataStart = 600
	s, _ := extract(t, "a.spc", spc.Bytes(), nil)
	assert.False(t, s.Meta.Has("elements"))
	n, err := s.Data.Float64(context.Background(), extractors.Region{Start: []int{100}, Count: []int{3}, Step: []int{1}})
	require.NoError(t, err)
	assert.InDelta(t, float64(spc.Counts[100]), n[0], 0)
}

func mapFiles(counts int) ([]byte, map[string][]byte) {
	spc := synth.EDAXSpectrum(1, at)
	spc.Counts, spc.PerChannel, spc.EndEnergy = spc.Counts[:64], 20, 1.26
	ipr := synth.IPR{
		Version: 334, PixelX: 0.0142359, PixelY: 0.0142273, Magnification: 13706, WorkingDistance: 778, Voltage: 220,
		Tilt: 5, Takeoff: 30, AmplifierTime: 1.92, Text: "field 3",
	}
	spd := synth.SPD{Columns: 6, Lines: 5, Channels: 64, CountBytes: counts, Picture: "map_Img.bmp", Seed: 7}
	return spd.Bytes(), map[string][]byte{"map.spc": spc.Bytes(), "map_Img.ipr": ipr.Bytes()}
}

func TestMap(t *testing.T) {
	for _, counts := range []int{1, 2, 4} {
		b, sides := mapFiles(counts)
		s, warnings := extract(t, "map.spd", b, sides)
		assert.Empty(t, warnings)
		for path, want := range map[string]nexuslims.Value{
			"DatasetType": nexuslims.Text("SpectrumImage"), "Data Type": nexuslims.Text("EDS_Spectrum_Imaging"),
			"Data Dimensions": nexuslims.Text("(5, 6, 64)"), "magnification": nexuslims.Int(13706),
			"acceleration_voltage": nexuslims.Q(15, "kilovolt"), "takeoff_angle": nexuslims.Q(35.51, "degree"),
			"pixel_width": nexuslims.Q(0.0142359, "micrometer"), "horizontal_field_width": nexuslims.Q(0.0854154, "micrometer"),
			"channel_size": nexuslims.Q(20, "electron_volt"), "working_distance": nexuslims.Q(10.12, "millimeter"),
		} {
			assert.Equal(t, want, s.Meta.Get(path), path)
		}
		assert.Equal(t, []extractors.Axis{
			{Name: "y", Size: 5, Scale: 0.0142273, Unit: "µm", Navigation: true},
			{Name: "x", Size: 6, Scale: 0.0142359, Unit: "µm", Navigation: true},
			{Name: "Energy", Size: 64, Scale: 0.02, Unit: "keV"},
		}, s.Data.Axes)
		one, err := s.Data.Float64(context.Background(), extractors.Region{Start: []int{3, 2, 0}, Count: []int{1, 1, 64}, Step: []int{1, 1, 1}})
		require.NoError(t, err)
		from := 1084 + (3*6+2)*64*counts
		for i, got := range one {
			var whole [4]byte
			copy(whole[:], b[from+i*counts:from+(i+1)*counts])
			require.InDelta(t, float64(binary.LittleEndian.Uint32(whole[:])), got, 0)
		}
	}
}

// TestMapAlone has none of the files beside it, or damaged ones.
func TestMapAlone(t *testing.T) {
	b, _ := mapFiles(2)
	s, warnings := extract(t, "map.spd", b, nil)
	assert.Empty(t, warnings)
	assert.Equal(t, extractors.Axis{Name: "Energy", Size: 64, Scale: 1}, s.Data.Axes[2])
	assert.False(t, s.Meta.Has("pixel_width"))

	s, warnings = extract(t, "map.spd", b, map[string][]byte{"map.spc": []byte("no spectrum at all"), "map_Img.ipr": {77, 1}})
	assert.Len(t, warnings, 2)
	assert.NotNil(t, s.Data)
}

// TestMapOfImageByName finds the image that the header names.
func TestMapOfImageByName(t *testing.T) {
	b, sides := mapFiles(2)
	s, _ := extract(t, "renamed.spd", b, map[string][]byte{"map_Img.ipr": sides["map_Img.ipr"]})
	assert.Equal(t, nexuslims.Q(22, "kilovolt"), s.Meta.Get("acceleration_voltage"))
	assert.Equal(t, nexuslims.Q(7.78, "millimeter"), s.Meta.Get("working_distance"))
}

// TestMapOfOtherChannels marks a calibration that may not be the map's.
func TestMapOfOtherChannels(t *testing.T) {
	b, _ := mapFiles(2)
	s, warnings := extract(t, "map.spd", b, map[string][]byte{"map.spc": synth.EDAXSpectrum(1, at).Bytes()})
	assert.Equal(t, []string{"the spectrum beside has 4096 channels, the map 64"}, warnings)
	assert.Equal(t, nexuslims.List{nexuslims.List{nexuslims.Text("channel_size")}}, s.Meta.Get("warnings"))
}

// TestMapStoppedEarly has zeros where there are no spectra.
func TestMapStoppedEarly(t *testing.T) {
	b := synth.SPD{Columns: 6, Lines: 5, Channels: 64, CountBytes: 2, Spectra: 20}.Bytes()
	s, warnings := extract(t, "map.spd", b, nil)
	assert.Equal(t, []string{"20 of 30 spectra are in the file, the others are zeros"}, warnings)
	all, err := s.Data.Float64(context.Background(), s.Data.All())
	require.NoError(t, err)
	require.Len(t, all, 6*5*64)
	assert.NotZero(t, sum(all[:20*64]))
	assert.Zero(t, sum(all[20*64:]))
}

func sum(values []float64) (n float64) {
	for _, v := range values {
		n += v
	}
	return n
}

// TestMapsThatCannotBe have sizes that no file can hold.
func TestMapsThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name  string
		place int
		value uint32
		kind  nexuslims.Kind
	}{
		{"columns", 24, 1 << 31, nexuslims.Corrupt},
		{"no lines", 28, 0, nexuslims.Corrupt},
		{"channels", 32, 60_000, nexuslims.Corrupt},
		{"counts", 36, 3, nexuslims.Unsupported},
		{"offset", 40, 1 << 30, nexuslims.Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, sides := mapFiles(2)
			binary.LittleEndian.PutUint32(b[c.place:], c.value)
			r, err := edax.New().Extract(context.Background(), open("map.spd", b, sides))
			require.ErrorIs(t, err, c.kind)
			assert.Equal(t, nexuslims.Q(15, "kilovolt"), r.Signals[0].Meta.Get("acceleration_voltage"), "of the file beside")
			assert.Nil(t, r.Signals[0].Data)
		})
	}
}

// TestSideThatFails: a fault of the store is not taken for a missing file.
func TestSideThatFails(t *testing.T) {
	b, _ := mapFiles(2)
	c := extractors.Context{Sibling: func(name string) (*extractors.File, error) {
		return nil, nexuslims.E(nexuslims.Transient, "open sibling", name, io.ErrUnexpectedEOF)
	}}
	_, err := edax.New().Extract(context.Background(), extractors.NewFile("map.spd", bytes.NewReader(b), int64(len(b)), at, c))
	require.ErrorIs(t, err, nexuslims.Transient)
}
