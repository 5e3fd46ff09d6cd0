package tofwerk

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// mapper turns the contents of a file into metadata.
type mapper struct {
	*contents
	file  *extractors.File
	sheet *extractors.Sheet
	pixel float64 // width of a pixel in micrometres, 0: not known
}

func (m *mapper) fill(ctx context.Context) {
	m.compareShapes()
	s, from := m.shape()
	m.sheet.Put(nexuslims.Text(s.String()), from, "Data Dimensions")
	m.shapes()
	m.times()
	m.beam()
	m.field(s)
	m.massRange(ctx)
	m.pressureOf(ctx)
	m.texts()
	variant := "raw"
	if m.processed() {
		variant = "pre-processed"
	}
	m.sheet.Put(nexuslims.Text(variant), "whether there is "+pathPeaks, "File Variant")
}

// shapes names both sizes where they differ.
func (m *mapper) shapes() {
	if m.peaks == nil || m.events == nil || shapeOf(m.peaks.Shape()) == shapeOf(m.events.Shape()) {
		return
	}
	m.sheet.Put(nexuslims.Text(shapeOf(m.events.Shape()).String()), "the shape of "+pathEvents, "EventList Dimensions")
	m.sheet.Put(nexuslims.Text(shapeOf(m.peaks.Shape()).String()), "the shape of "+pathPeaks, "PeakData Dimensions")
	m.sheet.Warn("Data Dimensions")
}

// beam sets what is known of the ion beam. A current of zero was not measured.
func (m *mapper) beam() {
	g := m.groups[pathBeam]
	m.quantity(g, "Voltage", "volt", "acceleration_voltage")
	if n, ok := nexuslims.Number(g.Get("Current")); !ok || n > 0 {
		m.quantity(g, "Current", "ampere", "beam_current")
	}
	m.sheet.Put(g.Get("FibHardware"), pathBeam+"@FibHardware", "FIB Hardware")
}

// quantity sets a number of the beam's settings and warns of what is none.
func (m *mapper) quantity(g *nexuslims.Object, attribute, unit, name string) bool {
	v := g.Get(attribute)
	if v == nil {
		return false
	}
	if _, null := v.(nexuslims.Null); null {
		return false
	}
	if !m.sheet.PutQuantity(v, unit, pathBeam+"@"+attribute, name) {
		m.warn("%s@%s is no number: %s", pathBeam, attribute, nexuslims.TextOf(v))
		return false
	}
	return true
}

// field sets the field of view, in millimetres in the file, and the size of a pixel.
func (m *mapper) field(s shape) {
	g := m.groups[pathBeam]
	width, ok := nexuslims.Number(g.Get("ViewField"))
	if ok && width <= 0 { // not recorded
		return
	}
	if !m.quantity(g, "ViewField", "millimeter", "horizontal_field_width") || s.pixels < 1 {
		return
	}
	if !ok {
		return
	}
	m.pixel = width * 1000 / float64(s.pixels)
	from := fmt.Sprintf("%s@ViewField over %d pixels", pathBeam, s.pixels)
	m.sheet.PutQuantity(nexuslims.Float(m.pixel), "micrometer", from, "pixel_width")
	if s.lines == s.pixels {
		m.sheet.PutQuantity(nexuslims.Float(m.pixel), "micrometer", from, "pixel_height")
	}
}

// massAxis is up to how many masses the axis is read whole; of a longer one every k-th is,
// and the last.
const massAxis = 128 << 10

func (m *mapper) massRange(ctx context.Context) {
	if m.masses == nil {
		return
	}
	values, err := numbers(ctx, m.masses, massAxis)
	if err != nil {
		m.missing(pathMasses, err)
		return
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v-v == 0 { // others are no masses
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return
	}
	m.sheet.PutQuantity(nexuslims.Float(low), "dalton", "least of "+pathMasses, "Mass Range Minimum")
	m.sheet.PutQuantity(nexuslims.Float(high), "dalton", "greatest of "+pathMasses, "Mass Range Maximum")
}

// maxPressures is how many of the pressures, one for each write, are read at most.
const maxPressures = 8192

func (m *mapper) pressureOf(ctx context.Context) {
	if m.pressure == nil {
		return
	}
	a, ok := arrayOf(m.pressure)
	if !ok {
		m.warn("%s holds no numbers", pathPressure)
		return
	}
	r := a.All()
	r.Step[0] = (a.Axes[0].Size-1)/maxPressures + 1
	r.Count[0] = (a.Axes[0].Size-1)/r.Step[0] + 1
	r.Count[1] = min(r.Count[1], 64)
	values, err := a.Float64(ctx, r)
	if err != nil {
		m.missing(pathPressure, err)
		return
	}
	m.sheet.PutQuantity(nexuslims.Float(mean(values)), "pascal", "mean of "+pathPressure, "Chamber Pressure")
}

// mean adds what each step loses to the next.
func mean(values []float64) float64 {
	sum, lost := 0.0, 0.0
	for _, v := range values {
		v -= lost
		next := sum + v
		lost, sum = next-sum-v, next
	}
	return sum / float64(len(values))
}

// texts sets what the attributes of the root say in so many words.
func (m *mapper) texts() {
	m.sheet.Put(m.root.Get("NbrPeaks"), "@NbrPeaks", "Number of Peaks")
	m.sheet.Put(m.root.Get("IonMode"), "@IonMode", "Ion Mode")
	m.sheet.Put(m.root.Get("FiblysGUIVersion"), "@FiblysGUIVersion", "FibLys GUI Version")
	v := m.root.Get(attrVersion)
	if f, ok := v.(nexuslims.Float); ok {
		v = nexuslims.Text(floatText(float64(f), m.single[attrVersion]))
	} else if v != nil {
		v = nexuslims.Text(nexuslims.TextOf(v))
	}
	m.sheet.Put(v, "@"+attrVersion, attrVersion)
}

// floatText writes a number of the file; one of 32 bits with as many digits as it has.
func floatText(f float64, single bool) string {
	if single {
		if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64); err == nil {
			f = short
		}
	}
	return nexuslims.FloatText(f)
}
