package exportertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// first: a record arrives whole, once, and its receipt says where.
func first(tb testing.TB, b *bench) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	if d, ok := b.site.Open(tb).(exporters.Checker); ok {
		require.NoError(tb, d.Check(tb.Context()), "the destination is ready")
	}
	b.records(tb, 0, "a check changes nothing")
	r := b.delivered(tb, job)
	assert.NotEmpty(tb, r.Receipt.ID)
	assert.False(tb, r.Receipt.Partial)
	b.records(tb, 1, "one was delivered")
	b.holds(tb, job.XML)
}

// again: a later run asks for nothing, and a destination that is asked all the same finds
// what it has.
func again(tb testing.TB, b *bench) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	before := b.delivered(tb, job)
	r := b.delivered(tb, job)
	assert.False(tb, r.Attempted)
	assert.Equal(tb, before.Receipt.ID, r.Receipt.ID)
	b.records(tb, 1, "it was there already")
}

// several: sessions are kept apart, even alike ones.
func several(tb testing.TB, b *bench) {
	tb.Helper()
	ids := map[string]bool{}
	for n := range 3 {
		ids[b.delivered(tb, NewJob(n, "Grain map", b.files)).Receipt.ID] = true
	}
	assert.Len(tb, ids, 3, "each has an id of its own")
	b.records(tb, 3, "three sessions")
}

// forgotten: with an empty ledger, as after the loss of a database, the destination finds
// its record by itself.
func forgotten(tb testing.TB, b *bench) {
	tb.Helper()
	if !b.finds(tb) {
		return
	}
	job := NewJob(1, "Grain map", b.files)
	b.delivered(tb, NewJob(2, "Grain map", b.files))
	before := b.delivered(tb, job)
	b.ledger = exporters.NewMemoryLedger()
	r := b.delivered(tb, job)
	assert.Equal(tb, before.Receipt.ID, r.Receipt.ID)
	b.records(tb, 2, "the record was adopted")
}

// fetches reports whether the destination can show what it holds.
func fetches(b *bench) bool {
	d := b.site.Open(b.tb)
	_, ok := d.(exporters.Fetcher)
	return ok && d.Close() == nil
}

// fetched: what stands there is shown as it is, what is gone or was never there is NotFound.
func fetched(tb testing.TB, b *bench) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	r := b.delivered(tb, job)
	d := b.site.Open(tb)
	fetcher := d.(exporters.Fetcher)
	document, err := fetcher.Fetch(tb.Context(), r.Receipt)
	require.NoError(tb, err)
	assert.Equal(tb, string(job.XML), string(document))
	_, err = fetcher.Fetch(tb.Context(), exporters.Receipt{ID: "no such record"})
	require.ErrorIs(tb, err, nexuslims.NotFound)
	if b.site.Edit != nil && b.site.Documents != nil {
		b.site.Edit()
		document, err = fetcher.Fetch(tb.Context(), r.Receipt)
		require.NoError(tb, err)
		assert.Equal(tb, string(b.site.Documents()[0]), string(document))
	}
	if b.site.Remove != nil {
		b.site.Remove()
		_, err = fetcher.Fetch(tb.Context(), r.Receipt)
		require.ErrorIs(tb, err, nexuslims.NotFound)
	}
	require.NoError(tb, d.Close())
}

// changed: the next version of a record takes the place of the one before.
func changed(tb testing.TB, b *bench) {
	tb.Helper()
	before := b.delivered(tb, NewJob(1, "Grain map", b.files))
	next := NewJob(1, "Grain map, second thoughts", b.files)
	r := b.delivered(tb, next)
	assert.True(tb, r.Attempted)
	assert.Equal(tb, before.Receipt.ID, r.Receipt.ID, "links to the record stay valid")
	b.records(tb, 1, "the record was changed in place")
	b.holds(tb, next.XML)
}

// edited: what people changed is not overwritten when it cannot be merged.
func edited(tb testing.TB, b *bench) {
	tb.Helper()
	b.delivered(tb, NewJob(1, "Grain map", b.files))
	b.site.Edit()
	theirs := b.site.Documents()
	r := b.deliver(tb, NewJob(1, "Grain map, second thoughts", b.files))
	require.Equal(tb, exporters.Failed, r.State)
	require.ErrorIs(tb, r.Err, nexuslims.Conflict)
	assert.Equal(tb, theirs, b.site.Documents(), "what people wrote stands untouched")
}

// merged: what the merge says is what is stored.
func merged(tb testing.TB, b *bench) {
	tb.Helper()
	b.delivered(tb, NewJob(1, "Grain map", b.files))
	b.site.Edit()
	theirs := b.site.Documents()[0]
	next := NewJob(1, "Grain map, second thoughts", b.files)
	result := append(bytes.Clone(next.XML), "<!-- merged -->\n"...)
	b.merge = func(_, stored, built []byte) (exporters.Reconciled, error) {
		assert.Equal(tb, string(theirs), string(stored), "the document as it is there")
		assert.Equal(tb, string(next.XML), string(built))
		return exporters.Reconciled{Document: result, Edits: []string{"title"}}, nil
	}
	b.delivered(tb, next)
	b.records(tb, 1, "the record was changed in place")
	b.holds(tb, result)
}

// removed: a record that people deleted is made anew when the session has a new version.
func removed(tb testing.TB, b *bench) {
	tb.Helper()
	b.delivered(tb, NewJob(1, "Grain map", b.files))
	b.site.Remove()
	b.records(tb, 0, "people deleted it")
	b.delivered(tb, NewJob(1, "Grain map, second thoughts", b.files))
	b.records(tb, 1, "it was made anew")
}

// hostile: no text breaks out of its place, hinders a delivery or makes two records one.
func hostile(tb testing.TB, b *bench) {
	tb.Helper()
	for n, text := range Hostile() {
		job := NewJob(n, text, b.files)
		job.Session.User, job.Reservation.FullName, job.Record.Experimenter = text, text, text
		job.Name = "2024-05-06_" + text + "_" + job.Record.ID
		r := b.deliver(tb, job)
		require.NoError(tb, r.Err, "text %q", text)
		b.records(tb, n+1, fmt.Sprintf("after %q", text))
	}
}

// cancelledBefore: who is called off does nothing.
func cancelledBefore(tb testing.TB, b *bench) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	cancel()
	d := b.site.Open(tb)
	_, err := d.Export(ctx, NewJob(1, "Grain map", b.files))
	require.Error(tb, err)
	require.Equal(tb, nexuslims.Canceled, nexuslims.KindOf(err), "error: %v", err)
	b.records(tb, 0, "it was called off")
	require.NoError(tb, d.Close())
}

// jobLeftAlone: a job belongs to the runner.
func jobLeftAlone(tb testing.TB, b *bench) {
	tb.Helper()
	job, same := NewJob(1, "Grain map", b.files), NewJob(1, "Grain map", b.files)
	d := b.site.Open(tb)
	_, err := d.Export(tb.Context(), job)
	require.NoError(tb, err)
	assert.Equal(tb, same, job)
	require.NoError(tb, d.Close())
}

// closedTwice: used or not.
func closedTwice(tb testing.TB, b *bench) {
	tb.Helper()
	for _, used := range []bool{false, true} {
		d := b.site.Open(tb)
		if used {
			_, err := d.Export(tb.Context(), NewJob(1, "Grain map", b.files))
			require.NoError(tb, err)
		}
		require.NoError(tb, errors.Join(d.Close(), d.Close()))
	}
}
