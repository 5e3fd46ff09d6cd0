package nexuslims

import "time"

// Status is the state of a session as the database keeps it. The words are those of
// the reference implementation, which reads the same table.
type Status string

// The states of a session.
const (
	WaitingForEnd    Status = "WAITING_FOR_END"    // started, not ended
	ToBeBuilt        Status = "TO_BE_BUILT"        // ended; to do, or waiting for something
	Completed        Status = "COMPLETED"          // built, export strategy satisfied
	BuiltNotExported Status = "BUILT_NOT_EXPORTED" // built, strategy not satisfied yet
	Failed           Status = "ERROR"              // build or validation failed
	NoFilesFound     Status = "NO_FILES_FOUND"     // waiting time over, no files
	ConsentRefused   Status = "NO_CONSENT"         // refused, or never answered
	NoBooking        Status = "NO_RESERVATION"     // no reservation overlaps the use
)

// Statuses lists all states in the order above.
func Statuses() []Status {
	return []Status{
		WaitingForEnd, ToBeBuilt, Completed, BuiltNotExported, Failed,
		NoFilesFound, ConsentRefused, NoBooking,
	}
}

// Session is one period of use of an instrument by one user.
type Session struct {
	ID         string // identifier at its source; for NEMO the address of the usage event
	Instrument string // PID
	From, To   time.Time
	User       string // login name; may be empty
}

// Contains reports whether a file of modification time t belongs to the session:
// after its start, not after its end.
func (s Session) Contains(t time.Time) bool { return t.After(s.From) && !t.After(s.To) }
