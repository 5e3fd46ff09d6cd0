package tia_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// seeds are small pairs of every sort.
func seeds(tb testing.TB) []extractortest.Sample {
	tb.Helper()
	m := microscope()
	scattered := synth.TIAStack(4, 3, 1, m)
	scattered.SER.Scattered, scattered.SER.TableLast = true, true
	none := synth.TIAMap(1, 1, 16, 1, m)
	none.SER.Elements = nil
	var list []extractortest.Sample
	for i, s := range []synth.TIA{
		synth.TIAStack(4, 1, 1, m), synth.TIAStack(4, 3, 1, m), synth.TIAPattern(4, 1, m), synth.TIAMap(3, 2, 16, 1, m),
		synth.TIAMap(3, 1, 16, 1, m), scattered, none,
	} {
		ser, err := s.SER.Bytes()
		require.NoError(tb, err)
		if i%2 == 0 {
			s.EMI.Series = `C:\a_1.ser`
		}
		emi, err := synth.EMI{Objects: []synth.EMIObject{synth.TIASurvey(4, 1, m), s.EMI}, Blanked: i%3 == 1}.Bytes()
		require.NoError(tb, err)
		list = append(list, extractortest.Sample{Name: "a_1.ser", Data: ser, Siblings: map[string][]byte{"a.emi": emi}})
		if i < 3 {
			list = append(list, extractortest.Sample{Name: "a.emi", Data: emi})
		}
	}
	return list
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, tia.New(), seeds(f)...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, tia.New(), 1500, seeds(t)...) }
