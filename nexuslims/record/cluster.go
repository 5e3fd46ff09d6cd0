package record

import (
	"context"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxTimes is how many distinct times the density estimate sees at most: its cost
// grows with the square.
const maxTimes = 10_000

func parallel() int { return max(1, runtime.GOMAXPROCS(0)) }

// Cluster returns the boundaries between groups of times, in seconds, as the minima of
// a Gaussian density estimate. The bandwidth is the one of 35 between smallest and
// largest gap with the highest leave-one-out likelihood, divided by sensitivity: a
// higher sensitivity gives more groups, 0 none but one. A single time is its own
// boundary.
//
// Above 10,000 distinct times, every k-th of them and the last decide. A negative or
// not finite argument is an Invalid error; ctx is honoured.
func Cluster(ctx context.Context, seconds []float64, sensitivity float64) ([]float64, error) {
	return clusterer{sensitivity, slog.New(slog.DiscardHandler)}.boundaries(ctx, seconds)
}

// Group returns the indices of times, sorted by time, in their groups. Equal times
// keep their order. For sensitivity see [Cluster].
func Group(ctx context.Context, times []time.Time, sensitivity float64) ([][]int, error) {
	return clusterer{sensitivity, slog.New(slog.DiscardHandler)}.group(ctx, times)
}

type clusterer struct {
	sensitivity float64
	log         *slog.Logger
}

func (c clusterer) group(ctx context.Context, times []time.Time) ([][]int, error) {
	seconds := make([]float64, len(times))
	order := make([]int, len(times))
	for i, t := range times {
		seconds[i] = float64(t.Unix()) + 1e-9*float64(t.Nanosecond())
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return times[a].Compare(times[b]) })
	bounds, err := c.boundaries(ctx, seconds)
	if err != nil {
		return nil, err
	}
	var groups [][]int
	k, from := 0, 0
	for i, file := range order {
		at := k
		for at < len(bounds) && seconds[file] > bounds[at] {
			at++
		}
		if at != k && i > from {
			groups, from = append(groups, order[from:i:i]), i
		}
		k = at
	}
	if from < len(order) {
		groups = append(groups, order[from:])
	}
	return groups, nil
}

func (c clusterer) boundaries(ctx context.Context, seconds []float64) ([]float64, error) {
	const op = "cluster file times"
	if !(c.sensitivity >= 0) || math.IsInf(c.sensitivity, 1) {
		return nil, nexuslims.E(nexuslims.Invalid, op, "sensitivity "+nexuslims.FloatText(c.sensitivity), nil)
	}
	for _, s := range seconds {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return nil, nexuslims.E(nexuslims.Invalid, op, "time "+nexuslims.FloatText(s), nil)
		}
	}
	if c.sensitivity == 0 {
		c.log.Debug("clustering disabled")
		return nil, ctx.Err()
	}
	xs := slices.Compact(slices.Sorted(slices.Values(seconds)))
	if len(xs) <= 1 {
		return xs, ctx.Err()
	}
	origin := xs[0] // minima do not depend on it, and small numbers keep more digits
	for i := range xs {
		xs[i] -= origin
	}
	minima, err := c.minima(ctx, thin(xs))
	for i := range minima {
		minima[i] += origin
	}
	return minima, err
}

// thin keeps every k-th time and the last, so that at most maxTimes and one remain.
func thin(xs []float64) []float64 {
	n := len(xs)
	if n <= maxTimes {
		return xs
	}
	step := (n + maxTimes - 1) / maxTimes
	kept := make([]float64, 0, n/step+2)
	for i := 0; i < n; i += step {
		kept = append(kept, xs[i])
	}
	if kept[len(kept)-1] != xs[n-1] {
		kept = append(kept, xs[n-1])
	}
	return kept
}

func (c clusterer) minima(ctx context.Context, xs []float64) ([]float64, error) {
	best, err := searchBandwidth(ctx, xs)
	if err != nil {
		return nil, err
	}
	h := best.Bandwidth
	if c.sensitivity != 1 {
		h /= c.sensitivity
		c.log.Debug("adjusted bandwidth", "from", best.Bandwidth, "to", h, "sensitivity", c.sensitivity)
	}
	// Two times have one minimum exactly between them or none, and only rounding would
	// decide: they stay together.
	if len(xs) == 2 {
		return nil, nil
	}
	density, err := logDensity(ctx, xs, h, 10*len(xs))
	if err != nil {
		return nil, err
	}
	return lowest(xs, density), nil
}

// lowest returns the places lower than both neighbours. Two equal places below both
// neighbours, as times symmetric about their middle have, are one minimum, unless the
// density is flat there, as it is for evenly spaced times.
func lowest(xs, density []float64) []float64 {
	const flat = 1e-7 // of the logarithm; evenly spaced times ripple by 5e-9
	var found []float64
	n := len(density)
	for i := 1; i < n-1; i++ {
		if density[i] >= density[i-1] {
			continue
		}
		switch {
		case density[i] < density[i+1]:
			found = append(found, place(xs, i, n))
		case density[i] == density[i+1] && i+2 < n && density[i+1]+flat < min(density[i-1], density[i+2]):
			found = append(found, (place(xs, i, n)+place(xs, i+1, n))/2)
		}
	}
	return found
}
