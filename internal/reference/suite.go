package reference

import (
	"fmt"
	"maps"
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

// Suite compares every value of a folder's files with the reference.
type Suite struct {
	Folder string   // of instrument files: "fei-tia"
	Names  []string // of the files below it; see [Names]
	Engine *extractors.Engine
	// Instruments under which the reference read the files besides "none".
	Instruments []string
	Differences []Difference
	// Types are the types of signals, "Spectrum TEM_EELS", that are not those of the
	// reference: by file and signal, "a.dm3#0", or "a.dm3#0@FEI-Titan-TEM" under one instrument.
	Types map[string]string
	// Refused are the files that the reference cannot read.
	Refused []string
	// MovedWarnings are paths of warnings of the reference, as it writes them, and the paths
	// they have here where that exists; Warnings are those that only we give, by "file#signal".
	MovedWarnings map[string]string
	Warnings      map[string][]string
	// Raw are the raw tags, "/ObjectInfo/…", that are not those of the reference, and why. A
	// path that ends with "*" is a beginning. SkipRaw leaves them to another test.
	Raw     map[string]string
	SkipRaw bool

	used map[string]int
}

// Run compares all files.
func (s *Suite) Run(t *testing.T) {
	t.Helper()
	s.used = map[string]int{}
	for _, name := range s.Names {
		t.Run(name, func(t *testing.T) {
			want := ReadObject(t, filepath.Join(testdata.Dir(t), "reference-output/extract", s.Folder, name+".json"))
			for _, instrument := range append([]string{"none"}, s.Instruments...) {
				s.file(t, name, instrument, want.Group("instrument "+instrument))
			}
		})
	}
	for i, d := range s.Differences {
		assert.Positive(t, s.used[fmt.Sprint(i)], "the difference %q (%s) no longer exists", d.Path, d.Why)
	}
	for path := range s.Raw {
		assert.Positive(t, s.used[path], "the difference of raw tags %q no longer exists", path)
	}
}

func (s *Suite) file(t *testing.T, name, instrument string, want *nexuslims.Object) {
	t.Helper()
	pid := strings.TrimPrefix(instrument, "none")
	if want.Has("error") {
		assert.Contains(t, s.Refused, name, "the reference refuses this file")
		return
	}
	got := Signals(t, s.Engine, s.Folder+"/"+name, pid)
	signals, _ := want.Get("signals").(nexuslims.List)
	require.Len(t, got, len(signals))
	for i, w := range signals {
		signal, ok := w.(*nexuslims.Object)
		require.True(t, ok)
		s.meta(t, fmt.Sprintf("%s#%d", name, i), instrument, signal.Group("nx_meta"), got[i].Document)
		if instrument == "none" && !s.SkipRaw {
			raw := signal.Clone()
			raw.Delete("nx_meta")
			s.raw(t, "", raw, got[i].Raw)
		}
	}
}

func (s *Suite) meta(t *testing.T, where, instrument string, want *nexuslims.Object, got extractors.Document) {
	t.Helper()
	w, g := Flatten(want), Flatten(got.Meta)
	s.kinds(t, where, instrument, w, g)
	both := maps.Clone(w)
	maps.Copy(both, g)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		switch {
		case path == "warnings":
			s.warnings(t, where, w[path], g)
		case path == "DatasetType" || path == "Data Type" || strings.HasPrefix(path, "NexusLIMS Extraction"):
		case isNull(w[path]) && g[path] == nil:
		case !Same(w[path], g[path]):
			s.explain(t, where, instrument, path, w, g)
		}
	}
}

func isNull(v nexuslims.Value) bool {
	_, null := v.(nexuslims.Null)
	return null
}

func (s *Suite) kinds(t *testing.T, where, instrument string, w, g map[string]nexuslims.Value) {
	t.Helper()
	kind := fmt.Sprintf("%s %s", g["DatasetType"], g["Data Type"])
	theirs := fmt.Sprintf("%s %s", w["DatasetType"], w["Data Type"])
	expected, ok := s.Types[where+"@"+instrument]
	if !ok {
		expected, ok = s.Types[where]
	}
	if !ok {
		expected = theirs
	}
	assert.Equal(t, expected, kind, "%s under %s, which the reference calls %s", where, instrument, theirs)
}

// explain finds the row of a difference.
func (s *Suite) explain(t *testing.T, where, instrument, path string, w, g map[string]nexuslims.Value) {
	t.Helper()
	file, _, _ := strings.Cut(where, "#")
	for i, d := range s.Differences {
		if d.Path == path && (d.Files == nil || slices.Contains(d.Files, file)) {
			s.used[fmt.Sprint(i)]++
			d.Check(t, where, path, w, g)
			return
		}
	}
	t.Errorf("%s under %s: %s is %v, in the reference %v", where, instrument, path, g[path], w[path])
}

// warnings compares as sets: a value that moved to a schema field takes its warning
// along, and a time of acquisition far from that of the file is marked here only.
func (s *Suite) warnings(t *testing.T, where string, want nexuslims.Value, got map[string]nexuslims.Value) {
	t.Helper()
	var expected, found []string
	theirs, _ := want.(nexuslims.List)
	for _, w := range theirs {
		path := nexuslims.TextOf(w)
		if to, ok := s.MovedWarnings[path]; ok && got[to] != nil {
			path = "['" + to + "']"
		}
		expected = append(expected, path)
	}
	ours, _ := got["warnings"].(nexuslims.List)
	for _, g := range ours {
		if path := nexuslims.TextOf(g); path != "['Acquisition Timestamp']" {
			found = append(found, path)
		}
	}
	found = slices.DeleteFunc(found, func(path string) bool { return slices.Contains(s.Warnings[where], path) })
	assert.ElementsMatch(t, expected, found, "%s: warnings", where)
}

// raw compares tags: long arrays are shortened here, empty texts are lists there.
func (s *Suite) raw(t *testing.T, path string, want, got nexuslims.Value) {
	t.Helper()
	w, ok := want.(*nexuslims.Object)
	if !ok {
		if !sameRaw(want, got) && !s.explainedRaw(path) {
			t.Errorf("%s: %v, in the reference %v", path, got, want)
		}
		return
	}
	g, ok := got.(*nexuslims.Object)
	if !ok {
		if w.Len() > 0 && !s.explainedRaw(path) {
			t.Errorf("%s: %v, in the reference an object", path, got)
		}
		return
	}
	for key, v := range w.All() {
		if here := path + "/" + key; g.Has(key) {
			s.raw(t, here, v, g.Get(key))
		} else if !s.explainedRaw(here) {
			t.Errorf("%s is missing, in the reference %v", here, v)
		}
	}
	for _, key := range g.Keys() {
		if here := path + "/" + key; !w.Has(key) && !s.explainedRaw(here) {
			t.Errorf("%s: %v, which the reference has not", here, g.Get(key))
		}
	}
}

func (s *Suite) explainedRaw(path string) bool {
	for p := range s.Raw {
		beginning, isOne := strings.CutSuffix(p, "*")
		if p == path || isOne && strings.HasPrefix(path, beginning) {
			s.used[p]++
			return true
		}
	}
	return false
}

func sameRaw(want, got nexuslims.Value) bool {
	switch w := want.(type) {
	case nexuslims.List:
		if len(w) == 0 && got == nexuslims.Text("") {
			return true
		}
		if g, ok := got.(*nexuslims.Object); ok && len(w) > extractors.LongArray {
			const ends = extractors.ShownEnds
			return nexuslims.Equal(nexuslims.Int(len(w)), g.Get("length")) && nexuslims.Equal(w[:ends], g.Get("first")) &&
				nexuslims.Equal(w[len(w)-ends:], g.Get("last")) && len(g.Text("sha256")) == 64
		}
	case nexuslims.Text: // the way the comparison data write what is not a number in JSON
		if f, ok := got.(nexuslims.Float); ok && nexuslims.FloatText(float64(f)) == string(w) {
			return true
		}
	}
	return Same(want, got)
}
