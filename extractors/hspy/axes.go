package hspy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxAxes is how many axes an array may have.
const maxAxes = 16

// axes reads the axes in the order of the array.
func (e *experiment) axes(ctx context.Context, shape []int) ([]extractors.Axis, error) {
	groups, err := e.axisGroups(len(shape))
	if err != nil {
		return nil, err
	}
	known := make([]bool, len(shape)) // whether an axis says if it is one of navigation
	list := make([]extractors.Axis, len(shape))
	for i, n := range shape {
		list[i] = extractors.Axis{Size: n, Scale: 1}
		if groups[i] == nil {
			continue
		}
		tags, err := e.attributes(groups[i])
		if err != nil {
			return nil, err
		}
		if list[i], err = e.axis(ctx, groups[i], tags, n); err != nil {
			return nil, err
		}
		list[i].Navigation, known[i] = truth(tags.Get("navigate"))
	}
	if slices.Contains(known, false) {
		signal := e.signalAxes(len(shape))
		for i := range list {
			if !known[i] {
				list[i].Navigation = i < len(shape)-signal
			}
		}
	}
	return list, nil
}

// axisGroups finds the groups that describe the axes: members of their own, or in older
// files of one list. What is not there is nil.
func (e *experiment) axisGroups(n int) ([]*hdf5.Group, error) {
	groups := make([]*hdf5.Group, n)
	names, err := e.group.Names()
	if err = e.unless(err, e.path); err != nil {
		return nil, err
	}
	for _, name := range names {
		number, isAxis := strings.CutPrefix(name, "axis-")
		if isAxis {
			if err := e.axisGroup(groups, e.group, name, number); err != nil {
				return nil, err
			}
			continue
		}
		if key, kind := parseKey(name); kind != numberedKey || afterNumber(key) != "axes" {
			continue
		}
		list, err := e.group.Group(name)
		if err != nil {
			if err = e.unless(err, e.path+"/"+name); err != nil {
				return nil, err
			}
			continue
		}
		for i := range n {
			if err := e.axisGroup(groups, list, strconv.Itoa(i), strconv.Itoa(i)); err != nil {
				return nil, err
			}
		}
	}
	return groups, nil
}

func (e *experiment) axisGroup(groups []*hdf5.Group, in *hdf5.Group, name, number string) error {
	i, notANumber := strconv.Atoi(number)
	if notANumber != nil || i < 0 || i >= len(groups) || groups[i] != nil {
		return nil //nolint:nilerr // another member
	}
	g, err := in.Group(name)
	if err == nil {
		groups[i] = g
	}
	return e.unless(err, in.Path()+"/"+name)
}

// signalAxes is how many axes are of the signal itself where they do not say so.
func (e *experiment) signalAxes(n int) int {
	switch strings.ToLower(plainText(e.metadata.At("Signal", "record_by"))) {
	case "spectrum":
		return 1
	case "image":
		return min(2, n)
	}
	return min(2, n)
}

// axis reads one axis. Coordinates that are listed count by their mean step, functions of
// coordinates not at all.
func (e *experiment) axis(ctx context.Context, g *hdf5.Group, tags *nexuslims.Object, n int) (extractors.Axis, error) {
	x := extractors.Axis{Name: plainText(tags.Get("name")), Size: n, Scale: 1}
	switch x.Name {
	case "<undefined>", "None":
		x.Name = ""
	}
	kind := plainText(tags.Get("_type"))
	if kind == "FunctionalDataAxis" {
		e.warn("%s is calibrated by a function, which is not read", nexuslims.ValidText(g.Path()))
		return x, nil
	}
	d, err := g.Dataset("axis")
	switch {
	case err == nil && (kind == "DataAxis" || !tags.Has("scale")):
		x.Unit = axisUnit(plainText(tags.Get("units")))
		return x, e.listed(ctx, d, &x)
	case err != nil && !hdf5.IsLost(err):
		return x, err
	}
	x.Unit = axisUnit(plainText(tags.Get("units")))
	if v, ok := number(tags.Get("offset")); ok {
		x.Offset = v
	}
	switch v, ok := number(tags.Get("scale")); {
	case ok && v != 0:
		x.Scale = v
	case tags.Has("scale"):
		e.warn("the scale of %s is no number: not calibrated", nexuslims.ValidText(g.Path()))
		x.Offset, x.Unit = 0, ""
	}
	return x, nil
}

// listed sets the scale of an axis whose coordinates are listed.
func (e *experiment) listed(ctx context.Context, d *hdf5.Dataset, x *extractors.Axis) error {
	first, last, ok := 0.0, 0.0, false
	if shape := d.Shape(); len(shape) == 1 && shape[0] == x.Size {
		v, err := ends(ctx, d)
		if err != nil && !hdf5.IsLost(err) {
			return err
		}
		if ok = err == nil && len(v) == 2; ok {
			first, last = v[0], v[1]
		}
	}
	where := nexuslims.ValidText(d.Path())
	if !ok {
		e.warn("%s could not be read: the axis is not calibrated", where)
		x.Unit = ""
		return nil
	}
	x.Offset = first
	if x.Size > 1 && last != first {
		x.Scale = (last - first) / float64(x.Size-1)
	}
	e.warn("the steps of %s need not be equal: their mean is given", where)
	return nil
}

// ends reads the first and the last number of a list.
func ends(ctx context.Context, d *hdf5.Dataset) ([]float64, error) {
	n := d.Shape()[0]
	element, ok := extractors.ParseElementType(d.Type().Element())
	if !ok || element.IsComplex() || element.IsColour() || n < 1 || hasLargeChunks(d, 0) {
		return nil, nil
	}
	a := extractors.Array{Type: element, Axes: []extractors.Axis{{Size: n}}, Source: extractors.RegionFunc(d.ReadRegion)}
	var list []float64
	for _, at := range []int{0, n - 1} {
		v, err := a.Float64(ctx, extractors.Region{Start: []int{at}, Count: []int{1}, Step: []int{1}})
		if err != nil {
			return nil, err
		}
		if v[0]-v[0] != 0 {
			return nil, nil // not finite
		}
		list = append(list, v[0])
	}
	return list, nil
}

// truth reads a truth value; older files hold numbers or texts.
func truth(v nexuslims.Value) (value, ok bool) {
	switch v := single(v).(type) {
	case nexuslims.Bool:
		return bool(v), true
	case nexuslims.Int:
		return v != 0, true
	case nexuslims.Text:
		switch strings.ToLower(string(v)) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	}
	return false, false
}

// number reads a finite number, also one that is written as text.
func number(v nexuslims.Value) (float64, bool) {
	v = single(v)
	if text, ok := v.(nexuslims.Text); ok {
		if v, ok = extractors.ParseNumber(string(text)); !ok {
			return 0, false
		}
	}
	if _, isBool := v.(nexuslims.Bool); isBool {
		return 0, false
	}
	f, ok := nexuslims.Number(v)
	return f, ok && f-f == 0
}

// axisUnit is the unit of an axis in the usual spelling: "$A^{-1}$" and "1 / Å" are 1/Å.
// Units that are none are empty, those that are not known stay.
func axisUnit(unit string) string {
	switch strings.ToLower(unit) {
	case "", "_none_", "none", "<undefined>", "undefined", "px", "pixel", "pixels":
		return ""
	}
	plain := strings.NewReplacer("$", "", "{", "", "}", "", " ", "", "\u03bc", "µ", "\\AA", "Å", "\u212b", "Å").Replace(unit)
	base, reciprocal := strings.CutSuffix(plain, "^-1")
	if !reciprocal {
		base, reciprocal = strings.CutPrefix(plain, "1/")
	}
	switch base {
	case "A", "Ang", "Angstrom", "angstrom":
		base = "Å"
	case "um":
		base = "µm"
	case "mR":
		base = "mrad"
	}
	if _, known := nexuslims.ParseUnit(base); !known {
		return nexuslims.ValidText(unit)
	}
	if reciprocal {
		return fmt.Sprintf("1/%s", base)
	}
	return base
}
