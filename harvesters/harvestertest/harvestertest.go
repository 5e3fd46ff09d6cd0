package harvestertest

import (
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Harness tells the kit how to make sources.
type Harness struct {
	// New makes a source without uses, which ends with the test.
	New func(tb testing.TB) Site
}

// Use is one use of an instrument as the source has it.
type Use struct {
	User       string // login name; the kit gives each use a user of its own
	Instrument string // PID; one that no instrument of the site has is a tool nobody asks for
	From, To   time.Time
	Consent    nexuslims.Consent // what was answered; unknown: not answered
	Title      string
}

// Site is one source and what can be done with it. Open, Instruments and Put are
// necessary; a nil function does not apply.
type Site struct {
	// Open returns the harvester, ready to use, as another process would have it.
	Open func(tb testing.TB) harvesters.Harvester
	// Instruments are two or more that the source owns.
	Instruments []nexuslims.Instrument
	// Foreign are instruments of other sources, also of the same kind.
	Foreign []nexuslims.Instrument
	// Put adds uses, each in place of the earlier one of its user. A use without To goes on.
	Put func(uses ...Use)

	// Remove takes the use of a user away.
	Remove func(user string)
	// Break makes the entry of a user's use senseless, and no other.
	Break func(user string)
	// Pages cuts the source's answers into pieces of n entries.
	Pages func(n int)
	// Garble makes the source's answers senseless altogether.
	Garble func()
	// Fail makes the source unavailable for the time being.
	Fail func()
	// Refuse makes the source refuse the credentials.
	Refuse func()
	// Stall makes the source answer nothing any more.
	Stall func()
	// Heal ends Garble, Fail, Refuse and Stall.
	Heal func()

	// Secrets are texts that must appear nowhere.
	Secrets []string
}

// scenario is one thing that is tried on a fresh source.
type scenario struct {
	name string
	// applies reports whether the source can do what is needed; nil: always.
	applies func(s Site) bool
	try     func(tb testing.TB, b *bench)
}

// Run tries everything on the harvester, each on a source of its own.
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
		tb.Logf("does not apply: the source cannot do what this needs")
		return
	}
	s.try(tb, b)
}

func scenarios() []scenario {
	return []scenario{
		{"source and ownership", nil, identity},
		{"nothing there", nil, nothing},
		{"events whole and in order", nil, whole},
		{"same answer twice", nil, twice},
		{"concurrent questions", nil, concurrent},
		{"bounds of a window", nil, bounds},
		{"overlapping windows", nil, windows},
		{"pages", func(s Site) bool { return s.Pages != nil }, pages},
		{"late events", nil, late},
		{"edited events", nil, edited},
		{"removed events", func(s Site) bool { return s.Remove != nil }, removed},
		{"no end yet", nil, unfinished},
		{"clocks that differ", nil, skew},
		{"clocks going back and forth", nil, clockChange},
		{"consent", nil, consent},
		{"instruments nobody asks for", nil, strangers},
		{"one broken entry", func(s Site) bool { return s.Break != nil }, broken},
		{"senseless answers", func(s Site) bool { return s.Garble != nil && s.Heal != nil }, garbled},
		{"unavailable", func(s Site) bool { return s.Fail != nil && s.Heal != nil }, unavailable},
		{"refused credentials", func(s Site) bool { return s.Refuse != nil && s.Heal != nil }, refused},
		{"cancelled before", nil, cancelledBefore},
		{"cancelled during a stall", func(s Site) bool { return s.Stall != nil && s.Heal != nil }, cancelledDuring},
		{"closed twice", nil, closedTwice},
	}
}
