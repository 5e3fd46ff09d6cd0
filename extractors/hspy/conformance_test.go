package hspy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// variants are small files of every sort.
func variants() map[string][]byte {
	file := func(version string, list ...synth.HyperSpySignal) []byte {
		return synth.HyperSpy{Version: version, Signals: list}.Bytes()
	}
	nx, ny := navigation("x", "nm", 3, 2), navigation("y", "nm", 2, 2)
	pattern := of(ny, nx, axis("ky", "1/nm", 4, 0.1), axis("kx", "1/nm", 4, 0.1))
	moved := of(axis("E", "keV", 8, 0.01), nx)
	listed := of(axis("t", "s", 3, 0))
	listed.Axes[0].Values = []float64{1, 2, 4}
	ragged := of(nx)
	ragged.Ragged = true
	full := spectrum()
	full.Metadata["test"] = everyKind()
	full.Metadata["General"] = tree{"title": "all", "date": "2024-05-14", "time": "13:00:00", "time_zone": "+02:00"}
	full.Original = tree{"a": tree{"b": []any{int64(1), "two"}}}
	return map[string][]byte{
		"spectrum.hspy":      file("3.1", full),
		"several.hdf5":       file("3.3", pattern, named(moved, "moved"), named(listed, "listed")),
		"first version.hdf5": file("1.0", old()),
		"version 1.1.hdf5":   file("1.1", old()),
		"ragged.h5":          file("3.2", ragged),
	}
}

func named(s synth.HyperSpySignal, title string) synth.HyperSpySignal {
	s.Title = title
	return s
}

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	instrument := &nexuslims.Instrument{PID: "FEI-Titan-STEM", Timezone: "America/New_York"}
	var samples []extractortest.Sample
	for name, b := range variants() {
		samples = append(samples, extractortest.Sample{Name: name, Data: b, Instrument: instrument})
	}
	samples = append(samples,
		extractortest.Sample{Name: "empty.hspy", Broken: true},
		extractortest.Sample{Name: "other.hspy", Data: []byte("not of this format at all"), Broken: true},
		extractortest.Sample{Name: "plain.hspy", Data: plain(), Broken: true},
		extractortest.Foreign("plain.h5", plain()),
		extractortest.Foreign("Velox.hspy", velox()),
	)
	extractortest.Run(t, hspy.New(), samples...)
}

// TestConformanceOfInstruments does the same with files that HyperSpy wrote.
func TestConformanceOfInstruments(t *testing.T) {
	var samples []extractortest.Sample
	for _, name := range []string{"example1_v1.0.hdf5", "none_metadata.hdf5"} {
		s := extractortest.Load(t, testdata.Unpacked(t, "instrument-files/hspy/"+name))
		require.LessOrEqual(t, len(s.Data), 100_000, "%s would take long", name)
		samples = append(samples, s)
	}
	extractortest.Run(t, hspy.New(), samples...)
}
