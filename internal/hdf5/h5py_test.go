package hdf5_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// pyEntry is what h5py says about one object.
type pyEntry struct {
	Path, Kind, Element, Error, SHA256 string
	Attrs                              map[string]any
	Names                              []string
	Shape                              []int
	Null                               bool
	Regions                            []pyRegion
	Lengths                            []uint32
	Value                              any
}

type pyRegion struct {
	Start, Count, Step []int
	SHA256             string
}

// TestH5py reads files of every sort that h5py makes, of old and new formats, and compares
// everything with what h5py reads in them. NX_H5PY names a python with h5py.
func TestH5py(t *testing.T) {
	python := os.Getenv("NX_H5PY")
	if python == "" {
		t.Skip("NX_H5PY does not name a python interpreter with h5py")
	}
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "h5py_files.py"), dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(names), 12)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { comparePythonFile(t, name) })
	}
}

// TestNewFormat reads a small file with most structures of the newer format, that the same
// script made.
func TestNewFormat(t *testing.T) { comparePythonFile(t, filepath.Join("testdata", "new.h5.json")) }

func comparePythonFile(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	var doc struct{ Entries []pyEntry }
	require.NoError(t, json.Unmarshal(b, &doc))
	require.NotEmpty(t, doc.Entries)
	f := openFile(t, strings.TrimSuffix(name, ".json"))
	for _, e := range doc.Entries {
		comparePython(t, f, e)
	}
}

func comparePython(t *testing.T, f *hdf5.File, e pyEntry) {
	t.Helper()
	o, err := f.Root().Object(e.Path)
	if !assert.NoError(t, err, e.Path) {
		return
	}
	list, err := o.Attributes()
	require.NoError(t, err, e.Path)
	assert.Len(t, list, len(e.Attrs), e.Path)
	for _, a := range list {
		where := e.Path + "@" + a.Name
		v, err := a.Value()
		if a.Name == "text" || a.Name == "block" || assert.NoError(t, err, where) {
			require.NoError(t, err, where)
			comparePythonValue(t, v, e.Attrs[a.Name], where)
		}
		_, err = o.Attribute(a.Name)
		assert.NoError(t, err, where)
	}
	switch o := o.(type) {
	case *hdf5.Group:
		assert.Equal(t, "group", e.Kind, e.Path)
		names, err := o.Names()
		require.NoError(t, err, e.Path)
		assert.Equal(t, append([]string{}, e.Names...), append([]string{}, names...), e.Path)
	case *hdf5.Dataset:
		assert.Equal(t, "dataset", e.Kind, e.Path)
		comparePythonData(t, o, e)
	default:
		assert.Equal(t, "type", e.Kind, e.Path)
	}
}

func comparePythonData(t *testing.T, d *hdf5.Dataset, e pyEntry) {
	t.Helper()
	ctx := t.Context()
	if e.Null {
		assert.Nil(t, d.Shape(), e.Path)
		return
	}
	assert.Equal(t, append([]int{}, e.Shape...), d.Shape(), e.Path)
	if e.Error != "" {
		_, err := d.Value(ctx, 1<<20)
		require.ErrorIs(t, err, nexuslims.Unsupported, e.Path)
		assert.ErrorContains(t, err, e.Error)
		return
	}
	assert.Equal(t, e.Element, d.Type().Element(), e.Path)
	if e.Element != "" {
		whole := pyRegion{Start: make([]int, len(e.Shape)), Count: e.Shape, Step: make([]int, len(e.Shape)), SHA256: e.SHA256}
		for i := range whole.Step {
			whole.Step[i] = 1
		}
		for _, r := range append(e.Regions, whole) {
			n := d.ElementSize()
			for _, c := range r.Count {
				n *= c
			}
			b := make([]byte, n)
			if !assert.NoError(t, d.ReadRegion(ctx, r.Start, r.Count, r.Step, b), e.Path) {
				return
			}
			assert.Equal(t, r.SHA256, digestOf(b), "%s %v", e.Path, r)
		}
		assert.NoError(t, d.Chunks(ctx, func(start, count []int, data []byte) error {
			ones := make([]int, len(start))
			for i := range ones {
				ones[i] = 1
			}
			b := make([]byte, len(data))
			err := d.ReadRegion(ctx, start, count, ones, b)
			assert.Equal(t, b, data, "%s %v", e.Path, start)
			return err
		}), e.Path)
	}
	if e.Lengths != nil {
		r := make([]int, len(e.Shape))
		ones := make([]int, len(e.Shape))
		for i := range ones {
			ones[i] = 1
		}
		n, err := d.Lengths(ctx, r, e.Shape, ones)
		require.NoError(t, err, e.Path)
		assert.Equal(t, e.Lengths, n, e.Path)
	}
	if e.Value != nil {
		v, err := d.Value(ctx, 1<<20)
		if assert.NoError(t, err, e.Path) {
			comparePythonValue(t, v, e.Value, e.Path)
		}
	}
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func comparePythonValue(t *testing.T, got nexuslims.Value, want any, where string) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		assert.Equal(t, nexuslims.Null{}, got, where)
	case bool:
		assert.Equal(t, nexuslims.Bool(want), got, where)
	case string:
		assert.Equal(t, nexuslims.Text(want), got, where)
	case []any:
		list, ok := got.(nexuslims.List)
		require.True(t, ok && len(list) == len(want), "%s: %v is not %v", where, nexuslims.TextOf(got), want)
		for i := range want {
			comparePythonValue(t, list[i], want[i], where)
		}
	case map[string]any:
		comparePythonObject(t, got, want, where)
	default:
		assert.Fail(t, "unknown", "%s: %T", where, want)
	}
}

func comparePythonObject(t *testing.T, got nexuslims.Value, want map[string]any, where string) {
	t.Helper()
	if text, ok := want["int"].(string); ok {
		assert.Equal(t, text, nexuslims.TextOf(got), where)
		return
	}
	if text, ok := want["float"].(string); ok {
		f, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		v, ok := got.(nexuslims.Float)
		assert.True(t, ok && (float64(v) == f || math.IsNaN(f) && math.IsNaN(float64(v))), "%s: %v is not %s", where, v, text)
		return
	}
	o, ok := got.(*nexuslims.Object)
	require.True(t, ok, "%s: %T", where, got)
	if n, ok := want["_bytes_len"].(float64); ok {
		assert.Equal(t, nexuslims.Int(n), o.Get("length"), where)
		assert.Equal(t, nexuslims.Text(want["sha256"].(string)), o.Get("sha256"), where)
		return
	}
	members := want["compound"].([]any)
	assert.Equal(t, len(members), o.Len(), where)
	for _, m := range members {
		pair := m.([]any)
		comparePythonValue(t, o.Get(pair[0].(string)), pair[1], where+"."+pair[0].(string))
	}
}
