package tiff_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// peak returns by how much the heap grew while a function ran.
func peak(t *testing.T, f func()) uint64 {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	var most atomic.Uint64
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	f()
	close(stop)
	wait.Wait()
	return max(most.Load(), before) - before
}

// zeros returns n zero bytes as deflate packs them.
func zeros(t *testing.T, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := io.CopyN(z, zeroReader{}, n)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestGiantStripIsDecodedRowByRow(t *testing.T) {
	const side = 2000 + 10000/fault.Stride
	p := synth.TIFFPage{Width: side, Height: side, Bits: 16, Compression: 8, Segments: [][]byte{zeros(t, 2*side*side)}}
	b := encode(t, synth.TIFFOptions{}, p)
	m := image(t, b, 0)
	dst := make([]byte, 2*100*100)
	got := peak(t, func() {
		assert.NoError(t, m.ReadRegion(t.Context(), []int{0, 0}, []int{100, 100}, []int{side / 101, side / 101}, dst))
	})
	assert.Less(t, got, uint64(8<<20))
	assert.Equal(t, make([]byte, len(dst)), dst)
}

func TestBandsOfAStripAreDecodedOnce(t *testing.T) {
	p := synth.TIFFPage{Width: 500, Height: 1000, Bits: 16, Compression: 5, Data: samples(500*1000, 2, 16, 3)}
	b := encode(t, synth.TIFFOptions{}, p)
	c := &fault.Counting{R: bytes.NewReader(b)}
	f, err := tiff.Open(c, int64(len(b)))
	require.NoError(t, err)
	d, err := f.Directory(0)
	require.NoError(t, err)
	m, err := d.Image()
	require.NoError(t, err)
	var got []byte
	for y := range 50 {
		dst := make([]byte, 500*20*2)
		require.NoError(t, m.ReadRegion(t.Context(), []int{20 * y, 0}, []int{20, 500}, []int{1, 1}, dst))
		got = append(got, dst...)
	}
	assert.True(t, bytes.Equal(p.Data, got))
	assert.Less(t, c.Bytes(), int64(len(b)+len(b)/4))
}

func TestConcurrentReading(t *testing.T) {
	p := synth.TIFFPage{Width: 300, Height: 400, Bits: 16, Compression: 8, RowsPerStrip: 150, Data: samples(300*400, 2, 16, 3)}
	m := image(t, encode(t, synth.TIFFOptions{}, p), 0)
	got := make([]byte, len(p.Data))
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for y := worker; y < 40; y += 4 {
				assert.NoError(t, m.ReadRegion(t.Context(), []int{10 * y, 0}, []int{10, 300}, []int{1, 1}, got[y*6000:(y+1)*6000]))
			}
		})
	}
	wait.Wait()
	assert.True(t, bytes.Equal(p.Data, got))
}

// sparse writes a file that has a hole of size bytes at its end.
func sparse(t *testing.T, head []byte, size int64) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "sparse.tif"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	_, err = f.Write(head)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	return f
}

func TestHugeFile(t *testing.T) {
	const side, rows = 46000, 16 // four gigabytes
	p := synth.TIFFPage{Width: side, Height: side, Bits: 16, RowsPerStrip: rows}
	for at := uint64(1 << 20); len(p.Offsets) < side/rows; at += 2 * side * rows {
		p.Offsets, p.Sizes = append(p.Offsets, at), append(p.Sizes, 2*side*rows)
	}
	size := int64(p.Offsets[len(p.Offsets)-1] + 2*side*rows)
	file := sparse(t, encode(t, synth.TIFFOptions{Big: true}, p), size)
	c := &fault.Counting{R: file}
	f, err := tiff.Open(c, size)
	require.NoError(t, err)
	d, err := f.Directory(0)
	require.NoError(t, err)
	m, err := d.Image()
	require.NoError(t, err)
	assert.Equal(t, [2]int{side, side}, [2]int{m.Width, m.Height})
	assert.Less(t, c.Bytes(), int64(4096), "metadata")
	before := c.Bytes()
	dst := make([]byte, 2*100*100)
	grown := peak(t, func() {
		assert.NoError(t, m.ReadRegion(t.Context(), []int{0, 0}, []int{100, 100}, []int{459, 459}, dst))
	})
	assert.Less(t, grown, uint64(4<<20))
	assert.Less(t, c.Bytes()-before, int64(100*2*side+1<<20), "the rows that are wanted")
}

func TestClaimsAllocateNothing(t *testing.T) {
	for name, p := range map[string]synth.TIFFPage{
		"plain":    {Width: 1 << 30, Height: 1 << 30, Bits: 16, Segments: [][]byte{{1}}},
		"deflate":  {Width: 1 << 22, Height: 1 << 30, Bits: 16, Compression: 8, Segments: [][]byte{{1}}},
		"wide":     {Width: 1 << 30, Height: 1, Bits: 16, Compression: 5, Segments: [][]byte{{0x80, 0, 0}}},
		"tiles":    {Width: 1 << 30, Height: 1 << 30, TileWidth: 1 << 29, TileHeight: 1 << 29, Segments: [][]byte{{1}}},
		"samples":  {Width: 1, Height: 1 << 20, Samples: 60000, Segments: [][]byte{{1}}},
		"planes":   {Width: 9, Height: 9, Samples: 60000, Planes: true, Compression: 8, Segments: [][]byte{{1}}},
		"PackBits": {Width: 1 << 20, Height: 1 << 20, Compression: 32773, Segments: [][]byte{{0}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := encode(t, synth.TIFFOptions{}, p)
			grown := peak(t, func() {
				d, err := open(t, b).Directory(0)
				require.NoError(t, err)
				m, err := d.Image()
				if err != nil {
					assert.ErrorIs(t, err, nexuslims.Unsupported)
					return
				}
				dst := make([]byte, elementSize(t, m))
				at := []int{m.Height - 1, m.Width - 1}
				assert.ErrorIs(t, m.ReadRegion(t.Context(), at, []int{1, 1}, []int{1, 1}, dst), nexuslims.Corrupt)
			})
			assert.Less(t, grown, uint64(4<<20))
		})
	}
}
