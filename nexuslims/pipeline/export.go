package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// ExportOptions choose which records are delivered again. Whom they go to, and whether
// waiting times count, is the runner's: see [exporters.Runner], Only and Force.
type ExportOptions struct {
	// Sessions names the sessions; empty: all whose record does not count as exported.
	Sessions []string
	// Since leaves out sessions that ended before; zero: none.
	Since time.Time
	// Settled takes in sessions whose record counts as exported, although a destination has
	// not got it: it failed beside a success, or was switched on later and is named in Only.
	Settled bool
	// DryRun tells what would be done and asks nobody.
	DryRun bool
}

// Export delivers records that are built already. Consent is asked for again before, and a
// session that was settled stays so whatever comes of it. The report is complete whatever
// happens; the error says why the export could not be carried out, and is in the report.
func (p *Pipeline) Export(ctx context.Context, o ExportOptions) (*Report, error) {
	return p.reported(ctx, o.DryRun, func(r *Report) error {
		queue, err := p.exportable(ctx, o, r)
		if err != nil {
			return err
		}
		works, err := p.works(ctx, queue)
		if err != nil {
			return err
		}
		p.progress.update(func(n *Progress) { n.Total = len(works) })
		return p.each(ctx, works, r, func(w *work) error {
			if o.DryRun {
				return p.planned(ctx, w)
			}
			return p.again(ctx, w)
		})
	})
}

// reported carries out what a command does, and reports it.
func (p *Pipeline) reported(ctx context.Context, dry bool, do func(r *Report) error) (*Report, error) {
	r := &Report{Started: p.now(), DryRun: dry, Warnings: slices.Clone(p.options.InsecureNotes)}
	p.down.Clear()
	if !dry {
		p.tidy(ctx)
	}
	err := do(r)
	r.Ended = p.now()
	if err != nil {
		r.Cancelled = canceled(ctx, err)
		r.Fault = err.Error()
	}
	return r, err
}

// each works on sessions one after the other and reports each.
func (p *Pipeline) each(ctx context.Context, works []*work, r *Report, do func(w *work) error) error {
	for _, w := range works {
		w.started = p.now()
		err := ctx.Err()
		if err == nil {
			err = do(w)
		}
		w.report.Seconds = p.now().Sub(w.started).Seconds()
		r.Sessions = append(r.Sessions, w.report)
		if canceled(ctx, err) {
			return nexuslims.E(nexuslims.Canceled, "work on", w.session.ID, ctx.Err())
		}
		if err != nil {
			return err
		}
		p.progress.update(func(n *Progress) { n.Sessions++ })
	}
	return nil
}

// exportable lists the sessions that an export is about.
func (p *Pipeline) exportable(ctx context.Context, o ExportOptions, r *Report) ([]db.Queued, error) {
	if len(o.Sessions) > 0 {
		return p.named(ctx, o.Sessions, r)
	}
	statuses := []nexuslims.Status{nexuslims.BuiltNotExported}
	if o.Settled {
		statuses = append(statuses, nexuslims.Completed)
	}
	queue, problems, err := p.store.Queue(ctx, statuses...)
	if err != nil {
		return nil, err
	}
	for _, problem := range problems {
		r.Problems = append(r.Problems, ProblemReport{problem.Session, problem.Reason})
	}
	lacking, err := p.lacking(ctx, o)
	if err != nil {
		return nil, err
	}
	var chosen []db.Queued
	for _, q := range queue {
		if q.To.Before(o.Since) || q.Status == nexuslims.Completed && !lacking(q.ID) {
			continue
		}
		due, err := p.runner.Due(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		if q.Status == nexuslims.BuiltNotExported && !due {
			r.Waiting++
			continue
		}
		chosen = append(chosen, q)
	}
	return chosen, nil
}

// lacking returns who of the settled sessions lacks a delivery: of the destinations that
// were asked for by name each one counts, else what is written down as not done.
func (p *Pipeline) lacking(ctx context.Context, o ExportOptions) (func(session string) bool, error) {
	if !o.Settled {
		return func(string) bool { return false }, nil
	}
	if len(p.runner.Only) == 0 {
		open, err := p.store.Undelivered(ctx)
		return func(session string) bool { _, found := slices.BinarySearch(open, session); return found }, err
	}
	var have []map[string]bool
	for _, name := range p.runner.Only {
		at, err := p.store.DeliveredTo(ctx, name)
		if err != nil {
			return nil, err
		}
		have = append(have, at)
	}
	return func(session string) bool {
		return slices.ContainsFunc(have, func(at map[string]bool) bool { return !at[session] })
	}, nil
}

// named looks sessions up. One that is not there is a problem of the report.
func (p *Pipeline) named(ctx context.Context, ids []string, r *Report) ([]db.Queued, error) {
	var queue []db.Queued
	for _, id := range ids {
		q, err := p.store.Session(ctx, id)
		switch nexuslims.KindOf(err) {
		case nexuslims.NotFound, nexuslims.Invalid:
			r.Problems = append(r.Problems, ProblemReport{id, reasonOf(errors.Unwrap(err))})
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(queue, func(other db.Queued) bool { return other.ID == q.ID }) {
			queue = append(queue, q)
		}
	}
	return queue, nil
}

// planned tells what an export would do with a session.
func (p *Pipeline) planned(ctx context.Context, w *work) error {
	m, err := p.kept(ctx, w)
	if err != nil || m == nil {
		return err
	}
	w.report.Record = m.name
	out, err := p.runner.Plan(ctx, w.session.ID, m.digest)
	w.report.Deliveries = deliveryReports(out)
	return err
}

// kept loads the record of a session from its file; nil, with the reason in the report,
// when there is none that can be read. A session of the Python program has no entry here, or
// no more than a name when a rebuild was interrupted: its status tells where the file is.
func (p *Pipeline) kept(ctx context.Context, w *work) (*made, error) {
	r, found, err := p.store.Record(ctx, w.session.ID)
	if err != nil {
		return nil, err
	}
	exists := w.report.Status == nexuslims.Completed || w.report.Status == nexuslims.BuiltNotExported
	name, uploaded := recordName(w), w.report.Status == nexuslims.Completed
	if found && r.State != db.RecordReserved {
		exists, name, uploaded = true, r.Name, r.State == db.RecordUploaded
	}
	if !exists {
		w.note(verdict{wait: "it has no record yet", err: nexuslims.E(nexuslims.NotFound, "read record of", w.session.ID, nil)})
		return nil, nil
	}
	m, err := p.load(name, uploaded)
	if err != nil {
		w.note(verdict{wait: "its record cannot be read", err: err})
		return nil, nil //nolint:nilerr // the report has it
	}
	w.report.Title = m.record.Title
	return m, nil
}

// again delivers the record of one session from its file.
func (p *Pipeline) again(ctx context.Context, w *work) error {
	settled := w.report.Status != nexuslims.BuiltNotExported
	v := p.resolve(ctx, w)
	if canceled(ctx, v.err) {
		return nexuslims.E(nexuslims.Canceled, "deliver again", w.session.ID, ctx.Err())
	}
	switch {
	case v.settle == nexuslims.ConsentRefused && settled:
		w.note(verdict{wait: "consent was withdrawn: its record goes nowhere else", err: nexuslims.E(
			nexuslims.NoConsent, "deliver again", w.session.ID, nil)})
		p.logVerdict(w)
		return nil
	case v.settle == nexuslims.ConsentRefused:
		return p.finish(ctx, RunOptions{}, w, v)
	case v.done(): // only a withdrawn consent settles a record that was built with one
		w.note(heldBack(v, settled))
		p.logVerdict(w)
		return nil
	}
	m, err := p.kept(ctx, w)
	if err != nil {
		return err
	}
	if m == nil {
		p.logVerdict(w)
		return nil
	}
	_, err = p.deliver(ctx, w, *m)
	return err
}

// heldBack is the verdict on a record that goes nowhere for now. One that is settled has nothing
// to wait for: that it was not delivered is a fault.
func heldBack(v verdict, settled bool) verdict {
	why := cmp.Or(v.wait, "what the scheduler says of it has changed")
	if v.err == nil && settled {
		v.err = nexuslims.E(nexuslims.Conflict, "", "", errors.New("not delivered: "+why))
	}
	return verdict{wait: why, err: v.err}
}

// undelivered reports how many of a settled session's destinations failed, or were out of
// reach before their turn came.
func undelivered(out exporters.Outcome) (failed int) {
	for _, r := range out.Results {
		if r.Err != nil && (r.Attempted || r.State == exporters.Waiting) {
			failed++
		}
	}
	return failed
}

var errNotEverywhere = errors.New("a destination that was asked has it not")

// stays settles nothing: the record of a settled session was delivered as it is. What
// failed shows in the report.
func (p *Pipeline) stays(w *work, out exporters.Outcome) {
	if n := undelivered(out); n > 0 {
		w.report.Error = fmt.Sprintf("%v (%d)", errNotEverywhere, n)
		w.report.Kind = nexuslims.Transient.String()
	}
}
