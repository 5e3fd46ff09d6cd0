package exporters

import (
	"context"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Destination is one outside system that keeps records.
//
// Methods are called by one goroutine at a time. Errors carry a nexuslims kind:
// Transient may be tried again later, Permission and Invalid not before somebody
// changed something, Conflict means that people's edits stand in the way.
type Destination interface {
	// Export creates the record. The runner has made sure that none exists, or that the
	// one of job.Earlier is incomplete and must be continued from its Step.
	//
	// A receipt together with an error says what already exists remotely.
	Export(ctx context.Context, job *Job) (Receipt, error)
	// Close ends the use; it may be called twice.
	Close() error
}

// Checker is a destination that can be asked whether it would accept a record: one
// cheap authenticated call, nothing changed.
type Checker interface {
	Check(ctx context.Context) error
}

// Finder is a destination that can find the record of a session by itself.
type Finder interface {
	// Find looks for the record of the job's session, whoever made it. Several hits: the
	// newest, with a warning in the receipt.
	Find(ctx context.Context, job *Job) (Receipt, bool, error)
}

// Updater is a destination that can change a record in place.
type Updater interface {
	// Update brings the record of the receipt to the state of the job, keeping what people
	// changed there: the stored document goes through job.Reconcile. A record that is gone
	// is NotFound; the runner then creates it anew.
	Update(ctx context.Context, job *Job, existing Receipt) (Receipt, error)
}

// Fetcher is a destination that can show what it holds of a record. Merging with people's
// edits does not need it; proving that what the ledger says is true does.
type Fetcher interface {
	// Fetch returns the record's document as it stands at the destination, unchanged. A
	// record that is gone, or has no document any more, is NotFound.
	Fetch(ctx context.Context, existing Receipt) ([]byte, error)
}

// Deleter is a destination that can delete a record, for maintenance.
type Deleter interface {
	Delete(ctx context.Context, existing Receipt) error
}

// Job is one record to deliver.
type Job struct {
	Session    nexuslims.Session
	Instrument nexuslims.Instrument
	// Name is the record's name without extension: "2018-11-13_Titan-TEM_1001".
	Name string
	// XML is the validated document; Digest its SHA-256 in lower-case hex.
	XML    []byte
	Digest string
	// Record is the same document as values.
	Record nexuslims.Record
	// Reservation is what the scheduler said; zero when the record is delivered again
	// from its file.
	Reservation nexuslims.Reservation
	// Files gives access to data files, previews and metadata files.
	Files Files
	// MediaTypes holds the registered media types of formats by their short names, as in
	// nexuslims.Dataset; a format that is missing has none. It may be nil.
	MediaTypes map[string]string
	// Previous holds the receipts of destinations that have this record already, by
	// name: for links between them.
	Previous map[string]Receipt
	// Earlier is what the ledger knows of this destination; nil at the first attempt.
	Earlier *Receipt
	// Progress records a step of a delivery durably, before the next remote call. It may
	// be nil.
	Progress func(ctx context.Context, r Receipt) error
	// Reconcile compares a document stored at the destination with what was delivered
	// last and with XML. It may be nil, which means that nobody edits there.
	Reconcile func(stored []byte) (Reconciled, error)
}

// Reconciled is the answer of Job.Reconcile.
type Reconciled struct {
	// Document is what to store now.
	Document []byte
	// Current is true when the stored document says the same as Document: nothing to do.
	Current bool
	// Edits lists what people changed and what was kept of it.
	Edits []string
}

// Receipt is what a destination says of a record.
type Receipt struct {
	ID  string // identifier at the destination
	URL string // page for a person
	// Step is the last step that was completed, for deliveries of several steps.
	Step string
	// Partial is true when steps are missing.
	Partial bool
	// Digest is the digest of the document that was delivered.
	Digest string
	// Time of the attempt.
	Time time.Time
	// Warnings are what a person should know although it worked.
	Warnings []string
	// Meta is kept in upload_log as JSON.
	Meta map[string]any
}
