package hspy_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var at = time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)

func extract(tb testing.TB, f *extractors.File) *extractors.Result {
	tb.Helper()
	r, err := hspy.New().Extract(context.Background(), f)
	require.NoError(tb, err)
	return r
}

// fileOf is a file of these bytes.
func fileOf(name string, b []byte) *extractors.File {
	return extractors.NewFile(name, bytes.NewReader(b), int64(len(b)), at, extractors.Context{})
}

func read(tb testing.TB, s ...synth.HyperSpySignal) *extractors.Result {
	tb.Helper()
	return extract(tb, fileOf("a.hspy", synth.HyperSpy{Version: "3.1", Signals: s}.Bytes()))
}

func axis(name, unit string, n int, scale float64) synth.HyperSpyAxis {
	return synth.HyperSpyAxis{Name: name, Unit: unit, Size: n, Scale: scale}
}

func navigation(name, unit string, n int, scale float64) synth.HyperSpyAxis {
	x := axis(name, unit, n, scale)
	x.Navigate = true
	return x
}

type tree = map[string]any

func numbers(tb testing.TB, a *extractors.Array) []float64 {
	tb.Helper()
	require.NotNil(tb, a)
	v, err := a.Float64(context.Background(), a.All())
	require.NoError(tb, err)
	return v
}

func plain() []byte {
	h := synth.NewHDF5()
	h.Root().Dataset("a", synth.HDF5Of([]float32{1, 2}))
	return h.Bytes()
}

func velox() []byte {
	return synth.Velox{Images: []synth.VeloxImage{{Name: "HAADF", Detector: "HAADF", Width: 4, Height: 4, Pixel: 1e-9}}}.Bytes()
}

func digitalMicrograph() []byte {
	h := synth.NewHDF5()
	h.Root().Group("ImageList/[0]")
	h.Root().Group("DocumentObjectList")
	return h.Bytes()
}

// experiments are files with a group of HyperSpy's name, but without what makes them its own.
func experiments(version bool) []byte {
	h := synth.NewHDF5()
	if version {
		h.Root().Attr("file_format_version", "1.0")
	}
	g := h.Root().Group("Experiments/a")
	g.Dataset("data", synth.HDF5Of([]float32{1, 2}))
	if version {
		g.Group("metadata")
	}
	return h.Bytes()
}

func TestMatch(t *testing.T) {
	now := synth.HyperSpy{Version: "3.3", Signals: []synth.HyperSpySignal{spectrum()}}.Bytes()
	first := synth.HyperSpy{Version: "1.0", Signals: []synth.HyperSpySignal{spectrum()}}.Bytes()
	ncem := synth.NCEM{Version: "0.2"}.Bytes()
	for _, c := range []struct {
		name  string
		b     []byte
		match bool
		why   string
	}{
		{"a.hspy", now, true, "file_format is HyperSpy"},
		{"a.HDF5", now, true, "file_format is HyperSpy"},
		{"a.h5", now, true, "file_format is HyperSpy"},
		{"a.hdf5", first, true, "experiments with metadata"},
		{"a.hspy", first, true, "experiments with metadata"},
		{"a.hspy", velox(), false, "another program"},
		{"a.h5", velox(), false, "another program"},
		{"a.hspy", digitalMicrograph(), false, "another program"},
		{"a.hspy", ncem, false, "another program"},
		{"a.hspy", plain(), true, "not of HyperSpy"},
		{"a.h5", plain(), false, "not of HyperSpy"},
		{"a.h5", experiments(false), false, "not of HyperSpy"},
		{"a.h5", experiments(true), false, "not of HyperSpy"},
		{"a.hspy", []byte("text"), true, "not HDF5"},
		{"a.h5", []byte("text"), false, "not HDF5"},
		{"a.hspy", nil, true, "not HDF5"},
	} {
		f := fileOf(c.name, c.b)
		assert.Equal(t, c.match, hspy.New().Match(f), "%s: %s", c.name, c.why)
		assert.Contains(t, hspy.New().WhyMatch(f), c.why, c.name)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, says string
		b          []byte
		kind       nexuslims.Kind
	}{
		{"text", "not HDF5", []byte("this is a text and no HDF5"), nexuslims.Unsupported},
		{"empty", "not HDF5", nil, nexuslims.Unsupported},
		{"plain HDF5", "HDF5, but not of HyperSpy", plain(), nexuslims.Unsupported},
		{"no signals", "no signal", synth.HyperSpy{Version: "3.1"}.Bytes(), nexuslims.Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := hspy.New().Extract(context.Background(), fileOf("a.hspy", c.b))
			require.ErrorIs(t, err, c.kind)
			assert.Contains(t, err.Error(), c.says)
		})
	}
}
