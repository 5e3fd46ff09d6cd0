package dm

import (
	"math"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxMarks bounds what is drawn over one image.
const maxMarks = 1000

// shapes are the kinds of annotation that can be drawn, by AnnotationType.
var shapes = map[int]extractors.Mark{
	2:  {Shape: extractors.MarkLine},
	3:  {Shape: extractors.MarkArrow},
	4:  {Shape: extractors.MarkDoubleArrow},
	5:  {Shape: extractors.MarkRectangle},
	6:  {Shape: extractors.MarkEllipse},
	13: {Shape: extractors.MarkText},
	23: {Shape: extractors.MarkRectangle, Dashed: true},
	25: {Shape: extractors.MarkLine, Dashed: true},
	27: {Shape: extractors.MarkPoint},
}

// marksOf returns the annotations that are drawn on an image: those of the display objects
// that show it, or of the first object where the file does not say which image it shows.
func marksOf(root *Group, index int) []extractors.Mark {
	var marks []extractors.Mark
	for i, t := range root.Sub("DocumentObjectList").Tags() {
		shown, ok := shownImage(root, t.Group)
		if ok && shown == index || !ok && i == 0 {
			marks = appendMarks(marks, t.Group.Sub("AnnotationGroupList"))
		}
	}
	return marks
}

// shownImage follows the link from a display object over the source list to the image.
func shownImage(root, object *Group) (int, bool) {
	source, ok := object.Number("ImageSource")
	if !ok {
		return 0, false
	}
	sources := root.Sub("ImageSourceList").Tags()
	if source < 0 || source >= float64(len(sources)) {
		return 0, false
	}
	image, ok := sources[int(source)].Group.Number("ImageRef")
	return int(image), ok
}

func appendMarks(marks []extractors.Mark, list *Group) []extractors.Mark {
	for _, t := range list.Tags() {
		if len(marks) >= maxMarks {
			break
		}
		if m, ok := newMark(t.Group); ok {
			marks = append(marks, m)
		}
		marks = appendMarks(marks, t.Group.Sub("AnnotationGroupList"))
	}
	return marks
}

// newMark reads one annotation. Rectangle is top, left, bottom, right with the corner of
// the first pixel at zero; marks count from its centre. Fill mode 2 is "not filled".
func newMark(g *Group) (extractors.Mark, bool) {
	kind, _ := g.Number("AnnotationType")
	m, ok := shapes[int(kind)]
	if visible, has := g.Number("IsVisible"); !ok || has && visible == 0 {
		return m, false
	}
	rect, _ := g.Value("Rectangle").(nexuslims.List)
	if len(rect) != 4 {
		return m, false
	}
	for i, to := range []*float64{&m.Top, &m.Left, &m.Bottom, &m.Right} {
		n, ok := nexuslims.Number(rect[i])
		if !ok {
			return m, false
		}
		*to = n - 0.5
	}
	if fill, has := g.Number("FillMode"); has && m.Shape == extractors.MarkRectangle || m.Shape == extractors.MarkEllipse {
		m.Filled = has && fill != 2
	}
	m.Label = g.Text("Label")
	if m.Shape == extractors.MarkText {
		m.Label = g.Text("Text")
	}
	m.Red, m.Green, m.Blue = colour(g)
	return m, true
}

// colour returns the annotation's colour: 16 bits a channel, written as signed numbers.
func colour(g *Group) (r, gr, b uint8) {
	for _, name := range []string{"Color", "ForegroundColor"} {
		list, _ := g.Value(name).(nexuslims.List)
		if len(list) != 3 {
			continue
		}
		var c [3]uint8
		for i, v := range list {
			n, _ := nexuslims.Number(v)
			c[i] = channel(n)
		}
		return c[0], c[1], c[2]
	}
	return 255, 0, 0
}

func channel(n float64) uint8 {
	if n != math.Trunc(n) && n > 0 && n < 1 {
		return uint8(math.Round(n * 255))
	}
	if n < 0 {
		n += 1 << 16
	}
	return uint8(int(min(max(n, 0), 1<<16-1)) >> 8)
}
