package dm_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestAgainstReference compares every value with what the reference implementation says of
// the same files, without instrument and under the three built-in profiles. A value may be
// missing, different or additional only for a reason in the table of differences.
func TestAgainstReference(t *testing.T) {
	root := filepath.Join(testdata.Dir(t), "reference-output/extract/gatan-dm")
	used := map[string]int{}
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			want := readObject(t, filepath.Join(root, name+".json"))
			path := testdata.Unpacked(t, "instrument-files/gatan-dm/"+name)
			for _, instrument := range []string{"none", "FEI-Titan-STEM", "FEI-Titan-TEM", "JEOL-JEM-TEM"} {
				w := want.Group("instrument " + instrument)
				got := run(t, path, strings.TrimPrefix(instrument, "none"))
				if w.Has("error") {
					assert.Contains(t, refused, name, "the reference refuses this file")
					continue
				}
				signals, _ := w.Get("signals").(nexuslims.List)
				require.Len(t, got, len(signals))
				for i, s := range signals {
					where := fmt.Sprintf("%s#%d", name, i)
					compareMeta(t, where, instrument, s.(*nexuslims.Object).Group("nx_meta"), got[i].Document, used)
					if instrument == "none" {
						compareRaw(t, "", withoutMeta(s.(*nexuslims.Object)), got[i].Raw)
					}
				}
			}
		})
	}
	for _, d := range differences {
		assert.Positive(t, used[d.path], "the difference %q no longer exists", d.path)
	}
}

func withoutMeta(o *nexuslims.Object) *nexuslims.Object {
	c := o.Clone()
	c.Delete("nx_meta")
	return c
}

func compareMeta(
	t *testing.T, where, instrument string, want *nexuslims.Object, got extractors.Document, used map[string]int,
) {
	t.Helper()
	w, g := map[string]nexuslims.Value{}, map[string]nexuslims.Value{}
	flatten(want, "", w)
	flatten(got.Meta, "", g)
	kind := fmt.Sprintf("%s %s", g["DatasetType"], g["Data Type"])
	if reference := fmt.Sprintf("%s %s", w["DatasetType"], w["Data Type"]); kind != reference {
		expected, ok := types[where+"@"+instrument]
		if !ok {
			expected = types[where]
		}
		assert.Equal(t, expected, kind, "%s under %s, which the reference calls %s", where, instrument, reference)
	}
	for _, path := range union(w, g) {
		if path == "warnings" {
			compareWarnings(t, where, w[path], g)
			continue
		}
		if path == "DatasetType" || path == "Data Type" || strings.HasPrefix(path, "NexusLIMS Extraction") ||
			same(w[path], g[path]) {
			continue
		}
		i := slices.IndexFunc(differences, func(d difference) bool { return d.path == path })
		if i < 0 {
			t.Errorf("%s under %s: %s is %v, in the reference %v", where, instrument, path, g[path], w[path])
			continue
		}
		used[path]++
		differences[i].check(t, where, w, g)
	}
}

func union(a, b map[string]nexuslims.Value) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// same compares strictly: a whole number is no float. Quantities stand as text in the
// output of the reference.
func same(want, got nexuslims.Value) bool {
	if q, ok := got.(nexuslims.Quantity); ok {
		if text, ok := want.(nexuslims.Text); ok {
			w, ok := nexuslims.ParseQuantity(string(text))
			return ok && w.Equal(q)
		}
	}
	if want == nil || got == nil || fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return want == nil && got == nil
	}
	return nexuslims.Equal(want, got)
}

// compareRaw compares tags: long arrays are shortened here, empty texts are lists there.
func compareRaw(t *testing.T, path string, want, got nexuslims.Value) {
	t.Helper()
	switch w := want.(type) {
	case *nexuslims.Object:
		g, ok := got.(*nexuslims.Object)
		if !assert.True(t, ok, path) {
			return
		}
		assert.ElementsMatch(t, w.Keys(), g.Keys(), path)
		for key, v := range w.All() {
			compareRaw(t, path+"/"+key, v, g.Get(key))
		}
		return
	case nexuslims.List:
		if len(w) == 0 && got == nexuslims.Text("") {
			return
		}
		if len(w) > 256 {
			g, _ := got.(*nexuslims.Object)
			assert.Equal(t, nexuslims.Int(len(w)), g.Get("length"), path)
			assert.True(t, nexuslims.Equal(w[:8], g.Get("first")), path)
			assert.True(t, nexuslims.Equal(w[len(w)-8:], g.Get("last")), path)
			assert.Len(t, g.Text("sha256"), 64, path)
			return
		}
	case nexuslims.Text: // the way the comparison data write what is not a number in JSON
		if f, ok := got.(nexuslims.Float); ok && nexuslims.FloatText(float64(f)) == string(w) {
			return
		}
	}
	assert.True(t, same(want, got), "%s: %v, in the reference %v", path, got, want)
}

// compareWarnings compares as sets: a value that moved to a schema field takes its warning
// along, and a time of acquisition far from that of the file is marked here only.
func compareWarnings(t *testing.T, where string, want nexuslims.Value, got map[string]nexuslims.Value) {
	t.Helper()
	var expected, found []string
	for _, w := range want.(nexuslims.List) {
		path := nexuslims.TextOf(w)
		if to, ok := movedWarnings[path]; ok && got[to] != nil {
			path = "['" + to + "']"
		}
		expected = append(expected, path)
	}
	for _, g := range got["warnings"].(nexuslims.List) {
		if path := nexuslims.TextOf(g); path != "['Acquisition Timestamp']" {
			found = append(found, path)
		}
	}
	found = slices.DeleteFunc(found, func(path string) bool { return slices.Contains(newWarnings[where], path) })
	assert.ElementsMatch(t, expected, found, "%s: warnings", where)
}

// newWarnings are made by a profile for values that only we find.
var newWarnings = map[string][]string{"test_stackbuilder_imagestack.dm3#0": {"['Specimen']"}}

var movedWarnings = map[string]string{
	"['Detector']":               "detector_type",
	"['EDS', 'Azimuthal angle']": "azimuthal_angle",
	"['EDS', 'Elevation angle']": "elevation_angle",
	"['EDS', 'Live time']":       "live_time",
	"['EDS', 'Real time']":       "acquisition_time",
}
