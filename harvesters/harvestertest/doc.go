// Package harvestertest is a conformance kit: it tries on a harvester what the pipeline
// relies on. Nothing is missing and nothing comes twice, however windows lie; uses that
// are late, edited, unfinished or broken are treated alike by all harvesters; consent is
// never invented; errors have the right kind and never a secret in them.
//
// A test of an implementation makes a [Harness] around a double of its source, and runs it:
//
//	func TestConformance(t *testing.T) {
//		harvestertest.Run(t, harvestertest.Harness{New: site})
//	}
package harvestertest
