package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// VerifyOptions choose the sessions whose deliveries are proved. Which destinations are
// asked is the runner's: see [exporters.Runner], Only.
type VerifyOptions struct {
	Sessions []string  // empty: all that have a record
	Since    time.Time // leaves out sessions that ended before; zero: none
}

// VerifyReport tells whether what the database says of records is so.
type VerifyReport struct {
	Started   time.Time         `json:"started"`
	Ended     time.Time         `json:"ended"`
	Sessions  []VerifiedSession `json:"sessions"`
	Warnings  []string          `json:"warnings,omitempty"`
	Problems  []ProblemReport   `json:"problems,omitempty"`
	Fault     string            `json:"fault,omitempty"` // why it ended before its time
	Cancelled bool              `json:"cancelled,omitempty"`
}

// VerifiedSession is one session with a record.
type VerifiedSession struct {
	ID     string           `json:"session"`
	Status nexuslims.Status `json:"status"`
	Record string           `json:"record,omitempty"` // name
	// File is the standing of the record's file here: same, differs, missing, or unproven
	// where its digest is not known.
	File         exporters.Standing `json:"file"`
	FileError    string             `json:"file_error,omitempty"`
	Destinations []VerifiedDelivery `json:"destinations"`
}

// VerifiedDelivery is what one destination holds.
type VerifiedDelivery struct {
	Destination string             `json:"destination"`
	Standing    exporters.Standing `json:"standing"`
	ID          string             `json:"id,omitempty"`
	URL         string             `json:"url,omitempty"`
	Delivered   string             `json:"delivered_digest,omitempty"` // as written down
	Stored      string             `json:"stored_digest,omitempty"`    // of what stands there
	Edits       []string           `json:"edits,omitempty"`
	Error       string             `json:"error,omitempty"`
	Kind        string             `json:"error_kind,omitempty"`
}

// Sound reports whether nothing about a session needs a look. Documents of the Python
// program have no digest to be compared with.
func (v VerifiedSession) Sound() bool {
	fine := func(s exporters.Standing) bool { return s == exporters.Same || s == exporters.Edited }
	return (fine(v.File) || v.File == exporters.Unproven && v.FileError == "") &&
		!slices.ContainsFunc(v.Destinations, func(d VerifiedDelivery) bool { return !fine(d.Standing) })
}

// ExitCode returns the exit code that the report stands for.
func (r *VerifyReport) ExitCode() int {
	switch {
	case r.Fault != "" || r.Cancelled:
		return ExitFailed
	case len(r.Problems) > 0, slices.ContainsFunc(r.Sessions, func(v VerifiedSession) bool { return !v.Sound() }):
		return ExitPartial
	}
	return ExitDone
}

// Verify asks every destination that has a record, by the ledger, whether it has it, and
// looks at the record's file. Nothing is changed anywhere.
func (p *Pipeline) Verify(ctx context.Context, o VerifyOptions) (*VerifyReport, error) {
	r := &VerifyReport{Started: p.now(), Warnings: slices.Clone(p.options.InsecureNotes)}
	err := p.verify(ctx, o, r)
	r.Ended = p.now()
	if err != nil {
		r.Cancelled = canceled(ctx, err)
		r.Fault = err.Error()
	}
	return r, err
}

func (p *Pipeline) verify(ctx context.Context, o VerifyOptions, r *VerifyReport) error {
	queue, err := p.verifiable(ctx, o, r)
	if err != nil {
		return err
	}
	works, err := p.works(ctx, queue)
	if err != nil {
		return err
	}
	p.progress.update(func(n *Progress) { n.Stage, n.Total = "verify", len(works) })
	for _, w := range works {
		p.progress.update(func(n *Progress) { n.Session = w.session.ID })
		v, err := p.verifySession(ctx, w)
		if err != nil {
			return err
		}
		r.Sessions = append(r.Sessions, v)
		p.progress.update(func(n *Progress) { n.Sessions++ })
	}
	return nil
}

// verifiable lists the sessions that have a record.
func (p *Pipeline) verifiable(ctx context.Context, o VerifyOptions, r *VerifyReport) ([]db.Queued, error) {
	if len(o.Sessions) > 0 {
		var found Report
		queue, err := p.named(ctx, o.Sessions, &found)
		r.Problems = append(r.Problems, found.Problems...)
		return queue, err
	}
	queue, problems, err := p.store.Queue(ctx, nexuslims.Completed, nexuslims.BuiltNotExported)
	for _, problem := range problems {
		r.Problems = append(r.Problems, ProblemReport{problem.Session, problem.Reason})
	}
	return slices.DeleteFunc(queue, func(q db.Queued) bool { return q.To.Before(o.Since) }), err
}

func (p *Pipeline) verifySession(ctx context.Context, w *work) (VerifiedSession, error) {
	v := VerifiedSession{ID: w.session.ID, Status: w.report.Status, Destinations: []VerifiedDelivery{}}
	if err := p.verifyFile(ctx, w, &v); err != nil {
		return v, err
	}
	all, err := p.runner.Verify(ctx, w.session.ID)
	for _, at := range all {
		d := VerifiedDelivery{
			Destination: at.Destination, Standing: at.Standing, ID: at.Receipt.ID, URL: at.Receipt.URL,
			Delivered: at.Receipt.Digest, Stored: at.Digest, Edits: at.Edits,
		}
		if at.Err != nil {
			d.Error, d.Kind = at.Err.Error(), nexuslims.KindOf(at.Err).String()
		}
		v.Destinations = append(v.Destinations, d)
	}
	return v, err
}

// verifyFile compares the record's file with its digest.
func (p *Pipeline) verifyFile(ctx context.Context, w *work, v *VerifiedSession) error {
	row, found, err := p.store.Record(ctx, w.session.ID)
	if err != nil {
		return err
	}
	m, err := p.kept(ctx, w)
	switch {
	case err != nil:
		return err
	case m == nil:
		v.File, v.FileError = exporters.Unproven, w.report.Error
		if w.report.Kind == nexuslims.NotFound.String() {
			v.File = exporters.Missing
		}
		return nil
	}
	v.Record = m.name
	switch {
	case !found || row.Digest == "":
		v.File = exporters.Unproven
	case row.Digest == m.digest:
		v.File = exporters.Same
	default:
		v.File = exporters.Differs
		v.FileError = "the file is not the one that was built"
	}
	return nil
}
