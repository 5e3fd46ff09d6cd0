package extractortest

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/fault"
)

// Fuzz is the body of a fuzz target: it holds an extractor to its promises for any bytes
// under the names of the samples, and any bytes in their side files. The samples are the seeds.
func Fuzz(f *testing.F, x extractors.Extractor, samples ...Sample) {
	f.Helper()
	for i, s := range samples {
		f.Add(uint8(i), s.Data, side(s))
	}
	f.Fuzz(func(t *testing.T, which uint8, data, side []byte) {
		s := samples[int(which)%len(samples)]
		try(t, x, s, data, side)
	})
}

// Damage changes some bytes of samples and cuts some of them, the same ones each time, so
// many times (under the race detector a [fault.Stride]-th of them); the extractor is held
// to its promises each time.
func Damage(tb testing.TB, x extractors.Extractor, times int, samples ...Sample) {
	tb.Helper()
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // repeatable on purpose
	for range times / fault.Stride {
		s := samples[rnd.IntN(len(samples))]
		data, sides := s.Data, side(s)
		if len(sides) > 0 && rnd.IntN(2) == 0 {
			sides = damagedBytes(rnd, sides)
		} else {
			data = damagedBytes(rnd, data)
		}
		try(tb, x, s, data, sides)
	}
}

func damagedBytes(rnd *rand.Rand, data []byte) []byte {
	b := bytes.Clone(data)
	if len(b) == 0 {
		return b
	}
	for range 1 + rnd.IntN(6) {
		i := rnd.IntN(len(b))
		switch rnd.IntN(3) {
		case 0:
			b[i] = byte(rnd.IntN(256))
		case 1:
			b[i] ^= 1 << rnd.IntN(8)
		default:
			copy(b[i:], []byte{0xff, 0xff, 0xff, 0xff}[:rnd.IntN(4)])
		}
	}
	if rnd.IntN(4) == 0 {
		b = b[:rnd.IntN(len(b))]
	}
	return b
}

// side returns the first side file of a sample, in order of name; nil where it has none.
func side(s Sample) []byte {
	for _, name := range slices.Sorted(maps.Keys(s.Siblings)) {
		return s.Siblings[name]
	}
	return nil
}

// try is [Try] for a sample with other bytes in it and in its side files.
func try(tb testing.TB, x extractors.Extractor, s Sample, data, side []byte) {
	tb.Helper()
	s.Data, s.Siblings = data, maps.Clone(s.Siblings)
	for name := range s.Siblings {
		s.Siblings[name] = side
	}
	Try(tb, x, s)
}

// Try extracts from one sample, whatever it holds, and looks at what comes of it: it may be
// refused, but not crash, hang, or take more memory than its size explains.
func Try(tb testing.TB, x extractors.Extractor, s Sample) {
	tb.Helper()
	k := &kit{TB: tb, x: x, sample: s}
	k.matches(s.file())
	if why, ok := x.(extractors.Explainer); ok {
		why.WhyMatch(s.file())
	}
	k.damaged("tried", bytes.NewReader(s.Data), len(s.Data))
}
