package db_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
)

// clock is a clock that tests set.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.FixedZone("", -4*3600)) }

// titan and jeol are instruments of two zones.
func titan() nexuslims.Instrument {
	return nexuslims.Instrument{
		PID: "FEI-Titan-TEM-1", APIURL: "https://nemo.example.org/api/tools/?id=1",
		CalendarURL: "https://nemo.example.org/calendar/", Location: "Building 1", DisplayName: "Titan",
		PropertyTag: "1", FilestorePath: "./Titan", Harvester: "nemo", Timezone: "America/New_York",
	}
}

func jeol() nexuslims.Instrument {
	in := titan()
	in.PID, in.APIURL, in.FilestorePath, in.Timezone = "JEOL-2", "https://nemo.example.org/api/tools/?id=2", "JEOL", "Europe/Berlin"
	return in
}

// newStore makes a database with two instruments.
func newStore(t *testing.T) (*db.Store, *clock) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "new.db")
	require.NoError(t, db.Create(t.Context(), path))
	c := &clock{noon()}
	s := open(t, path, db.Options{Now: c.now})
	_, err := s.ImportInstruments(t.Context(), []nexuslims.Instrument{titan(), jeol()}, db.ImportOptions{})
	require.NoError(t, err)
	return s, c
}

func open(t *testing.T, path string, o db.Options) *db.Store {
	t.Helper()
	s, err := db.Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func visit(id string) nexuslims.Session {
	return nexuslims.Session{ID: id, Instrument: titan().PID, From: noon().Add(-3 * time.Hour), To: noon().Add(-time.Hour), User: "ada"}
}

func TestCreateAndOpen(t *testing.T) {
	s, _ := newStore(t)
	require.NoError(t, s.Check(t.Context()))
	list, err := s.Instruments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []nexuslims.Instrument{titan(), jeol()}, list)
	got, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{visit("a")}, Bookmark: noon()})
	require.NoError(t, err)
	require.Equal(t, db.HarvestResult{Added: 1}, got)
	queue, problems, err := s.Queue(t.Context())
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, queue, 1)
	require.Equal(t, visit("a").User, queue[0].User)
	require.True(t, visit("a").From.Equal(queue[0].From))
}

// begin runs one statement on a connection of a test.
func begin(t *testing.T, conn *sqlite.Conn, statement string) {
	t.Helper()
	stmt, _, err := conn.PrepareTransient(statement)
	require.NoError(t, err)
	_, err = stmt.Step()
	require.NoError(t, err)
	require.NoError(t, stmt.Finalize())
}
