package pipeline

import (
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Report tells what a run did. It is complete even when the run ended early, and its
// JSON form is what --json prints.
type Report struct {
	Started   time.Time        `json:"started"`
	Ended     time.Time        `json:"ended"`
	DryRun    bool             `json:"dry_run"`
	Checks    []Check          `json:"preflight"`
	Sources   []SourceReport   `json:"sources"`
	Sessions  []SessionReport  `json:"sessions"`
	Waiting   int              `json:"records_waiting,omitempty"` // built earlier, not exported, not tried again by this run
	Warnings  []string         `json:"warnings,omitempty"`
	Fault     string           `json:"fault,omitempty"` // why the run ended before its time
	Cancelled bool             `json:"cancelled,omitempty"`
	Problems  []ProblemReport  `json:"problems,omitempty"`
	Changed   []ChangedSession `json:"changed_after_build,omitempty"`
}

// SourceReport tells what came of one source of usage events.
type SourceReport struct {
	Kind     string    `json:"kind"`
	ID       string    `json:"id"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Events   int       `json:"events"`
	Added    int       `json:"added"`
	Updated  int       `json:"updated"`
	Warnings []string  `json:"warnings,omitempty"`
	Error    string    `json:"error,omitempty"`
	changed  []ChangedSession
}

// ProblemReport is a row of the database that no session could be made of.
type ProblemReport struct {
	Session string `json:"session"`
	Reason  string `json:"reason"`
}

// ChangedSession is a session whose usage event changed after it was settled.
type ChangedSession struct {
	Session string `json:"session"`
	Change  string `json:"change"`
}

// SessionReport tells what came of one session.
type SessionReport struct {
	ID         string           `json:"session"`
	Instrument string           `json:"instrument"`
	From       time.Time        `json:"from"`
	To         time.Time        `json:"to"`
	User       string           `json:"user"`
	Status     nexuslims.Status `json:"status"`            // after the run
	Waiting    string           `json:"waiting,omitempty"` // why it is not settled yet
	Error      string           `json:"error,omitempty"`   // why it failed
	Kind       string           `json:"error_kind,omitempty"`
	Title      string           `json:"title,omitempty"`
	Record     string           `json:"record,omitempty"`  // name of the record
	Version    int              `json:"version,omitempty"` // of a rebuilt record
	Changes    []string         `json:"changes,omitempty"` // what is new in it, in words
	Activities int              `json:"activities,omitempty"`
	Datasets   int              `json:"datasets,omitempty"`
	Files      []FileReport     `json:"files,omitempty"` // in a dry run all, else those with something to tell
	FileCount  int              `json:"file_count"`
	Bytes      int64            `json:"bytes"`
	Deliveries []DeliveryReport `json:"deliveries,omitempty"`
	Warnings   []string         `json:"warnings,omitempty"`
	Seconds    float64          `json:"seconds"`
}

// FileReport tells about one file.
type FileReport struct {
	Path    string    `json:"path"`
	ModTime time.Time `json:"mtime"`
	Size    int64     `json:"size"`
	Note    string    `json:"note,omitempty"`
}

// DeliveryReport tells what came of one destination.
type DeliveryReport struct {
	Destination string   `json:"destination"`
	State       string   `json:"state"`
	Attempted   bool     `json:"attempted"`
	ID          string   `json:"id,omitempty"`
	URL         string   `json:"url,omitempty"`
	Error       string   `json:"error,omitempty"`
	Kind        string   `json:"error_kind,omitempty"`
	Warnings    []string `json:"warnings,omitempty"`
}

// Exit codes of a run.
const (
	ExitDone    = 0 // done, or nothing to do
	ExitFailed  = 1 // the run could not be carried out
	ExitUsage   = 2 // wrong use or configuration
	ExitPartial = 3 // finished; some sessions failed, wait for a fault to go, or were not exported
	ExitLocked  = 4 // another run holds the lock
)

// ExitCode returns the exit code that the report stands for.
func (r *Report) ExitCode() int {
	switch {
	case r.Fault != "" || r.Cancelled:
		return ExitFailed
	case len(r.Problems) > 0, slices.ContainsFunc(r.Sources, func(s SourceReport) bool { return s.Error != "" }),
		slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.Passed && c.Fault }),
		slices.ContainsFunc(r.Sessions, func(s SessionReport) bool { return s.partial(r.DryRun) }):
		return ExitPartial
	}
	return ExitDone
}

// partial reports whether something about the session should be looked at. Waiting for
// an answer or for files is the ordinary course of things; waiting for a fault is not.
func (s SessionReport) partial(dryRun bool) bool {
	if dryRun { // nothing was tried
		return s.Error != ""
	}
	return s.Error != "" || s.Status == nexuslims.Failed || s.Status == nexuslims.BuiltNotExported
}

// Count returns how many sessions ended in a status.
func (r *Report) Count(status nexuslims.Status) int {
	n := 0
	for _, s := range r.Sessions {
		if s.Status == status && s.Waiting == "" {
			n++
		}
	}
	return n
}
