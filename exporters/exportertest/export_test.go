package exportertest

import "testing"

// Passes reports whether a destination passes one scenario.
func Passes(t *testing.T, scenario string, h Harness) bool {
	t.Helper()
	return scenarios().Passes(t, scenario, h.bench)
}
