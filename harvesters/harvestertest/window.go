package harvestertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// bounds: those that end after From, and start before To; instants of the bounds are out.
func bounds(tb testing.TB, b *bench) {
	tb.Helper()
	from, to := day(10), day(12)
	tick, day3 := time.Second, 72*time.Hour
	b.put(
		b.use("ends-before", from.Add(-tick)), b.use("ends-at", from), b.use("ends-after", from.Add(tick)),
		Use{"starts-before", b.site.Instruments[1].PID, to.Add(-tick), to.Add(time.Hour), nexuslims.ConsentGranted, ""},
		Use{"starts-at", b.site.Instruments[1].PID, to, to.Add(time.Hour), nexuslims.ConsentGranted, ""},
		Use{"all-of-it", b.site.Instruments[0].PID, from.Add(-day3), to.Add(day3), nexuslims.ConsentGranted, ""},
	)
	q := b.query()
	q.From, q.To = from, to
	assert.Equal(tb, []string{"all-of-it", "ends-after", "starts-before"}, users(b.events(tb, q)))
	q.To = time.Time{}
	assert.Equal(tb, []string{"all-of-it", "ends-after", "starts-before", "starts-at"},
		users(b.events(tb, q)), "no upper bound")
	q.From, q.To = time.Time{}, to
	assert.Equal(tb, []string{"all-of-it", "ends-before", "ends-at", "ends-after", "starts-before"},
		users(b.events(tb, q)), "no lower bound")
}

// windows: windows that follow one another with an overlap miss nothing, and what lies in
// several of them has one identifier.
func windows(tb testing.TB, b *bench) {
	tb.Helper()
	for i := range 40 {
		u := b.use(fmt.Sprintf("u%02d", i), day(1).Add(time.Duration(i)*7*time.Hour))
		u.Instrument = b.site.Instruments[i%2].PID
		u.From = u.To.Add(-time.Duration(1+i*i%50) * time.Hour)
		b.put(u)
	}
	seen := map[string]string{}
	for start := day(1).Add(-50 * time.Hour); start.Before(day(30)); start = start.Add(9 * time.Hour) {
		q := b.query()
		q.From, q.To = start, start.Add(13*time.Hour)
		batch := b.events(tb, q)
		got := users(batch)
		for name, u := range b.uses {
			inside := u.To.After(q.From) && u.From.Before(q.To)
			require.Equal(tb, inside, slices.Contains(got, name), "%s, %s to %s, in %s to %s", name, u.From, u.To, q.From, q.To)
		}
		for _, s := range batch.Sessions {
			if id, again := seen[s.User]; again {
				require.Equal(tb, id, s.ID, "another identifier in another window")
			}
			seen[s.User] = s.ID
		}
	}
	assert.Len(tb, seen, len(b.uses), "all were in a window")
}

// pages: pieces of any size give the same answer.
func pages(tb testing.TB, b *bench) {
	tb.Helper()
	for i := range 25 {
		b.put(b.use(fmt.Sprintf("u%02d", i), day(1).Add(time.Duration(i/3)*time.Hour)))
	}
	want := b.events(tb, b.query())
	require.Len(tb, want.Sessions, 25)
	for _, n := range []int{1, 5, 7, 25, 100} {
		b.site.Pages(n)
		assert.Equal(tb, want.Sessions, b.events(tb, b.query()).Sessions, "pieces of %d", n)
	}
}

// late: a use that is entered after the fact is found by the next question that reaches
// back so far; a use that began long ago is found when it has ended.
func late(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("first", day(10)))
	require.Equal(tb, []string{"first"}, users(b.events(tb, b.query())))
	b.put(b.use("entered-late", day(9)))
	long := b.use("long", day(20))
	long.From = day(2)
	b.put(long)
	q := b.query()
	q.From = day(8)
	assert.Equal(tb, []string{"long", "entered-late", "first"}, users(b.events(tb, q)))
	q.From = day(19)
	assert.Equal(tb, []string{"long"}, users(b.events(tb, q)), "it ended in the window")
}

// edited: a corrected use keeps its identifier and has its new times.
func edited(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)), b.use("b", day(11)))
	before := b.session(tb, "a")
	u := b.uses["a"]
	u.From, u.To = u.From.Add(-30*time.Minute), u.To.Add(2*time.Hour)
	b.put(u)
	assert.Equal(tb, before.ID, b.session(tb, "a").ID)
	assert.Equal(tb, []string{"a", "b"}, users(b.events(tb, b.query())))
}

// removed: what was deleted is not listed, and tells nothing.
func removed(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)), b.use("b", day(11)))
	s := b.session(tb, "a")
	b.site.Remove("a")
	assert.Equal(tb, []string{"b"}, users(b.events(tb, b.query())))
	r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
	require.ErrorIs(tb, err, nexuslims.NoReservation)
	assert.NotEqual(tb, nexuslims.ConsentGranted, r.Consent)
}

// unfinished: a use without end, or with an end ahead, is listed when it has ended.
func unfinished(tb testing.TB, b *bench) {
	tb.Helper()
	running, ahead := b.use("running", day(10)), b.use("ahead", day(10))
	running.To, running.From = time.Time{}, day(9)
	ahead.To = b.now.Add(time.Hour)
	b.put(b.use("done", day(5)), running, ahead)
	assert.Equal(tb, []string{"done"}, users(b.events(tb, b.query())))
	b.now = b.now.Add(2 * time.Hour)
	running.To = b.now.Add(-time.Hour)
	b.put(running)
	assert.Equal(tb, []string{"done", "running", "ahead"}, users(b.events(tb, b.query())))
}

// skew: a use that the source's clock puts into our future waits for it; one that ends at
// this moment has ended.
func skew(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("now", b.now), b.use("soon", b.now.Add(time.Second)), b.use("all-ahead", b.now.Add(3*time.Hour)))
	q := b.query()
	q.From = day(29)
	assert.Equal(tb, []string{"now"}, users(b.events(tb, q)))
	b.now = b.now.Add(3 * time.Hour)
	q.Now = b.now
	assert.Equal(tb, []string{"now", "soon", "all-ahead"}, users(b.events(tb, q)))
}

// clockChange: hours that exist twice or not at all change neither instants nor windows.
// The wall clocks of the first use run backwards in New York and in Berlin.
func clockChange(tb testing.TB, b *bench) {
	tb.Helper()
	b.now = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	utc := func(month time.Month, d, h, m int) time.Time { return time.Date(2024, month, d, h, m, 0, 0, time.UTC) }
	pid := b.site.Instruments[0].PID
	for name, span := range map[string][2]time.Time{
		"spring-us": {utc(3, 10, 6, 30), utc(3, 10, 7, 15)}, "spring-eu": {utc(3, 31, 0, 30), utc(3, 31, 1, 15)},
		"autumn-eu": {utc(10, 27, 0, 30), utc(10, 27, 1, 15)}, "autumn-us": {utc(11, 3, 5, 30), utc(11, 3, 6, 15)},
	} {
		b.put(Use{name, pid, span[0], span[1], nexuslims.ConsentGranted, name})
	}
	assert.Equal(tb, []string{"spring-us", "spring-eu", "autumn-eu", "autumn-us"}, users(b.events(tb, b.query())))
	for name, u := range b.uses {
		for shift := -90 * time.Minute; shift <= 90*time.Minute; shift += 15 * time.Minute {
			q := b.query()
			q.From, q.To = u.From.Add(shift), u.From.Add(shift+15*time.Minute)
			inside := u.To.After(q.From) && u.From.Before(q.To)
			assert.Equal(tb, inside, slices.Contains(users(b.events(tb, q)), name), "%s in %s to %s", name, q.From, q.To)
		}
		s := b.session(tb, name)
		r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
		require.NoError(tb, err, name)
		assert.Equal(tb, name, r.Title)
	}
}
