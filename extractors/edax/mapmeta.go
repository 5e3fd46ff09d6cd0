package edax

import (
	"fmt"
	"strconv"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// signal makes the signal of a map; broken says why its counts cannot be read.
func (m *cube) signal(f *extractors.File, broken error) (*extractors.Signal, []string) {
	sheet := extractors.NewSheet(f, nexuslims.SpectrumImage, "EDS_Spectrum_Imaging")
	d := &description{Sheet: sheet, file: f, where: "the .spc beside, byte", warnings: m.warnings}
	if m.energies != nil {
		d.spectrum = m.energies
		d.describe()
		m.compareChannels(d)
	}
	m.describeImage(d)
	d.Put(m.raw.Get("nFrames"), "byte 44 (nFrames)", "Number of Frames")
	raw := nexuslims.NewObject(3)
	raw.Set("spd_header", m.raw)
	if m.image != nil {
		raw.Set("ipr_header", m.image)
	}
	if m.energies != nil {
		raw.Set("spc_header", m.energies.raw)
	}
	original := nexuslims.NewObject(1)
	original.Set("original_metadata", raw)
	signal := sheet.Signal(original)
	signal.Title, signal.DataLabel = "EDS Spectrum Image", "X-rays (Counts)"
	if broken != nil {
		signal.NoPreview = broken.Error()
		return signal, d.warnings
	}
	d.dimensions(m.lines, m.columns, m.channels)
	signal.Meta, signal.Origins = sheet.Meta, sheet.Origins
	signal.Data = m.array(f, m.axes(d))
	return signal, d.warnings
}

// compareChannels marks the calibration when the spectrum beside is not one of the map's.
func (m *cube) compareChannels(d *description) {
	if n := m.energies.points; n != m.channels && m.channels > 0 && d.Meta.Has("channel_size") {
		d.warn("the spectrum beside has %d channels, the map %d", n, m.channels)
		d.Warn("channel_size")
	}
}

// pixelSize returns the micrometers of a pixel in one direction.
func (m *cube) pixelSize(name string) (float64, bool) {
	n, ok := nexuslims.Number(m.image.Get(name))
	return n, ok && n > 0 && n < 1e5
}

func (m *cube) axes(d *description) []extractors.Axis {
	axes := []extractors.Axis{
		{Name: "y", Size: m.lines, Scale: 1, Navigation: true},
		{Name: "x", Size: m.columns, Scale: 1, Navigation: true},
		d.axis(m.channels),
	}
	if m.image == nil {
		return axes
	}
	for i, name := range []string{"mppY", "mppX"} {
		if size, ok := m.pixelSize(name); ok {
			axes[i].Scale, axes[i].Unit = size, "µm"
		}
	}
	return axes
}

// describeImage writes what the .ipr file says; the spectrum's own values come first.
func (m *cube) describeImage(d *description) {
	if m.image == nil {
		return
	}
	from := func(name string) string {
		for _, f := range imageFields {
			if f.name == name {
				return fmt.Sprintf("the .ipr beside, byte %d (%s)", f.offset, name)
			}
		}
		return name
	}
	number := func(name string) float64 {
		n, _ := nexuslims.Number(m.image.Get(name))
		return n
	}
	fill := func(v float64, unit, name string, path ...string) {
		if d.Meta.At(path...) == nil {
			d.PutQuantity(nexuslims.Float(v), unit, from(name), path...)
		}
	}
	for _, side := range []struct {
		name, pixel, field string
		n                  int
	}{{"mppX", "pixel_width", "horizontal_field_width", m.columns}, {"mppY", "pixel_height", "vertical_field_width", m.lines}} {
		if size, ok := m.pixelSize(side.name); ok {
			fill(size, "micrometer", side.name, side.pixel)
			if side.n > 0 {
				fill(nineDigits(size*float64(side.n)), "micrometer", side.name, side.field)
			}
		} else {
			d.warn("%s is %s", side.name, nexuslims.TextOf(m.image.Get(side.name)))
		}
	}
	if mag := m.image.Get("mag"); number("mag") > 0 {
		d.Put(mag, from("mag"), "magnification")
	}
	if v := number("accV"); v > 0 {
		fill(v/10, "kilovolt", "accV", "acceleration_voltage")
	}
	if v := number("wd"); v > 0 {
		fill(v/100, "millimeter", "wd", "working_distance")
	}
	if v := number("timeConstantNew"); v > 0 && v < 1e6 {
		fill(v, "microsecond", "timeConstantNew", "Amplifier Time")
	}
	if v := number("tilt"); v >= -360 && v <= 360 {
		fill(v, "degree", "tilt", "stage_position", "tilt_alpha")
	}
	if v := number("takeoff"); v >= -360 && v <= 360 {
		fill(v, "degree", "takeoff", "takeoff_angle")
	}
}

// nineDigits drops the noise of a product with a single.
func nineDigits(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
	return short
}
