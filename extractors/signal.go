package extractors

import (
	"context"
	"image"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Signal is one dataset of a file.
type Signal struct {
	Document
	// Title is the name that the file gives the signal; may be empty.
	Title string
	// Data is the lazy handle on the pixels; nil where there are none that can be read.
	Data *Array
	// Shown is drawn in place of Data where the data, as they are stored, do not show well: the
	// whole of a transform of which half is stored. It may be nil.
	Shown *Array
	// Picture decodes an ordinary picture (PNG, JPEG, ...), which has no axes; nil
	// otherwise. It may be called several times.
	Picture func(ctx context.Context) (image.Image, error)
	// Text returns at most n bytes of the beginning of a text file; nil otherwise.
	Text func(ctx context.Context, n int) ([]byte, error)
	// Draw draws the preview of a signal that no general rule fits, in a square of size
	// pixels; nil for the general rules.
	Draw func(ctx context.Context, size int) (image.Image, error)
	// MassMap is drawn as one large picture of several panels; nil for all other signals.
	MassMap *MassMap
	// Marks are drawn over the image.
	Marks []Mark
	// DataLabel names what the values are, with unit: "Intensity", "X-rays (Counts)".
	DataLabel string
	// AsIs says that the values of an 8-bit image are shades already, as those of pictures
	// that a program exported: the preview keeps them and does not stretch the contrast.
	AsIs bool
	// ContrastRows, when not zero, is how many rows from the top the contrast is taken
	// from: below them stands an information bar, which is drawn but is no data.
	ContrastRows int
	// Origins tell where in the file the metadata come from, see [Sheet].
	Origins []Origin
	// NoPreview, when not empty, says why nothing of this signal can be drawn.
	NoPreview string
}

// Drawable reports whether a preview can be tried: the signal has something to be drawn.
func (s *Signal) Drawable() bool {
	return s.Data != nil || s.Picture != nil || s.Text != nil || s.Draw != nil || s.MassMap != nil ||
		s.NoPreview != ""
}

// Document is the metadata of one signal.
type Document struct {
	// Meta is what becomes nx_meta. Extractors and profiles may use the format's own
	// names in it; after [Engine.Extract] it is sorted and follows the schema.
	Meta *nexuslims.Object
	// Raw holds the file's own tags, in file order, beside nx_meta.
	Raw *nexuslims.Object
}

// DatasetType returns the value of the entry of that name.
func (d Document) DatasetType() nexuslims.DatasetType {
	return nexuslims.DatasetType(d.Meta.Text("DatasetType"))
}

// JSON returns the document as the metadata file shows it: nx_meta first, then the
// raw groups; indented by two blanks, without newline at the end.
func (d Document) JSON() []byte {
	o := nexuslims.NewObject(1 + d.Raw.Len())
	o.Set("nx_meta", d.Meta)
	for k, v := range d.Raw.All() {
		o.Set(k, v)
	}
	return nexuslims.AppendJSON(nil, o, "  ")
}

// MarkShape is the shape of a mark.
type MarkShape int

// The shapes of marks.
const (
	MarkLine MarkShape = iota
	MarkArrow
	MarkDoubleArrow
	MarkRectangle
	MarkEllipse
	MarkPoint
	MarkText
)

// Mark is an annotation of an image, in pixels of the signal: (0, 0) is the centre of
// the first pixel.
type Mark struct {
	Shape                    MarkShape
	Top, Left, Bottom, Right float64
	Dashed, Filled           bool
	Red, Green, Blue         uint8
	Label                    string // text beside the mark, or the text itself
}
