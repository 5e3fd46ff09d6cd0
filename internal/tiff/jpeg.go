package tiff

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// jpegSegment is a decoded segment. It cannot be decoded row by row, so it is kept whole.
type jpegSegment struct {
	index int64
	img   image.Image
	size  int // bytes in memory, about
}

// Bounds of JPEG segments.
const (
	maxJPEGPixels = 16 << 20 // of one segment
	maxJPEGs      = 32 << 20 // bytes that are kept
	maxTables     = 64 << 10
	// A picture of one shade takes a few bits for every 8 x 8 pixels.
	maxPixelsPerByte = 256
)

// jpegRows is the source of a segment in JPEG.
type jpegRows struct {
	m   *Image
	img image.Image
	buf []byte
}

// openJPEG decodes a segment, one at a time.
func (r *reading) openJPEG(x segment) (source, error) {
	c := &r.cache
	c.Lock()
	defer c.Unlock()
	for _, s := range c.jpegs {
		if s.index == x.index {
			return &jpegRows{m: r.Image, img: s.img}, nil
		}
	}
	img, err := r.decodeJPEG(x)
	if err != nil {
		return nil, err
	}
	c.jpegs = append(c.jpegs, &jpegSegment{x.index, img, 3 * img.Bounds().Dx() * img.Bounds().Dy()})
	size := 0
	for i := len(c.jpegs) - 1; i >= 0; i-- {
		if size += c.jpegs[i].size; size > maxJPEGs && i < len(c.jpegs)-1 {
			c.jpegs = append([]*jpegSegment(nil), c.jpegs[i+1:]...)
			break
		}
	}
	return &jpegRows{m: r.Image, img: img}, nil
}

// decodeJPEG decodes a segment, of which the tables stand in a tag of the directory
// (TIFF Technical Note 2). Both parts have marks of beginning and end.
func (m *Image) decodeJPEG(x segment) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = nexuslims.E(nexuslims.Corrupt, op, "", errors.New("the decoder gave up on damaged data"))
		}
	}()
	tables, err := m.d.Bytes(tagJPEGTables, maxTables)
	if err != nil && !errors.Is(err, nexuslims.NotFound) {
		return nil, err
	}
	tables = bytes.TrimSuffix(tables, []byte{0xff, 0xd9})
	open := func() io.Reader {
		p := m.stored(x)
		p.reversed = false
		if len(tables) == 0 {
			return p
		}
		start := make([]byte, 2)
		if n, _ := io.ReadFull(p, start); n < 2 || start[0] != 0xff || start[1] != 0xd8 {
			return io.MultiReader(bytes.NewReader(tables), bytes.NewReader(start[:n]), p)
		}
		return io.MultiReader(bytes.NewReader(tables), p)
	}
	config, err := jpeg.DecodeConfig(open())
	if err != nil {
		return nil, jpegError(err)
	}
	stored := m.stored(x)
	n := int64(config.Width) * int64(config.Height)
	if n > maxJPEGPixels {
		return nil, unsupported("JPEG of %d x %d pixels", config.Width, config.Height)
	}
	if n > 1<<20+maxPixelsPerByte*(stored.end-stored.off) {
		return nil, corrupt("JPEG of %d x %d pixels in %d bytes", config.Width, config.Height, stored.end-stored.off)
	}
	img, err = jpeg.Decode(open())
	return img, jpegError(err)
}

func jpegError(err error) error {
	var missing jpeg.UnsupportedError
	if errors.As(err, &missing) {
		return nexuslims.E(nexuslims.Unsupported, op, "", err)
	}
	return damage(err)
}

func (s *jpegRows) row(_ context.Context, y int, from, to int64) ([]byte, error) {
	l := &s.m.layout
	if s.buf == nil {
		s.buf = make([]byte, l.rowBytes)
	}
	b := s.img.Bounds()
	if y >= b.Dy() {
		return nil, corrupt("JPEG of %d rows", b.Dy())
	}
	samples := s.m.Samples
	if l.planes > 1 {
		samples = 1
	}
	first := int(from) / samples
	last := min(b.Dx(), (int(to)-1)/samples+1)
	for x := first; x < last; x++ {
		s.pixel(s.buf[x*samples:(x+1)*samples], b.Min.X+x, b.Min.Y+y)
	}
	return s.buf[from:to], nil
}

func (*jpegRows) close() {}

// pixel writes the samples of one pixel. Three components count as YCbCr in the decoder,
// although in a picture of red, green and blue they are just these.
func (s *jpegRows) pixel(out []byte, x, y int) {
	switch img := s.img.(type) {
	case *image.Gray:
		out[0] = img.Pix[img.PixOffset(x, y)]
	case *image.YCbCr:
		c := img.YCbCrAt(x, y)
		v := [3]uint8{c.Y, c.Cb, c.Cr}
		if s.m.Photometric == ColourYCbCr {
			v[0], v[1], v[2] = color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		}
		copy(out, v[:])
	case *image.CMYK:
		copy(out, img.Pix[img.PixOffset(x, y):][:4])
	default:
		r, g, b, _ := s.img.At(x, y).RGBA()
		copy(out, []byte{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)})
	}
}
