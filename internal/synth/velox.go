package synth

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Velox describes an EMD file of Velox. Metadata are JSON, with all numbers as text, as
// Velox writes them.
type Velox struct {
	Version     int    // of the file: 8 to 13; 0 is 11
	Application string // version of the program; empty: "3.10.0.1-0"
	Microscope  Microscope
	Diffraction bool // the projector shows diffraction
	Images      []VeloxImage
	Map         *VeloxMap
	Loss        []VeloxLoss
	Elements    []int // atomic numbers chosen for quantification
	Log         string
	Column      int // bytes that a text of metadata has room for; 0: 60,000
}

// VeloxImage is an image or a stack.
type VeloxImage struct {
	Name          string // that the display shows
	Detector      string // "HAADF"; "BM-Ceta" is a camera; without number in Element
	Element       bool   // a map of an element
	Width, Height int
	Frames        int     // 0 is 1
	Pixel         float64 // meters, or reciprocal ones
	Reciprocal    bool
	Type          HDF5Type // zero: 16 bits
	// Pixels gives the elements of a frame, row by row; nil leaves a hole.
	Pixels func(frame int) []byte
	// Half is "HalfEven" or "HalfOdd" for a half of a transform, "Plain" for complex numbers.
	Half string
	// Operation is the type of the operation that made the image, before version 11, with
	// what it says besides.
	Operation string
	Says      map[string]any
}

// VeloxMap is an X-ray map of some detector segments.
type VeloxMap struct {
	Width, Height, Frames int
	Channels              int // 0 is 4096
	Segments              int
	Pixel                 float64
	Pruned                bool // the events are not there
	NoTable               bool // nor where frames begin
	// Events gives the channels of a pixel; nil: a few that depend on the place.
	Events func(segment, frame, place int) []uint16
	// Values, when not zero, is the length of streams whose elements Part gives.
	Values int
	Part   func(start []int) []byte
}

// VeloxLoss is an energy-loss map.
type VeloxLoss struct {
	Width, Height, Channels int
	Dispersion, Offset      float64  // eV
	Spectrum                []uint16 // of each place; nil leaves a hole
}

// file is a Velox file being made.
type veloxFile struct {
	Velox
	root *HDF5Group
	ids  int
}

// HDF5 returns the tree of the file.
func (v Velox) HDF5() *HDF5 {
	if v.Version == 0 {
		v.Version = 11
	}
	if v.Column == 0 {
		v.Column = 60000
	}
	if v.Application == "" {
		v.Application = "3.10.0.1-0"
	}
	h := NewHDF5()
	f := &veloxFile{Velox: v, root: h.Root()}
	f.document("Version", map[string]any{"version": strconv.Itoa(v.Version), "format": "Velox"})
	f.document("Info", map[string]any{"applicationVersion": v.Application})
	f.root.Group("Data")
	if v.Log != "" {
		f.document("Data/Text/"+f.id(), map[string]any{"text": percent(v.Log)})
		f.document("Experiment", map[string]any{"log": "/Data/Text/" + f.lastID()})
	}
	for _, image := range v.Images {
		f.image(image)
	}
	if v.Map != nil {
		f.eds(*v.Map)
	}
	for _, l := range v.Loss {
		f.loss(l)
	}
	f.chosen()
	return h
}

// Bytes returns the file.
func (v Velox) Bytes() []byte { return v.HDF5().Bytes() }

// id returns a new name of 32 digits.
func (f *veloxFile) id() string {
	f.ids++
	return f.lastID()
}

func (f *veloxFile) lastID() string { return fmt.Sprintf("%032x", uint64(f.ids)*0x9e3779b97f4a7c15) }

// document adds a JSON text at a path.
func (f *veloxFile) document(path string, doc map[string]any) {
	group, name := f.root, path
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			group, name = f.root.Group(path[:i]), path[i+1:]
			break
		}
	}
	group.Dataset(name, HDF5Data{
		Shape: []int{1}, Chunk: []int{1}, Type: HDF5VarText(), Texts: []string{veloxJSON(doc)},
	})
}

// texts adds the metadata of frames: a table of which each column is a text.
func (f *veloxFile) texts(g *HDF5Group, name string, frames int, doc func(frame int) map[string]any) {
	rows := f.Column
	var text string
	var last map[string]any
	g.Dataset(name, HDF5Data{
		Shape: []int{rows, frames}, Max: []int{rows, -1}, Chunk: []int{rows, 1}, Type: HDF5Number("u1"),
		Part: func(start []int) []byte {
			b := make([]byte, rows)
			if d := doc(start[1]); last == nil || !sameMap(d, last) {
				text, last = veloxJSON(d), d
			}
			copy(b, text)
			return b
		},
	})
}

// sameMap reports whether two maps are one.
func sameMap(a, b map[string]any) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// image adds an image with its display.
func (f *veloxFile) image(m VeloxImage) {
	m.Frames = max(1, m.Frames)
	id := f.id()
	g := f.root.Group("Data/Image/" + id)
	if m.Type.Size() == 0 {
		m.Type = HDF5Number("u2")
	}
	if m.Half != "" {
		part := m.Half
		if part == "Plain" {
			part = ""
		}
		m.Type = HDF5Compound(HDF5Field{"realFloat" + part, HDF5Number("f4")}, HDF5Field{"imagFloat" + part, HDF5Number("f4")})
	}
	part := func(start []int) []byte {
		if m.Pixels == nil {
			return nil
		}
		return m.Pixels(start[2])
	}
	g.Dataset("Data", HDF5Data{
		Shape: []int{m.Height, m.Width, m.Frames}, Max: []int{m.Height, m.Width, -1}, Chunk: []int{m.Height, m.Width, 1},
		Type: m.Type, Part: part,
	})
	doc := f.metadata(m, 0)
	f.texts(g, "Metadata", m.Frames, func(int) map[string]any { return doc })
	table := make([]uint32, m.Frames)
	for i := range table {
		table[i] = uint32(i)
	}
	g.Dataset("FrameLookupTable", HDF5Of(table))
	f.show(m, "/Data/Image/"+id)
}

// show adds what names an image: a display, or an operation.
func (f *veloxFile) show(m VeloxImage, path string) {
	if f.Version >= 11 {
		reference := "SharedProperties/ImageSeriesDataReference/" + f.id()
		f.document(reference, map[string]any{"dataPath": path, "frameIndex": 0})
		f.document("Displays/ImageDisplay/"+f.id(), map[string]any{"data": "/" + reference, "id": m.Name, "title": m.Name})
		return
	}
	if m.Operation != "" {
		doc := map[string]any{"dataPath": path}
		for key, v := range m.Says {
			doc[key] = v
		}
		f.document("Operations/"+m.Operation+"/"+f.id(), doc)
	}
	f.document("Presentation/Displays/ImageDisplay/"+f.id(), map[string]any{
		"dataPath": path, "display": map[string]any{"id": "a", "label": percent(m.Name)},
	})
}

// chosen adds the elements that are quantified.
func (f *veloxFile) chosen() {
	if len(f.Elements) == 0 {
		return
	}
	list := make([]any, len(f.Elements))
	for i, n := range f.Elements {
		list[i] = n
	}
	f.document("SharedProperties/EDSSpectrumQuantificationSettings/"+f.id(), map[string]any{"elementSelection": list})
}

// loss adds an energy-loss map: its axes are x, energy and y.
func (f *veloxFile) loss(l VeloxLoss) {
	g := f.root.Group("Data/EelsSpectrumImage/" + f.id())
	g.Dataset("Data", HDF5Data{
		Shape: []int{l.Width, l.Channels, l.Height}, Chunk: []int{l.Width, l.Channels, 1}, Type: HDF5Number("u2"),
		Part: func(start []int) []byte {
			if l.Spectrum == nil {
				return nil
			}
			var b []byte
			for x := range l.Width {
				for _, v := range l.Spectrum {
					b = binary.LittleEndian.AppendUint16(b, v+uint16(10*start[2]+x))
				}
			}
			return b
		},
	})
	f.texts(g, "AcquisitionMetadata", l.Height, func(int) map[string]any {
		return map[string]any{"Data": map[string]any{
			"dispersion": l.Dispersion, "offset": l.Offset, "exposureTime": 0.002, "intensityScale": 1, "intensityOffset": 0,
		}}
	})
	m := VeloxImage{Detector: "EF-CCD", Width: l.Width, Height: l.Height}
	f.texts(g, "Metadata", 1, func(int) map[string]any { return f.metadata(m, 0) })
	g.Dataset("Info", HDF5Data{Shape: []int{1}, Type: HDF5VarText(), Texts: []string{veloxJSON(map[string]any{
		"bincount": strconv.Itoa(l.Channels), "width": strconv.Itoa(l.Width), "height": strconv.Itoa(l.Height),
	})}})
}

// unix is a time as Velox writes it.
func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
