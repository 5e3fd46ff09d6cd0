package tofwerk_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var (
	modified = time.Date(2024, 5, 14, 18, 0, 0, 0, time.UTC)
	begin    = time.Date(2024, 5, 14, 13, 30, 0, 0, time.FixedZone("", -4*3600))
)

// berlin is an instrument with a zone of its own.
var berlin = &nexuslims.Instrument{PID: "TOF-1", Timezone: "Europe/Berlin"}

func small() synth.TOFWERK {
	m := synth.DefaultTOFWERK(begin)
	m.Writes, m.Lines, m.Pixels, m.Peaks, m.Samples, m.Images = 3, 4, 4, 8, 40, 1
	return m
}

func fileOf(h *synth.HDF5, in *nexuslims.Instrument) *extractors.File {
	b := h.Bytes()
	return extractors.NewFile("a.h5", bytes.NewReader(b), int64(len(b)), modified, extractors.Context{Instrument: in})
}

// extracted returns the finished signal and the warnings.
func extracted(t *testing.T, h *synth.HDF5, in *nexuslims.Instrument) (*extractors.Signal, []string) {
	t.Helper()
	f := fileOf(h, in)
	require.True(t, tofwerk.New().Match(f))
	result, err := tofwerk.New().Extract(t.Context(), f)
	require.NoError(t, err)
	require.Len(t, result.Signals, 1)
	s := result.Signals[0]
	extractors.Place(s.Meta)
	return s, result.Warnings
}

func text(s *extractors.Signal, path ...string) string { return nexuslims.TextOf(s.Meta.At(path...)) }

func TestMatchNeedsEverything(t *testing.T) {
	assert.True(t, tofwerk.New().Match(fileOf(small().HDF5(), nil)))
	for _, without := range []string{"FullSpectra/SumSpectrum", "FIBParams", "FIBImages", "@TofDAQ Version"} {
		m := small()
		m.Without = []string{without}
		if without == "FIBImages" {
			m.Images = 0
		}
		assert.False(t, tofwerk.New().Match(fileOf(m.HDF5(), nil)), without)
		assert.Contains(t, tofwerk.New().WhyMatch(fileOf(m.HDF5(), nil)), strings.TrimPrefix(without, "@"))
	}
	assert.Equal(t, "it has a spectrum of TofDAQ, settings and images of an ion beam", tofwerk.New().WhyMatch(fileOf(small().HDF5(), nil)))
	none := extractors.NewFile("a.h5", strings.NewReader("none"), 4, modified, extractors.Context{})
	assert.Equal(t, "not HDF5", tofwerk.New().WhyMatch(none))
	h := synth.NewHDF5()
	h.Root().Attr("TofDAQ Version", 1.99).Group("FullSpectra/SumSpectrum")
	h.Root().Group("FIBParams")
	h.Root().Group("FIBImages")
	assert.True(t, tofwerk.New().Match(fileOf(h, nil)), "only existence is looked at")
}

// TestFixture holds the values that are known of the shared files.
func TestFixture(t *testing.T) {
	e := reference.Engine(t, []extractors.Extractor{tofwerk.New()})
	for name, variant := range map[string]string{"fib_sims_raw.h5": "raw", "fib_sims_opened.h5": "pre-processed"} {
		s := reference.Signals(t, e, "tofwerk/"+name, "")[0]
		assert.Equal(t, "(5, 16, 16)", text(s, "Data Dimensions"))
		assert.Equal(t, nexuslims.Q(30, "kilovolt"), s.Meta.At("acceleration_voltage"))
		assert.Nil(t, s.Meta.Get("beam_current"), "zero was not measured")
		assert.Equal(t, nexuslims.Q(10, "micrometer"), s.Meta.At("horizontal_field_width"))
		assert.Equal(t, nexuslims.Q(625, "nanometer"), s.Meta.At("pixel_width"))
		assert.Equal(t, nexuslims.Q(625, "nanometer"), s.Meta.At("pixel_height"))
		assert.Equal(t, nexuslims.Q(1.7e-4, "pascal"), s.Meta.At("extensions", "Chamber Pressure"))
		assert.Equal(t, nexuslims.Q(200, "dalton"), s.Meta.At("extensions", "Mass Range Maximum"))
		assert.Equal(t, "1.99", text(s, "extensions", "TofDAQ Version"))
		assert.Equal(t, "2025-01-01T12:00:00-05:00", text(s, "Creation Time"))
		assert.Equal(t, variant, text(s, "extensions", "File Variant"))
		assert.Equal(t, nexuslims.Int(10), s.Meta.At("extensions", "Number of Peaks"))
		assert.Equal(t, "0.5", text(&extractors.Signal{Document: extractors.Document{Meta: s.Raw}},
			"original_metadata", "Configuration File Contents", "TOFParameter", "Ch1FullScale"))
	}
}

func TestCreationTime(t *testing.T) {
	for name, c := range map[string]struct {
		without []string
		log     string
		want    string
	}{
		"log":                     {nil, "", "2024-05-14T13:30:00-04:00"},
		"text with the offset":    {[]string{"AcquisitionLog"}, "", "2024-05-14T13:30:00-04:00"},
		"text in the zone":        {[]string{"AcquisitionLog", "TimingData"}, "", "2024-05-14T13:30:00+02:00"},
		"file":                    {[]string{"AcquisitionLog", "@HDF5 File Creation Time"}, "", "2024-05-14T20:00:00+02:00"},
		"log in UTC":              {[]string{"AcquisitionLog"}, "2024-05-14T17:30:00Z", "2024-05-14T17:30:00+00:00"},
		"log with a blank":        {[]string{"AcquisitionLog"}, "2024-05-14 17:30:00+0100", "2024-05-14T17:30:00+01:00"},
		"log without offset":      {[]string{"AcquisitionLog", "TimingData"}, "2024-05-14T17:30:00", "2024-05-14T17:30:00+02:00"},
		"log without, known zone": {[]string{"AcquisitionLog"}, "2024-05-14T17:30:00", "2024-05-14T17:30:00-04:00"},
		"log that is no time":     {[]string{"AcquisitionLog"}, "yesterday", "2024-05-14T13:30:00-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			m := small()
			m.Without = c.without
			h := m.HDF5()
			if c.log != "" {
				record := synth.HDF5Compound(synth.HDF5Field{Name: "timestring", Type: synth.HDF5Text(26)})
				h.Root().Group("AcquisitionLog").Dataset("Log", synth.HDF5Data{
					Shape: []int{1}, Type: record, Bytes: append([]byte(c.log), make([]byte, 26-len(c.log))...),
				})
			}
			s, warnings := extracted(t, h, berlin)
			assert.Equal(t, c.want, text(s, "Creation Time"))
			assert.Equal(t, c.log == "yesterday", len(warnings) > 0, warnings)
		})
	}
}

// TestOddFiles lets files contradict themselves: each fault loses only itself.
func TestOddFiles(t *testing.T) {
	extra := func(without string, add func(root *synth.HDF5Group)) *synth.HDF5 {
		m := small()
		m.Without = []string{without}
		h := m.HDF5()
		add(h.Root())
		return h
	}
	for name, c := range map[string]struct {
		h       *synth.HDF5
		path    []string
		want    string
		warning string
	}{
		"writes": {
			extra("@NbrWrites", func(r *synth.HDF5Group) { r.Attr("NbrWrites", int32(9)) }),
			[]string{"Data Dimensions"},
			"(3, 4, 4)", "@NbrWrites is 9",
		},
		"voltage": {
			extra("FIBParams@Voltage", func(r *synth.HDF5Group) { r.Group("FIBParams").Attr("Voltage", "high") }),
			[]string{"acceleration_voltage"},
			"", "FIBParams@Voltage is no number: high",
		},
		"no field": {
			extra("FIBParams@ViewField", func(r *synth.HDF5Group) { r.Group("FIBParams").Attr("ViewField", 0.0) }),
			[]string{"pixel_width"},
			"", "",
		},
		"mode": {
			extra("@IonMode", func(r *synth.HDF5Group) { r.Attr("IonMode", int32(1)) }),
			[]string{"extensions", "Ion Mode"},
			"1", "",
		},
		"version": {
			extra("@TofDAQ Version", func(r *synth.HDF5Group) { r.Attr("TofDAQ Version", 1.990759) }),
			[]string{"extensions", "TofDAQ Version"},
			"1.990759", "",
		},
		"mass axis": {
			extra("FullSpectra/MassAxis", func(r *synth.HDF5Group) {
				r.Group("FullSpectra").Dataset("MassAxis", synth.HDF5Of([]string{"a", "b"}))
			}),
			[]string{"extensions", "Mass Range Maximum"},
			"", "FullSpectra/MassAxis",
		},
		"masses that are none": {
			extra("FullSpectra/MassAxis", func(r *synth.HDF5Group) {
				r.Group("FullSpectra").Dataset("MassAxis", synth.HDF5Of([]float64{math.NaN(), 3, 250, math.Inf(1)}))
			}),
			[]string{"extensions", "Mass Range Maximum"},
			"250.0", "",
		},
		"sizes that are none": {
			func() *synth.HDF5 {
				m := small()
				m.Raw, m.Processed = false, false
				m.Without = []string{"@NbrWrites", "FullSpectra/EventList", "PeakData/PeakData"}
				h := m.HDF5()
				h.Root().Attr("NbrWrites", math.NaN())
				return h
			}(),
			[]string{"Data Dimensions"},
			"(0, 4, 4)", "there is neither PeakData/PeakData nor FullSpectra/EventList",
		},
		"pressure": {
			extra("FibParams/FibPressure", func(r *synth.HDF5Group) {
				r.Group("FibParams/FibPressure").Dataset("TwData", synth.HDF5Of([]float64{1}))
			}),
			[]string{"extensions", "Chamber Pressure"},
			"", "FibParams/FibPressure/TwData has the shape [1]",
		},
		"two sizes": {
			extra("FullSpectra/EventList", func(r *synth.HDF5Group) {
				r.Group("FullSpectra").Dataset("EventList", synth.HDF5Data{
					Shape: []int{4, 4, 4}, Type: synth.HDF5Sequence(synth.HDF5Number("u4")), Absent: true,
				})
			}),
			[]string{"extensions", "EventList Dimensions"},
			"(4, 4, 4)", "PeakData/PeakData is (3, 4, 4), FullSpectra/EventList is (4, 4, 4)",
		},
		"counts that are texts": {
			extra("PeakData/PeakData", func(r *synth.HDF5Group) {
				r.Group("PeakData").Dataset("PeakData", synth.HDF5Data{Shape: []int{1, 1, 1, 1}, Type: synth.HDF5VarText(), Absent: true})
			}),
			[]string{"extensions", "File Variant"},
			"raw", "PeakData/PeakData holds no numbers",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, warnings := extracted(t, c.h, nil)
			assert.Equal(t, c.want, text(s, c.path...))
			if c.warning == "" {
				assert.Empty(t, warnings)
				return
			}
			require.Len(t, warnings, 1)
			assert.Contains(t, warnings[0], c.warning)
		})
	}
}

func TestFilesWithoutData(t *testing.T) {
	m := small()
	m.Raw, m.Processed = false, false
	s, warnings := extracted(t, m.HDF5(), nil)
	assert.Equal(t, "(3, 4, 4)", text(s, "Data Dimensions"))
	assert.Nil(t, s.Data)
	assert.Nil(t, s.MassMap.Counts)
	assert.NotNil(t, s.MassMap.Spectrum)
	assert.Contains(t, warnings, "there is neither PeakData/PeakData nor FullSpectra/EventList")

	m = small()
	m.Lines, m.Pixels, m.Writes = 0, 0, 0
	s, _ = extracted(t, m.HDF5(), nil)
	assert.Equal(t, "(0, 0, 0)", text(s, "Data Dimensions"))
	assert.Nil(t, s.Meta.Get("pixel_width"))
	assert.Nil(t, s.MassMap.Counts)
}

// TestPixels compares the counts and the numbers of events with the lists that are stored.
func TestPixels(t *testing.T) {
	m := small()
	m.Raw = false
	s, _ := extracted(t, m.HDF5(), nil)
	assert.Equal(t, []int{3, 4, 4, 8}, s.Data.Shape())
	assert.Equal(t, 3, s.Data.NavigationAxes())
	assert.Equal(t, extractors.Axis{Name: "x", Size: 4, Scale: 2.5, Unit: "µm", Navigation: true}, s.Data.Axes[2])

	m.Raw, m.Processed = true, false
	s, _ = extracted(t, m.HDF5(), nil)
	assert.Equal(t, []int{3, 4, 4}, s.Data.Shape())
	values, err := s.Data.Float64(t.Context(), s.Data.All())
	require.NoError(t, err)
	counts, err := s.MassMap.Counts(t.Context())
	require.NoError(t, err)
	for i := range 16 {
		assert.InDelta(t, values[i]+values[16+i]+values[32+i], counts.Total[i], 1e-9)
	}
}

// TestCountsInOnePassAndInTwo compares sums with those over the whole array.
func TestCountsInOnePassAndInTwo(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		m := synth.DefaultTOFWERK(begin)
		m.Raw = false
		h := m.HDF5()
		if name == "two" { // so many that not all maps are kept
			m.Lines, m.Pixels, m.Writes, m.Peaks, m.Without = 90, 90, 2, 900, []string{"PeakData/PeakData"}
			h = m.HDF5()
			h.Root().Group("PeakData").Dataset("PeakData", threePeaks(m))
		}
		s, _ := extracted(t, h, nil)
		got, err := s.MassMap.Counts(t.Context())
		require.NoError(t, err)
		assert.Empty(t, got.Note)
		require.Len(t, got.Top, 3, name)
		n := m.Lines * m.Pixels
		for i, mass := range []float64{56, 48, 27} {
			ch := got.Top[i]
			assert.InDelta(t, mass, ch.Mass, 0, name)
			assert.Equal(t, "nominal", ch.Label)
			r := s.Data.All()
			r.Start[3], r.Count[3] = int(mass)-1, 1
			values, err := s.Data.Float64(t.Context(), r)
			require.NoError(t, err)
			pixels, writes := make([]float64, n), make([]float64, m.Writes)
			for k, v := range values {
				pixels[k%n] += v
				writes[k/n] += v
			}
			assert.Equal(t, pixels, ch.Map, name)
			assert.Equal(t, writes, ch.PerWrite, name)
		}
		total := 0.0
		for _, v := range got.PerWrite {
			total += v
		}
		all := 0.0
		for _, v := range got.Total {
			all += v
		}
		assert.InDelta(t, total, all, 1e-3)
	}
}

// threePeaks are counts of the masses 27, 48 and 56 alone.
func threePeaks(m synth.TOFWERK) synth.HDF5Data {
	n := m.Lines * m.Pixels
	return synth.HDF5Data{
		Shape: []int{m.Writes, m.Lines, m.Pixels, m.Peaks}, Chunk: []int{1, m.Lines, m.Pixels, 1}, Type: synth.HDF5Number("f4"), Deflate: 1,
		Part: func(start []int) []byte {
			share, ok := map[int]float32{27: 1, 48: 2, 56: 3}[start[3]+1]
			if !ok {
				return nil
			}
			var b []byte
			for i := range n {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(share*float32(i%7)+float32(start[0])))
			}
			return b
		},
	}
}

// TestDamagedCounts breaks one chunk: metadata and the rest of the picture stay.
func TestDamagedCounts(t *testing.T) {
	m := small()
	m.Raw = false
	b := m.Bytes()
	s, _ := extracted(t, m.HDF5(), nil)
	whole, err := s.MassMap.Counts(t.Context())
	require.NoError(t, err)
	// The streams of the counts begin alike; the last of the file are theirs.
	at := bytes.LastIndex(b, []byte{0x78, 0x01})
	require.Positive(t, at)
	r := fault.Patched{R: bytes.NewReader(b), Off: int64(at), Bytes: []byte{0, 0, 0, 0}}
	f := extractors.NewFile("a.h5", r, int64(len(b)), modified, extractors.Context{})
	result, err := tofwerk.New().Extract(t.Context(), f)
	require.NoError(t, err)
	got, err := result.Signals[0].MassMap.Counts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "not all counts could be read", got.Note)
	assert.Equal(t, whole.PerWrite[0], got.PerWrite[0])
	assert.NotEmpty(t, result.Signals[0].Meta.Get("acceleration_voltage"))
}

func TestStoresThatFail(t *testing.T) {
	b := small().Bytes()
	r := &fault.Failing{R: bytes.NewReader(b), Err: io.ErrClosedPipe}
	f := extractors.NewFile("a.h5", r, int64(len(b)), modified, extractors.Context{})
	_, err := tofwerk.New().Extract(t.Context(), f)
	require.ErrorIs(t, err, nexuslims.Transient)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = tofwerk.New().Extract(ctx, fileOf(small().HDF5(), nil))
	require.ErrorIs(t, err, nexuslims.Canceled)
}
