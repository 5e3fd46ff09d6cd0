package nexuslims

import "time"

// Consent is the answer to the question whether data may be harvested.
type Consent int

// The answers. Unknown means no: it only leaves time for an answer to come.
const (
	ConsentUnknown Consent = iota // nobody answered
	ConsentGranted
	ConsentDenied
)

// String returns the answer in one word.
func (c Consent) String() string {
	return [...]string{"unknown", "granted", "refused"}[c]
}

// Reservation is what a scheduler knows about a session besides its times: who, why,
// on which samples, for which project, and whether data may be harvested.
//
// Start and End are those of the reservation, or of the usage event when its answers
// gave the consent; empty texts are unknown.
type Reservation struct {
	Consent     Consent
	Title       string // title of the experiment as the user wrote it; may be empty
	Purpose     string // motivation, line breaks kept
	ID          string // id at the scheduler
	URL         string // page of the reservation or usage event
	Username    string // login name of the user of the session
	FullName    string // "First Last (login)"
	Email       string
	FirstName   string
	LastName    string
	CreatedBy   string // login name of who made the booking
	Start, End  time.Time
	LastUpdated time.Time
	Samples     []Sample
	Projects    []Project
	Warnings    []string // what a person should know, e.g. a reservation of somebody else was used
}

// Sample is one specimen of a session.
type Sample struct {
	ID          string   // id within the record, derived by the builder
	Ref         string   // persistent identifier (PID) of the sample, a URL or handle
	Name        string   // free text
	Description string   // free text
	Elements    []string // chemical symbols; nil when not asked, empty when none was chosen
}

// Project is what the work is charged to.
type Project struct {
	Name, Division, Group, ID, Ref string
}
