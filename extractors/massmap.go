package extractors

import "context"

// MassMap is what the preview of a time-of-flight mass spectrometer on a focused ion beam
// shows in one picture: an image of the place, maps and depth profiles of ions, and a mass
// spectrum. What is nil is left out of the picture.
type MassMap struct {
	// Title are the parts of the line above the picture.
	Title []string
	// Integrated says that counts were integrated for peaks; else they are events.
	Integrated bool
	// Positive says of which sign the ions are: it decides about their names.
	Positive bool
	// Writes, Height and Width are the sizes of the map: slices in depth, lines, pixels.
	Writes, Height, Width int
	// Peaks is the number of peaks.
	Peaks int
	// Image is the image of the ion beam: two axes.
	Image *Array
	// Spectrum reads the spectrum of the whole map: masses in dalton, ascending, and
	// as many counts.
	Spectrum func(ctx context.Context) (masses, counts []float64, err error)
	// Counts goes through all data of the map once or twice.
	Counts func(ctx context.Context) (*MassCounts, error)
}

// MassCounts are the sums over a map.
type MassCounts struct {
	Total    []float64     // of each pixel, line by line from the top
	PerWrite []float64     // of each slice
	Top      []MassChannel // the peaks with the most counts, at most three
	Note     string        // what is missing, in a few words; usually empty
}

// MassChannel is a peak with its map and profile.
type MassChannel struct {
	MassPeak
	Map      []float64 // line by line from the top
	PerWrite []float64
}

// MassPeak is a peak of a mass spectrum: a window in dalton.
type MassPeak struct {
	Label     string // as the file gives it
	Mass      float64
	Low, High float64
}
