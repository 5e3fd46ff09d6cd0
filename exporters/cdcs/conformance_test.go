package cdcs_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
)

// TestConformance runs the kit of all destinations against the double of a site.
func TestConformance(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		s := cdcstest.New(tb, cdcstest.Options{})
		token := s.Token
		return exportertest.Site{
			Open:  func(testing.TB) exporters.Destination { return open(t, s.URL, token, nil) },
			Count: func() int { return len(s.Records()) },
			Documents: func() (all [][]byte) {
				for _, r := range s.Records() {
					all = append(all, []byte(r.XML))
				}
				return all
			},
			Edit: func() {
				for _, r := range s.Records() {
					s.Edit(r.ID, func(r *cdcstest.Record) { r.XML += "<!-- edited -->" })
				}
			},
			Remove: func() {
				for _, r := range s.Records() {
					s.Delete(r.ID)
				}
			},
			Requests: func() int { return len(s.Requests()) },
			Fail: func(n int, carriedOut bool) {
				s.Inject(cdcstest.Fault{After: n - 1, Times: 1, Status: 502, Commit: carriedOut})
			},
			Refuse: s.Revoke, Throttle: func() { s.Inject(cdcstest.Throttle("", "", 0)) },
			Stall: func() { s.Inject(cdcstest.Fault{Stall: true}) }, Heal: s.Heal, Secrets: []string{token},
		}
	}})
}
