package preview

import (
	"image/color"
	"math"
	"strings"
)

const (
	reasonColumns = 56
	reasonRows    = 3
)

// Placeholder returns the picture, as PNG, for a file of which none can be drawn: the
// program's sign and the reason, one short line of it. Size is the side of the square;
// 0 means [DefaultSize].
func Placeholder(reason string, size int) []byte {
	c, err := newCanvas(Options{Size: size}.filled().Size)
	if err != nil {
		return nil // the fonts are compiled in and tested
	}
	c.fill(c.img.Bounds(), white)
	c.drawFrame(c.img.Bounds().Inset(max(1, c.ipx(2))))
	c.drawSign(point{c.px(250), c.px(175)}, c.px(115))
	c.write(label{"No preview for this file", c.px(250), c.px(352), 0.5, plain, 21, black})
	lines := wrap(printable(reason), reasonColumns)
	if len(lines) > reasonRows {
		lines = lines[:reasonRows]
		lines[reasonRows-1] = strings.TrimRight(lines[reasonRows-1], ".,; ") + "…"
	}
	for i, line := range lines {
		line = c.ellipsis(line, plain, 13, c.px(470))
		c.write(label{line, c.px(250), c.px(390 + 22*float64(i)), 0.5, plain, 13, color.RGBA{90, 90, 90, 255}})
	}
	png, err := encode(c.img)
	if err != nil {
		return nil
	}
	return png
}

// drawSign draws the program's sign: a lens whose beams meet in a record's knot.
func (c *canvas) drawSign(at point, r float64) {
	blue, teal, amber := color.RGBA{24, 78, 119, 255}, color.RGBA{42, 157, 143, 255}, color.RGBA{233, 166, 36, 255}
	all := c.img.Bounds()
	ring := func(radius, width float64, col color.RGBA) {
		c.stroke(ellipse(point{at.x - radius, at.y - radius}, point{at.x + radius, at.y + radius}),
			pen{width: width, colour: col}, all)
	}
	outer := make([]point, 6)
	for i := range outer {
		sin, cos := math.Sincos(float64(i)*math.Pi/3 - math.Pi/2)
		outer[i] = point{at.x + r*cos, at.y + r*sin}
	}
	for i, p := range outer {
		q := outer[(i+1)%6]
		c.stroke([]point{at, p}, pen{width: r * 0.035, colour: color.RGBA{190, 205, 214, 255}}, all)
		c.stroke([]point{p, q}, pen{width: r * 0.035, colour: color.RGBA{190, 205, 214, 255}}, all)
	}
	ring(r*0.5, r*0.06, teal)
	for i, p := range outer {
		col := blue
		if i%2 == 1 {
			col = amber
		}
		c.stroke([]point{p}, pen{width: r * 0.26, colour: col}, all)
		middle := point{(at.x + p.x) / 2, (at.y + p.y) / 2}
		c.stroke([]point{middle}, pen{width: r * 0.14, colour: teal}, all)
	}
	c.stroke([]point{at}, pen{width: r * 0.42, colour: blue}, all)
}
