package basic

import (
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Tags of TIFF 6.0 and of its supplements.
const (
	tagSubfile     = 254
	tagOldSubfile  = 255
	tagDescription = 270
	tagMake        = 271
	tagModel       = 272
	tagXResolution = 282
	tagYResolution = 283
	tagUnit        = 296
	tagSoftware    = 305
	tagDateTime    = 306
	tagArtist      = 315
	tagSubIFDs     = 330
)

// Bounds of what is read of a TIFF file for its metadata.
const (
	maxDescription = 256 << 10 // bytes
	maxRemark      = 1 << 10   // bytes of a description that is shown
	maxLookedAt    = 16        // pages among which the one that is drawn is chosen
	maxPages       = 1000      // that are counted
)

// plainTIFF is the reading of one TIFF file.
type plainTIFF struct {
	*extractors.Sheet
	file   *extractors.File
	tiff   *tiff.File
	result *extractors.Result
	dir    *tiff.Directory // of the page that is drawn
	image  *tiff.Image     // nil where it cannot be read
	pages  []page          // those that were looked at
	scale  calibration
}

// calibration is the size of a pixel.
type calibration struct {
	x, y             float64 // 0: not known
	unitX, unitY     string
	originX, originY float64 // in pixels
	from             string
}

// readTIFF adds what a TIFF file says to the sheet and the handle on its pixels to the
// signal.
func readTIFF(f *extractors.File, sheet *extractors.Sheet, s *extractors.Signal, r *extractors.Result) {
	t := &plainTIFF{Sheet: sheet, file: f, result: r}
	var err error
	if t.tiff, err = tiff.Open(f, f.Size()); err != nil {
		t.warn("the picture cannot be read", err)
		s.NoPreview = err.Error()
		return
	}
	if s.NoPreview = t.choosePage(); t.dir == nil {
		return
	}
	t.describe()
	text, _ := t.dir.Text(tagDescription, maxDescription)
	switch {
	case strings.HasPrefix(text, "ImageJ="):
		t.imageJ(text)
	case isOME(text):
		t.ome(text)
	default:
		t.remark(text)
		if t.micrograph(); t.scale.from == "" {
			t.olympus()
		}
	}
	t.putScale()
	if t.image == nil {
		return
	}
	s.Data = t.array()
	s.AsIs = t.image.Element == "uint8"
	t.missing(s)
}

func (t *plainTIFF) warn(what string, err error) {
	t.result.Warnings = append(t.result.Warnings, what+": "+err.Error())
}

// ext sets a value among the extensions.
func (t *plainTIFF) ext(v nexuslims.Value, from, name string) { t.Put(v, from, "extensions", name) }

func (t *plainTIFF) extText(text, from, name string) {
	t.ext(nexuslims.Text(strings.TrimSpace(text)), from, name)
}

// describe sets what the tags of every TIFF file tell.
func (t *plainTIFF) describe() {
	if m := t.image; m != nil {
		t.Put(nexuslims.Text(fmt.Sprintf("(%d, %d)", m.Height, m.Width)), "tags 257 and 256", "Data Dimensions")
		t.extText(colourModel(t.dir, m), "tags 258, 262, 277 and 339", "Color Model")
	}
	for _, x := range []struct {
		id   uint16
		name string
	}{
		{tagMake, "Make"},
		{tagModel, "Model"},
		{tagSoftware, "Software"},
		{tagDateTime, "Date and Time"},
		{tagArtist, "Artist"},
	} {
		if text, err := t.dir.Text(x.id, maxRemark); err == nil {
			t.extText(nexuslims.ValidText(text), fmt.Sprintf("tag %d", x.id), x.name)
		}
	}
	t.resolution()
}

// remark keeps a description that is free text; documents for machines are left out.
func (t *plainTIFF) remark(text string) {
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return
	}
	text = strings.TrimSpace(nexuslims.ValidText(text))
	t.extText(nexuslims.CutText(text, maxRemark, "…"), "tag 270", "Description")
}

// resolution tells for which size a picture was made to be printed: it is no size of the
// object, and so no calibration.
func (t *plainTIFF) resolution() {
	x, okX := t.dir.Number(tagXResolution)
	y, okY := t.dir.Number(tagYResolution)
	unit, ok := t.dir.Number(tagUnit)
	name := map[float64]string{2: "dots per inch", 3: "dots per centimeter"}[unit]
	if !ok {
		name = "dots per inch"
	}
	if !okX || !okY || name == "" || !(x > 1) || !(y > 1) || x > 1e6 || y > 1e6 {
		return
	}
	t.extText(fmt.Sprintf("%.6g x %.6g %s", x, y, name), "tags 282, 283 and 296", "Print Resolution")
}

// micrograph reads the calibration that DigitalMicrograph puts into its exports: for each
// axis a unit, an origin and a scale. The meaning of the tags is inferred from such files.
func (t *plainTIFF) micrograph() {
	const unitX, unitY, originX, originY, scaleX, scaleY = 65003, 65004, 65006, 65007, 65009, 65010
	x, okX := t.dir.Number(scaleX)
	y, okY := t.dir.Number(scaleY)
	units, err := t.dir.Text(unitX, 64)
	other, errOther := t.dir.Text(unitY, 64)
	if !okX || !okY || err != nil || errOther != nil {
		return
	}
	c := calibration{x: x, y: y, unitX: units, unitY: other, from: "tags 65009 and 65010"}
	c.originX, _ = t.dir.Number(originX)
	c.originY, _ = t.dir.Number(originY)
	t.scale = c
}

// putScale sets the size of a pixel.
func (t *plainTIFF) putScale() {
	c := &t.scale
	c.unitX, c.unitY = unitName(c.unitX), unitName(c.unitY)
	for _, x := range []struct {
		size       float64
		unit, name string
		shown      string
	}{{c.x, c.unitX, "pixel_width", "Pixel Width"}, {c.y, c.unitY, "pixel_height", "Pixel Height"}} {
		if !(x.size > 0) || x.size > 1e30 || x.unit == "" {
			c.x, c.y, c.unitX, c.unitY = 0, 0, "", ""
			return
		}
		if _, ok := nexuslims.ParseUnit(x.unit); !ok || !t.PutQuantity(nexuslims.Float(x.size), x.unit, c.from, x.name) {
			t.extText(fmt.Sprintf("%g %s", x.size, nexuslims.ValidText(x.unit)), c.from, x.shown)
		}
	}
}

// unitName returns a unit as the units of the project are written; that of pixels is none.
func unitName(unit string) string {
	unit = strings.TrimSpace(unit)
	switch strings.ToLower(unit) {
	case "pixel", "pixels", "px", "reference frame":
		return ""
	case "micron", "microns", "micrometer", "micrometers", "micrometre", "um":
		return "µm"
	case "nanometer", "nanometers", "nanometre":
		return "nm"
	case "angstrom", "angstroms", "ångström":
		return "Å"
	case "inches":
		return "inch"
	}
	return strings.ReplaceAll(unit, "\u03bc", "µ")
}

// colourModel names the kind of pixels.
func colourModel(d *tiff.Directory, m *tiff.Image) string {
	name, ok := map[int]string{
		tiff.Palette: "palette", tiff.ColourCMYK: "CMYK", tiff.ColourYCbCr: "YCbCr", tiff.ColourRGB: "RGB",
	}[m.Photometric]
	switch {
	case !ok || m.Samples == 1 && name != "palette":
		name = "gray"
	case name == "palette":
		return name
	case m.Element == "rgba":
		name = "RGBA"
	}
	format, _ := d.Number(339)
	return fmt.Sprintf("%s, %d bit%s", name, m.Bits, map[float64]string{2: " signed", 3: " float", 5: " complex", 6: " complex"}[format])
}
