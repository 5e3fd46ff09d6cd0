package dm

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// axis is one dimension of a signal: what the preview and the metadata know of it, and
// which dimension of the file it is.
type axis struct {
	extractors.Axis
	dim int // index in file order, x first
}

// axesOf returns the dimensions slowest first, without those of size 1. In a spectrum
// image the energy, which is the slowest dimension in the file, comes last. An image of a
// single pixel keeps one axis.
func axesOf(p picture) []axis {
	var list []axis
	for i := len(p.dims) - 1; i >= 0; i-- {
		c := p.axes[i]
		a := axis{dim: i}
		a.Name, a.Size, a.Scale, a.Offset, a.Unit = axisName(i), p.dims[i], c.scale, c.offset(), c.unit
		list = append(list, a)
	}
	if len(list) > 2 && isSpectrumImage(p.tags) {
		list = append(list[1:], list[0])
	}
	var kept []axis
	for _, a := range list {
		if a.Size != 1 {
			kept = append(kept, a)
		}
	}
	if len(kept) == 0 && len(list) > 0 {
		kept = list[len(list)-1:]
	}
	return kept
}

func axisName(dim int) string {
	if dim < 3 {
		return string("xyz"[dim])
	}
	return fmt.Sprintf("dimension %d", dim+1)
}

// isSpectrumImage tells by the tags of Gatan's spectrum imaging, new and old.
func isSpectrumImage(tags *Group) bool {
	if tags.Text("Meta Data", "Format") == "Spectrum image" {
		return true
	}
	_, old := tags.Get("spim")
	return old
}

// dimensions returns the shape as text: (2048, 2048), (1336,).
func dimensions(axes []axis) string {
	parts := make([]string, len(axes))
	for i, a := range axes {
		parts[i] = fmt.Sprint(a.Size)
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// The dimensions of units that decide what a signal is.
const (
	unitLength  = "length"
	unitEnergy  = "energy"
	unitInverse = "wavenumber"
	unitAngle   = "angle"
)

// unitOf returns the unit of an axis. DigitalMicrograph users write Angstrom as A, which
// is the ampere elsewhere, and reciprocal ones accordingly.
func (a axis) unitOf() (nexuslims.Unit, bool) {
	text := a.Unit
	switch text {
	case "A":
		text = "Å"
	case "1/A":
		text = "1/Å"
	case "":
		return nexuslims.Unit{}, false
	}
	return nexuslims.ParseUnit(text)
}

func (a axis) measures(dimension string) bool {
	u, ok := a.unitOf()
	return ok && u.Dimension == dimension
}

// isReciprocal reports whether an axis is one of a diffraction pattern.
func (a axis) isReciprocal() bool { return a.measures(unitInverse) || a.measures(unitAngle) }
