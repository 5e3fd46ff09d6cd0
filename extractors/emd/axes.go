package emd

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// dimensions is the text of a shape: "(128, 128)", "(4096,)".
func dimensions(shape []int) string {
	text := make([]string, len(shape))
	for i, n := range shape {
		text[i] = strconv.Itoa(n)
	}
	if len(text) == 1 {
		text = append(text, "")
		return "(" + strings.TrimSpace(strings.Join(text, ", ")) + ")"
	}
	return "(" + strings.Join(text, ", ") + ")"
}

// prefix is a unit with its name, and where it is used: from this many meters on, or from
// this many reciprocal meters.
type prefix struct {
	unit, name string
	from       float64
}

// lengths and wavenumbers are the units of axes, from the largest to the smallest.
var (
	lengths = []prefix{
		{"meter", "m", 1},
		{"millimeter", "mm", 1e-3},
		{"micrometer", "µm", 1e-6},
		{"nanometer", "nm", 1e-9},
		{"picometer", "pm", 0},
	}
	wavenumbers = []prefix{
		{"1 / picometer", "1/pm", 1e12},
		{"1 / nanometer", "1/nm", 1e9},
		{"1 / micrometer", "1/µm", 1e6},
		{"1 / meter", "1/m", 0},
	}
)

// pitch is the size of a pixel and the coordinate of the first one, in meters or reciprocal
// meters. The zero value is that of an axis without calibration.
type pitch struct {
	size, offset float64
	reciprocal   bool
}

func (p pitch) isKnown() bool { return p.size > 0 && !math.IsInf(p.size, 0) }

func (p pitch) unit() string {
	if p.reciprocal {
		return "1 / meter"
	}
	return "meter"
}

// axis returns the axis of n pixels. Its unit is the one in which half the field is a number
// of one to three digits.
func (p pitch) axis(name string, n int) extractors.Axis {
	x := extractors.Axis{Name: name, Size: n, Scale: 1}
	if !p.isKnown() {
		return x
	}
	table := lengths
	if p.reciprocal {
		table = wavenumbers
	}
	half := p.size * float64(n) / 2
	i := slices.IndexFunc(table, func(q prefix) bool { return half >= q.from })
	unit := nexuslims.MustUnit(table[max(i, 0)].unit)
	size, _ := nexuslims.Q(p.size, p.unit()).Convert(unit)
	offset, _ := nexuslims.Q(p.offset, p.unit()).Convert(unit)
	x.Scale, x.Offset, x.Unit = size.Value, offset.Value, table[max(i, 0)].name
	return x
}
