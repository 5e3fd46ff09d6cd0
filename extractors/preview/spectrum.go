package preview

import (
	"context"
	"image"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// channels reads one spectrum of an array: at holds the indices on all axes but the last.
// Very long ones are read in steps.
func (j *job) channels(ctx context.Context, at []int) ([]float32, error) {
	a := j.signal.Data
	n := len(a.Axes)
	size := a.Axes[n-1].Size
	step := int((int64(size)-1)/j.options.MaxPixels) + 1
	r := extractors.Region{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n)}
	for i := range n {
		r.Count[i], r.Step[i] = 1, 1
	}
	copy(r.Start, at)
	r.Count[n-1], r.Step[n-1] = (size-1)/step+1, step
	return a.Float32(ctx, r)
}

// spectrum draws one curve.
func (j *job) spectrum(ctx context.Context) error {
	values, err := j.channels(ctx, nil)
	if err != nil {
		return err
	}
	axis := j.signal.Data.Axes[0]
	lines := float64(len(j.title))
	figureTop := max(65-max(lines-1, 0)*titleStep/2, 0)
	if lines == 0 {
		figureTop = 71
	}
	bottom := DefaultSize - figureTop
	j.fill(j.rect(0, figureTop, 499, bottom), white)
	top := figureTop + 13 + lines*titleStep
	low, high := margins(values)
	name := printable(j.signal.DataLabel)
	t, wide := j.yTicks(low, high, j.ipx(bottom-43-top))
	left := wide/j.scale + 16
	if name != "" || t.power != 0 {
		left += 15
	}
	f := frame{box: j.rect(max(left, 30), top, 487, bottom-43), y0: low, y1: high}
	f.x0, f.x1 = axisRange(axis)
	j.drawX(f, axisName(axis, "axis"))
	j.drawY(f, t, wide, name)
	j.stroke(curve(values, f), pen{width: j.pt(1.5), colour: cycle(0)}, f.box)
	j.drawFrame(f.box)
	j.writeTitle(float64(f.box.Min.X+f.box.Max.X)/2/j.scale, top-7, "")
	return nil
}

// margins returns the range of the values with five hundredths more on both sides.
func margins(values []float32) (low, high float64) {
	least, most := extremes(values)
	low, high = float64(least), float64(most)
	more := 0.05 * (high - low)
	if more == 0 {
		more = max(math.Abs(low)*0.05, 1)
	}
	return low - more, high + more
}

// curve returns the points of a curve over the whole width: of more channels than two a
// pixel, the first, least, greatest and last of each column.
func curve(values []float32, f frame) []point {
	n := len(values)
	x := func(i int) float64 {
		return float64(f.box.Min.X) + float64(i)/float64(max(n-1, 1))*float64(f.box.Dx())
	}
	at := func(i int) point { return point{x(i), f.y(float64(values[i]))} }
	if n <= 2*f.box.Dx() {
		pts := make([]point, n)
		for i := range pts {
			pts[i] = at(i)
		}
		return pts
	}
	columns := f.box.Dx()
	pts := make([]point, 0, 4*columns)
	for c := range columns {
		from, to := c*n/columns, (c+1)*n/columns
		least, most := from, from
		for i := from; i < to; i++ {
			if values[i] < values[least] || values[least] != values[least] {
				least = i
			}
			if values[i] > values[most] || values[most] != values[most] {
				most = i
			}
		}
		for _, i := range [4]int{from, min(least, most), max(least, most), to - 1} {
			pts = append(pts, at(i))
		}
	}
	return pts
}

// lineScan draws the spectra of a line as a gray image, energy to the right.
func (j *job) lineScan(ctx context.Context) error {
	a := j.signal.Data
	p, err := readPlane(ctx, reading{array: a, target: j.ipx(440), maxPixels: j.options.MaxPixels})
	if err != nil {
		return err
	}
	lines := float64(len(j.title))
	// The shape follows the data, between a tenth and the room there is.
	height := min(max(430*float64(p.height)/float64(p.width), 80), 320)
	top := (DefaultSize-height)/2 - 14 + lines*titleStep/2
	figure := j.rect(0, top-13-lines*titleStep, 499, top+height+46)
	j.fill(figure, white)
	first, last := axisRange(a.Axes[0])
	half := (last - first) / float64(max(2*(p.height-1), 1))
	f := frame{y0: last + half, y1: first - half}
	f.x0, f.x1 = axisRange(a.Axes[1])
	t, wide := j.yTicks(f.y0, f.y1, j.ipx(height))
	f.box = j.rect(max(wide/j.scale+32, 45), top, 487, top+height)
	at := image.Rect(f.box.Min.X, f.box.Min.Y, f.box.Max.X, f.box.Max.Y)
	j.drawPlane(p, at, false)
	j.drawX(f, axisName(a.Axes[1], "axis"))
	j.drawY(f, t, wide, axisName(a.Axes[0], "axis"))
	j.drawFrame(f.box)
	j.writeTitle(float64(f.box.Min.X+f.box.Max.X)/2/j.scale, top-7, "")
	return nil
}
