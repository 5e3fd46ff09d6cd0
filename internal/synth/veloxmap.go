package synth

import (
	"encoding/binary"
	"strconv"
)

// eds adds an X-ray map: the events of each segment of the detector, its whole spectrum,
// and the compressed cube of Velox, which is empty here.
func (f *veloxFile) eds(m VeloxMap) {
	if m.Channels == 0 {
		m.Channels = 4096
	}
	m.Frames, m.Segments = max(1, m.Frames), max(1, m.Segments)
	if m.Events == nil {
		m.Events = m.someEvents
	}
	image := VeloxImage{Detector: "SuperXG2", Element: true, Width: m.Width, Height: m.Height, Pixel: m.Pixel}
	g := f.root.Group("Data/SpectrumImage/" + f.id())
	g.Dataset("Data", HDF5Data{Shape: []int{16, 1}, Max: []int{-1, 1}, Chunk: []int{8192, 1}, Type: HDF5Number("u1"), Absent: true})
	f.texts(g, "Metadata", 1, func(int) map[string]any { return f.metadata(image, 1) })
	for s := 1; s <= m.Segments; s++ {
		segment := image
		segment.Detector, segment.Element = "SuperXG2"+strconv.Itoa(s), false
		f.spectrum(m, segment, s)
		if !m.Pruned {
			f.stream(m, segment, s)
		}
	}
}

// spectrum adds the whole spectrum of a segment.
func (f *veloxFile) spectrum(m VeloxMap, image VeloxImage, segment int) {
	counts := make([]uint32, m.Channels)
	if m.Values == 0 {
		for frame := range m.Frames {
			for place := range m.Width * m.Height {
				for _, e := range m.Events(segment, frame, place) {
					counts[e]++
				}
			}
		}
	}
	var b []byte
	for _, n := range counts {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	g := f.root.Group("Data/Spectrum/" + f.id())
	g.Dataset("Data", HDF5Data{
		Shape: []int{m.Channels, 1}, Max: []int{m.Channels, -1}, Chunk: []int{m.Channels, 1}, Type: HDF5Number("u4"), Bytes: b,
	})
	f.texts(g, "Metadata", 1, func(int) map[string]any { return f.metadata(image, 1) })
}

// stream adds the events of a segment.
func (f *veloxFile) stream(m VeloxMap, image VeloxImage, segment int) {
	var b []byte
	var table []uint64
	for frame := range m.Frames {
		table = append(table, uint64(len(b)/2))
		for place := range m.Width * m.Height {
			if m.Values > 0 {
				break
			}
			for _, e := range m.Events(segment, frame, place) {
				b = binary.LittleEndian.AppendUint16(b, e)
			}
			b = append(b, 0xff, 0xff)
		}
	}
	g := f.root.Group("Data/SpectrumStream/" + f.id())
	data := HDF5Data{
		Shape: []int{len(b) / 2, 1}, Max: []int{-1, 1}, Chunk: []int{8192, 1}, Type: HDF5Number("u2"), Bytes: b,
	}
	if m.Values > 0 {
		data.Shape[0], data.Bytes, data.Part = m.Values, nil, m.Part
	}
	g.Dataset("Data", data)
	if !m.NoTable {
		t := HDF5Of(table)
		t.Shape, t.Max, t.Chunk = []int{m.Frames, 1}, []int{-1, 1}, []int{8192, 1}
		g.Dataset("FrameLocationTable", t)
	}
	f.texts(g, "Metadata", m.Frames, func(frame int) map[string]any {
		return f.metadata(image, float64(frame+1)/float64(m.Frames))
	})
	g.Dataset("AcquisitionSettings", HDF5Data{Shape: []int{1}, Type: HDF5VarText(), Texts: []string{veloxJSON(map[string]any{
		"bincount": strconv.Itoa(m.Channels), "StreamEncoding": "uint16", "encoding": "uint16",
		"RasterScanDefinition": map[string]any{"Width": strconv.Itoa(8 * m.Width), "Height": strconv.Itoa(8 * m.Height)},
	})}})
}

// someEvents are a noise peak at zero and two lines of which one is strong on the left.
func (m VeloxMap) someEvents(segment, frame, place int) []uint16 {
	zero, n := uint16(25), m.Channels
	events := []uint16{zero % uint16(n)}
	x := place % m.Width
	for k := range 3 + (place*7+frame*5+segment*3)%6 {
		line := 77 // C
		if x >= m.Width/2 {
			line = 829 // Cu
		}
		events = append(events, uint16((line+(place*13+k*29+frame)%9-4)%n))
	}
	return events
}
