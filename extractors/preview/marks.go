package preview

import (
	"image"
	"image/color"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// maxMarks bounds how many marks of one image are drawn.
const maxMarks = 500

// drawMarks draws annotations over an image of so many pixels. Those whose places are no
// numbers are left out.
func (j *job) drawMarks(at image.Rectangle, width, height int) {
	sx, sy := float64(at.Dx())/float64(width), float64(at.Dy())/float64(height)
	place := func(left, top float64) point {
		// (0, 0) is the centre of the first pixel.
		return point{float64(at.Min.X) + (left+0.5)*sx, float64(at.Min.Y) + (top+0.5)*sy}
	}
	for i, m := range j.signal.Marks {
		if i == maxMarks {
			return
		}
		if finite(m.Top, m.Left, m.Bottom, m.Right) {
			j.drawMark(m, place(m.Left, m.Top), place(m.Right, m.Bottom), at)
		}
	}
}

func (j *job) drawMark(m extractors.Mark, a, b point, at image.Rectangle) {
	col := color.RGBA{m.Red, m.Green, m.Blue, 255}
	p := pen{width: j.pt(2), colour: col}
	if m.Dashed {
		p.dash = j.pt(7)
	}
	corners := []point{a, {b.x, a.y}, b, {a.x, b.y}, a}
	switch m.Shape {
	case extractors.MarkLine:
		j.stroke([]point{a, b}, p, at)
	case extractors.MarkArrow, extractors.MarkDoubleArrow:
		j.stroke([]point{a, b}, p, at)
		j.arrowHead(a, b, p, at)
		if m.Shape == extractors.MarkDoubleArrow {
			j.arrowHead(b, a, p, at)
		}
	case extractors.MarkRectangle:
		j.outline(corners, p, m.Filled, at)
	case extractors.MarkEllipse:
		j.outline(ellipse(a, b), p, m.Filled, at)
	case extractors.MarkPoint:
		j.stroke([]point{a}, pen{width: j.pt(5), colour: col}, at)
	}
	j.markLabel(m, a, b, col, at)
}

func (j *job) outline(pts []point, p pen, filled bool, at image.Rectangle) {
	if filled {
		j.polygon(pts, p.colour, at)
	}
	j.stroke(pts, p, at)
}

// markLabel writes the label four pixels above the mark, or a text at its place, and
// keeps it within the image.
func (j *job) markLabel(m extractors.Mark, a, b point, col color.RGBA, at image.Rectangle) {
	text := printable(m.Label)
	if text == "" {
		return
	}
	room := float64(at.Dx()) - j.px(6)
	text = j.ellipsis(text, plain, labelPoints, room)
	x, y := min(a.x, b.x), min(a.y, b.y)-j.px(4)
	if m.Shape == extractors.MarkText {
		x, y = a.x, a.y
	}
	x = min(max(x, float64(at.Min.X)+j.px(3)), float64(at.Max.X)-j.px(3)-j.width(text, plain, labelPoints))
	y = min(max(y, float64(at.Min.Y)+j.pt(labelPoints)), float64(at.Max.Y)-j.px(4))
	j.writeOutlined(label{text, x, y, 0, plain, labelPoints, col})
}

// arrowHead draws a filled head at b of a line from a.
func (j *job) arrowHead(a, b point, p pen, at image.Rectangle) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return
	}
	ux, uy, size := (b.x-a.x)/length, (b.y-a.y)/length, j.px(9)
	j.polygon([]point{
		b,
		{b.x - size*ux - size*0.45*uy, b.y - size*uy + size*0.45*ux},
		{b.x - size*ux + size*0.45*uy, b.y - size*uy - size*0.45*ux},
	}, p.colour, at)
}

// ellipse returns the outline of the ellipse in a rectangle.
func ellipse(a, b point) []point {
	pts := make([]point, 73)
	for i := range pts {
		sin, cos := math.Sincos(float64(i) * math.Pi / 36)
		pts[i] = point{(a.x+b.x)/2 + cos*(b.x-a.x)/2, (a.y+b.y)/2 + sin*(b.y-a.y)/2}
	}
	return pts
}
