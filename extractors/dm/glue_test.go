package dm_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var refTime = time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)

// names returns the shared DM files, as below instrument-files/gatan-dm.
func names(t *testing.T) []string {
	t.Helper()
	root := filepath.Join(testdata.Dir(t), "instrument-files", "gatan-dm")
	var list []string
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		name := strings.TrimSuffix(p, ".gz")
		if ext := filepath.Ext(name); err == nil && !d.IsDir() && (ext == ".dm3" || ext == ".dm4") {
			rel, _ := filepath.Rel(root, name)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	require.NoError(t, err)
	return list
}

func open(t testing.TB, path string, instrument string) *extractors.File {
	t.Helper()
	r, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	info, err := r.Stat()
	require.NoError(t, err)
	c := extractors.Context{}
	if instrument != "" {
		c.Instrument = &nexuslims.Instrument{PID: instrument, Timezone: "America/New_York"}
	}
	return extractors.NewFile(filepath.Base(path), r, info.Size(), refTime, c)
}

// run extracts with profile and migration.
func run(t testing.TB, path, instrument string) []*extractors.Signal {
	t.Helper()
	f := open(t, path, instrument)
	result, err := dm.New().Extract(context.Background(), f)
	require.NoError(t, err, path)
	for _, s := range result.Signals {
		for _, p := range profiles.All() {
			if p.Instrument() != instrument {
				continue
			}
			for _, step := range p.Steps() {
				require.NoError(t, step.Apply(&s.Document, f.Subject()))
			}
		}
		dm.New().Migrate(s.Meta)
		ext := s.Meta.Ensure("extensions")
		for _, k := range s.Meta.Keys() {
			if field, ok := nexuslims.FieldByName(k); !ok || !field.Allowed(s.DatasetType()) {
				ext.Set(k, s.Meta.Get(k))
				s.Meta.Delete(k)
			}
		}
		s.Meta.Sort()
	}
	return result.Signals
}
