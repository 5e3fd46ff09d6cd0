package preview

import (
	"context"
	"image"
	"strconv"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// tableau draws frames from all over a set of images over two or more axes.
func (j *job) tableau(ctx context.Context) error {
	a := j.signal.Data
	nav := a.Axes[:len(a.Axes)-2]
	side, picked := chosen(points(nav))
	lines := float64(len(j.title) + 1)
	head := 14 + lines*titleStep
	h, w := float64(a.Axes[len(nav)].Size), float64(a.Axes[len(nav)+1].Size)
	figureW, figureH := 484.0, 484*min(max(h/w, 0.02), 50)
	if figureH > DefaultSize-head-10 {
		figureH = DefaultSize - head - 10
	}
	const gap = 8
	cellW := (figureW - gap*float64(side-1)) / float64(side)
	cellH := (figureH - gap*float64(side-1)) / float64(side)
	top := (DefaultSize - figureH + head - 8) / 2
	j.fill(j.rect(0, top-head, DefaultSize, top+figureH+9), white)
	wide, high := fit(int(w), int(h), max(1, j.ipx(cellW)), max(1, j.ipx(cellH)))
	step := image.Pt(wide+j.ipx(gap), high+j.ipx(gap))
	left := (j.options.Size - wide*side - j.ipx(gap)*(side-1)) / 2
	for i, k := range picked {
		p, err := readPlane(ctx, j.reading(unflatten(k, nav), max(wide, high), min(j.options.MaxPixels, maxSamples)))
		if err != nil {
			return err
		}
		x, y := left+i%side*step.X, j.ipx(top)+i/side*step.Y
		box := image.Rect(x, y, x+wide, y+high).Intersect(j.img.Bounds())
		j.drawPlane(p, box, j.byRoot())
		j.tableauMarks(box, i, k, side)
	}
	j.writeTitle(250, top-9, sizes(nav)+" Hyperimage")
	return nil
}

// tableauMarks draws the scale bar on the first frame, and where there are too few for a
// square its number.
func (j *job) tableauMarks(box image.Rectangle, i int, k int64, side int) {
	axes := j.signal.Data.Axes
	if b, ok := newBar(axes[len(axes)-2:]); ok && i == 0 {
		j.drawBar(b, box)
	}
	if points(axes[:len(axes)-2]) < 4 && side > 0 {
		j.writeOutlined(label{
			strconv.FormatInt(k, 10), float64(box.Min.X) + j.px(6), float64(box.Min.Y) + j.px(16),
			0, plain, labelPoints, white,
		})
	}
}

// chosen returns how many frames stand side by side and which: the middle of each of
// nine or four parts, or all of fewer.
func chosen(n int64) (side int, picked []int64) {
	k := int64(9)
	side = 3
	if n < 9 {
		k, side = 4, 2
	}
	if n < 4 {
		return max(1, int(min(n, 2))), spread(n, 3)
	}
	part := n / k
	for i := range k {
		picked = append(picked, i*part+part/2)
	}
	return side, picked
}

// navigationFirst returns the axes in the order of tables.
func navigationFirst(axes []extractors.Axis) (nav, sig []extractors.Axis) {
	for _, x := range axes {
		if x.Navigation {
			nav = append(nav, x)
		} else {
			sig = append(sig, x)
		}
	}
	return nav, sig
}
