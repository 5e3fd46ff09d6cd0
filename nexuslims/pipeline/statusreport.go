package pipeline

import (
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// StatusReport tells how a site stands. Its JSON form is what --json prints.
type StatusReport struct {
	Time time.Time `json:"time"`
	// Since is how far back sessions that are settled, and files, are looked at. What is
	// open is told whatever its age.
	Since    time.Time `json:"since"`
	Database string    `json:"database"`
	// Holder is who holds the lock of the site, or was killed while it did.
	Holder     *LockHolder        `json:"lock,omitempty"`
	Runs       []RunStatus        `json:"runs"` // the newest first
	Sources    []SourceStatus     `json:"sources"`
	Sessions   []SessionCount     `json:"sessions"`
	Waiting    Listed[WaitingUse] `json:"waiting"`
	Deliveries []DeliveryStatus   `json:"deliveries"`
	Claims     []ClaimStatus      `json:"claims,omitempty"`
	Overlaps   Listed[UseOverlap] `json:"overlapping_sessions"`
	Shared     Listed[SharedFile] `json:"files_in_two_records"`
	Files      []InstrumentStatus `json:"files,omitempty"` // empty when files were not looked at
	Concerns   Listed[Concern]    `json:"concerns"`        // what somebody should look at
}

// Listed is a list that is cut when it becomes very long.
type Listed[T any] struct {
	Total int `json:"total"`
	Items []T `json:"items,omitempty"` // the first StatusCap of them
}

// StatusCap is the length at which lists of a status report are cut.
const StatusCap = 10_000

func (l *Listed[T]) add(item T) {
	l.Total++
	if len(l.Items) < StatusCap {
		l.Items = append(l.Items, item)
	}
}

// The kinds of concern.
const (
	ConcernRun         = "run"          // a run failed, or there are none any more
	ConcernCheck       = "check"        // the last run found something out of order
	ConcernSource      = "source"       // a source is not harvested
	ConcernRows        = "rows"         // rows of the database make no session
	ConcernFault       = "fault"        // a session waits for a fault to go
	ConcernStuck       = "stuck"        // a session or a claim is left lying
	ConcernFailed      = "failed"       // no record could be built
	ConcernNotExported = "not_exported" // a record is built and not exported for over a day
	ConcernGivenUp     = "given_up"     // no attempt at a destination will come by itself
	ConcernChanged     = "changed"      // an event was edited after its session was settled
	ConcernLate        = "late_files"   // a record lacks files, or holds older versions
	ConcernShared      = "shared_files" // files are in two records
	ConcernStore       = "store"        // the folder of an instrument cannot be read
	ConcernFuture      = "future_files" // file times lie in the future
	ConcernSkew        = "clock_skew"   // file times and sessions differ by a constant
)

// Concern is something that somebody should look at.
type Concern struct {
	Kind        string `json:"kind"`
	Session     string `json:"session,omitempty"`
	Instrument  string `json:"instrument,omitempty"`
	Destination string `json:"destination,omitempty"`
	Text        string `json:"text"`
	Advice      string `json:"advice"` // a command where there is one
}

// ExitCode returns ExitPartial when there is a concern, else ExitDone.
func (r *StatusReport) ExitCode() int {
	if r.Concerns.Total > 0 {
		return ExitPartial
	}
	return ExitDone
}

// LockHolder is a run that took the lock of the site and has not given it back.
type LockHolder struct {
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
	// State is "running", "killed", or "unknown" for a process of another machine.
	State string `json:"state"`
}

// The states of a lock's holder.
const (
	HolderRunning = "running"
	HolderKilled  = "killed"
	HolderUnknown = "unknown"
)

// RunStatus is one run of the past.
type RunStatus struct {
	Kind     string    `json:"kind"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended,omitzero"`
	Seconds  float64   `json:"seconds"`
	ExitCode int       `json:"exit_code"`
	Sessions int       `json:"sessions"`
	Fault    string    `json:"fault,omitempty"`
}

// SourceStatus is how far a source of usage events was read.
type SourceStatus struct {
	Kind     string    `json:"kind"`
	ID       string    `json:"id"`
	Position time.Time `json:"position"`
	Error    string    `json:"error,omitempty"` // of the last run
}

// SessionCount is how many sessions of an instrument are in a status.
type SessionCount struct {
	Instrument string           `json:"instrument"`
	Status     nexuslims.Status `json:"status"`
	Sessions   int              `json:"sessions"`
}

// WaitingUse is a session that is to be built.
type WaitingUse struct {
	Session    string    `json:"session"`
	Instrument string    `json:"instrument"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	User       string    `json:"user,omitempty"`
	Reason     string    `json:"reason"`
	Fault      string    `json:"fault,omitempty"`
	Until      time.Time `json:"until,omitzero"` // when it is settled whatever is missing
}

// DeliveryStatus is how the deliveries in one state at a destination stand.
type DeliveryStatus struct {
	Destination string    `json:"destination"`
	State       string    `json:"state"`
	Count       int       `json:"count"`
	Oldest      time.Time `json:"oldest,omitzero"`       // last change of the one that lies longest
	NextAttempt time.Time `json:"next_attempt,omitzero"` // the earliest
	Error       string    `json:"error,omitempty"`       // the newest
	Kind        string    `json:"error_kind,omitempty"`
	Session     string    `json:"session,omitempty"` // that had it
}

// StateLogged stands for deliveries of the Python program at destinations that ours never
// used: the number is that of the attempts it logged.
const StateLogged = "logged"

// ClaimStatus is a session that a run works on, or was when it was killed.
type ClaimStatus struct {
	Session string    `json:"session"`
	Owner   string    `json:"owner"`
	Beat    time.Time `json:"beat"`
	Expires time.Time `json:"expires"`
	Dead    bool      `json:"dead"` // its run is over
}

// UseOverlap is two sessions of an instrument at the same time.
type UseOverlap struct {
	Instrument string    `json:"instrument"`
	Sessions   [2]string `json:"sessions"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
}

// SharedFile is a file in two records.
type SharedFile struct {
	Path     string    `json:"path"`
	Sessions [2]string `json:"sessions"`
}

// InstrumentStatus is what lies in the folder of an instrument.
type InstrumentStatus struct {
	Instrument string `json:"instrument"`
	Folder     string `json:"folder"`
	Files      int    `json:"files"`           // of kinds that enter records, since Since
	Error      string `json:"error,omitempty"` // why it could not be looked through
	// Unreadable are parts of it that could not be looked into.
	Unreadable []string `json:"unreadable,omitempty"`
	// Late are sessions whose record lacks files or holds older versions of them.
	Late Listed[LateUse] `json:"late"`
	// Unknown are settled sessions of which nothing tells which files are in their record.
	Unknown Listed[string] `json:"unknown,omitzero"`
	// Outside are files that lie in no session. Those of the last day before the harvest
	// are left out: their session may not have ended yet.
	Outside Listed[StrayFile] `json:"in_no_session"`
	Future  Listed[StrayFile] `json:"in_the_future"`
	// Until is up to when it can be told which session a file belongs to: later files are in
	// neither list.
	Until time.Time `json:"judged_until,omitzero"`
	Skew  *Skew     `json:"clock_skew,omitempty"`
}

// LateUse is a session with late files.
type LateUse struct {
	Session string           `json:"session"`
	Status  nexuslims.Status `json:"status"`
	Record  string           `json:"record,omitempty"`
	From    time.Time        `json:"from"`
	To      time.Time        `json:"to"`
	Files   Listed[LateFile] `json:"files"`
}

// How a file differs from what the record of its session holds.
const (
	LateNew     = "new"     // the record does not hold it
	LateChanged = "changed" // it was written again
	LateMoved   = "moved"   // it was written again after the session, and would be lost to it
)

// LateFile is a file that the record of its session does not hold as it is now.
type LateFile struct {
	StrayFile
	Change string `json:"change"`
}

// StrayFile is a file of an instrument.
type StrayFile struct {
	Path    string    `json:"path"` // relative to the root of instrument data
	ModTime time.Time `json:"mtime"`
	Size    int64     `json:"size"`
}
