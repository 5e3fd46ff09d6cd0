package tofwerk_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

func written(tb testing.TB, h *synth.HDF5) (*os.File, int64) {
	tb.Helper()
	f, err := os.Create(filepath.Join(tb.TempDir(), "large.h5"))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = f.Close() })
	size, err := h.Write(f)
	require.NoError(tb, err)
	return f, size
}

// TestMetadataOfLargeFiles reads less than a megabyte of a file of gigabytes.
func TestMetadataOfLargeFiles(t *testing.T) {
	m := synth.DefaultTOFWERK(begin)
	m.Writes, m.Lines, m.Pixels, m.Peaks, m.Samples, m.Images, m.Empty = 600, 128, 128, 217, 60_000, 600, true
	m.Simple = true
	h := m.HDF5()
	h.Root().Group("Other").Dataset("hole", synth.HDF5Data{Shape: []int{3 << 30}, Type: synth.HDF5Number("u1")})
	r, size := written(t, h)
	require.Greater(t, size, int64(3<<30))
	c := &fault.Counting{R: r}
	f := extractors.NewFile("a.h5", c, size, modified, extractors.Context{})
	require.True(t, tofwerk.New().Match(f))
	result, err := tofwerk.New().Extract(t.Context(), f)
	require.NoError(t, err)
	assert.Equal(t, "(600, 128, 128)", text(result.Signals[0], "Data Dimensions"))
	assert.Less(t, c.Bytes(), int64(1<<20))
}

// TestPreviewOfLargeMapsNeedsLittleMemory sums up a map of hundreds of megabytes.
func TestPreviewOfLargeMapsNeedsLittleMemory(t *testing.T) {
	m := synth.DefaultTOFWERK(begin)
	m.Writes, m.Lines, m.Pixels, m.Peaks, m.Raw, m.Empty = 60, 128, 128, 60, false, true
	m.Without = []string{"PeakData/PeakData"}
	h := m.HDF5()
	chunk := make([]byte, 4*128*128)
	for i := 0; i < len(chunk); i += 4 {
		chunk[i+2], chunk[i+3] = 0x80, 0x3f // one
	}
	const writes = 100
	h.Root().Group("PeakData").Dataset("PeakData", synth.HDF5Data{
		Shape: []int{writes, 128, 128, 60}, Chunk: []int{1, 128, 128, 1}, Type: synth.HDF5Number("f4"), Deflate: 1,
		Part: func(start []int) []byte {
			if start[3]%4 != 1 {
				return nil
			}
			return chunk
		},
	})
	r, size := written(t, h)
	result, err := tofwerk.New().Extract(t.Context(), extractors.NewFile("a.h5", r, size, modified, extractors.Context{}))
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	counts, err := result.Signals[0].MassMap.Counts(t.Context())
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.InDelta(t, 15*writes, counts.Total[0], 0)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))
}

func benchmarkFile(b *testing.B) *extractors.File {
	b.Helper()
	m := synth.DefaultTOFWERK(begin)
	m.Writes, m.Lines, m.Pixels, m.Peaks, m.Samples = 10, 64, 64, 100, 10_000
	file := m.Bytes()
	return extractors.NewFile("a.h5", io.ReaderAt(bytes.NewReader(file)), int64(len(file)), modified, extractors.Context{})
}

func BenchmarkMetadata(b *testing.B) {
	f := benchmarkFile(b)
	for b.Loop() {
		if _, err := tofwerk.New().Extract(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPreview(b *testing.B) {
	f := benchmarkFile(b)
	for b.Loop() {
		result, err := tofwerk.New().Extract(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := preview.Draw(b.Context(), result.Signals[0], preview.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
