package labarchives_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
)

// TestConformance runs the kit of all destinations against the double, in the forms that
// its answers may have.
func TestConformance(t *testing.T) {
	for name, o := range map[string]labarchivestest.Options{
		"documented": {},
		"observed":   {ErrorBelow: true, OldSpelling: true, Underscores: true, Purify: purify, EntryURL: "https://notebook.example.org/e/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
				tb.Helper()
				return newSite(tb, o)
			}})
		})
	}
}

func newSite(tb testing.TB, o labarchivestest.Options) exportertest.Site {
	tb.Helper()
	b := newBench(tb, o)
	secrets := b.Secrets()
	files := func() (all []labarchivestest.Entry) {
		for _, p := range b.Pages() {
			for _, e := range p.Entries {
				if e.File != "" {
					all = append(all, e)
				}
			}
		}
		return all
	}
	return exportertest.Site{
		Open:  func(testing.TB) exporters.Destination { return b.open() },
		Count: b.records,
		Documents: func() (all [][]byte) {
			for _, e := range files() {
				all = append(all, []byte(e.Data))
			}
			return all
		},
		Edit: func() {
			for _, e := range files() {
				b.Edit(e.ID, func(e *labarchivestest.Entry) { e.Data += "<!-- edited -->" })
			}
		},
		Remove: func() {
			for _, p := range b.Pages() {
				b.RemoveNode(p.ID)
			}
		},
		Requests: func() int { return len(b.Requests()) },
		Fail: func(n int, carriedOut bool) {
			b.Inject(labarchivestest.Fault{After: n - 1, Times: 1, Status: 502, Commit: carriedOut})
		},
		Refuse: b.Revoke, Throttle: func() { b.Inject(labarchivestest.Throttle("")) },
		Stall: func() { b.Inject(labarchivestest.Fault{Stall: true}) }, Heal: b.Heal, Secrets: secrets,
	}
}
