package tescantif_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func seeds() []extractortest.Sample {
	ions, alone := image(2), image(3)
	ions.Column, alone.NoTag = "FIB", true
	side := func(b []byte) map[string][]byte { return map[string][]byte{"a.hdr": b} }
	return []extractortest.Sample{
		{Name: "a.tif", Data: image(1).Bytes()},
		{Name: "a.tif", Data: ions.Bytes(), Siblings: side(ions.Header())},
		{Name: "a.tif", Data: alone.Bytes(), Siblings: side(alone.Header())},
		{Name: "a.tif", Data: []byte("no picture"), Siblings: side(alone.Header())},
	}
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, tescantif.New(), seeds()...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, tescantif.New(), 1000, seeds()...) }

// FuzzTag changes tag 50431 alone.
func FuzzTag(f *testing.F) {
	picture := synth.Pixels(8, 6, 1)
	f.Add(image(1).Tag())
	f.Add([]byte("[MAIN]\nDate=2024-03-05\n[SEM]\nHV=1,5\n"))
	f.Fuzz(func(t *testing.T, tag []byte) {
		page := synth.TIFFPage{Width: 8, Height: 6, Data: picture.Bytes(), Tags: []synth.TIFFTag{{ID: 50431, Value: tag}}}
		data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
		require.NoError(t, err)
		extractortest.Try(t, tescantif.New(), extractortest.Sample{Name: "a.tif", Data: data})
	})
}
