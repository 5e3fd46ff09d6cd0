package emd

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxAxes is how many axes an array may have.
const maxAxes = 16

// array returns the pixels of an array and its axes, or why it has none. Axes that are
// counted from 1 belong to arrays that are stored in the order x, y, …: all axes are
// reversed, but those of data cubes.
func (b *berkeley) array(ctx context.Context, a *ncemArray) (*extractors.Array, string, error) {
	element, _ := extractors.ParseElementType(elementNameNCEM(a.data.Type()))
	shape := a.data.Shape()
	if len(shape) < 1 || len(shape) > maxAxes {
		return nil, fmt.Sprintf("an array of %d axes", len(shape)), nil
	}
	if why := absurd(shape, element); why != "" {
		return nil, why, nil
	}
	stored, fromZero, err := a.storedAxes(ctx, shape)
	if err != nil {
		return nil, "", err
	}
	order := make([]int, len(shape))
	for i := range order {
		order[i] = i
	}
	if name := lastPart(a.data.Path()); !fromZero && !strings.Contains(name, "datacube") {
		slices.Reverse(order)
	}
	array := &extractors.Array{Type: element}
	for _, k := range order {
		array.Axes = append(array.Axes, stored[k])
	}
	b.calibrate(array.Axes)
	array.Source = a.source(element, order)
	if len(a.layers) > 1 {
		array.Axes = append([]extractors.Axis{b.depthAxis(a)}, array.Axes...)
	}
	a.navigate(array.Axes)
	return array, "", nil
}

func (a *ncemArray) source(element extractors.ElementType, order []int) extractors.PixelSource {
	one := func(d *hdf5.Dataset) extractors.PixelSource {
		return extractors.Permuted{Source: extractors.RegionFunc(d.ReadRegion), Type: element, Order: order}
	}
	if len(a.layers) < 2 {
		return one(a.data)
	}
	s := layers{size: element.Size()}
	for _, l := range a.layers {
		s.list = append(s.list, one(l.data))
	}
	return s
}

// storedAxes reads the axes in the order in which the array is stored.
func (a *ncemArray) storedAxes(ctx context.Context, shape []int) (axes []extractors.Axis, fromZero bool, err error) {
	first := 1
	if _, err := a.group.Dataset("dim0"); err == nil {
		first, fromZero = 0, true
	} else if !hdf5.IsLost(err) {
		return nil, false, err
	}
	for k, n := range shape {
		x := extractors.Axis{Size: n, Scale: 1}
		d, err := a.group.Dataset(fmt.Sprintf("dim%d", first+k))
		if err == nil {
			err = readDimension(ctx, d, &x)
		}
		if err != nil && !hdf5.IsLost(err) {
			return nil, false, err
		}
		axes = append(axes, x)
	}
	return axes, fromZero, nil
}

// readDimension reads the coordinates of an axis, of which two are enough, its name and unit.
func readDimension(ctx context.Context, d *hdf5.Dataset, x *extractors.Axis) error {
	attributes, err := attributesOf(d)
	if err != nil {
		return err
	}
	for key, v := range attributes.All() {
		switch strings.ToLower(key) {
		case "name":
			x.Name = ncemText(v)
		case "units", "unit":
			x.Unit = ncemUnit(ncemText(v))
		}
	}
	shape := d.Shape()
	if c := d.Type().Class; len(shape) != 1 || shape[0] < 1 || c != hdf5.Integer && c != hdf5.Float {
		return nil
	}
	first, err := numberIn(ctx, d, 0)
	if err != nil {
		return err
	}
	last, err := numberIn(ctx, d, shape[0]-1)
	if err != nil {
		return err
	}
	if !finite(first) || !finite(last) {
		return nil
	}
	x.Offset = first
	if shape[0] > 1 && last != first {
		x.Scale = (last - first) / float64(shape[0]-1)
	}
	return nil
}

func finite(v float64) bool { return v-v == 0 }

// numberIn reads one number of a list.
func numberIn(ctx context.Context, d *hdf5.Dataset, i int) (float64, error) {
	element, ok := extractors.ParseElementType(d.Type().Element())
	if !ok || element.IsComplex() || element.IsColour() {
		return math.NaN(), nil
	}
	a := extractors.Array{Type: element, Axes: []extractors.Axis{{Size: d.Shape()[0]}}, Source: extractors.RegionFunc(d.ReadRegion)}
	v, err := a.Float64(ctx, extractors.Region{Start: []int{i}, Count: []int{1}, Step: []int{1}})
	if err != nil {
		return 0, err
	}
	return v[0], nil
}

// ncemUnit is the unit as it is written elsewhere: "[n_m^-1]" is 1/nm, "[]" none, "A" Å.
func ncemUnit(unit string) string {
	unit = strings.TrimSpace(strings.NewReplacer("[", "", "]", "", "_", "", "(", "", ")", "").Replace(unit))
	base, reciprocal := strings.CutSuffix(unit, "^-1")
	if !reciprocal {
		base, reciprocal = strings.CutPrefix(strings.ReplaceAll(unit, " ", ""), "1/")
	}
	switch {
	case base == "A" || base == "Ang" || strings.EqualFold(base, "angstrom"):
		base = "Å"
	case base == "um" || base == "μm":
		base = "µm"
	case slices.Contains([]string{"pixels", "pixel", "px", "none", "None", "undefined", "unknown"}, base):
		return ""
	case !reciprocal:
		base = unit
	}
	if reciprocal {
		return "1/" + base
	}
	return base
}

// depthAxis is the axis of the layers of a simulation: a step is some slices thick.
func (b *berkeley) depthAxis(a *ncemArray) extractors.Axis {
	x := extractors.Axis{Name: a.name, Size: len(a.layers), Scale: 1}
	slices, ok := asNumber(b.simulation.Get("ns"))
	thick, ok2 := asNumber(b.simulation.Get("s"))
	if ok && ok2 && slices*thick > 0 {
		x.Scale, x.Unit = slices*thick, "Å"
		x.Offset = x.Scale
		if start, ok := asNumber(b.simulation.Get("zs")); ok && start != 0 {
			x.Offset = start
		}
	}
	return x
}

// calibrate fills axes that have no calibration from that of py4DSTEM: the last two are
// those of the pattern, those before are places.
func (b *berkeley) calibrate(axes []extractors.Axis) {
	if b.calibration.Object == nil || len(axes) < 2 {
		return
	}
	for i := range axes {
		name := "R_pixel"
		if i >= len(axes)-2 && len(axes) > 2 {
			name = "Q_pixel"
		}
		if x := &axes[i]; x.Unit == "" && x.Scale == 1 {
			size, ok := asNumber(b.calibration.Get(name + "_size"))
			unit := ncemUnit(firstText(b.calibration.Object, name+"_units", name+"_size_units"))
			if ok && size > 0 && unit != "" {
				x.Offset *= size
				x.Scale, x.Unit = size, unit
			}
		}
	}
}

func firstText(o *nexuslims.Object, names ...string) string {
	for _, name := range names {
		if text := textAt(o, name); text != "" {
			return text
		}
	}
	return ""
}

// navigate tells the axes of places and series from those of the signal: what record_by
// says; else the last axis of a list, and the last two of everything else.
func (a *ncemArray) navigate(axes []extractors.Axis) {
	signal := min(2, len(axes))
	switch strings.ToLower(textAt(a.attributes, "record_by")) {
	case "spectrum":
		signal = 1
	case "image":
	}
	for i := range len(axes) - signal {
		axes[i].Navigation = true
	}
}
