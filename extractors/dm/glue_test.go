package dm_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var refTime = time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)

// names returns the shared DM files, as below instrument-files/gatan-dm.
func names(t *testing.T) []string { return reference.Names(t, "gatan-dm", "dm3", "dm4") }

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
	return reference.Engine(tb, []extractors.Extractor{dm.New()}, profiles.All()...)
}

// run extracts with profile, migration and placement.
func run(tb testing.TB, path, instrument string) []*extractors.Signal {
	tb.Helper()
	outcome, err := engine(tb).Extract(context.Background(), open(tb, path, instrument))
	require.NoError(tb, err)
	require.NoError(tb, outcome.Err)
	return outcome.Signals
}
