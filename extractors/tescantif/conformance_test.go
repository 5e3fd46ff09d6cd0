package tescantif_test

import (
	"bytes"
	"io/fs"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var taken = time.Date(2024, 3, 5, 9, 4, 7, 0, time.UTC)

var newYork = &nexuslims.Instrument{PID: "Tescan-AMBER", Timezone: "America/New_York"}

// image describes a small picture.
func image(seed uint64) synth.Tescan {
	t := synth.TescanImage(16, seed, taken)
	t.Strip = 4
	return t
}

// TestConformance holds the extractor to the promises of all extractors.
func TestConformance(t *testing.T) {
	ions, alone, eight, odd := image(2), image(3), image(4), image(5)
	ions.Column, alone.NoTag, eight.Eight = "FIB", true, true
	odd.Records = []synth.TescanRecord{{Type: 9, Data: []byte("Key=Value\n")}, {Type: 12, Data: []byte{0, 1, 2}}}
	odd.Settings = []synth.Setting{{Name: "WD", Value: "n/a"}}
	extractortest.Run(t, tescantif.New(),
		extractortest.Sample{Name: "sem.tif", Data: image(1).Bytes(), Instrument: newYork},
		extractortest.Sample{Name: "ions.TIF", Data: ions.Bytes(), Instrument: newYork},
		extractortest.Sample{
			Name: "alone.tif", Data: alone.Bytes(), Siblings: map[string][]byte{"alone-tif.hdr": alone.Header()}, Instrument: newYork,
		},
		extractortest.Sample{Name: "eight.tiff", Data: eight.Bytes(), Siblings: map[string][]byte{"eight.hdr": eight.Header()}},
		extractortest.Sample{Name: "odd.tif", Data: odd.Bytes()},
		extractortest.Foreign("plain.tif", synth.TIFF(synth.Pixels(8, 8, 1))),
		extractortest.Foreign("empty.tif", nil),
		extractortest.Foreign("text.tif", []byte("no picture at all")),
	)
}

// file is a file of New York's instrument with others beside it, in memory.
func file(name string, data []byte, siblings map[string][]byte) *extractors.File {
	c := extractors.Context{Instrument: newYork}
	c.Sibling = func(sib string) (*extractors.File, error) {
		data, ok := siblings[sib]
		if !ok {
			return nil, nexuslims.E(nexuslims.NotFound, "open sibling", sib, fs.ErrNotExist)
		}
		return extractors.NewFile(sib, bytes.NewReader(data), int64(len(data)), taken, c), nil
	}
	return extractors.NewFile(name, bytes.NewReader(data), int64(len(data)), taken, c)
}
