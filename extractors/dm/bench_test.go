package dm_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

var at = time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)

func extract(tb testing.TB, name string, r io.ReaderAt, size int64) *extractors.Result {
	tb.Helper()
	result, err := dm.New().Extract(context.Background(), extractors.NewFile(name, r, size, at, extractors.Context{}))
	require.NoError(tb, err)
	return result
}

// TestMetadataReadsNoPixels holds the number of bytes read to 64 kB, whatever the size of
// the image.
func TestMetadataReadsNoPixels(t *testing.T) {
	for _, size := range []int{256, 2048} {
		b, err := synth.TEMImage(size, 1, synth.DefaultMicroscope(at)).Bytes()
		require.NoError(t, err)
		c := &fault.Counting{R: bytes.NewReader(b)}
		extract(t, "a.dm3", c, int64(len(b)))
		assert.Less(t, c.Bytes(), int64(64<<10), "of %d bytes", len(b))
	}
}

// TestHugeStack reads one frame of a file of over 4 GB.
func TestHugeStack(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stack.dm4"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	size, err := synth.Stack(1024, 1024, 2048, synth.DefaultMicroscope(at)).Write(f)
	require.NoError(t, err)
	c := &fault.Counting{R: f}
	s := extract(t, "stack.dm4", c, size).Signals[0]
	assert.Less(t, c.Bytes(), int64(64<<10))
	assert.Equal(t, []int{2048, 1024, 1024}, s.Data.Shape())
	assert.Equal(t, 1, s.Data.NavigationAxes())
	region := extractors.Region{Start: []int{2047, 0, 0}, Count: []int{1, 64, 64}, Step: []int{1, 16, 16}}
	b, err := s.Data.Read(context.Background(), region)
	require.NoError(t, err)
	assert.Len(t, b, 64*64*2)
	assert.Less(t, c.Bytes(), int64(3<<20), "the frame alone")
}

func BenchmarkMetadata(b *testing.B) {
	for name, c := range map[string]struct{ version, size int }{
		"17MB": {3, 2048}, "300kB": {3, 256}, "17MB of version 5": {5, 2048},
	} {
		image := synth.TEMImage(c.size, 1, synth.DefaultMicroscope(at))
		image.Version = c.version
		data, err := image.Bytes()
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			c := &fault.Counting{R: bytes.NewReader(data)}
			b.ReportAllocs()
			for b.Loop() {
				extract(b, "a.dm3", c, int64(len(data)))
			}
			b.ReportMetric(float64(c.Bytes())/float64(b.N), "read-bytes/op")
		})
	}
}

func BenchmarkPixels(b *testing.B) {
	for _, version := range []int{3, 5} {
		image := synth.TEMImage(2048, 1, synth.DefaultMicroscope(at))
		image.Version = version
		data, err := image.Bytes()
		require.NoError(b, err)
		s := extract(b, "a.dm3", bytes.NewReader(data), int64(len(data))).Signals[0]
		b.Run(fmt.Sprintf("version %d", version), func(b *testing.B) {
			b.SetBytes(s.Data.Len() * int64(s.Data.Type.Size()))
			for b.Loop() {
				_, err := s.Data.Read(context.Background(), s.Data.All())
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkSpectrumImagePixels(b *testing.B) {
	data, err := synth.EELSImage(32, 32, 512, 1, synth.DefaultMicroscope(at)).Bytes()
	require.NoError(b, err)
	s := extract(b, "a.dm4", bytes.NewReader(data), int64(len(data))).Signals[0]
	b.SetBytes(s.Data.Len() * int64(s.Data.Type.Size()))
	for b.Loop() {
		_, err := s.Data.Read(context.Background(), s.Data.All())
		require.NoError(b, err)
	}
}
