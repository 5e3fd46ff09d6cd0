package emd_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var at = time.Date(2024, 5, 14, 13, 30, 0, 0, time.UTC)

func extract(tb testing.TB, f *extractors.File) *extractors.Result {
	tb.Helper()
	r, err := emd.New().Extract(context.Background(), f)
	require.NoError(tb, err)
	return r
}

// fileOf is a file of these bytes.
func fileOf(name string, b []byte) *extractors.File {
	return extractors.NewFile(name, bytes.NewReader(b), int64(len(b)), at, extractors.Context{})
}

func read(tb testing.TB, name string, b []byte) *extractors.Result {
	tb.Helper()
	return extract(tb, fileOf(name, b))
}

func numbers(tb testing.TB, a *extractors.Array, r extractors.Region) []float64 {
	tb.Helper()
	v, err := a.Float64(context.Background(), r)
	require.NoError(tb, err)
	return v
}

func hyperSpy() []byte {
	h := synth.NewHDF5()
	h.Root().Attr("file_format", "HyperSpy").Attr("file_format_version", "3.1")
	h.Root().Group("Experiments/a").Dataset("data", synth.HDF5Of([]float32{1, 2}))
	return h.Bytes()
}

func oldHyperSpy() []byte {
	h := synth.NewHDF5()
	g := h.Root().Group("Experiments/a")
	g.Dataset("data", synth.HDF5Of([]float32{1, 2}))
	g.Group("mapped_parameters")
	return h.Bytes()
}

func digitalMicrograph() []byte {
	h := synth.NewHDF5()
	h.Root().Group("ImageList/[0]")
	h.Root().Group("DocumentObjectList")
	return h.Bytes()
}

func plain() []byte {
	h := synth.NewHDF5()
	h.Root().Dataset("a", synth.HDF5Of([]float32{1, 2}))
	return h.Bytes()
}

// deep is a file of which a group far below the root alone carries the mark.
func deep() []byte {
	h := synth.NewHDF5()
	g := h.Root().Group("entry/data/a").Attr("emd_group_type", int32(1))
	g.Dataset("data", synth.HDF5Data{Shape: []int{2, 3}, Type: synth.HDF5Number("u1"), Bytes: []byte{1, 2, 3, 4, 5, 6}})
	return h.Bytes()
}

func TestMatch(t *testing.T) {
	velox, ncem := synth.Velox{Images: []synth.VeloxImage{image()}}.Bytes(), simpleNCEM().Bytes()
	for _, c := range []struct {
		name  string
		b     []byte
		match bool
		why   string
	}{
		{"a.emd", velox, true, "Velox"},
		{"a.h5", velox, true, "Velox"},
		{"a.HDF5", velox, true, "Velox"},
		{"a.emd", ncem, true, "EMD specification"},
		{"a.h5", ncem, true, "EMD specification"},
		{"a.hdf5", deep(), true, "EMD specification"},
		{"a.emd", hyperSpy(), false, "another program"},
		{"a.emd", oldHyperSpy(), false, "another program"},
		{"a.h5", hyperSpy(), false, "another program"},
		{"a.emd", digitalMicrograph(), false, "another program"},
		{"a.emd", plain(), true, "neither Velox nor Berkeley"},
		{"a.h5", plain(), false, "neither Velox nor Berkeley"},
		{"a.emd", []byte("text"), true, "not HDF5"},
		{"a.h5", []byte("text"), false, "not HDF5"},
		{"a.emd", nil, true, "not HDF5"},
	} {
		f := fileOf(c.name, c.b)
		assert.Equal(t, c.match, emd.New().Match(f), "%s: %s", c.name, c.why)
		assert.Contains(t, emd.New().WhyMatch(f), c.why, c.name)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	empty := synth.Velox{}.Bytes()
	for _, c := range []struct {
		name, says string
		b          []byte
		kind       nexuslims.Kind
	}{
		{"text", "not HDF5", []byte("this is a text and no HDF5"), nexuslims.Unsupported},
		{"empty", "not HDF5", nil, nexuslims.Unsupported},
		{"plain HDF5", "HDF5, but neither Velox nor Berkeley EMD", plain(), nexuslims.Unsupported},
		{"no signals", "no signal", empty, nexuslims.Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := emd.New().Extract(context.Background(), fileOf("a.emd", c.b))
			require.ErrorIs(t, err, c.kind)
			assert.Contains(t, err.Error(), c.says)
		})
	}
}
