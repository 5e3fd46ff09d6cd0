package preview

import (
	"image"
	"math"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

const tickPoints = 10

// ticks are the places and labels on an axis.
type ticks struct {
	values []float64
	labels []string
	power  int // the labels are to be multiplied by ten to this power
}

// newTicks returns at most n+1 round numbers in a range.
func newTicks(low, high float64, n int) ticks {
	span := math.Abs(high - low)
	if !(span > 0) || math.IsInf(span, 0) {
		return ticks{values: []float64{low}, labels: []string{number(low)}}
	}
	low, high = min(low, high), max(low, high)
	step := roundStep(span / float64(n))
	var t ticks
	for k := math.Ceil(low/step - 1e-9); k*step <= high+1e-9*step && len(t.values) <= 2*n; k++ {
		t.values = append(t.values, k*step)
	}
	if most := max(math.Abs(low), math.Abs(high)); most >= 1e5 || most < 1e-3 {
		t.power = int(math.Floor(math.Log10(most)/3)) * 3
	}
	unit := math.Pow(10, float64(t.power))
	digits := 0
	for digits < 6 && !round(step/unit, digits) {
		digits++
	}
	for _, v := range t.values {
		s := strconv.FormatFloat(v/unit+0, 'f', digits, 64)
		if f, err := strconv.ParseFloat(s, 64); err == nil && f == 0 {
			s = strings.TrimPrefix(s, "-")
		}
		t.labels = append(t.labels, strings.Replace(s, "-", "−", 1))
	}
	return t
}

// round reports whether v has no more than so many decimals.
func round(v float64, digits int) bool {
	f := v * math.Pow(10, float64(digits))
	return math.Abs(f-math.Round(f)) < 1e-6*math.Max(f, 1e-3)
}

// roundStep returns the next of 1, 2, 2.5, 5 times a power of ten.
func roundStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*p >= v*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// powerText returns "×10³", or nothing.
func (t ticks) powerText() string {
	if t.power == 0 {
		return ""
	}
	digits := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	return "×10" + digits.Replace(strconv.Itoa(t.power))
}

// frame is a plot's rectangle with the ranges of its axes; y counts upwards unless
// y0 > y1.
type frame struct {
	box            image.Rectangle
	x0, x1, y0, y1 float64
}

func (f frame) x(v float64) float64 {
	return float64(f.box.Min.X) + (v-f.x0)/(f.x1-f.x0)*float64(f.box.Dx())
}

func (f frame) y(v float64) float64 {
	return float64(f.box.Max.Y) - (v-f.y0)/(f.y1-f.y0)*float64(f.box.Dy())
}

// drawFrame draws the four lines.
func (c *canvas) drawFrame(box image.Rectangle) {
	w := max(1, c.ipx(1))
	c.fill(image.Rect(box.Min.X-w, box.Min.Y-w, box.Max.X+w, box.Min.Y), black)
	c.fill(image.Rect(box.Min.X-w, box.Max.Y, box.Max.X+w, box.Max.Y+w), black)
	c.fill(image.Rect(box.Min.X-w, box.Min.Y, box.Min.X, box.Max.Y), black)
	c.fill(image.Rect(box.Max.X, box.Min.Y, box.Max.X+w, box.Max.Y), black)
}

// drawX draws ticks and labels below a frame. Labels never touch each other or the edge.
func (c *canvas) drawX(f frame, name string) {
	t := newTicks(f.x0, f.x1, 9)
	for n := 8; n > 1 && c.crowded(t, f); n-- {
		t = newTicks(f.x0, f.x1, n)
	}
	w, tick := max(1, c.ipx(1)), c.ipx(4)
	y := float64(f.box.Max.Y) + c.px(5) + c.pt(tickPoints)
	for i, v := range t.values {
		x := f.x(v)
		c.fill(image.Rect(int(x)-(w-1)/2, f.box.Max.Y, int(x)-(w-1)/2+w, f.box.Max.Y+tick), black)
		half := c.width(t.labels[i], plain, tickPoints) / 2
		x = min(max(x, half+c.px(2)), float64(c.img.Rect.Dx())-half-c.px(2))
		c.write(label{t.labels[i], x, y, 0.5, plain, tickPoints, black})
	}
	if p := t.powerText(); p != "" {
		name = strings.TrimSpace(name + " " + p)
	}
	c.writeFitted(name, float64(f.box.Min.X+f.box.Max.X)/2, y+c.px(17))
}

// writeFitted writes the name of an axis below it, cut to the width of the picture.
func (c *canvas) writeFitted(name string, x, y float64) {
	name = c.ellipsis(name, plain, labelPoints, c.px(480))
	half := c.width(name, plain, labelPoints) / 2
	x = min(max(x, half+c.px(4)), float64(c.img.Rect.Dx())-half-c.px(4))
	c.write(label{name, x, y, 0.5, plain, labelPoints, black})
}

func (c *canvas) crowded(t ticks, f frame) bool {
	wide := 0.0
	for _, s := range t.labels {
		wide = max(wide, c.width(s, plain, tickPoints))
	}
	return len(t.labels) > 1 && wide+c.px(8) > math.Abs(f.x(t.values[1])-f.x(t.values[0]))
}

// yTicks returns the ticks of the upright axis for a frame of that height in pixels and
// the width of their labels.
func (c *canvas) yTicks(low, high float64, height int) (ticks, float64) {
	t := newTicks(low, high, min(max(height/c.ipx(32), 1), 9))
	wide := 0.0
	for _, s := range t.labels {
		wide = max(wide, c.width(s, plain, tickPoints))
	}
	return t, wide
}

// drawY draws ticks and labels left of a frame; wide is the width of the labels.
func (c *canvas) drawY(f frame, t ticks, wide float64, name string) {
	w, tick := max(1, c.ipx(1)), c.ipx(4)
	for i, v := range t.values {
		y := f.y(v)
		c.fill(image.Rect(f.box.Min.X-w-tick, int(y)-(w-1)/2, f.box.Min.X-w, int(y)-(w-1)/2+w), black)
		c.write(label{t.labels[i], float64(f.box.Min.X) - c.px(7), y + c.pt(tickPoints)*0.36, 1, plain, tickPoints, black})
	}
	if p := t.powerText(); p != "" {
		name = strings.TrimSpace(name + " " + p)
	}
	name = c.ellipsis(name, plain, labelPoints, float64(f.box.Dy())+c.px(40))
	c.writeUpright(label{
		text: name, x: float64(f.box.Min.X) - c.px(14) - wide,
		y: float64(f.box.Min.Y+f.box.Max.Y) / 2, points: labelPoints, colour: black,
	})
}

// axisName names an axis with its unit: "Energy axis (keV)".
func axisName(x extractors.Axis, suffix string) string {
	name, unit := printable(x.Name), unitText(x.Unit)
	if name != "" && suffix != "" && !strings.HasSuffix(strings.ToLower(name), suffix) {
		name += " " + suffix
	}
	return withUnit(name, unit)
}

// withUnit puts the unit in brackets, once.
func withUnit(name, unit string) string {
	switch {
	case unit == "":
		return name
	case name == "":
		return unit
	case strings.HasSuffix(unit, ")") && strings.Contains(unit, "("):
		return name + ", " + unit
	}
	return name + " (" + unit + ")"
}

// values returns the ends of an axis; channel numbers where it is not calibrated.
func axisRange(x extractors.Axis) (first, last float64) {
	first, last = x.Offset, x.Offset+x.Scale*float64(x.Size-1)
	if !finite(first, last) || first == last {
		return 0, float64(max(x.Size-1, 1))
	}
	return first, last
}
