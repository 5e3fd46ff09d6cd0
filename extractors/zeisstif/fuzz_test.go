package zeisstif_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func FuzzExtract(f *testing.F) {
	for _, data := range variants() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { tryFile(t, data) })
}

// FuzzTexts changes the texts alone.
func FuzzTexts(f *testing.F) {
	picture := synth.Pixels(8, 6, 1)
	f.Add(synth.SEMImage(16, 1, taken).Text(0), synth.Orion{Picture: picture, Field: 1, Time: taken}.Text(),
		synth.Fibics{Picture: picture, Beam: "SEM", Field: 4, Time: taken}.Text())
	f.Add("", "<ImageTags><a.b><Value>1</Value>", `<Fibics><Scan><item name="Dwell">= 1 µs</item></Scan></Fibics>`)
	f.Fuzz(func(t *testing.T, sem, orion, fibics string) {
		tryFile(t, synth.TIFF(picture, synth.TIFFText{ID: 34118, Text: sem}, synth.TIFFText{ID: 65000, Text: orion},
			synth.TIFFText{ID: 51023, Text: fibics}))
	})
}

func tryFile(t *testing.T, data []byte) {
	t.Helper()
	in := file("a.tif", data)
	_ = zeisstif.New().WhyMatch(in)
	result, err := zeisstif.New().Extract(context.Background(), in)
	if result == nil {
		require.Error(t, err)
		return
	}
	require.NotEmpty(t, result.Signals)
	for _, s := range result.Signals {
		_ = s.JSON()
		extractors.Place(s.Meta)
		if s.Data == nil {
			require.NotEmpty(t, s.NoPreview)
			continue
		}
		region := s.Data.All()
		for i := range region.Count {
			region.Step[i] = max(1, region.Count[i]/3)
			region.Count[i] = min(region.Count[i], 2)
		}
		_, _ = s.Data.Read(context.Background(), region) // damaged pixels are an error
	}
}
