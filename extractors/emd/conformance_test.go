package emd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// variants are small files of every sort.
func variants() map[string][]byte {
	stack := image()
	stack.Frames = 3
	half := synth.VeloxImage{Name: "FFT", Detector: "HAADF", Width: 5, Height: 8, Pixel: 1e8, Reciprocal: true, Half: "HalfOdd"}
	dpc := synth.VeloxImage{
		Name: "DPC", Detector: "HAADF", Width: 4, Height: 4, Half: "Plain", Operation: "DpcOperation",
		Says: map[string]any{"outputs": ""},
	}
	loss := synth.VeloxLoss{Width: 4, Height: 3, Channels: 16, Dispersion: 0.5, Spectrum: make([]uint16, 16)}
	points := eventMap()
	points.Channels = 64
	pruned := *points
	pruned.Pruned = true
	prismatic := simpleNCEM()
	prismatic.Version, prismatic.Arrays[0].Layers = "0.5", 2
	prismatic.Parameters = map[string]any{"E": 80.0, "ns": 2, "s": 1.0, "c": []float64{1, 2, 3}}
	py4 := simpleNCEM()
	py4.Version, py4.Parameters = "1.0", map[string]any{"R_pixel_size": 2.0, "R_pixel_units": "nm"}
	return map[string][]byte{
		"image.emd":           synth.Velox{Column: 9000, Microscope: stem(), Images: []synth.VeloxImage{image()}, Log: "a log"}.Bytes(),
		"stack, version 8.h5": synth.Velox{Column: 9000, Version: 8, Microscope: tem(), Images: []synth.VeloxImage{stack, dpc}}.Bytes(),
		"transform.emd":       synth.Velox{Column: 9000, Microscope: tem(), Images: []synth.VeloxImage{half}}.Bytes(),
		"map.emd":             synth.Velox{Column: 9000, Microscope: stem(), Map: points, Elements: []int{6, 29}}.Bytes(),
		"pruned.emd":          synth.Velox{Column: 9000, Version: 13, Microscope: stem(), Map: &pruned, Loss: []synth.VeloxLoss{loss}}.Bytes(),
		"Berkeley.emd":        simpleNCEM().Bytes(),
		"Prismatic.h5":        prismatic.Bytes(),
		"py4DSTEM.hdf5":       py4.Bytes(),
	}
}

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	instrument := &nexuslims.Instrument{PID: "FEI-Titan-STEM", Timezone: "America/New_York"}
	var samples []extractortest.Sample
	for name, b := range variants() {
		samples = append(samples, extractortest.Sample{Name: name, Data: b, Instrument: instrument})
	}
	samples = append(samples,
		extractortest.Sample{Name: "empty.emd", Broken: true},
		extractortest.Sample{Name: "other.emd", Data: []byte("not of this format at all"), Broken: true},
		extractortest.Sample{Name: "plain.emd", Data: plain(), Broken: true},
		extractortest.Foreign("plain.h5", plain()),
		extractortest.Foreign("HyperSpy.emd", hyperSpy()),
	)
	extractortest.Run(t, emd.New(), samples...)
}

// TestConformanceOfInstruments does the same with files that programs wrote.
func TestConformanceOfInstruments(t *testing.T) {
	var samples []extractortest.Sample
	for _, name := range []string{"fei_example_tem_stack.emd", "example_metadata.emd", "Si100_4D.emd"} {
		s := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/emd/"+name))
		require.LessOrEqual(t, len(s.Data), 400_000, "%s would take long", name)
		samples = append(samples, s)
	}
	extractortest.Run(t, emd.New(), samples...)
}
