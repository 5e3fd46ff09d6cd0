package exportertest

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
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

// scenario is one thing that is tried on a fresh double.
type scenario struct {
	name string
	// applies reports whether the double can do what is needed; nil: always.
	applies func(s Site) bool
	try     func(tb testing.TB, b *bench)
}

// Run tries everything on the destination, each on a double of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) { s.run(t, h) })
	}
}

func (s scenario) run(tb testing.TB, h Harness) {
	tb.Helper()
	b := newBench(tb, h)
	if s.applies != nil && !s.applies(b.site) {
		tb.Logf("does not apply: the double cannot do what this needs")
		return
	}
	s.try(tb, b)
}

func scenarios() []scenario {
	fails := func(s Site) bool { return s.Fail != nil && s.Requests != nil && s.Heal != nil }
	return []scenario{
		{"first", nil, first},
		{"again", nil, again},
		{"several sessions", nil, several},
		{"forgotten by the ledger", nil, forgotten},
		{"changed", nil, changed},
		{"edited there", func(s Site) bool { return s.Edit != nil && s.Documents != nil }, edited},
		{"merged with edits", func(s Site) bool { return s.Edit != nil && s.Documents != nil }, merged},
		{"removed there", func(s Site) bool { return s.Remove != nil }, removed},
		{"request not carried out", fails, notCarriedOut},
		{"reply lost after commit", fails, replyLost},
		{"update interrupted", fails, updateInterrupted},
		{"killed at any write of the ledger", nil, killed},
		{"refused credentials", func(s Site) bool { return s.Refuse != nil }, refused},
		{"throttled", func(s Site) bool { return s.Throttle != nil && s.Heal != nil }, throttled},
		{"hostile names and texts", nil, hostile},
		{"cancelled before", nil, cancelledBefore},
		{"cancelled during a stall", func(s Site) bool { return s.Stall != nil && s.Heal != nil }, cancelledDuring},
		{"job left alone", nil, jobLeftAlone},
		{"closed twice", nil, closedTwice},
	}
}
