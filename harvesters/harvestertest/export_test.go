package harvestertest

import (
	"runtime"
	"testing"
)

// Passes reports whether a harvester passes one scenario.
func Passes(t *testing.T, scenario string, h Harness) bool {
	t.Helper()
	for _, s := range scenarios() {
		if s.name != scenario {
			continue
		}
		v := &verdict{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.run(v, h)
		}()
		<-done
		return !v.failed
	}
	t.Fatalf("no scenario %q", scenario)
	return false
}

// Scenarios returns the names of all scenarios.
func Scenarios() (names []string) {
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

// verdict notes failures instead of reporting them.
type verdict struct {
	testing.TB
	failed bool
}

func (v *verdict) Errorf(string, ...any) { v.failed = true }
func (v *verdict) Fail()                 { v.failed = true }
func (v *verdict) Helper()               {}
func (v *verdict) FailNow() {
	v.failed = true
	runtime.Goexit()
}
