package dm_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// seeds are small files of every sort.
func seeds(tb testing.TB) [][]byte {
	tb.Helper()
	m := synth.DefaultMicroscope(at)
	packed := synth.DMImage{Type: 27, Size: []int{4, 4}, Axes: []synth.DMAxis{{Scale: 1, Unit: "1/nm"}}}
	big := synth.TEMImage(8, 1, m)
	big.Version, big.BigEndian = 4, true
	var list [][]byte
	for _, d := range []synth.DM{
		synth.TEMImage(8, 1, m), big, synth.EDSSpectrum(1, m), synth.EELSImage(3, 2, 16, 1, m), synth.Stack(4, 4, 3, m),
		{Version: 3, Images: []synth.DMImage{packed}},
	} {
		b, err := d.Bytes()
		require.NoError(tb, err)
		d.Version = 5
		five, err := d.Bytes()
		require.NoError(tb, err)
		list = append(list, b, five)
	}
	return list
}

// tryAll extracts from any bytes, and reads a few pixels of what can be read.
func tryAll(t *testing.T, b []byte) {
	t.Helper()
	file := extractors.NewFile("a.dm3", bytes.NewReader(b), int64(len(b)), at, extractors.Context{})
	result, err := dm.New().Extract(context.Background(), file)
	if err != nil {
		return
	}
	for _, s := range result.Signals {
		dm.New().Migrate(s.Meta)
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
		if result.Format == "DM5" && err != nil { // where pixels lie is looked up when they are read
			kinds := []nexuslims.Kind{nexuslims.Corrupt, nexuslims.Unsupported}
			require.Contains(t, kinds, nexuslims.KindOf(err), "%v", err)
			continue
		}
		require.NoError(t, err)
	}
}

func FuzzExtract(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(tryAll)
}

// TestDamagedFiles changes some bytes and cuts some files, the same ones each time.
func TestDamagedFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	files := seeds(t)
	for range 3000 {
		b := bytes.Clone(files[rnd.IntN(len(files))])
		for range 1 + rnd.IntN(6) {
			i := rnd.IntN(len(b))
			switch rnd.IntN(3) {
			case 0:
				b[i] = byte(rnd.IntN(256))
			case 1:
				b[i] ^= 1 << rnd.IntN(8)
			default:
				copy(b[i:], []byte{0xff, 0xff, 0xff, 0xff}[:rnd.IntN(4)])
			}
		}
		if rnd.IntN(4) == 0 {
			b = b[:rnd.IntN(len(b))]
		}
		tryAll(t, b)
	}
}
