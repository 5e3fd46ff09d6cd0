package emsa_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func seeds() []extractortest.Sample {
	short := synth.EDSText(1, at)
	short.X, short.Y = short.X[:20], short.Y[:20]
	comma := short.With("XPERCHAN", "10,0")
	comma.Comma, comma.Newline = true, "\r"
	return []extractortest.Sample{
		{Name: "short.msa", Data: short.Bytes()},
		{Name: "comma.msa", Data: comma.Bytes()},
		{Name: "losses.msa", Data: synth.EELSText(1).Bytes()},
	}
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, emsa.New(), seeds()...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, emsa.New(), 1000, seeds()...) }
