package preview

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// canvas is the square that is drawn on. Layout is given in units of the 500-pixel
// picture; [canvas.px] turns them into pixels.
type canvas struct {
	img   *image.RGBA
	scale float64
	fonts []*opentype.Font
	faces map[faceKey]font.Face
	mask  []uint8 // coverage of the line being drawn
	loose bool    // letters keep their width: pairs of large ones would touch
}

var (
	white = color.RGBA{255, 255, 255, 255}
	black = color.RGBA{0, 0, 0, 255}
)

func newCanvas(size int) (*canvas, error) {
	all, err := fonts()
	if err != nil {
		return nil, err
	}
	return &canvas{
		img: image.NewRGBA(image.Rect(0, 0, size, size)), scale: float64(size) / DefaultSize,
		fonts: all, faces: map[faceKey]font.Face{},
	}, nil
}

// px turns units into pixels.
func (c *canvas) px(units float64) float64 { return units * c.scale }

// ipx turns units into whole pixels.
func (c *canvas) ipx(units float64) int { return int(math.Round(units * c.scale)) }

// pt turns points into pixels.
func (c *canvas) pt(points float64) float64 { return points * 92 / 72 * 500 / 588.8 * c.scale }

// rect turns a rectangle in units into pixels.
func (c *canvas) rect(x0, y0, x1, y1 float64) image.Rectangle {
	return image.Rect(c.ipx(x0), c.ipx(y0), c.ipx(x1), c.ipx(y1))
}

func (c *canvas) fill(r image.Rectangle, col color.RGBA) {
	draw.Draw(c.img, r, image.NewUniform(col), image.Point{}, draw.Over)
}

// label is a line of text at a place.
type label struct {
	text   string
	x, y   float64 // pixels: the baseline
	anchor float64 // 0 left, 0.5 centre, 1 right of x
	style  style
	points float64
	colour color.RGBA
}

func (c *canvas) width(text string, s style, points float64) float64 {
	return float64(font.MeasureString(c.face(s, points), text)) / 64
}

// write draws a label.
func (c *canvas) write(l label) {
	c.writeOn(c.img, l)
}

func (c *canvas) writeOn(dst draw.Image, l label) {
	x := l.x - l.anchor*c.width(l.text, l.style, l.points)
	d := font.Drawer{
		Dst: dst, Src: image.NewUniform(l.colour), Face: c.face(l.style, l.points),
		Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(math.Round(l.y) * 64)},
	}
	d.DrawString(l.text)
}

// writeOutlined draws a label with a dark rim, for use on an image.
func (c *canvas) writeOutlined(l label) {
	rim, top := l, l
	rim.colour = color.RGBA{A: 255}
	r := c.px(1)
	for _, d := range [8][2]float64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}} {
		rim.x, rim.y = l.x+d[0]*r, l.y+math.Round(d[1]*r)
		c.write(rim)
	}
	c.write(top)
}

// writeUpright draws a label turned by 90 degrees to the left, centred on (x, y): x is
// the baseline.
func (c *canvas) writeUpright(l label) {
	w, h := int(c.width(l.text, l.style, l.points))+4, int(c.pt(l.points)*1.6)+2
	base := h * 3 / 4
	m := image.NewAlpha(image.Rect(0, 0, w, h))
	c.writeOn(m, label{l.text, float64(w) / 2, float64(base), 0.5, l.style, l.points, black})
	turned := image.NewAlpha(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			turned.Pix[(w-1-x)*turned.Stride+y] = m.Pix[y*m.Stride+x]
		}
	}
	at := image.Pt(int(math.Round(l.x))-base, int(math.Round(l.y))-w/2)
	draw.DrawMask(c.img, turned.Bounds().Add(at), image.NewUniform(l.colour), image.Point{},
		turned, image.Point{}, draw.Over)
}

// ellipsis cuts a text to a width in pixels.
func (c *canvas) ellipsis(text string, s style, points, width float64) string {
	if c.width(text, s, points) <= width {
		return text
	}
	r := []rune(text)
	for len(r) > 0 && c.width(string(r)+"…", s, points) > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
