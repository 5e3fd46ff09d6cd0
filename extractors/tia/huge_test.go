package tia_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// limit is what the metadata of any file may cost, in bytes read.
const limit = 1 << 20

// onDisk opens a file of a folder; its siblings too. All reads are counted.
func onDisk(tb testing.TB, dir, name string, n *fault.Counting) *extractors.File {
	tb.Helper()
	r, err := os.Open(filepath.Join(dir, name))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = r.Close() })
	info, err := r.Stat()
	require.NoError(tb, err)
	c := extractors.Context{Sibling: func(sib string) (*extractors.File, error) {
		if _, err := os.Stat(filepath.Join(dir, sib)); err != nil {
			return folderOf(nil).open(sib)
		}
		return onDisk(tb, dir, sib, n), nil
	}}
	return extractors.NewFile(name, n.Of(r), info.Size(), at, c)
}

func create(tb testing.TB, path string, write func(f *os.File) (int64, error)) int64 {
	tb.Helper()
	f, err := os.Create(path)
	require.NoError(tb, err)
	size, err := write(f)
	require.NoError(tb, err)
	require.NoError(tb, f.Truncate(size))
	require.NoError(tb, f.Close())
	return size
}

// hugeStack writes a stack of over 4 GB without pixels, and its .emi file of over 30 MB.
func hugeStack(tb testing.TB, blanked bool) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	o := synth.TIAStack(2048, 520, 0, microscope())
	o.EMI.Series = `D:\stack_1.ser`
	others := []synth.EMIObject{{Block: synth.EMIBlock{UUID: "marker"}}, synth.TIAStack(2048, 1, 0, microscope()).EMI, o.EMI}
	// The blocks of real files have 6,000 bytes and more.
	for i := range others[1:] {
		for n := range 120 {
			others[i+1].Block.Header = append(others[i+1].Block.Header, [2]string{string(rune('0' + n%10)), "0.0000000000000001"})
		}
	}
	others = append(others, synth.TIAStack(2048, 1, 0, microscope()).EMI)
	size := create(tb, filepath.Join(dir, "stack_1.ser"), func(f *os.File) (int64, error) { return o.SER.Write(f) })
	require.Greater(tb, size, int64(4<<30))
	size = create(tb, filepath.Join(dir, "stack.emi"), func(f *os.File) (int64, error) {
		return synth.EMI{Objects: others, Blanked: blanked}.Write(f)
	})
	require.Greater(tb, size, int64(24<<20))
	return dir
}

// TestHugeStack reads little of a large series and of its .emi file, marked or blanked.
func TestHugeStack(t *testing.T) {
	for name, blanked := range map[string]bool{"marked": false, "blanked": true} {
		t.Run(name, func(t *testing.T) {
			var n fault.Counting
			out, err := engine(t).Extract(context.Background(), onDisk(t, hugeStack(t, blanked), "stack_1.ser", &n))
			require.NoError(t, err)
			s := out.Signals[0]
			assert.Less(t, n.Bytes(), int64(limit))
			assert.Equal(t, "135.0", extensionOr(s, "emission_current"))
			assert.Equal(t, []int{520, 2048, 2048}, s.Data.Shape())
			before := n.Bytes()
			region := extractors.Region{Start: []int{519, 0, 0}, Count: []int{1, 64, 64}, Step: []int{1, 32, 32}}
			_, err = s.Data.Read(context.Background(), region)
			require.NoError(t, err)
			assert.Less(t, n.Bytes()-before, int64(9<<20), "the frame alone")
		})
	}
}

func extensionOr(s *extractors.Signal, name string) string {
	if v := s.Meta.Get(name); v != nil {
		return nexuslims.TextOf(v)
	}
	return extension(s, name)
}

// TestLargeSharedFiles reads little of the largest instrument files, whose .emi files were
// blanked.
func TestLargeSharedFiles(t *testing.T) {
	for _, name := range []string{
		"Titan_TEM_7_image_stack_1_dataZeroed_1.ser", "Titan_TEM_10_emi_list_4_images_dataZeroed_4.ser",
		"Titan_TEM_12_no_accompanying_emi_dataZeroed_1.ser",
	} {
		dir := t.TempDir()
		emi := name[:len(name)-len("_1.ser")] + ".emi"
		for _, f := range []string{name, emi} {
			if f == emi && name == "Titan_TEM_12_no_accompanying_emi_dataZeroed_1.ser" {
				continue
			}
			require.NoError(t, os.Rename(testdata.Unpacked(t, "instrument-files/fei-tia/"+f), filepath.Join(dir, f)))
		}
		var n fault.Counting
		out, err := engine(t).Extract(context.Background(), onDisk(t, dir, name, &n))
		require.NoError(t, err)
		assert.Less(t, n.Bytes(), int64(limit), name)
		if name != "Titan_TEM_12_no_accompanying_emi_dataZeroed_1.ser" {
			assert.True(t, out.Signals[0].Meta.Has("acceleration_voltage"), name)
		}
	}
}

// TestHugeMap reads a sample of the headers of a map of 14,400 spectra.
func TestHugeMap(t *testing.T) {
	const side, channels = 120, 4000
	s := synth.TIAMap(1, 1, channels, 1, microscope()).SER
	one := s.Elements[0]
	one.Pixels = nil
	s.Version, s.Elements, s.Dimensions = 0x0220, nil, []synth.SERDimension{{Size: side, Delta: 1}, {Size: side, Delta: 1}}
	for range side * side {
		s.Elements = append(s.Elements, one)
	}
	dir := t.TempDir()
	create(t, filepath.Join(dir, "a_1.ser"), func(f *os.File) (int64, error) { return s.Write(f) })
	var n fault.Counting
	out, err := engine(t).Extract(context.Background(), onDisk(t, dir, "a_1.ser", &n))
	require.NoError(t, err)
	signal := out.Signals[0]
	assert.Less(t, n.Bytes(), int64(200<<10), "the table alone has 230,400 bytes")
	assert.Equal(t, []int{side, side, channels}, signal.Data.Shape())
	times := signal.Raw.Group("ser_header_parameters", "Time")
	assert.Equal(t, "14400", nexuslims.TextOf(times.Get("length")))
	assert.False(t, times.Has("sha256"))
	before := n.Bytes()
	_, err = signal.Data.Read(context.Background(), extractors.Region{
		Start: []int{119, 119, 0}, Count: []int{1, 1, channels}, Step: []int{1, 1, 1},
	})
	require.NoError(t, err)
	assert.Less(t, n.Bytes()-before, int64(100<<10))
}

// TestMemoryOfHugeStack draws a stack of 4 GB in little memory.
func TestMemoryOfHugeStack(t *testing.T) {
	dir := hugeStack(t, false)
	peak := peakOf(func() {
		var n fault.Counting
		out, err := engine(t).Extract(context.Background(), onDisk(t, dir, "stack_1.ser", &n))
		require.NoError(t, err)
		picture, err := preview.Draw(context.Background(), out.Signals[0], preview.Options{})
		require.NoError(t, err)
		assert.NotEmpty(t, picture.PNG)
	})
	assert.Less(t, peak, uint64(100<<20))
}

// peakOf returns by how many bytes the objects of the heap grew at most meanwhile.
func peakOf(do func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	used := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before := used()
	stop, peaks := make(chan struct{}), make(chan uint64)
	go func() {
		peak := before
		for {
			select {
			case <-stop:
				peaks <- peak
				return
			case <-time.After(time.Millisecond):
				peak = max(peak, used())
			}
		}
	}()
	do()
	close(stop)
	return <-peaks - before
}
