package exporters

import "slices"

// Strategy says which destinations a record goes to and when it counts as exported.
type Strategy string

// The strategies.
const (
	All          Strategy = "all"           // to every one; exported when all have it
	FirstSuccess Strategy = "first_success" // in order until one has it
	BestEffort   Strategy = "best_effort"   // to every one; exported when one has it
)

// Strategies lists the strategies.
func Strategies() []Strategy { return []Strategy{All, FirstSuccess, BestEffort} }

// Valid reports whether s is one of the list.
func (s Strategy) Valid() bool { return slices.Contains(Strategies(), s) }

// counts reports whether the outcome at a destination matters for the verdict. Local
// destinations do not, unless there are no others or they are required by name.
func (r *Runner) counts(spec Spec) bool {
	if !spec.Local || slices.Contains(r.Required, spec.Name) {
		return true
	}
	return !slices.ContainsFunc(r.Destinations, func(o Open) bool { return !o.Spec.Local })
}

// exported is the verdict, given who has the record.
func (r *Runner) exported(has func(name string) bool) bool {
	if slices.ContainsFunc(r.Required, func(name string) bool { return !has(name) }) {
		return false
	}
	some, every := false, true
	for _, o := range r.Destinations {
		if r.counts(o.Spec) {
			some = some || has(o.Spec.Name)
			every = every && has(o.Spec.Name)
		}
	}
	if r.strategy() == All {
		return some && every
	}
	return some
}

func (r *Runner) strategy() Strategy {
	if r.Strategy == "" {
		return All
	}
	return r.Strategy
}

// order returns the destinations in the order they are served. The first-success strategy
// serves those first that have a version of the record already: they are brought up to
// date before the record goes anywhere else.
func (r *Runner) order(known map[string]Entry) []Open {
	order := slices.Clone(r.Destinations)
	if r.strategy() == FirstSuccess {
		slices.SortStableFunc(order, func(a, b Open) int {
			return rank(known[a.Spec.Name]) - rank(known[b.Spec.Name])
		})
	}
	return order
}

func rank(e Entry) int {
	if e.present() {
		return 0
	}
	return 1
}

// needed reports whether a destination is to be served at all, given that a counting one
// has the record already or not.
func (r *Runner) needed(spec Spec, e Entry, satisfied bool) bool {
	if r.strategy() != FirstSuccess || !satisfied {
		return true
	}
	return !r.counts(spec) || slices.Contains(r.Required, spec.Name) || e.present()
}
