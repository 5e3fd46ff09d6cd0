package harvesters

import (
	"context"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Harvester speaks to one source of usage events.
//
// Methods may be called concurrently. Errors carry a nexuslims kind: Transient
// (network, 5xx, time-out), Permission (refused credentials or rights), Invalid
// (answers or settings that make no sense); each concerns this source alone.
type Harvester interface {
	// Source identifies the source; it always answers the same.
	Source() Source
	// Owns reports whether the usage of the instrument is known to this source. Where
	// several own one instrument the most specific is asked: the highest positive number.
	Owns(in nexuslims.Instrument) int
	// Events lists ended usage events in a window.
	Events(ctx context.Context, q Query) (Batch, error)
	// Reservation tells what is known about a session. A session that nothing overlaps
	// and that gave no consent is NoReservation; without consent, the answer is returned
	// with its Consent, and no error.
	Reservation(ctx context.Context, s nexuslims.Session, in nexuslims.Instrument) (nexuslims.Reservation, error)
	// Close ends the use; it may be called twice.
	Close() error
}

// Checker is a harvester that can be asked whether its source answers: one cheap
// authenticated call.
type Checker interface {
	Check(ctx context.Context) error
}

// Source identifies where usage events come from.
type Source struct {
	Kind string // name of the harvester as in the instrument table: "nemo"
	ID   string // canonical address or path; bookmarks are kept under it
}

// Query is what events are asked for.
type Query struct {
	Instruments []nexuslims.Instrument // those that the source owns
	// From and To bound the events by time: those that end after From, and start before
	// To. A zero time is no bound.
	From, To time.Time
	// Now is the present: events that end later have not ended yet.
	Now time.Time
}

// Batch is the answer to a query.
type Batch struct {
	// Sessions are the ended usage events, each once, ordered by start and then ID.
	Sessions []nexuslims.Session
	// Warnings tell what was left out and why: unknown tools, malformed events.
	Warnings []string
}
