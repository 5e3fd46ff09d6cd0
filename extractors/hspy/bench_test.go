package hspy_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// TestHugeFile reads metadata and preview of a file of gigabytes, most of which is a hole: at
// most a megabyte is read for each, as the preview shows nine patterns.
func TestHugeFile(t *testing.T) {
	s := spectrum()
	s.Axes = []synth.HyperSpyAxis{
		navigation("y", "nm", 512, 1), navigation("x", "nm", 512, 1), axis("ky", "1/nm", 64, 1), axis("kx", "1/nm", 64, 1),
	}
	s.Metadata["Signal"] = tree{"signal_type": "electron_diffraction"}
	s.Data = synth.HDF5Data{Shape: []int{512, 512, 64, 64}, Type: synth.HDF5Number("u2"), Bytes: []byte{1, 0}}
	f, err := os.Create(filepath.Join(t.TempDir(), "large.hspy"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	size, err := synth.HyperSpy{Version: "3.3", Signals: []synth.HyperSpySignal{s}}.HDF5().Write(f)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	require.Greater(t, size, int64(2<<30))
	c := &fault.Counting{R: f}
	r := extract(t, extractors.NewFile("large.hspy", c, size, at, extractors.Context{}))
	assert.Less(t, c.Bytes(), int64(1<<20), "bytes read for metadata")
	assert.Empty(t, r.Warnings)
	assert.Equal(t, "(512, 512, 64, 64)", r.Signals[0].Meta.Text("Data Dimensions"))
	before := c.Bytes()
	_, err = preview.Draw(context.Background(), r.Signals[0], preview.Options{})
	require.NoError(t, err)
	assert.Less(t, c.Bytes()-before, int64(1<<20), "bytes read for the preview")
}

// large is an image of 2048 by 2048 pixels in the chunks in which HyperSpy writes it.
func large() []byte {
	s := of(axis("y", "nm", 2048, 1), axis("x", "nm", 2048, 1))
	var b []byte
	for _, v := range synth.Pixels(2048, 2048, 1).Values {
		b = append(b, byte(v), byte(v>>8))
	}
	s.Data = synth.HDF5Data{
		Shape: []int{2048, 2048}, Type: synth.HDF5Number("u2"), Bytes: b, Chunk: []int{512, 1024}, Deflate: 4, Shuffle: true,
	}
	return synth.HyperSpy{Version: "3.1", Signals: []synth.HyperSpySignal{s}}.Bytes()
}

func BenchmarkMetadata(b *testing.B) {
	for name, data := range map[string][]byte{"image": large(), "spectrum": variants()["spectrum.hspy"]} {
		b.Run(name, func(b *testing.B) {
			c := &fault.Counting{R: bytes.NewReader(data)}
			b.ReportAllocs()
			for b.Loop() {
				extract(b, extractors.NewFile("a.hspy", c, int64(len(data)), at, extractors.Context{}))
			}
			b.ReportMetric(float64(c.Bytes())/float64(b.N), "read-bytes/op")
		})
	}
}

func BenchmarkPreview(b *testing.B) {
	s := extract(b, fileOf("a.hspy", large())).Signals[0]
	for b.Loop() {
		_, err := preview.Draw(context.Background(), s, preview.Options{})
		require.NoError(b, err)
	}
}
