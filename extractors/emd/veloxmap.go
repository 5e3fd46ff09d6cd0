package emd

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// spectrumImage makes one signal of all streams of events; nil where there is none.
func (v *velox) spectrumImage(ctx context.Context) (*extractors.Signal, error) {
	members, streams, err := v.openStreams(ctx)
	if err != nil {
		return nil, err
	}
	if len(streams) == 0 {
		if len(v.members[veloxCube]) > 0 {
			v.warn("the file was pruned: the events of the spectrum image were removed, its spectra and maps remain")
		}
		return nil, nil
	}
	c := &cube{streams: streams, element: extractors.Uint16}
	if err := v.encoding(ctx, members[0], c); err != nil {
		return nil, err
	}
	sized, err := v.findSize(ctx, members[0], c)
	if err != nil || !sized {
		return nil, err
	}
	signal := v.mapSignal(members, c)
	// The tags that are shown are those of the first frame, as for all signals.
	first, err := v.frameDocument(ctx, members[0], "Metadata", false)
	if err == nil {
		signal.Raw = v.raw(first)
	}
	return signal, v.unless(err, members[0].path+"/Metadata")
}

// openStreams opens the streams that have events.
func (v *velox) openStreams(ctx context.Context) ([]*veloxMember, []*stream, error) {
	var members []*veloxMember
	var streams []*stream
	for _, m := range v.members[veloxStream] {
		s, err := newStream(m, v.file.Size())
		if err == nil && s.total > 0 {
			if err = s.locate(ctx, m); err == nil || nexuslims.KindOf(err) == nexuslims.NotFound {
				members, streams, err = append(members, m), append(streams, s), nil
			}
		}
		if err = v.unless(err, m.path); err != nil {
			return nil, nil, err
		}
	}
	return members, streams, nil
}

// The number of channels where the file does not say it, and the most that are believed.
const (
	usualChannels = 4096
	mostChannels  = 1 << 16
)

// encoding reads how many channels there are and of what type a spectrum is.
func (v *velox) encoding(ctx context.Context, m *veloxMember, c *cube) error {
	c.channels = usualChannels
	d, err := m.group.Dataset("AcquisitionSettings")
	var doc *nexuslims.Object
	if err == nil {
		doc, err = v.parse(ctx, d)
	}
	if err != nil {
		return v.unless(err, m.path+"/AcquisitionSettings")
	}
	if n, ok := numberAt(doc, "bincount"); ok && n >= 1 && n <= mostChannels {
		c.channels = int(n)
	}
	t, ok := extractors.ParseElementType(textAt(doc, "StreamEncoding"))
	if ok && slices.Contains([]extractors.ElementType{extractors.Uint8, extractors.Uint16, extractors.Uint32}, t) {
		c.element = t
	}
	return nil
}

// scanSize is the size of the part of the scan that a map covers; 0, 0 where it is not known.
func scanSize(meta *nexuslims.Object) (width, height int) {
	side := func(size, from, to string) int {
		n, ok := numberAt(meta, "Scan", "ScanSize", size)
		if !ok {
			return 0
		}
		a, ok := numberAt(meta, "Scan", "ScanArea", from)
		b, ok2 := numberAt(meta, "Scan", "ScanArea", to)
		if !ok || !ok2 {
			a, b = 0, 1
		}
		if n = math.Round(n * (b - a)); n < 1 || n > 1<<20 {
			return 0
		}
		return int(n)
	}
	return side("width", "left", "right"), side("height", "top", "bottom")
}

// checkedValues is how many values of a stream are read to check the size of a map: all, or
// those of the first frame, or none where these are more.
const checkedValues = 64 << 10

// findSize finds the size of the map: that of the scanned area, if it agrees with the
// number of pixels in the stream, or else that of an image that does.
func (v *velox) findSize(ctx context.Context, m *veloxMember, c *cube) (bool, error) {
	s := c.streams[0]
	c.width, c.height = scanSize(m.meta)
	tally, err := s.tally(ctx)
	if err = v.unless(err, m.path); err != nil {
		return false, err
	}
	stated := c.places()
	if c.width > 0 && c.height > 0 && tally.fits(stated) {
		return true, nil
	}
	for _, w := range v.members[veloxImage] {
		shape := w.data.Shape()
		if len(shape) >= 2 && shape[0] > 0 && shape[1] > 0 && tally.known && tally.fits(int64(shape[0])*int64(shape[1])) {
			c.height, c.width = shape[0], shape[1]
			return true, nil
		}
	}
	if c.width > 0 && c.height > 0 && tally.breaksOff(stated) {
		v.warn("%s ends within a frame: %d of %d pixels of %d frames", m.path, tally.marks, stated*int64(s.frames), s.frames)
		return true, nil
	}
	v.warn("the size of the spectrum image is not known: %d pixels, %d frames, stated are %d x %d",
		tally.marks, tally.frames, c.width, c.height)
	return false, nil
}

// tally is what was counted of a stream: the pixels of some frames.
type tally struct {
	known         bool
	marks, frames int64
	most          int64 // pixels that a frame can have, where nothing was counted
}

// tally counts the pixels of a small stream, or of the first frame of a larger one.
func (s *stream) tally(ctx context.Context) (tally, error) {
	frames := int64(s.frames)
	if s.total <= checkedValues {
		marks, err := s.countMarks(ctx, 0, s.total)
		return tally{known: err == nil, marks: marks, frames: frames}, err
	}
	if len(s.starts) < 2 || s.starts[1] < 1 || s.starts[1] > s.total || s.starts[0] != 0 {
		return tally{most: s.total + 1}, nil
	}
	if s.starts[1] > checkedValues {
		return tally{most: s.starts[1]}, nil
	}
	marks, err := s.countMarks(ctx, 0, s.starts[1])
	return tally{known: err == nil, marks: marks, frames: 1}, err
}

// fits reports whether frames of so many pixels agree with what was counted: the mark of
// the last pixel may be missing.
func (t tally) fits(places int64) bool {
	switch {
	case !t.known:
		return places <= t.most
	case places < 1:
		return false
	case t.frames > 0:
		return t.marks == t.frames*places || t.marks == t.frames*places-1
	}
	rest := t.marks % places
	return t.marks > 0 && rest == 0 || rest == places-1
}

// breaksOff reports whether the last frame is not complete, or something follows it.
func (t tally) breaksOff(places int64) bool {
	if !t.known || places < 1 {
		return false
	}
	return t.frames == 0 || t.marks > (t.frames-1)*places
}

// mapSignal makes the signal.
func (v *velox) mapSignal(members []*veloxMember, c *cube) *extractors.Signal {
	m := members[0]
	r := v.record(m)
	r.about.name = v.mapName(members)
	r.setMode(true)
	r.axes = []extractors.Axis{{}, {}, {Size: c.channels, Scale: 1}}
	x, y := veloxPitches(r.meta)
	if !x.isKnown() {
		x, y = v.scanPitch(r.meta)
	}
	r.axes[0], r.axes[1] = navigation(y.axis("y", c.height)), navigation(x.axis("x", c.width))
	setEnergyAxis(&r.axes[2], r.device.entry)
	r.classify(nexuslims.SpectrumImage, "STEM_EDS_Spectrum_Imaging", "the group Data/SpectrumStream")
	r.common()
	r.fields(x, y)
	if r.device.kind == analyticalDetector {
		r.channels()
		r.elevation()
		r.detectorKind()
	}
	r.totals(members, c.streams[0].frames)
	r.PutText(r.about.name, "Data/SpectrumImage/*/Metadata: BinaryResult.Detector", "acquisition_device")
	r.chosen(techniqueEDS)
	array := &extractors.Array{Type: c.element, Axes: r.axes, Source: c}
	s := r.finish(m, array, "", nil)
	s.DataLabel = "X-rays (Counts)"
	return s
}

// mapName is what the segments of the detector are called together.
func (v *velox) mapName(members []*veloxMember) string {
	for _, m := range v.members[veloxCube] {
		if name := textAt(m.meta, "BinaryResult", "Detector"); name != "" {
			return name
		}
	}
	name := detectorOf(members[0].meta).name
	for _, m := range members[1:] {
		other := detectorOf(m.meta).name
		for !strings.HasPrefix(other, name) {
			name = name[:len(name)-1]
		}
	}
	if name == "" {
		return techniqueEDS
	}
	return nexuslims.ValidText(name)
}
