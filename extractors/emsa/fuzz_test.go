package emsa_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func FuzzExtract(f *testing.F) {
	short := synth.EDSText(1, at)
	short.X, short.Y = short.X[:20], short.Y[:20]
	comma := short.With("XPERCHAN", "10,0")
	comma.Comma, comma.Newline = true, "\r"
	f.Add(short.Bytes())
	f.Add(comma.Bytes())
	f.Add(synth.EELSText(1).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		result, err := emsa.New().Extract(context.Background(), open(data))
		if err != nil {
			return
		}
		for _, s := range result.Signals {
			_ = s.JSON()
			if s.Data == nil {
				require.NotEmpty(t, s.NoPreview)
				continue
			}
			n := s.Data.Axes[0].Size
			require.NotZero(t, s.Data.Axes[0].Scale)
			_, err := s.Data.Read(context.Background(), extractors.Region{Start: []int{n - 1}, Count: []int{1}, Step: []int{1}})
			require.NoError(t, err)
		}
	})
}
