package tia_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestConformance holds the extractor to the promises of all extractors with files of every
// sort: both versions, images, stacks, patterns, spectra, lines, maps, with and without .emi
// file, marked and blanked.
func TestConformance(t *testing.T) {
	m := microscope()
	instrument := &nexuslims.Instrument{PID: "FEI-Titan-TEM", Timezone: "America/New_York"}
	var samples []extractortest.Sample
	add := func(name string, blanked bool, series synth.TIA, before ...synth.EMIObject) {
		ser, err := series.SER.Bytes()
		require.NoError(t, err, name)
		s := extractortest.Sample{Name: name + "_1.ser", Data: ser, Instrument: instrument, Siblings: map[string][]byte{}}
		if series.EMI.Type > 0 {
			series.EMI.Series = `C:\` + s.Name
			emi, err := synth.EMI{Objects: append(before, series.EMI), Blanked: blanked}.Bytes()
			require.NoError(t, err, name)
			s.Siblings[name+".emi"] = emi
		}
		samples = append(samples, s)
	}
	add("image", false, synth.TIAStack(16, 1, 1, m))
	add("stack", false, synth.TIAStack(8, 5, 1, m))
	add("pattern", false, synth.TIAPattern(16, 1, m))
	add("map", false, synth.TIAMap(3, 2, 32, 1, m), synth.TIASurvey(8, 1, m))
	add("line", true, synth.TIAMap(4, 1, 32, 1, m), synth.TIASurvey(8, 1, m))
	add("spectrum", true, synth.TIAMap(1, 1, 64, 1, m))
	add("no description", false, synth.TIA{SER: synth.TIAStack(8, 3, 1, m).SER})
	scattered := synth.TIAStack(8, 3, 1, m)
	scattered.SER.Scattered, scattered.SER.TableLast = true, true
	add("scattered", false, scattered)
	complexes := synth.TIA{SER: synth.SER{
		Version: 0x0220, Image: true, Type: 9, Columns: 6, Rows: 5, Elements: []synth.SERElement{{Pixels: make([]byte, 240)}},
	}}
	add("complex", false, complexes)
	add("large", false, synth.TIAStack(1024, 1, 1, m)) // enough pixels for the kit to count what is read
	pattern := synth.TIAPattern(16, 1, m)
	pattern.EMI.Pixels = pattern.SER.Elements[0].Pixels
	emi, err := synth.EMI{Objects: []synth.EMIObject{synth.TIASurvey(8, 1, m), pattern.EMI}}.Bytes()
	require.NoError(t, err)
	samples = append(samples,
		extractortest.Sample{Name: "alone.emi", Data: emi, Instrument: instrument},
		extractortest.Sample{Name: "empty_1.ser", Broken: true},
		extractortest.Sample{Name: "other_1.ser", Data: []byte("not of this format at all, but long enough for a header"), Broken: true},
	)
	extractortest.Run(t, tia.New(), samples...)
}

// TestConformanceOfInstruments does the same with files of instruments and their .emi files.
func TestConformanceOfInstruments(t *testing.T) {
	var samples []extractortest.Sample
	for _, name := range []string{
		"16x16-spectrum_image-5x5x1024_1.ser", "16x16_STEM_BF_DF_acquire_2.ser", "X - Au NP EELS_2.ser",
		"more_ser_then_emi_metadata_2.ser",
	} {
		s := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/fei-tia/"+name))
		require.LessOrEqual(t, len(s.Data), 400_000, "%s would take long", name)
		emi := name[:strings.LastIndexByte(name, '_')] + ".emi"
		plain := filepath.Join(testdata.Dir(t), "instrument-files/fei-tia", emi)
		_, missing := os.Stat(plain)
		_, unpacked := os.Stat(plain + ".gz")
		if missing == nil || unpacked == nil {
			s.Siblings = map[string][]byte{emi: extractortest.Load(t, testdata.Unpacked(t, "instrument-files/fei-tia/"+emi)).Data}
		}
		samples = append(samples, s)
	}
	broken := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/broken/truncated__128x128-TEM_search_1.ser"))
	broken.Broken = true
	extractortest.Run(t, tia.New(), append(samples, broken)...)
}
