package preview

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
)

// series is a curve over the writes.
type series struct {
	name   string
	colour color.RGBA
	values []float64
}

// depth draws counts over depth: of all ions, or of each of the three peaks.
func (c *composite) depth(box image.Rectangle) {
	lines := []string{"Depth Profile", "(total ion events per milling step)"}
	name := "Total ion events"
	if c.m.Integrated {
		lines, name = []string{"Depth Profiles", "(top 3 mass channels)"}, "Integrated counts"
	}
	c.panelTitle(box, lines...)
	if c.counts == nil || len(c.counts.PerWrite) == 0 {
		c.empty(box, "no counts")
		return
	}
	var list []series
	if c.m.Integrated {
		for i, ch := range c.counts.Top[:min(3, len(c.counts.Top))] {
			list = append(list, series{c.peakName(ch.MassPeak), channelColours[i], ch.PerWrite})
		}
	} else {
		list = []series{{"", color.RGBA{0x46, 0x82, 0xb4, 255}, c.counts.PerWrite}}
	}
	n := len(c.counts.PerWrite)
	f := frame{box: box, x0: 0.5, x1: float64(n) + 0.5}
	f.y0, f.y1 = depthRange(list)
	xt := c.writeTicks(n, box.Dx())
	yt := countTicks(f.y0, f.y1)
	c.grid(f, places(xt.values, f.x), false)
	c.grid(f, places(yt.values, f.y), true)
	var names []entry
	var busy []point
	for _, s := range list {
		busy = append(busy, c.curve(f, s)...)
		if s.name != "" {
			names = append(names, entry{s.name, s.colour})
		}
	}
	c.frameOf(box)
	c.xAxis(f, xt, "Milling step (write)")
	c.yAxis(f, yt, name, f.y)
	c.legend(box, names, busy)
}

func places(values []float64, at func(float64) float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = at(v)
	}
	return out
}

// curve draws a profile, with marks where there are few writes, and returns its points.
func (c *composite) curve(f frame, s series) []point {
	pts := make([]point, len(s.values))
	for i, v := range s.values {
		pts[i] = point{f.x(float64(i + 1)), f.y(v)}
	}
	few := len(pts) <= 50
	width := 1.4
	if few {
		width = 1.8
	}
	c.stroke(pts, pen{width: c.points(width), colour: s.colour}, f.box)
	if !few {
		return pts
	}
	for _, p := range pts {
		around := image.Rect(int(p.x-c.points(5)), int(p.y-c.points(5)), int(p.x+c.points(5))+1, int(p.y+c.points(5))+1).Intersect(f.box)
		c.stroke([]point{p}, pen{width: c.points(6), colour: s.colour}, around)
		c.stroke([]point{p}, pen{width: c.points(3.4), colour: white}, around)
	}
	return pts
}

// depthRange returns the 2nd and 98th percentile, with a tenth of their distance more.
func depthRange(list []series) (low, high float64) {
	var all []float64
	for _, s := range list {
		all = append(all, s.values...)
	}
	low, high = percentilesOf(all, 2, 98)
	more := 0.1 * (high - low)
	if more <= 0 {
		more = 0.05 * math.Abs(high)
	}
	if more <= 0 {
		more = 1
	}
	return low - more, high + more
}

// writeTicks returns every write where there are few, else round numbers.
func (c *composite) writeTicks(n, room int) ticks {
	step := 1
	for n > 30 && step*8 < n || float64(n)/float64(step)*c.points(16) > float64(room) {
		step = nextStep(step)
	}
	var t ticks
	for v := step; v <= n; v += step {
		t.values = append(t.values, float64(v))
		t.labels = append(t.labels, strconv.Itoa(v))
	}
	return t
}

// countTicks returns ticks as "1.2M", "35k", "120", with as many digits as tell them apart.
func countTicks(low, high float64) ticks {
	t := newTicks(low, high, 8)
	t.power = 0
	most := max(math.Abs(low), math.Abs(high))
	unit, letter := 1.0, ""
	switch {
	case most >= 1e9:
		unit, letter = 1e9, "G"
	case most >= 1e6:
		unit, letter = 1e6, "M"
	case most >= 1e3:
		unit, letter = 1e3, "k"
	}
	digits := 0
	if len(t.values) > 1 {
		for digits < 6 && !round((t.values[1]-t.values[0])/unit, digits) {
			digits++
		}
	}
	t.labels = t.labels[:0]
	for _, v := range t.values {
		if v == 0 {
			t.labels = append(t.labels, "0")
			continue
		}
		t.labels = append(t.labels, fmt.Sprintf("%.*f%s", digits, v/unit, letter))
	}
	return t
}
