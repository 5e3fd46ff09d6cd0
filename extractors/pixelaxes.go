package extractors

import (
	"strconv"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Pixel is the size of a pixel in metres, or in 1/m where it is reciprocal; what is not
// above zero is not known.
type Pixel struct {
	Width, Height float64
	Reciprocal    bool
}

// PixelOf is the pixel whose size stands in the metadata.
func PixelOf(meta *nexuslims.Object) Pixel {
	return Pixel{Width: Meters(meta.Get("pixel_width")), Height: Meters(meta.Get("pixel_height"))}
}

// Axes returns the axes of a picture of such pixels, rows first, in a unit in which a scale
// bar has a short number. Where a side of the pixel is not known they have no scale.
func (p Pixel) Axes(rows, columns int) []Axis {
	list := []Axis{{Name: "height", Size: rows, Scale: 1}, {Name: "width", Size: columns, Scale: 1}}
	if !(p.Width > 0) || !(p.Height > 0) {
		return list
	}
	from, to, unit := "meter", "nanometer", "nm"
	switch field := p.Width * float64(columns); {
	case p.Reciprocal:
		from, to, unit = "1 / meter", "1 / nanometer", "1/nm"
	case field >= 4e-3:
		to, unit = "millimeter", "mm"
	case field >= 4e-6:
		to, unit = "micrometer", "µm"
	}
	for i, scale := range []float64{p.Height, p.Width} {
		q, _ := nexuslims.Q(scale, from).Convert(nexuslims.MustUnit(to))
		list[i].Scale, list[i].Unit = q.Value, unit
	}
	return list
}

// Meters returns a length in metres, 0 for what is none or not above zero.
func Meters(v nexuslims.Value) float64 {
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

// Tidy drops the noise of a division or product from a number, which keeps 14 digits.
func Tidy(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 14, 64), 64)
	return short
}
