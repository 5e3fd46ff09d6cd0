package feitif

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// label is one line of TIA's list.
type label struct{ name, value, unit string }

// labelsOf returns the lines below the root; of a repeated label the last one counts.
func labelsOf(root *Node) []label {
	var list []label
	at := map[string]int{}
	for _, n := range root.Children {
		l := label{n.ValueAt("Label"), n.ValueAt("Value"), n.ValueAt("Unit")}
		if n.Name != "Data" || l.name == "" {
			continue
		}
		if i, ok := at[l.name]; ok {
			list[i] = l
			continue
		}
		at[l.name] = len(list)
		list = append(list, l)
	}
	return list
}

// labelTree is the list as raw metadata.
func labelTree(root *Node) *nexuslims.Object {
	raw := new(nexuslims.Object)
	for _, l := range labelsOf(root) {
		o := raw.Ensure(l.name)
		o.Set("Value", nexuslims.Text(l.value))
		o.Set("Unit", nexuslims.Text(l.unit))
	}
	return raw
}

// labelPlaces are the labels with a field of the schema.
var labelPlaces = map[string][]string{
	"High tension":  {"acceleration_voltage"},
	"Emission":      {"emission_current"},
	"Magnification": {"magnification"},
	"Camera length": {"camera_length"},
	"Stage X":       {"stage_position", "x"},
	"Stage Y":       {"stage_position", "y"},
	"Stage Z":       {"stage_position", "z"},
	"Stage A":       {"stage_position", "tilt_alpha"},
	"Stage B":       {"stage_position", "tilt_beta"},
}

// labels maps TIA's list.
func (b *builder) labels() {
	list := labelsOf(b.c.XML)
	b.classifyLabels(list)
	for _, l := range list {
		from := "label " + l.name + " in " + b.c.XMLFrom
		path := labelPlaces[l.name]
		if path == nil {
			path = []string{l.name}
		}
		switch l.name {
		case "User":
			b.putText(l.value, from, "User")
			b.operator(l.value, from)
		case "Mode", "Microscope", "Gun type", "Filter mode":
			b.putText(l.value, from, l.name)
		default:
			b.labelled(l, from, path)
		}
	}
	b.pixelSizeOfTags()
}

// labelled puts a value with its unit. What the table of units does not have stays text.
func (b *builder) labelled(l label, from string, path []string) {
	unit, known := nexuslims.ParseUnit(l.unit)
	switch {
	case strings.EqualFold(l.unit, "x"):
		b.put(l.value, "", from, path...)
	case strings.EqualFold(l.unit, "kx"):
		b.put(l.value, "kiloX", from, path...)
	case l.unit == "":
		b.put(l.value, "", from, path...)
	case known:
		b.put(l.value, unit.Name, from, path...)
	default:
		b.putText(l.value+" "+l.unit, from, path...)
	}
}

// classifyLabels tells images from diffraction patterns. A scanning microscope is in a
// diffraction mode while it makes images.
func (b *builder) classifyLabels(list []label) {
	mode := ""
	for _, l := range list {
		if l.name == "Mode" {
			mode = strings.ToLower(l.value)
		}
	}
	switch why := "label Mode in " + b.c.XMLFrom; {
	case strings.Contains(mode, "stem"):
		b.Classify(nexuslims.Image, "STEM_Imaging", why)
	case strings.Contains(mode, "diffraction"):
		b.Classify(nexuslims.Diffraction, "TEM_Diffraction", why)
	default:
		b.Classify(nexuslims.Image, "TEM_Imaging", why)
	}
}
