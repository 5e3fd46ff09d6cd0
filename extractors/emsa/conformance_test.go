package emsa_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	columns := synth.EELSText(2).With("NCOLUMNS", "4")
	columns.Columns = 4
	mac := synth.EDSText(3, at)
	mac.Newline, mac.Open = "\r", true
	extractortest.Run(t, emsa.New(),
		extractortest.Sample{Name: "X-rays.msa", Data: synth.EDSText(1, at).Bytes(), Instrument: newYork},
		extractortest.Sample{Name: "losses.MSA", Data: synth.EELSText(1).Bytes()},
		extractortest.Sample{Name: "columns.msa", Data: columns.Bytes()},
		extractortest.Sample{Name: "mac.msa", Data: mac.Bytes(), Instrument: newYork},
		extractortest.Sample{Name: "empty.msa", Broken: true},
		extractortest.Sample{Name: "other.msa", Data: []byte("not of this format at all"), Broken: true},
	)
}

// TestConformanceOfInstruments does the same with files of several programs.
func TestConformanceOfInstruments(t *testing.T) {
	var samples []extractortest.Sample
	for _, name := range []string{"msa/example1.msa", "msa/example2.msa", "msa/minimum_metadata.msa", "edax/647_leo_edax_test.msa"} {
		samples = append(samples, extractortest.Load(t, testdata.Unpacked(t, "instrument-files/"+name)))
	}
	extractortest.Run(t, emsa.New(), samples...)
}
