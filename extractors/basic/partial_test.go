package basic_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/bmp"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// paint fills a picture with colours that differ from place to place.
func paint[I interface {
	image.Image
	Set(x, y int, c color.Color)
}](img I) I {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			img.Set(x, y, color.NRGBA{uint8(40 + x*2 + y), uint8(200 - y), uint8(x * y), 255})
		}
	}
	return img
}

// TestPictureThatBreaksOff gives the rows that are there, and says that it is not whole.
func TestPictureThatBreaksOff(t *testing.T) {
	size := image.Rect(0, 0, 96, 128)
	gray, colours := paint(image.NewGray(size)), paint(image.NewNRGBA(size))
	deep, few := paint(image.NewNRGBA64(size)), paint(image.NewPaletted(size, color.Palette{color.Black, color.White}))
	for name, c := range map[string]struct {
		img    image.Image
		encode func(b *bytes.Buffer, img image.Image) error
	}{
		"gray.png":    {gray, func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }},
		"colours.png": {colours, func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }},
		"deep.png":    {deep, func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }},
		"few.png":     {few, func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }},
		"gray.jpg":    {gray, func(b *bytes.Buffer, img image.Image) error { return jpeg.Encode(b, img, nil) }},
		"colours.jpg": {colours, func(b *bytes.Buffer, img image.Image) error { return jpeg.Encode(b, img, nil) }},
		"gray.bmp":    {gray, func(b *bytes.Buffer, img image.Image) error { return bmp.Encode(b, img) }},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, c.encode(&b, c.img))
			s, _ := extract(t, name, b.Bytes())
			whole, err := s.Picture(context.Background())
			require.NoError(t, err)
			s, _ = extract(t, name, b.Bytes()[:b.Len()*3/4])
			part, err := s.Picture(context.Background())
			require.ErrorIs(t, err, nexuslims.Corrupt)
			require.NotNil(t, part)
			assert.Equal(t, size, part.Bounds())
			at := func(i image.Image, y int) color.Color { return i.At(20, y) }
			here, missing := 3, 124
			if name == "gray.bmp" { // stored from below
				here, missing = missing, here
			}
			assert.Equal(t, at(whole, here), at(part, here), "a row that is there")
			assert.NotEqual(t, at(whole, missing), at(part, missing), "a row that is missing")
		})
	}
}

// TestPictureWithoutTheRest keeps to an error where nothing can be seen.
func TestPictureWithoutTheRest(t *testing.T) {
	for name, data := range map[string][]byte{
		"header.png": picture(t, "a.png")[:40], "a.gif": picture(t, "a.gif")[:60],
	} {
		s, _ := extract(t, name, data)
		require.NotNil(t, s.Picture, name)
		img, err := s.Picture(context.Background())
		assert.ErrorIs(t, err, nexuslims.Corrupt, name)
		assert.Nil(t, img, name)
	}
}

// TestInterlacedPictureThatBreaksOff has seven passes of rows; the decoder refuses any other
// number of bytes than they take.
func TestInterlacedPictureThatBreaksOff(t *testing.T) {
	for _, w := range []uint32{1, 3, 9, 16} {
		header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), 11)
		var pixels bytes.Buffer
		z := zlib.NewWriter(&pixels)
		_, err := z.Write([]byte{0, 0xff, 0x80, 0x40})
		require.NoError(t, err)
		require.NoError(t, z.Flush()) // the rest is missing
		data := bytes.Join([][]byte{
			[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 2, 0, 0, 1)), chunk("IDAT", pixels.Bytes()),
		}, nil)
		s, _ := extract(t, "a.png", data)
		img, err := s.Picture(context.Background())
		require.ErrorIs(t, err, nexuslims.Corrupt)
		require.NotNil(t, img, "width %d", w)
		assert.Equal(t, color.RGBA{0xff, 0x80, 0x40, 0xff}, img.At(0, 0))
	}
}

func chunk(name string, content []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), name...)
	b = append(b, content...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// TestPictureOfAStoreThatFails is no broken picture.
func TestPictureOfAStoreThatFails(t *testing.T) {
	data := picture(t, "a.png")
	show := func(r io.ReaderAt) (image.Image, error) {
		f := extractors.NewFile("a.png", r, int64(len(data)), time.Unix(0, 0), extractors.Context{})
		result, err := basic.New().Extract(context.Background(), f)
		require.NoError(t, err)
		return result.Signals[0].Picture(context.Background())
	}
	c := &fault.Counting{R: bytes.NewReader(data)}
	_, err := show(c)
	require.NoError(t, err)
	img, err := show(&fault.Failing{R: bytes.NewReader(data), Err: assert.AnError, After: c.Reads() - 1})
	require.ErrorIs(t, err, nexuslims.Transient)
	assert.Nil(t, img)
}
