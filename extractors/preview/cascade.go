package preview

import (
	"context"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

const cascadeSpectra = 9

// spectrumImage draws spectra from all over a map above each other, with a cube behind
// them that stands for the map.
func (j *job) spectrumImage(ctx context.Context) error {
	a := j.signal.Data
	nav := a.Axes[:len(a.Axes)-1]
	picked := spread(points(nav), cascadeSpectra)
	all, err := j.spectra(ctx, nav, picked)
	if err != nil {
		return err
	}
	lines := float64(len(j.title) + 1)
	extra := max(lines-2, 0) * titleStep
	top, bottom := 62-extra/2, 438+extra/2
	j.fill(j.rect(0, top, DefaultSize, bottom), white)
	box := j.rect(14, top+15+lines*titleStep, 486, bottom-44)
	f := frame{box: box, y0: 0, y1: 1}
	f.x0, f.x1 = axisRange(a.Axes[len(nav)])
	centre := point{float64(box.Min.X+box.Max.X) / 2, float64(box.Min.Y+box.Max.Y) / 2}
	j.drawCube(centre, j.px(240), box)
	for i, values := range stacked(all) {
		j.stroke(curve(values, f), pen{width: j.pt(1.5), colour: cycle(i)}, box)
	}
	j.drawX(f, axisName(a.Axes[len(nav)], ""))
	j.drawFrame(box)
	j.writeTitle(250, top+8+lines*titleStep, sizes(nav)+" Spectrum Image")
	return nil
}

// spectra reads the spectra of some places of a map.
func (j *job) spectra(ctx context.Context, nav []extractors.Axis, picked []int64) ([][]float32, error) {
	if s, ok := j.signal.Data.Source.(extractors.SpectraSource); ok {
		return s.Spectra(ctx, picked)
	}
	all := make([][]float32, len(picked))
	for i, k := range picked {
		var err error
		if all[i], err = j.channels(ctx, unflatten(k, nav)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// stacked brings spectra to a common scale, each a tenth of the largest above the one
// before, within 0 to 1.
func stacked(all [][]float32) [][]float32 {
	span := 0.0
	for _, values := range all {
		least, most := extremes(values)
		span = max(span, float64(most)-float64(least))
	}
	if span == 0 {
		span = 1
	}
	top := 0.0
	for i, values := range all {
		least, most := extremes(values)
		top = max(top, (float64(most)-float64(least))/span+0.1*float64(i))
		for k, v := range values {
			values[k] = float32((float64(v)-float64(least))/span + 0.1*float64(i))
		}
	}
	for _, values := range all {
		for k, v := range values {
			values[k] = 0.01 + v*float32(0.96/max(top, 1))
		}
	}
	return all
}

// points returns how many places the navigation axes have.
func points(nav []extractors.Axis) int64 {
	n := int64(1)
	for _, x := range nav {
		n *= int64(x.Size)
	}
	return n
}

// spread returns k evenly spaced numbers of 0 to n-1, both ends included; all, if fewer.
func spread(n int64, k int) []int64 {
	if n <= int64(k) {
		k = int(n)
	}
	picked := make([]int64, k)
	for i := range picked {
		if k > 1 {
			// Without the product of i and n, which may overflow.
			q, r := (n-1)/int64(k-1), (n-1)%int64(k-1)
			picked[i] = int64(i)*q + int64(i)*r/int64(k-1)
		}
	}
	return picked
}

// unflatten returns the indices of the k-th place.
func unflatten(k int64, nav []extractors.Axis) []int {
	at := make([]int, len(nav))
	for i := len(nav) - 1; i >= 0; i-- {
		at[i] = int(k % int64(nav[i].Size))
		k /= int64(nav[i].Size)
	}
	return at
}

// sizes returns the sizes of navigation axes, fastest first: "20 x 10".
func sizes(nav []extractors.Axis) string {
	text := make([]string, len(nav))
	for i, x := range nav {
		text[len(nav)-1-i] = strconv.Itoa(x.Size)
	}
	return strings.Join(text, " x ")
}
