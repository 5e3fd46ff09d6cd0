package harvestertest

import "testing"

// Passes reports whether a harvester passes one scenario.
func Passes(t *testing.T, scenario string, h Harness) bool {
	t.Helper()
	return scenarios().Passes(t, scenario, h.bench)
}

// Scenarios returns the names of all scenarios.
func Scenarios() []string { return scenarios().Names() }
