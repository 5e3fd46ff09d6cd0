package preview

import (
	"image"
	"image/color"
	"math"
)

// point is a place in pixels; (0, 0) is the corner of the first pixel.
type point struct{ x, y float64 }

// pen says how a line looks.
type pen struct {
	width  float64 // pixels
	colour color.RGBA
	dash   float64 // length of dashes and, two thirds of it, of gaps; 0 for a solid line
}

// stroke draws connected lines with round joins, smooth at the edges, within clip.
// Points that are NaN interrupt the line.
func (c *canvas) stroke(pts []point, p pen, clip image.Rectangle) {
	clip = clip.Intersect(c.img.Bounds())
	if clip.Empty() || len(pts) == 0 {
		return
	}
	c.mask = append(c.mask[:0], make([]uint8, clip.Dx()*clip.Dy())...)
	if len(pts) == 1 {
		c.segment(pts[0], pts[0], p.width, clip)
	}
	walked := 0.0
	for i := 1; i < len(pts); i++ {
		if p.dash > 0 {
			walked = c.dashes(pts[i-1], pts[i], walked, p, clip)
			continue
		}
		c.segment(pts[i-1], pts[i], p.width, clip)
	}
	c.blend(clip, p.colour)
}

// dashes draws one dashed segment and returns how far the pattern went.
func (c *canvas) dashes(a, b point, walked float64, p pen, clip image.Rectangle) float64 {
	length, period := math.Hypot(b.x-a.x, b.y-a.y), p.dash*5/3
	if !(length > 0 && length < 1e6) { // a NaN is not either
		return walked
	}
	at := func(t float64) point {
		t = min(max(t/length, 0), 1)
		return point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)}
	}
	for t := -math.Mod(walked, period); t < length; t += period {
		if t+p.dash > 0 {
			c.segment(at(t), at(t+p.dash), p.width, clip)
		}
	}
	return walked + length
}

// segment adds the coverage of one straight piece to the mask.
func (c *canvas) segment(a, b point, width float64, clip image.Rectangle) {
	if !finite(a.x, a.y, b.x, b.y) {
		return
	}
	half := max(width, 0.5) / 2
	r := half + 1
	box := image.Rect(
		clamped(min(a.x, b.x)-r, clip.Min.X, clip.Max.X), clamped(min(a.y, b.y)-r, clip.Min.Y, clip.Max.Y),
		clamped(max(a.x, b.x)+r+1, clip.Min.X, clip.Max.X), clamped(max(a.y, b.y)+r+1, clip.Min.Y, clip.Max.Y))
	dx, dy := b.x-a.x, b.y-a.y
	norm := dx*dx + dy*dy
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := c.mask[(y-clip.Min.Y)*clip.Dx():]
		for x := box.Min.X; x < box.Max.X; x++ {
			ex, ey := float64(x)+0.5-a.x, float64(y)+0.5-a.y
			t := 0.0
			if norm > 0 {
				t = min(max((ex*dx+ey*dy)/norm, 0), 1)
			}
			cover := half + 0.5 - math.Hypot(ex-t*dx, ey-t*dy)
			if v := uint8(255 * min(max(cover, 0), 1)); v > row[x-clip.Min.X] {
				row[x-clip.Min.X] = v
			}
		}
	}
}

// blend paints the mask.
func (c *canvas) blend(clip image.Rectangle, col color.RGBA) {
	for y := clip.Min.Y; y < clip.Max.Y; y++ {
		row := c.mask[(y-clip.Min.Y)*clip.Dx():][:clip.Dx()]
		out := c.img.Pix[c.img.PixOffset(clip.Min.X, y):]
		for x, m := range row {
			if m > 0 {
				over(out[4*x:4*x+4:4*x+4], col, uint32(m))
			}
		}
	}
}

// over paints a premultiplied colour with a coverage of 0 to 255 on one pixel.
func over(p []uint8, col color.RGBA, cover uint32) {
	rest := 255 - uint32(col.A)*cover/255
	for i, v := range [4]uint8{col.R, col.G, col.B, col.A} {
		p[i] = uint8(min(255, (uint32(v)*cover+uint32(p[i])*rest+127)/255))
	}
}

// polygon fills an area by even-odd rule, smooth by 4 by 4 samples a pixel.
func (c *canvas) polygon(pts []point, col color.RGBA, clip image.Rectangle) {
	clip = clip.Intersect(c.img.Bounds()).Intersect(around(pts))
	c.mask = append(c.mask[:0], make([]uint8, clip.Dx()*clip.Dy())...)
	for y := range clip.Dy() {
		for sub := range 4 {
			c.span(pts, float64(clip.Min.Y+y)+(float64(sub)+0.5)/4, c.mask[y*clip.Dx():][:clip.Dx()], clip.Min.X)
		}
	}
	c.blend(clip, col)
}

// span adds a quarter row of a polygon to a row of the mask.
func (c *canvas) span(pts []point, y float64, row []uint8, left int) {
	for x := range row {
		for sub := range 4 {
			if inside(pts, float64(left+x)+(float64(sub)+0.5)/4, y) {
				row[x] += 15 + uint8(sub&1)
			}
		}
	}
}

// around returns the pixels that points lie in and between.
func around(pts []point) image.Rectangle {
	var box image.Rectangle
	for _, p := range pts {
		x, y := clamped(p.x, -maxSize, 2*maxSize), clamped(p.y, -maxSize, 2*maxSize)
		box = box.Union(image.Rect(x, y, x+1, y+1))
	}
	return box
}

func inside(pts []point, x, y float64) bool {
	in := false
	for i, a := range pts {
		b := pts[(i+1)%len(pts)]
		if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// clamped returns v as a whole number within the bounds.
func clamped(v float64, low, high int) int {
	return int(min(max(math.Floor(v), float64(low)), float64(high)))
}
