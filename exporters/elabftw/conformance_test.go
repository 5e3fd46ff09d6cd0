package elabftw_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
)

// TestConformance runs the kit of all destinations against the double of a server, of
// every version that differs.
func TestConformance(t *testing.T) {
	template := settings.Map{"NX_ELABFTW_EXPERIMENT_TEMPLATE": "1"}
	for name, c := range map[string]struct {
		options elabftwtest.Options
		more    settings.Map
	}{
		"5.3":          {elabftwtest.Options{ForbidTags: true, Markdown: true}, nil},
		"5.6":          {elabftwtest.Options{Version: "5.6.12", BareLists: true, NoHash: true, Prefix: "/elab"}, nil},
		"template":     {elabftwtest.Options{Version: "5.4.0", ForceTemplate: true}, template},
		"old template": {elabftwtest.Options{ForceTemplate: true}, template},
	} {
		t.Run(name, func(t *testing.T) {
			exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
				tb.Helper()
				return harness(tb, c.options, c.more)
			}})
		})
	}
}

// records returns the experiments of records. An untouched copy of the template, as 5.3
// leaves it behind when the program dies between the two requests, is none: nothing tells
// it from one that a person has just made.
func records(s *elabftwtest.Server) []elabftwtest.Experiment {
	return slices.DeleteFunc(s.Experiments(), func(e elabftwtest.Experiment) bool {
		return e.Body == "<p>Fill in, please</p>" && !strings.Contains(e.Metadata, "Session ID") && len(e.Uploads) == 0
	})
}

func harness(tb testing.TB, o elabftwtest.Options, more settings.Map) exportertest.Site {
	tb.Helper()
	s := newServer(tb, o)
	key := s.Key
	return exportertest.Site{
		Open:  func(tb testing.TB) exporters.Destination { tb.Helper(); return open(tb, s.URL, key, more) },
		Count: func() int { return len(records(s)) },
		Documents: func() (all [][]byte) {
			for _, e := range records(s) {
				for _, u := range e.Attached() {
					all = append(all, u.Content)
				}
			}
			return all
		},
		Edit: func() {
			for _, e := range records(s) {
				for _, u := range e.Attached() {
					s.Replace(e.ID, u.ID, append(u.Content, "<!-- edited -->"...))
				}
			}
		},
		Remove: func() {
			for _, e := range records(s) {
				s.Delete(e.ID)
			}
		},
		Requests: func() int { return len(s.Requests()) },
		Fail: func(n int, carriedOut bool) {
			s.Inject(elabftwtest.Fault{After: n - 1, Times: 1, Status: 502, Commit: carriedOut})
		},
		Refuse: s.Revoke, Throttle: func() { s.Inject(elabftwtest.Throttle("", "", 0)) },
		Stall: func() { s.Inject(elabftwtest.Fault{Stall: true}) }, Heal: s.Heal, Secrets: []string{key},
	}
}
