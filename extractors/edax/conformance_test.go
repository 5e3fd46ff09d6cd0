package edax_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	old, early := synth.EDAXSpectrum(2, at), synth.EDAXSpectrum(3, at)
	old.Version = 0.61
	early.DataStart = 1000
	b, sides := mapFiles(2)
	short := synth.SPD{Columns: 6, Lines: 5, Channels: 64, CountBytes: 4, Spectra: 20}.Bytes()
	extractortest.Run(t, edax.New(),
		extractortest.Sample{Name: "spectrum.spc", Data: synth.EDAXSpectrum(1, at).Bytes(), Instrument: newYork},
		extractortest.Sample{Name: "old.SPC", Data: old.Bytes()},
		extractortest.Sample{Name: "early.spc", Data: early.Bytes(), Instrument: newYork},
		extractortest.Sample{Name: "map.spd", Data: b, Siblings: sides, Instrument: newYork},
		extractortest.Sample{Name: "alone.spd", Data: b},
		extractortest.Sample{Name: "stopped.spd", Data: short},
		extractortest.Sample{Name: "empty.spc", Broken: true},
		extractortest.Sample{Name: "empty.spd", Broken: true},
		extractortest.Sample{Name: "cut.spc", Data: old.Bytes()[:9000], Broken: true},
		extractortest.Foreign("grams.spc", append([]byte{0x80, 'K', 4, 0x80}, make([]byte, 600)...)),
		extractortest.Foreign("other.spd", []byte("not of this format at all")),
	)
}

// TestConformanceOfInstruments does the same with files of EDAX programs.
func TestConformanceOfInstruments(t *testing.T) {
	extractortest.Run(t, edax.New(),
		extractortest.Load(t, testdata.Unpacked(t, "instrument-files/edax/single_spect.spc")),
		extractortest.Load(t, testdata.Unpacked(t, "instrument-files/edax/synthetic_map.spd")))
}
