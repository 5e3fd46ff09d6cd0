package hdf5_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// sparse writes a file of which only what is not a hole takes room.
func sparse(t testing.TB, h *synth.HDF5) (*os.File, int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "large.h5"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	size, err := h.Write(f)
	require.NoError(t, err)
	return f, size
}

func TestLargeFilesNeedLittleMemory(t *testing.T) {
	h := synth.NewHDF5()
	u1 := synth.HDF5Number("u1")
	h.Root().Dataset("hole", synth.HDF5Data{Shape: []int{2 << 10, 1 << 20}, Type: u1}).Attr("unit", "nm")
	block := make([]byte, 1<<20)
	const every = 4 * fault.Stride // row is written
	h.Root().Dataset("chunks", synth.HDF5Data{
		Shape: []int{2 << 10, 1 << 20}, Max: []int{-1, 1 << 20}, Type: u1, Chunk: []int{1, 1 << 20},
		Deflate: 1, Part: func(start []int) []byte {
			if start[0]%every != 0 {
				return nil // never written
			}
			binary.LittleEndian.PutUint32(block, uint32(start[0]))
			return block
		},
	})
	r, size := sparse(t, h)
	require.Greater(t, size, int64(2<<30))
	counting := &fault.Counting{R: r}
	f, err := hdf5.Open(counting, size)
	require.NoError(t, err)
	for _, name := range []string{"hole", "chunks"} {
		d, err := f.Root().Dataset(name)
		require.NoError(t, err)
		_, err = d.Attributes()
		require.NoError(t, err)
	}
	assert.Less(t, counting.Bytes(), int64(64<<10))
	assert.Less(t, counting.Reads(), int64(16))

	d, err := f.Root().Dataset("chunks")
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	total := int64(0)
	require.NoError(t, d.Chunks(t.Context(), func(start, _ []int, data []byte) error {
		if total%(64<<20) == 0 {
			assert.Equal(t, uint32(start[0]), binary.LittleEndian.Uint32(data))
		}
		total += int64(len(data))
		return nil
	}))
	runtime.ReadMemStats(&after)
	assert.Equal(t, int64((2<<10+every-1)/every)<<20, total)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

func TestRegionsReadWhatTheyNeed(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("hole", synth.HDF5Data{Shape: []int{1 << 14, 1 << 16}, Type: synth.HDF5Number("u2")})
	r, size := sparse(t, h)
	counting := &fault.Counting{R: r}
	f, err := hdf5.Open(counting, size)
	require.NoError(t, err)
	d, err := f.Root().Dataset("hole")
	require.NoError(t, err)
	dst := make([]byte, 2*256*256)
	require.NoError(t, d.ReadRegion(t.Context(), []int{0, 0}, []int{256, 256}, []int{64, 1}, dst))
	assert.Less(t, counting.Bytes(), int64(1<<18))
	before := counting.Bytes()
	require.NoError(t, d.ReadRegion(t.Context(), []int{0, 5}, []int{64, 1}, []int{256, 1}, dst[:128]))
	assert.Less(t, counting.Bytes()-before, int64(4096))
}

func TestChunksAreDecodedOnce(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{
		Shape: []int{64, 1024}, Type: synth.HDF5Number("u2"), Bytes: ramp("u2", 64<<10),
		Chunk: []int{64, 512}, Deflate: 1,
	})
	r, size := sparse(t, h)
	counting := &fault.Counting{R: r}
	f, err := hdf5.Open(counting, size)
	require.NoError(t, err)
	d, err := f.Root().Dataset("d")
	require.NoError(t, err)
	row := make([]byte, 2048)
	read := func(i int) {
		require.NoError(t, d.ReadRegion(t.Context(), []int{i, 0}, []int{1, 1024}, []int{1, 1}, row))
		assert.Equal(t, uint16(i*1024), binary.LittleEndian.Uint16(row))
	}
	read(0)
	before := counting.Bytes()
	for i := range 64 {
		read(i)
	}
	assert.Equal(t, before, counting.Bytes())
}

// TestChunksAreDecodedOnceForAll reads one chunk from many goroutines at once.
func TestChunksAreDecodedOnceForAll(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{
		Shape: []int{256, 1024}, Type: synth.HDF5Number("u2"), Bytes: ramp("u2", 256<<10), Chunk: []int{256, 1024}, Deflate: 1,
	})
	r, size := sparse(t, h)
	counting := &fault.Counting{R: r}
	f, err := hdf5.Open(counting, size)
	require.NoError(t, err)
	d, err := f.Root().Dataset("d")
	require.NoError(t, err)
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			row := make([]byte, 2048)
			assert.NoError(t, d.ReadRegion(t.Context(), []int{i, 0}, []int{1, 1024}, []int{1, 1}, row))
			assert.Equal(t, uint16(i*1024), binary.LittleEndian.Uint16(row))
		})
	}
	wait.Wait()
	assert.Less(t, counting.Bytes(), size+1<<16)
}

// TestManyLargeChunks goes over the size of the cache again and again.
func TestManyLargeChunks(t *testing.T) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{
		Shape: []int{8, 3 << 20}, Type: synth.HDF5Number("u1"), Chunk: []int{1, 3 << 20}, Deflate: 1,
		Part: func(start []int) []byte {
			b := make([]byte, 3<<20)
			b[5] = byte(start[0])
			return b
		},
	})
	r, size := sparse(t, h)
	f, err := hdf5.Open(r, size)
	require.NoError(t, err)
	d, err := f.Root().Dataset("d")
	require.NoError(t, err)
	for i := range 24 {
		one := make([]byte, 1)
		require.NoError(t, d.ReadRegion(t.Context(), []int{i % 8, 5}, []int{1, 1}, []int{1, 1}, one))
		assert.Equal(t, byte(i%8), one[0])
	}
}

func BenchmarkOpenAndAttributes(b *testing.B) {
	h := synth.NewHDF5()
	for i := range 300 {
		h.Root().Group("images").Group("Image" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		h.Root().Attr(name, 1.5).Attr(name+"t", "text").Group("images/Imagebb").Attr(name, 7)
	}
	file := h.Bytes()
	b.ReportAllocs()
	for b.Loop() {
		f := open(b, file)
		g, err := f.Root().Group("images/Imagebb")
		if err != nil {
			b.Fatal(err)
		}
		for _, o := range []hdf5.Object{f.Root(), g} {
			list, err := o.Attributes()
			if err != nil {
				b.Fatal(err)
			}
			for _, a := range list {
				if _, err := a.Value(); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

func BenchmarkReadPacked(b *testing.B) {
	h := synth.NewHDF5()
	h.Root().Dataset("d", synth.HDF5Data{
		Shape: []int{2048, 2048}, Type: synth.HDF5Number("u2"),
		Bytes: synth.Pixels(2048, 2048, 1).Uint16(), Chunk: []int{128, 256}, Deflate: 4, Shuffle: true,
	})
	file := h.Bytes()
	dst := make([]byte, 2048*2048*2)
	b.SetBytes(int64(len(dst)))
	for b.Loop() {
		d, err := open(b, file).Root().Dataset("d")
		if err != nil {
			b.Fatal(err)
		}
		if err := d.ReadRegion(b.Context(), []int{0, 0}, []int{2048, 2048}, []int{1, 1}, dst); err != nil {
			b.Fatal(err)
		}
	}
}
