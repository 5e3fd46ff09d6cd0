package harvestertest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// identity: a source has one name for ever, and owns its instruments alone.
func identity(tb testing.TB, b *bench) {
	tb.Helper()
	source := b.h.Source()
	assert.NotEmpty(tb, source.Kind)
	assert.NotEmpty(tb, source.ID)
	b.noSecrets(tb, source.ID)
	b.put(b.use("a", day(10)))
	b.events(tb, b.query())
	assert.Equal(tb, source, b.h.Source())
	other := b.site.Open(tb)
	assert.Equal(tb, source, other.Source(), "bookmarks are kept under it")
	require.NoError(tb, other.Close())
	for _, in := range b.site.Instruments {
		assert.Positive(tb, b.h.Owns(in), in.PID)
		in.Harvester = "another kind"
		assert.Zero(tb, b.h.Owns(in), "%s of another kind", in.PID)
	}
	for _, in := range append(slices.Clone(b.site.Foreign), nexuslims.Instrument{}) {
		assert.LessOrEqual(tb, b.h.Owns(in), 0, "%s %s", in.PID, in.APIURL)
	}
	if c, ok := b.h.(harvesters.Checker); ok {
		assert.NoError(tb, c.Check(tb.Context()))
	}
}

// nothing: an empty source, and a question for no instrument.
func nothing(tb testing.TB, b *bench) {
	tb.Helper()
	assert.Empty(tb, b.events(tb, b.query()).Sessions)
	b.put(b.use("a", day(10)))
	q := b.query()
	q.Instruments = nil
	assert.Empty(tb, b.events(tb, q).Sessions, "nothing was asked for")
}

// whole: every ended use once, of all instruments, by start and then id.
func whole(tb testing.TB, b *bench) {
	tb.Helper()
	second := b.use("second", day(9))
	second.Instrument = b.site.Instruments[1].PID
	fine := b.use("fraction", day(11).Add(120034*time.Microsecond))
	b.put(b.use("third", day(10)), second, b.use("first", day(8)), fine, b.use("same-start", day(10)))
	batch := b.events(tb, b.query())
	assert.ElementsMatch(tb, []string{"first", "second", "third", "same-start", "fraction"}, users(batch))
	assert.Empty(tb, batch.Warnings)
	q := b.query()
	q.Instruments = q.Instruments[1:]
	assert.Equal(tb, []string{"second"}, users(b.events(tb, q)), "of one instrument")
}

// twice: the same question has the same answer, from any process, and is left as it was.
func twice(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)), b.use("b", day(10)), b.use("c", day(12)))
	q := b.query()
	instruments := slices.Clone(q.Instruments)
	first := b.events(tb, q)
	assert.Equal(tb, first, b.events(tb, q))
	assert.Equal(tb, instruments, q.Instruments)
	other := b.site.Open(tb)
	again, err := other.Events(tb.Context(), q)
	require.NoError(tb, err)
	assert.Equal(tb, first, again)
	require.NoError(tb, other.Close())
	s := first.Sessions[0]
	r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
	require.NoError(tb, err)
	same, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
	require.NoError(tb, err)
	assert.Equal(tb, r, same)
}

// concurrent: many questions at once have the answers that they have alone.
func concurrent(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)), b.use("b", day(11)), b.use("c", day(12)))
	want := b.events(tb, b.query())
	h := b.site.Open(tb)
	defer func() { assert.NoError(tb, h.Close()) }()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := h.Events(tb.Context(), b.query())
			if assert.NoError(tb, err) {
				assert.Equal(tb, want, got)
			}
			s := want.Sessions[1]
			r, err := h.Reservation(tb.Context(), s, b.instrument(s))
			if assert.NoError(tb, err) {
				assert.Equal(tb, "Work of b", r.Title)
			}
		})
	}
	all.Wait()
}

// strangers: uses of tools that nobody asks for are not sessions, and no fault.
func strangers(tb testing.TB, b *bench) {
	tb.Helper()
	other := b.use("other", day(10))
	other.Instrument = "no-instrument-of-the-site"
	b.put(b.use("a", day(10)), other)
	assert.Equal(tb, []string{"a"}, users(b.events(tb, b.query())))
}

// broken: one entry that makes no sense is told, and stops only itself.
func broken(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)), b.use("bad", day(11)), b.use("c", day(12)))
	b.site.Break("bad")
	batch := b.events(tb, b.query())
	assert.Equal(tb, []string{"a", "c"}, users(batch))
	assert.NotEmpty(tb, batch.Warnings, "a person should know")
	s := batch.Sessions[0]
	r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
	require.NoError(tb, err)
	assert.Equal(tb, "Work of a", r.Title)
}

// garbled: answers that make no sense are an error, never an empty list.
func garbled(tb testing.TB, b *bench) {
	tb.Helper()
	b.recovers(tb, b.site.Garble, nexuslims.Invalid)
}

// unavailable: a source that is away for a while is Transient.
func unavailable(tb testing.TB, b *bench) {
	tb.Helper()
	b.recovers(tb, b.site.Fail, nexuslims.Transient)
}

// refused: credentials that are not accepted are Permission.
func refused(tb testing.TB, b *bench) {
	tb.Helper()
	b.recovers(tb, b.site.Refuse, nexuslims.Permission)
}

// cancelledBefore: who has given up gets no answer.
func cancelledBefore(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)))
	s := b.session(tb, "a")
	ctx, cancel := context.WithCancel(tb.Context())
	cancel()
	_, err := b.h.Events(ctx, b.query())
	assert.Equal(tb, nexuslims.Canceled, nexuslims.KindOf(err), "%v", err)
	_, err = b.h.Reservation(ctx, s, b.instrument(s))
	assert.Equal(tb, nexuslims.Canceled, nexuslims.KindOf(err), "%v", err)
	b.works(tb, "a")
}

// cancelledDuring: giving up ends a question that is under way.
func cancelledDuring(tb testing.TB, b *bench) {
	tb.Helper()
	b.put(b.use("a", day(10)))
	b.site.Stall()
	ctx, cancel := context.WithCancel(tb.Context())
	done := make(chan error, 1)
	go func() {
		_, err := b.h.Events(ctx, b.query())
		done <- err
	}()
	cancel()
	err := <-done
	assert.Equal(tb, nexuslims.Canceled, nexuslims.KindOf(err), "%v", err)
	b.site.Heal()
	b.works(tb, "a")
}

// closedTwice: closing again is no fault.
func closedTwice(tb testing.TB, b *bench) {
	tb.Helper()
	h := b.site.Open(tb)
	assert.NoError(tb, h.Close())
	assert.NoError(tb, h.Close())
}
