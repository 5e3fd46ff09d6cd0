package emd_test

import (
	"context"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func stem() synth.Microscope {
	return synth.Microscope{Name: "Example Titan", Mode: "STEM", Voltage: 300e3, Mag: 225000, Specimen: "SrTiO3", Time: at}
}

func tem() synth.Microscope {
	m := stem()
	m.Mode = "TEM"
	return m
}

// counting gives the number of each element, plus a thousand for each frame.
func counting(n int) func(frame int) []byte {
	return func(frame int) []byte {
		var b []byte
		for i := range n {
			b = binary.LittleEndian.AppendUint16(b, uint16(i+1000*frame))
		}
		return b
	}
}

func image() synth.VeloxImage {
	return synth.VeloxImage{Name: "HAADF", Detector: "HAADF", Width: 12, Height: 8, Pixel: 2e-10, Pixels: counting(96)}
}

func eventMap() *synth.VeloxMap {
	return &synth.VeloxMap{Width: 12, Height: 8, Frames: 3, Segments: 2, Pixel: 2e-9, Channels: 1024}
}

// TestKinds checks what images of every kind are taken for.
func TestKinds(t *testing.T) {
	camera := synth.VeloxImage{Name: "Ceta", Detector: "BM-Ceta", Width: 8, Height: 8, Pixel: 1e-10}
	pattern := camera
	pattern.Pixel, pattern.Reciprocal = 1e8, true
	patterns := pattern
	patterns.Frames = 3
	element := synth.VeloxImage{Name: "Cu", Detector: "SuperXG2", Element: true, Width: 8, Height: 8, Pixel: 1e-9}
	loss := synth.VeloxImage{Name: "O-EELS", Detector: "EF-CCD", Element: true, Width: 8, Height: 8, Pixel: 1e-9}
	half := synth.VeloxImage{Name: "FFT", Detector: "HAADF", Width: 5, Height: 8, Pixel: 1e8, Reciprocal: true, Half: "HalfEven"}
	dpc := synth.VeloxImage{Name: "x", Detector: "HAADF", Width: 8, Height: 8, Operation: "DpcOperation", Half: "Plain"}
	dDPC := image()
	dDPC.Operation, dDPC.Says = "SurfaceReconstructionOperation", map[string]any{"integrationMode": "false", "enableFilter": "true"}
	drift := image()
	drift.Operation = "IntegrationOperation"
	for _, c := range []struct {
		name        string
		file        synth.Velox
		kind, as    string
		named, made string
	}{
		{"camera", synth.Velox{Microscope: tem(), Images: []synth.VeloxImage{camera}}, "Image", "TEM_Imaging", "Ceta", ""},
		{"pattern", synth.Velox{Microscope: tem(), Images: []synth.VeloxImage{pattern}}, "Diffraction", "TEM_Diffraction", "Ceta", ""},
		{
			"diffraction without calibration",
			synth.Velox{Microscope: tem(), Diffraction: true, Images: []synth.VeloxImage{{Detector: "BM-Ceta", Width: 4, Height: 4}}},
			"Diffraction", "TEM_Diffraction", "BM-Ceta", "",
		},
		{"patterns of a scan", synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{patterns}}, "Diffraction", "STEM_Diffraction", "Ceta", ""},
		{"scan", synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{image()}}, "Image", "STEM_Imaging", "HAADF", ""},
		{"element", synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{element}}, "Image", "STEM_EDS_Map", "Cu", "Element map"},
		{
			"element by energy loss",
			synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{loss}, Loss: []synth.VeloxLoss{{Width: 2, Height: 2, Channels: 4}}},
			"Image", "STEM_EELS_Map", "O-EELS", "Element map",
		},
		{"transform", synth.Velox{Microscope: tem(), Images: []synth.VeloxImage{half}}, "Image", "TEM_Imaging", "FFT", "FFT"},
		{"DPC", synth.Velox{Version: 9, Microscope: stem(), Images: []synth.VeloxImage{dpc}}, "Image", "STEM_Imaging", "DPC", "DPC"},
		{"dDPC", synth.Velox{Version: 9, Microscope: stem(), Images: []synth.VeloxImage{dDPC}}, "Image", "STEM_Imaging", "Filtered dDPC", "dDPC"},
		{"DCFI", synth.Velox{Version: 8, Microscope: stem(), Images: []synth.VeloxImage{drift}}, "Image", "STEM_Imaging", "DCFI", "DCFI"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, "a.emd", c.file.Bytes()).Signals[0]
			assert.Equal(t, c.kind, s.Meta.Text("DatasetType"))
			assert.Equal(t, c.as, s.Meta.Text("Data Type"))
			assert.Equal(t, c.named, s.Title)
			assert.Equal(t, c.made, s.Meta.Text("Derived"))
		})
	}
}

// TestStack checks the order of pixels and the axes of a stack.
func TestStack(t *testing.T) {
	m := image()
	m.Frames = 4
	s := read(t, "a.emd", synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{m}}.Bytes()).Signals[0]
	assert.Equal(t, []int{4, 8, 12}, s.Data.Shape())
	assert.Equal(t, extractors.Axis{Name: "Time", Size: 4, Scale: 0.25, Unit: "s", Navigation: true}, s.Data.Axes[0])
	assert.InDelta(t, 0.2, s.Data.Axes[2].Scale, 1e-12)
	assert.Equal(t, "nm", s.Data.Axes[2].Unit)
	assert.Equal(t, "pm", s.Data.Axes[1].Unit, "half of the height is less than a nanometer")
	v := numbers(t, s.Data, extractors.Region{Start: []int{1, 2, 3}, Count: []int{2, 2, 3}, Step: []int{2, 3, 4}})
	assert.Equal(t, []float64{1027, 1031, 1035, 1063, 1067, 1071, 3027, 3031, 3035, 3063, 3067, 3071}, v)
}

// TestMap compares regions of a map with a count of its own events.
func TestMap(t *testing.T) {
	m := eventMap()
	want := make([]float64, 96*64)
	m.Channels = 64
	m.Events = func(segment, frame, place int) []uint16 {
		if place%5 == 0 {
			return nil
		}
		return []uint16{uint16(place % 64), uint16((place*3 + frame) % 64), uint16(segment)}
	}
	for segment := 1; segment <= 2; segment++ {
		for frame := range 3 {
			for place := range 96 {
				for _, e := range m.Events(segment, frame, place) {
					want[place*64+int(e)]++
				}
			}
		}
	}
	r := read(t, "a.emd", synth.Velox{Microscope: stem(), Map: m, Elements: []int{6, 29, 300, 0}}.Bytes())
	assert.Empty(t, r.Warnings)
	require.Len(t, r.Signals, 3)
	s := r.Signals[2]
	assert.Equal(t, []int{8, 12, 64}, s.Data.Shape())
	assert.Equal(t, extractors.Uint16, s.Data.Type)
	assert.Equal(t, want, numbers(t, s.Data, s.Data.All()))
	assert.Equal(t, nexuslims.List{nexuslims.Text("C"), nexuslims.Text("Cu")}, s.Meta.Get("elements"))
	assert.Equal(t, "8.0 s", nexuslims.Q(seconds(t, s, "live_time"), "second").String())
	assert.Equal(t, nexuslims.Int(3), s.Meta.Get("Number of frames"))
	for _, region := range []extractors.Region{
		{Start: []int{1, 2, 3}, Count: []int{3, 4, 5}, Step: []int{2, 2, 10}},
		{Start: []int{7, 11, 63}, Count: []int{1, 1, 1}, Step: []int{1, 1, 1}},
		{Start: []int{0, 0, 0}, Count: []int{2, 12, 64}, Step: []int{7, 1, 1}},
		{Start: []int{3, 5, 0}, Count: []int{2, 1, 64}, Step: []int{1, 1, 1}},
	} {
		var part []float64
		for i := range region.Count[0] {
			for j := range region.Count[1] {
				for k := range region.Count[2] {
					y, x := region.Start[0]+i*region.Step[0], region.Start[1]+j*region.Step[1]
					part = append(part, want[(y*12+x)*64+region.Start[2]+k*region.Step[2]])
				}
			}
		}
		assert.Equal(t, part, numbers(t, s.Data, region), "%v", region)
	}
}

func seconds(tb testing.TB, s *extractors.Signal, name string) float64 {
	tb.Helper()
	q, ok := s.Meta.Get(name).(nexuslims.Quantity)
	require.True(tb, ok, name)
	return q.Value
}

// TestSpectraForPreview: one pass gives those of the pixels, and those of parts of the map
// where the pixels are next to empty.
func TestSpectraForPreview(t *testing.T) {
	picked := []int64{0, 11, 23, 35, 47, 59, 71, 83, 95}
	for _, c := range []struct {
		name   string
		events int
	}{{"full", 60}, {"empty", 1}} {
		t.Run(c.name, func(t *testing.T) {
			m := eventMap()
			m.Frames, m.Segments, m.Channels = 1, 1, 128
			m.Events = func(_, _, place int) []uint16 {
				events := make([]uint16, c.events)
				for i := range events {
					events[i] = uint16(place)
				}
				return events
			}
			list := read(t, "a.emd", synth.Velox{Microscope: stem(), Map: m}.Bytes()).Signals
			source, ok := list[1].Data.Source.(extractors.SpectraSource)
			require.True(t, ok)
			got, err := source.Spectra(context.Background(), picked)
			require.NoError(t, err)
			require.Len(t, got, 9)
			for i, place := range picked {
				total := float32(0)
				for _, v := range got[i] {
					total += v
				}
				if c.events == 60 {
					assert.InDelta(t, 60, got[i][place], 0)
					assert.InDelta(t, 60, total, 0)
				} else {
					assert.InDelta(t, 96./9, total, 1, "a ninth of the map")
				}
			}
		})
	}
}

// TestSizeOfMap: the size of the scanned area counts when it agrees with the events.
func TestSizeOfMap(t *testing.T) {
	trim := func(n int) func(*synth.VeloxMap) {
		return func(m *synth.VeloxMap) {
			m.Events = func(_, frame, place int) []uint16 { return []uint16{uint16(place)} }
			whole := 3 * 96 * 2
			m.Values = whole - n
			m.Part = func(start []int) []byte {
				b := make([]byte, 2*8192)
				for i := range whole {
					v := uint16(i / 2 % 96)
					if i%2 == 1 {
						v = 0xffff
					}
					binary.LittleEndian.PutUint16(b[2*i:], v)
				}
				return b
			}
		}
	}
	for _, c := range []struct {
		name    string
		change  func(*synth.VeloxMap)
		signals int
		warning string
	}{
		{"whole", trim(0), 2, ""},
		{"last mark missing", trim(1), 2, ""},
		{"last frame not complete", trim(40), 2, "ends within a frame"},
		{"no table of frames", func(m *synth.VeloxMap) { m.NoTable = true }, 2, ""},
		{"frames missing", trim(96*2*2 + 40), 1, "size of the spectrum image is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := eventMap()
			m.Segments = 1
			c.change(m)
			r := read(t, "a.emd", synth.Velox{Microscope: stem(), Map: m}.Bytes())
			require.Len(t, r.Signals, c.signals)
			if c.warning == "" {
				assert.Empty(t, r.Warnings)
				return
			}
			require.Len(t, r.Warnings, 1)
			assert.Contains(t, r.Warnings[0], c.warning)
		})
	}
}

// TestLossMap checks the order of axes of an energy-loss map.
func TestLossMap(t *testing.T) {
	l := synth.VeloxLoss{Width: 4, Height: 3, Channels: 5, Dispersion: 0.3, Offset: -20, Spectrum: []uint16{100, 200, 300, 400, 500}}
	m := eventMap()
	m.Pruned = true
	r := read(t, "a.emd", synth.Velox{Version: 13, Microscope: stem(), Map: m, Loss: []synth.VeloxLoss{l}}.Bytes())
	s := r.Signals[len(r.Signals)-1]
	assert.Equal(t, "STEM_EELS_Spectrum_Imaging", s.Meta.Text("Data Type"))
	assert.Equal(t, []int{3, 4, 5}, s.Data.Shape())
	assert.Equal(t, extractors.Axis{Name: "Energy loss", Size: 5, Scale: 0.3, Offset: -20, Unit: "eV"}, s.Data.Axes[2])
	assert.Equal(t, "nm", s.Data.Axes[1].Unit, "that of the X-ray map")
	v := numbers(t, s.Data, extractors.Region{Start: []int{2, 1, 0}, Count: []int{1, 2, 5}, Step: []int{1, 1, 1}})
	assert.Equal(t, []float64{121, 221, 321, 421, 521, 122, 222, 322, 422, 522}, v)
	eels, ok := s.Meta.Get("EELS").(*nexuslims.Object)
	require.True(t, ok)
	assert.Equal(t, nexuslims.Q(28.5, "milliradian"), eels.Get("Collection semi-angle"))
	assert.Equal(t, nexuslims.Q(-20, "electron_volt"), eels.Get("Spectrometer Energy loss"))
	assert.Equal(t, nexuslims.Q(0.3, "electron_volt"), s.Meta.Get("channel_size"))
}

// TestWholePlane builds the transform of a real image from its half.
func TestWholePlane(t *testing.T) {
	for half, width := range map[string]int{"HalfEven": 6, "HalfOdd": 7} {
		t.Run(half, func(t *testing.T) {
			const h, w = 3, 4
			m := synth.VeloxImage{Name: "FFT", Detector: "HAADF", Width: w, Height: h, Pixel: 1e8, Reciprocal: true, Half: half}
			m.Pixels = func(int) []byte {
				var b []byte
				for i := range h * w {
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i)))
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(10*i)))
				}
				return b
			}
			s := read(t, "a.emd", synth.Velox{Microscope: tem(), Images: []synth.VeloxImage{m}}.Bytes()).Signals[0]
			assert.Equal(t, []int{h, w}, s.Data.Shape(), "as stored")
			require.NotNil(t, s.Shown)
			require.Equal(t, []int{h, width}, s.Shown.Shape())
			v, err := s.Shown.Complex(context.Background(), s.Shown.All())
			require.NoError(t, err)
			middle := width / 2
			value := func(r, c int) complex128 { return complex(float64(r*w+c), float64(10*(r*w+c))) }
			assert.Equal(t, value(0, 0), v[1*width+middle], "the origin in the middle")
			assert.Equal(t, value(1, 2), v[2*width+middle+2])
			mirrored := value(1, 2)
			assert.Equal(t, complex(real(mirrored), -imag(mirrored)), v[0*width+middle-2], "the conjugate")
		})
	}
}

// TestDamagedMetadata: a text that is cut loses only its frame, or only its signal.
func TestDamagedMetadata(t *testing.T) {
	whole := synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{image(), image()}}
	b := whole.Bytes()
	i := 0
	for b[i] != '{' || string(b[i+6:i+19]) != "\"Acquisition\"" {
		i++
	}
	b[i+1] = '?' // at the beginning of the first text
	r := read(t, "a.emd", b)
	require.Len(t, r.Signals, 2)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "metadata of /Data/Image/")
	assert.Equal(t, "(8, 12)", r.Signals[0].Meta.Text("Data Dimensions"))
}

// TestOtherGroups: what is not read is said.
func TestOtherGroups(t *testing.T) {
	h := synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{image()}, Log: "line 1\nline 2"}.HDF5()
	h.Root().Group("Data/LineScan/abc")
	h.Root().Group("Data/Image/zzz")
	r := read(t, "a.emd", h.Bytes())
	require.Len(t, r.Signals, 1)
	require.Len(t, r.Warnings, 2)
	assert.Contains(t, r.Warnings[0], "/Data/Image/zzz")
	assert.Contains(t, r.Warnings[1], "/Data/LineScan")
	assert.Equal(t, nexuslims.Text("line 1\nline 2"), r.Signals[0].Raw.At("Velox", "Log"))
}
