package preview

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

const (
	leastMass = 5   // dalton, from which on the spectrum is drawn
	zeroCount = 0.5 // what no count is drawn as, on the logarithmic axis
)

// massSpectrum draws the spectrum of the whole map.
func (c *composite) massSpectrum(box image.Rectangle) {
	title := "Summed Mass Spectrum (all pixels, all depth slices)"
	if c.m.Integrated {
		title = "Summed Mass Spectrum -- top 3 peak integration windows highlighted"
	}
	c.panelTitle(box, title)
	s := newMassPlot(box, c.masses, c.spectrum)
	if s == nil {
		c.empty(box, "no spectrum")
		return
	}
	f := s.frame
	xt := newTicks(f.x0, f.x1, 9)
	yt := logTicks(s.low, s.high)
	c.grid(f, places(xt.values, f.x), false)
	c.grid(f, places(yt.values, s.y), true)
	var names []entry
	if c.m.Integrated && c.counts != nil {
		for i, ch := range c.counts.Top[:min(3, len(c.counts.Top))] {
			c.window(f, ch.MassPeak, channelColours[i])
			names = append(names, entry{c.peakName(ch.MassPeak), channelColours[i]})
		}
	}
	c.massCurve(s)
	c.frameOf(box)
	c.xAxis(f, xt, "m/z (Da)")
	c.yAxis(f, yt, "Ion counts (log)", s.y)
	c.annotate(s)
	c.legend(box, names, nil)
}

// massPlot is a spectrum over a logarithmic axis.
type massPlot struct {
	frame     frame
	masses    []float64
	counts    []float64 // never below floor
	low, high float64   // logarithms of the ends of the axis
}

// newMassPlot returns nil where there is nothing to draw.
func newMassPlot(box image.Rectangle, masses, counts []float64) *massPlot {
	first := slices.IndexFunc(masses, func(m float64) bool { return m >= leastMass })
	if first < 0 || len(counts) != len(masses) || len(masses)-first < 2 {
		return nil
	}
	s := &massPlot{masses: masses[first:], counts: slices.Clone(counts[first:])}
	floor, most := zeroCount, 0.0
	for _, v := range s.counts {
		if v > 0 && v-v == 0 {
			floor, most = min(floor, v), max(most, v)
		}
	}
	for i, v := range s.counts {
		if !(v > floor) || v-v != 0 {
			s.counts[i] = floor
		}
	}
	most = max(most, 2*floor)
	s.low = math.Log10(floor)
	s.high = math.Log10(most)
	s.high += 0.28 * (s.high - s.low) // room for the names
	s.frame = frame{box: box, x0: s.masses[0], x1: s.masses[len(s.masses)-1]}
	if !(s.frame.x1 > s.frame.x0) || !finite(s.frame.x0, s.frame.x1) {
		return nil
	}
	return s
}

// y returns where a count is.
func (s *massPlot) y(v float64) float64 {
	b := s.frame.box
	return float64(b.Max.Y) - (math.Log10(v)-s.low)/(s.high-s.low)*float64(b.Dy())
}

// logTicks returns powers of ten, and numbers between them where they are few.
func logTicks(low, high float64) ticks {
	var t ticks
	between := []float64{1}
	if high-low < 2 {
		between = []float64{1, 2, 5}
	}
	every := max(1, math.Ceil((high-low)/8))
	for e := math.Floor(low); e <= high; e += every {
		for _, m := range between {
			v := m * math.Pow(10, e)
			if l := math.Log10(v); l < low-1e-9 || l > high {
				continue
			}
			t.values = append(t.values, v)
			power := strings.TrimPrefix(ticks{power: int(e)}.powerText(), "×")
			if power == "" {
				power = "10⁰"
			}
			if len(between) > 1 {
				power = fmt.Sprintf("%.4g", v)
			}
			t.labels = append(t.labels, power)
		}
	}
	return t
}

// window draws the integration window of a peak.
func (c *composite) window(f frame, p extractors.MassPeak, col color.RGBA) {
	r := image.Rect(int(f.x(p.Low)), f.box.Min.Y, int(f.x(p.High))+1, f.box.Max.Y).Intersect(f.box)
	c.fill(r, tint(uint32(col.R), uint32(col.G), uint32(col.B), 46))
	x := f.x(p.Mass)
	clip := image.Rect(int(x)-4, f.box.Min.Y, int(x)+5, f.box.Max.Y).Intersect(f.box)
	c.stroke([]point{{x, float64(f.box.Min.Y)}, {x, float64(f.box.Max.Y)}}, pen{width: c.points(0.8), colour: col, dash: c.points(4)}, clip)
}

// massCurve draws the line and the area below it: of each column of pixels the extremes.
func (c *composite) massCurve(s *massPlot) {
	blue := color.RGBA{0x2c, 0x7b, 0xb6, 255}
	f := s.frame
	var pts []point
	for i := 0; i < len(s.masses); {
		column := int(f.x(s.masses[i]))
		least, most, k := i, i, i
		for ; k < len(s.masses) && int(f.x(s.masses[k])) <= column; k++ {
			if s.counts[k] < s.counts[least] {
				least = k
			}
			if s.counts[k] > s.counts[most] {
				most = k
			}
		}
		for _, n := range [4]int{i, min(least, most), max(least, most), k - 1} {
			pts = append(pts, point{f.x(s.masses[n]), s.y(s.counts[n])})
		}
		i = k
	}
	c.shade(pts, f.box, tint(0x2c, 0x7b, 0xb6, 38))
	c.stroke(pts, pen{width: c.points(0.7), colour: blue}, f.box)
}

// shade fills the area below a curve, column by column.
func (c *composite) shade(pts []point, box image.Rectangle, col color.RGBA) {
	tops := make([]float64, box.Dx())
	for i := range tops {
		tops[i] = math.Inf(1)
	}
	for i := 1; i < len(pts); i++ {
		a, b := pts[i-1], pts[i]
		from, to := clamped(a.x, box.Min.X, box.Max.X-1), clamped(b.x, box.Min.X, box.Max.X-1)
		for x := from; x <= to; x++ {
			t := 0.5
			if b.x > a.x {
				t = min(max((float64(x)+0.5-a.x)/(b.x-a.x), 0), 1)
			}
			tops[x-box.Min.X] = min(tops[x-box.Min.X], a.y+t*(b.y-a.y))
		}
	}
	for i, y := range tops {
		if !math.IsInf(y, 1) {
			c.fill(image.Rect(box.Min.X+i, max(box.Min.Y, int(y)), box.Min.X+i+1, box.Max.Y).Intersect(box), col)
		}
	}
}

// annotate names the highest points, each more than two dalton from the others.
func (c *composite) annotate(s *massPlot) {
	most := 6
	if c.m.Integrated {
		most = 5
	}
	gray, ink := color.RGBA{0x80, 0x80, 0x80, 255}, color.RGBA{0x1a, 0x4d, 0x7a, 255}
	var taken []float64
	var used []image.Rectangle
	for range most {
		k := s.highest(taken)
		if k < 0 {
			return
		}
		mass := s.masses[k]
		taken = append(taken, mass)
		lines := []string{fmt.Sprintf("%.1f Da", mass)}
		if ion := ionNear(mass, c.m.Positive); ion != "" {
			lines = []string{ion, fmt.Sprintf("(%.1f)", mass)}
		}
		x, y := s.frame.x(mass), s.y(s.counts[k])
		place := c.textPlace(lines, x, y-c.points(10), s.frame.box, used)
		used = append(used, place)
		tip := []point{{x, float64(place.Max.Y)}, {x, y - c.points(1)}}
		c.stroke(tip, pen{width: c.points(0.6), colour: gray}, around(tip).Inset(-3).Intersect(s.frame.box))
		for i, text := range lines {
			base := float64(place.Max.Y) - c.points(2) - c.points(7.5)*float64(len(lines)-1-i)
			c.write(c.label(text, float64(place.Min.X+place.Max.X)/2, base, 6.5, massText{anchor: 0.5, colour: ink}))
		}
	}
}

// textPlace returns where lines stand whose lower edge should be at y: higher where
// others are, within the panel.
func (c *composite) textPlace(lines []string, x, y float64, box image.Rectangle, used []image.Rectangle) image.Rectangle {
	wide := 0.0
	for _, t := range lines {
		wide = max(wide, c.measure(t, plain, 6.5))
	}
	w, h := int(wide)+4, int(c.points(7.5)*float64(len(lines))+c.points(2))
	left := min(max(int(x)-w/2, box.Min.X), box.Max.X-w)
	r := image.Rect(left, int(y)-h, left+w, int(y))
	for range 8 {
		hit := slices.IndexFunc(used, func(o image.Rectangle) bool { return o.Overlaps(r) })
		if hit < 0 {
			break
		}
		r = r.Sub(image.Pt(0, r.Max.Y-used[hit].Min.Y))
	}
	if r.Min.Y < box.Min.Y+2 {
		r = r.Add(image.Pt(0, box.Min.Y+2-r.Min.Y))
	}
	return r
}

// highest returns the highest point away from those taken, -1 for none.
func (s *massPlot) highest(taken []float64) int {
	best := -1
	for i, v := range s.counts {
		if best >= 0 && v <= s.counts[best] || math.Log10(v) <= s.low+0.01 {
			continue
		}
		if !slices.ContainsFunc(taken, func(m float64) bool { return math.Abs(m-s.masses[i]) <= 2 }) {
			best = i
		}
	}
	return best
}
