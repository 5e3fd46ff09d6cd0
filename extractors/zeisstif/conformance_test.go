package zeisstif_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var taken = time.Date(2024, 3, 5, 9, 4, 7, 0, time.UTC)

var newYork = &nexuslims.Instrument{PID: "Zeiss-Auriga", Timezone: "America/New_York"}

// variants are small files of every kind.
func variants() map[string][]byte {
	pages := synth.SEMImage(16, 2, taken)
	pages.Pages = append(pages.Pages, synth.Pixels(16, 12, 3))
	ions, wide, bare, wordy := synth.SEMImage(16, 4, taken), synth.SEMImage(16, 5, taken), synth.SEMImage(16, 6, taken),
		synth.SEMImage(16, 7, taken)
	ions.Ions = true
	wide.Wide = true
	wide.Settings = []synth.Setting{{Name: "SV_USER_NAME", Value: "User Name = 山田"}}
	bare.Bare = true
	wordy.Settings = []synth.Setting{
		{Name: "AP_WD", Value: "WD = unknown"}, {Name: "SV_USER_TEXT", Value: "User Text = first\r\nsecond"},
	}
	small := synth.Pixels(20, 16, 8)
	return map[string][]byte{
		"sem.tif": synth.SEMImage(24, 1, taken).Bytes(), "pages.tif": pages.Bytes(), "ions.tif": ions.Bytes(),
		"wide.tiff": wide.Bytes(), "bare.tif": bare.Bytes(), "wordy.TIF": wordy.Bytes(),
		"orion.tif":  synth.Orion{Picture: small, Field: 1, Time: taken}.Bytes(),
		"fibics.tif": synth.Fibics{Picture: small, Beam: "Orion", Field: 2.5, Time: taken, Thumbnail: true}.Bytes(),
		"atlas.tif":  synth.Fibics{Picture: small, Beam: "SEM", Field: 45, Time: taken}.Bytes(),
		"ga.tif":     synth.Fibics{Picture: small, Beam: "FIB", Field: 45, Time: taken}.Bytes(),
	}
}

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	samples := []extractortest.Sample{
		extractortest.Foreign("plain.tif", synth.TIFF(synth.Pixels(32, 32, 1))),
		extractortest.Foreign("empty.tif", nil),
		extractortest.Foreign("text.tif", []byte("no picture at all")),
		extractortest.Foreign("other.tif", synth.TIFF(synth.Pixels(8, 8, 1), synth.TIFFText{ID: 65000, Text: "<a/>"},
			synth.TIFFText{ID: 34118, Text: "1 2 3"})),
	}
	for name, data := range variants() {
		samples = append(samples, extractortest.Sample{Name: name, Data: data, Instrument: newYork})
	}
	extractortest.Run(t, zeisstif.New(), samples...)
}

// TestConformanceOfInstruments does the same with a file of an instrument.
func TestConformanceOfInstruments(t *testing.T) {
	extractortest.Run(t, zeisstif.New(),
		extractortest.Load(t, testdata.Unpacked(t, "instrument-files/zeiss-tiff/orion-zeiss_dataZeroed.tif")))
}

// file is a file of New York's instrument, in memory.
func file(name string, data []byte) *extractors.File {
	return extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), taken, extractors.Context{Instrument: newYork})
}
