package exporters

import (
	"context"
	"slices"
	"sync"
)

// MemoryLedger is a ledger that forgets everything at the end of the process. Its methods
// may be called concurrently.
type MemoryLedger struct {
	mu       sync.Mutex
	entries  map[[2]string]Entry
	attempts map[string][]Attempt
}

// NewMemoryLedger returns an empty ledger in memory.
func NewMemoryLedger() *MemoryLedger {
	return &MemoryLedger{entries: map[[2]string]Entry{}, attempts: map[string][]Attempt{}}
}

// Load implements Ledger.
func (m *MemoryLedger) Load(ctx context.Context, session, destination string) (Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[[2]string{session, destination}]
	e.Document = slices.Clone(e.Document)
	return e, ok, ctx.Err()
}

// Save implements Ledger.
func (m *MemoryLedger) Save(ctx context.Context, e Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{e.Session, e.Destination}
	if e.Document == nil {
		e.Document = m.entries[key].Document
	}
	e.Document = slices.Clone(e.Document)
	m.entries[key] = e
	return nil
}

// Log implements Ledger.
func (m *MemoryLedger) Log(ctx context.Context, session string, attempts []Attempt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.attempts[session] = append(m.attempts[session], attempts...)
	return nil
}

// Attempts returns all logged attempts of a session in their order.
func (m *MemoryLedger) Attempts(session string) []Attempt {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.attempts[session])
}

var _ Ledger = (*MemoryLedger)(nil)
