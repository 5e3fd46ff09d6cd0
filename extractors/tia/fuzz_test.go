package tia_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// pair is a series and its .emi file.
type pair struct{ ser, emi []byte }

// seeds are small pairs of every sort.
func seeds(tb testing.TB) []pair {
	tb.Helper()
	m := microscope()
	scattered := synth.TIAStack(4, 3, 1, m)
	scattered.SER.Scattered, scattered.SER.TableLast = true, true
	none := synth.TIAMap(1, 1, 16, 1, m)
	none.SER.Elements = nil
	var list []pair
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
		list = append(list, pair{ser, emi})
	}
	return list
}

// tryAll extracts from any bytes, and reads a few pixels of what can be read.
func tryAll(t *testing.T, ser, emi []byte) {
	t.Helper()
	r, err := folderOf(map[string][]byte{"a_1.ser": ser, "a_2.ser": ser, "a.emi": emi}).raw(t, "a_1.ser")
	if err != nil && r == nil {
		return
	}
	for _, s := range r.Signals {
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
		_, _ = s.Data.Read(context.Background(), region) // may be Corrupt
	}
}

func FuzzExtract(f *testing.F) {
	for _, p := range seeds(f) {
		f.Add(p.ser, p.emi)
	}
	f.Fuzz(tryAll)
}

// TestDamagedFiles changes some bytes and cuts some files, the same ones each time.
func TestDamagedFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	files := seeds(t)
	for range 1500 {
		p := files[rnd.IntN(len(files))]
		p = pair{bytes.Clone(p.ser), bytes.Clone(p.emi)}
		b := &p.ser
		if rnd.IntN(2) == 0 {
			b = &p.emi
		}
		for range 1 + rnd.IntN(6) {
			i := rnd.IntN(len(*b))
			switch rnd.IntN(3) {
			case 0:
				(*b)[i] = byte(rnd.IntN(256))
			case 1:
				(*b)[i] ^= 1 << rnd.IntN(8)
			default:
				copy((*b)[i:], []byte{0xff, 0xff, 0xff, 0xff}[:rnd.IntN(4)])
			}
		}
		if rnd.IntN(4) == 0 {
			*b = (*b)[:rnd.IntN(len(*b))]
		}
		tryAll(t, p.ser, p.emi)
	}
}
