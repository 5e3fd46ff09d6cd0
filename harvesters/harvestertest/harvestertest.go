package harvestertest

import (
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/scenario"
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

// Run tries everything on the harvester, each on a source of its own.
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
	garbles := when(func(s Site) bool { return s.Garble != nil && s.Heal != nil })
	fails := when(func(s Site) bool { return s.Fail != nil && s.Heal != nil })
	refuses := when(func(s Site) bool { return s.Refuse != nil && s.Heal != nil })
	stalls := when(func(s Site) bool { return s.Stall != nil && s.Heal != nil })
	return scenario.List[*bench]{On: "source", Scenarios: []scenario.Scenario[*bench]{
		{Name: "source and ownership", Try: identity},
		{Name: "nothing there", Try: nothing},
		{Name: "events whole and in order", Try: whole},
		{Name: "same answer twice", Try: twice},
		{Name: "concurrent questions", Try: concurrent},
		{Name: "bounds of a window", Try: bounds},
		{Name: "overlapping windows", Try: windows},
		{Name: "pages", Applies: when(func(s Site) bool { return s.Pages != nil }), Try: pages},
		{Name: "late events", Try: late},
		{Name: "edited events", Try: edited},
		{Name: "removed events", Applies: when(func(s Site) bool { return s.Remove != nil }), Try: removed},
		{Name: "no end yet", Try: unfinished},
		{Name: "clocks that differ", Try: skew},
		{Name: "clocks going back and forth", Try: clockChange},
		{Name: "consent", Try: consent},
		{Name: "instruments nobody asks for", Try: strangers},
		{Name: "one broken entry", Applies: when(func(s Site) bool { return s.Break != nil }), Try: broken},
		{Name: "senseless answers", Applies: garbles, Try: garbled},
		{Name: "unavailable", Applies: fails, Try: unavailable},
		{Name: "refused credentials", Applies: refuses, Try: refused},
		{Name: "cancelled before", Try: cancelledBefore},
		{Name: "cancelled during a stall", Applies: stalls, Try: cancelledDuring},
		{Name: "closed twice", Try: closedTwice},
	}}
}
