package emd_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// nothing is what is not written.
var nothing = make([]byte, 2*256*256)

// sparse leaves out the zeros at the end of what is written, which stay holes.
type sparse struct{ *os.File }

func (s sparse) WriteAt(p []byte, off int64) (int, error) {
	if bytes.Equal(p, nothing[:min(len(p), len(nothing))]) {
		return len(p), nil
	}
	kept := bytes.TrimRight(p, "\x00")
	_, err := s.File.WriteAt(kept, off)
	return len(p), err
}

// onDisk writes a large file, most of which are holes.
func onDisk(tb testing.TB, h *synth.HDF5) (*os.File, int64) {
	tb.Helper()
	f, err := os.Create(filepath.Join(tb.TempDir(), "large.emd"))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = f.Close() })
	size, err := h.Write(sparse{f})
	require.NoError(tb, err)
	require.NoError(tb, f.Truncate(size))
	return f, size
}

// highest runs what and returns by how much the memory in use grew, at the most: what
// lives while it runs is counted at each read.
type highest struct {
	io.ReaderAt
	base, most uint64
	reads      int
}

func (h *highest) ReadAt(p []byte, off int64) (int, error) {
	if h.reads++; h.reads%2048 == 1 {
		h.look()
	}
	return h.ReaderAt.ReadAt(p, off)
}

func (h *highest) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if h.base == 0 {
		runtime.GC()
		runtime.ReadMemStats(&m)
		h.base = m.HeapAlloc
	}
	h.most = max(h.most, m.HeapAlloc-min(m.HeapAlloc, h.base))
}

// TestHugeFiles reads metadata and previews of files with arrays of gigabytes: metadata read at most a
// megabyte, and neither takes a hundred megabytes of memory. The race detector gets arrays of a
// [fault.Stride]-th of the size.
func TestHugeFiles(t *testing.T) {
	events := eventMap()
	events.Width, events.Height, events.Frames, events.Segments, events.Channels = 512, 512, 1000, 1, 4096
	events.Values = 1 << 30 / fault.Stride
	events.Part = func(start []int) []byte { // most chunks were never written
		if start[0]/8192%8 != 0 {
			return nil
		}
		return nothing[:2*8192]
	}
	stack := image()
	stack.Width, stack.Height, stack.Frames = 256, 128, 10_000/fault.Stride
	stack.Pixels = func(int) []byte { return nothing[:2*256*128] }
	for name, file := range map[string]synth.Velox{
		"stream of 2 GB":         {Microscope: stem(), Map: events},
		"stack of 10,000 frames": {Microscope: stem(), Images: []synth.VeloxImage{stack}},
	} {
		t.Run(name, func(t *testing.T) {
			f, size := onDisk(t, file.HDF5())
			require.Greater(t, size, int64(250<<20/fault.Stride))
			c := &fault.Counting{R: f}
			r := extract(t, extractors.NewFile("large.emd", c, size, at, extractors.Context{}))
			assert.Less(t, c.Bytes(), int64(1<<20), "bytes read for metadata")
			assert.Empty(t, r.Warnings)
			h := &highest{ReaderAt: f}
			h.look()
			r = extract(t, extractors.NewFile("large.emd", h, size, at, extractors.Context{}))
			s := r.Signals[len(r.Signals)-1]
			_, err := preview.Draw(context.Background(), s, preview.Options{})
			require.NoError(t, err)
			h.look()
			assert.Less(t, h.most, uint64(100<<20), "bytes of memory")
		})
	}
}

// TestRegionOfLargeMap reads a row of a map of many frames: little more than what is wanted
// is read.
func TestRegionOfLargeMap(t *testing.T) {
	m := eventMap()
	m.Width, m.Height, m.Frames, m.Segments, m.Channels = 64, 64, 20, 1, 256
	b := synth.Velox{Microscope: stem(), Map: m}.Bytes()
	c := &fault.Counting{R: bytes.NewReader(b)}
	s := extract(t, extractors.NewFile("a.emd", c, int64(len(b)), at, extractors.Context{})).Signals[1]
	row := extractors.Region{Start: []int{40, 0, 0}, Count: []int{1, 64, 256}, Step: []int{1, 1, 1}}
	first := numbers(t, s.Data, row)
	before := c.Bytes()
	assert.Equal(t, first, numbers(t, s.Data, row))
	assert.Less(t, c.Bytes()-before, int64(20*3*2*4096), "two or three blocks of each frame")
}

func manyPixels(n int) func(int) []byte {
	return func(int) []byte {
		var b []byte
		for _, v := range synth.Pixels(n, n, 1).Values {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
		return b
	}
}

func benchmarked(tb testing.TB) map[string][]byte {
	tb.Helper()
	large := image()
	large.Width, large.Height, large.Pixels = 2048, 2048, manyPixels(2048)
	events := eventMap()
	events.Width, events.Height, events.Frames, events.Segments, events.Channels = 128, 128, 10, 4, 4096
	return map[string][]byte{
		"image": synth.Velox{Microscope: stem(), Images: []synth.VeloxImage{large}}.Bytes(),
		"map":   synth.Velox{Microscope: stem(), Map: events}.Bytes(),
	}
}

func BenchmarkMetadata(b *testing.B) {
	for name, data := range benchmarked(b) {
		b.Run(name, func(b *testing.B) {
			c := &fault.Counting{R: bytes.NewReader(data)}
			b.ReportAllocs()
			for b.Loop() {
				extract(b, extractors.NewFile("a.emd", c, int64(len(data)), at, extractors.Context{}))
			}
			b.ReportMetric(float64(c.Bytes())/float64(b.N), "read-bytes/op")
		})
	}
}

func BenchmarkPreview(b *testing.B) {
	for name, data := range benchmarked(b) {
		b.Run(name, func(b *testing.B) {
			list := read(b, "a.emd", data).Signals
			for b.Loop() {
				_, err := preview.Draw(context.Background(), list[len(list)-1], preview.Options{})
				require.NoError(b, err)
			}
		})
	}
}
