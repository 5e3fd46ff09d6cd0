package preview

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// massMapFactor is how much larger the composite picture of a mass map is than others.
const massMapFactor = 3

// composite is the drawing of a mass map: a figure across the whole width of the square,
// with panels in two rows and three columns.
type composite struct {
	*job
	m             *extractors.MassMap
	counts        *extractors.MassCounts // nil: there are none
	masses        []float64
	spectrum      []float64
	top           float64 // of the figure, pixels
	width, height float64
	inch          float64 // pixels
	layout        massLayout
}

// massLayout is the grid of the panels, in fractions of the figure; gaps in those of a panel.
type massLayout struct {
	wide, high               float64 // inches
	left, right, top, bottom float64
	gapX, gapY               float64
}

// The colours of the three peaks.
var channelColours = [3]color.RGBA{{0xe4, 0x1a, 0x1c, 255}, {0x4d, 0xaf, 0x4a, 255}, {0x37, 0x7e, 0xb8, 255}}

// massMap draws the composite of a mass map.
func (j *job) massMap(ctx context.Context) error {
	c := &composite{job: j, m: j.signal.MassMap, layout: massLayout{12, 9, .07, .97, .88, .09, .38, .42}}
	if c.m.Integrated {
		c.layout = massLayout{13, 9, .06, .97, .88, .08, .40, .44}
	}
	if err := c.read(ctx); err != nil {
		return err
	}
	j.loose = true
	side := float64(j.img.Rect.Dx())
	c.width, c.height, c.inch = side, side*c.layout.high/c.layout.wide, side/c.layout.wide
	c.top = (side - c.height) / 2
	j.fill(image.Rect(0, int(c.top), int(side), int(c.top+c.height)), white)
	if err := c.image(ctx, c.cell(0, 0, 1)); err != nil {
		return err
	}
	c.total(c.cell(0, 1, 1))
	if c.m.Integrated {
		c.colours(c.cell(0, 2, 1))
		c.massSpectrum(c.cell(1, 0, 2))
		c.depth(c.cell(1, 2, 1))
	} else {
		c.depth(c.cell(0, 2, 1))
		c.massSpectrum(c.cell(1, 0, 3))
	}
	c.headline()
	c.write(c.label("Names of ions are best guesses by monoisotopic mass within ±0.35 Da. Verify them with data of high resolution.",
		c.width/2, c.top+c.height-c.points(8), 6.5, massText{style: oblique, colour: color.RGBA{0x66, 0x66, 0x66, 255}, anchor: 0.5}))
	return nil
}

// read reads the counts and the spectrum. What is damaged is left out and noted.
func (c *composite) read(ctx context.Context) error {
	var err error
	if c.m.Counts != nil {
		if c.counts, err = c.m.Counts(ctx); err != nil {
			if err = c.excuse(err, "the counts"); err != nil {
				return err
			}
			c.counts = nil
		} else {
			c.note = c.counts.Note
		}
	}
	if c.m.Spectrum != nil {
		if c.masses, c.spectrum, err = c.m.Spectrum(ctx); err != nil {
			c.masses, c.spectrum = nil, nil
			if err = c.excuse(err, "the spectrum"); err != nil {
				return err
			}
		}
	}
	if c.counts == nil && c.spectrum == nil && c.m.Image == nil {
		return nexuslims.E(nexuslims.Unsupported, op, c.signal.Title, errors.New("there is neither image, map nor spectrum"))
	}
	return nil
}

// excuse notes what cannot be read, unless the fault is not one of the file.
func (c *composite) excuse(err error, what string) error {
	switch nexuslims.KindOf(err) {
	case nexuslims.Canceled, nexuslims.Transient, nexuslims.Permission, nexuslims.Internal:
		return err
	}
	c.note = strings.TrimPrefix(c.note+"; "+what+" cannot be read", "; ")
	return nil
}

// cell returns the place of a panel that is so many columns wide.
func (c *composite) cell(row, column, span int) image.Rectangle {
	l := c.layout
	w := (l.right - l.left) / (3 + 2*l.gapX)
	h := (l.top - l.bottom) / (2 + l.gapY)
	x := l.left + float64(column)*w*(1+l.gapX)
	y := 1 - l.top + float64(row)*h*(1+l.gapY)
	right := x + float64(span)*w + float64(span-1)*w*l.gapX
	return image.Rect(int(x*c.width), int(c.top+y*c.height), int(right*c.width), int(c.top+(y+h)*c.height))
}

// points turns points of the figure into pixels.
func (c *composite) points(p float64) float64 { return p / 72 * c.inch }

// massText says how a text of the figure looks.
type massText struct {
	style  style
	colour color.RGBA
	anchor float64
}

// label makes a label of a size in points of the figure.
func (c *composite) label(text string, x, y, points float64, t massText) label {
	if t.colour.A == 0 {
		t.colour = black
	}
	return label{text, x, y, t.anchor, t.style, c.points(points) / c.pt(1), t.colour}
}

// measure returns the width of a text in points of the figure.
func (c *composite) measure(text string, s style, points float64) float64 {
	return c.canvas.width(text, s, c.points(points)/c.pt(1))
}

// headline writes what the picture shows, as large as the width allows.
func (c *composite) headline() {
	var parts []string
	for _, p := range c.m.Title {
		parts = append(parts, printable(p))
	}
	text := strings.Join(parts, "  |  ")
	points := 10.0
	for points > 6 && c.measure(text, bold, points) > 0.96*c.width {
		points -= 0.25
	}
	text = c.ellipsis(text, bold, c.points(points)/c.pt(1), 0.98*c.width)
	c.write(c.label(text, c.width/2, c.top+0.032*c.height, points, massText{style: bold, anchor: 0.5}))
}

// panelTitle writes lines above a panel.
func (c *composite) panelTitle(box image.Rectangle, lines ...string) {
	for i, text := range lines {
		y := float64(box.Min.Y) - c.points(6) - c.points(11)*float64(len(lines)-1-i)
		c.write(c.label(text, float64(box.Min.X+box.Max.X)/2, y, 9, massText{anchor: 0.5}))
	}
}

// empty draws a panel without contents.
func (c *composite) empty(box image.Rectangle, why string) {
	c.frameOf(box)
	gray := color.RGBA{0x80, 0x80, 0x80, 255}
	c.write(c.label(why, float64(box.Min.X+box.Max.X)/2, float64(box.Min.Y+box.Max.Y)/2, 8, massText{anchor: 0.5, colour: gray}))
}

// frameOf draws the lines around a panel.
func (c *composite) frameOf(box image.Rectangle) {
	w := max(1, int(math.Round(c.points(0.8))))
	c.fill(image.Rect(box.Min.X-w, box.Min.Y-w, box.Max.X+w, box.Min.Y), black)
	c.fill(image.Rect(box.Min.X-w, box.Max.Y, box.Max.X+w, box.Max.Y+w), black)
	c.fill(image.Rect(box.Min.X-w, box.Min.Y, box.Min.X, box.Max.Y), black)
	c.fill(image.Rect(box.Max.X, box.Min.Y, box.Max.X+w, box.Max.Y), black)
}

// xAxis draws ticks and name below a panel.
func (c *composite) xAxis(f frame, t ticks, name string) {
	w, long := max(1, int(math.Round(c.points(0.8)))), int(c.points(3.5))
	y := float64(f.box.Max.Y) + c.points(12)
	for i, v := range t.values {
		x := int(f.x(v))
		c.fill(image.Rect(x-w/2, f.box.Max.Y, x-w/2+w, f.box.Max.Y+long), black)
		c.write(c.label(t.labels[i], f.x(v), y, 7, massText{anchor: 0.5}))
	}
	c.write(c.label(strings.TrimSpace(name+" "+t.powerText()), float64(f.box.Min.X+f.box.Max.X)/2, y+c.points(12), 8, massText{anchor: 0.5}))
}

// yAxis draws ticks and name left of a panel; place tells where a value is.
func (c *composite) yAxis(f frame, t ticks, name string, place func(float64) float64) {
	w, long := max(1, int(math.Round(c.points(0.8)))), int(c.points(3.5))
	wide := 0.0
	for i, v := range t.values {
		y := place(v)
		c.fill(image.Rect(f.box.Min.X-long, int(y)-w/2, f.box.Min.X, int(y)-w/2+w), black)
		c.write(c.label(t.labels[i], float64(f.box.Min.X)-c.points(6), y+c.points(2.5), 7, massText{anchor: 1}))
		wide = max(wide, c.measure(t.labels[i], plain, 7))
	}
	l := c.label(strings.TrimSpace(name+" "+t.powerText()), float64(f.box.Min.X)-c.points(12)-wide, float64(f.box.Min.Y+f.box.Max.Y)/2, 8, massText{})
	c.writeUpright(l)
}

// grid draws pale dashed lines at ticks; across: from left to right.
func (c *composite) grid(f frame, at []float64, across bool) {
	pale := tint(176, 176, 176, 102)
	dash, gap := max(2, int(c.points(2.6))), max(1, int(c.points(1.4)))
	w := max(1, int(c.points(0.6)))
	for _, v := range at {
		if across {
			for x := f.box.Min.X; x < f.box.Max.X; x += dash + gap {
				c.fill(image.Rect(x, int(v), x+dash, int(v)+w).Intersect(f.box), pale)
			}
			continue
		}
		for y := f.box.Min.Y; y < f.box.Max.Y; y += dash + gap {
			c.fill(image.Rect(int(v), y, int(v)+w, y+dash).Intersect(f.box), pale)
		}
	}
}

// entry is a line of a legend.
type entry struct {
	text   string
	colour color.RGBA
}

// legend draws a box of entries in the corner of a panel where the fewest points are; the
// upper right one, then the lower right one come first.
func (c *composite) legend(box image.Rectangle, entries []entry, busy []point) {
	if len(entries) == 0 {
		return
	}
	wide := 0.0
	for _, e := range entries {
		wide = max(wide, c.measure(e.text, plain, 6.5))
	}
	step := c.points(10)
	w, h := int(wide+c.points(22)), int(step*float64(len(entries))+c.points(6))
	r := corner(box.Inset(int(c.points(4))), w, h, busy)
	c.fill(r.Inset(-1), tint(204, 204, 204, 255))
	c.fill(r, tint(255, 255, 255, 235))
	for i, e := range entries {
		y := float64(r.Min.Y) + c.points(3) + step*(float64(i)+0.5)
		x := float64(r.Min.X) + c.points(4)
		c.fill(image.Rect(int(x), int(y-c.points(2.2)), int(x+c.points(10)), int(y+c.points(2.2))), e.colour)
		c.write(c.label(e.text, x+c.points(14), y+c.points(2.3), 6.5, massText{}))
	}
}

// corner returns the corner of a box, of a size, that holds the fewest points.
func corner(box image.Rectangle, w, h int, busy []point) image.Rectangle {
	var best image.Rectangle
	least := len(busy) + 1
	for _, at := range []image.Point{
		{box.Max.X - w, box.Min.Y},
		{box.Max.X - w, box.Max.Y - h},
		{box.Min.X, box.Min.Y},
		{box.Min.X, box.Max.Y - h},
	} {
		r := image.Rectangle{at, at.Add(image.Pt(w, h))}
		n := 0
		for _, p := range busy {
			if image.Pt(clamped(p.x, -maxSize, 2*maxSize), clamped(p.y, -maxSize, 2*maxSize)).In(r.Inset(-12)) {
				n++
			}
		}
		if n < least {
			best, least = r, n
		}
	}
	return best
}
