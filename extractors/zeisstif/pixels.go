package zeisstif

import (
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// pixels gives the signal its picture.
func (b *builder) pixels(s *extractors.Signal) {
	img, err := b.page.directory.Shades()
	if err != nil {
		s.NoPreview = "the picture cannot be read: " + err.Error()
		b.warn("%s", s.NoPreview)
		return
	}
	kind, ok := extractors.ParseElementType(img.Element)
	if !ok {
		s.NoPreview = "pixels of the type " + img.Element
		return
	}
	s.Data = &extractors.Array{
		Type: kind, Axes: b.pixel().Axes(img.Height, img.Width), Source: extractors.RegionFunc(img.ReadRegion),
	}
	s.AsIs = img.Bits <= 8 || kind.IsColour()
	if b.rows > 0 && b.rows < img.Height && b.columns == img.Width {
		s.ContrastRows = b.rows
	}
}

// pixel is the size of a pixel.
func (b *builder) pixel() extractors.Pixel {
	return extractors.PixelOf(b.Meta)
}

// length returns the length of a vector.
func length(x, y float64) float64 {
	switch {
	case y == 0:
		return math.Abs(x)
	case x == 0:
		return math.Abs(y)
	}
	return extractors.Tidy(math.Hypot(x, y))
}
