package tia

import (
	"math"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// space is what the axes of an element measure.
type space int

const (
	unknownSpace    space = iota
	realSpace             // metres
	reciprocalSpace       // 1/metres
	energySpace           // electron volts
)

// Steps of images are below largestLength, in metres, those of diffraction patterns above
// smallestReciprocal, in 1/metres, those of spectra above smallestEnergy, in eV.
const (
	largestLength      = 1e-3
	smallestReciprocal = 1e3
	smallestEnergy     = 1e-5
)

// spaceOf finds what the axes of the elements measure. The file does not say it, but the
// size of the numbers does; where it does not, the settings decide.
func spaceOf(s *Series, i Info) space {
	if len(s.Elements) == 0 {
		return unknownSpace
	}
	step := math.Abs(s.Elements[0].X.Delta)
	switch {
	case !isStep(step):
		return unknownSpace
	case !s.IsImage() && step < smallestEnergy:
		return realSpace
	case !s.IsImage():
		return energySpace
	case step < largestLength:
		return realSpace
	case step > smallestReciprocal:
		return reciprocalSpace
	}
	return spaceBySettings(s, i)
}

func isStep(x float64) bool { return x != 0 && !math.IsNaN(x) && !math.IsInf(x, 0) }

func spaceBySettings(s *Series, i Info) space {
	mode, acquire := i.mode(), i.Tree.Group("AcquireInfo")
	scanned := len(s.Dimensions) > 0 && s.Dimensions[0].Units != "" && s.Dimensions[0].Size > 1
	switch {
	case mode == "" || acquire == nil:
	case strings.Contains(mode, "STEM"):
		if acquire.Has("CameraNamePath") || scanned {
			return reciprocalSpace
		}
	case strings.Contains(mode, "Diffraction"):
		return reciprocalSpace
	}
	return realSpace
}

// mode is the operating mode of the microscope: "STEM nP SA Zoom Diffraction".
func (i Info) mode() string {
	for _, s := range i.Settings {
		if s.Label == "Mode" {
			return strings.TrimSpace(s.Value)
		}
	}
	return ""
}

// shape returns the sizes of the navigation axes, slowest first, and of the dimensions
// that they are, -1 for one that is none. A series of one element has none.
func (s *Series) shape() (sizes, dims []int) {
	n := s.Complete
	if n == 0 { // nothing can be read: what there should be
		n = s.Valid
	}
	grid := len(s.Dimensions) > 1 && s.product() == s.Total
	switch {
	case n <= 1 && (!grid || s.Total == 1):
		return nil, nil
	case grid:
	case len(s.Dimensions) == 1:
		return []int{int(n)}, []int{0}
	default:
		return []int{int(n)}, []int{-1}
	}
	for k := len(s.Dimensions) - 1; k >= 0; k-- {
		if n := s.Dimensions[k].Size; n > 1 || !s.IsImage() {
			sizes, dims = append(sizes, int(n)), append(dims, k)
		}
	}
	return sizes, dims
}

// product is the number of places of a scan, -1 where that makes no sense.
func (s *Series) product() int64 {
	n := int64(1)
	for _, d := range s.Dimensions {
		if d.Size < 1 || n > math.MaxInt64/d.Size {
			return -1
		}
		n *= d.Size
	}
	return n
}

// axes returns the axes of the array, slowest first.
func (s *Series) axes(sp space) []extractors.Axis {
	sizes, dims := s.shape()
	var list []extractors.Axis
	for i, n := range sizes {
		a := extractors.Axis{Name: "Number", Size: n, Scale: 1, Navigation: true}
		if dims[i] >= 0 {
			a = s.Dimensions[dims[i]].axis(n, dims[i])
		}
		list = append(list, a)
	}
	e := s.Elements[0]
	if s.IsImage() {
		list = append(list, e.Y.axis("y", int(e.Rows), sp))
	}
	name := "x"
	if sp == energySpace {
		name = "Energy"
	}
	return append(list, e.X.axis(name, int(e.Columns), sp))
}

func (d Dimension) axis(size, number int) extractors.Axis {
	name := d.Description
	unit := ""
	switch strings.ToLower(d.Units) {
	case "meters", "meter", "m":
		unit = "m"
	case "":
	default:
		unit = d.Units
	}
	if unit != "" && number < 3 {
		name = []string{"x", "y", "z"}[number]
	}
	c := Calibration{d.Offset, d.Delta, d.Element}
	a := c.scaled(name, size, unit)
	a.Navigation = true
	return a
}

func (c Calibration) axis(name string, size int, sp space) extractors.Axis {
	return c.scaled(name, size, map[space]string{realSpace: "m", reciprocalSpace: "1/m", energySpace: "eV"}[sp])
}

// scaled returns an axis; metres become nanometres, exactly.
func (c Calibration) scaled(name string, size int, unit string) extractors.Axis {
	a := extractors.Axis{Name: name, Size: size, Scale: 1}
	if !isStep(c.Delta) || math.IsInf(c.Start(), 0) || math.IsNaN(c.Start()) {
		return a
	}
	a.Scale, a.Offset, a.Unit = c.Delta, c.Start(), unit
	switch unit {
	case "m":
		a.Scale, a.Offset, a.Unit = converted(a.Scale, "m", "nm"), converted(a.Offset, "m", "nm"), "nm"
	case "1/m":
		a.Scale, a.Offset, a.Unit = converted(a.Scale, "1 / m", "1 / nm"), converted(a.Offset, "1 / m", "1 / nm"), "1/nm"
	}
	if !isStep(a.Scale) || math.IsInf(a.Offset, 0) { // the numbers were absurd
		a.Scale, a.Offset, a.Unit = 1, 0, ""
	}
	return a
}

// converted converts the decimal that a number shows, so that no noise is added.
func converted(v float64, from, to string) float64 {
	q, _ := nexuslims.Q(v, from).Convert(nexuslims.MustUnit(to))
	return q.Value
}
