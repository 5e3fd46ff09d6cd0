// Package exportertest is the conformance kit for destinations: what every one of them
// has to do, tried against a double of its service.
//
// The test of a destination tells the kit how to make the double and what can be done
// with it; a function that does not apply stays nil, and the kit logs what it could not
// try:
//
//	func TestConformance(t *testing.T) {
//		exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
//			double := wikitest.New(tb)
//			return exportertest.Site{
//				Open:  func(tb testing.TB) exporters.Destination { return open(tb, double.URL, "c4nary") },
//				Count: double.Pages,
//				Fail:  double.FailAt, Requests: double.Requests, Heal: double.Heal,
//				Refuse: double.Revoke, Secrets: []string{"c4nary"},
//			}
//		}})
//	}
//
// Destinations are tried through an exporters.Runner with a ledger in memory, as in a
// run, and directly where the runner would hide something.
package exportertest
