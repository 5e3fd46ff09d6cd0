package emd

import (
	"context"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// record begins the metadata of a member.
func (v *velox) record(m *veloxMember) *veloxRecord {
	r := &veloxRecord{
		Sheet: extractors.NewSheet(v.file, nexuslims.Misc, "Miscellaneous"),
		v:     v, meta: m.meta, where: m.path + "/Metadata", about: v.names[m.path],
	}
	if r.meta == nil {
		r.meta = new(nexuslims.Object)
	}
	r.device = detectorOf(r.meta)
	return r
}

// signal turns a member into a signal.
func (v *velox) signal(m *veloxMember) *extractors.Signal {
	switch m.kind {
	case veloxSpectrum:
		return v.spectrum(m)
	case veloxEELS:
		return v.lossMap(m)
	}
	return v.image(m)
}

// image makes the signal of an image or a stack of images.
func (v *velox) image(m *veloxMember) *extractors.Signal {
	r := v.record(m)
	r.setMode(isSegmented(r.meta))
	x, y := veloxPitches(r.meta)
	shape := m.data.Shape()
	array, why := framesOf(m.data, 2)
	if array != nil {
		setImageAxes(array.Axes, x, y, r.frameStep())
		r.axes = array.Axes
	}
	half := halfPlane(m.data.Type())
	r.classifyImage(half != 0, x)
	r.common()
	r.imaging(x, y)
	s := r.finish(m, array, why, shape)
	if half != 0 && array != nil && len(array.Axes) == 2 {
		s.Shown = fullPlane(array, half)
	}
	return s
}

// setImageAxes calibrates the axes of an image, y before x, and of the time before them.
func setImageAxes(axes []extractors.Axis, x, y pitch, frame float64) {
	n := len(axes)
	axes[n-2], axes[n-1] = y.axis("y", axes[n-2].Size), x.axis("x", axes[n-1].Size)
	if n == 3 {
		axes[0].Name = "Time"
		if frame > 0 {
			axes[0].Scale, axes[0].Unit = frame, "s"
		}
	}
}

// frameStep returns the seconds between the frames of a stack: those of a scan, or the
// exposure of a camera.
func (r *veloxRecord) frameStep() float64 {
	if t, ok := numberAt(r.meta, "Scan", "FrameTime"); ok && t > 0 {
		return t
	}
	t, _ := numberAt(r.device.entry, "ExposureTime")
	return t
}

// spectrum makes the signal of the whole X-ray spectrum of one detector.
func (v *velox) spectrum(m *veloxMember) *extractors.Signal {
	r := v.record(m)
	r.setMode(len(v.members[veloxCube])+len(v.members[veloxStream]) > 0)
	array, why := framesOf(m.data, 1)
	if array != nil {
		setEnergyAxis(&array.Axes[len(array.Axes)-1], r.device.entry)
		r.axes = array.Axes
	}
	r.classify(nexuslims.Spectrum, r.mode+"_EDS", "the group "+m.path)
	r.common()
	r.segment()
	r.chosen(techniqueEDS)
	if len(v.members[veloxStream]) == 0 && len(v.members[veloxCube]) > 0 {
		r.PutText("pruned (stream removed)", "Data/SpectrumImage without Data/SpectrumStream", "Spectrum Image")
	}
	s := r.finish(m, array, why, m.data.Shape())
	s.DataLabel = "X-rays (Counts)"
	if array != nil && len(array.Axes) == 1 {
		s.Shown = positiveEnergies(array)
	}
	return s
}

// setEnergyAxis calibrates the channels of an X-ray detector.
func setEnergyAxis(x *extractors.Axis, detector *nexuslims.Object) {
	x.Name = "Energy"
	step, ok := numberAt(detector, "Dispersion")
	if !ok || step <= 0 {
		return
	}
	offset, _ := numberAt(detector, "OffsetEnergy")
	x.Scale, x.Offset, x.Unit = kiloelectronvolts(step), kiloelectronvolts(offset), "keV"
}

func kiloelectronvolts(ev float64) float64 {
	q, _ := nexuslims.Q(ev, "electron_volt").Convert(nexuslims.MustUnit("kiloelectron_volt"))
	return q.Value
}

// finish makes the signal. A member without array says why.
func (r *veloxRecord) finish(m *veloxMember, array *extractors.Array, why string, stored []int) *extractors.Signal {
	shape := stored
	if array != nil {
		shape = array.Shape()
	}
	r.Put(nexuslims.Text(dimensions(shape)), "shape of "+m.path+"/Data", "Data Dimensions")
	s := r.Signal(r.v.raw(m.meta))
	s.Title = r.title()
	if s.Data = array; array == nil {
		s.NoPreview = why
		r.v.warn("%s has no pixels that can be read: %s", m.path, why)
	}
	return s
}

// framesOf returns the array of a dataset whose last axis counts frames, if it has one more
// axis than a signal; it becomes the first, and is left out where there is one frame.
func framesOf(d *hdf5.Dataset, signalAxes int) (*extractors.Array, string) {
	element, ok := extractors.ParseElementType(elementName(d.Type()))
	shape := d.Shape()
	switch {
	case !ok:
		return nil, "elements of a kind that is not read"
	case len(shape) != signalAxes && len(shape) != signalAxes+1:
		return nil, fmt.Sprintf("an array of the shape %v", shape)
	}
	if why := absurd(shape, element); why != "" {
		return nil, why
	}
	source := framesLast{read: d.ReadRegion, rank: len(shape), size: element.Size()}
	a := &extractors.Array{Type: element, Source: source}
	if len(shape) > signalAxes {
		if frames := shape[signalAxes]; frames > 1 {
			a.Axes = append(a.Axes, extractors.Axis{Size: frames, Scale: 1, Navigation: true})
		}
		source.frames = true
		a.Source = source
	}
	for _, n := range shape[:signalAxes] {
		a.Axes = append(a.Axes, extractors.Axis{Size: n, Scale: 1})
	}
	return a, ""
}

// absurd says why an array of a shape cannot be read, if so.
func absurd(shape []int, element extractors.ElementType) string {
	n := int64(element.Size())
	for _, size := range shape {
		if size < 1 {
			return "there are no elements"
		}
		if n > (1<<60)/int64(size) {
			return fmt.Sprintf("an array of the shape %v", shape)
		}
		n *= int64(size)
	}
	return ""
}

// elementName is the element type of a dataset; images of two parts are complex numbers,
// whatever Velox calls the parts.
func elementName(t *hdf5.Type) string {
	if _, ok := complexFields(t); ok {
		return "complex64"
	}
	return t.Element()
}

// complexFields returns the names of the parts of a compound of two single floats.
func complexFields(t *hdf5.Type) ([2]string, bool) {
	if t.Class != hdf5.Compound || len(t.Fields) != 2 || t.Size != 8 {
		return [2]string{}, false
	}
	var names [2]string
	for i, f := range t.Fields {
		if f.Type.Class != hdf5.Float || f.Type.Size != 4 || f.Type.Big || f.Offset != 4*i {
			return names, false
		}
		names[i] = f.Name
	}
	return names, strings.HasPrefix(names[0], "real") && strings.HasPrefix(names[1], "imag")
}

// framesLast reads an array whose first axis, if it has one for frames, is the last of the
// dataset. It reads frame by frame, which is how they are stored.
type framesLast struct {
	read   func(ctx context.Context, start, count, step []int, dst []byte) error
	rank   int  // of the dataset
	frames bool // the last axis of the dataset counts frames
	size   int  // bytes of an element
}

// ReadRegion implements [extractors.PixelSource].
func (s framesLast) ReadRegion(ctx context.Context, r extractors.Region, dst []byte) error {
	if !s.frames {
		return s.read(ctx, r.Start, r.Count, r.Step, dst)
	}
	inner := extractors.Region{}
	first, frames, apart := 0, 1, 1
	if len(r.Count) == s.rank {
		first, frames, apart = r.Start[0], r.Count[0], r.Step[0]
		inner = extractors.Region{Start: r.Start[1:], Count: r.Count[1:], Step: r.Step[1:]}
	} else {
		inner = r
	}
	start, count, step := append([]int{}, inner.Start...), append([]int{}, inner.Count...), append([]int{}, inner.Step...)
	start, count, step = append(start, 0), append(count, 1), append(step, 1)
	bytes := inner.Len() * s.size
	for i := range frames {
		start[s.rank-1] = first + i*apart
		if err := s.read(ctx, start, count, step, dst[i*bytes:(i+1)*bytes]); err != nil {
			return err
		}
	}
	return nil
}
