package feitif

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// pixelSizeOfSettings takes the size that the scan has, else the field of view divided by
// the pixels in it.
func (b *builder) pixelSizeOfSettings() {
	for _, a := range []struct {
		key, name, field, count string
		size                    *float64
	}{
		{"PixelWidth", "pixel_width", "horizontal_field_width", "ResolutionX", &b.size.Width},
		{"PixelHeight", "pixel_height", "vertical_field_width", "ResolutionY", &b.size.Height},
	} {
		value, from := b.setting(inScan, a.key)
		b.put(value, "meter", from, a.name)
		n, ok := positive(b.c.Settings.Value("Image", a.count))
		if field := extractors.Meters(b.Meta.Get(a.field)); !b.has([]string{a.name}) && ok && field > 0 {
			b.Put(nexuslims.Q(field/n, "meter"), "the field of view and "+b.source("Image", a.count), a.name)
			b.Converted("divided")
		}
		*a.size = extractors.Meters(b.Meta.Get(a.name))
	}
}

// pixelSizeOfXML takes the size of <Metadata> where the sections have none.
func (b *builder) pixelSizeOfXML() {
	b.put(b.c.XML.ValueAt("BinaryResult.PixelSize.X"), "meter", b.element("BinaryResult.PixelSize.X"), "pixel_width")
	b.put(b.c.XML.ValueAt("BinaryResult.PixelSize.Y"), "meter", b.element("BinaryResult.PixelSize.Y"), "pixel_height")
	if b.size.Width == 0 || b.size.Height == 0 {
		b.size = extractors.PixelOf(b.Meta)
	}
}

// Tags of TIA's calibration: pixels per unit in x and y, and the unit in the manner of tag
// 296 of TIFF 6.0. (The meaning is derived from the values of files.)
const (
	tagPerUnitX   = 65450
	tagPerUnitY   = 65451
	tagUnit       = 65452
	perCentimetre = 3
)

// pixelSizeOfTags takes the size from these tags, which for diffraction patterns count in
// reciprocal space.
func (b *builder) pixelSizeOfTags() {
	if b.c.Directory == nil {
		return
	}
	unit, _ := b.c.Directory.Number(tagUnit)
	x, okX := b.c.Directory.Number(tagPerUnitX)
	y, okY := b.c.Directory.Number(tagPerUnitY)
	if unit != perCentimetre || !okX || !okY || !(x > 0) || !(y > 0) {
		return
	}
	b.size = extractors.Pixel{
		Width: 1 / (100 * x), Height: 1 / (100 * y),
		Reciprocal: b.Meta.Text("DatasetType") == string(nexuslims.Diffraction),
	}
	if b.size.Reciprocal {
		return
	}
	b.PutQuantity(nexuslims.Float(b.size.Width), "meter", "tag 65450", "pixel_width")
	b.Converted("from pixels per centimetre")
	b.PutQuantity(nexuslims.Float(b.size.Height), "meter", "tag 65451", "pixel_height")
	b.Converted("from pixels per centimetre")
	if width, ok := b.c.Directory.Number(256); ok {
		b.PutQuantity(nexuslims.Float(b.size.Width*width), "meter", "tags 256 and 65450", "horizontal_field_width")
		b.Converted("columns times pixel width")
	}
}

// dimensions notes the size of the picture as it is stored; without a directory, that of the
// scan is all that is known.
func (b *builder) dimensions() {
	var rows, columns int
	from := "tags 257 and 256"
	if b.c.Directory == nil {
		rows, columns = b.scanned()
		from = "the size of the scan in " + b.c.From
	} else {
		w, _ := b.c.Directory.Number(256)
		h, _ := b.c.Directory.Number(257)
		rows, columns = int(h), int(w)
	}
	if rows > 0 && columns > 0 {
		b.Put(nexuslims.Text(fmt.Sprintf("(%d, %d)", rows, columns)), from, "Data Dimensions")
	}
}

// pixels gives the signal its picture.
func (b *builder) pixels(s *extractors.Signal) {
	err := b.c.Err
	var img *tiff.Image
	if b.c.Directory != nil {
		img, err = b.c.Directory.Shades()
	}
	if err != nil {
		s.NoPreview = "the picture cannot be read: " + err.Error()
		b.warn("%s", s.NoPreview)
		return
	}
	b.array(s, img)
}

func (b *builder) array(s *extractors.Signal, img *tiff.Image) {
	kind, ok := extractors.ParseElementType(img.Element)
	if !ok {
		s.NoPreview = "pixels of the type " + img.Element
		return
	}
	rows, columns := b.scanned()
	size := b.size
	if columns != 0 && columns != img.Width {
		b.warn("the picture has %d columns, its settings tell of %d: it has no scale", img.Width, columns)
		size = extractors.Pixel{}
	}
	s.Data = &extractors.Array{
		Type:   kind,
		Axes:   size.Axes(img.Height, img.Width),
		Source: extractors.RegionFunc(img.ReadRegion),
	}
	s.AsIs = img.Bits <= 8 || kind.IsColour()
	s.ContrastRows = b.dataRows(img, rows, columns)
}

// dataRows returns how many rows stand above the information bar, 0 where there is none.
// (That TIA's pictures are square without it is derived from files.)
func (b *builder) dataRows(img *tiff.Image, rows, columns int) int {
	bar, _ := positive(b.c.Settings.Value("PrivateFei", "DatabarHeight"))
	switch isTIA := b.c.XML != nil && b.c.XML.Name == "Root"; {
	case columns == img.Width && rows > 0 && rows < img.Height:
		return rows
	case columns == 0 && bar >= 1 && bar < float64(img.Height)/2:
		return img.Height - int(bar)
	case isTIA && img.Width < img.Height && img.Height <= img.Width+img.Width/10:
		return img.Width
	}
	return 0
}

// scanned returns the size of the picture without information bar, 0 where not known.
func (b *builder) scanned() (rows, columns int) {
	x, okX := positive(b.c.Settings.Value("Image", "ResolutionX"))
	y, okY := positive(b.c.Settings.Value("Image", "ResolutionY"))
	if !okX && b.c.XML != nil {
		x, okX = positive(b.c.XML.ValueAt("BinaryResult.ImageSize.X"))
		y, okY = positive(b.c.XML.ValueAt("BinaryResult.ImageSize.Y"))
	}
	if !okX || !okY || x > 1<<30 || y > 1<<30 {
		return 0, 0
	}
	return int(y), int(x)
}
