package dbtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func checkPasses(t *testing.T, b *bench) { require.NoError(t, b.store.Check(t.Context())) }

func instruments(t *testing.T, b *bench) {
	list, err := b.store.Instruments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []nexuslims.Instrument{instrument("kit-1"), instrument("kit-2")}, list[len(list)-2:])

	changed, other := instrument("kit-1"), instrument("kit-2")
	changed.APIURL, other.APIURL = other.APIURL, changed.APIURL // exchanged
	_, err = b.store.ImportInstruments(t.Context(), []nexuslims.Instrument{changed}, db.ImportOptions{})
	require.ErrorIs(t, err, nexuslims.Invalid, "an update needs to be allowed")
	both := []nexuslims.Instrument{changed, other}
	result, err := b.store.ImportInstruments(t.Context(), both, db.ImportOptions{Update: true})
	require.NoError(t, err)
	require.Equal(t, db.ImportResult{Updated: 2}, result)
	result, err = b.store.ImportInstruments(t.Context(), both, db.ImportOptions{Update: true})
	require.NoError(t, err)
	require.Equal(t, db.ImportResult{Unchanged: 2}, result)

	b.harvest(t, session("used"))
	require.ErrorIs(t, b.store.DeleteInstrument(t.Context(), "kit-1"), nexuslims.Conflict)
	require.NoError(t, b.store.DeleteInstrument(t.Context(), "kit-2"))
	require.ErrorIs(t, b.store.DeleteInstrument(t.Context(), "kit-2"), nexuslims.NotFound)
	use, err := b.store.InstrumentUse(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, use["kit-1"].Sessions)
	require.WithinDuration(t, session("used").To, use["kit-1"].Last, 0)
}

func harvestAddsOnce(t *testing.T, b *bench) {
	require.Equal(t, db.HarvestResult{Added: 2}, b.harvest(t, session("a"), session("b")))
	require.Equal(t, db.HarvestResult{Unchanged: 2}, b.harvest(t, session("a"), session("b")))
	b.stored(t, session("a"), nexuslims.ToBeBuilt)
	moved := session("a") // the same instants in another zone are no change
	moved.From, moved.To = moved.From.UTC(), moved.To.UTC()
	require.Equal(t, db.HarvestResult{Unchanged: 1}, b.harvest(t, moved))

	bad := session("c")
	bad.Instrument = "nobody knows it"
	got := b.harvest(t, bad, session("d"))
	require.Equal(t, 1, got.Added)
	require.Len(t, got.Refused, 1)
	require.Equal(t, bad.ID, got.Refused[0].Session)
}

func harvestFollowsEdits(t *testing.T, b *bench) {
	b.harvest(t, session("a"))
	for _, edit := range []struct {
		name string
		of   func(*nexuslims.Session)
	}{
		{"end", func(s *nexuslims.Session) { s.To = s.To.Add(time.Minute) }},
		{"start", func(s *nexuslims.Session) { s.From = s.From.Add(-time.Microsecond) }},
		{"user alone", func(s *nexuslims.Session) { s.User = "grace" }},
		{"user and end", func(s *nexuslims.Session) { s.User, s.To = "marie", s.To.Add(time.Minute) }},
		{"instrument", func(s *nexuslims.Session) { s.Instrument = "kit-2" }},
	} {
		edited := session("a")
		edit.of(&edited)
		require.Equal(t, db.HarvestResult{Updated: 1}, b.harvest(t, edited), edit.name)
		b.stored(t, edited, nexuslims.ToBeBuilt)
		require.True(t, b.queued(t, edited.ID), edit.name)
		require.Equal(t, db.HarvestResult{Updated: 1}, b.harvest(t, session("a")), "back from %s", edit.name)
	}
	anonymous := session("a")
	anonymous.User = ""
	require.Equal(t, db.HarvestResult{Unchanged: 1}, b.harvest(t, anonymous), "an unknown user is no edit")
}

func harvestLeavesSettled(t *testing.T, b *bench) {
	for _, status := range nexuslims.Statuses() {
		if status == nexuslims.WaitingForEnd || status == nexuslims.ToBeBuilt {
			continue
		}
		s := session(string(status))
		b.harvest(t, s)
		require.NoError(t, b.store.Settle(t.Context(), s.ID, status))
		edited := s
		edited.To = edited.To.Add(time.Hour)
		got := b.harvest(t, edited)
		require.Zero(t, got.Updated)
		require.Len(t, got.ChangedAfterBuild, 1)
		assert.Equal(t, s.ID, got.ChangedAfterBuild[0].Session)
		assert.Equal(t, status, got.ChangedAfterBuild[0].Status)
		assert.Contains(t, got.ChangedAfterBuild[0].Change, "end was")
		b.stored(t, s, status)
	}
	s := session("claimed")
	b.harvest(t, s)
	ok, err := b.store.Claim(t.Context(), s.ID, "builder", time.Hour)
	require.NoError(t, err)
	require.True(t, ok)
	edited := s
	edited.User = "grace"
	require.Len(t, b.harvest(t, edited).ChangedAfterBuild, 1)
	b.stored(t, s, nexuslims.ToBeBuilt)
	require.NoError(t, b.store.Release(t.Context(), s.ID, "builder"))
	require.Equal(t, 1, b.harvest(t, edited).Updated)
}

func harvestBookmark(t *testing.T, b *bench) {
	at, err := b.store.Bookmark(t.Context(), "nemo", "kit")
	require.NoError(t, err)
	require.True(t, at.IsZero())
	_, err = b.store.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "kit", Bookmark: noon()})
	require.NoError(t, err)
	b.harvest(t, session("a")) // moves nothing
	at, err = b.store.Bookmark(t.Context(), "nemo", "kit")
	require.NoError(t, err)
	require.WithinDuration(t, noon(), at, 0)
	at, err = b.store.Bookmark(t.Context(), "nemo", "another")
	require.NoError(t, err)
	require.True(t, at.IsZero())
}

func harvestsAtOnce(t *testing.T, b *bench) {
	var wg sync.WaitGroup
	results := make([]db.HarvestResult, 6)
	for i := range results {
		store := b.store
		if i%2 == 1 {
			store = b.open(t)
		}
		wg.Go(func() {
			got, err := store.StoreHarvest(t.Context(), db.Harvest{
				Kind: "nemo", ID: "kit",
				Sessions: []nexuslims.Session{session("a"), session("b")},
			})
			assert.NoError(t, err)
			results[i] = got
		})
	}
	wg.Wait()
	added := 0
	for _, r := range results {
		added += r.Added
	}
	require.Equal(t, 2, added)
	got, err := b.store.Session(t.Context(), session("a").ID)
	require.NoError(t, err)
	require.Empty(t, got.Notes, "one START and one END row")
}

func statuses(t *testing.T, b *bench) {
	s := session("a")
	b.harvest(t, s)
	for _, status := range nexuslims.Statuses() {
		require.NoError(t, b.store.Settle(t.Context(), s.ID, status))
		b.stored(t, s, status)
		for _, other := range nexuslims.Statuses() {
			require.Equal(t, other == status, b.queued(t, s.ID, other), "%s listed as %s", status, other)
		}
	}
	require.True(t, b.queued(t, s.ID, nexuslims.Statuses()...))
	require.ErrorIs(t, b.store.Settle(t.Context(), s.ID, "DONE"), nexuslims.Invalid)
	require.ErrorIs(t, b.store.Settle(t.Context(), "no such", nexuslims.Completed), nexuslims.NotFound)
	_, err := b.store.Session(t.Context(), "no such")
	require.ErrorIs(t, err, nexuslims.NotFound)
}

func generations(t *testing.T, b *bench) {
	s := session("a")
	b.harvest(t, s)
	first, err := b.store.BeginGeneration(t.Context(), s)
	require.NoError(t, err)
	again, err := b.store.BeginGeneration(t.Context(), s) // the first run was killed
	require.NoError(t, err)
	require.NoError(t, b.store.DropGeneration(t.Context(), again))
	require.NoError(t, b.store.DropGeneration(t.Context(), first), "gone already")
	b.stored(t, s, nexuslims.ToBeBuilt)

	_, err = b.store.BeginGeneration(t.Context(), s)
	require.NoError(t, err)
	require.NoError(t, b.store.Settle(t.Context(), s.ID, nexuslims.Completed))
	stranger := s
	stranger.Instrument = "nobody knows it"
	_, err = b.store.BeginGeneration(t.Context(), stranger)
	require.ErrorIs(t, err, nexuslims.Conflict, "foreign keys are enforced")
	b.stored(t, s, nexuslims.Completed)
}

func tenWriters(t *testing.T, b *bench) {
	const writers, each = 10, 6
	var wg sync.WaitGroup
	for w := range writers {
		store := b.store
		if w%2 == 1 {
			store = b.open(t)
		}
		wg.Go(func() {
			for n := range each {
				s := session(fmt.Sprintf("%d-%d", w, n))
				h := db.Harvest{Kind: "nemo", ID: fmt.Sprint(w), Sessions: []nexuslims.Session{s}}
				got, err := store.StoreHarvest(t.Context(), h)
				assert.NoError(t, err)
				assert.Equal(t, 1, got.Added)
				assert.NoError(t, store.Settle(t.Context(), s.ID, nexuslims.Completed))
				_, _, err = store.Queue(t.Context())
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	queue, _, err := b.store.Queue(t.Context(), nexuslims.Completed)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(queue), writers*each)
	require.NoError(t, b.store.Check(t.Context()))
}
