package exporters

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Open is a destination that is switched on.
type Open struct {
	Spec        Spec
	Destination Destination
}

// Runner delivers records: it is the one place that knows strategies, repetition, time
// limits and the ledger. It is used by one goroutine at a time; the fields must not
// change between records.
type Runner struct {
	Destinations []Open // in the order of their turn
	Strategy     Strategy
	Required     []string // must succeed whatever the strategy
	Ledger       Ledger
	// Reconcile merges what people edited at a destination with a new version of the
	// record; delivered is nil when it is not known what was delivered last.
	Reconcile func(delivered, stored, built []byte) (Reconciled, error)
	Logger    *slog.Logger
	Now       func() time.Time
	// Timeout bounds the work of one destination on one record; zero: ten minutes.
	Timeout time.Duration
	// MaxAttempts bounds the attempts of one delivery by later runs; zero: 20.
	MaxAttempts int
	// Force tries again what is given up, not due, or failed beside a success.
	Force bool

	down map[string]error // destinations that did not answer in this run
}

// Result is what came of one destination.
type Result struct {
	Destination string
	State       State
	Attempted   bool // a call was made in this run
	Receipt     Receipt
	Err         error
}

// Outcome is what came of one record.
type Outcome struct {
	Results []Result // in the order of their turn; those never asked are not in it
	// Exported is the verdict of the strategy.
	Exported bool
}

const (
	defaultTimeout  = 10 * time.Minute
	defaultAttempts = 20
	firstWait       = 5 * time.Minute
	longestWait     = 24 * time.Hour
)

// Deliver brings a record to its destinations. What one destination does stays with it;
// the error is Canceled, or that of the ledger, which ends the run.
func (r *Runner) Deliver(ctx context.Context, job *Job) (Outcome, error) {
	var out Outcome
	if job.Previous == nil {
		job.Previous = map[string]Receipt{}
	}
	succeeded := false
	for _, d := range r.Destinations {
		if r.Strategy == FirstSuccess && succeeded && !d.Spec.Local {
			r.Logger.Info("destination is not needed any more", "session", job.Session.ID, "destination", d.Spec.Name)
			continue
		}
		if err := ctx.Err(); err != nil {
			return out, nexuslims.E(nexuslims.Canceled, "deliver", job.Name, err)
		}
		res, err := r.one(ctx, d, job)
		out.Results = append(out.Results, res)
		if err != nil {
			return out, err
		}
		if res.State == Delivered {
			job.Previous[d.Spec.Name] = res.Receipt
			succeeded = succeeded || !d.Spec.Local
		}
	}
	out.Exported = verdict(r.Strategy, r.Required, r.Destinations, out.Results)
	r.summary(job, out)
	return out, nil
}

func (r *Runner) summary(job *Job, out Outcome) {
	done := 0
	for _, res := range out.Results {
		if res.State == Delivered {
			done++
		}
	}
	log := r.Logger.Info
	if !out.Exported {
		log = r.Logger.Error
	}
	log("record was delivered", "session", job.Session.ID, "record", job.Name, "strategy", string(r.Strategy),
		"destinations", len(out.Results), "delivered", done, "exported", out.Exported)
}

// one serves one destination. The error ends the run.
func (r *Runner) one(ctx context.Context, d Open, job *Job) (Result, error) {
	name := d.Spec.Name
	entry, known, err := r.Ledger.Load(ctx, job.Session.ID, name)
	if err != nil {
		return Result{Destination: name, State: Waiting, Err: err}, err
	}
	if !known {
		entry = Entry{Session: job.Session.ID, Destination: name, State: Waiting}
	}
	if entry.State == Delivered && entry.Receipt.Digest == job.Digest {
		return Result{Destination: name, State: Delivered, Receipt: entry.Receipt}, nil
	}
	if fault := r.down[name]; fault != nil {
		return Result{Destination: name, State: entry.State, Receipt: entry.Receipt, Err: fault}, r.postpone(ctx, entry, fault)
	}
	if !r.due(entry) {
		return Result{Destination: name, State: entry.State, Receipt: entry.Receipt,
			Err: nexuslims.E(nexuslims.Transient, "deliver to", name, errors.New("its time has not come: "+entry.Message))}, nil
	}
	return r.attempt(ctx, d, job, entry)
}

// postpone notes that a destination which is down was not asked.
func (r *Runner) postpone(ctx context.Context, entry Entry, fault error) error {
	if entry.State == Delivered || entry.State == Started {
		return nil
	}
	entry.State, entry.Kind, entry.Message = Failed, nexuslims.KindOf(fault).String(), cleanMessage(fault)
	entry.NextAttempt = r.Now().Add(firstWait)
	return r.Ledger.Save(ctx, entry)
}

// attempt calls a destination, with the ledger written before and after.
func (r *Runner) attempt(ctx context.Context, d Open, job *Job, entry Entry) (Result, error) {
	name := d.Spec.Name
	log := r.Logger.With("session", job.Session.ID, "destination", name)
	log.Info("delivering", "record", job.Name, "attempt", entry.Attempts+1)
	before := entry
	entry.State, entry.Attempts = Started, entry.Attempts+1
	if err := r.Ledger.Save(ctx, entry); err != nil {
		return Result{Destination: name, State: before.State, Err: err}, err
	}
	t := &turn{runner: r, open: d, job: job, entry: &entry, known: before}
	receipt, err := t.deliver(ctx)
	cancelled := ctx.Err() != nil
	if cancelled {
		err = nexuslims.E(nexuslims.Canceled, "deliver to", name, errors.New("cancelled"))
	}
	r.settle(&entry, job, receipt, err)
	// What happened is written down even when the caller gave up meanwhile.
	save := context.WithoutCancel(ctx)
	if saveErr := errors.Join(r.Ledger.Save(save, entry), r.Ledger.Log(save, job.Session.ID, []Attempt{r.logged(entry, err)})); saveErr != nil {
		return Result{Destination: name, State: entry.State, Attempted: true, Receipt: entry.Receipt, Err: err}, saveErr
	}
	res := Result{Destination: name, State: entry.State, Attempted: true, Receipt: entry.Receipt, Err: err}
	switch {
	case cancelled:
		return res, err
	case err != nil:
		log.Warn("destination failed", "err", err)
	default:
		log.Info("destination has the record", "id", receipt.ID, "url", receipt.URL)
	}
	return res, nil
}

// settle writes the end of an attempt into the entry.
func (r *Runner) settle(entry *Entry, job *Job, receipt Receipt, err error) {
	receipt.Time = r.Now()
	if err == nil {
		receipt.Digest = job.Digest
		// What people changed there stays theirs: the base of the next comparison is what we
		// built, not what came of merging.
		*entry = Entry{
			Session: entry.Session, Destination: entry.Destination, State: Delivered, Receipt: receipt, Document: job.XML,
		}
		return
	}
	if receipt.ID == "" {
		receipt.ID, receipt.URL = entry.Receipt.ID, entry.Receipt.URL
		receipt.Step, receipt.Partial = entry.Receipt.Step, entry.Receipt.Partial
	}
	receipt.Digest = entry.Receipt.Digest // what stands there is what was delivered before
	entry.Receipt = receipt
	entry.State, entry.Kind, entry.Message = Failed, nexuslims.KindOf(err).String(), cleanMessage(err)
	entry.NextAttempt = r.Now().Add(wait(entry.Attempts))
	if entry.Attempts >= r.maxAttempts() {
		entry.State = GivenUp
	}
	if errors.Is(err, errDown) || isDown(err) {
		if r.down == nil {
			r.down = map[string]error{}
		}
		r.down[entry.Destination] = nexuslims.E(nexuslims.Transient, "deliver to", entry.Destination,
			errors.New("the destination did not answer before in this run"))
	}
}

func (r *Runner) logged(entry Entry, err error) Attempt {
	a := Attempt{Destination: entry.Destination, Success: err == nil, Receipt: entry.Receipt, Time: r.Now()}
	if err != nil {
		a.Message = cleanMessage(err)
	}
	return a
}

// wait doubles from five minutes to a day.
func wait(attempts int) time.Duration {
	w := firstWait
	for range attempts - 1 {
		if w *= 2; w >= longestWait {
			return longestWait
		}
	}
	return w
}

func (r *Runner) maxAttempts() int {
	if r.MaxAttempts > 0 {
		return r.MaxAttempts
	}
	return defaultAttempts
}

// due reports whether a delivery may be tried now.
func (r *Runner) due(e Entry) bool {
	if r.Force {
		return true
	}
	return e.State != GivenUp && !r.Now().Before(e.NextAttempt)
}

// Due reports whether some destination of a session's record may be tried now: what a
// later run asks before it takes up a record that was built and not exported.
func (r *Runner) Due(ctx context.Context, session string) (bool, error) {
	for _, d := range r.Destinations {
		if r.down[d.Spec.Name] != nil {
			continue
		}
		e, known, err := r.Ledger.Load(ctx, session, d.Spec.Name)
		if err != nil {
			return false, err
		}
		if !known || e.State != Delivered && r.due(e) {
			return true, nil
		}
	}
	return false, nil
}
