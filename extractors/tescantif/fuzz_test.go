package tescantif_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func FuzzExtract(f *testing.F) {
	ions, alone := image(2), image(3)
	ions.Column, alone.NoTag = "FIB", true
	f.Add(image(1).Bytes(), []byte(nil))
	f.Add(ions.Bytes(), ions.Header())
	f.Add(alone.Bytes(), alone.Header())
	f.Add([]byte("no picture"), alone.Header())
	f.Fuzz(func(t *testing.T, data, side []byte) { tryFile(t, data, side) })
}

// FuzzTag changes tag 50431 alone.
func FuzzTag(f *testing.F) {
	picture := synth.Pixels(8, 6, 1)
	f.Add(image(1).Tag())
	f.Add([]byte("[MAIN]\nDate=2024-03-05\n[SEM]\nHV=1,5\n"))
	f.Fuzz(func(t *testing.T, tag []byte) {
		page := synth.TIFFPage{Width: 8, Height: 6, Data: picture.Bytes(), Tags: []synth.TIFFTag{{ID: 50431, Value: tag}}}
		data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
		require.NoError(t, err)
		tryFile(t, data, nil)
	})
}

func tryFile(t *testing.T, data, side []byte) {
	t.Helper()
	in := file("a.tif", data, map[string][]byte{"a.hdr": side})
	_ = tescantif.New().WhyMatch(in)
	result, err := tescantif.New().Extract(context.Background(), in)
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
