package tofwerk

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxKept is how many sums are kept while going through the data once: the maps and the
// profiles of all peaks. Where there are more, a second pass reads those of the chosen.
const maxKept = 6 << 20

// leastMass is the mass from which on peaks are chosen: below are hydrogen and noise.
const leastMass = 5

// counter sums up the counts of peaks.
type counter struct {
	shape
	peaks    int
	total    []float64 // of each pixel
	perWrite []float64
	perPeak  []float64
	maps     []float64 // of each peak and pixel; nil: not kept
	profiles []float64 // of each peak and write
	values   []float32
}

// countPeaks goes through all counts, chunk by chunk.
func (m *mapper) countPeaks(ctx context.Context) (*extractors.MassCounts, error) {
	d := m.peaks
	s := shapeOf(d.Shape())
	c := &counter{shape: s, peaks: d.Shape()[3]}
	if int64(s.lines)*int64(s.pixels) > maxKept || int64(s.writes) > maxKept || c.peaks > maxKept {
		return nil, nexuslims.E(nexuslims.Unsupported, "count ions", "", fmt.Errorf("map of %v with %d peaks", s, c.peaks))
	}
	c.total = make([]float64, s.lines*s.pixels)
	c.perWrite, c.perPeak = make([]float64, s.writes), make([]float64, c.peaks)
	if n := int64(len(c.total)+s.writes) * int64(c.peaks); n <= maxKept {
		c.maps, c.profiles = make([]float64, len(c.total)*c.peaks), make([]float64, s.writes*c.peaks)
	}
	kind, _ := elementOf(d)
	err := d.Chunks(ctx, func(start, count []int, data []byte) error {
		c.decode(ctx, kind, data)
		c.add(start, count)
		return nil
	})
	out := &extractors.MassCounts{Total: c.total, PerWrite: c.perWrite}
	if err != nil {
		if !isDamage(err) {
			return nil, err
		}
		out.Note = "not all counts could be read"
	}
	for _, k := range c.top(m.peakTable()) {
		ch := extractors.MassChannel{MassPeak: m.peak(k)}
		if c.maps != nil {
			ch.Map = c.maps[k*len(c.total) : (k+1)*len(c.total)]
			ch.PerWrite = c.profiles[k*s.writes : (k+1)*s.writes]
		} else if ch.Map, ch.PerWrite, err = m.channel(ctx, s, k); err != nil && !isDamage(err) {
			return nil, err
		}
		out.Top = append(out.Top, ch)
	}
	return out, nil
}

// isDamage tells whether an error is one of the data, not of the store or the caller.
func isDamage(err error) bool {
	kind := nexuslims.KindOf(err)
	return kind == nexuslims.Corrupt || kind == nexuslims.Unsupported
}

// decode turns elements into numbers; what is not finite counts nothing.
func (c *counter) decode(ctx context.Context, kind extractors.ElementType, data []byte) {
	n := len(data) / kind.Size()
	if cap(c.values) < n {
		c.values = make([]float32, n)
	}
	c.values = c.values[:n]
	if kind == extractors.Float32 {
		for i := range c.values {
			v := math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
			if v-v != 0 {
				v = 0
			}
			c.values[i] = v
		}
		return
	}
	a := &extractors.Array{Type: kind, Axes: []extractors.Axis{{Size: n}}, Source: memory(data)}
	wide, err := a.Float32(ctx, a.All())
	if err != nil {
		wide = make([]float32, n)
	}
	for i, v := range wide {
		if v-v != 0 {
			wide[i] = 0
		}
	}
	c.values = wide
}

// memory is the source of pixels that were read already.
type memory []byte

// ReadRegion implements [extractors.PixelSource] for the whole.
func (m memory) ReadRegion(_ context.Context, _ extractors.Region, dst []byte) error {
	copy(dst, m)
	return nil
}

// add sums up one chunk.
func (c *counter) add(start, count []int) {
	i := 0
	for w := start[0]; w < start[0]+count[0]; w++ {
		for y := start[1]; y < start[1]+count[1]; y++ {
			row := y*c.pixels + start[2]
			if count[3] == 1 {
				c.addRow(w, start[3], row, c.values[i:i+count[2]])
				i += count[2]
				continue
			}
			for x := range count[2] {
				c.addPixel(w, start[3], row+x, c.values[i:i+count[3]])
				i += count[3]
			}
		}
	}
}

// addRow sums up one peak in neighbouring pixels.
func (c *counter) addRow(w, peak, pixel int, values []float32) {
	sum := 0.0
	total := c.total[pixel : pixel+len(values)]
	for i, v := range values {
		total[i] += float64(v)
		sum += float64(v)
	}
	c.perWrite[w] += sum
	c.perPeak[peak] += sum
	if c.maps == nil {
		return
	}
	c.profiles[peak*c.writes+w] += sum
	kept := c.maps[peak*len(c.total)+pixel:][:len(values)]
	for i, v := range values {
		kept[i] += float64(v)
	}
}

// addPixel sums up neighbouring peaks in one pixel.
func (c *counter) addPixel(w, peak, pixel int, values []float32) {
	sum := 0.0
	for i, v := range values {
		f := float64(v)
		sum += f
		c.perPeak[peak+i] += f
	}
	c.total[pixel] += sum
	c.perWrite[w] += sum
	if c.maps == nil {
		return
	}
	for i, v := range values {
		if v != 0 {
			c.profiles[(peak+i)*c.writes+w] += float64(v)
			c.maps[(peak+i)*len(c.total)+pixel] += float64(v)
		}
	}
}

// top returns the three peaks with the most counts, of those heavy enough.
func (c *counter) top(table []extractors.MassPeak) []int {
	var list []int
	for k := range c.peaks {
		if k < len(table) && table[k].Mass >= leastMass {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(c.perPeak[b], c.perPeak[a]) })
	return list[:min(3, len(list))]
}

// channel reads the map and the profile of one peak, write by write.
func (m *mapper) channel(ctx context.Context, s shape, peak int) (pixels, perWrite []float64, err error) {
	a, _ := arrayOf(m.peaks)
	pixels, perWrite = make([]float64, s.lines*s.pixels), make([]float64, s.writes)
	r := extractors.Region{Start: []int{0, 0, 0, peak}, Count: []int{1, s.lines, s.pixels, 1}, Step: []int{1, 1, 1, 1}}
	for w := range s.writes {
		r.Start[0] = w
		values, err := a.Float64(ctx, r)
		if err != nil {
			return pixels, perWrite, err
		}
		for i, v := range values {
			if v-v == 0 {
				pixels[i] += v
				perWrite[w] += v
			}
		}
	}
	return pixels, perWrite, nil
}

// countEvents adds the lengths of the lists of events.
func (m *mapper) countEvents(ctx context.Context) (*extractors.MassCounts, error) {
	s := shapeOf(m.events.Shape())
	if int64(s.lines)*int64(s.pixels) > maxKept || int64(s.writes) > maxKept {
		return nil, nexuslims.E(nexuslims.Unsupported, "count ions", "", fmt.Errorf("map of %v", s))
	}
	out := &extractors.MassCounts{Total: make([]float64, s.lines*s.pixels), PerWrite: make([]float64, s.writes)}
	for w := range s.writes {
		n, err := m.events.Lengths(ctx, []int{w, 0, 0}, []int{1, s.lines, s.pixels}, []int{1, 1, 1})
		if err != nil {
			if !isDamage(err) {
				return nil, err
			}
			out.Note = fmt.Sprintf("the events of write %d and after could not be read", w+1)
			break
		}
		for i, v := range n {
			out.Total[i] += float64(v)
			out.PerWrite[w] += float64(v)
		}
	}
	return out, nil
}

// peakTable returns the peaks of the table.
func (m *mapper) peakTable() []extractors.MassPeak {
	out := make([]extractors.MassPeak, len(m.table))
	for i := range out {
		out[i] = m.peak(i)
	}
	return out
}

// peak returns a row of the table of peaks.
func (m *mapper) peak(i int) extractors.MassPeak {
	if i >= len(m.table) {
		return extractors.MassPeak{}
	}
	o, ok := m.table[i].(*nexuslims.Object)
	if !ok {
		return extractors.MassPeak{}
	}
	number := func(name string) float64 {
		v, _ := nexuslims.Number(o.Get(name))
		return v
	}
	return extractors.MassPeak{
		Label: o.Text("label"), Mass: number("mass"),
		Low: number("lower integration limit"), High: number("upper integration limit"),
	}
}
