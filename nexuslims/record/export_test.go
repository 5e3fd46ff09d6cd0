package record

import "context"

// SearchBandwidth lets tests look at the search behind Cluster: bandwidth, its index
// in the grid and the scores of the grid.
func SearchBandwidth(xs []float64) (float64, int, []float64, error) {
	e, err := searchBandwidth(context.Background(), xs)
	return e.Bandwidth, e.Index, e.Scores, err
}

// Thin is the selection of times above the limit.
func Thin(xs []float64) []float64 { return thin(xs) }
