package reference

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// FileTime is the modification time that all files had when the reference read them.
var FileTime = time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)

// Names returns the files of a folder of instrument files, below it and without ".gz",
// that have one of the extensions, in any case; all, where none is given. Expected
// values are left out.
func Names(tb testing.TB, folder string, extensions ...string) []string {
	tb.Helper()
	root := filepath.Join(testdata.Dir(tb), "instrument-files", filepath.FromSlash(folder))
	var list []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "expected":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		name := strings.TrimSuffix(p, ".gz")
		ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
		if strings.HasSuffix(name, ".thumb.png") { // left by a look at a file
			return nil
		}
		if len(extensions) == 0 || slices.Contains(extensions, ext) {
			rel, err := filepath.Rel(root, name)
			require.NoError(tb, err)
			list = append(list, filepath.ToSlash(rel))
		}
		return nil
	})
	require.NoError(tb, err)
	require.NotEmpty(tb, list, "no files in %s", root)
	return list
}

// Open opens an instrument file, "fei-tia/scan_001_1.ser", with the other files of its
// folder as siblings, as one of the instrument, which may be empty for none.
func Open(tb testing.TB, name, instrument string) *extractors.File {
	tb.Helper()
	local := testdata.Unpacked(tb, "instrument-files/"+name)
	r, err := os.Open(local)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = r.Close() })
	info, err := r.Stat()
	require.NoError(tb, err)
	c := extractors.Context{Path: name}
	if instrument != "" {
		c.Instrument = &nexuslims.Instrument{PID: instrument, Timezone: "America/New_York"}
	}
	c.Sibling = func(sib string) (*extractors.File, error) {
		other := path.Join(path.Dir(name), sib)
		at := filepath.Join(testdata.Dir(tb), "instrument-files", filepath.FromSlash(other))
		for _, p := range []string{at, at + ".gz"} {
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
				return Open(tb, other, instrument), nil
			}
		}
		return nil, nexuslims.E(nexuslims.NotFound, "open sibling", sib, fs.ErrNotExist)
	}
	return extractors.NewFile(path.Base(name), r, info.Size(), FileTime, c)
}

// Engine returns an engine of the extractors and profiles alone.
func Engine(tb testing.TB, list []extractors.Extractor, profiles ...extractors.Profile) *extractors.Engine {
	tb.Helper()
	e := &extractors.Engine{
		Extractors: new(extractors.Registry), Profiles: new(extractors.Profiles),
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return FileTime },
	}
	for _, x := range list {
		require.NoError(tb, e.Extractors.Add(x))
	}
	for _, p := range profiles {
		require.NoError(tb, e.Profiles.Add(p))
	}
	return e
}

// Signals extracts an instrument file, which must be readable.
func Signals(tb testing.TB, e *extractors.Engine, name, instrument string) []*extractors.Signal {
	tb.Helper()
	outcome, err := e.Extract(context.Background(), Open(tb, name, instrument))
	require.NoError(tb, err)
	require.NoError(tb, outcome.Err, name)
	return outcome.Signals
}
