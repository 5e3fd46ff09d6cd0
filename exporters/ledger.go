package exporters

import (
	"context"
	"time"
)

// State says how far the delivery of a record to a destination is.
type State string

// The states of a delivery.
const (
	Waiting   State = "waiting"   // nothing was tried yet
	Started   State = "started"   // an attempt began, its end is not known
	Delivered State = "delivered" // the destination has the record
	Failed    State = "failed"    // the last attempt failed, another will come
	GivenUp   State = "given_up"  // no attempt will come by itself
)

// Entry is what a ledger knows of one session at one destination.
type Entry struct {
	Session     string
	Destination string
	State       State
	// Receipt is what exists at the destination; its Digest is that of the document that
	// stands there, empty when unknown.
	Receipt Receipt
	// Document is our version that was delivered last, without people's edits, for the
	// comparison with what is stored there. Nil in Save keeps what the ledger has.
	Document []byte
	// Kind and Message describe the last failure.
	Kind    string
	Message string
	// Attempts counts the attempts since the last success.
	Attempts    int
	NextAttempt time.Time // zero: at any time
	Updated     time.Time
}

// complete reports whether the destination has that document.
func (e Entry) complete(digest string) bool {
	return e.State == Delivered && !e.Receipt.Partial && e.Receipt.Digest == digest
}

// present reports whether the destination has a record of the session, whatever version.
func (e Entry) present() bool { return e.Receipt.ID != "" || e.State == Delivered }

// Attempt is one attempt at a destination, for the log that only grows.
type Attempt struct {
	Destination string
	Success     bool
	Time        time.Time
	// Receipt is what exists; its Digest is that of the document that was to be delivered.
	Receipt Receipt
	// Message is the failure, at most 8 KiB of valid UTF-8 without NUL.
	Message string
}

// Ledger remembers deliveries durably. When Save returns nil, the entry must survive a
// power cut: records are created at most once because of that. Methods are called by one
// goroutine at a time.
type Ledger interface {
	// Load returns the entry of a session at a destination, and whether there is one.
	Load(ctx context.Context, session, destination string) (Entry, bool, error)
	// Save stores an entry in place of an earlier one of that session and destination.
	Save(ctx context.Context, e Entry) error
	// Log appends attempts to the log, all or none.
	Log(ctx context.Context, session string, attempts []Attempt) error
}
