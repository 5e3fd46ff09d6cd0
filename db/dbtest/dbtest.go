package dbtest

import (
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/require"
)

// New returns the path of a database of its own for a test.
type New func(t *testing.T) string

// Run runs the kit, each part on a database of its own.
func Run(t *testing.T, fresh New) {
	t.Helper()
	parts := []struct {
		name string
		run  func(*testing.T, *bench)
	}{
		{"check passes", checkPasses},
		{"instruments", instruments},
		{"harvest adds once", harvestAddsOnce},
		{"harvest follows edits until built", harvestFollowsEdits},
		{"harvest leaves settled sessions alone", harvestLeavesSettled},
		{"harvest is all or nothing with its bookmark", harvestBookmark},
		{"harvests at once store one session", harvestsAtOnce},
		{"statuses", statuses},
		{"generations", generations},
		{"claims", claims},
		{"claims at once have one owner", claimsAtOnce},
		{"clock jumps", clockJumps},
		{"record names", recordNames},
		{"records", records},
		{"deliveries", deliveries},
		{"due deliveries", dueDeliveries},
		{"uploads", uploads},
		{"file claims", fileClaims},
		{"runs", runs},
		{"external identifiers", externalIDs},
		{"ten writers", tenWriters},
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { part.run(t, newBench(t, fresh(t))) })
	}
}

// bench is one database under test, with a clock that only the test moves.
type bench struct {
	path  string
	store *db.Store
	mu    sync.Mutex
	time  time.Time
}

func newBench(t *testing.T, path string) *bench {
	t.Helper()
	b := &bench{path: path, time: noon()}
	b.store = b.open(t)
	own := []nexuslims.Instrument{instrument("kit-1"), instrument("kit-2")}
	_, err := b.store.ImportInstruments(t.Context(), own, db.ImportOptions{})
	require.NoError(t, err)
	return b
}

// open opens the database once more, as another process would.
func (b *bench) open(t *testing.T) *db.Store {
	t.Helper()
	s, err := db.Open(t.Context(), b.path, db.Options{Now: b.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.time
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.time = b.time.Add(d)
}

func noon() time.Time {
	return time.Date(2026, 3, 10, 12, 0, 0, 123456000, time.FixedZone("", -4*3600))
}

func instrument(pid string) nexuslims.Instrument {
	return nexuslims.Instrument{
		PID: pid, APIURL: "https://kit.example.org/api/tools/?id=" + pid, CalendarURL: "https://kit.example.org/calendar/",
		Location: "Building K", DisplayName: "Kit " + pid, PropertyTag: pid, FilestorePath: "kit/" + pid,
		Harvester: "nemo", Timezone: "America/New_York",
	}
}

func session(id string) nexuslims.Session {
	return nexuslims.Session{
		ID: "https://kit.example.org/api/usage_events/?id=" + id, Instrument: "kit-1",
		From: noon().Add(-3 * time.Hour), To: noon().Add(-time.Hour), User: "Élodie 山田",
	}
}

// harvest stores sessions and returns what came of it.
func (b *bench) harvest(t *testing.T, sessions ...nexuslims.Session) db.HarvestResult {
	t.Helper()
	result, err := b.store.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "kit", Sessions: sessions})
	require.NoError(t, err)
	return result
}

// stored reads a session back and expects it in a status.
func (b *bench) stored(t *testing.T, want nexuslims.Session, status nexuslims.Status) {
	t.Helper()
	got, err := b.store.Session(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, status, got.Status)
	require.Equal(t, want.User, got.User)
	require.Equal(t, want.Instrument, got.Instrument)
	require.WithinDuration(t, want.From, got.From, 0)
	require.WithinDuration(t, want.To, got.To, 0)
}

// queued reports whether a session is listed in a status.
func (b *bench) queued(t *testing.T, id string, statuses ...nexuslims.Status) bool {
	t.Helper()
	queue, _, err := b.store.Queue(t.Context(), statuses...)
	require.NoError(t, err)
	count := 0
	for _, q := range queue {
		if q.ID == id {
			count++
		}
	}
	require.LessOrEqual(t, count, 1, "a session is listed once")
	return count == 1
}
