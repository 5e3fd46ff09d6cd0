package exportertest

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/scenario"
)

// Harness tells the kit how to make doubles.
type Harness struct {
	// New makes a double without records, which ends with the test.
	New func(tb testing.TB) Site
}

// Site is one double and what can be done with it. Open and Count are necessary; a nil
// function does not apply.
type Site struct {
	// Open returns the destination, ready to use, as another process would have it: it
	// remembers nothing of an earlier one.
	Open func(tb testing.TB) exporters.Destination
	// Count counts the records that are there.
	Count func() int
	// Documents returns the documents that are there, in any order.
	Documents func() [][]byte
	// Edit changes every document that is there, as people do.
	Edit func()
	// Remove deletes every record that is there, as people do.
	Remove func()

	// Requests counts the requests so far.
	Requests func() int
	// Fail makes the nth request from now fail, n from 1: carried out all the same with
	// its answer lost, or not carried out.
	Fail func(n int, carriedOut bool)
	// Refuse makes the double refuse the credentials.
	Refuse func()
	// Throttle makes the double answer that it is asked too often.
	Throttle func()
	// Stall makes the double answer nothing any more.
	Stall func()
	// Heal ends Fail, Refuse, Throttle and Stall.
	Heal func()

	// Secrets are texts that must appear nowhere.
	Secrets []string
}

// Run tries everything on the destination, each on a double of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	scenarios().Run(t, h.bench)
}

func (h Harness) bench(tb testing.TB) *bench {
	tb.Helper()
	return newBench(tb, h)
}

func scenarios() scenario.List[*bench] {
	when := func(able func(s Site) bool) func(*bench) bool { return func(b *bench) bool { return able(b.site) } }
	fails := when(func(s Site) bool { return s.Fail != nil && s.Requests != nil && s.Heal != nil })
	edits := when(func(s Site) bool { return s.Edit != nil && s.Documents != nil })
	stalls := when(func(s Site) bool { return s.Stall != nil && s.Heal != nil })
	return scenario.List[*bench]{On: "double", Scenarios: []scenario.Scenario[*bench]{
		{Name: "first", Try: first},
		{Name: "again", Try: again},
		{Name: "several sessions", Try: several},
		{Name: "forgotten by the ledger", Try: forgotten},
		{Name: "fetched", Applies: fetches, Try: fetched},
		{Name: "changed", Try: changed},
		{Name: "edited there", Applies: edits, Try: edited},
		{Name: "merged with edits", Applies: edits, Try: merged},
		{Name: "removed there", Applies: when(func(s Site) bool { return s.Remove != nil }), Try: removed},
		{Name: "request not carried out", Applies: fails, Try: notCarriedOut},
		{Name: "reply lost after commit", Applies: fails, Try: replyLost},
		{Name: "update interrupted", Applies: fails, Try: updateInterrupted},
		{Name: "killed at any write of the ledger", Try: killed},
		{Name: "refused credentials", Applies: when(func(s Site) bool { return s.Refuse != nil }), Try: refused},
		{Name: "throttled", Applies: when(func(s Site) bool { return s.Throttle != nil && s.Heal != nil }), Try: throttled},
		{Name: "hostile names and texts", Try: hostile},
		{Name: "cancelled before", Try: cancelledBefore},
		{Name: "cancelled during a stall", Applies: stalls, Try: cancelledDuring},
		{Name: "job left alone", Try: jobLeftAlone},
		{Name: "closed twice", Try: closedTwice},
	}}
}
