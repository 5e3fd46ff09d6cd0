package exporters_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestUnreachableDestinationIsLeftAloneForTheRun(t *testing.T) {
	p := fails(nexuslims.Transient)
	b := newBench(exporters.All, remote("a", p), remote("z", works("1")))
	for i := range 3 {
		_, err := b.Deliver(t.Context(), job(fmt.Sprint(i), "x"))
		require.NoError(t, err)
	}
	assert.Len(t, p.jobs, 1)
	e := b.entry(t, "2", "a")
	assert.Equal(t, exporters.Waiting, e.State)
	assert.Zero(t, e.Attempts)
	assert.Len(t, b.ledger.Attempts("2"), 1, "only those asked have a row")
	due, err := b.Due(t.Context(), "2")
	require.NoError(t, err)
	assert.False(t, due, "not in this run")
	due, err = b.another(exporters.All, remote("a", p), remote("z", works("1"))).Due(t.Context(), "2")
	require.NoError(t, err)
	assert.True(t, due, "but in the next")
}

func TestRefusalOfOneRecordHoldsUpNoOther(t *testing.T) {
	p := fails(nexuslims.Invalid)
	b := newBench(exporters.All, remote("a", p))
	for i := range 3 {
		_, err := b.Deliver(t.Context(), job(fmt.Sprint(i), "x"))
		require.NoError(t, err)
	}
	assert.Len(t, p.jobs, 3)
}

func TestWaitsGrowAndEnd(t *testing.T) {
	p := fails(nexuslims.Permission)
	b := newBench(exporters.All, remote("a", p))
	b.MaxAttempts = 4
	var waits []time.Duration
	for range 3 {
		_, err := b.Deliver(t.Context(), job("s", "x"))
		require.NoError(t, err)
		e := b.entry(t, "s", "a")
		waits = append(waits, e.NextAttempt.Sub(b.clock))
		b.clock = e.NextAttempt.Add(-time.Second)
		due, err := b.Due(t.Context(), "s")
		require.NoError(t, err)
		assert.False(t, due)
		out, err := b.Deliver(t.Context(), job("s", "x"))
		require.NoError(t, err)
		assert.False(t, out.Results[0].Attempted)
		require.ErrorIs(t, out.Results[0].Err, nexuslims.Permission, "the earlier failure is what is known")
		b.clock = e.NextAttempt
		due, err = b.Due(t.Context(), "s")
		require.NoError(t, err)
		assert.True(t, due)
	}
	assert.Equal(t, []time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute}, waits)
	out, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.Equal(t, exporters.GivenUp, out.Results[0].State)
	b.clock = b.clock.Add(1000 * time.Hour)
	due, err := b.Due(t.Context(), "s")
	require.NoError(t, err)
	assert.False(t, due)

	forced := b.another(exporters.All, remote("a", works("1")))
	forced.Force = true
	out, err = forced.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
}

func TestBestEffortRepeatsOnDemandOnly(t *testing.T) {
	bad, good := fails(nexuslims.Invalid), works("1")
	b := newBench(exporters.BestEffort, remote("bad", bad), remote("good", good))
	for range 2 {
		out, err := b.Deliver(t.Context(), job("s", "x"))
		require.NoError(t, err)
		assert.True(t, out.Exported)
		b.clock = b.clock.Add(48 * time.Hour)
	}
	assert.Len(t, bad.jobs, 1)
	b.Force = true
	_, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.Len(t, bad.jobs, 2)
	assert.Len(t, good.jobs, 1)
}

func TestFirstSuccessBringsTheHolderUpToDate(t *testing.T) {
	bad, holder := fails(nexuslims.Invalid), works("1")
	b := newBench(exporters.FirstSuccess, remote("a", bad), remote("holder", holder))
	_, err := b.Deliver(t.Context(), job("s", "one"))
	require.NoError(t, err)
	b.clock = b.clock.Add(time.Hour)
	healed := works("2")
	out, err := b.another(exporters.FirstSuccess, remote("a", healed), remote("holder", holder)).Deliver(t.Context(), job("s", "two"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
	assert.Empty(t, healed.jobs, "no second copy elsewhere")
	assert.Len(t, holder.jobs, 2)
}

func TestDueWhenOnlySettlingIsMissing(t *testing.T) {
	b := newBench(exporters.All, remote("a", works("1")))
	_, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	due, err := b.Due(t.Context(), "s")
	require.NoError(t, err)
	assert.True(t, due)
}
