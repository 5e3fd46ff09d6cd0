package reference_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// TestReferenceTable reads every file that the reference read, with all built-in
// extractors, and counts what became of its values. The tables of differences in the
// packages of the formats hold each value; this one keeps files from being forgotten.
func TestReferenceTable(t *testing.T) {
	root := filepath.Join(testdata.Dir(t), "reference-output", "extract")
	plugins := builtin.Plugins()
	engine := &extractors.Engine{
		Extractors: &plugins.Extractors, Profiles: &plugins.Profiles,
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return reference.FileTime },
	}
	formats := map[string]*reference.Tally{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, strings.TrimSuffix(p, ".json"))
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		folder, _, _ := strings.Cut(name, "/")
		if formats[folder] == nil {
			formats[folder] = new(reference.Tally)
		}
		formats[folder].Add(countFile(t, engine, name, reference.ReadObject(t, p)))
		return nil
	})
	require.NoError(t, err)
	total := reference.Tally{}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "format\tfiles\tsignals\trefused\tequal\tmoved\tdifferent\tmissing\tours only\t")
	line := func(name string, n reference.Tally) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, n.Files, n.Signals, n.Refused,
			n.Equal, n.Moved, n.Different, n.Missing, n.OursOnly)
	}
	for _, f := range slices.Sorted(maps.Keys(formats)) {
		line(f, *formats[f])
		total.Add(*formats[f])
	}
	line("all", total)
	require.NoError(t, w.Flush())
	t.Logf("\n%s", b.String())
	assert.Equal(t, 252, total.Files, "files of the reference")
}

func countFile(t *testing.T, engine *extractors.Engine, name string, said *nexuslims.Object) reference.Tally {
	t.Helper()
	n := reference.Tally{Files: 1}
	want := said.Group("instrument none")
	signals, _ := want.Get("signals").(nexuslims.List)
	if len(signals) == 0 {
		n.Refused++
		return n
	}
	out, err := engine.Extract(context.Background(), reference.Open(t, name, ""))
	require.NoError(t, err, name)
	for i, s := range signals {
		object, _ := s.(*nexuslims.Object)
		meta := object.Group("nx_meta")
		if i >= len(out.Signals) {
			n.Add(reference.Tally{Signals: 1, Missing: len(reference.Flatten(meta))})
			continue
		}
		one := reference.Count(meta, out.Signals[i].Meta)
		if os.Getenv("NX_VERBOSE") != "" && one.Different+one.Missing > 0 {
			t.Logf("%s#%d: %+v", name, i, one)
		}
		n.Add(one)
	}
	return n
}
