package preview

import (
	"context"
	"image"
	"math"
	"strconv"
)

const stackFrames = 5

// stack draws frames of a series side by side, as pages seen from an angle.
func (j *job) stack(ctx context.Context) error {
	a := j.signal.Data
	picked := spread(points(a.Axes[:1]), stackFrames)
	lines := float64(len(j.title) + 1)
	area := 400 - max(lines-2, 0)*titleStep
	// A page of width w is drawn 0.3 w wide and as much lower at its right edge.
	h, w := float64(a.Axes[1].Size), float64(a.Axes[2].Size)
	wide := min(484/(0.3*float64(len(picked))), area/(h/w+0.3), 1e5)
	pageW, pageH := max(2, j.ipx(0.3*wide)), max(2, j.ipx(min(wide*h/w, area)))
	shear := min(0.3*wide, area/2)
	total := float64(pageH)/j.scale + shear
	top := (DefaultSize - total + lines*titleStep) / 2
	j.fill(j.rect(0, max(0, top-14-lines*titleStep), DefaultSize, min(DefaultSize, top+total+10)), white)
	left := (j.options.Size - pageW*len(picked)) / 2
	for i, k := range picked {
		page, err := j.page(ctx, int(k), max(pageH, 3*pageW), pageH)
		if err != nil {
			return err
		}
		j.lay(page, image.Rect(left+i*pageW, j.ipx(top), left+(i+1)*pageW, j.ipx(top)+pageH), j.px(shear))
	}
	j.writeTitle(250, top-8, strconv.Itoa(a.Axes[0].Size)+"-member Image Series")
	return nil
}

// page draws one frame of a series, with its own contrast, scale bar and border.
func (j *job) page(ctx context.Context, k, target, height int) (*image.RGBA, error) {
	a := j.signal.Data
	p, err := readPlane(ctx, j.reading([]int{k}, target, min(j.options.MaxPixels, maxSamples)))
	if err != nil {
		return nil, err
	}
	w, h := fit(p.width, p.height, 4*j.options.Size, height)
	c := &canvas{
		img: image.NewRGBA(image.Rect(0, 0, w, h)), scale: j.scale, fonts: j.fonts, faces: j.faces,
	}
	c.drawPlane(p, c.img.Bounds(), j.byRoot())
	if b, ok := newBar(a.Axes[1:]); ok {
		c.drawBar(b, c.img.Bounds())
	}
	edge := max(1, c.ipx(3))
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, w, edge), image.Rect(0, h-edge, w, h),
		image.Rect(0, 0, 3*edge, h), image.Rect(w-edge, 0, w, h),
	} {
		c.fill(r, black)
	}
	return c.img, nil
}

// lay draws a page squeezed into a box, its right edge lower than its left one.
func (j *job) lay(page *image.RGBA, box image.Rectangle, shear float64) {
	w, h := box.Dx(), box.Dy()
	wide, high := page.Rect.Dx(), page.Rect.Dy()
	shades := make([]uint8, high)
	for x := range w {
		from, to := x*wide/w, max(x*wide/w+1, (x+1)*wide/w)
		squeeze(shades, page, from, min(to, wide))
		down := shear * (float64(x) + 0.5) / float64(w)
		for y := range h + int(math.Ceil(shear)) + 1 {
			// Samples at a third and two thirds of the pixel smooth the slanted edges.
			for _, part := range [3]float64{1. / 6, 0.5, 5. / 6} {
				row := int(math.Floor((float64(y) + part - down) * float64(high) / float64(h)))
				if row < 0 || row >= high {
					continue
				}
				j.lend(box.Min.X+x, box.Min.Y+y, shades[row], part)
			}
		}
	}
}

// lend mixes a third of a pixel: part says which of the thirds.
func (j *job) lend(x, y int, shade uint8, part float64) {
	if !image.Pt(x, y).In(j.img.Rect) {
		return
	}
	o := j.img.PixOffset(x, y)
	p := j.img.Pix[o : o+3 : o+3]
	for i := range p {
		// The ground is white: each third takes its part of the whiteness away.
		p[i] = uint8(max(0, int(p[i])-int(255-shade)/3))
	}
	if part > 0.8 && shade == 0 && p[0] <= 2 {
		p[0], p[1], p[2] = 0, 0, 0
	}
}

// squeeze makes one column of some columns of a gray picture: the means of its rows.
func squeeze(shades []uint8, img *image.RGBA, from, to int) {
	n := max(to-from, 1)
	for row := range shades {
		sum := 0
		for x := from; x < from+n; x++ {
			sum += int(img.Pix[img.PixOffset(x, row)])
		}
		shades[row] = uint8(sum / n)
	}
}
