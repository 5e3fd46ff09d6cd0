package basic

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const fromOME = "the OME-XML description, tag 270"

// isOME reports whether a description is OME-XML.
func isOME(text string) bool {
	head := text[:min(len(text), 4<<10)]
	return strings.Contains(head, "<OME") || strings.Contains(head, ":OME ")
}

// omeReading is the reading of one OME-XML text, of which only the first image is looked at.
type omeReading struct {
	*plainTIFF
	images   int
	channels nexuslims.List
	value    string // element of which the text is wanted
	sizes    map[string]string
}

// ome reads OME-XML (schema 2016-06; older ones differ in names that are not read here). A
// text that is cut or broken gives what stands before.
func (t *plainTIFF) ome(text string) {
	o := &omeReading{plainTIFF: t, sizes: map[string]string{}}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = nil
	for {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			o.element(token)
		case xml.CharData:
			o.text(string(token))
		case xml.EndElement:
			o.value = ""
		}
	}
	if len(o.channels) > 0 {
		t.ext(o.channels, fromOME, "Channel Names")
	}
	if o.images > 1 {
		t.ext(nexuslims.Int(o.images), fromOME, "OME Images")
	}
	o.dimensions()
}

func (o *omeReading) element(e xml.StartElement) {
	attr := map[string]string{}
	for _, a := range e.Attr {
		attr[a.Name.Local] = nexuslims.ValidText(a.Value)
	}
	o.value = ""
	if e.Name.Local == "Image" {
		if o.images++; o.images == 1 {
			o.extText(attr["Name"], fromOME, "Image Name")
		}
	}
	if o.images > 1 {
		return
	}
	switch e.Name.Local {
	case "Pixels":
		o.pixels(attr)
	case "Channel":
		if name := attr["Name"]; name != "" && len(o.channels) < 64 {
			o.channels = append(o.channels, nexuslims.Text(name))
		}
	case "Objective":
		o.extText(strings.TrimSpace(attr["Manufacturer"]+" "+attr["Model"]), fromOME, "Objective")
		o.number(attr["NominalMagnification"], "Objective Magnification")
		o.number(attr["LensNA"], "Objective Numerical Aperture")
	case "Microscope":
		o.extText(strings.TrimSpace(attr["Manufacturer"]+" "+attr["Model"]), fromOME, "Microscope")
	case "Detector":
		o.extText(strings.TrimSpace(attr["Manufacturer"]+" "+attr["Model"]), fromOME, "Detector")
	case "Instrument":
		o.extText(attr["ID"], fromOME, "OME Instrument")
	case "AcquisitionDate", "AcquiredDate", "CreationDate", "Description":
		o.value = e.Name.Local
	}
}

// text takes the text of an element that was begun.
func (o *omeReading) text(text string) {
	switch text = strings.TrimSpace(nexuslims.ValidText(text)); {
	case text == "":
	case o.value == "Description":
		o.remark(text)
	case o.value != "":
		o.acquired(text)
	}
	o.value = ""
}

// acquired sets the time at which the picture was taken. One without zone counts in that of
// the instrument; where that is not known it stays text.
func (o *omeReading) acquired(text string) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		zone := o.file.Zone()
		at, err := time.ParseInLocation(layout, text, zone)
		if err != nil {
			continue
		}
		if _, known := o.file.Instrument(); known || layout == time.RFC3339Nano {
			o.extText(nexuslims.Stamp(at), fromOME, "Acquisition Timestamp")
			return
		}
	}
	o.extText(text, fromOME, "Acquisition Date")
}

func (o *omeReading) number(text, name string) {
	if v, ok := extractors.ParseNumber(text); ok {
		o.ext(v, fromOME, name)
	}
}

// pixels reads the sizes and the calibration.
func (o *omeReading) pixels(attr map[string]string) {
	unit := func(axis string) string {
		if u := attr["PhysicalSize"+axis+"Unit"]; u != "" {
			return u
		}
		return "µm" // the default of the schema
	}
	if x, y := number(attr["PhysicalSizeX"]), number(attr["PhysicalSizeY"]); x > 0 && y > 0 {
		o.scale = calibration{x: x, y: y, unitX: unit("X"), unitY: unit("Y"), from: "PhysicalSizeX and Y in " + fromOME}
	}
	if z := number(attr["PhysicalSizeZ"]); z > 0 && unitName(unit("Z")) != "" {
		o.length(z, unitName(unit("Z")), fromOME, "Slice Spacing")
	}
	if v := number(attr["TimeIncrement"]); v > 0 {
		u := attr["TimeIncrementUnit"]
		if u == "" {
			u = "s"
		}
		o.length(v, u, fromOME, "Frame Interval")
	}
	for _, axis := range []string{"X", "Y", "Z", "C", "T"} {
		o.sizes[axis] = attr["Size"+axis]
		name := map[string]string{"Z": "Slices", "C": "Channels", "T": "Frames"}[axis]
		if number(o.sizes[axis]) > 1 && name != "" {
			o.number(o.sizes[axis], name)
		}
	}
	if kind := attr["Type"]; kind != "" {
		o.extText(kind, fromOME, "Pixel Type")
	}
	o.extText(attr["DimensionOrder"], fromOME, "Dimension Order")
}

// dimensions sets those of a stack: as many pages as there are slices, channels and frames,
// unless the channels are the samples of a pixel.
func (o *omeReading) dimensions() {
	if o.image == nil || o.sizes["X"] != fmt.Sprint(o.image.Width) || o.sizes["Y"] != fmt.Sprint(o.image.Height) {
		return
	}
	n := max(1, number(o.sizes["Z"])) * max(1, number(o.sizes["T"]))
	if c := number(o.sizes["C"]); c > 1 && int(c) != o.image.Samples {
		n *= c
	}
	if n < 1<<31 {
		o.stack(fmt.Sprint(int64(n)), fromOME)
	}
}
