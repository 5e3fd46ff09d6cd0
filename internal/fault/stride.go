//go:build !race

package fault

// Stride is the step of tests that damage a file everywhere, one place after the other:
//
//	for at := 0; at < len(data); at += fault.Stride {
//
// Without the race detector, as in "make test", it is 1, and each place is tried. The
// detector makes such loops ten times slower and finds nothing in them, because one
// goroutine reads one file; there each eleventh place is tried. Eleven has no factor in
// common with the sizes of numbers and records, so that no kind of field is left out.
const Stride = 1
