package dm

import (
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Limits of one file and of one image.
const (
	maxImages = 10_000
	maxDims   = 16
)

// picture is one entry of ImageList: pixels, calibration and tags.
type picture struct {
	index int
	group *Group
	name  string
	data  *Array
	kind  int   // ImageData/DataType
	dims  []int // sizes in file order, x first, sizes of 1 included
	axes  []calibration
	light calibration // of the intensity
	tags  *Group      // ImageTags
}

// calibration turns an index i into (i - Origin) * Scale.
type calibration struct {
	origin, scale float64
	unit          string
}

// offset returns the coordinate of the first element.
func (c calibration) offset() float64 {
	if c.origin == 0 {
		return 0
	}
	return -c.origin * c.scale
}

// pictures returns the complete images that are signals, in file order. Thumbnails are
// named by the group Thumbnails; a file that breaks off before it has its thumbnail in
// the first image, which is the only coloured one with others after it in real files.
func pictures(root *Group, whole bool) []picture {
	thumbs := thumbnails(root)
	var list []picture
	for _, t := range root.Sub("ImageList").Tags() {
		index, ok := groupNumber(t.Name)
		if t.Group == nil || !ok || len(list) >= maxImages {
			continue
		}
		if !t.Group.complete || thumbs[index] {
			continue
		}
		p := newPicture(index, t.Group)
		if !whole && thumbs == nil && index == 0 && p.kind == typeRGBA {
			continue
		}
		list = append(list, p)
	}
	return list
}

// thumbnails returns the indexes of the thumbnail images, nil without the group.
func thumbnails(root *Group) map[int]bool {
	group := root.Sub("Thumbnails")
	if group == nil {
		return nil
	}
	thumbs := map[int]bool{}
	for _, t := range group.Tags() {
		if index, ok := t.Group.Number("ImageIndex"); ok {
			thumbs[int(index)] = true
		}
	}
	return thumbs
}

func groupNumber(name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, "TagGroup")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil
}

func newPicture(index int, g *Group) picture {
	p := picture{index: index, group: g, name: g.Text("Name"), tags: g.Sub("ImageTags"), kind: -1}
	if p.name == "/" { // Nion Swift calls every image so in version 5
		p.name = ""
	}
	data := g.Sub("ImageData")
	if t, ok := data.Get("Data"); ok {
		p.data = t.Array
	}
	if kind, ok := data.Number("DataType"); ok {
		p.kind = int(kind)
	}
	for _, t := range data.Sub("Dimensions").Tags() {
		if n, ok := nexuslims.Number(t.Value); ok && n >= 0 && n < 1<<40 && len(p.dims) < maxDims {
			p.dims = append(p.dims, int(n))
		}
	}
	if p.data != nil && p.data.set != nil {
		p.measure(p.data.set)
	}
	for i := range p.dims {
		p.axes = append(p.axes, newCalibration(data.Sub("Calibrations", "Dimension", "TagGroup"+strconv.Itoa(i))))
	}
	p.light = newCalibration(data.Sub("Calibrations", "Brightness"))
	return p
}

// newCalibration reads one calibration; what is missing is the identity. A scale of
// zero is what uncalibrated axes of some programs have.
func newCalibration(g *Group) calibration {
	c := calibration{scale: 1, unit: strings.TrimSpace(g.Text("Units"))}
	if v, ok := g.Number("Origin"); ok {
		c.origin = v
	}
	if v, ok := g.Number("Scale"); ok && v != 0 {
		c.scale = v
	}
	return c
}

// elementOf returns the element type of a data type, and how many bytes an element
// takes in the file.
func elementOf(kind int) (e extractors.ElementType, stored int, ok bool) {
	switch kind {
	case 1:
		e = extractors.Int16
	case 2:
		e = extractors.Float32
	case 3, typePackedOld, typePacked8:
		e = extractors.Complex64
	case 6:
		e = extractors.Uint8
	case 7:
		e = extractors.Int32
	case typeRGB, typeRGBA:
		return extractors.RGB, 4, true
	case 9:
		e = extractors.Int8
	case 10:
		e = extractors.Uint16
	case 11:
		e = extractors.Uint32
	case 12:
		e = extractors.Float64
	case 13, typePacked16:
		e = extractors.Complex128
	case 14:
		e = extractors.Bool8
	case 39:
		e = extractors.Int64
	case 40:
		e = extractors.Uint64
	default:
		return 0, 0, false
	}
	return e, e.Size(), true
}

// Data types that are not plain arrays of one element type. Codes 39 and 40 of
// elementOf are inferred.
const (
	typePackedOld = 5
	typeRGB       = 8
	typeRGBA      = 23
	typePacked8   = 27
	typePacked16  = 28
)

// isHalf reports whether an image of this type, which may be stored as a whole, is not.
func (p picture) isHalf() bool {
	_, stored, ok := elementOf(p.kind)
	n, sane := product(p.dims)
	return ok && sane && p.isPacked() && p.data.Bytes() < n*int64(stored)
}

// isPacked reports whether it is a Fourier transform of which only half should be stored.
func (p picture) isPacked() bool {
	return p.kind == typePackedOld || p.kind == typePacked8 || p.kind == typePacked16
}
