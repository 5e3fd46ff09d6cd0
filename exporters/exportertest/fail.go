package exportertest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxFaults bounds the loops over fault points.
const maxFaults = 200

func notCarriedOut(tb testing.TB, b *bench) {
	tb.Helper()
	interrupted(tb, b, false)
}

func replyLost(tb testing.TB, b *bench) {
	tb.Helper()
	interrupted(tb, b, true)
}

// interrupted makes each request of a delivery fail in turn. Whatever came of it, the next
// run ends with exactly one record.
func interrupted(tb testing.TB, b *bench, carriedOut bool) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	for n := 1; n < maxFaults; n++ {
		b := b.another(tb)
		asked := b.site.Requests()
		b.site.Fail(n, carriedOut)
		b.deliver(tb, job)
		met := b.site.Requests()-asked >= n
		b.site.Heal()
		b.delivered(tb, job)
		require.Equal(tb, 1, b.site.Count(), "records after request %d failed, carried out: %t", n, carriedOut)
		b.holds(tb, job.XML)
		if !met {
			require.Greater(tb, n, 1, "a delivery needs requests")
			return
		}
	}
	tb.Errorf("a delivery of over %d requests", maxFaults)
}

// updateInterrupted is the same for the next version of a record.
func updateInterrupted(tb testing.TB, b *bench) {
	tb.Helper()
	next := NewJob(1, "Grain map, second thoughts", b.files)
	for n := 1; n < maxFaults; n++ {
		met := false
		for _, carriedOut := range []bool{false, true} {
			b := b.another(tb)
			b.delivered(tb, NewJob(1, "Grain map", b.files))
			asked := b.site.Requests()
			b.site.Fail(n, carriedOut)
			b.deliver(tb, next)
			met = met || b.site.Requests()-asked >= n
			b.site.Heal()
			b.delivered(tb, next)
			require.Equal(tb, 1, b.site.Count(), "records after request %d failed, carried out: %t", n, carriedOut)
			b.holds(tb, next.XML)
		}
		if !met {
			return
		}
	}
	tb.Errorf("an update of over %d requests", maxFaults)
}

var errKilled = errors.New("killed")

// mortal is a ledger whose process dies at the nth write.
type mortal struct {
	*exporters.MemoryLedger
	at, writes int
}

func (m *mortal) write() error {
	if m.writes++; m.writes >= m.at {
		return errKilled
	}
	return nil
}

func (m *mortal) Save(ctx context.Context, e exporters.Entry) error {
	if err := m.write(); err != nil {
		return err
	}
	return m.MemoryLedger.Save(ctx, e)
}

func (m *mortal) Log(ctx context.Context, session string, a []exporters.Attempt) error {
	if err := m.write(); err != nil {
		return err
	}
	return m.MemoryLedger.Log(ctx, session, a)
}

// killed lets each write of the ledger be the last of a process in turn.
func killed(tb testing.TB, b *bench) {
	tb.Helper()
	if !b.finds(tb) {
		return
	}
	job := NewJob(1, "Grain map", b.files)
	for n := 1; n < maxFaults; n++ {
		b := b.another(tb)
		_, err := b.try(tb.Context(), tb, job, &mortal{MemoryLedger: b.ledger, at: n})
		survived := err == nil
		b.delivered(tb, job)
		require.Equal(tb, 1, b.site.Count(), "records after a death at write %d of the ledger", n)
		if survived {
			return
		}
	}
	tb.Errorf("a delivery of over %d writes of the ledger", maxFaults)
}

// refused: credentials that are not accepted are that kind of failure, and nothing is left.
func refused(tb testing.TB, b *bench) {
	tb.Helper()
	b.site.Refuse()
	r := b.deliver(tb, NewJob(1, "Grain map", b.files))
	require.Equal(tb, exporters.Failed, r.State)
	require.ErrorIs(tb, r.Err, nexuslims.Permission)
	b.records(tb, 0, "nothing was allowed")
	d := b.site.Open(tb)
	if c, ok := d.(exporters.Checker); ok {
		err := c.Check(tb.Context())
		require.ErrorIs(tb, err, nexuslims.Permission)
		b.noSecrets(tb, err.Error())
	}
	require.NoError(tb, d.Close())
}

// throttled: a destination that is asked too often is asked again later.
func throttled(tb testing.TB, b *bench) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	b.site.Throttle()
	r := b.deliver(tb, job)
	require.Equal(tb, exporters.Failed, r.State)
	require.ErrorIs(tb, r.Err, nexuslims.Transient)
	b.site.Heal()
	b.delivered(tb, job)
	b.records(tb, 1, "the second run delivered it")
}

// alarmed is a ledger that rings shortly after the first entry: the attempt has begun then,
// and the destination is on its way into the stall.
type alarmed struct {
	*exporters.MemoryLedger
	ring func()
	once sync.Once
}

func (a *alarmed) Save(ctx context.Context, e exporters.Entry) error {
	err := a.MemoryLedger.Save(ctx, e)
	a.once.Do(func() { time.AfterFunc(20*time.Millisecond, a.ring) })
	return err
}

// cancelledDuring: a call that waits ends when it is called off, and the next run ends
// with one record.
func cancelledDuring(tb testing.TB, b *bench) {
	tb.Helper()
	job := NewJob(1, "Grain map", b.files)
	b.site.Stall()
	ctx, cancel := context.WithCancel(tb.Context())
	defer cancel()
	_, err := b.try(ctx, tb, job, &alarmed{MemoryLedger: b.ledger, ring: cancel})
	require.ErrorIs(tb, err, nexuslims.Canceled)
	e, found, err := b.ledger.Load(tb.Context(), job.Session.ID, name)
	require.NoError(tb, err)
	require.True(tb, found)
	assert.Equal(tb, exporters.Started, e.State, "it returned by itself, and its end is open")
	b.site.Heal()
	b.delivered(tb, job)
	b.records(tb, 1, "the second run delivered it")
}
