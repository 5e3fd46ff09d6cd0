package tia_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// alone is a folder with one series.
func alone(tb testing.TB, s synth.SER) *inFolder {
	tb.Helper()
	b, err := s.Bytes()
	require.NoError(tb, err)
	return folderOf(map[string][]byte{"a_1.ser": b})
}

// numbered is a series of elements whose values count on: element i begins with 100*i.
func numbered(image bool, columns, rows, elements int, dims ...int) synth.SER {
	s := synth.SER{Version: 0x0210, Image: image, Type: 2, Columns: columns, Rows: rows}
	for _, n := range dims {
		s.Dimensions = append(s.Dimensions, synth.SERDimension{Size: n, Delta: 1, Description: "Number"})
	}
	x := synth.SERAxis{Delta: 1e-9}
	if !image {
		x.Delta = 10
	}
	for i := range elements {
		var pixels []byte
		for k := range columns * max(1, rows) {
			pixels = binary.LittleEndian.AppendUint16(pixels, uint16(100*i+k))
		}
		s.Elements = append(s.Elements, synth.SERElement{X: x, Y: x, Pixels: pixels})
	}
	return s
}

func TestShapes(t *testing.T) {
	total := func(s synth.SER, n int) synth.SER {
		s.Total = n
		return s
	}
	for _, c := range []struct {
		name  string
		s     synth.SER
		shape []int
		kind  string
	}{
		{"image", numbered(true, 5, 3, 1, 1), []int{3, 5}, "Image TEM_Imaging"},
		{"stack", numbered(true, 5, 3, 4, 4), []int{4, 3, 5}, "Image TEM_Imaging"},
		{"stack that was stopped", total(numbered(true, 5, 3, 4, 100), 100), []int{4, 3, 5}, "Image TEM_Imaging"},
		{"stack stopped after one", total(numbered(true, 5, 3, 1, 100), 100), []int{3, 5}, "Image TEM_Imaging"},
		{"one spectrum", numbered(false, 7, 0, 1, 1), []int{7}, "Spectrum TEM_Spectrum"},
		{"one of ten spectra", total(numbered(false, 7, 0, 1, 10), 10), []int{7}, "Spectrum TEM_Spectrum"},
		{"line scan", numbered(false, 7, 0, 6, 6), []int{6, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"map", numbered(false, 7, 0, 6, 3, 2), []int{2, 3, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"map of one row", numbered(false, 7, 0, 6, 6, 1), []int{1, 6, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"map of images", numbered(true, 4, 4, 6, 3, 2), []int{2, 3, 4, 4}, "Image TEM_Imaging"},
		{"row of images", numbered(true, 4, 4, 6, 6, 1), []int{6, 4, 4}, "Image TEM_Imaging"},
		{"three dimensions", numbered(false, 7, 0, 12, 3, 2, 2), []int{2, 2, 3, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"map that was stopped", total(numbered(false, 7, 0, 4, 3, 2), 6), []int{2, 3, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"no dimension", numbered(true, 5, 3, 4), []int{4, 3, 5}, "Image TEM_Imaging"},
		{"dimensions too small", numbered(false, 7, 0, 6, 2, 2), []int{6, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
		{"dimension of another size", numbered(false, 7, 0, 6, 9), []int{6, 7}, "SpectrumImage TEM_Spectrum_Imaging"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, version := range []int{0x0210, 0x0220} {
				c.s.Version = version
				s := alone(t, c.s).signal(t, "a_1.ser")
				require.NotNil(t, s.Data, s.NoPreview)
				assert.Equal(t, c.shape, s.Data.Shape())
				assert.Equal(t, c.kind, s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"))
				values, err := s.Data.Float64(context.Background(), s.Data.All())
				require.NoError(t, err)
				first := 0.0
				if c.s.Image { // the bottom row stands first in the file
					first = float64((c.s.Rows - 1) * c.s.Columns)
				}
				assert.InDelta(t, first, values[0], 0)
			}
		})
	}
}

func TestElementTypes(t *testing.T) {
	for code, want := range map[int]extractors.ElementType{
		1: extractors.Uint8, 2: extractors.Uint16, 3: extractors.Uint32, 4: extractors.Int8, 5: extractors.Int16,
		6: extractors.Int32, 7: extractors.Float32, 8: extractors.Float64, 9: extractors.Complex64, 10: extractors.Complex128,
	} {
		for _, image := range []bool{true, false} {
			s := synth.SER{Version: 0x0210, Image: image, Type: code, Columns: 3, Rows: 2, Elements: []synth.SERElement{{}}}
			got := alone(t, s).signal(t, "a_1.ser")
			require.NotNil(t, got.Data)
			assert.Equal(t, want, got.Data.Type)
			b, err := got.Data.Read(context.Background(), got.Data.All())
			require.NoError(t, err)
			assert.Len(t, b, int(got.Data.Len())*want.Size())
		}
	}
}

// TestScatteredElements reads any part of elements that lie in the file in another order,
// with gaps and tags elsewhere.
func TestScatteredElements(t *testing.T) {
	plain := numbered(true, 5, 4, 12, 4, 3)
	plain.Places = true
	want := alone(t, plain).signal(t, "a_1.ser").Data
	scattered := plain
	scattered.Scattered, scattered.TableLast = true, true
	s := alone(t, scattered).signal(t, "a_1.ser")
	for _, r := range []extractors.Region{
		want.All(),
		{Start: []int{0, 0, 0, 0}, Count: []int{3, 1, 2, 2}, Step: []int{1, 1, 3, 4}},
		{Start: []int{1, 1, 2, 0}, Count: []int{2, 3, 1, 5}, Step: []int{1, 1, 1, 1}},
		{Start: []int{0, 1, 3, 4}, Count: []int{2, 2, 1, 1}, Step: []int{2, 2, 1, 1}},
		{Start: []int{2, 3, 3, 4}, Count: []int{1, 1, 1, 1}, Step: []int{1, 1, 1, 1}},
		{Start: []int{0, 0, 0, 0}, Count: []int{3, 0, 4, 5}, Step: []int{1, 1, 1, 1}},
	} {
		w, err := want.Float64(context.Background(), r)
		require.NoError(t, err)
		g, err := s.Data.Float64(context.Background(), r)
		require.NoError(t, err)
		assert.Equal(t, w, g, "%v", r)
	}
	assert.Empty(t, warnings(s)[len("NexusLIMS could not find a corresponding .emi metadata file for this .ser file. Metadata extraction will be limited."):])
}

// TestMissingElements are zero, or not a number.
func TestMissingElements(t *testing.T) {
	for code, missing := range map[int]float64{2: 0, 7: math.NaN(), 8: math.NaN()} {
		s := synth.SER{Version: 0x0220, Type: code, Columns: 2, Total: 6, Dimensions: []synth.SERDimension{{Size: 3}, {Size: 2}}}
		x := synth.SERAxis{Delta: 1}
		one := bytes.Repeat([]byte{1}, 2*map[int]int{2: 2, 7: 4, 8: 8}[code])
		s.Elements = []synth.SERElement{{X: x, Pixels: one}, {Missed: true}, {X: x, Pixels: one}, {X: x, Pixels: one}}
		a := alone(t, s).signal(t, "a_1.ser").Data
		require.NotNil(t, a)
		require.Equal(t, []int{2, 3, 2}, a.Shape())
		values, err := a.Float64(context.Background(), a.All())
		require.NoError(t, err)
		there := values[0]
		require.NotZero(t, there)
		for i, isThere := range []bool{true, false, true, true, false, false} {
			want := missing
			if isThere {
				want = there
			}
			assert.Equal(t, math.IsNaN(want), math.IsNaN(values[2*i]), "type %d, element %d", code, i)
			if !math.IsNaN(want) {
				assert.InDelta(t, want, values[2*i+1], 0)
			}
		}
	}
}

// TestWhatASeriesIs holds types and units.
func TestWhatASeriesIs(t *testing.T) {
	m := microscope()
	stem := m
	stem.Mode = "STEM"
	step := func(s synth.TIA, step float64, dims ...synth.SERDimension) synth.TIA {
		s.SER.Elements[0].X.Delta, s.SER.Elements[0].Y.Delta = step, step
		if len(dims) > 0 {
			s.SER.Dimensions = dims
			for range dims[0].Size*dims[len(dims)-1].Size - 1 {
				s.SER.Elements = append(s.SER.Elements, s.SER.Elements[0])
			}
		}
		return s
	}
	mode := func(s synth.TIA, mode string, acquire ...[2]string) synth.TIA {
		for i, x := range s.EMI.Block.Settings {
			if x.Label == "Mode" {
				s.EMI.Block.Settings[i].Value = mode
			}
		}
		s.EMI.Block.Acquire = acquire
		return s
	}
	eels := func(channels int, start float64) synth.TIA {
		s := synth.TIAMap(2, 2, channels, 1, m)
		for i := range s.SER.Elements {
			s.SER.Elements[i].X = synth.SERAxis{Offset: start, Delta: 0.5}
		}
		s.EMI.Block.Manufacturer = "FEI"
		return mode(s, "STEM nP SA Zoom Image", [2]string{"BiasCorrection", "Yes"})
	}
	scan := []synth.SERDimension{{Size: 3, Delta: 1e-9, Units: "meters"}, {Size: 3, Delta: 1e-9, Units: "meters"}}
	camera := [2]string{"CameraNamePath", "BM-Ceta"}
	for _, c := range []struct {
		name, kind, unit string
		s                synth.TIA
	}{
		{"scanned image in diffraction mode", "Image STEM_Imaging", "nm", synth.TIAStack(4, 2, 1, m)},
		{"pattern", "Diffraction TEM_Diffraction", "1/nm", synth.TIAPattern(4, 1, m)},
		{"pattern without calibration", "Diffraction TEM_Diffraction", "", step(synth.TIAPattern(4, 1, m), 0)},
		{"pattern with the steps of an image", "Diffraction TEM_Diffraction", "", step(synth.TIAPattern(4, 1, m), 1e-9)},
		{"pattern with odd steps", "Diffraction TEM_Diffraction", "1/nm", step(synth.TIAPattern(4, 1, m), 1)},
		{"image of a camera", "Image TEM_Imaging", "nm", step(mode(synth.TIAPattern(4, 1, m), "TEM uP SA Zoom Image", camera), 1e-9)},
		{"image with odd steps", "Image TEM_Imaging", "nm", step(mode(synth.TIAPattern(4, 1, m), "TEM uP SA Zoom Image", camera), 1)},
		{"scanned diffraction", "Diffraction 4D_STEM", "1/nm", step(mode(synth.TIAPattern(4, 1, stem), "STEM nP", camera), 1e8, scan...)},
		{"line of patterns", "Diffraction STEM_Diffraction", "1/nm", step(mode(synth.TIAPattern(4, 1, stem), "STEM nP", camera), 1e8)},
		{"camera in STEM with odd steps", "Diffraction STEM_Diffraction", "1/nm", step(mode(synth.TIAPattern(4, 1, m), "STEM nP", camera), 1)},
		{"X-ray map", "SpectrumImage STEM_EDS_Spectrum_Imaging", "eV", synth.TIAMap(3, 2, 32, 1, m)},
		{"X-ray line", "SpectrumImage STEM_EDS_Spectrum_Imaging", "eV", synth.TIAMap(3, 1, 32, 1, m)},
		{"energy losses of 1024 channels", "SpectrumImage STEM_EELS_Spectrum_Imaging", "eV", eels(1024, 500)},
		{"energy losses beyond 5 keV", "SpectrumImage STEM_EELS_Spectrum_Imaging", "eV", eels(64, 5900)},
		{"profile", "Misc Line_Profile", "nm", step(synth.TIAMap(1, 1, 32, 1, m), 1e-10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := folderWith(t, true, nil, c.s).signal(t, "map_1.ser")
			assert.Equal(t, c.kind, s.Meta.Text("DatasetType")+" "+s.Meta.Text("Data Type"))
			require.NotNil(t, s.Data)
			assert.Equal(t, c.unit, s.Data.Axes[len(s.Data.Axes)-1].Unit)
		})
	}
}

// TestInstrumentOfNoMode takes the mode from the name of the instrument.
func TestInstrumentOfNoMode(t *testing.T) {
	d := alone(t, numbered(true, 4, 4, 1, 1))
	d.instrument = &nexuslims.Instrument{PID: "FEI-Titan-STEM", Timezone: "America/New_York"}
	s := d.signal(t, "a_1.ser")
	assert.Equal(t, "STEM_Imaging", s.Meta.Text("Data Type"))
	assert.Equal(t, "FEI-Titan-STEM", s.Meta.Text("Instrument ID"))
	assert.Equal(t, "2024-05-14T10:30:00-04:00", s.Meta.Text("Creation Time"))
}

// TestMetadata holds every value of an image, from series and block.
func TestMetadata(t *testing.T) {
	m := microscope()
	s := folderWith(t, true, nil, synth.TIAStack(8, 1, 1, m)).signal(t, "map_1.ser")
	got := map[string]string{}
	for path, v := range reference.Flatten(s.Meta) {
		text := nexuslims.TextOf(v)
		if q, ok := v.(nexuslims.Quantity); ok {
			text += " " + q.Unit.Symbol
		}
		got[path] = text
	}
	for path := range got {
		if len(path) > 20 && path[:20] == "NexusLIMS Extraction" {
			delete(got, path)
		}
	}
	assert.Equal(t, map[string]string{
		"Creation Time": "2024-05-14T13:30:00+00:00", "Data Dimensions": "(8, 8)", "Data Type": "STEM_Imaging",
		"DatasetType": "Image", "warnings": "[]",
		"acceleration_voltage": "300.0 kV", "emission_current": "135.0 µA", "magnification": "64000.0",
		"dwell_time": "48.0 µs", "scan_rotation": "-5.0 deg",
		"pixel_width": "2.5 nm", "pixel_height": "2.5 nm", "horizontal_field_width": "0.02 µm", "vertical_field_width": "0.02 µm",
		"stage_position/x": "-197.165 µm", "stage_position/y": "-126.202 µm", "stage_position/z": "0.128364 mm",
		"stage_position/tilt_alpha": "-0.84 deg", "stage_position/tilt_beta": "0.0 deg",
		"extensions/C2 Aperture": "50.0 µm", "extensions/C2 Lens": "22.133 %", "extensions/Camera Length": "0.195 m",
		"extensions/Defocus": "-0.283 µm", "extensions/Extraction Voltage": "4400.0 V", "extensions/Frame Time": "60.0 s",
		"extensions/Gun Lens": "6", "extensions/Gun Type": "FEG", "extensions/Manufacturer": "FEI (STEM)",
		"extensions/Microscope": "Example TEM", "extensions/Microscope Accelerating Voltage": "300000.0 V",
		"extensions/Microscope Tilt 1": "-0.014735", "extensions/Microscope Tilt 2": "0.0",
		"extensions/Mode": "STEM nP SA Zoom Diffraction", "extensions/OBJ Aperture": "retracted",
		"extensions/Objective Lens": "87.987 %", "extensions/Spot Size": "7", "extensions/STEM Rotation Correction": "-12.3 deg",
		"extensions/Tecnai Filter/Mode": "Spectroscopy", "extensions/Tecnai Filter/Selected Aperture": "3mm",
		"extensions/Tecnai Filter/Selected Dispersion": "0.1 eV", "extensions/Tecnai Filter/Ht Offset": "0.0 eV",
		"extensions/User": "Ada Example", "extensions/emi Filename": "Titan/2024/map.emi",
	}, got)
	assert.Equal(t, "0.195", s.Raw.Group("ObjectInfo", "TrueImageHeaderInfo").Text("31"))
	assert.Equal(t, nexuslims.Null{}, s.Raw.Group("ObjectInfo", "ExperimentalDescription").Get("Filter slit state"))
	for _, o := range s.Origins {
		assert.NotEmpty(t, o.From, o.Path)
	}
}

// TestTimes holds local times, time zones and the times of elements.
func TestTimes(t *testing.T) {
	denver := &nexuslims.Instrument{PID: "Titan", Timezone: "America/Denver"}
	for _, c := range []struct {
		name, date string
		elements   time.Time
		instrument *nexuslims.Instrument
		want       string
		doubt      string
	}{
		{"without instrument", "Tue May 14 15:04:44 2024", at, nil, "2024-05-14T15:04:44+00:00", ""},
		{"local", "Tue May 14 07:30:44 2024", at, denver, "2024-05-14T07:30:44-06:00", ""},
		{"winter", "Tue Nov 13 15:04:44 2018", time.Time{}, denver, "2018-11-13T15:04:44-07:00", ""},
		{"the hour that comes twice", "Sun Nov 3 01:30:00 2024", time.Time{}, denver, "2024-11-03T01:30:00-07:00", ""},
		{"the hour that is missing", "Sun Mar 10 02:30:00 2024", time.Time{}, denver, "2024-03-10T02:30:00-07:00", ""},
		{"padded day", "Tue May  7 15:04:44 2024", time.Time{}, nil, "2024-05-07T15:04:44+00:00", ""},
		{"wrong weekday", "Mon May 7 15:04:44 2024", time.Time{}, nil, "2024-05-07T15:04:44+00:00", ""},
		{"other form", "2016-02-22 18:00:00", time.Time{}, nil, "2016-02-22T18:00:00+00:00", ""},
		{"no time", "yesterday", time.Time{}, nil, "2024-05-14T14:30:00+00:00", `"yesterday" cannot be read`},
		{"another zone", "Tue May 14 13:30:00 2024", at, denver, "2024-05-14T13:30:00-06:00", "clock or the time zone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := synth.TIAStack(4, 1, 1, microscope())
			o.EMI.Block.Date, o.SER.Elements[0].Time = c.date, c.elements
			d := folderWith(t, true, nil, o)
			d.instrument = c.instrument
			s := d.signal(t, "map_1.ser")
			assert.Equal(t, c.want, s.Meta.Text("Creation Time"))
			if c.doubt == "" {
				assert.Empty(t, warnings(s))
				return
			}
			assert.Contains(t, warnings(s), c.doubt)
		})
	}
}
