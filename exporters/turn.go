package exporters

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// turn is one attempt at one destination.
type turn struct {
	runner *Runner
	open   Open
	job    *Job
	entry  *Entry
	known  Entry // before the attempt
}

var errDown = errors.New("no answer within the time limit")

// deliver guards the attempt with a time limit and against panics.
func (t *turn) deliver(ctx context.Context) (receipt Receipt, err error) {
	limit := t.runner.Timeout
	if limit == 0 {
		limit = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errDown)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			t.runner.Logger.Error("destination panicked", "destination", t.open.Spec.Name, "panic", p, "stack", string(debug.Stack()))
			err = nexuslims.E(nexuslims.Internal, "", "", fmt.Errorf("panic: %v", p))
		}
	}()
	job := *t.job
	job.Progress = t.progress
	job.Reconcile = t.reconcile
	receipt, err = t.route(ctx, &job)
	if err != nil && context.Cause(ctx) == errDown { //nolint:errorlint // the very value
		err = nexuslims.E(nexuslims.Transient, "deliver to", t.open.Spec.Name, fmt.Errorf("%w: %w", errDown, err))
	}
	return receipt, err
}

// route finds out what exists already, before anything is created: the ledger is asked
// first, then the destination itself.
func (t *turn) route(ctx context.Context, job *Job) (Receipt, error) {
	if id := t.known.Receipt.ID; id != "" {
		earlier := t.known.Receipt
		job.Earlier = &earlier
		if earlier.Partial {
			return t.open.Destination.Export(ctx, job)
		}
		return t.update(ctx, job, earlier)
	}
	finder, ok := t.open.Destination.(Finder)
	if !ok {
		return t.open.Destination.Export(ctx, job)
	}
	found, exists, err := finder.Find(ctx, job)
	if err != nil {
		return found, err
	}
	if !exists {
		return t.open.Destination.Export(ctx, job)
	}
	t.runner.Logger.Info("destination has a record of the session already", "session", job.Session.ID,
		"destination", t.open.Spec.Name, "id", found.ID)
	if err := t.progress(ctx, found); err != nil {
		return found, err
	}
	job.Earlier = &found
	if found.Partial {
		return t.open.Destination.Export(ctx, job)
	}
	return t.update(ctx, job, found)
}

// update changes an existing record, and creates it anew where it is gone.
func (t *turn) update(ctx context.Context, job *Job, existing Receipt) (Receipt, error) {
	updater, ok := t.open.Destination.(Updater)
	if !ok {
		return t.open.Destination.Export(ctx, job)
	}
	receipt, err := updater.Update(ctx, job, existing)
	if !errors.Is(err, nexuslims.NotFound) {
		return receipt, err
	}
	t.runner.Logger.Warn("record is gone at the destination and is created anew", "session", job.Session.ID,
		"destination", t.open.Spec.Name, "id", existing.ID)
	job.Earlier = nil
	t.entry.Receipt, t.known.Document = Receipt{}, nil
	return t.open.Destination.Export(ctx, job)
}

// progress makes a completed step durable.
func (t *turn) progress(ctx context.Context, r Receipt) error {
	r.Digest = t.known.Receipt.Digest
	t.entry.Receipt = r
	return t.runner.Ledger.Save(ctx, *t.entry)
}

func (t *turn) reconcile(stored []byte) (Reconciled, error) {
	if t.runner.Reconcile == nil {
		return Reconciled{Document: t.job.XML}, nil
	}
	return t.runner.Reconcile(t.known.Document, stored, t.job.XML)
}

// isDown reports whether an error means that the destination cannot be reached at all.
func isDown(err error) bool {
	var network *net.OpError
	return errors.Is(err, nexuslims.Transient) && errors.As(err, &network)
}

const maxMessage = 8 << 10

// cleanMessage makes the text of an error fit to be stored: valid UTF-8 without NUL, of
// at most 8 KiB.
func cleanMessage(err error) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
	if len(text) <= maxMessage {
		return text
	}
	cut := maxMessage - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
