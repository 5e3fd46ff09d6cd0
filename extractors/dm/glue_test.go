package dm_test

import (
	"context"
	"log/slog"
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

func open(tb testing.TB, path string, instrument string) *extractors.File {
	tb.Helper()
	r, err := os.Open(path)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = r.Close() })
	info, err := r.Stat()
	require.NoError(tb, err)
	c := extractors.Context{}
	if instrument != "" {
		c.Instrument = &nexuslims.Instrument{PID: instrument, Timezone: "America/New_York"}
	}
	return extractors.NewFile(filepath.Base(path), r, info.Size(), refTime, c)
}

// engine has the extractor alone and the built-in profiles.
func engine(tb testing.TB) *extractors.Engine {
	tb.Helper()
	e := &extractors.Engine{
		Extractors: &extractors.Registry{}, Profiles: &extractors.Profiles{},
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return refTime },
	}
	require.NoError(tb, e.Extractors.Add(dm.New()))
	for _, p := range profiles.All() {
		require.NoError(tb, e.Profiles.Add(p))
	}
	return e
}

// run extracts with profile, migration and placement.
func run(tb testing.TB, path, instrument string) []*extractors.Signal {
	tb.Helper()
	outcome, err := engine(tb).Extract(context.Background(), open(tb, path, instrument))
	require.NoError(tb, err)
	require.NoError(tb, outcome.Err)
	return outcome.Signals
}
