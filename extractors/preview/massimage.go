package preview

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// barRoom is the part of a panel that an image leaves to its colour bar.
const barRoom = 0.86

// imageBox returns the place of an image of w by h pixels within a panel.
func (c *composite) imageBox(cell image.Rectangle, w, h int, room float64) image.Rectangle {
	bw, bh := fit(w, h, int(float64(cell.Dx())*room), cell.Dy())
	return centred(image.Rect(cell.Min.X, cell.Min.Y, cell.Min.X+int(float64(cell.Dx())*room), cell.Max.Y), bw, bh)
}

// pixelAxes draws the axes of an image in pixels, the first of which is number 0.
func (c *composite) pixelAxes(box image.Rectangle, w, h int) {
	f := frame{box: box, x0: -0.5, x1: float64(w) - 0.5, y0: float64(h) - 0.5, y1: -0.5}
	c.frameOf(box)
	c.xAxis(f, c.pixelTicks(w, box.Dx()), "X pixel")
	c.yAxis(f, c.pixelTicks(h, box.Dy()), "Y pixel", f.y)
}

// pixelTicks returns whole numbers from 0 on, as many as there is room for.
func (c *composite) pixelTicks(n, room int) ticks {
	step := 1
	for float64(n)/float64(step)*c.points(24) > float64(room) {
		step = nextStep(step)
	}
	var t ticks
	for v := 0; v < n; v += step {
		t.values = append(t.values, float64(v))
		t.labels = append(t.labels, fmt.Sprint(v))
	}
	return t
}

// nextStep goes through 1, 2, 5, 10, 20, …
func nextStep(step int) int {
	if d := int(math.Pow(10, math.Floor(math.Log10(float64(step))+1e-9))); step == 2*d {
		return 5 * d
	}
	return 2 * step
}

// image draws the image of the beam.
func (c *composite) image(ctx context.Context, cell image.Rectangle) error {
	const title = "FIB Secondary Electron Image"
	a := c.m.Image
	if a == nil {
		c.panelTitle(cell, title)
		c.empty(cell, "no image")
		return nil
	}
	err := checkArray(a)
	var p *plane
	if err == nil {
		p, err = readPlane(ctx, reading{array: a, target: cell.Dx(), maxPixels: c.options.MaxPixels})
	}
	if err != nil {
		c.panelTitle(cell, title)
		c.empty(cell, "image cannot be read")
		return c.excuse(err, "the image")
	}
	low, high := p.contrast()
	box := c.imageBox(cell, p.width, p.height, barRoom)
	stretch(p.values, low, high, false)
	c.paint(box, grayShade, p)
	c.pixelAxes(box, p.width, p.height)
	c.panelTitle(box, title, fmt.Sprintf("(%d×%d px)", p.width, p.height))
	c.colourBar(box, colourScale{float64(low), float64(high), grayShade, false}, "SE Intensity")
	return nil
}

func grayShade(v float64) color.RGBA {
	g := level(float32(v))
	return color.RGBA{g, g, g, 255}
}

// colourScale is the meaning of colours: shade takes 0 to 1.
type colourScale struct {
	low, high float64
	shade     func(float64) color.RGBA
	open      bool // there are values above
}

// colourBar draws the scale right of an image.
func (c *composite) colourBar(box image.Rectangle, s colourScale, name string) {
	left := box.Max.X + int(c.points(4))
	bar := image.Rect(left, box.Min.Y, left+max(2, box.Dx()/20), box.Max.Y)
	if s.open { // a point at the upper end
		tip := image.Rect(bar.Min.X, bar.Min.Y, bar.Max.X, bar.Min.Y+bar.Dx())
		bar.Min.Y = tip.Max.Y
		triangle := []point{
			{float64(tip.Min.X), float64(tip.Max.Y)},
			{float64(tip.Min.X+tip.Max.X) / 2, float64(tip.Min.Y)},
			{float64(tip.Max.X), float64(tip.Max.Y)},
		}
		c.polygon(triangle, s.shade(1), tip)
		defer c.stroke(triangle, pen{width: c.points(0.8), colour: black}, tip.Inset(-2))
	}
	for y := bar.Min.Y; y < bar.Max.Y; y++ {
		v := 1 - (float64(y-bar.Min.Y)+0.5)/float64(bar.Dy())
		c.fill(image.Rect(bar.Min.X, y, bar.Max.X, y+1), s.shade(v))
	}
	c.frameOf(bar)
	f := frame{box: bar, y0: s.low, y1: s.high}
	t := newTicks(s.low, s.high, 7)
	wide := 0.0
	for i, v := range t.values {
		if !(s.high > s.low) {
			break
		}
		y := f.y(v)
		c.fill(image.Rect(bar.Max.X, int(y), bar.Max.X+int(c.points(3)), int(y)+max(1, int(c.points(0.8)))), black)
		c.write(c.label(t.labels[i], float64(bar.Max.X)+c.points(5), y+c.points(2.2), 6, massText{}))
		wide = max(wide, c.measure(t.labels[i], plain, 6))
	}
	if p := t.powerText(); p != "" {
		name += " " + p
	}
	c.writeUpright(c.label(name, float64(bar.Max.X)+c.points(14)+wide, float64(box.Min.Y+box.Max.Y)/2, 7, massText{}))
}

// total draws the map of all ions.
func (c *composite) total(cell image.Rectangle) {
	const title = "Total Ion Count Map"
	m := c.m
	if c.counts == nil || len(c.counts.Total) != m.Width*m.Height || m.Width < 1 {
		c.panelTitle(cell, title)
		c.empty(cell, "no counts")
		return
	}
	sub, name := fmt.Sprintf("(%d slices, %d×%d px)", m.Writes, m.Width, m.Height), "Ion events"
	if m.Integrated {
		sub, name = fmt.Sprintf("(%d peaks, %d×%d px)", m.Peaks, m.Width, m.Height), "Integrated counts"
	}
	low, high := percentilesOf(interior(c.counts.Total, m.Width, m.Height), 2, 98)
	box := c.imageBox(cell, m.Width, m.Height, barRoom)
	p := planeOf(c.counts.Total, m.Width, m.Height, low, high)
	c.paint(box, inferno, p)
	c.pixelAxes(box, m.Width, m.Height)
	c.panelTitle(box, title, sub)
	c.colourBar(box, colourScale{low, high, inferno, true}, name)
}

// scaled brings a plane to the size of a place. Pixels that become larger stay squares.
func (p *plane) scaled(box image.Rectangle) []float32 {
	if float64(box.Dx()) > p.spanX {
		return p.nearest(box.Dx(), box.Dy())
	}
	return p.resample(box.Dx(), box.Dy())
}

// paint brings a plane to a place and colours it.
func (c *composite) paint(box image.Rectangle, shade func(float64) color.RGBA, p *plane) {
	values := p.scaled(box)
	for y := range box.Dy() {
		for x := range box.Dx() {
			c.img.SetRGBA(box.Min.X+x, box.Min.Y+y, shade(float64(values[y*box.Dx()+x])))
		}
	}
}

// planeOf makes a plane of values between 0 and 1.
func planeOf(values []float64, width, height int, low, high float64) *plane {
	p := &plane{width: width, height: height, columns: width, rows: height, spanX: float64(width), spanY: float64(height)}
	p.values = make([]float32, len(values))
	if !(high > low) {
		return p
	}
	for i, v := range values {
		p.values[i] = float32(min(max((v-low)/(high-low), 0), 1))
	}
	return p
}

// interior returns the values without a border; all, where few would be left.
func interior(values []float64, width, height int) []float64 {
	b := max(1, int(0.06*float64(min(width, height))))
	if (width-2*b)*(height-2*b) < 100 || width <= 2*b || height <= 2*b {
		return values
	}
	var out []float64
	for y := b; y < height-b; y++ {
		out = append(out, values[y*width+b:(y+1)*width-b]...)
	}
	return out
}

// percentilesOf returns two percentiles, between neighbours in proportion.
func percentilesOf(values []float64, low, high float64) (float64, float64) {
	if len(values) == 0 {
		return 0, 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	at := func(p float64) float64 {
		k := p / 100 * float64(len(sorted)-1)
		i := int(k)
		j := min(i+1, len(sorted)-1)
		return sorted[i] + (k-float64(i))*(sorted[j]-sorted[i])
	}
	return at(low), at(high)
}

// colours draws three peaks in red, green and blue.
func (c *composite) colours(cell image.Rectangle) {
	m := c.m
	lines := []string{"False-Color RGB Composite", "(peak-integrated spatial maps)"}
	if c.counts == nil || m.Width < 1 || m.Height < 1 {
		c.panelTitle(cell, lines...)
		c.empty(cell, "no counts")
		return
	}
	box := c.imageBox(cell, m.Width, m.Height, 1)
	var planes [3][]float32
	var names []entry
	for i, ch := range c.counts.Top[:min(3, len(c.counts.Top))] {
		if len(ch.Map) != m.Width*m.Height {
			continue
		}
		low, high := percentilesOf(ch.Map, 1, 99)
		planes[i] = planeOf(ch.Map, m.Width, m.Height, low, high).scaled(box)
		names = append(names, entry{"RGB"[i:i+1] + ": " + c.peakName(ch.MassPeak), channelColours[i]})
	}
	for k := range box.Dx() * box.Dy() {
		var v [3]uint8
		for i, p := range planes {
			if p != nil {
				v[i] = level(p[k])
			}
		}
		c.img.SetRGBA(box.Min.X+k%box.Dx(), box.Min.Y+k/box.Dx(), color.RGBA{v[0], v[1], v[2], 255})
	}
	c.pixelAxes(box, m.Width, m.Height)
	c.panelTitle(box, lines...)
	c.legend(box, names, []point{{float64(box.Max.X), float64(box.Min.Y)}})
}

// peakName returns "Be⁺ (9 Da)".
func (c *composite) peakName(p extractors.MassPeak) string {
	return fmt.Sprintf("%s (%.0f Da)", peakLabel(p, c.m.Positive), p.Mass)
}

// inferno is the colour map of that name, between ten of its colours.
func inferno(v float64) color.RGBA {
	table := [10][3]float64{
		{0, 0, 4},
		{27, 12, 66},
		{75, 12, 107},
		{120, 28, 109},
		{165, 44, 96},
		{207, 68, 70},
		{237, 105, 37},
		{251, 154, 6},
		{247, 208, 60},
		{252, 255, 164},
	}
	if !(v > 0) {
		v = 0
	}
	v = min(v, 1) * 9
	i := min(int(v), 8)
	var out [3]uint8
	for k := range out {
		out[k] = uint8(table[i][k] + (v-float64(i))*(table[i+1][k]-table[i][k]) + 0.5)
	}
	return color.RGBA{out[0], out[1], out[2], 255}
}
