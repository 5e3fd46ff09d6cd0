package emsa

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// axisUnit finds the unit in XUNITS, which is free text: "eV", "Energy (EV)".
func axisUnit(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ()[],/;:", r) })
	for _, w := range words {
		switch strings.ToLower(w) {
		case "ev":
			return "eV"
		case "kev":
			return "keV"
		}
	}
	open, end := strings.LastIndexAny(text, "(["), strings.LastIndexAny(text, ")]")
	if open >= 0 && end > open+1 {
		return strings.TrimSpace(text[open+1 : end])
	}
	return text
}

// axisName is XLABEL, else what XUNITS says before the unit, else the technique's own.
func (h header) axisName(t technique) string {
	if name := h.text("XLABEL"); name != "" {
		return name
	}
	if before, _, ok := strings.Cut(h.text("XUNITS"), "("); ok && strings.TrimSpace(before) != "" {
		return strings.TrimSpace(before)
	}
	return t.axis
}

// dataLabel names the values: YLABEL and YUNITS, without saying one thing twice.
func (h header) dataLabel(t technique) string {
	label, unit := h.text("YLABEL"), h.text("YUNITS")
	if label == "" && t.code != "" && unit != "" {
		label, _, _ = strings.Cut(t.signal, " (")
	}
	switch {
	case label == "" && unit == "":
		return t.signal
	case label == "":
		return unit
	case unit == "" || strings.Contains(strings.ToLower(label), strings.ToLower(unit)):
		return label
	}
	return label + " (" + unit + ")"
}

// calibration is the axis, and where it is from.
type calibration struct {
	scale, offset float64 // scale is 0 when it is not known
	column        bool    // from the energies beside the values
	doubt         string  // why the header's is not right
}

// calibrate takes the axis of the header unless the energies written beside the values
// refute it.
func (h header) calibrate(s survey, l layout, whole bool) calibration {
	var c calibration
	c.scale, _ = h.number("XPERCHAN")
	c.offset, _ = h.number("OFFSET")
	first, last := s.first.number(), s.last.number()
	if !whole || !l.pairs || l.columns != 1 || s.rows < 2 || math.IsNaN(first-last) || math.IsInf(first-last, 0) || first == last {
		return c
	}
	steps := float64(s.rows - 1)
	step := rounded((last - first) / steps)
	apart := max(math.Abs(first-c.offset), math.Abs(last-c.offset-c.scale*steps))
	switch ratio := math.Abs(step / c.scale); {
	case c.scale == 0:
		return calibration{scale: step, offset: first, column: true}
	case apart <= math.Abs(c.scale)*(1+1e-9):
	case near(ratio, 1000) || near(ratio, 0.001): // eV beside keV
		c.doubt = "the energies beside the values have another unit than XPERCHAN"
	default:
		doubt := fmt.Sprintf("energies from %v to %v stand beside the values, not those of OFFSET and XPERCHAN", first, last)
		return calibration{scale: step, offset: first, column: true, doubt: doubt}
	}
	return c
}

func near(a, b float64) bool { return math.Abs(a/b-1) < 0.01 }

// rounded drops digits that follow from rounded energies.
func rounded(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	return short
}

func (c calibration) axis(name, unit string, size int) extractors.Axis {
	if c.scale == 0 {
		return extractors.Axis{Name: name, Size: size, Scale: 1}
	}
	return extractors.Axis{Name: name, Size: size, Scale: c.scale, Offset: c.offset, Unit: unit}
}
