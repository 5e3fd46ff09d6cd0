package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// RebuildOptions choose the sessions whose record is built again.
type RebuildOptions struct {
	Sessions []string
	// DryRun tells what would change; no file, no row and no destination is touched.
	DryRun bool
}

// Rebuild builds the next version of the records of sessions, whatever their status: files
// that turned up late, reservations that were mended, profiles that are new. It says how the
// version differs from the one before, and delivers it to where the old one is, in place
// and with people's edits kept. A version that says the same is none. A session whose
// record cannot be built now keeps the status and the record that it has.
//
// A rebuild that was interrupted before its record was written has changed nothing; later,
// runs deliver the new version as they would one that could not be delivered.
func (p *Pipeline) Rebuild(ctx context.Context, o RebuildOptions) (*Report, error) {
	return p.reported(ctx, o.DryRun, func(r *Report) error {
		queue, err := p.named(ctx, o.Sessions, r)
		if err != nil {
			return err
		}
		works, err := p.works(ctx, queue)
		if err != nil {
			return err
		}
		p.progress.update(func(n *Progress) { n.Total = len(works) })
		for _, w := range works {
			w.looking = o.DryRun
			if v := p.ready(ctx, w); v.done() {
				p.unchanged(w, v)
			}
		}
		trees := p.walk(ctx, works, func(*work) bool { return true })
		return p.each(ctx, works, r, func(w *work) error { return p.rebuild(ctx, w, trees) })
	})
}

// ready tells whether a record may be built. A use that has not ended has no end to look for
// files up to: those of whoever came next would count as its own.
func (p *Pipeline) ready(ctx context.Context, w *work) verdict {
	if w.session.To.IsZero() {
		return verdict{wait: "its use has not ended"}
	}
	return p.resolve(ctx, w)
}

// unchanged reports why the next version of a record cannot be made; the session stays as
// it is.
func (p *Pipeline) unchanged(w *work, v verdict) {
	why := v.wait
	if why == "" {
		why = "it would be " + string(v.settle) + " now"
	}
	if v.err == nil {
		v.err = nexuslims.E(nexuslims.Conflict, "", "", errors.New("not rebuilt: "+why))
	}
	w.note(verdict{wait: "not rebuilt: " + why, err: v.err})
	p.logVerdict(w)
}

// rebuild takes one session through building, comparison and delivery.
func (p *Pipeline) rebuild(ctx context.Context, w *work, trees map[string]walked) error {
	if w.report.Waiting != "" {
		return nil
	}
	if v := p.files(w, trees[w.instrument.PID]); v.done() {
		p.unchanged(w, v)
		return nil
	}
	if w.looking {
		_, _, err := p.next(ctx, w)
		return err
	}
	claimed, err := p.store.Claim(ctx, w.session.ID, p.owner, claimTime)
	if err != nil {
		return err
	}
	if !claimed {
		p.unchanged(w, verdict{wait: "another run works on it"})
		return nil
	}
	w.claimed = p.now()
	err = p.replace(ctx, w)
	return errors.Join(err, p.store.Release(context.WithoutCancel(ctx), w.session.ID, p.owner))
}

// next makes the next version of a session's record and says what is new in it. The old one
// is nil where there is none yet or it cannot be read; it is the next one too where nothing
// is new.
func (p *Pipeline) next(ctx context.Context, w *work) (old, m *made, _ error) {
	m, v, err := p.compose(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if v.done() {
		p.unchanged(w, v)
		return nil, nil, nil
	}
	row, found, err := p.store.Record(ctx, w.session.ID)
	if err != nil {
		return nil, nil, err
	}
	name, uploaded := recordName(w), w.report.Status == nexuslims.Completed
	if found && row.State != db.RecordReserved {
		name, uploaded = row.Name, row.State == db.RecordUploaded
	}
	w.report.Record, w.report.Version = name, max(row.Version, 1)
	old, err = p.load(name, uploaded)
	switch {
	case errors.Is(err, nexuslims.NotFound):
		w.report.Changes = []string{"the record is the first of the session"}
		return nil, m, nil
	case err != nil:
		w.report.Changes = []string{fmt.Sprintf("the version before cannot be read: %v", err)}
		return nil, m, nil
	}
	now, err := record.Decode(m.xml)
	if err != nil {
		return nil, nil, err
	}
	if w.report.Changes = record.Changes(old.record, now); len(w.report.Changes) == 0 {
		return old, old, nil // the date of extraction alone makes no version
	}
	w.report.Version++
	return old, m, nil
}

// replace makes the new version durable and delivers it. The session counts as not exported
// from the moment the version is known here, so that whatever ends the process, the next
// run delivers it.
func (p *Pipeline) replace(ctx context.Context, w *work) error {
	old, m, err := p.next(ctx, w)
	if err != nil || m == nil {
		return err
	}
	if m == old {
		_, err = p.deliver(ctx, w, *old)
		return err
	}
	generation, err := p.store.BeginGeneration(ctx, w.session)
	if err != nil {
		return err
	}
	v, err := p.write(ctx, w, m)
	if err == nil && !v.done() {
		err = p.claimFiles(ctx, w)
	}
	if err == nil && !v.done() {
		err = p.store.SettleRecord(ctx, w.row(m, db.RecordWaiting), nexuslims.BuiltNotExported)
	}
	if err != nil || v.done() {
		if v.done() {
			p.unchanged(w, v)
		}
		return errors.Join(err, p.store.DropGeneration(context.WithoutCancel(ctx), generation))
	}
	w.report.Status = nexuslims.BuiltNotExported
	p.built(w, m)
	_, err = p.deliver(ctx, w, *m)
	return err
}
