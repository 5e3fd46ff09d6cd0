package harvestertest_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/harvestertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const canary = "secret-of-the-book"

// book is the simplest source: uses in memory.
type book struct {
	mu     sync.Mutex
	uses   map[string]harvestertest.Use
	broken map[string]bool
	state  nexuslims.Kind // of the errors that it answers with; Internal: none
	stall  bool
}

func (b *book) set(change func()) func() {
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		change()
	}
}

func (b *book) site(open func(*book) harvesters.Harvester) harvestertest.Site {
	b.uses, b.broken = map[string]harvestertest.Use{}, map[string]bool{}
	return harvestertest.Site{
		Open:        func(testing.TB) harvesters.Harvester { return open(b) },
		Instruments: []nexuslims.Instrument{{PID: "one", Harvester: "book"}, {PID: "two", Harvester: "book"}},
		Foreign:     []nexuslims.Instrument{{PID: "three", Harvester: "nemo"}},
		Put: func(uses ...harvestertest.Use) {
			b.set(func() {
				for _, u := range uses {
					b.uses[u.User] = u
				}
			})()
		},
		Remove:  func(user string) { b.set(func() { delete(b.uses, user) })() },
		Break:   func(user string) { b.set(func() { b.broken[user] = true })() },
		Pages:   func(int) {},
		Garble:  b.set(func() { b.state = nexuslims.Invalid }),
		Fail:    b.set(func() { b.state = nexuslims.Transient }),
		Refuse:  b.set(func() { b.state = nexuslims.Permission }),
		Stall:   b.set(func() { b.stall = true }),
		Heal:    b.set(func() { b.state, b.stall = nexuslims.Internal, false }),
		Secrets: []string{canary},
	}
}

// reader is a harvester of a book that keeps the rules.
type reader struct{ book *book }

func open(b *book) harvesters.Harvester { return reader{b} }

func (reader) Source() harvesters.Source { return harvesters.Source{Kind: "book", ID: "/the/book"} }
func (reader) Close() error              { return nil }

func (reader) Owns(in nexuslims.Instrument) int {
	if in.Harvester == "book" {
		return 1
	}
	return 0
}

func (r reader) Check(ctx context.Context) error { return r.ask(ctx) }

// ask says what stands against an answer.
func (r reader) ask(ctx context.Context) error {
	r.book.mu.Lock()
	state, stall := r.book.state, r.book.stall
	r.book.mu.Unlock()
	if stall {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return nexuslims.E(nexuslims.Canceled, "read", "book", err)
	}
	if state != nexuslims.Internal {
		return nexuslims.E(state, "read", "book", errors.New("cannot be read"))
	}
	return nil
}

func (r reader) Events(ctx context.Context, q harvesters.Query) (batch harvesters.Batch, err error) {
	if err := r.ask(ctx); err != nil {
		return batch, err
	}
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	for _, u := range r.book.uses {
		asked := slices.ContainsFunc(q.Instruments, func(in nexuslims.Instrument) bool { return in.PID == u.Instrument })
		switch {
		case !asked || u.To.IsZero() || u.To.After(q.Now):
		case !q.From.IsZero() && !u.To.After(q.From), !q.To.IsZero() && !u.From.Before(q.To):
		case r.book.broken[u.User]:
			batch.Warnings = append(batch.Warnings, u.User+" cannot be read")
		default:
			batch.Sessions = append(batch.Sessions, nexuslims.Session{
				ID: "id-" + u.User, Instrument: u.Instrument, From: u.From, To: u.To, User: u.User,
			})
		}
	}
	slices.SortFunc(batch.Sessions, func(a, b nexuslims.Session) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	return batch, nil
}

func (r reader) Reservation(
	ctx context.Context, s nexuslims.Session, _ nexuslims.Instrument,
) (res nexuslims.Reservation, err error) {
	if err := r.ask(ctx); err != nil {
		return res, err
	}
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	u, ok := r.book.uses[s.User]
	if !ok {
		return res, nexuslims.E(nexuslims.NoReservation, "read", s.ID, nil)
	}
	return nexuslims.Reservation{
		ID: s.ID, Consent: u.Consent, Title: u.Title, Username: u.User, FullName: u.User, Start: u.From, End: u.To,
	}, nil
}
