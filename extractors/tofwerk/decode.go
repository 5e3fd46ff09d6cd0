package tofwerk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Where things are in a file. FIBParams are settings, FibParams are logged values.
const (
	pathSum      = "FullSpectra/SumSpectrum"
	pathMasses   = "FullSpectra/MassAxis"
	pathEvents   = "FullSpectra/EventList"
	pathSpectra  = "FullSpectra"
	pathBeam     = "FIBParams"
	pathImages   = "FIBImages"
	pathTiming   = "TimingData"
	pathPeaks    = "PeakData/PeakData"
	pathTable    = "PeakData/PeakTable"
	pathLog      = "AcquisitionLog/Log"
	pathPressure = "FibParams/FibPressure/TwData"

	attrVersion = "TofDAQ Version"
	attrConfig  = "Configuration File Contents"
)

// contents is what was read of a file, under the names that it has there.
type contents struct {
	file   *hdf5.File
	root   *nexuslims.Object // attributes
	groups map[string]*nexuslims.Object
	single map[string]bool // root attributes that are 32-bit floats

	events, peaks, sum, masses, pressure *hdf5.Dataset // nil where there is none

	table    nexuslims.List
	log      []nexuslims.Value // first and last record
	records  int
	warnings []string
	fault    error // of the store
}

// decode reads what is small; only a file that is no HDF5 file is an error.
func decode(ctx context.Context, f *extractors.File) (*contents, error) {
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return nil, err
	}
	c := &contents{file: h, groups: map[string]*nexuslims.Object{}, single: map[string]bool{}}
	c.root = c.attributes(h.Root(), c.single)
	for _, path := range []string{pathBeam, pathSpectra, pathTiming} {
		if g, err := h.Root().Group(path); err == nil {
			c.groups[path] = c.attributes(g, nil)
		} else {
			c.missing(path, err)
		}
	}
	c.sum, c.masses = c.dataset(pathSum, 1), c.dataset(pathMasses, 1)
	c.events, c.peaks = c.dataset(pathEvents, 3), c.dataset(pathPeaks, 4)
	c.pressure = c.dataset(pathPressure, 2)
	if c.events != nil && c.events.Type().Class != hdf5.Sequence {
		c.warn("%s holds no lists", pathEvents)
		c.events = nil
	}
	if _, ok := elementOf(c.peaks); c.peaks != nil && !ok {
		c.warn("%s holds no numbers", pathPeaks)
		c.peaks = nil
	}
	c.readTable(ctx)
	c.readLog(ctx)
	return c, nil
}

// processed tells whether counts were integrated for peaks.
func (c *contents) processed() bool { return c.peaks != nil }

func (c *contents) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// missing notes what could not be read, other than what is not there.
func (c *contents) missing(what string, err error) {
	switch kind := nexuslims.KindOf(err); {
	case errors.Is(err, nexuslims.NotFound):
		return
	case kind == nexuslims.Transient || kind == nexuslims.Permission:
		c.fault = err
	}
	c.warn("%s: %v", what, err)
}

// attributes reads all attributes of an object. A list of one is its element.
func (c *contents) attributes(o hdf5.Object, single map[string]bool) *nexuslims.Object {
	out := new(nexuslims.Object)
	list, err := o.Attributes()
	if err != nil {
		c.missing("attributes of "+o.Path(), err)
	}
	for _, a := range list {
		v, err := a.Value()
		if err != nil {
			c.missing(a.Name, err)
			continue
		}
		if l, ok := v.(nexuslims.List); ok && len(l) == 1 {
			v = l[0]
		}
		if single != nil && a.Type.Class == hdf5.Float && a.Type.Size == 4 {
			single[a.Name] = true
		}
		out.Set(a.Name, v)
	}
	return out
}

// dataset opens a dataset that must have so many axes.
func (c *contents) dataset(path string, rank int) *hdf5.Dataset {
	d, err := c.file.Root().Dataset(path)
	if err != nil {
		c.missing(path, err)
		return nil
	}
	if len(d.Shape()) != rank {
		c.warn("%s has the shape %v", path, d.Shape())
		return nil
	}
	return d
}

// elementOf returns the type of the elements of a dataset as pixels.
func elementOf(d *hdf5.Dataset) (extractors.ElementType, bool) {
	if d == nil {
		return 0, false
	}
	t, ok := extractors.ParseElementType(d.Type().Element())
	return t, ok && !t.IsColour() && !t.IsComplex()
}

// The largest tables that are read.
const (
	maxPeaks    = 100_000
	maxTable    = 16 << 20
	shownPeaks  = 256
	recordBytes = 64 << 10
)

// readTable reads the table of peaks.
func (c *contents) readTable(ctx context.Context) {
	d := c.dataset(pathTable, 1)
	if d == nil {
		return
	}
	if d.Shape()[0] > maxPeaks {
		c.warn("%s has %d rows", pathTable, d.Shape()[0])
		return
	}
	v, err := d.Value(ctx, maxTable)
	if err != nil {
		c.missing(pathTable, err)
		return
	}
	c.table, _ = v.(nexuslims.List)
}

// readLog reads the first and the last record of the log.
func (c *contents) readLog(ctx context.Context) {
	d := c.dataset(pathLog, 1)
	if d == nil {
		return
	}
	c.records = d.Shape()[0]
	for _, i := range []int{0, c.records - 1} {
		if i < 0 || i == 0 && len(c.log) > 0 {
			continue
		}
		v, err := d.ValueAt(ctx, []int{i}, recordBytes)
		if err != nil {
			c.missing(pathLog, err)
			continue
		}
		c.log = append(c.log, v)
	}
}

// numbers reads at most so many elements of a dataset, as float64, evenly spread with the
// first; the last is put behind them.
func numbers(ctx context.Context, d *hdf5.Dataset, most int) ([]float64, error) {
	a, ok := arrayOf(d)
	if !ok {
		return nil, nexuslims.E(nexuslims.Unsupported, "read numbers", d.Path(), errors.New("there are no numbers"))
	}
	r := a.All()
	n := a.Axes[0].Size
	r.Step[0] = (n-1)/max(1, most) + 1
	r.Count[0] = (n-1)/r.Step[0] + 1
	if n == 0 {
		return nil, nil
	}
	values, err := a.Float64(ctx, r)
	if err != nil || (n-1)%r.Step[0] == 0 {
		return values, err
	}
	r.Start[0], r.Count[0], r.Step[0] = n-1, 1, 1
	last, err := a.Float64(ctx, r)
	return append(values, last...), err
}

// arrayOf returns the numbers of a dataset as an array without calibration.
func arrayOf(d *hdf5.Dataset) (*extractors.Array, bool) {
	t, ok := elementOf(d)
	if !ok || d.Check() != nil {
		return nil, false
	}
	a := &extractors.Array{Type: t, Source: extractors.RegionFunc(d.ReadRegion)}
	for _, n := range d.Shape() {
		a.Axes = append(a.Axes, extractors.Axis{Size: n, Scale: 1})
	}
	return a, len(a.Axes) > 0 && !slices.Contains(d.Shape(), 0)
}
