package basic

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const fromImageJ = "the ImageJ description, tag 270"

// imageJ reads the description that ImageJ writes: lines of a name, an equals sign and a
// value, the version first. Sizes of pixels stand in the resolution tags, as pixels per
// unit. The names are those of the source of ImageJ 1.54, class FileSaver.
func (t *plainTIFF) imageJ(text string) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			if _, twice := values[name]; !twice {
				values[name] = nexuslims.ValidText(unescaped(strings.TrimRight(value, "\x00")))
			}
		}
	}
	t.extText(values["ImageJ"], fromImageJ, "ImageJ Version")
	t.imageJScale(values)
	for _, x := range []struct{ key, name string }{
		{"images", "Images"},
		{"channels", "Channels"},
		{"slices", "Slices"},
		{"frames", "Frames"},
		{"min", "Display Range Minimum"},
		{"max", "Display Range Maximum"},
	} {
		if v, ok := extractors.ParseNumber(values[x.key]); ok {
			t.ext(v, fromImageJ, x.name)
		}
	}
	t.extText(values["mode"], fromImageJ, "Display Mode")
	if unit := values["vunit"]; unit != "" && unit != "Gray Value" {
		t.extText(unit, fromImageJ, "Value Unit")
	}
	t.interval(values)
	t.stack(values["images"], fromImageJ)
}

// imageJScale reads the calibration.
func (t *plainTIFF) imageJScale(values map[string]string) {
	x, okX := t.dir.Number(tagXResolution)
	y, okY := t.dir.Number(tagYResolution)
	unit := values["unit"]
	if !okX || !okY || !(x > 0) || !(y > 0) || math.IsInf(x, 0) || math.IsInf(y, 0) || unitName(unit) == "" {
		return
	}
	t.scale = calibration{
		x: 1 / x, y: 1 / y, unitX: unit, unitY: unit, from: "the resolution tags 282 and 283, unit in " + fromImageJ,
	}
	if other := values["yunit"]; other != "" {
		t.scale.unitY = other
	}
	t.scale.originX, t.scale.originY = number(values["xorigin"]), number(values["yorigin"])
	if distance := number(values["spacing"]); distance != 0 && !math.IsInf(distance, 0) {
		depth := unitName(unit)
		if other := values["zunit"]; other != "" {
			depth = unitName(other)
		}
		t.length(math.Abs(distance), depth, fromImageJ, "Slice Spacing")
	}
}

// length sets a length among the extensions, as text where its unit is not known.
func (t *plainTIFF) length(v float64, unit, from, name string) {
	if _, ok := nexuslims.ParseUnit(unit); ok && unit != "" {
		t.PutQuantity(nexuslims.Float(v), unit, from, "extensions", name)
		return
	}
	t.extText(fmt.Sprintf("%g %s", v, nexuslims.ValidText(unit)), from, name)
}

// interval sets the time from one frame of a series to the next.
func (t *plainTIFF) interval(values map[string]string) {
	v := number(values["finterval"])
	if fps := number(values["fps"]); v == 0 && fps > 0 {
		v = 1 / fps
	}
	unit := values["tunit"]
	if unit == "" {
		unit = "s"
	}
	if v > 0 && !math.IsInf(v, 0) {
		t.length(v, unit, fromImageJ, "Frame Interval")
	}
}

// stack sets the dimensions of a stack of equal pages: pages, rows and columns. ImageJ
// gives very large ones a single directory.
func (t *plainTIFF) stack(images, from string) {
	n, err := strconv.ParseInt(strings.TrimSpace(images), 10, 32)
	if err != nil || n < 2 || t.image == nil {
		return
	}
	t.Put(nexuslims.Text(fmt.Sprintf("(%d, %d, %d)", n, t.image.Height, t.image.Width)), from+", and tags 257 and 256", "Data Dimensions")
}

// number reads a number, zero for what is none.
func number(text string) float64 {
	v, _ := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if v != v {
		return 0
	}
	return v
}

// unescaped replaces the escapes of Java for characters outside ASCII: \u00B5.
func unescaped(text string) string {
	head, rest, ok := strings.Cut(text, `\u`)
	if !ok {
		return text
	}
	if len(rest) < 4 {
		return text
	}
	code, err := strconv.ParseUint(rest[:4], 16, 16)
	if err != nil {
		return head + `\u` + unescaped(rest)
	}
	return head + string(rune(code)) + unescaped(rest[4:])
}
