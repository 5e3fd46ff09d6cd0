package harvestertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// bench is a source and a harvester of it.
type bench struct {
	site Site
	h    harvesters.Harvester
	now  time.Time
	uses map[string]Use
}

func newBench(tb testing.TB, h Harness) *bench {
	tb.Helper()
	b := &bench{site: h.New(tb), now: day(30), uses: map[string]Use{}}
	require.GreaterOrEqual(tb, len(b.site.Instruments), 2, "the kit needs two instruments")
	b.h = b.site.Open(tb)
	require.NotNil(tb, b.h)
	tb.Cleanup(func() { assert.NoError(tb, b.h.Close()) })
	return b
}

// day is an instant on a day of the month of the kit, 12:00 UTC.
func day(n int) time.Time { return time.Date(2024, 5, n, 12, 0, 0, 0, time.UTC) }

// use is a use of an hour that ends at a time, with consent.
func (b *bench) use(user string, end time.Time) Use {
	return Use{
		User: user, Instrument: b.site.Instruments[0].PID, From: end.Add(-time.Hour), To: end,
		Consent: nexuslims.ConsentGranted, Title: "Work of " + user,
	}
}

// put adds uses and remembers them.
func (b *bench) put(uses ...Use) {
	for _, u := range uses {
		b.uses[u.User] = u
	}
	b.site.Put(uses...)
}

// query asks for all ended events of all instruments.
func (b *bench) query() harvesters.Query {
	return harvesters.Query{Instruments: b.site.Instruments, Now: b.now}
}

// events asks, expects success, and checks what holds for every answer.
func (b *bench) events(tb testing.TB, q harvesters.Query) harvesters.Batch {
	tb.Helper()
	batch, err := b.h.Events(tb.Context(), q)
	require.NoError(tb, err)
	b.noSecrets(tb, strings.Join(batch.Warnings, "\n"))
	ids := map[string]bool{}
	for i, s := range batch.Sessions {
		require.NotEmpty(tb, s.ID)
		require.False(tb, ids[s.ID], "%s comes twice in one answer", s.ID)
		ids[s.ID] = true
		if i > 0 {
			before := batch.Sessions[i-1]
			ordered := before.From.Before(s.From) || before.From.Equal(s.From) && before.ID < s.ID
			require.True(tb, ordered, "%s and %s are not ordered by start and id", before.ID, s.ID)
		}
		b.same(tb, s)
	}
	return batch
}

// same compares a session with the use of its user.
func (b *bench) same(tb testing.TB, s nexuslims.Session) {
	tb.Helper()
	u, known := b.uses[s.User]
	require.True(tb, known, "a session of %q, who used nothing", s.User)
	assert.Equal(tb, u.Instrument, s.Instrument, s.User)
	assert.True(tb, u.From.Equal(s.From), "start of %s: %s, want %s", s.User, s.From, u.From)
	assert.True(tb, u.To.Equal(s.To), "end of %s: %s, want %s", s.User, s.To, u.To)
}

// users returns whose sessions an answer holds, in its order.
func users(batch harvesters.Batch) []string {
	names := []string{}
	for _, s := range batch.Sessions {
		names = append(names, s.User)
	}
	return names
}

// session returns the session of a user.
func (b *bench) session(tb testing.TB, user string) nexuslims.Session {
	tb.Helper()
	for _, s := range b.events(tb, b.query()).Sessions {
		if s.User == user {
			return s
		}
	}
	require.Fail(tb, "no session of "+user)
	return nexuslims.Session{}
}

// instrument returns the instrument of a session.
func (b *bench) instrument(s nexuslims.Session) nexuslims.Instrument {
	for _, in := range b.site.Instruments {
		if in.PID == s.Instrument {
			return in
		}
	}
	return nexuslims.Instrument{}
}

// noSecrets searches a text for the secrets.
func (b *bench) noSecrets(tb testing.TB, text string) {
	tb.Helper()
	for _, secret := range b.site.Secrets {
		assert.False(tb, strings.Contains(text, secret), "a secret stands in a text: %.200s", text)
	}
}

// fails expects one kind of error from every question to the source.
func (b *bench) fails(tb testing.TB, kinds ...nexuslims.Kind) {
	tb.Helper()
	h := b.site.Open(tb)
	defer func() { assert.NoError(tb, h.Close()) }()
	_, events := h.Events(tb.Context(), b.query())
	_, reservation := h.Reservation(tb.Context(), nexuslims.Session{
		ID: "nowhere", Instrument: b.site.Instruments[0].PID, From: day(1), To: day(2), User: "nobody",
	}, b.site.Instruments[0])
	all := map[string]error{"events": events, "reservation": reservation}
	if c, ok := h.(harvesters.Checker); ok {
		all["check"] = c.Check(tb.Context())
	}
	for what, err := range all {
		require.Error(tb, err, what)
		assert.Contains(tb, kinds, nexuslims.KindOf(err), "%s: %v", what, err)
		b.noSecrets(tb, fmt.Sprintf("%v %+v", err, err))
	}
}

// works expects the harvester to answer, as after a disturbance.
func (b *bench) works(tb testing.TB, want ...string) {
	tb.Helper()
	assert.Equal(tb, want, users(b.events(tb, b.query())))
	if c, ok := b.h.(harvesters.Checker); ok {
		assert.NoError(tb, c.Check(tb.Context()))
	}
}

// recovers demands an error of that kind while the source is harmed, and the events after.
func (b *bench) recovers(tb testing.TB, harm func(), kind nexuslims.Kind) {
	tb.Helper()
	b.put(b.use("a", day(10)))
	harm()
	b.fails(tb, kind)
	b.site.Heal()
	b.works(tb, "a")
}
