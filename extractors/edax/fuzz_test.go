package edax_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func seeds() []extractortest.Sample {
	old := synth.EDAXSpectrum(2, at)
	old.Version = 0.61
	b, sides := mapFiles(2)
	return []extractortest.Sample{
		{Name: "a.spc", Data: synth.EDAXSpectrum(1, at).Bytes()},
		{Name: "old.spc", Data: old.Bytes()},
		{Name: "map.spd", Data: b, Siblings: map[string][]byte{"map_Img.ipr": sides["map_Img.ipr"]}},
		{Name: "map.spd", Data: b, Siblings: map[string][]byte{"map.spc": sides["map.spc"]}},
	}
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, edax.New(), seeds()...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, edax.New(), 1000, seeds()...) }
