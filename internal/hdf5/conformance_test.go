package hdf5_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// entry is what an independent reader says about one object.
type entry struct {
	Path  string
	Attrs map[string]any
	Shape []int
	Dtype string
	Value any
}

// TestSharedFiles compares groups, datasets, attributes and small values of all files
// with what an independent reader found in them.
func TestSharedFiles(t *testing.T) {
	root := filepath.Join(testdata.Dir(t), "instrument-files")
	names, err := filepath.Glob(filepath.Join(root, "*", "expected", "*.json"))
	require.NoError(t, err)
	more, err := filepath.Glob(filepath.Join(root, "*", "expected", "*", "*.json"))
	require.NoError(t, err)
	files := 0
	for _, name := range append(names, more...) {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		var doc struct{ HDF5 []entry }
		if !strings.Contains(string(b), `"hdf5"`) || json.Unmarshal(b, &doc) != nil || doc.HDF5 == nil {
			continue
		}
		files++
		rel, err := filepath.Rel(filepath.Join(testdata.Dir(t)), name)
		require.NoError(t, err)
		rel = strings.TrimSuffix(strings.Replace(filepath.ToSlash(rel), "/expected/", "/", 1), ".json")
		t.Run(rel, func(t *testing.T) { compareFile(t, rel, doc.HDF5) })
	}
	assert.GreaterOrEqual(t, files, 22)
}

func compareFile(t *testing.T, rel string, entries []entry) {
	t.Helper()
	f := openFile(t, testdata.Unpacked(t, rel))
	listed := map[string]bool{}
	for _, e := range entries {
		listed["/"+strings.Trim(e.Path, "/")] = true
		o, err := f.Root().Object(e.Path)
		if !assert.NoError(t, err, e.Path) {
			continue
		}
		compareAttributes(t, o, e)
		d, isDataset := o.(*hdf5.Dataset)
		require.Equal(t, e.Dtype != "", isDataset, e.Path)
		if !isDataset {
			continue
		}
		assert.Equal(t, len(e.Shape), len(d.Shape()), e.Path)
		for i, n := range d.Shape() {
			assert.Equal(t, e.Shape[i], n, e.Path)
		}
		if e.Value != nil {
			v, err := d.Value(t.Context(), 1<<20)
			require.NoError(t, err, e.Path)
			compareValue(t, v, e.Value, e.Path)
		}
	}
	for _, path := range allPaths(t, f.Root()) {
		assert.True(t, listed[path], "%s is not listed", path)
	}
}

func compareAttributes(t *testing.T, o hdf5.Object, e entry) {
	t.Helper()
	list, err := o.Attributes()
	require.NoError(t, err, e.Path)
	assert.Len(t, list, len(e.Attrs), e.Path)
	for _, a := range list {
		want, ok := e.Attrs[a.Name]
		if !assert.True(t, ok, "%s@%s", e.Path, a.Name) {
			continue
		}
		v, err := a.Value()
		require.NoError(t, err, "%s@%s", e.Path, a.Name)
		compareValue(t, v, want, e.Path+"@"+a.Name)
		one, err := o.Attribute(a.Name)
		require.NoError(t, err)
		assert.Equal(t, a.Name, one.Name)
	}
}

func compareValue(t *testing.T, got nexuslims.Value, want any, where string) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any: // opaque bytes
		o, ok := got.(*nexuslims.Object)
		require.True(t, ok, where)
		compareValue(t, o.Get("length"), want["_bytes_len"], where)
		compareValue(t, o.Get("sha256"), want["sha256"], where)
	case []any:
		if o, ok := got.(*nexuslims.Object); ok { // a compound is listed without names
			var list nexuslims.List
			for _, v := range o.All() {
				list = append(list, v)
			}
			got = list
		}
		list, ok := got.(nexuslims.List)
		require.True(t, ok, "%s: %v", where, nexuslims.TextOf(got))
		require.Len(t, list, len(want), where)
		for i := range want {
			compareValue(t, list[i], want[i], where)
		}
	case float64:
		n, ok := nexuslims.Number(got)
		assert.True(t, ok && math.Abs(n-want) <= 1e-9*math.Abs(want), "%s: %v is not %v", where, nexuslims.TextOf(got), want)
	case bool:
		assert.Equal(t, nexuslims.Bool(want), got, where)
	case string:
		assert.Equal(t, want, nexuslims.TextOf(got), where)
	default:
		assert.Fail(t, "unknown", "%s: %T %v, got %v", where, want, want, nexuslims.TextOf(got))
	}
}

func openFile(t *testing.T, path string) *hdf5.File {
	t.Helper()
	r, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	info, err := r.Stat()
	require.NoError(t, err)
	f, err := hdf5.Open(r, info.Size())
	require.NoError(t, err)
	return f
}

// allPaths lists everything below a group, each object once.
func allPaths(t *testing.T, root *hdf5.Group) []string {
	t.Helper()
	var out []string
	seen := map[uint64]bool{}
	var walk func(g *hdf5.Group)
	walk = func(g *hdf5.Group) {
		if seen[g.ID()] {
			return
		}
		seen[g.ID()] = true
		out = append(out, g.Path())
		names, err := g.Names()
		require.NoError(t, err)
		for _, name := range names {
			o, err := g.Object(name)
			require.NoError(t, err, fmt.Sprintf("%s/%s", g.Path(), name))
			if sub, ok := o.(*hdf5.Group); ok {
				walk(sub)
				continue
			}
			if !seen[o.ID()] {
				seen[o.ID()] = true
				out = append(out, o.Path())
			}
		}
	}
	walk(root)
	return out
}
