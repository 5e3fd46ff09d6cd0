package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// Run carries out one run. The report is complete whatever happens; the error says why
// a run could not be carried out, and is in the report too.
func (p *Pipeline) Run(ctx context.Context, o RunOptions) (*Report, error) {
	r := &Report{Started: p.now(), DryRun: o.DryRun, Warnings: slices.Clone(p.options.InsecureNotes)}
	err := p.run(ctx, o, r)
	r.Ended = p.now()
	if err != nil {
		r.Cancelled = canceled(ctx, err)
		r.Fault = err.Error()
	}
	return r, err
}

func (p *Pipeline) run(ctx context.Context, o RunOptions, r *Report) error {
	p.down.Clear()
	r.Checks = p.Preflight(ctx, o.DryRun)
	for _, c := range r.Checks {
		p.logCheck(c)
	}
	if fatal := Fatal(r.Checks); fatal != nil {
		return nexuslims.E(nexuslims.Invalid, "preflight", "", fmt.Errorf("%s", strings.Join(fatal, "; ")))
	}
	if !o.DryRun {
		p.tidy(ctx)
	}
	events, err := p.harvest(ctx, o, r)
	if err != nil {
		return err
	}
	queue, problems, err := p.store.Queue(ctx, nexuslims.ToBeBuilt)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		p.log.Error("session cannot be built from its rows", "session", problem.Session, "reason", problem.Reason)
		r.Problems = append(r.Problems, ProblemReport{problem.Session, problem.Reason})
	}
	works, err := p.works(ctx, merged(queue, events))
	if err != nil {
		return err
	}
	if err = p.sessions(ctx, o, works, r); err != nil || o.DryRun {
		return err
	}
	return p.redeliver(ctx, r)
}

func (p *Pipeline) logCheck(c Check) {
	word, log := "PASS", p.log.Debug
	switch {
	case !c.Passed && c.Severity == SeverityError:
		word, log = "FAIL", p.log.Error
	case !c.Passed:
		word, log = "FAIL", p.log.Warn
	}
	log(fmt.Sprintf("[preflight] %s: %s — %s", c.Name, word, c.Message))
}

// merged joins queued sessions with events that are not stored, each once.
func merged(queue []db.Queued, events []nexuslims.Session) []db.Queued {
	known := map[string]bool{}
	for _, q := range queue {
		known[q.ID] = true
	}
	for _, e := range events {
		if !known[e.ID] {
			queue = append(queue, db.Queued{Session: e, Status: nexuslims.ToBeBuilt})
		}
	}
	slices.SortStableFunc(queue, func(a, b db.Queued) int { return a.From.Compare(b.From) })
	return queue
}

// works pairs sessions with their instruments.
func (p *Pipeline) works(ctx context.Context, queue []db.Queued) ([]*work, error) {
	instruments, err := p.store.Instruments(ctx)
	if err != nil {
		return nil, err
	}
	byPID := map[string]nexuslims.Instrument{}
	for _, in := range instruments {
		byPID[in.PID] = in
	}
	works := make([]*work, 0, len(queue))
	for _, q := range queue {
		w := newWork(q.Session, byPID[q.Instrument], q.Status)
		w.report.Warnings = append(w.report.Warnings, q.Notes...)
		works = append(works, w)
	}
	return works, nil
}

// sessions takes the sessions of a run through all stages.
func (p *Pipeline) sessions(ctx context.Context, o RunOptions, works []*work, r *Report) error {
	p.progress.update(func(n *Progress) { n.Total = len(works) })
	if err := p.askConsent(ctx, o, works); err != nil {
		return err
	}
	trees := p.walk(ctx, works, func(w *work) bool { return !w.settled() })
	return p.each(ctx, works, r, func(w *work) error { return p.session(ctx, o, w, trees) })
}

// askConsent resolves the reservations of all sessions: nothing of a session is read
// before its user agreed.
func (p *Pipeline) askConsent(ctx context.Context, o RunOptions, works []*work) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, w := range works {
		g.Go(func() error {
			v := p.resolve(gctx, w)
			if canceled(gctx, v.err) {
				return gctx.Err()
			}
			w.note(v)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nexuslims.E(nexuslims.Canceled, "ask for reservations", "", err)
	}
	for _, w := range works {
		p.logVerdict(w)
		if o.DryRun || !w.settled() {
			continue
		}
		if err := p.settle(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// settled reports whether the report holds a final status that is not stored yet.
func (w *work) settled() bool {
	return w.report.Status != nexuslims.ToBeBuilt && w.report.Waiting == ""
}

func (p *Pipeline) resolve(ctx context.Context, w *work) verdict {
	if w.instrument.PID == "" {
		return verdict{settle: nexuslims.Failed, err: nexuslims.E(nexuslims.NotFound, "instrument", w.session.Instrument, nil)}
	}
	if _, err := w.instrument.Zone(); err != nil {
		return verdict{wait: reasonOf(err), err: err}
	}
	h := p.harvesterFor(w.instrument)
	if h == nil {
		err := nexuslims.E(nexuslims.Transient, "find source of", w.instrument.PID,
			fmt.Errorf("no configured %s source knows the instrument", w.instrument.Harvester))
		return verdict{wait: reasonOf(err), err: err}
	}
	if err := p.unreachable(h); err != nil {
		return verdict{wait: reasonOf(err), err: err}
	}
	err := guarded(func() (err error) {
		w.reservation, err = h.Reservation(ctx, w.session, w.instrument)
		return err
	})
	for _, note := range w.reservation.Warnings {
		w.warn("%s", note)
	}
	return p.consent(w, err)
}

// walk looks through the folder of each instrument that has sessions to build, once. Those
// that wait for something are not.
func (p *Pipeline) walk(ctx context.Context, works []*work, wanted func(*work) bool) map[string]walked {
	windows := map[string][]find.Window{}
	folders := map[string]string{}
	for _, w := range works {
		if w.report.Waiting == "" && wanted(w) {
			pid := w.instrument.PID
			windows[pid] = append(windows[pid], find.Window{From: w.session.From, To: w.session.To})
			folders[pid] = w.instrument.Folder()
		}
	}
	trees := map[string]walked{}
	for _, pid := range sortedKeys(windows) {
		p.progress.update(func(n *Progress) { n.Stage, n.Session = "find", pid })
		tree, err := p.finder.Walk(ctx, folders[pid], windows[pid])
		if err != nil {
			p.log.Error("instrument store cannot be read; its sessions wait", "instrument", pid, "err", err)
		}
		trees[pid] = walked{tree, err}
	}
	return trees
}

type walked struct {
	tree *find.Tree
	err  error
}

func (p *Pipeline) logVerdict(w *work) {
	log := p.log.With("session", w.session.ID, "instrument", w.session.Instrument)
	for _, note := range w.report.Warnings {
		log.Warn(note)
	}
	switch {
	case w.report.Error != "":
		log.Error("session has a problem", "status", w.report.Status, "waiting", w.report.Waiting, "err", w.report.Error)
	case w.report.Waiting != "":
		log.Info("session waits", "reason", w.report.Waiting)
	case w.settled():
		log.Info("session is settled", "status", w.report.Status)
	}
}
