package edax_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func FuzzExtract(f *testing.F) {
	old := synth.EDAXSpectrum(2, at)
	old.Version = 0.61
	b, sides := mapFiles(2)
	f.Add(synth.EDAXSpectrum(1, at).Bytes(), []byte(nil), false)
	f.Add(old.Bytes(), []byte(nil), false)
	f.Add(b, sides["map_Img.ipr"], true)
	f.Add(b, sides["map.spc"], true)
	f.Fuzz(func(t *testing.T, data, side []byte, isMap bool) {
		name := "a.spc"
		if isMap {
			name = "a.spd"
		}
		file := open(name, data, map[string][]byte{"a_Img.ipr": side, "a.spc": side})
		_ = edax.New().WhyMatch(file)
		result, err := edax.New().Extract(context.Background(), file)
		if result == nil {
			require.Error(t, err)
			return
		}
		for _, s := range result.Signals {
			_ = s.JSON()
			if s.Data == nil {
				require.NotEmpty(t, s.NoPreview)
				continue
			}
			region := s.Data.All()
			for i := range region.Count {
				region.Step[i] = max(1, region.Count[i]/3)
				region.Count[i] = min(region.Count[i], 2)
			}
			_, err := s.Data.Read(context.Background(), region)
			require.NoError(t, err)
		}
	})
}
