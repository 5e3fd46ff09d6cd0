package extractors

import "context"

// SpectraSource is implemented by pixel sources that decode events: it gives the spectra of
// several places of a map in one pass, which is much less work than one region for each.
type SpectraSource interface {
	PixelSource
	// Spectra returns a spectrum for each of the places, which are numbered in C order. Where
	// nearly all of them are empty, it may return those of as many equal parts of the map, in
	// order, so that a preview shows something.
	Spectra(ctx context.Context, places []int64) ([][]float32, error)
}
