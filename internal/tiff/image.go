package tiff

import (
	"math"
	"slices"
)

// Tags that describe pixels.
const (
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripCounts     = 279
	tagPlanar          = 284
	tagPredictor       = 317
	tagColourMap       = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileCounts      = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagYCbCrWeights    = 529
	tagYCbCrSubsample  = 530
	maxSamplesPerPixel = 1<<16 - 1
)

// Photometric interpretations, tag 262.
const (
	WhiteIsZero  = 0
	BlackIsZero  = 1
	ColourRGB    = 2
	Palette      = 3
	Mask         = 4
	ColourCMYK   = 5
	ColourYCbCr  = 6
	colourFilter = 32803
	linearRaw    = 34892
)

// Sample formats, tag 339.
const (
	formatUint       = 1
	formatInt        = 2
	formatFloat      = 3
	formatUndefined  = 4
	formatComplexInt = 5
	formatComplex    = 6
)

// Image is the handle on the pixels of one directory. It may be used concurrently.
type Image struct {
	Width, Height int
	Samples       int    // a pixel
	Bits          int    // a sample, as stored
	Photometric   int    // tag 262
	Compression   int    // tag 259
	Orientation   int    // tag 274, 1 where it is missing
	Element       string // "uint8" ... "float64", "complex64", "rgb", "rgba": see [Image.ReadRegion]
	AlphaZero     bool   // the fourth sample is named as no opacity: the colours are "rgb"

	d      *Directory
	format int // tag 339
	sample int // which one of a gray picture of several
	layout layout
	colour colours
	cache  cache
}

// Image describes the pixels of a directory without reading any. It is Unsupported where
// they could not be read: an unknown compression or sample layout.
func (d *Directory) Image() (*Image, error) {
	m := &Image{d: d}
	if err := m.describe(); err != nil {
		return nil, err
	}
	if err := m.layout.set(m); err != nil {
		return nil, err
	}
	if err := m.setElement(); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// whole returns a tag as a number of 0 to most, or what stands for a missing one.
func (d *Directory) whole(id uint16, missing, most int) (int, error) {
	v, ok := d.Number(id)
	switch {
	case !ok && d.Has(id):
		return 0, corrupt("tag %d has no number", id)
	case !ok:
		return missing, nil
	case v < 0 || v > float64(most) || v != math.Trunc(v):
		return 0, corrupt("tag %d is %g", id, v)
	}
	return int(v), nil
}

// describe reads what the tags say of size, samples and colours.
func (m *Image) describe() error {
	samples := 1
	for _, x := range []struct {
		to            *int
		id            uint16
		missing, most int
	}{
		{&m.Width, tagWidth, 0, math.MaxInt32},
		{&m.Height, tagHeight, 0, math.MaxInt32},
		{&samples, tagSamples, 1, maxSamplesPerPixel},
		{&m.Bits, tagBits, 1, 1 << 10},
		{&m.Compression, tagCompression, 1, math.MaxUint16},
		{&m.format, tagSampleFormat, formatUint, math.MaxUint16},
	} {
		var err error
		if *x.to, err = m.d.whole(x.id, x.missing, x.most); err != nil {
			return err
		}
	}
	if m.Width < 1 || m.Height < 1 || samples < 1 || m.Bits < 1 {
		return corrupt("%d x %d pixels of %d samples of %d bits", m.Width, m.Height, samples, m.Bits)
	}
	m.Samples = samples
	if m.format == formatUndefined || m.format == 0 {
		m.format = formatUint
	}
	if m.Orientation, _ = m.d.whole(tagOrientation, 1, 8); m.Orientation == 0 {
		m.Orientation = 1
	}
	guess := BlackIsZero
	if samples >= 3 {
		guess = ColourRGB
	}
	m.Photometric, _ = m.d.whole(tagPhotometric, guess, math.MaxUint16)
	bits, _ := m.d.Numbers(tagBits, samples)
	for _, b := range bits {
		if b != bits[0] {
			return unsupported("samples of %v bits", bits[:min(len(bits), 8)])
		}
	}
	return nil
}

// setElement chooses the type of the pixels that are given out.
func (m *Image) setElement() error {
	switch m.Photometric {
	case WhiteIsZero, BlackIsZero, Mask, colourFilter:
	case Palette, ColourCMYK, ColourYCbCr:
		m.Element = "rgb"
		return m.colour.set(m)
	case ColourRGB, linearRaw:
		if m.Samples >= 3 {
			m.Element = "rgb"
			return m.colour.set(m)
		}
	case 8, 9, 10:
		return unsupported("colours in CIELab")
	default:
		return unsupported("photometric interpretation %d", m.Photometric)
	}
	return m.setGray()
}

// setGray chooses the type of the numbers of a gray picture.
func (m *Image) setGray() error {
	b := m.Bits
	plain := b == 8 || b == 16 || b == 32 || b == 64
	switch {
	case m.format == formatUint && b <= 32, m.format == formatUint && plain:
		m.Element = "uint" + roundBits(b)
	case m.format == formatInt && b <= 32, m.format == formatInt && plain:
		m.Element = "int" + roundBits(b)
	case m.format == formatFloat && (b == 16 || b == 24 || b == 32):
		m.Element = "float32"
	case m.format == formatFloat && b == 64:
		m.Element = "float64"
	case m.format == formatComplex && b == 64, m.format == formatComplexInt && (b == 16 || b == 32):
		m.Element = "complex64"
	case m.format == formatComplex && b == 128, m.format == formatComplexInt && b == 64:
		m.Element = "complex128"
	default:
		return unsupported("samples of %d bits in format %d", b, m.format)
	}
	return nil
}

func roundBits(b int) string {
	switch {
	case b <= 8:
		return "8"
	case b <= 16:
		return "16"
	case b <= 32:
		return "32"
	}
	return "64"
}

// size returns the bytes of a pixel that is given out.
func (m *Image) size() int {
	switch m.Element {
	case "uint8", "int8":
		return 1
	case "uint16", "int16":
		return 2
	case "rgb":
		return 3
	case "uint64", "int64", "float64", "complex64":
		return 8
	case "complex128":
		return 16
	}
	return 4
}

// check refuses what the parts of the description do not allow together.
func (m *Image) check() error {
	l := &m.layout
	if !l.known() {
		return unsupported("compression %s", compressionName(m.Compression))
	}
	if m.Compression == compressJPEG && (m.Bits != 8 || m.Samples > 4 || m.format != formatUint) {
		return unsupported("JPEG data of %d samples of %d bits", m.Samples, m.Bits)
	}
	switch l.predictor {
	case predictNone:
	case predictDifference:
		if !slices.Contains([]int{8, 16, 32, 64}, m.Bits) {
			return unsupported("differences of samples of %d bits", m.Bits)
		}
	case predictFloat:
		if m.format != formatFloat {
			return unsupported("floating-point predictor for samples that are none")
		}
	default:
		return unsupported("predictor %d", l.predictor)
	}
	if m.Compression == compressJPEG && l.planes > 1 && m.Photometric == ColourYCbCr {
		return unsupported("JPEG data of YCbCr in planes")
	}
	if (m.Compression != compressNone || m.Photometric == ColourYCbCr) && l.rowBytes > maxRow {
		return unsupported("compressed rows of %d bytes", l.rowBytes)
	}
	return nil
}

// Indices returns the picture of the numbers that a palette picture stores, and whether its
// palette is nothing but the shades of gray in their order, so that the numbers are shades.
// Of other pictures it returns nil.
func (m *Image) Indices() (numbers *Image, shades bool) {
	if m.Photometric != Palette {
		return nil, false
	}
	n := m.as(BlackIsZero)
	n.layout.verbatim = true
	if n.setGray() != nil {
		return nil, false
	}
	return n, m.colour.shades()
}

// Shades is [Directory.Image], but of a palette picture whose palette is nothing but the
// shades of gray it returns the picture of the numbers.
func (d *Directory) Shades() (*Image, error) {
	m, err := d.Image()
	if err != nil {
		return nil, err
	}
	if numbers, shades := m.Indices(); shades {
		return numbers, nil
	}
	return m, nil
}

// Sample returns the picture that one of several samples makes, from 0, as numbers; nil
// where there is no such sample.
func (m *Image) Sample(i int) *Image {
	if i < 0 || i >= m.Samples || m.Photometric == ColourYCbCr {
		return nil
	}
	n := m.as(BlackIsZero)
	if n.sample = i; n.setGray() != nil {
		return nil
	}
	return n
}

// as returns the same pixels, taken for something else.
func (m *Image) as(photometric int) *Image {
	n := &Image{
		Width: m.Width, Height: m.Height, Samples: m.Samples, Bits: m.Bits,
		Photometric: photometric, Compression: m.Compression, Orientation: m.Orientation,
		d: m.d, format: m.format, layout: m.layout,
	}
	return n
}
