package tescantif_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// TestHugePicture reads the settings of a picture of 3.6 GB, and nothing else.
func TestHugePicture(t *testing.T) {
	const side = 60000
	page := synth.TIFFPage{
		Width: side, Height: side, Offsets: []uint64{1 << 20}, Sizes: []uint64{side * side},
		Tags: []synth.TIFFTag{{ID: 50431, Type: 1, Value: image(1).Tag()}},
	}
	data, err := synth.TIFFFile(synth.TIFFOptions{}, page)
	require.NoError(t, err)
	c := &fault.Counting{R: fault.Sparse{Data: data, Size: 1<<20 + side*side}}
	f := extractors.NewFile("a.tif", c, 1<<20+side*side, taken, extractors.Context{})
	assert.True(t, tescantif.New().Match(f))
	result, err := tescantif.New().Extract(context.Background(), f)
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(64<<10))
	s := result.Signals[0]
	assert.Equal(t, []int{side, side}, s.Data.Shape())
	_, err = s.Data.Read(context.Background(), extractors.Region{Start: []int{side - 1, 0}, Count: []int{1, 10}, Step: []int{1, 1}})
	require.NoError(t, err)
	assert.Less(t, c.Bytes(), int64(256<<10))
}

func BenchmarkMetadata(b *testing.B) {
	data := synth.TescanImage(2048, 1, taken).Bytes()
	b.ReportAllocs()
	for b.Loop() {
		_, err := tescantif.New().Extract(context.Background(), file("a.tif", data, nil))
		require.NoError(b, err)
	}
}

func BenchmarkPreview(b *testing.B) {
	data := synth.TescanImage(2048, 1, taken).Bytes()
	result, err := tescantif.New().Extract(context.Background(), file("a.tif", data, nil))
	require.NoError(b, err)
	for b.Loop() {
		_, err := preview.Draw(context.Background(), result.Signals[0], preview.Options{})
		require.NoError(b, err)
	}
}
