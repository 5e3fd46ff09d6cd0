package dm_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/extractortest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// seeds are small files of every sort.
func seeds(tb testing.TB) []extractortest.Sample {
	tb.Helper()
	m := synth.DefaultMicroscope(at)
	packed := synth.DMImage{Type: 27, Size: []int{4, 4}, Axes: []synth.DMAxis{{Scale: 1, Unit: "1/nm"}}}
	big := synth.TEMImage(8, 1, m)
	big.Version, big.BigEndian = 4, true
	var list []extractortest.Sample
	for i, d := range []synth.DM{
		synth.TEMImage(8, 1, m), big, synth.EDSSpectrum(1, m), synth.EELSImage(3, 2, 16, 1, m), synth.Stack(4, 4, 3, m),
		{Version: 3, Images: []synth.DMImage{packed}},
	} {
		b, err := d.Bytes()
		require.NoError(tb, err)
		d.Version = 5
		five, err := d.Bytes()
		require.NoError(tb, err)
		list = append(list, extractortest.Sample{Name: fmt.Sprintf("%d.dm3", i), Data: b},
			extractortest.Sample{Name: fmt.Sprintf("%d.dm5", i), Data: five})
	}
	return list
}

func FuzzExtract(f *testing.F) { extractortest.Fuzz(f, dm.New(), seeds(f)...) }

func TestDamagedFiles(t *testing.T) { extractortest.Damage(t, dm.New(), 3000, seeds(t)...) }
