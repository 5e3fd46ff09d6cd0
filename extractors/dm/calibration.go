package dm

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// calibration reports pixel size and field of view of the axes that are lengths, and
// channels of an axis that is an energy. "Field of View" in the tags is another number:
// that of the whole scan even in a crop, or of a nominal magnification.
func (b *builder) calibration() {
	x, y := b.spatial()
	if x != nil {
		b.extent(*x, "pixel_width", "Horizontal Field Width")
	}
	if y != nil {
		b.extent(*y, "pixel_height", "Vertical Field Width")
	}
	for _, a := range b.axes {
		if u, ok := a.unitOf(); ok && u.Dimension == unitEnergy && isFinite(a.Scale, a.Offset) {
			from := b.scaleTag(a)
			b.put(b.meta, "channel_size", nexuslims.Quantity{Value: a.Scale, Unit: u}, from, "")
			first := nexuslims.Quantity{Value: b.firstEnergy(a), Unit: u}
			b.put(b.meta, "starting_energy", first, from, "times Origin, negative")
		}
	}
}

// spatial returns the horizontal and the vertical axis in space, nil where there is none:
// the two fastest of an image, those of the scan in a map. An axis in nanometres that is a
// wavelength is none.
func (b *builder) spatial() (x, y *axis) {
	axes := b.axes
	if n := len(axes); n > 1 && (axes[n-1].measures(unitEnergy) || b.isWavelength(axes[n-1])) {
		axes = axes[:n-1]
	} else if n > 3 && axes[n-1].isReciprocal() {
		axes = axes[:n-2]
	} else if n == 1 {
		return nil, nil
	}
	for i := len(axes) - 1; i >= 0 && y == nil; i-- {
		a := axes[i]
		if !a.measures(unitLength) || !isFinite(a.Scale, a.Offset) {
			continue
		}
		switch {
		case x == nil && (i == len(axes)-1):
			x = &a
		case i >= len(axes)-2:
			y = &a
		}
	}
	return x, y
}

// isWavelength reports whether an axis is that of a cathodoluminescence spectrum.
func (b *builder) isWavelength(a axis) bool {
	return b.base.Text("Meta Data", "Signal") == "CL" && a.measures(unitLength) &&
		(len(b.axes) == 1 || b.p.dims[a.dim] > 1 && isSpectral(b.base.Text("Meta Data", "Format")))
}

func isSpectral(format string) bool { return format == "Spectrum" || format == "Spectrum image" }

func (b *builder) extent(a axis, size, width string) {
	u, _ := a.unitOf()
	step := math.Abs(a.Scale) // axes may run backwards
	if step == 0 {
		return
	}
	b.put(b.meta, size, nexuslims.Quantity{Value: step, Unit: u}, b.scaleTag(a), "")
	whole := nexuslims.Quantity{Value: multiply(step, float64(a.Size)), Unit: u}
	b.put(b.meta, width, whole, b.scaleTag(a), fmt.Sprintf("times %d pixels", a.Size))
}

// scaleTag names the tag of the scale of an axis.
func (b *builder) scaleTag(a axis) string {
	return tagPath(b.p.group, "ImageData", "Calibrations", "Dimension", "TagGroup"+strconv.Itoa(a.dim), "Scale")
}

// firstEnergy returns the coordinate of the first channel.
func (b *builder) firstEnergy(a axis) float64 {
	if v := multiply(b.p.axes[a.dim].origin, a.Scale); v != 0 {
		return -v
	}
	return 0
}

// multiply returns the product of two floats as if they were the decimals that are shown
// for them, so that it has no rounding noise.
func multiply(a, b float64) float64 {
	x, ok := decimal(a)
	y, ok2 := decimal(b)
	if !ok || !ok2 {
		return a * b
	}
	f, _ := x.Mul(x, y).Float64()
	return f
}

func decimal(f float64) (*big.Rat, bool) {
	return new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
}

func isFinite(values ...float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
