package exporters

import (
	"context"
	"slices"
)

// turn is what a destination's turn comes to.
type turn int

const (
	turnSkip  turn = iota // there is no need of it, or it was not asked for
	turnDone              // it has the document
	turnDown              // it was out of reach before in this run
	turnLater             // its next attempt comes later, or on demand only
	turnNow               // it is to be asked
)

// turn decides about a destination, given what is known of all of them.
func (r *Runner) turn(o Open, known map[string]Entry, digest string) turn {
	e := known[o.Spec.Name]
	satisfied := r.satisfied(known, digest)
	switch {
	case e.complete(digest):
		return turnDone
	case !r.wanted(o.Spec, e, satisfied):
		return turnSkip
	case r.down[o.Spec.Name] != nil:
		return turnDown
	case !r.ripe(e):
		return turnLater
	case r.strategy() == BestEffort && satisfied && (e.State == Failed || e.State == GivenUp) && !r.Force:
		return turnLater // what failed beside a success is repeated on demand only
	}
	return turnNow
}

// wanted reports whether a destination is to be served: one that was asked for by name is,
// whatever the strategy makes of it, and no other one then.
func (r *Runner) wanted(spec Spec, e Entry, satisfied bool) bool {
	if len(r.Only) > 0 {
		return slices.Contains(r.Only, spec.Name)
	}
	return r.needed(spec, e, satisfied)
}

// Plan tells what Deliver would do with a record of that digest, if every destination did
// its part, without asking anybody. Attempted marks those that would be asked. Exported is
// the verdict as things stand.
func (r *Runner) Plan(ctx context.Context, session, digest string) (Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.prepare(); err != nil {
		return Outcome{}, err
	}
	known, err := r.load(ctx, session)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Exported: r.exported(func(name string) bool { return known[name].complete(digest) })}
	for _, o := range r.order(known) {
		e := known[o.Spec.Name]
		switch r.turn(o, known, digest) {
		case turnSkip:
			continue
		case turnDone:
			out.Results = append(out.Results, resultOf(e, false, nil))
		case turnNow:
			out.Results = append(out.Results, resultOf(e, true, nil))
			e.State, e.Receipt.Digest, e.Receipt.Partial = Delivered, digest, false
			known[o.Spec.Name] = e
		default:
			out.Results = append(out.Results, resultOf(e, false, earlierFailure(e)))
		}
	}
	return out, nil
}
