//go:build race

package fault

// Stride is the step of tests that damage a file everywhere, one place after the other.
// The race detector is there for goroutines; see the other build.
const Stride = 11
