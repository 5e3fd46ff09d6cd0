package exporters

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Runner delivers records to destinations: whom it asks and in which order, what it
// remembers, how long it waits and what counts as success is the same for all of them.
//
// A Runner serves one run: a destination that turns out to be unreachable is left alone
// for the rest of it. Fields must not be changed after the first call. Methods may be
// called concurrently; deliveries happen one after the other.
type Runner struct {
	// Destinations in the order of their turn, as Configure returns them.
	Destinations []Open
	// Strategy decides the verdict; All when empty.
	Strategy Strategy
	// Required names destinations that must have a record whatever the strategy.
	Required []string
	// MaxAttempts is the number of attempts after which a delivery is given up, 20 when 0.
	MaxAttempts int
	// Timeout bounds one attempt at one destination, 10 minutes when 0.
	Timeout time.Duration
	// Grace is how long a destination may take to return after its time is over, or after
	// cancellation, before it is left behind; 15 seconds when 0.
	Grace time.Duration
	// Force ignores waiting times and repeats what was given up.
	Force bool
	// Only names the destinations that are asked, those too that the strategy would pass over;
	// the others count for the verdict with what the ledger knows of them. Empty: all.
	Only []string
	// Ledger remembers deliveries; one in memory when nil.
	Ledger Ledger
	// Reconcile merges people's edits of a stored document with a newly built one. Delivered
	// is our version that was delivered last, nil when unknown. When Reconcile is nil,
	// destinations get no Job.Reconcile.
	Reconcile func(delivered, stored, built []byte) (Reconciled, error)
	// Keep is given each stored document that people edited, before anything is done about
	// it; its error ends the attempt. Nil: nothing is kept.
	Keep   func(job *Job, destination string, stored []byte) error
	Logger *slog.Logger     // nil: no log
	Now    func() time.Time // nil: time.Now

	mu       sync.Mutex
	prepared bool
	down     map[string]error // destinations left alone for the rest of the run, and why
}

// Outcome is what became of a record.
type Outcome struct {
	// Results holds a result for each destination that was served or has the record, or
	// whose turn has not come, in the order they were looked at.
	Results []Result
	// Exported is the verdict of the strategy.
	Exported bool
}

// Result is what became of a record at one destination.
type Result struct {
	Destination string
	State       State
	// Attempted is true when the destination was asked to do something.
	Attempted bool
	// Receipt is what exists at the destination, after a failure too.
	Receipt Receipt
	// Err is the failure of this or an earlier attempt; nil when delivered.
	Err error
}

// Deliver brings the record of a job to its destinations.
//
// A destination that has this very document is not asked again, but its receipt is in
// Job.Previous of the others. One that has another version gets Update, or Export with
// Job.Earlier set when it is no Updater: it has to replace what it has. One that holds an
// incomplete record gets Export with Job.Earlier set. In all other cases a Finder is
// asked first, and what it finds is treated as if it had been known.
//
// Failures of destinations are in the results. An error of Deliver itself is a ledger that
// cannot be used (nothing is done at destinations then), an unknown strategy, or
// cancellation, which ends the delivery before the next destination; the results so far
// come with it.
func (r *Runner) Deliver(ctx context.Context, job *Job) (Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.prepare(); err != nil {
		return Outcome{}, err
	}
	known, err := r.load(ctx, job.Session.ID)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	for _, o := range r.order(known) {
		result, served, err := r.serve(ctx, o, job, known)
		if served {
			out.Results = append(out.Results, result)
		}
		if err != nil {
			return out, err
		}
	}
	out.Exported = r.exported(func(name string) bool { return known[name].complete(job.Digest) })
	r.summarise(job, out)
	return out, nil
}

// Due reports whether a record that does not count as exported yet should be delivered
// again now: some destination's waiting time is over, or all that is needed is there.
func (r *Runner) Due(ctx context.Context, session string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.prepare(); err != nil {
		return false, err
	}
	known, err := r.load(ctx, session)
	if err != nil || len(r.Destinations) == 0 {
		return false, err
	}
	for _, o := range r.Destinations {
		e := known[o.Spec.Name]
		if e.State != Delivered && r.down[o.Spec.Name] == nil && (r.ripe(e) || r.exhausted(e)) {
			return true, nil
		}
	}
	return r.exported(func(name string) bool { return known[name].State == Delivered }), nil
}

func (r *Runner) prepare() error {
	if !r.strategy().Valid() {
		return nexuslims.E(nexuslims.Invalid, "deliver", "", fmt.Errorf("unknown strategy %q", string(r.Strategy)))
	}
	if r.prepared {
		return nil
	}
	r.prepared, r.down = true, map[string]error{}
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Ledger == nil {
		r.Ledger = NewMemoryLedger()
	}
	r.MaxAttempts = orDefault(r.MaxAttempts, 20)
	r.Timeout = orDefault(r.Timeout, 10*time.Minute)
	r.Grace = orDefault(r.Grace, 15*time.Second)
	return nil
}

func orDefault[N int | time.Duration](n, other N) N {
	if n <= 0 {
		return other
	}
	return n
}

func (r *Runner) load(ctx context.Context, session string) (map[string]Entry, error) {
	known := make(map[string]Entry, len(r.Destinations))
	for _, o := range r.Destinations {
		e, found, err := r.Ledger.Load(ctx, session, o.Spec.Name)
		if err != nil {
			return nil, nexuslims.E(nexuslims.KindOf(err), "deliver", session, err)
		}
		if !found {
			e = Entry{State: Waiting}
		}
		e.Session, e.Destination = session, o.Spec.Name
		known[o.Spec.Name] = e
	}
	return known, nil
}

// serve looks at one destination, asks it where it is its turn and keeps its new entry in
// known. Served is false when there is no need of it.
func (r *Runner) serve(ctx context.Context, o Open, job *Job, known map[string]Entry) (_ Result, served bool, _ error) {
	e := known[o.Spec.Name]
	log := r.Logger.With("session", job.Session.ID, "destination", o.Spec.Name)
	t := r.turn(o, known, job.Digest)
	if t == turnSkip {
		log.Debug("destination is not needed", "strategy", r.strategy())
		return Result{}, false, nil
	}
	if err := ctx.Err(); err != nil && t != turnDone {
		return Result{}, false, nexuslims.E(nexuslims.Canceled, "deliver", job.Session.ID, err)
	}
	switch t {
	case turnDone:
		log.Debug("destination has the record already")
		return resultOf(e, false, nil), true, nil
	case turnDown:
		why := r.down[o.Spec.Name]
		log.Warn("destination is left alone for the rest of the run", "err", why)
		err := r.keepWaiting(ctx, e)
		return Result{Destination: o.Spec.Name, State: Waiting, Receipt: e.Receipt, Err: why}, true, err
	case turnLater:
		e, err := r.exhaust(ctx, e)
		known[o.Spec.Name] = e
		log.Debug("destination's turn has not come", "attempt", e.Attempts, "next", e.NextAttempt)
		return resultOf(e, false, earlierFailure(e)), true, err
	}
	log.Info("delivering record", "record", job.Name, "priority", o.Spec.Priority, "attempt", e.Attempts+1)
	d := &delivery{runner: r, open: o, entry: e, log: log, job: r.jobFor(job, known, e)}
	failed, err := d.run(ctx)
	known[o.Spec.Name] = d.entry
	return resultOf(d.entry, true, failed), true, err
}

// satisfied reports whether a counting destination has the document.
func (r *Runner) satisfied(known map[string]Entry, digest string) bool {
	for _, o := range r.Destinations {
		if r.counts(o.Spec) && known[o.Spec.Name].complete(digest) {
			return true
		}
	}
	return false
}

// keepWaiting notes that a record waits for a destination nobody has asked yet.
func (r *Runner) keepWaiting(ctx context.Context, e Entry) error {
	if e.State != Waiting {
		return nil
	}
	e.Updated = r.Now()
	return r.Ledger.Save(ctx, e)
}

// exhaust gives a delivery up whose last attempt never ended: where each one ends the
// process, nobody else writes down that it was the last.
func (r *Runner) exhaust(ctx context.Context, e Entry) (Entry, error) {
	if !r.exhausted(e) {
		return e, nil
	}
	e.State, e.Kind, e.Updated = GivenUp, nexuslims.Internal.String(), r.Now()
	e.Message = fmt.Sprintf("the last of %d attempts never ended", e.Attempts)
	return e, r.Ledger.Save(ctx, e)
}

func (r *Runner) exhausted(e Entry) bool { return e.State == Started && e.Attempts >= r.MaxAttempts }

// jobFor returns a destination's own copy of the job.
func (r *Runner) jobFor(job *Job, known map[string]Entry, e Entry) *Job {
	own := *job
	own.Previous = maps.Clone(job.Previous)
	if own.Previous == nil {
		own.Previous = map[string]Receipt{}
	}
	for name, other := range known {
		if name != e.Destination && other.present() && !other.Receipt.Partial {
			own.Previous[name] = other.Receipt
		}
	}
	own.Earlier, own.Reconcile = nil, nil
	if r.Reconcile != nil {
		own.Reconcile = func(stored []byte) (Reconciled, error) { return r.reconcile(job, e, stored) }
	}
	return &own
}

// reconcile merges, and keeps what people edited before anything comes of it.
func (r *Runner) reconcile(job *Job, e Entry, stored []byte) (Reconciled, error) {
	merged, err := r.Reconcile(e.Document, stored, job.XML)
	if r.Keep == nil || err == nil && len(merged.Edits) == 0 {
		return merged, err
	}
	if kept := r.Keep(job, e.Destination, stored); kept != nil {
		return Reconciled{}, nexuslims.E(nexuslims.KindOf(kept), "keep the edited record of", e.Destination, kept)
	}
	return merged, err
}

func resultOf(e Entry, attempted bool, err error) Result {
	return Result{Destination: e.Destination, State: e.State, Attempted: attempted, Receipt: e.Receipt, Err: err}
}

func (r *Runner) summarise(job *Job, out Outcome) {
	have := 0
	for _, res := range out.Results {
		if res.State == Delivered {
			have++
		}
	}
	log := r.Logger.With("session", job.Session.ID, "record", job.Name, "strategy", r.strategy())
	switch {
	case len(out.Results) == 0:
		log.Warn("no destination is configured, the record was delivered nowhere")
	case out.Exported:
		log.Info("record counts as exported", "delivered", have, "destinations", len(out.Results))
	default:
		log.Error("record does not count as exported", "delivered", have, "destinations", len(out.Results))
	}
}
