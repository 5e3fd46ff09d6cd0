package tescantif

import (
	"github.com/nexuslims/nexuslims-go/extractors"
)

// pixels gives the signal its picture.
func (b *builder) pixels(s *extractors.Signal) {
	if b.page.directory == nil {
		s.NoPreview = "the picture cannot be read: " + b.page.broken.Error()
		return
	}
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
	if rows := b.rows(); rows < img.Height {
		s.ContrastRows = rows
	}
}

// pixel is the size of a pixel.
func (b *builder) pixel() extractors.Pixel {
	return extractors.PixelOf(b.Meta)
}
