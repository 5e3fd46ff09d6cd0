package preview

import (
	"image"
	"image/color"
	"math"
)

// drawCube draws the sign of a spectrum image: a cube of two directions in space and one
// in energy, pale, with an arrow along each.
func (c *canvas) drawCube(at point, size float64, clip image.Rectangle) {
	cos, sin := math.Cos(math.Pi/6)*size*0.42, size*0.21
	up := size * 0.42
	corner := func(x, y, z float64) point {
		return point{at.x + (x-y)*cos, at.y + (x+y-1)*sin + up/2 - z*up}
	}
	face := func(shade color.RGBA, f func(u, v float64) point) {
		c.polygon([]point{f(0, 0), f(1, 0), f(1, 1), f(0, 1)}, shade, clip)
		thin := pen{width: c.px(0.6), colour: tint(90, 90, 110, 38)}
		for i := range 7 {
			t := float64(i) / 6
			c.stroke([]point{f(t, 0), f(t, 1)}, thin, clip)
			c.stroke([]point{f(0, t), f(1, t)}, thin, clip)
		}
	}
	face(tint(255, 214, 10, 42), func(u, v float64) point { return corner(u, v, 1) })
	face(tint(88, 24, 140, 42), func(u, v float64) point { return corner(u, 1, v) })
	face(tint(0, 150, 160, 42), func(u, v float64) point { return corner(1, u, v) })
	for _, a := range [][2]point{
		{corner(0, 1, 1), corner(0, 1, 1.35)},
		{corner(1, 1, 0), corner(1.3, 1, 0)},
		{corner(1, 0, 0), corner(1, -0.3, 0)},
	} {
		j := &job{canvas: c}
		p := pen{width: c.px(1.5), colour: tint(60, 60, 60, 60)}
		c.stroke(a[:], p, clip)
		j.arrowHead(a[0], a[1], p, clip)
	}
}

// tint returns a colour with opacity.
func tint(r, g, b, alpha uint32) color.RGBA {
	return color.RGBA{
		uint8(r * alpha / 255), uint8(g * alpha / 255), uint8(b * alpha / 255), uint8(alpha),
	}
}
