package basic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	maxPixels = 178_956_970 // of one picture
	maxFile   = 1 << 30     // bytes of a picture that is decoded
)

type decoder struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

const (
	jpegMagic = "\xff\xd8"
	pngMagic  = "\x89PNG"
)

// decoders are chosen by the first bytes, whatever the extension says.
func decoders() []decoder {
	return []decoder{
		{pngMagic, png.DecodeConfig, png.Decode},
		{jpegMagic, jpeg.DecodeConfig, jpeg.Decode},
		{"GIF8", gif.DecodeConfig, gif.Decode},
		{"BM", bmp.DecodeConfig, bmp.Decode},
	}
}

// picture adds dimensions and colour model of a picture and the handle on its pixels.
// A file that is no picture stays as it is.
func picture(f *extractors.File, sheet *extractors.Sheet, s *extractors.Signal, r *extractors.Result) {
	head, err := f.Head(8)
	if err == nil && tiff.Is(head) {
		readTIFF(f, sheet, s, r)
		return
	}
	d, ok := decoderOf(f)
	if !ok {
		r.Warnings = append(r.Warnings, "the file is not a picture of its extension")
		return
	}
	s.Picture = func(ctx context.Context) (image.Image, error) { return decode(ctx, f, d) }
	remarks(f, sheet, d)
	c, err := d.header(f)
	if err != nil {
		r.Warnings = append(r.Warnings, "the picture cannot be decoded: "+err.Error())
		return
	}
	sheet.Put(nexuslims.Text(fmt.Sprintf("(%d, %d)", c.Height, c.Width)), "the header of the picture", "Data Dimensions")
	sheet.Put(nexuslims.Text(modelName(c.ColorModel)), "the header of the picture", "extensions", "Color Model")
}

func decoderOf(f *extractors.File) (decoder, bool) {
	head, err := f.Head(8)
	if err != nil {
		return decoder{}, false
	}
	for _, d := range decoders() {
		if bytes.HasPrefix(head, []byte(d.magic)) {
			return d, true
		}
	}
	return decoder{}, false
}

func section(f *extractors.File) io.Reader { return io.NewSectionReader(f, 0, f.Size()) }

// maxHeader bounds what is read to find the dimensions.
const maxHeader = 16 << 20

func (d decoder) header(f *extractors.File) (image.Config, error) {
	size := min(f.Size(), maxHeader)
	return safely(func() (image.Config, error) { return d.config(io.NewSectionReader(f, 0, size)) })
}

// decode returns the picture; one that breaks off together with an error.
func decode(ctx context.Context, f *extractors.File, d decoder) (image.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.Canceled, "decode picture", "", err)
	}
	if f.Size() > maxFile {
		return nil, nexuslims.E(nexuslims.Unsupported, "decode picture", "", fmt.Errorf("file of over %d bytes", maxFile))
	}
	c, err := d.header(f)
	if err != nil {
		return nil, nexuslims.E(readKind(err), "decode picture", "", err)
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width) > maxPixels/int64(c.Height) {
		return nil, nexuslims.E(nexuslims.Unsupported, "decode picture", "", fmt.Errorf("%d x %d pixels", c.Width, c.Height))
	}
	orientation := turn(f, d)
	img, err := safely(func() (image.Image, error) { return d.decode(section(f)) })
	if err != nil {
		kind := readKind(err)
		if kind != nexuslims.Corrupt {
			return nil, nexuslims.E(kind, "decode picture", "", err)
		}
		return upright(partial(f, d, c), orientation), nexuslims.E(kind, "decode picture", "", err)
	}
	return upright(img, orientation), nil
}

// readKind tells a fault of the store from damage.
func readKind(err error) nexuslims.Kind {
	for _, kind := range []nexuslims.Kind{nexuslims.Transient, nexuslims.Permission} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nexuslims.Corrupt
}

// safely turns a panic of a decoder into an error.
func safely[T any](call func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the decoder gave up on damaged data")
		}
	}()
	return call()
}

func modelName(m color.Model) string {
	if _, ok := m.(color.Palette); ok {
		return "palette"
	}
	switch m {
	case color.GrayModel:
		return "gray, 8 bit"
	case color.Gray16Model:
		return "gray, 16 bit"
	case color.RGBAModel, color.NRGBAModel:
		return "RGB, 8 bit"
	case color.RGBA64Model, color.NRGBA64Model:
		return "RGB, 16 bit"
	case color.YCbCrModel, color.NYCbCrAModel:
		return "YCbCr"
	case color.CMYKModel:
		return "CMYK"
	}
	return ""
}
