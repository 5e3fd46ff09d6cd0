package extractors_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestPixelAxes chooses units by the width of the field.
func TestPixelAxes(t *testing.T) {
	for name, c := range map[string]struct {
		pixel  extractors.Pixel
		height float64
		unit   string
	}{
		"nanometres":   {extractors.Pixel{Width: 1e-9, Height: 2e-9}, 2, "nm"},
		"micrometres":  {extractors.Pixel{Width: 1e-7, Height: 2e-7}, 0.2, "µm"},
		"millimetres":  {extractors.Pixel{Width: 1e-4, Height: 2e-4}, 0.2, "mm"},
		"reciprocal":   {extractors.Pixel{Width: 1e7, Height: 2e7, Reciprocal: true}, 0.02, "1/nm"},
		"one side":     {extractors.Pixel{Width: 1e-9}, 1, ""},
		"not a number": {extractors.Pixel{Width: math.NaN(), Height: 1e-9}, 1, ""},
	} {
		axes := c.pixel.Axes(300, 400)
		assert.Equal(t, extractors.Axis{Name: "height", Size: 300, Scale: c.height, Unit: c.unit}, axes[0], name)
		assert.Equal(t, 400, axes[1].Size, name)
		assert.Equal(t, c.unit, axes[1].Unit, name)
	}
}

func TestMeters(t *testing.T) {
	assert.InDelta(t, 2e-6, extractors.Meters(nexuslims.Q(2, "um")), 1e-18)
	for _, v := range []nexuslims.Value{
		nil, nexuslims.Float(2), nexuslims.Q(2, "V"), nexuslims.Q(-2, "um"), nexuslims.Q(math.Inf(1), "m"),
	} {
		assert.Zero(t, extractors.Meters(v))
	}
}
