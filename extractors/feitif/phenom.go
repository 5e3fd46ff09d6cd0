package feitif

import (
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// phenom maps <FeiImage>, the XML of the Phenom's desktop microscopes. Elements are found
// by their names at any depth, which differs between versions; numbers count only with the
// unit that the element has as attribute. (Inferred from programs that read such files.)
func (b *builder) phenom() {
	b.Classify(nexuslims.Image, "SEM_Imaging", "the root FeiImage in "+b.c.XMLFrom)
	for _, f := range []struct{ element, name string }{
		{"emissionCurrent", "emission_current"},
		{"workingDistance", "working_distance"},
		{"dwellTime", "dwell_time"},
		{"spotSize", "Spot Size"},
		{"gamma", "Digital Gamma"},
		{"contrast", "Digital Contrast"},
		{"brightness", "Digital Brightness"},
	} {
		b.phenomNumber(b.c.XML.Find(f.element), f.name)
	}
	b.phenomVoltage()
	position := b.c.XML.FindParent("samplePosition", "x")
	b.phenomNumber(position.Child("x"), "stage_position", "x")
	b.phenomNumber(position.Child("y"), "stage_position", "y")
	for _, f := range []struct{ element, name string }{
		{"detector", "detector_type"},
		{"databarLabel", "User Text"},
		{"softwareVersion", "Software Version"},
		{"uniqueID", "Device Number"},
	} {
		if n := b.c.XML.Find(f.element); n != nil {
			b.putText(n.Text, b.element(n.Name), f.name)
		}
	}
	b.putText(b.c.XML.FindParent("instrument", "type").ValueAt("type"), b.element("instrument.type"), "System Type")
	if n := b.c.XML.Find("time"); n != nil {
		b.moments = append(b.moments, moment{n.Text, b.element("time")})
	}
	w, h := b.c.XML.Find("pixelWidth"), b.c.XML.Find("pixelHeight")
	b.phenomNumber(w, "pixel_width")
	b.phenomNumber(h, "pixel_height")
	b.size = extractors.PixelOf(b.Meta)
}

// phenomNumber puts a number in the unit that the element names; one of a unit that is not
// known stays in the raw metadata.
func (b *builder) phenomNumber(n *Node, path ...string) {
	if n == nil {
		return
	}
	unit, ok := nexuslims.ParseUnit(n.Attributes["unit"])
	if !ok || unit.Name == "dimensionless" && isField(path[0]) {
		return
	}
	if n.Attributes["unit"] == "" {
		b.put(n.Text, "", b.element(n.Name), path...)
		return
	}
	b.put(n.Text, unit.Name, b.element(n.Name), path...)
}

// isField reports whether the schema has a field of that name; all of those here are
// quantities.
func isField(name string) bool {
	_, ok := nexuslims.FieldByName(name)
	return ok
}

// phenomVoltage puts the high tension, which is written as the potential of the source.
func (b *builder) phenomVoltage() {
	n := b.c.XML.Find("highVoltage")
	if n == nil {
		return
	}
	q, ok := extractors.Measure(nexuslims.Text(n.Text), "volt")
	unit, known := nexuslims.ParseUnit(n.Attributes["unit"])
	if !ok || !known || unit.Dimension != "voltage" {
		return
	}
	q = nexuslims.Q(math.Abs(q.Value), unit.Name)
	if q.IsFinite() {
		b.Put(q, b.element(n.Name), "acceleration_voltage")
		b.Converted("without the sign of the potential")
	}
}
