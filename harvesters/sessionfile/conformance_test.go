package sessionfile_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/harvestertest"
	"github.com/nexuslims/nexuslims-go/harvesters/sessionfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConformance(t *testing.T) {
	harvestertest.Run(t, harvestertest.Harness{New: func(tb testing.TB) harvestertest.Site {
		tb.Helper()
		f := &written{tb: tb, path: filepath.Join(tb.TempDir(), "sessions.csv")}
		f.write()
		second := instrument()
		second.PID = "TEM-2"
		return harvestertest.Site{
			Open:        func(testing.TB) harvesters.Harvester { return sessionfile.New(f.path) },
			Instruments: []nexuslims.Instrument{instrument(), second},
			Foreign:     []nexuslims.Instrument{{PID: "SEM", Harvester: "nemo"}},
			Put:         f.put,
			Remove:      func(user string) { f.change(user, nil) },
			Break:       func(user string) { f.change(user, []string{user, "TEM-1", "yesterday", "", user, "perhaps", ""}) },
			Garble:      func() { f.replace([]byte("session_id,instrument\n\"")) },
			Fail:        func() { require.NoError(tb, os.Remove(f.path)) },
			Heal:        f.write,
		}
	}})
}

// written is a file of sessions and its lines.
type written struct {
	tb    testing.TB
	path  string
	rows  [][]string
	saved int
}

func (f *written) put(uses ...harvestertest.Use) {
	for _, u := range uses {
		end := ""
		if !u.To.IsZero() {
			end = u.To.Format(time.RFC3339Nano)
		}
		consent := map[nexuslims.Consent]string{nexuslims.ConsentGranted: "yes", nexuslims.ConsentDenied: "no"}[u.Consent]
		f.change(u.User, []string{u.User, u.Instrument, u.From.Format(time.RFC3339Nano), end, u.User, consent, u.Title})
	}
}

// change replaces the line of a user; nil takes it away.
func (f *written) change(user string, row []string) {
	rows := [][]string{}
	for _, r := range f.rows {
		if r[0] != user {
			rows = append(rows, r)
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	f.rows = rows
	f.write()
}

func (f *written) write() {
	f.tb.Helper()
	out, err := os.Create(f.path)
	require.NoError(f.tb, err)
	w := csv.NewWriter(out)
	require.NoError(f.tb, w.Write([]string{"session_id", "instrument", "start", "end", "user", "consent", "title"}))
	require.NoError(f.tb, w.WriteAll(f.rows))
	require.NoError(f.tb, out.Close())
	f.touch()
}

func (f *written) replace(text []byte) {
	require.NoError(f.tb, os.WriteFile(f.path, text, 0o600))
	f.touch()
}

// touch gives each state of the file a time of its own, as people's pace does.
func (f *written) touch() {
	f.saved++
	at := time.Unix(1_700_000_000+int64(f.saved), 0)
	require.NoError(f.tb, os.Chtimes(f.path, at, at))
}
