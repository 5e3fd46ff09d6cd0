package exporters

import "slices"

// Strategy says which destinations are served and when a record counts as exported.
type Strategy string

// The strategies.
const (
	// All serves every destination; each must succeed.
	All Strategy = "all"
	// FirstSuccess serves destinations in order until one succeeds.
	FirstSuccess Strategy = "first_success"
	// BestEffort serves every destination; one success is enough.
	BestEffort Strategy = "best_effort"
)

// verdict decides whether a record counts as exported. Local destinations do not count,
// unless there are no others or they are required by name.
func verdict(s Strategy, required []string, open []Open, results []Result) bool {
	delivered := map[string]bool{}
	for _, r := range results {
		delivered[r.Destination] = r.State == Delivered
	}
	for _, name := range required {
		if !delivered[name] {
			return false
		}
	}
	counted := counting(open, required)
	if len(counted) == 0 {
		return false
	}
	missing := func(name string) bool { return !delivered[name] }
	if s == All {
		return !slices.ContainsFunc(counted, missing)
	}
	return slices.ContainsFunc(counted, func(name string) bool { return delivered[name] })
}

// counting returns the names of the destinations that a strategy looks at.
func counting(open []Open, required []string) []string {
	remote := slices.ContainsFunc(open, func(o Open) bool { return !o.Spec.Local })
	var names []string
	for _, o := range open {
		if !o.Spec.Local || !remote || slices.Contains(required, o.Spec.Name) {
			names = append(names, o.Spec.Name)
		}
	}
	return names
}
