package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// harvest asks every source for its ended usage events. A source that is down keeps no
// other from being asked. In a dry run nothing is stored, and the events are returned.
func (p *Pipeline) harvest(ctx context.Context, o RunOptions, r *Report) ([]nexuslims.Session, error) {
	instruments, err := p.store.Instruments(ctx)
	if err != nil {
		return nil, err
	}
	var all []nexuslims.Session
	for _, h := range p.harvesters {
		report, sessions, err := p.harvestSource(ctx, o, h, instruments)
		if canceled(ctx, err) {
			return nil, nexuslims.E(nexuslims.Canceled, "harvest", report.ID, ctx.Err())
		}
		if err != nil {
			report.Error = err.Error()
			p.log.Error("source cannot be harvested; its events wait", "source", report.ID, "err", err)
		}
		for _, w := range report.Warnings {
			p.log.Warn(w, "source", report.ID)
		}
		r.Sources = append(r.Sources, report)
		r.Changed = append(r.Changed, report.changed...)
		all = append(all, sessions...)
	}
	return all, nil
}

func (p *Pipeline) harvestSource(
	ctx context.Context, o RunOptions, h harvesters.Harvester, ins []nexuslims.Instrument,
) (SourceReport, []nexuslims.Session, error) {
	src := h.Source()
	report := SourceReport{Kind: src.Kind, ID: src.ID}
	p.progress.update(func(n *Progress) { n.Stage, n.Session = "harvest", src.ID })
	if err := p.unreachable(h); err != nil {
		return report, nil, err
	}
	bookmark, err := p.store.Bookmark(ctx, src.Kind, src.ID)
	if err != nil {
		return report, nil, err
	}
	now := p.now()
	q := harvesters.Query{Now: now, Instruments: p.owned(h, ins)}
	q.From, q.To = o.window(now, bookmark)
	report.From, report.To = q.From, q.To
	if len(q.Instruments) == 0 {
		report.Warnings = append(report.Warnings, "no instrument of the database belongs to this source")
		return report, nil, nil
	}
	var batch harvesters.Batch
	err = guarded(func() (err error) {
		batch, err = h.Events(ctx, q)
		return err
	})
	if err != nil {
		return report, nil, err
	}
	report.Events, report.Warnings = len(batch.Sessions), batch.Warnings
	if o.DryRun {
		return report, batch.Sessions, nil
	}
	return report, nil, p.keep(ctx, src, q, batch, &report)
}

// keep stores events and moves the bookmark with them. A window with an upper bound
// moves nothing: what lies beyond it was not seen.
func (p *Pipeline) keep(ctx context.Context, src harvesters.Source, q harvesters.Query, batch harvesters.Batch, report *SourceReport) error {
	harvest := db.Harvest{Kind: src.Kind, ID: src.ID, Sessions: batch.Sessions}
	if q.To.IsZero() {
		harvest.Bookmark = q.Now
	}
	stored, err := p.store.StoreHarvest(ctx, harvest)
	if err != nil {
		return err
	}
	p.checkpoint("harvested")
	report.Added, report.Updated = stored.Added, stored.Updated
	for _, refused := range stored.Refused {
		report.Warnings = append(report.Warnings, refused.Error())
	}
	for _, c := range stored.ChangedAfterBuild {
		report.Warnings = append(report.Warnings, fmt.Sprintf("%s was changed after it was settled: %s", c.Session, c.Change))
		report.changed = append(report.changed, ChangedSession{Session: c.Session, Change: c.Change})
	}
	return nil
}

// owned returns the instruments that h knows better than any other source.
func (p *Pipeline) owned(h harvesters.Harvester, ins []nexuslims.Instrument) []nexuslims.Instrument {
	var own []nexuslims.Instrument
	for _, in := range ins {
		if p.harvesterFor(in) == h {
			own = append(own, in)
		}
	}
	return own
}

// patience reports whether what is missing may still come: the waiting time after the
// session's end is not over.
func (p *Pipeline) patience(s nexuslims.Session) bool {
	return p.now().Sub(s.To) <= p.options.Delay
}

// until says when patience ends, for the report.
func (p *Pipeline) until(s nexuslims.Session) string {
	return s.To.Add(p.options.Delay).Format(time.RFC3339)
}
