package preview

import (
	"context"
	"errors"
	"image"
	"image/draw"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Oriented is a picture that knows how it is to be turned: the EXIF orientation, 1 to 8.
// A signal's Picture may return one.
type Oriented interface {
	image.Image
	Orientation() int
}

// picture draws an ordinary picture. What could be decoded of a broken one is drawn, too.
func (j *job) picture(ctx context.Context) error {
	img, err := j.signal.Picture(ctx)
	if img == nil || img.Bounds().Empty() {
		if err == nil {
			err = nexuslims.E(nexuslims.Invalid, op, j.signal.Title, errors.New("empty picture"))
		}
		return err
	}
	if err != nil {
		j.note = "the picture is incomplete: " + err.Error()
	}
	if err := ctx.Err(); err != nil {
		return nexuslims.E(nexuslims.KindOf(err), op, j.signal.Title, err)
	}
	return j.fitPicture(img)
}

// fitPicture draws a picture in the middle of the square, as large as it goes.
func (j *job) fitPicture(img image.Image) error {
	turn := 1
	if o, ok := img.(Oriented); ok {
		turn = o.Orientation()
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if turn >= 5 && turn <= 8 {
		w, h = h, w
	}
	size := j.options.Size
	w, h = fit(w, h, size, size)
	at := centred(j.img.Bounds(), w, h)
	if turn < 2 || turn > 8 {
		j.drawAny(img, at)
		return nil
	}
	// Scale as stored, then turn the small picture.
	stored := image.Pt(w, h)
	if turn >= 5 {
		stored = image.Pt(h, w)
	}
	small := &canvas{img: image.NewRGBA(image.Rectangle{Max: stored})}
	small.drawAny(img, small.img.Bounds())
	for y := range h {
		for x := range w {
			j.img.SetRGBA(at.Min.X+x, at.Min.Y+y, small.img.RGBAAt(unturned(turn, x, y, stored.X, stored.Y)))
		}
	}
	return nil
}

// unturned returns where a pixel of the upright picture is stored, in a stored picture of
// width w and height h. The numbers are those of EXIF 2.3, tag 274.
func unturned(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// drawAny draws a picture of any colour model: sixteen-bit gray ones with contrast.
func (c *canvas) drawAny(img image.Image, at image.Rectangle) {
	if o, ok := img.(interface{ Unwrap() image.Image }); ok {
		img = o.Unwrap()
	}
	if g, ok := img.(*image.Gray16); ok {
		c.drawPlane(gray16(g, at.Dx(), at.Dy()), at, false)
		return
	}
	c.drawScaled(flattened(img), at)
}

// gray16 reduces a gray picture to about twice the size that is drawn.
func gray16(g *image.Gray16, width, height int) *plane {
	b := g.Bounds()
	p := &plane{width: b.Dx(), height: b.Dy()}
	value := func(x, y int) float32 {
		o := g.PixOffset(b.Min.X+x, b.Min.Y+y)
		return float32(uint16(g.Pix[o])<<8 | uint16(g.Pix[o+1]))
	}
	every := sampling(p.width, p.height)
	p.samples = make([]float32, 0, p.width*p.height/every+1)
	for i := 0; i < p.width*p.height; i += every {
		p.samples = append(p.samples, value(i%p.width, i/p.width))
	}
	p.least, p.most = extremes(p.samples)
	p.reduce(width, height, value)
	return p
}

// boxed returns the size of the boxes whose means are the values of a plane of that size, and
// makes room for these.
func (p *plane) boxed(width, height int) (boxX, boxY int) {
	boxX, boxY = max(1, p.width/(2*width)), max(1, p.height/(2*height))
	p.columns, p.rows = (p.width-1)/boxX+1, (p.height-1)/boxY+1
	p.spanX, p.spanY = float64(p.width)/float64(boxX), float64(p.height)/float64(boxY)
	p.values = make([]float32, p.columns*p.rows)
	return boxX, boxY
}

// reduce fills the values of a plane with means of boxes.
func (p *plane) reduce(width, height int, value func(x, y int) float32) {
	boxX, boxY := p.boxed(width, height)
	halves(p.rows, func(_, from, to int) {
		for i := from * p.columns; i < to*p.columns; i++ {
			x0, y0 := i%p.columns*boxX, i/p.columns*boxY
			x1, y1 := min(x0+boxX, p.width), min(y0+boxY, p.height)
			var sum float32
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					sum += value(x, y)
				}
			}
			p.values[i] = sum / float32((x1-x0)*(y1-y0))
		}
	})
}

// drawScaled draws a picture of opaque colours.
func (c *canvas) drawScaled(img *image.RGBA, at image.Rectangle) {
	w, h := at.Dx(), at.Dy()
	for channel, p := range reduceColours(img, w, h) {
		for i, v := range p.resample(w, h) {
			o := c.img.PixOffset(at.Min.X+i%w, at.Min.Y+i/w)
			c.img.Pix[o+channel], c.img.Pix[o+3] = level(v/255), 255
		}
	}
}

// reduceColours returns the planes of red, green and blue, means of boxes, of a picture that
// begins at the origin.
func reduceColours(img *image.RGBA, width, height int) [3]*plane {
	var planes [3]*plane
	var boxX, boxY int
	for i := range planes {
		planes[i] = &plane{width: img.Rect.Dx(), height: img.Rect.Dy()}
		boxX, boxY = planes[i].boxed(width, height)
	}
	p := planes[0]
	halves(p.rows, func(_, from, to int) {
		sums := make([][3]uint32, p.columns)
		for row := from; row < to; row++ {
			clear(sums)
			y0, y1 := row*boxY, min((row+1)*boxY, p.height)
			for y := y0; y < y1; y++ {
				addColours(sums, img.Pix[y*img.Stride:][:4*p.width], 4*boxX)
			}
			for x, sum := range sums {
				n := float32((min((x+1)*boxX, p.width) - x*boxX) * (y1 - y0))
				for i := range planes {
					planes[i].values[row*p.columns+x] = float32(sum[i]) / n
				}
			}
		}
	})
	return planes
}

// addColours adds those of a row of pixels to the sums of boxes of so many bytes.
func addColours(sums [][3]uint32, row []byte, box int) {
	for x := range sums {
		r, g, b := sums[x][0], sums[x][1], sums[x][2]
		for part := row[:min(box, len(row))]; len(part) >= 4; part = part[4:] {
			r, g, b = r+uint32(part[0]), g+uint32(part[1]), b+uint32(part[2])
		}
		sums[x] = [3]uint32{r, g, b}
		row = row[min(box, len(row)):]
	}
}

// flattened returns the colours of a picture without transparency; they are shared with it
// where it has none.
func flattened(img image.Image) *image.RGBA {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.RGBA:
		if m.Opaque() {
			return &image.RGBA{Pix: m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], Stride: m.Stride, Rect: b.Sub(b.Min)}
		}
	case *image.NRGBA:
		return onWhite(m)
	case *image.NRGBA64:
		return onWhite(narrowed(m))
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if o, ok := img.(interface{ Opaque() bool }); ok && !o.Opaque() {
		draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	}
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}

// onWhite flattens transparency on white; alpha that is 0 everywhere is dropped, since
// some microscopes write it so.
func onWhite(m *image.NRGBA) *image.RGBA {
	b := m.Bounds()
	if m.Opaque() {
		return &image.RGBA{Pix: m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], Stride: m.Stride, Rect: b.Sub(b.Min)}
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	invisible := true
	for y := range b.Dy() {
		row := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):][:4*b.Dx()]
		for x := 3; x < len(row) && invisible; x += 4 {
			invisible = row[x] == 0
		}
	}
	for y := range b.Dy() {
		in, row := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):][:4*b.Dx()], out.Pix[y*out.Stride:]
		for i := 0; i < len(in); i += 4 {
			alpha := uint32(in[i+3])
			if invisible {
				alpha = 255
			}
			for k := range 3 {
				row[i+k] = uint8((uint32(in[i+k])*alpha + 255*(255-alpha) + 127) / 255)
			}
			row[i+3] = 255
		}
	}
	return out
}

// narrowed keeps the high bytes.
func narrowed(m *image.NRGBA64) *image.NRGBA {
	b := m.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		in := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
		for i := range 4 * b.Dx() {
			out.Pix[y*out.Stride+i] = in[2*i]
		}
	}
	return out
}
