package record

import (
	"context"
	"math"
	"sort"

	"golang.org/x/sync/errgroup"
)

const (
	gridSize = 35 // bandwidths tried
	// cutoff bounds the exponent of terms against the nearest one: what is left out is
	// below the last bit of the sum.
	cutoff = 40
)

// estimate is the outcome of the bandwidth search.
type estimate struct {
	Bandwidth float64
	Index     int
	Scores    []float64
}

// searchBandwidth tries bandwidths from the smallest to the largest gap of the sorted
// distinct points and returns the one with the highest leave-one-out likelihood.
func searchBandwidth(ctx context.Context, xs []float64) (estimate, error) {
	grid := bandwidths(xs)
	scores := make([]float64, len(grid))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel())
	for k, h := range grid {
		g.Go(func() error {
			var err error
			scores[k], err = likelihood(ctx, xs, h)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return estimate{}, err
	}
	best := 0
	for k := range scores {
		if scores[k] > scores[best] {
			best = k
		}
	}
	return estimate{grid[best], best, scores}, nil
}

// bandwidths is a geometric sequence from the smallest to the largest gap.
func bandwidths(xs []float64) []float64 {
	lo, hi := math.Inf(1), 0.0
	for i := 1; i < len(xs); i++ {
		gap := xs[i] - xs[i-1]
		lo, hi = min(lo, gap), max(hi, gap)
	}
	a, b := math.Log(lo), math.Log(hi)
	grid := make([]float64, gridSize)
	for k := range grid {
		grid[k] = math.Exp(a + float64(k)*(b-a)/(gridSize-1))
	}
	return grid
}

// likelihood is the mean log density at each point of all other points.
func likelihood(ctx context.Context, xs []float64, h float64) (float64, error) {
	n := len(xs)
	norm := math.Log(float64(n-1) * h * math.Sqrt(2*math.Pi))
	sum := 0.0
	for i, x := range xs {
		if i%256 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		near := math.Inf(1)
		if i > 0 {
			near = x - xs[i-1]
		}
		if i+1 < n {
			near = min(near, xs[i+1]-x)
		}
		k := kernel{xs, h, near}
		s := k.left(x, i-1) + k.right(x, i+1)
		sum += math.Log(s) - near*near/(2*h*h) - norm
	}
	return sum / float64(n), nil
}

// logDensity evaluates the log density of the points at equally spaced places from the
// first to the last point.
func logDensity(ctx context.Context, xs []float64, h float64, places int) ([]float64, error) {
	out := make([]float64, places)
	const block = 1024
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel())
	for from := 0; from < places; from += block {
		g.Go(func() error {
			for i := from; i < min(from+block, places); i++ {
				out[i] = logDensityAt(xs, h, place(xs, i, places))
			}
			return ctx.Err()
		})
	}
	return out, g.Wait()
}

func place(xs []float64, i, places int) float64 {
	first, last := xs[0], xs[len(xs)-1]
	if i == places-1 {
		return last
	}
	return first + float64(i)*((last-first)/float64(places-1))
}

func logDensityAt(xs []float64, h, x float64) float64 {
	j := sort.SearchFloat64s(xs, x)
	near := math.Inf(1)
	if j < len(xs) {
		near = xs[j] - x
	}
	if j > 0 {
		near = min(near, x-xs[j-1])
	}
	k := kernel{xs, h, near}
	s := k.left(x, j-1) + k.right(x, j)
	return math.Log(s) - near*near/(2*h*h) - math.Log(float64(len(xs))*h*math.Sqrt(2*math.Pi))
}

// kernel sums Gaussian terms relative to that of the nearest point, so that sums of
// far points do not underflow.
type kernel struct {
	xs   []float64
	h    float64
	near float64
}

func (k kernel) left(x float64, j int) float64 {
	sum, scale := 0.0, 1/(2*k.h*k.h)
	for ; j >= 0; j-- {
		e := k.exponent(x-k.xs[j], scale)
		if e > cutoff {
			break
		}
		sum += math.Exp(-e)
	}
	return sum
}

func (k kernel) right(x float64, j int) float64 {
	sum, scale := 0.0, 1/(2*k.h*k.h)
	for ; j < len(k.xs); j++ {
		e := k.exponent(k.xs[j]-x, scale)
		if e > cutoff {
			break
		}
		sum += math.Exp(-e)
	}
	return sum
}

// exponent is (d² - near²) scaled, written so that nothing is lost for near points.
func (k kernel) exponent(d, scale float64) float64 { return (d - k.near) * (d + k.near) * scale }
