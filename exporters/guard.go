package exporters

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// answer is what an attempt returned.
type answer struct {
	receipt Receipt
	err     error
}

// guarded makes the attempt with a time limit and catches panics. A destination that does
// not return after its time is left behind and never asked again in this run: there is no
// way to stop it, but nothing else waits for it, and it can note nothing any more.
func (d *delivery) guarded(ctx context.Context) (Receipt, error) {
	worker := *d
	worker.gate = &gate{open: true}
	worker.job.Progress = func(ctx context.Context, r Receipt) error {
		r.Partial = true
		return worker.note(ctx, r)
	}
	a, returned, over := within(ctx, limits{d.runner.Timeout, d.runner.Grace}, worker.caught)
	if returned {
		d.entry = worker.entry
		return a.receipt, explain(ctx, over, d.runner.Timeout, a.err)
	}
	worker.gate.shut(func() { d.entry = worker.entry })
	err := nexuslims.E(nexuslims.Transient, "deliver to", d.open.Spec.Name,
		fmt.Errorf("it did not return within %s and is left behind: %w", d.runner.Timeout, over))
	d.runner.leave(d.open.Spec.Name, err)
	return Receipt{}, err
}

// explain says in whose name time was over: over is the error of the context with the
// limit, outer the caller's.
func explain(outer context.Context, over error, limit time.Duration, err error) error {
	if err == nil || outer.Err() != nil || !errors.Is(over, context.DeadlineExceeded) {
		return err
	}
	return nexuslims.E(nexuslims.Transient, "", "", fmt.Errorf("not done within %s: %w", limit, err))
}

func (d *delivery) caught(ctx context.Context) (a answer) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		d.log.Error("destination panicked", "err", clean(fmt.Sprint(v)), "stack", string(debug.Stack()))
		a = answer{err: nexuslims.E(nexuslims.Internal, "panic", "", fmt.Errorf("%v", v))}
	}()
	a.receipt, a.err = d.route(ctx)
	if a.err == nil && a.receipt.Partial {
		a.err = nexuslims.E(nexuslims.Internal, "deliver to", d.open.Spec.Name,
			fmt.Errorf("the record is incomplete after step %q, for no stated reason", a.receipt.Step))
	}
	return a
}

// gate lets a destination note its progress until it is left behind.
type gate struct {
	mu   sync.Mutex
	open bool
}

func (g *gate) pass(do func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open {
		return nexuslims.E(nexuslims.Canceled, "note progress", "", errors.New("the attempt is over"))
	}
	return do()
}

func (g *gate) shut(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = false
	do()
}
