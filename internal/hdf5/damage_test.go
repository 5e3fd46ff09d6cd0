package hdf5_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// smallFile is a file with most structures of the older format in a few kilobytes.
func smallFile() []byte {
	h := synth.NewHDF5()
	root := h.Root()
	root.Attr("text", "grüße").Attr("list", []float64{1, 2}).Attr("true", true).Attr("texts", []string{"a", "ccc"})
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		root.Group("many/"+name).Attr("n", 1)
	}
	root.Link("soft", "many/a")
	u2 := synth.HDF5Number(">u2")
	record := synth.HDF5Compound(synth.HDF5Field{Name: "x", Type: u2}, synth.HDF5Field{Name: "t", Type: synth.HDF5Text(6)})
	root.Dataset("plain", synth.HDF5Data{Shape: []int{5, 7}, Type: u2, Bytes: ramp("u2", 35)})
	root.Dataset("record", synth.HDF5Data{Shape: []int{2}, Type: record, Bytes: []byte("\x00\x01abc\x00\x00\x00\x00\x02abcdef")})
	root.Dataset("packed", synth.HDF5Data{
		Shape: []int{5, 7}, Type: u2, Bytes: ramp("u2", 35), Chunk: []int{2, 3}, Deflate: 4, Shuffle: true, Fletcher: true,
	})
	root.Dataset("lists", synth.HDF5Data{Shape: []int{3}, Type: synth.HDF5Sequence(u2), Sequences: [][]byte{{1, 2}, nil, {3, 4}}})
	return h.Bytes()
}

// readAll reads everything in a file; what is broken is left out.
func readAll(ctx context.Context, r io.ReaderAt, size int64) {
	f, err := hdf5.Open(r, size)
	if err != nil {
		return
	}
	seen := map[uint64]bool{}
	left := 2000
	var walk func(o hdf5.Object)
	walk = func(o hdf5.Object) {
		if left--; left < 0 || seen[o.ID()] || ctx.Err() != nil {
			return
		}
		seen[o.ID()] = true
		list, _ := o.Attributes()
		for i, a := range list {
			if i < 100 {
				_, _ = a.Value()
			}
		}
		switch o := o.(type) {
		case *hdf5.Dataset:
			readData(ctx, o)
		case *hdf5.Group:
			names, _ := o.Names()
			for i, name := range names {
				if m, err := o.Object(name); err == nil && i < 1000 {
					walk(m)
				}
			}
		}
	}
	walk(f.Root())
}

func readData(ctx context.Context, d *hdf5.Dataset) {
	_, _ = d.Value(ctx, 1<<16)
	n := int64(0)
	stop := errors.New("enough")
	_ = d.Chunks(ctx, func(_, _ []int, data []byte) error {
		if n += int64(len(data)); n > 1<<24 {
			return stop
		}
		return nil
	})
	start, ones, last := d.Shape(), d.Shape(), d.Shape()
	for i, n := range d.Shape() {
		start[i], ones[i], last[i] = 0, min(1, n), max(0, n-1)
	}
	step := make([]int, len(start))
	for i := range step {
		step[i] = 1
	}
	dst := make([]byte, d.ElementSize())
	_ = d.ReadRegion(ctx, start, ones, step, dst)
	_ = d.ReadRegion(ctx, last, ones, step, dst)
	_, _ = d.Lengths(ctx, start, ones, step)
	_, _ = d.Sequence(ctx, start, 1<<16)
}

// samples are small files of the older and the newer format.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "new.h5"))
	require.NoError(t, err)
	return map[string][]byte{"old": smallFile(), "new": b}
}

// allowed is how much memory reading everything in a damaged file of a few kilobytes may
// take in all, over and over.
const allowed = 64 << 20

// patience is how long it may take. A second is promised, on a machine that does nothing
// else; a test may share its own with many, and only a hang lasts this long.
const patience = time.Minute

// trial reads damaged files one after the other and keeps what they took.
type trial struct {
	testing.TB
	files          int
	longest        time.Duration
	most           uint64 // bytes
	slowest, worst string // which file
}

func newTrial(tb testing.TB) *trial {
	tb.Helper()
	tr := &trial{TB: tb}
	tb.Cleanup(func() {
		tb.Logf("%d damaged files; the longest took %s (%s), the most memory %d kB (%s)",
			tr.files, tr.longest, tr.slowest, tr.most>>10, tr.worst)
	})
	return tr
}

// read reads everything in one damaged file, within the bounds; one that goes on is left
// behind, and the test ends.
func (tr *trial) read(what string, at int, r io.ReaderAt, size int64) {
	tr.Helper()
	ctx, cancel := context.WithCancel(tr.Context())
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		readAll(ctx, r, size)
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		tr.Fatalf("%s at %d: no end after %s", what, at, patience)
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	used := after.TotalAlloc - before.TotalAlloc
	assert.LessOrEqual(tr, used, uint64(allowed), "%s at %d", what, at)
	if tr.files++; took > tr.longest {
		tr.longest, tr.slowest = took, fmt.Sprint(what, " at ", at)
	}
	if used > tr.most {
		tr.most, tr.worst = used, fmt.Sprint(what, " at ", at)
	}
}

func TestTruncatedFiles(t *testing.T) {
	tr := newTrial(t)
	for name, b := range samples(t) {
		for n := 0; n < len(b); n += 3 * fault.Stride {
			tr.read(name, n, bytes.NewReader(b[:n]), int64(n))
			if n%7 == 0 { // the size is that of the whole file
				tr.read(name+", shrunk", n, fault.Truncated{R: bytes.NewReader(b), N: int64(n)}, int64(len(b)))
			}
		}
		_, err := hdf5.Open(bytes.NewReader(b[:20]), 20)
		require.ErrorIs(t, err, nexuslims.Corrupt)
	}
}

// patchLengths reads a file with a number changed, at every fourth place.
func (tr *trial) patchLengths(name string, b []byte, stride int) {
	tr.Helper()
	le := binary.LittleEndian
	patches := map[string][]byte{
		"ones":  {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"large": le.AppendUint64(nil, 0x7fffffff), "huge": le.AppendUint64(nil, 1<<40), "zero": make([]byte, 8), "byte": {0xff},
	}
	for what, p := range patches {
		for at := 0; at < len(b)-8; at += 4 * stride {
			if at > 2000 && at%20 != 0 {
				continue
			}
			tr.read(name+" "+what, at, fault.Patched{R: bytes.NewReader(b), Off: int64(at), Bytes: p}, int64(len(b)))
		}
	}
}

func TestPatchedLengths(t *testing.T) {
	tr := newTrial(t)
	for name, b := range samples(t) {
		tr.patchLengths(name, b, fault.Stride)
	}
}

// TestAddressesInCircles lets every address in a file point to every structure.
func TestAddressesInCircles(t *testing.T) {
	tr, b := newTrial(t), smallFile()
	var nodes []uint64
	for _, signature := range []string{"TREE", "SNOD", "HEAP", "GCOL"} {
		for at := 0; ; at++ {
			i := bytes.Index(b[at:], []byte(signature))
			if i < 0 {
				break
			}
			at += i
			nodes = append(nodes, uint64(at))
		}
	}
	require.NotEmpty(t, nodes)
	addresses := 0
	for at := 0; at+8 <= len(b); at += 8 {
		if v := binary.LittleEndian.Uint64(b[at:]); v == 0 || v >= uint64(len(b)) {
			continue
		}
		if addresses++; addresses%fault.Stride != 0 {
			continue
		}
		for _, n := range nodes {
			r := fault.Patched{R: bytes.NewReader(b), Off: int64(at), Bytes: binary.LittleEndian.AppendUint64(nil, n)}
			tr.read("address", at, r, int64(len(b)))
		}
	}
}

// BenchmarkDamagedFiles gives the time and memory of the damaged file that takes most.
func BenchmarkDamagedFiles(b *testing.B) {
	tr := newTrial(b)
	for b.Loop() {
		for name, file := range samples(b) {
			tr.patchLengths(name, file, 11)
		}
	}
	b.ReportMetric(float64(tr.longest)/float64(time.Millisecond), "ms/longest")
	b.ReportMetric(float64(tr.most)/(1<<20), "MB/most")
}

func TestFailingReadersAreTransient(t *testing.T) {
	b := smallFile()
	for after := range int64(3) {
		r := &fault.Failing{R: bytes.NewReader(b), Err: errors.New("the share is gone"), After: after}
		f, err := hdf5.Open(r, int64(len(b)))
		if err == nil {
			d, derr := f.Root().Dataset("packed")
			if err = derr; err == nil {
				_, err = d.Value(t.Context(), 1000)
			}
		}
		require.ErrorIs(t, err, nexuslims.Transient, "after %d reads", after)
	}
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, err := open(t, smallFile()).Root().Dataset("packed")
	require.NoError(t, err)
	require.ErrorIs(t, d.ReadRegion(ctx, []int{0, 0}, []int{5, 7}, []int{1, 1}, make([]byte, 70)), nexuslims.Canceled)
	require.ErrorIs(t, d.Chunks(ctx, func(_, _ []int, _ []byte) error { return nil }), nexuslims.Canceled)
}

// tinyFiles have one thing each and little around it, which is what the fuzzer changes best.
func tinyFiles() [][]byte {
	u2 := synth.HDF5Number(">u2")
	var list [][]byte
	for _, fill := range []func(g *synth.HDF5Group){
		func(*synth.HDF5Group) {},
		func(g *synth.HDF5Group) { g.Attr("a", "text").Attr("b", []string{"b", "cc"}).Attr("c", 1.5) },
		func(g *synth.HDF5Group) {
			g.Dataset("d", synth.HDF5Data{Shape: []int{2, 3}, Type: u2, Bytes: ramp("u2", 6)})
		},
		func(g *synth.HDF5Group) {
			g.Dataset("d", synth.HDF5Data{
				Shape: []int{3}, Type: u2, Bytes: ramp("u2", 3), Chunk: []int{2}, Deflate: 1, Shuffle: true, Fletcher: true,
			})
		},
		func(g *synth.HDF5Group) {
			g.Dataset("d", synth.HDF5Data{Shape: []int{2}, Type: synth.HDF5Sequence(u2), Sequences: [][]byte{{1, 2}, nil}})
		},
		func(g *synth.HDF5Group) { g.Group("a/b"); g.Link("s", "a") },
	} {
		h := synth.NewHDF5()
		fill(h.Root())
		list = append(list, h.Bytes())
	}
	return list
}

func FuzzReadAll(f *testing.F) {
	for _, b := range tinyFiles() {
		f.Add(b)
	}
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		newTrial(t).read("fuzz", len(b), bytes.NewReader(b), int64(len(b)))
	})
}
