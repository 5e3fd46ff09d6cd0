package feitif_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// TestMetadataReadsNoPixels counts the bytes of a sparse picture of two gigabytes, whose
// settings stand in tags, and behind the pixels.
func TestMetadataReadsNoPixels(t *testing.T) {
	const width, height = 40_000, 50_000
	o := synth.DefaultFEI(width, 1, at)
	for name, tags := range map[string][]synth.TIFFTag{
		"tags":   {{ID: 34682, Value: o.Settings()}, {ID: 34683, Value: o.XML()}},
		"behind": nil,
	} {
		t.Run(name, func(t *testing.T) {
			page := synth.TIFFPage{
				Width: width, Height: height, Offsets: []uint64{1 << 20}, Sizes: []uint64{width * height}, Tags: tags,
			}
			head, err := synth.TIFFFile(synth.TIFFOptions{Big: true}, page)
			require.NoError(t, err)
			f := sparse(t, head, width*height+2<<20, o.Settings())
			counting := &fault.Counting{R: f}
			file := extractors.NewFile("a.tif", counting, width*height+2<<20, at, extractors.Context{})
			require.True(t, feitif.New().Match(file))
			result, err := feitif.New().Extract(context.Background(), file)
			require.NoError(t, err)
			assert.Equal(t, "(50000, 40000)", result.Signals[0].Meta.Text("Data Dimensions"))
			assert.Less(t, counting.Bytes(), int64(1<<20))
		})
	}
}

// TestPreviewOfAHugePicture draws a sparse picture of two gigabytes without holding it.
func TestPreviewOfAHugePicture(t *testing.T) {
	const width, height = 40_000, 50_000
	page := synth.TIFFPage{
		Width: width, Height: height, Offsets: []uint64{1 << 20}, Sizes: []uint64{width * height},
		Tags: []synth.TIFFTag{{ID: 34682, Value: synth.DefaultFEI(width, 1, at).Settings()}},
	}
	head, err := synth.TIFFFile(synth.TIFFOptions{}, page)
	require.NoError(t, err)
	file := extractors.NewFile("a.tif", sparse(t, head, width*height+1<<20, ""), width*height+1<<20, at, extractors.Context{})
	result, err := feitif.New().Extract(context.Background(), file)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = preview.Draw(context.Background(), result.Signals[0], preview.Options{})
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))
}

// sparse makes a file of that size that begins and ends with texts.
func sparse(t *testing.T, head []byte, size int64, tail string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a.tif"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	_, err = f.Write(head)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	_, err = f.WriteAt([]byte(tail), size-int64(len(tail)))
	require.NoError(t, err)
	return f
}

func benchFile(b *testing.B) []byte {
	b.Helper()
	o := synth.DefaultFEI(2048, 1, at)
	o.Height = 2048
	data, err := o.TIFF(synth.TIFFTag{ID: 34683, Value: o.XML()})
	require.NoError(b, err)
	return data
}

func BenchmarkMetadata(b *testing.B) {
	data := benchFile(b)
	for b.Loop() {
		f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), at, extractors.Context{Instrument: newYork})
		_, err := feitif.New().Extract(context.Background(), f)
		require.NoError(b, err)
	}
}

func BenchmarkPreview(b *testing.B) {
	data := benchFile(b)
	f := extractors.NewFile("a.tif", bytes.NewReader(data), int64(len(data)), at, extractors.Context{})
	result, err := feitif.New().Extract(context.Background(), f)
	require.NoError(b, err)
	for b.Loop() {
		_, err := preview.Draw(context.Background(), result.Signals[0], preview.Options{})
		require.NoError(b, err)
	}
}
