package tofwerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	var samples []extractortest.Sample
	add := func(name string, change func(m *synth.TOFWERK)) {
		m := small()
		change(&m)
		samples = append(samples, extractortest.Sample{Name: name, Data: m.Bytes(), Instrument: berlin})
	}
	add("both.h5", func(*synth.TOFWERK) {})
	add("raw.h5", func(m *synth.TOFWERK) { m.Processed = false })
	add("processed.h5", func(m *synth.TOFWERK) { m.Raw = false })
	add("simple.H5", func(m *synth.TOFWERK) { m.Simple = true })
	add("neither.h5", func(m *synth.TOFWERK) { m.Raw, m.Processed = false, false })
	add("no image.h5", func(m *synth.TOFWERK) { m.Images = 0 })
	other := synth.NewHDF5()
	other.Root().Group("FullSpectra").Dataset("SumSpectrum", synth.HDF5Of([]float64{1}))
	samples = append(samples, extractortest.Foreign("other.h5", other.Bytes()), extractortest.Foreign("text.h5", []byte("text")),
		extractortest.Foreign("empty.h5", nil))
	for _, name := range []string{"fib_sims_raw.h5", "pfib-tofwerk opened.h5"} {
		samples = append(samples, extractortest.Load(t, testdata.Unpacked(t, "instrument-files/tofwerk/"+name)))
	}
	extractortest.Run(t, tofwerk.New(), samples...)
}

// TestAgainstReference compares every value with what the reference implementation says.
func TestAgainstReference(t *testing.T) {
	ext := func(name string) string { return "extensions/" + name }
	one := func(why, to, from string) []reference.Difference {
		return reference.Moved(why, []string{to}, ext(from))
	}
	var rows []reference.Difference
	rows = append(rows, one("the schema's name", "acceleration_voltage", "accelerating_voltage")...)
	rows = append(rows, one("the schema's name", "horizontal_field_width", "field_of_view")...)
	rows = append(rows, one("the schema's name", "pixel_width", "Pixel Size")...)
	rows = append(rows, reference.Dropped("a current of zero was not measured", ext("beam_current"))...)
	rows = append(rows, reference.Dropped("the same as Data Dimensions", ext("data_dimensions"))...)
	rows = append(rows, reference.Added("promoted from the extensions",
		"acceleration_voltage", "horizontal_field_width", "pixel_width")...)
	rows = append(rows, reference.Added("square maps have square pixels", "pixel_height")...)
	rows = append(rows, reference.Added("from the ends of the log", ext("Acquisition Duration"))...)
	suite := reference.Suite{
		Folder: "tofwerk", Names: reference.Names(t, "tofwerk", "h5"), Differences: rows, SkipRaw: true,
		Engine: reference.Engine(t, []extractors.Extractor{tofwerk.New()}),
	}
	require.Len(t, suite.Names, 3)
	suite.Run(t)
}

// TestAgainstExpected compares the counts with what an independent reader read.
func TestAgainstExpected(t *testing.T) {
	e := reference.Engine(t, []extractors.Extractor{tofwerk.New()})
	const name = "tofwerk/fib_sims_opened.h5"
	s := reference.Signals(t, e, name, "")[0]
	found := false
	for _, want := range reference.LoadExpected(t, name).Signals {
		if len(want.Shape) != 4 {
			continue
		}
		found = true
		assert.Equal(t, want.Shape, s.Data.Shape())
		assert.Equal(t, want.Element(), s.Data.Type.String())
		reference.CheckPixels(t, want, s.Data)
	}
	assert.True(t, found)
}
