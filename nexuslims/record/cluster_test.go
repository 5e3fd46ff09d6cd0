package record_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// The expected numbers were computed with the density estimate of scikit-learn.
func clusterVectors() []clusterVector {
	mixed := []float64{0, 60, 130, 190, 1800, 1860, 1915, 5400, 5402, 5405, 5409, 9000}
	three := []float64{0, 1, 2, 7, 8, 9, 14, 15, 16}
	even := []float64{0, 10, 20, 30, 40}
	late := []float64{0, 60, 120, 180, 240, 300, 360, 420, 14400, 14401}
	fractions := []float64{0, 0, 0.25, 0.5, 0.75, 30.125, 30.5, 30.5, 31, 600.0625}
	session := []float64{0, 60, 120, 180, 3540, 5340, 5400, 5460, 5520, 5580, 5640}
	long := make([]float64, 40)
	for i := range long {
		long[i] = float64(37*i + 5*(i*i%7) + 1800*(i/10))
	}
	return []clusterVector{
		{"two", []float64{0, 60}, []float64{0.3, 1, 2, 3}, 60, 0, nil},
		{"three even", []float64{0, 10, 20}, []float64{0.3, 1, 2}, 10, 0, nil},
		{"three even, high", []float64{0, 10, 20}, []float64{3}, 10, 0, []float64{4.8276, 15.1724}},
		{"outlier", []float64{0, 1, 100}, []float64{1}, 75.5518, 32, nil},
		{"outlier, high", []float64{0, 1, 100}, []float64{2}, 75.5518, 32, []float64{79.3103}},
		{"two groups", []float64{0, 1, 2, 100, 101}, []float64{0.3, 1, 2, 3}, 1.14437, 1, []float64{51.5306}},
		{"five even", even, []float64{1}, 10, 0, nil},
		{"five even at 2", even, []float64{2}, 10, 0, []float64{14.6939, 25.3061}},
		{"five even at 3", even, []float64{3}, 10, 0, []float64{4.898, 14.6939, 25.3061, 35.102}},
		{"three groups, low", three, []float64{0.3}, 1.26704, 5, nil},
		{"three groups", three, []float64{0.5, 1, 2}, 1.26704, 5, []float64{4.4944, 11.5056}},
		{"three groups, high", three, []float64{3}, 1.26704, 5, []float64{
			0.5393, 1.4382, 4.4944, 7.5506, 8.4494, 11.5056, 14.5618, 15.4607,
		}},
		{"mixed", mixed, []float64{1}, 1487.2, 30, []float64{3630.2521}},
		{"mixed, high", mixed, []float64{2}, 1487.2, 30, []float64{1361.3445, 3554.6218, 7487.395}},
		{"late pair", late, []float64{0.3, 1, 2, 3}, 89.295, 16, []float64{7418.697}},
		{"fractions", fractions, []float64{1}, 229.188548, 30, nil},
		{"fractions, high", fractions, []float64{4}, 229.188548, 30, []float64{319.0206}},
		{"forty", long, []float64{0.5, 1}, 81.0332687, 10, []float64{1270.9825, 3435.0877, 5599.193}},
		{"forty, high", long, []float64{2}, 81.0332687, 10, []float64{
			154.5789, 1270.9825, 2370.2105, 3435.0877, 4431.2632, 4534.3158, 5599.193, 6749.9474,
		}},
		{"session, low", session, []float64{0.5}, 568.957535, 19, []float64{2431.9266}},
		{"session", session, []float64{1}, 568.957535, 19, []float64{1966.2385, 4035.9633}},
	}
}

type clusterVector struct {
	name          string
	times         []float64
	sensitivities []float64
	bandwidth     float64
	index         int
	boundaries    []float64
}

func TestClusterVectors(t *testing.T) {
	for _, v := range clusterVectors() {
		for _, s := range v.sensitivities {
			for _, offset := range []float64{0, 1_600_000_000} {
				t.Run(fmt.Sprintf("%s at %g from %g", v.name, s, offset), func(t *testing.T) {
					times := slices.Clone(v.times)
					for i := range times {
						times[i] += offset
					}
					slices.Reverse(times)
					got, err := record.Cluster(t.Context(), times, s)
					require.NoError(t, err)
					require.Len(t, got, len(v.boundaries), "%v", got)
					for i := range got {
						assert.InDelta(t, v.boundaries[i], got[i]-offset, 6e-5)
					}
				})
			}
		}
	}
}

func TestBandwidth(t *testing.T) {
	for _, v := range clusterVectors() {
		t.Run(v.name, func(t *testing.T) {
			times := slices.Compact(slices.Clone(v.times))
			h, index, _, err := record.SearchBandwidth(times)
			require.NoError(t, err)
			assert.Equal(t, v.index, index)
			assert.InEpsilon(t, v.bandwidth, h, 5e-6)
		})
	}
}

func TestScores(t *testing.T) {
	long := make([]float64, 40)
	for i := range long {
		long[i] = float64(37*i + 5*(i*i%7) + 1800*(i/10))
	}
	cases := []struct {
		name              string
		times             []float64
		first, best, last float64
	}{
		{"two groups", []float64{0, 1, 2, 100, 101}, -2.58603815, -2.57278349, -5.78272746},
		{"forty", long, -8.52499701, -7.74619333, -9.27339127},
		{"outlier", []float64{0, 1, 100}, -1635.44541905, -5.76113383, -5.82975434},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, best, scores, err := record.SearchBandwidth(c.times)
			require.NoError(t, err)
			assert.InDelta(t, c.first, scores[0], 6e-9)
			assert.InDelta(t, c.best, scores[best], 6e-9)
			assert.InDelta(t, c.last, scores[34], 6e-9)
		})
	}
}

func TestClusterSymmetricTimesSplitWhateverTheirOrigin(t *testing.T) {
	for _, offset := range []float64{0, 1, 1_600_000_000} {
		got, err := record.Cluster(t.Context(), []float64{offset, offset + 60, offset + 3600, offset + 3660}, 1)
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.InDelta(t, 1830, got[0]-offset, 60)
	}
}

func TestEvenlySpacedTimesStayTogether(t *testing.T) {
	for n := 2; n <= 12; n++ {
		for _, step := range []float64{1, 10, 60} {
			times := make([]float64, n)
			for i := range times {
				times[i] = 1_600_000_000 + step*float64(i)
			}
			got, err := record.Cluster(t.Context(), times, 1)
			require.NoError(t, err)
			assert.Empty(t, got, "%d times, %g s apart", n, step)
		}
	}
}

func TestClusterSpecialCases(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		got, err := record.Cluster(t.Context(), nil, 1)
		require.NoError(t, err)
		assert.Empty(t, got)
	})
	t.Run("one is its own boundary", func(t *testing.T) {
		got, err := record.Cluster(t.Context(), []float64{5, 5}, 2)
		require.NoError(t, err)
		assert.Equal(t, []float64{5}, got)
	})
	t.Run("disabled", func(t *testing.T) {
		got, err := record.Cluster(t.Context(), []float64{0, 1, 2, 100, 101}, 0)
		require.NoError(t, err)
		assert.Empty(t, got)
	})
	for _, s := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := record.Cluster(t.Context(), []float64{0, 1, 2}, s)
		require.ErrorIs(t, err, nexuslims.Invalid, "%g", s)
	}
	_, err := record.Cluster(t.Context(), []float64{0, math.Inf(1)}, 1)
	require.ErrorIs(t, err, nexuslims.Invalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = record.Cluster(ctx, []float64{0, 1, 2, 100, 101}, 1)
	require.ErrorIs(t, err, context.Canceled)
}

func TestGroup(t *testing.T) {
	start := time.Date(2018, 11, 13, 13, 0, 0, 120034000, time.UTC)
	times := []time.Time{}
	for _, s := range []int{101, 0, 2, 1, 100, 1} {
		times = append(times, start.Add(time.Duration(s)*time.Second))
	}
	got, err := record.Group(t.Context(), times, 1)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{1, 3, 5, 2}, {4, 0}}, got)
	got, err = record.Group(t.Context(), times, 0)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{1, 3, 5, 2, 4, 0}}, got)
	got, err = record.Group(t.Context(), times[:1], 1)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0}}, got)
	got, err = record.Group(t.Context(), nil, 1)
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestManyTimesAreThinned(t *testing.T) {
	xs := make([]float64, 25_001)
	for i := range xs {
		xs[i] = float64(i)
	}
	kept := record.Thin(xs)
	assert.Len(t, kept, 8335)
	assert.Equal(t, []float64{0, 3, 6}, kept[:3])
	assert.Equal(t, []float64{24_999, 25_000}, kept[len(kept)-2:])
	assert.Equal(t, xs[:10_000], record.Thin(xs[:10_000]))
}

func BenchmarkCluster(b *testing.B) {
	for _, n := range []int{30, 1000, 10_000} {
		times := make([]float64, n)
		for i := range times {
			times[i] = float64(37*i + 5*(i*i%7) + 1800*(i/10))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := record.Cluster(b.Context(), times, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
