package preview

import (
	"context"
	"image"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// imageFigure paints the white ground of a single image with its title and returns the
// place for the image.
func (j *job) imageFigure() image.Rectangle {
	n := float64(len(j.title))
	if n == 0 {
		j.fill(j.img.Bounds(), white)
		return j.rect(12, 11, 488, 487)
	}
	// Each further line of the title makes the figure higher, up to the whole square.
	more := (n - 1) * titleStep
	top := max(23-more/2, 0)
	bottom := min(477+more/2, DefaultSize)
	j.fill(j.rect(0, top, 499, bottom), white)
	first := max(bottom-12-413, top+29+more)
	j.writeTitle(250, first-7, "")
	return j.rect(13, first, 488, bottom-12)
}

// image draws one image, or the amplitude of a complex one.
func (j *job) image(ctx context.Context) error {
	box := j.imageFigure()
	p, err := readPlane(ctx, j.reading(nil, max(box.Dx(), box.Dy()), j.options.MaxPixels))
	if err != nil {
		return err
	}
	w, h := fit(p.width, p.height, box.Dx(), box.Dy())
	at := centred(box, w, h)
	j.drawPlane(p, at, j.byRoot())
	j.decorate(at)
	return nil
}

// reading says what to read of the signal, and what of it the contrast is taken from.
func (j *job) reading(at []int, target int, maxPixels int64) reading {
	s := j.signal
	return reading{
		array: s.Data, at: at, target: target, maxPixels: maxPixels,
		shades: s.AsIs && s.Data.Type == extractors.Uint8, contrastRows: s.ContrastRows,
	}
}

// byRoot reports whether intensities are shown by their square root: those of diffraction
// patterns and transforms reach over so many decades that all but the middle were black.
func (j *job) byRoot() bool {
	return j.signal.Data.Type.IsComplex() || j.signal.DatasetType() == nexuslims.Diffraction
}

// decorate draws what lies over an image: scale bar and marks.
func (j *job) decorate(at image.Rectangle) {
	axes := j.signal.Data.Axes
	axes = axes[len(axes)-2:]
	if b, ok := newBar(axes); ok {
		j.drawBar(b, j.scanned(at, axes[0].Size))
	}
	j.drawMarks(at, axes[1].Size, axes[0].Size)
}

// scanned is the part of an image above its information bar, which has a scale bar of its
// own that ours must not lie upon.
func (j *job) scanned(at image.Rectangle, rows int) image.Rectangle {
	if n := j.signal.ContrastRows; n > 0 && n < rows {
		at.Max.Y = at.Min.Y + max(1, at.Dy()*n/rows)
	}
	return at
}

// gray turns a plane into pixels of a size.
func (p *plane) gray(width, height int, root bool) []float32 {
	low, high := p.contrast()
	stretch(p.values, low, high, root && !p.shades)
	return p.resample(width, height)
}

// drawPlane draws a plane in shades of gray.
func (c *canvas) drawPlane(p *plane, at image.Rectangle, root bool) {
	pixels := p.gray(at.Dx(), at.Dy(), root)
	for y := range at.Dy() {
		out := c.img.Pix[c.img.PixOffset(at.Min.X, at.Min.Y+y):]
		for x, v := range pixels[y*at.Dx():][:at.Dx()] {
			g := level(v)
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = g, g, g, 255
		}
	}
}

// level returns the gray level of 0 to 1.
func level(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	return uint8(min(v, 1)*255 + 0.5)
}

// colourImage draws an image of colours as it is.
func (j *job) colourImage(ctx context.Context) error {
	a := j.signal.Data
	box := j.imageFigure()
	img, err := readColours(ctx, a, box.Dx(), j.options.MaxPixels)
	if err != nil {
		return err
	}
	w, h := fit(a.Axes[1].Size, a.Axes[0].Size, box.Dx(), box.Dy())
	at := centred(box, w, h)
	j.drawScaled(img, at)
	j.decorate(at)
	return nil
}

// readColours reads an image of colours; one of many pixels in steps, which keep at
// least four elements for each that is drawn.
func readColours(ctx context.Context, a *extractors.Array, target int, maxPixels int64) (*image.RGBA, error) {
	l := newLayout(reading{array: a, target: target, maxPixels: min(maxPixels, maxSamples)})
	whole := extractors.Region{Start: []int{0, 0}, Count: []int{l.readY, l.readX}, Step: []int{l.stepY, l.stepX}}
	raw, err := a.Read(ctx, whole)
	if err != nil {
		return nil, err
	}
	if a.Type == extractors.RGBA {
		img := &image.NRGBA{Pix: raw, Stride: 4 * l.readX, Rect: image.Rect(0, 0, l.readX, l.readY)}
		return onWhite(img), nil
	}
	img := image.NewRGBA(image.Rect(0, 0, l.readX, l.readY))
	for i := range l.readX * l.readY {
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = raw[3*i], raw[3*i+1], raw[3*i+2], 255
	}
	return img, nil
}
