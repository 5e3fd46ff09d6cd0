// Package scenario runs the lists of trials that the conformance kits of destinations and
// harvesters consist of, and tells the kits' own tests which of them something passes.
package scenario

import (
	"runtime"
	"testing"
)

// Scenario is one thing that is tried on a fresh bench.
type Scenario[B any] struct {
	Name string
	// Applies reports whether the bench can do what is needed; nil: always.
	Applies func(bench B) bool
	Try     func(tb testing.TB, bench B)
}

// List is the scenarios of a kit, in the order in which they are tried.
type List[B any] struct {
	// On is what the bench is, for the note on a scenario that does not apply: "double".
	On        string
	Scenarios []Scenario[B]
}

// Run tries everything, each as a test of its own on a bench of its own.
func (l List[B]) Run(t *testing.T, bench func(tb testing.TB) B) {
	t.Helper()
	for _, s := range l.Scenarios {
		t.Run(s.Name, func(t *testing.T) { l.try(t, s, bench) })
	}
}

// Passes reports whether a bench passes the scenario of that name, without failing the test;
// a name that the list has not fails it.
func (l List[B]) Passes(tb testing.TB, name string, bench func(tb testing.TB) B) bool {
	tb.Helper()
	for _, s := range l.Scenarios {
		if s.Name != name {
			continue
		}
		v := &verdict{TB: tb}
		done := make(chan struct{})
		go func() { // which FailNow ends
			defer close(done)
			l.try(v, s, bench)
		}()
		<-done
		return !v.failed
	}
	tb.Fatalf("no scenario %q", name)
	return false
}

// Names returns the names in order.
func (l List[B]) Names() []string {
	names := make([]string, len(l.Scenarios))
	for i, s := range l.Scenarios {
		names[i] = s.Name
	}
	return names
}

func (l List[B]) try(tb testing.TB, s Scenario[B], bench func(tb testing.TB) B) {
	tb.Helper()
	b := bench(tb)
	if s.Applies != nil && !s.Applies(b) {
		tb.Logf("does not apply: the %s cannot do what this needs", l.On)
		return
	}
	s.Try(tb, b)
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
