package edax_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// hugeMap is a map of 64 GB.
func hugeMap() (fault.Sparse, int64) {
	head := synth.SPD{Columns: 1, Lines: 1, Channels: 1, CountBytes: 4}.Bytes()[:1084]
	le := func(at int, v byte) { head[at], head[at+1], head[at+2], head[at+3] = 0, v, 0, 0 }
	head[20], head[21], head[22], head[23] = 0, 0, 0, 1 // 2^24 spectra
	le(24, 16)
	le(28, 16)
	le(32, 4)
	size := int64(1084) + 4096*4096*1024*4
	return fault.Sparse{Data: head, Size: size}, size
}

// TestHugeMap reads one spectrum of 64 GB.
func TestHugeMap(t *testing.T) {
	r, size := hugeMap()
	c := &fault.Counting{R: r}
	result, err := edax.New().Extract(context.Background(), extractors.NewFile("a.spd", c, size, at, extractors.Context{}))
	require.NoError(t, err)
	s := result.Signals[0]
	assert.Equal(t, []int{4096, 4096, 1024}, s.Data.Shape())
	assert.Less(t, c.Bytes(), int64(4096))
	_, err = s.Data.Read(context.Background(), extractors.Region{Start: []int{4095, 4095, 0}, Count: []int{1, 1, 1024}, Step: []int{1, 1, 1}})
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(64<<10))
}

func BenchmarkMetadata(b *testing.B) {
	data := synth.EDAXSpectrum(1, at).Bytes()
	b.ReportAllocs()
	for b.Loop() {
		_, err := edax.New().Extract(context.Background(), open("a.spc", data, nil))
		require.NoError(b, err)
	}
}

func BenchmarkPreview(b *testing.B) {
	spd := synth.SPD{Columns: 64, Lines: 48, Channels: 1024, CountBytes: 2}.Bytes()
	for name, data := range map[string][]byte{"a.spc": synth.EDAXSpectrum(1, at).Bytes(), "a.spd": spd} {
		b.Run(name, func(b *testing.B) {
			s, _ := extract(b, name, data, nil)
			for b.Loop() {
				_, err := preview.Draw(context.Background(), s, preview.Options{})
				require.NoError(b, err)
			}
		})
	}
}
