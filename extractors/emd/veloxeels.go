package emd

import (
	"context"
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// lossMap makes the signal of an energy-loss map, or of a line of it. It has no pixel size
// of its own: that of the X-ray map, or of the images of the same scan, counts.
func (v *velox) lossMap(m *veloxMember) *extractors.Signal {
	r := v.record(m)
	r.mode = modeSTEM
	data := m.acquisition.Group("Data")
	array, why := lossArray(m.data)
	x, y := v.scanPitch(r.meta)
	if array != nil {
		n := len(array.Axes)
		array.Axes[n-2] = navigation(x.axis("x", array.Axes[n-2].Size))
		if n == 3 {
			array.Axes[0] = navigation(y.axis("y", array.Axes[0].Size))
		}
		setLossAxis(&array.Axes[n-1], data)
		r.axes = array.Axes
	}
	r.classify(nexuslims.SpectrumImage, "STEM_EELS_Spectrum_Imaging", "the group "+m.path)
	r.common()
	r.fields(x, y)
	r.loss(m, data)
	r.chosen(techniqueEELS)
	s := r.finish(m, array, why, m.data.Shape())
	if m.acquisition != nil {
		s.Raw.Set("AcquisitionMetadata", m.acquisition)
	}
	s.DataLabel = "Intensity"
	return s
}

func navigation(x extractors.Axis) extractors.Axis {
	x.Navigation = true
	return x
}

// scanPitch returns the pixel size of a map: its own, that of the X-ray map, or that of an
// image of the scan.
func (v *velox) scanPitch(meta *nexuslims.Object) (x, y pitch) {
	list := []*nexuslims.Object{meta}
	for _, kind := range []string{veloxCube, veloxStream, veloxImage} {
		for _, m := range v.members[kind] {
			list = append(list, m.meta)
		}
	}
	for _, meta := range list {
		if x, y = veloxPitches(meta); x.isKnown() && !x.reciprocal {
			return x, y
		}
	}
	return pitch{}, pitch{}
}

// lossArray returns the array of a map that is stored as (x, energy, y), one chunk for each
// row; of two axes it is a line (inferred).
func lossArray(d *hdf5.Dataset) (*extractors.Array, string) {
	element, ok := extractors.ParseElementType(d.Type().Element())
	shape := d.Shape()
	if !ok || len(shape) < 2 || len(shape) > 3 {
		return nil, "an array of a kind that is not read"
	}
	if why := absurd(shape, element); why != "" {
		return nil, why
	}
	a := &extractors.Array{Type: element}
	order := []int{0, 1}
	if len(shape) == 3 {
		order = []int{2, 0, 1}
	}
	for _, k := range order {
		a.Axes = append(a.Axes, extractors.Axis{Size: shape[k], Scale: 1})
	}
	a.Source = framesLast{read: d.ReadRegion, rank: len(shape), size: element.Size(), frames: len(shape) == 3}
	return a, ""
}

func setLossAxis(x *extractors.Axis, data *nexuslims.Object) {
	x.Name = "Energy loss"
	if step, ok := numberAt(data, "dispersion"); ok && step > 0 {
		offset, _ := numberAt(data, "offset")
		x.Scale, x.Offset, x.Unit = step, offset, "eV"
	}
}

// loss writes what the spectrometer says.
func (r *veloxRecord) loss(m *veloxMember, data *nexuslims.Object) {
	from := func(name string) string { return m.path[1:] + "/AcquisitionMetadata: Data." + name }
	if t, ok := numberAt(data, "exposureTime"); ok && t > 0 {
		r.quantity(t, "second", "second", from("exposureTime"), techniqueEELS, "Exposure")
	}
	end := custom("EnergyFilter.CollectionAngleRange.End")
	r.positive(end, "radian", "milliradian", techniqueEELS, "Collection semi-angle")
	if step, ok := numberAt(data, "dispersion"); ok && step > 0 {
		r.quantity(step, "electron_volt", "electron_volt", from("dispersion"), "channel_size")
	}
	if offset, ok := numberAt(data, "offset"); ok {
		r.quantity(offset, "electron_volt", "electron_volt", from("offset"), techniqueEELS, "Spectrometer Energy loss")
		r.quantity(offset, "electron_volt", "kiloelectron_volt", from("offset"), "starting_energy")
	}
}

// positiveEnergies is a spectrum from the first channel of no negative energy on: what lies
// before holds the noise peak.
func positiveEnergies(a *extractors.Array) *extractors.Array {
	x := a.Axes[0]
	before := math.Ceil(-x.Offset/x.Scale - 1e-6)
	if x.Unit == "" || !(before > 0) || before >= float64(x.Size) {
		return nil
	}
	first := int(before)
	x.Offset += float64(first) * x.Scale
	x.Size -= first
	source := func(ctx context.Context, start, count, step []int, dst []byte) error {
		r := extractors.Region{Start: []int{start[0] + first}, Count: count, Step: step}
		return a.Source.ReadRegion(ctx, r, dst)
	}
	return &extractors.Array{Type: a.Type, Axes: []extractors.Axis{x}, Source: extractors.RegionFunc(source)}
}
