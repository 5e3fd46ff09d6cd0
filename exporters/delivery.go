package exporters

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	firstWait   = 5 * time.Minute
	longestWait = 24 * time.Hour
	// ledgerTime bounds writing down what happened after the caller gave up.
	ledgerTime = 30 * time.Second
)

// delivery is one attempt at one destination.
type delivery struct {
	runner *Runner
	open   Open
	entry  Entry
	job    *Job // the destination's own
	log    *slog.Logger
	gate   *gate
}

// ripe reports whether it is time for an attempt.
func (r *Runner) ripe(e Entry) bool {
	if r.Force || e.State == Delivered {
		return true
	}
	return e.State != GivenUp && e.Attempts < r.MaxAttempts && !r.Now().Before(e.NextAttempt)
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

// earlierFailure returns the failure that an entry remembers.
func earlierFailure(e Entry) error {
	kind := nexuslims.Transient
	for k := nexuslims.Internal; k <= nexuslims.Canceled; k++ {
		if k.String() == e.Kind {
			kind = k
		}
	}
	switch {
	case e.Message == "":
		return nexuslims.E(kind, "deliver to", e.Destination, errors.New("its turn has not come"))
	case e.State == GivenUp:
		return nexuslims.E(kind, "", "", fmt.Errorf("given up: %s", e.Message))
	}
	return nexuslims.E(kind, "", "", fmt.Errorf("waits for the next attempt: %s", e.Message))
}

// run makes the attempt. The first error is the destination's, the second that of the
// ledger, or Canceled. The entry holds the outcome.
func (d *delivery) run(ctx context.Context) (failed, _ error) {
	before := d.entry
	d.entry.State, d.entry.Attempts, d.entry.Updated = Started, before.Attempts+1, d.runner.Now()
	d.entry.Kind, d.entry.Message, d.entry.NextAttempt = "", "", time.Time{}
	// Nothing is done there that is not noted here first.
	if err := d.save(ctx); err != nil {
		d.entry = before
		return err, err
	}
	receipt, failed := d.guarded(ctx)
	switch {
	case failed == nil:
		d.settle(receipt)
	case ctx.Err() != nil:
		d.interrupt(receipt, before)
		failed = nexuslims.E(nexuslims.Canceled, "", "", errors.New("cancelled"))
	default:
		failed = tame(failed)
		d.fail(receipt, failed)
	}
	if err := d.writeDown(ctx, failed); err != nil {
		return failed, err
	}
	if failed != nil && ctx.Err() != nil {
		return failed, nexuslims.E(nexuslims.Canceled, "deliver", d.job.Session.ID, ctx.Err())
	}
	return failed, nil
}

// settle notes a success. The base of the next comparison is what was built, not what came
// of merging: people's edits would count as ours otherwise and be lost with the version
// after the next.
func (d *delivery) settle(receipt Receipt) {
	receipt = receipt.cleaned()
	receipt.Digest, receipt.Partial, receipt.Time = d.job.Digest, false, d.runner.Now()
	d.entry.State, d.entry.Receipt, d.entry.Document = Delivered, receipt, d.job.XML
	d.entry.Attempts = 0
	for _, w := range receipt.Warnings {
		d.log.Warn("destination took the record with a warning", "warning", w)
	}
	d.log.Info("destination has the record", "id", receipt.ID, "url", receipt.URL)
}

// fail notes a failure, and what exists in spite of it.
func (d *delivery) fail(receipt Receipt, failed error) {
	d.keep(receipt)
	kind := nexuslims.KindOf(failed)
	d.entry.State, d.entry.Kind, d.entry.Message = Failed, kind.String(), clean(failed.Error())
	d.entry.NextAttempt = d.runner.Now().Add(wait(d.entry.Attempts))
	if d.entry.Attempts >= d.runner.MaxAttempts {
		d.entry.State, d.entry.NextAttempt = GivenUp, time.Time{}
	}
	if kind == nexuslims.Transient {
		d.runner.leave(d.open.Spec.Name, failed)
	}
	d.log.Warn("destination failed", "err", failed, "state", d.entry.State, "attempt", d.entry.Attempts,
		"next", d.entry.NextAttempt)
}

// interrupt notes that the attempt ended with the caller's patience: it does not count,
// and the next run goes on at once.
func (d *delivery) interrupt(receipt Receipt, before Entry) {
	d.keep(receipt)
	d.entry.Attempts = before.Attempts
	d.log.Info("delivery was cancelled")
}

// keep takes over the receipt of an attempt that did not succeed. The digest stays that
// of the document known to be there.
func (d *delivery) keep(receipt Receipt) {
	if receipt.ID == "" && receipt.Step == "" {
		return // it says nothing new: what was known before, or noted on the way, stays
	}
	receipt = receipt.cleaned()
	if receipt.ID == "" {
		receipt.ID, receipt.URL = d.entry.Receipt.ID, d.entry.Receipt.URL
	}
	if !receipt.Partial && !d.entry.present() {
		receipt.Partial = true // something was created, and the rest failed
	}
	if receipt.Time.IsZero() {
		receipt.Time = d.runner.Now()
	}
	receipt.Digest = d.entry.Receipt.Digest
	d.entry.Receipt = receipt
}

// writeDown makes the outcome durable, even when the caller gave up meanwhile.
func (d *delivery) writeDown(ctx context.Context, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTime)
	defer cancel()
	if err := d.save(ctx); err != nil {
		return err
	}
	if err := d.runner.Ledger.Log(ctx, d.job.Session.ID, []Attempt{d.attempt(failed)}); err != nil {
		return fmt.Errorf("log delivery: %w", err)
	}
	return nil
}

func (d *delivery) attempt(failed error) Attempt {
	a := Attempt{Destination: d.open.Spec.Name, Success: failed == nil, Time: d.runner.Now(), Receipt: d.entry.Receipt}
	a.Receipt.Digest = d.job.Digest
	if failed == nil {
		return a
	}
	a.Message = clean(failed.Error())
	if a.Receipt.Partial {
		meta := map[string]any{"partial": true, "step": a.Receipt.Step}
		for k, v := range a.Receipt.Meta {
			meta[k] = v
		}
		a.Receipt.Meta = meta
	}
	return a
}

func (d *delivery) save(ctx context.Context) error {
	d.entry.Updated = d.runner.Now()
	if err := d.runner.Ledger.Save(ctx, d.entry); err != nil {
		return nexuslims.E(nexuslims.KindOf(err), "note delivery to", d.open.Spec.Name, err)
	}
	return nil
}

// leave makes the run leave a destination alone from now on.
func (r *Runner) leave(name string, why error) {
	r.down[name] = nexuslims.E(nexuslims.Transient, "", "",
		fmt.Errorf("not asked, it was out of reach before in this run: %w", why))
}
