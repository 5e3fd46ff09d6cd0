package tescantif

import (
	"strconv"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// pixels gives the signal its picture.
func (b *builder) pixels(s *extractors.Signal) {
	if b.page.directory == nil {
		s.NoPreview = "the picture cannot be read: " + b.page.broken.Error()
		return
	}
	img, err := b.page.directory.Image()
	if err != nil {
		s.NoPreview = "the picture cannot be read: " + err.Error()
		b.warn("%s", s.NoPreview)
		return
	}
	if numbers, shades := img.Indices(); shades {
		img = numbers
	}
	kind, ok := extractors.ParseElementType(img.Element)
	if !ok {
		s.NoPreview = "pixels of the type " + img.Element
		return
	}
	s.Data = &extractors.Array{Type: kind, Axes: b.axes(img), Source: extractors.RegionFunc(img.ReadRegion)}
	s.AsIs = img.Bits <= 8 || kind.IsColour()
	if rows := b.rows(); rows < img.Height {
		s.ContrastRows = rows
	}
}

// axes returns the axes, in a unit in which a scale bar has a short number.
func (b *builder) axes(img *tiff.Image) []extractors.Axis {
	list := []extractors.Axis{{Name: "height", Size: img.Height, Scale: 1}, {Name: "width", Size: img.Width, Scale: 1}}
	x, y := lengthOf(b.Meta.Get("pixel_width")), lengthOf(b.Meta.Get("pixel_height"))
	if x == 0 || y == 0 {
		return list
	}
	to, unit := "nanometer", "nm"
	switch field := x * float64(img.Width); {
	case field >= 4e-3:
		to, unit = "millimeter", "mm"
	case field >= 4e-6:
		to, unit = "micrometer", "µm"
	}
	for i, scale := range []float64{y, x} {
		q, _ := nexuslims.Q(scale, "meter").Convert(nexuslims.MustUnit(to))
		list[i].Scale, list[i].Unit = q.Value, unit
	}
	return list
}

// lengthOf returns a length in metres, 0 for what is none or not above zero.
func lengthOf(v nexuslims.Value) float64 {
	q, ok := v.(nexuslims.Quantity)
	if !ok || !q.IsFinite() || q.Value <= 0 {
		return 0
	}
	m, ok := q.Convert(nexuslims.MustUnit("meter"))
	if !ok {
		return 0
	}
	return m.Value
}

// tidy drops the noise of a division or product from a number.
func tidy(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 14, 64), 64)
	return short
}
