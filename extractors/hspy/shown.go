package hspy

import (
	"context"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// shown is what is drawn where the array as it is stored does not show well, nil elsewhere:
// an X-ray spectrum without the noise peak, and the values of a map that has nothing at its
// points, as sums over spectra are.
func (w *writer) shown(a *extractors.Array) *extractors.Array {
	if a == nil {
		return nil
	}
	switch n := len(a.Axes); {
	case a.NavigationAxes() == n:
		b := *a
		b.Axes = slices.Clone(a.Axes)
		for i := max(0, n-2); i < n; i++ {
			b.Axes[i].Navigation = false
		}
		return &b
	case n == 1 && w.technique() == "EDS":
		return positiveEnergies(a)
	}
	return nil
}

// positiveEnergies is a spectrum from the first channel of no negative energy on.
func positiveEnergies(a *extractors.Array) *extractors.Array {
	x := a.Axes[0]
	unit, ok := nexuslims.ParseUnit(x.Unit)
	before := math.Ceil(-x.Offset/x.Scale - 1e-6)
	if !ok || unit.Dimension != "energy" || !(before > 0) || before >= float64(x.Size) {
		return nil
	}
	first := int(before)
	x.Offset += float64(first) * x.Scale
	x.Size -= first
	source := func(ctx context.Context, start, count, step []int, dst []byte) error {
		r := extractors.Region{Start: []int{start[0] + first}, Count: count, Step: step}
		return a.Source.ReadRegion(ctx, r, dst)
	}
	return &extractors.Array{Type: a.Type, Axes: []extractors.Axis{x}, Source: extractors.RegionFunc(source)}
}

// dataLabel names the values: as the file does, else by what is known of the technique.
func (w *writer) dataLabel() string {
	if label := plainText(w.metadata.At("Signal", "quantity")); label != "" {
		return label
	}
	if w.technique() == "EDS" {
		return "X-rays (Counts)"
	}
	return "Intensity"
}
