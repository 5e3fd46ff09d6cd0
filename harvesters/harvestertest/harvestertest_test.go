package harvestertest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/harvestertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func harness(open func(*book) harvesters.Harvester) harvestertest.Harness {
	return harvestertest.Harness{New: func(testing.TB) harvestertest.Site { return new(book).site(open) }}
}

func TestAGoodHarvesterPasses(t *testing.T) { harvestertest.Run(t, harness(open)) }

func TestASourceThatCanDoLittlePasses(t *testing.T) {
	harvestertest.Run(t, harvestertest.Harness{New: func(testing.TB) harvestertest.Site {
		s := new(book).site(open)
		return harvestertest.Site{Open: s.Open, Instruments: s.Instruments, Put: s.Put}
	}})
}

// flawed is a harvester whose answers are changed.
type flawed struct {
	reader
	events      func(q *harvesters.Query, b *harvesters.Batch, err *error)
	reservation func(r *nexuslims.Reservation, err *error)
	owns        int
	source      string
	closed      error
}

func (f flawed) Source() harvesters.Source {
	s := f.reader.Source()
	s.ID += f.source
	return s
}

func (f flawed) Owns(in nexuslims.Instrument) int { return f.reader.Owns(in) + f.owns }
func (f flawed) Close() error                     { return f.closed }

func (f flawed) Events(ctx context.Context, q harvesters.Query) (harvesters.Batch, error) {
	asked := q
	if f.events != nil {
		f.events(&q, nil, nil)
	}
	b, err := f.reader.Events(ctx, q)
	if f.events != nil {
		f.events(&asked, &b, &err)
	}
	return b, err
}

func (f flawed) Reservation(
	ctx context.Context, s nexuslims.Session, in nexuslims.Instrument,
) (nexuslims.Reservation, error) {
	r, err := f.reader.Reservation(ctx, s, in)
	if f.reservation != nil {
		f.reservation(&r, &err)
	}
	return r, err
}

// before changes the question, after the answer.
func before(change func(q *harvesters.Query)) func(*harvesters.Query, *harvesters.Batch, *error) {
	return func(q *harvesters.Query, b *harvesters.Batch, _ *error) {
		if b == nil {
			change(q)
		}
	}
}

func after(change func(b *harvesters.Batch, err *error)) func(*harvesters.Query, *harvesters.Batch, *error) {
	return func(_ *harvesters.Query, b *harvesters.Batch, err *error) {
		if b != nil {
			change(b, err)
		}
	}
}

// each changes every session of an answer.
func each(change func(s *nexuslims.Session)) func(*harvesters.Query, *harvesters.Batch, *error) {
	return after(func(b *harvesters.Batch, _ *error) {
		for i := range b.Sessions {
			change(&b.Sessions[i])
		}
	})
}

// flaws are harvesters that break one rule each, with the scenario that notices.
func flaws() map[string]struct {
	scenario string
	flaw     flawed
} {
	berlin := func(t time.Time) time.Time { // reads the wall clock of another zone
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour()%2, t.Minute(), t.Second(), 0, time.UTC)
	}
	invalid := errors.New("with " + canary)
	type change = func(*harvesters.Query, *harvesters.Batch, *error)
	type flaw = struct {
		scenario string
		flaw     flawed
	}
	listing := func(scenario string, c change) flaw { return flaw{scenario, flawed{events: c}} }
	return map[string]struct {
		scenario string
		flaw     flawed
	}{
		"owns everything":    {"source and ownership", flawed{owns: 1}},
		"owns nothing":       {"source and ownership", flawed{owns: -1}},
		"secret in its name": {"source and ownership", flawed{source: canary}},
		"asks for all": listing("nothing there", before(func(q *harvesters.Query) {
			q.Instruments = []nexuslims.Instrument{{PID: "one"}}
		})),
		"twice": listing("events whole and in order", after(func(b *harvesters.Batch, _ *error) {
			b.Sessions = append(b.Sessions, b.Sessions...)
		})),
		"newest first": listing("events whole and in order", after(func(b *harvesters.Batch, _ *error) {
			slices.Reverse(b.Sessions)
		})),
		"no fractions": listing("events whole and in order", each(func(s *nexuslims.Session) {
			s.From = s.From.Truncate(time.Second)
		})),
		"lower bound included": listing("bounds of a window", before(func(q *harvesters.Query) {
			q.From = q.From.Add(-1)
		})),
		"no upper bound": listing("bounds of a window", before(func(q *harvesters.Query) {
			q.To = time.Time{}
		})),
		"gap between windows": listing("overlapping windows", before(func(q *harvesters.Query) {
			q.From = q.From.Add(time.Hour)
		})),
		"first page only": listing("pages", after(func(b *harvesters.Batch, _ *error) {
			b.Sessions = b.Sessions[:min(20, len(b.Sessions))]
		})),
		"identifier of times": listing("edited events", each(func(s *nexuslims.Session) {
			s.ID += s.From.String()
		})),
		"ends ahead": listing("no end yet", before(func(q *harvesters.Query) {
			q.Now = q.Now.Add(24 * time.Hour)
		})),
		"this moment is ahead": listing("clocks that differ", before(func(q *harvesters.Query) {
			q.Now = q.Now.Add(-1)
		})),
		"wall clocks": listing("clocks going back and forth", each(func(s *nexuslims.Session) {
			s.From = berlin(s.From)
		})),
		"silence is consent": {"consent", flawed{reservation: func(r *nexuslims.Reservation, _ *error) {
			if r.Consent == nexuslims.ConsentUnknown {
				r.Consent = nexuslims.ConsentGranted
			}
		}}},
		"refusal is an error": {"consent", flawed{reservation: func(r *nexuslims.Reservation, err *error) {
			if r.Consent == nexuslims.ConsentDenied {
				*err = nexuslims.E(nexuslims.NoConsent, "read", "", nil)
			}
		}}},
		"broken in silence": listing("one broken entry", after(func(b *harvesters.Batch, _ *error) {
			b.Warnings = nil
		})),
		"stops at a broken entry": listing("one broken entry", after(func(b *harvesters.Batch, err *error) {
			if len(b.Warnings) > 0 {
				*err = invalid
			}
		})),
		"garbage is an empty list": listing("senseless answers", after(func(_ *harvesters.Batch, err *error) {
			*err = nil
		})),
		"shows its token": listing("refused credentials", after(func(_ *harvesters.Batch, err *error) {
			if *err != nil {
				*err = nexuslims.E(nexuslims.KindOf(*err), "read", "", invalid)
			}
		})),
		"everything is transient": listing("refused credentials", after(func(_ *harvesters.Batch, err *error) {
			if *err != nil {
				*err = nexuslims.E(nexuslims.Transient, "read", "", errors.New("away"))
			}
		})),
		"does not hear": {"cancelled before", flawed{reservation: func(_ *nexuslims.Reservation, err *error) { *err = nil }}},
		"closes once":   {"closed twice", flawed{closed: errors.New("closed already")}},
	}
}

func TestBrokenRulesAreNoticed(t *testing.T) {
	for name, c := range flaws() {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, harvestertest.Scenarios(), c.scenario)
			assert.False(t, harvestertest.Passes(t, c.scenario, harness(func(b *book) harvesters.Harvester {
				f := c.flaw
				f.reader = reader{b}
				return f
			})), "the broken rule was not noticed")
		})
	}
}
