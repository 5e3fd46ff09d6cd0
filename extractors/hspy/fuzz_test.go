package hspy_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
)

// seeds are the small files of every sort, in the same order each time.
func seeds() [][]byte {
	files := variants()
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	var list [][]byte
	for _, name := range names {
		list = append(list, files[name])
	}
	return list
}

// tryAll extracts from any bytes, and reads a few pixels of what can be read.
func tryAll(t *testing.T, b []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	file := fileOf("a.hspy", b)
	hspy.New().Match(file)
	result, err := hspy.New().Extract(ctx, file)
	if err != nil {
		return
	}
	for _, s := range result.Signals {
		_ = s.JSON()
		if s.Data == nil {
			require.NotEmpty(t, s.NoPreview)
			continue
		}
		for _, a := range []*extractors.Array{s.Data, s.Shown} {
			readSome(ctx, a)
		}
	}
	require.NoError(t, ctx.Err(), "it takes too long")
}

// readSome reads a few elements; what is damaged may fail.
func readSome(ctx context.Context, a *extractors.Array) {
	if a == nil {
		return
	}
	region := a.All()
	for i := range region.Count {
		region.Step[i] = max(1, region.Count[i]/3)
		region.Count[i] = min(region.Count[i], 2)
	}
	_, _ = a.Read(ctx, region)
}

func FuzzExtract(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(tryAll)
}

// TestDamagedFiles changes some bytes and cuts some files, the same ones each time.
func TestDamagedFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	files := seeds()
	for range 400 {
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
