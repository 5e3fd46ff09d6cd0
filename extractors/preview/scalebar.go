package preview

import (
	"image"
	"math"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// bar is a scale bar: its length as part of the image's width, and its label.
type bar struct {
	part float64
	text string
}

// newBar returns the scale bar of an image with these two axes, rows first: about a
// quarter of the width, rounded down to one digit. There is none unless both axes have
// the same scale in the same unit of length or reciprocal length.
func newBar(axes []extractors.Axis) (bar, bool) {
	y, x := axes[0], axes[1]
	y = inUnit(y, x.Unit)
	sx, sy := math.Abs(x.Scale), math.Abs(y.Scale)
	if !(sx > 0) || math.IsInf(sx, 0) || math.Abs(sx-sy) > 1e-3*sx || unitText(x.Unit) != unitText(y.Unit) ||
		!isLength(x.Unit) {
		return bar{}, false
	}
	field := sx * float64(x.Size)
	if math.IsInf(field, 0) {
		return bar{}, false
	}
	// The shortest decimal of one digit, read back, is free of the errors of a power of ten.
	text := oneDigit(field / 4)
	length, err := strconv.ParseFloat(text, 64)
	if err != nil || !(length > 0) {
		return bar{}, false
	}
	return bar{length / field, number(length) + " " + unitText(x.Unit)}, true
}

// inUnit gives an axis the unit of the other one: a narrow image may be measured in
// nanometers along one side and in picometers along the other.
func inUnit(x extractors.Axis, unit string) extractors.Axis {
	from, ok := nexuslims.ParseUnit(unitText(x.Unit))
	to, known := nexuslims.ParseUnit(unitText(unit))
	if !ok || !known || from.Name == to.Name {
		return x
	}
	if q, ok := nexuslims.Q(x.Scale, from.Name).Convert(to); ok {
		x.Scale, x.Unit = q.Value, unit
	}
	return x
}

// oneDigit rounds down to one significant digit: "6e+02".
func oneDigit(v float64) string {
	s := strconv.FormatFloat(v*(1+1e-12), 'e', 15, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return mantissa[:1] + "e" + exponent
}

// number returns the shortest decimal.
func number(v float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e6 || a < 1e-4) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// unitText is the unit as the file gives it, with one sign for micro.
func unitText(unit string) string {
	unit = printable(unit)
	if rest, ok := strings.CutPrefix(unit, "um"); ok && (rest == "" || rest == "^-1") {
		return "µm" + rest
	}
	return strings.NewReplacer("μ", "µ", "1/um", "1/µm").Replace(unit)
}

// isLength reports whether a unit is a length or reciprocal length.
func isLength(unit string) bool {
	unit = unitText(unit)
	for _, prefix := range []string{"1/", "1 / "} {
		unit = strings.TrimPrefix(unit, prefix)
	}
	for _, suffix := range []string{"^-1", "**-1", "⁻¹"} {
		unit = strings.TrimSuffix(unit, suffix)
	}
	u, ok := nexuslims.ParseUnit(strings.Trim(unit, "() "))
	return ok && u.Dimension == "length" || strings.EqualFold(unit, "Å") || unit == "A"
}

// drawBar draws a scale bar into an image's box: white with a dark rim, so that it shows
// on any ground. Bars of small images have smaller labels.
func (c *canvas) drawBar(b bar, box image.Rectangle) {
	w, h := float64(box.Dx()), float64(box.Dy())
	if w < c.px(40) || h < c.px(30) {
		return
	}
	points := float64(labelPoints)
	if w < c.px(250) {
		points = max(6.5, labelPoints*w/c.px(250))
	}
	thick := max(math.Round(c.pt(2)*min(1, points/8)), 1)
	x0 := math.Floor(float64(box.Min.X) + 0.05*w - 0.5)
	y1 := math.Round(float64(box.Max.Y) - 0.05*h + 0.75*thick)
	x1 := x0 + math.Round(b.part*w)
	r := int(max(1, math.Round(c.px(1))))
	line := image.Rect(int(x0), int(y1-thick), int(x1), int(y1))
	c.fill(line.Inset(-r).Intersect(box), black)
	c.fill(line, white)
	text := c.width(b.text, plain, points)
	left := (x0+x1)/2 - text/2
	left = max(min(left, float64(box.Max.X)-text-c.px(2)), float64(box.Min.X)+c.px(2))
	c.writeOutlined(label{b.text, left, y1 - thick - 0.01*h - c.pt(points)*0.12, 0, plain, points, white})
}
