package pipeline

import (
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// SessionStatus is everything that is known of one session. Its JSON form is what --json
// prints.
type SessionStatus struct {
	Time       time.Time        `json:"time"`
	Session    string           `json:"session"`
	Instrument string           `json:"instrument,omitempty"`
	Status     nexuslims.Status `json:"status,omitempty"`
	From       time.Time        `json:"from,omitzero"`
	To         time.Time        `json:"to,omitzero"`
	User       string           `json:"user,omitempty"`
	// Problem is why its rows make no session; Notes are oddities that were overcome.
	Problem string             `json:"problem,omitempty"`
	Notes   []string           `json:"notes,omitempty"`
	Rows    []SessionRow       `json:"rows"`
	Waiting *WaitingUse        `json:"waiting,omitempty"`
	Claim   *ClaimStatus       `json:"claim,omitempty"`
	Record  *RecordStatus      `json:"record,omitempty"`
	Files   Listed[KnownFile]  `json:"files"` // of its record and of its time
	NoFiles string             `json:"files_unknown,omitempty"`
	Stored  []StoredDelivery   `json:"deliveries"`
	Tries   []LoggedAttempt    `json:"attempts"`
	Said    []SaidOfSession    `json:"runs"` // the newest first
	Overlap Listed[UseOverlap] `json:"overlapping_sessions"`
	Shared  Listed[SharedFile] `json:"files_in_two_records"`
	// Concerns are those of the whole site that are about this session.
	Concerns Listed[Concern] `json:"concerns"`
}

// ExitCode returns ExitPartial when there is a concern, else ExitDone.
func (s *SessionStatus) ExitCode() int {
	if s.Concerns.Total > 0 {
		return ExitPartial
	}
	return ExitDone
}

// SessionRow is one row of session_log.
type SessionRow struct {
	ID         int64            `json:"id_session_log"`
	Event      string           `json:"event_type"`
	Time       string           `json:"timestamp"` // as it is written
	Status     nexuslims.Status `json:"record_status"`
	Instrument string           `json:"instrument"`
	User       string           `json:"user,omitempty"`
}

// RecordStatus is the record of a session.
type RecordStatus struct {
	Name    string    `json:"name"`
	State   string    `json:"state"`
	Version int       `json:"version"`
	Digest  string    `json:"sha256,omitempty"`
	BuiltAt time.Time `json:"built_at,omitzero"`
	// From and To are the times of the session that it was built with.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	Path string    `json:"path,omitempty"` // of its file; empty when there is none
}

// KnownFile is a file of a session.
type KnownFile struct {
	StrayFile
	// Change is how it differs from what the record holds: LateNew, LateChanged, LateMoved;
	// empty when it does not.
	Change string `json:"change,omitempty"`
	// Gone is true for a file of the record that was not found as the record has it.
	Gone bool `json:"gone,omitempty"`
}

// StoredDelivery is the delivery of a record to a destination.
type StoredDelivery struct {
	Destination string    `json:"destination"`
	State       string    `json:"state"`
	Step        string    `json:"step,omitempty"`
	ID          string    `json:"id,omitempty"`
	URL         string    `json:"url,omitempty"`
	Digest      string    `json:"sha256,omitempty"`
	Attempts    int       `json:"attempts"`
	NextAttempt time.Time `json:"next_attempt,omitzero"`
	Error       string    `json:"error,omitempty"`
	Kind        string    `json:"error_kind,omitempty"`
	Updated     time.Time `json:"updated"`
}

// LoggedAttempt is one attempt at a destination.
type LoggedAttempt struct {
	Destination string    `json:"destination"`
	Success     bool      `json:"success"`
	Time        time.Time `json:"time,omitzero"`
	ID          string    `json:"id,omitempty"`
	URL         string    `json:"url,omitempty"`
	Error       string    `json:"error,omitempty"`
	Version     string    `json:"version,omitempty"` // of the program; empty for the Python program
}

// SaidOfSession is what a run reported of a session.
type SaidOfSession struct {
	Started time.Time `json:"started"`
	Run     string    `json:"run"` // its kind
	SessionReport
}
