package exporters

import (
	"context"
	"sync"
	"time"
)

// State says how far the delivery of a record to a destination is.
type State string

// The states of a delivery.
const (
	Waiting   State = "waiting"   // nothing was tried yet, or the destination is known to be down
	Started   State = "started"   // an attempt began, its end is not known
	Delivered State = "delivered" // the destination has the record
	Failed    State = "failed"    // the last attempt failed, another will come
	GivenUp   State = "given_up"  // no attempt will come by itself
)

// Entry is what the ledger knows of one record at one destination.
type Entry struct {
	Session     string
	Destination string
	State       State
	Receipt     Receipt
	// Document is what was delivered last; nil when it is not known.
	Document    []byte
	Kind        string // of the last failure
	Message     string // of the last failure
	Attempts    int    // since the last success
	NextAttempt time.Time
}

// Attempt is one call of a destination, for the log of uploads.
type Attempt struct {
	Destination string
	Success     bool
	Receipt     Receipt
	Message     string
	Time        time.Time
}

// Ledger keeps what was delivered where, durably. It may be used by several goroutines.
type Ledger interface {
	// Load returns the entry of a session and destination, and whether there is one.
	Load(ctx context.Context, session, destination string) (Entry, bool, error)
	// Save stores an entry. A nil document keeps the one that is stored.
	Save(ctx context.Context, e Entry) error
	// Log adds attempts to the log of uploads.
	Log(ctx context.Context, session string, attempts []Attempt) error
}

// MemoryLedger is a ledger that ends with the program, for embedding and for tests.
type MemoryLedger struct {
	mu       sync.Mutex
	entries  map[[2]string]Entry
	attempts map[string][]Attempt
}

// NewMemoryLedger returns an empty ledger.
func NewMemoryLedger() *MemoryLedger {
	return &MemoryLedger{entries: map[[2]string]Entry{}, attempts: map[string][]Attempt{}}
}

// Load implements Ledger.
func (l *MemoryLedger) Load(_ context.Context, session, destination string) (Entry, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[[2]string{session, destination}]
	return e, ok, nil
}

// Save implements Ledger.
func (l *MemoryLedger) Save(_ context.Context, e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := [2]string{e.Session, e.Destination}
	if e.Document == nil {
		e.Document = l.entries[key].Document
	}
	l.entries[key] = e
	return nil
}

// Log implements Ledger.
func (l *MemoryLedger) Log(_ context.Context, session string, attempts []Attempt) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts[session] = append(l.attempts[session], attempts...)
	return nil
}

// Attempts returns the logged attempts of a session.
func (l *MemoryLedger) Attempts(session string) []Attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Attempt(nil), l.attempts[session]...)
}

var _ Ledger = (*MemoryLedger)(nil)
