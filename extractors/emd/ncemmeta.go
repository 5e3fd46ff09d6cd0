package emd

import (
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// ncemRecord is one signal while its metadata are written.
type ncemRecord struct {
	*extractors.Sheet
	b     *berkeley
	array *ncemArray
	axes  []extractors.Axis
	kind  nexuslims.DatasetType
}

// classify tells what an array is from its axes.
func (r *ncemRecord) classify() {
	places := 0
	for _, x := range r.axes {
		if x.Navigation {
			places++
		}
	}
	signal := len(r.axes) - places
	kind, name := nexuslims.Misc, "Miscellaneous"
	switch {
	case signal == 1 && places > 0:
		kind, name = nexuslims.SpectrumImage, "Spectrum_Imaging"
	case signal == 1:
		kind, name = nexuslims.Spectrum, "Spectrum"
	case signal == 2 && isPattern(r.axes[places:]) && places > 0:
		kind, name = nexuslims.Diffraction, "STEM_Diffraction"
	case signal == 2 && isPattern(r.axes[places:]):
		kind, name = nexuslims.Diffraction, "Diffraction"
	case signal == 2:
		kind, name = nexuslims.Image, "Imaging"
	}
	r.kind = kind
	r.Classify(kind, name, "the axes of "+r.array.path)
}

// isPattern reports whether two axes are those of a diffraction pattern.
func isPattern(axes []extractors.Axis) bool {
	return !slices.ContainsFunc(axes, func(x extractors.Axis) bool {
		return x.Unit != "mrad" && !strings.HasPrefix(x.Unit, "1/")
	})
}

func (r *ncemRecord) write() {
	r.PutText(r.array.title(), "name of "+r.array.path, "Signal Name")
	r.microscope()
	r.people()
	r.simulation()
	r.calibration()
}

// microscope writes what is known of the microscope: fields of the schema where the name is
// one of theirs, everything else under its own name.
func (r *ncemRecord) microscope() {
	m := r.b.microscope
	if m.Object == nil {
		return
	}
	for key, v := range m.All() {
		from := m.path + ": " + key
		switch name := strings.ReplaceAll(strings.ToLower(key), " ", "_"); name {
		case "voltage", "beam_energy", "accelerating_voltage", "acceleration_voltage":
			r.voltage(key, v, from)
		case "magnification":
			if n, ok := asNumber(v); ok && n > 0 {
				r.Put(nexuslims.Float(n), from, r.fieldOr("magnification", "Indicated Magnification"))
			}
		case "camera_length":
			r.quantity(key, v, "millimeter", from, r.fieldOr("camera_length", "STEM Camera Length"))
		case "convergence_angle":
			r.quantity(key, v, "milliradian", from, r.fieldOr("convergence_angle", "Convergence Angle"))
		case "name":
			r.PutText(ncemText(v), from, "Microscope")
		default:
			if !strings.HasSuffix(name, "_units") {
				r.other(key, v, from)
			}
		}
	}
}

// other writes a value under its own name, with its unit where that is known.
func (r *ncemRecord) other(key string, v nexuslims.Value, from string) {
	if _, group := v.(*nexuslims.Object); group || r.Meta.Has(key) {
		return // groups stand among the file's own tags
	}
	if unit, ok := nexuslims.ParseUnit(textAt(r.b.microscope.Object, key+"_units")); ok && unit.Name != "dimensionless" {
		if r.PutQuantity(v, unit.Name, from, key) {
			return
		}
	}
	r.Put(v, from, key)
}

// voltage writes the acceleration voltage: a text with a unit, a number whose unit stands
// beside it, or one that is in volt from a thousand on and in kilovolt below.
func (r *ncemRecord) voltage(key string, v nexuslims.Value, from string) {
	unit := "kilovolt"
	if n, ok := asNumber(v); ok && n >= 1000 {
		unit = "volt"
	}
	r.quantity(key, v, unit, from, "acceleration_voltage")
}

// quantity writes a number, or a text of number and unit. A companion gives the unit.
func (r *ncemRecord) quantity(key string, v nexuslims.Value, unit, from, to string) {
	if text, ok := v.(nexuslims.Text); ok {
		if q, ok := nexuslims.ParseQuantity(string(text)); ok && q.Unit.Name != "dimensionless" {
			r.positive(q, from, to)
			return
		}
	}
	if u, ok := nexuslims.ParseUnit(firstText(r.b.microscope.Object, key+"_units", key+" units")); ok && u.Name != "dimensionless" {
		unit = u.Name
	}
	if n, ok := asNumber(v); ok {
		r.positive(nexuslims.Q(n, unit), from, to)
	}
}

// positive writes a quantity in the unit in which its field is shown; zero is not known.
func (r *ncemRecord) positive(q nexuslims.Quantity, from, to string) {
	if q.Value <= 0 {
		return
	}
	if f, ok := nexuslims.FieldByName(to); ok {
		if shown, ok := q.Convert(nexuslims.MustUnit(f.Unit)); ok {
			q = shown
		}
	}
	r.Put(q, from, to)
}

func (r *ncemRecord) fieldOr(name, other string) string {
	if f, ok := nexuslims.FieldByName(name); ok && f.Allowed(r.kind) {
		return name
	}
	return other
}

// people writes who made what of which sample. Mail addresses stay where they are.
func (r *ncemRecord) people() {
	r.PutText(textAt(r.b.user.Object, "name"), r.b.user.path+": name", "Operator")
	r.PutText(textAt(r.b.sample.Object, "material"), r.b.sample.path+": material", "Specimen")
	r.PutText(textAt(r.b.sample.Object, "preparation"), r.b.sample.path+": preparation", "Preparation")
	if r.b.comments.Object == nil {
		return
	}
	var all []string
	for key := range r.b.comments.All() {
		if text := textAt(r.b.comments.Object, key); text != "" {
			all = append(all, text)
		}
	}
	r.PutText(strings.Join(all, "\n"), r.b.comments.path, "Comments")
}

// simulation writes the parameters of Prismatic under their own short names.
func (r *ncemRecord) simulation() {
	s := r.b.simulation
	if s.Object == nil || s.Len() == 0 {
		return
	}
	r.Put(nexuslims.Text("Simulation"), s.path, "Derived")
	for key, v := range s.All() {
		from := s.path + ": " + key
		n, isNumber := asNumber(v)
		switch {
		case key == "E" && isNumber:
			r.positive(nexuslims.Q(n, "kilovolt"), from, "acceleration_voltage")
		case key == "sa" && isNumber:
			r.positive(nexuslims.Q(n, "milliradian"), from, r.fieldOr("convergence_angle", "Convergence Angle"))
		default:
			r.Put(v, from, "Simulation", key)
		}
	}
}

// calibration writes the size of pixels and of the field of images.
func (r *ncemRecord) calibration() {
	n := len(r.axes)
	if n < 2 {
		r.energies()
		return
	}
	for _, side := range []struct {
		x            extractors.Axis
		pixel, field string
	}{{r.axes[n-1], "pixel_width", "horizontal_field_width"}, {r.axes[n-2], "pixel_height", "vertical_field_width"}} {
		unit, ok := nexuslims.ParseUnit(side.x.Unit)
		from := "axis " + side.x.Name + " of " + r.array.path
		side.x.Scale = math.Abs(side.x.Scale) // axes may run backwards
		switch {
		case !ok || side.x.Scale == 0:
		case unit.Dimension == "length" && r.kind == nexuslims.Image:
			r.positive(nexuslims.Q(side.x.Scale, unit.Name), from, side.pixel)
			r.positive(nexuslims.Q(side.x.Scale*float64(side.x.Size), unit.Name), from, side.field)
		case unit.Dimension == "wavenumber" && side.pixel == "pixel_width":
			if q, ok := nexuslims.Q(side.x.Scale, unit.Name).Convert(nexuslims.MustUnit("1 / nanometer")); ok {
				r.Put(q, from, "Reciprocal Pixel Size")
			}
		}
	}
	r.energies()
}

// energies writes the channels of an axis of energy.
func (r *ncemRecord) energies() {
	if len(r.axes) == 0 || r.kind != nexuslims.Spectrum && r.kind != nexuslims.SpectrumImage {
		return
	}
	x := r.axes[len(r.axes)-1]
	if unit, ok := nexuslims.ParseUnit(x.Unit); ok && unit.Dimension == "energy" {
		from := "axis " + x.Name + " of " + r.array.path
		r.positive(nexuslims.Q(x.Scale, unit.Name), from, "channel_size")
		if q, ok := nexuslims.Q(x.Offset, unit.Name).Convert(nexuslims.MustUnit("kiloelectron_volt")); ok {
			r.Put(q, from, "starting_energy")
		}
	}
}

// shortened is a value, in which long lists of numbers are shortened.
func shortened(v nexuslims.Value) nexuslims.Value {
	list, ok := v.(nexuslims.List)
	if !ok || len(list) <= extractors.LongArray {
		return v
	}
	numbers := make([]float64, len(list))
	for i, item := range list {
		if numbers[i], ok = nexuslims.Number(item); !ok {
			return append(list[:extractors.LongArray:extractors.LongArray], nexuslims.Text("…"))
		}
	}
	return extractors.Shorten(numbers)
}
