package basic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

var _ preview.Oriented = oriented(nil)

type oriented interface {
	image.Image
	Orientation() int
	Unwrap() image.Image
}

// exif is a directory with one entry before the orientation.
func exif(order binary.AppendByteOrder, kind, value uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	entry := func(tag, kind, v uint16) {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), 1)
		b = append(order.AppendUint16(b, v), 0, 0)
	}
	entry(256, 3, 30)
	entry(274, kind, value)
	return append(b, 0, 0, 0, 0) // no further directory
}

// segment is one of a JPEG file.
func segment(marker byte, content []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...)
}

// inserted puts segments after the first two bytes of a JPEG file.
func inserted(t *testing.T, segments ...[]byte) []byte {
	t.Helper()
	data := picture(t, "a.jpg")
	return bytes.Join([][]byte{data[:2], bytes.Join(segments, nil), data[2:]}, nil)
}

func TestOrientation(t *testing.T) {
	block := func(b []byte) []byte { return segment(0xe1, append([]byte("Exif\x00\x00"), b...)) }
	turned := exif(binary.LittleEndian, 3, 6)
	far := bytes.Clone(turned)
	binary.LittleEndian.PutUint32(far[4:], 0xffffffff)
	for name, c := range map[string]struct {
		segments [][]byte
		want     int // 0: no orientation
	}{
		"little endian":          {[][]byte{block(turned)}, 6},
		"big endian":             {[][]byte{block(exif(binary.BigEndian, 3, 8))}, 8},
		"after others":           {[][]byte{segment(0xe0, []byte("JFIF\x00")), segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00")), block(turned)}, 6},
		"after filling":          {[][]byte{{0xff, 0xff}, block(turned)}, 6},
		"upright":                {[][]byte{block(exif(binary.LittleEndian, 3, 1))}, 0},
		"no such value":          {[][]byte{block(exif(binary.LittleEndian, 3, 9))}, 0},
		"another type":           {[][]byte{block(exif(binary.LittleEndian, 2, 6))}, 0},
		"directory beyond end":   {[][]byte{block(far)}, 0},
		"directory cut":          {[][]byte{block(turned[:24])}, 0},
		"header cut":             {[][]byte{block(turned[:6])}, 0},
		"without byte order":     {[][]byte{block([]byte("neither of them"))}, 0},
		"nothing in the segment": {[][]byte{segment(0xe1, nil)}, 0},
		"none":                   {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := extract(t, "a.jpg", inserted(t, c.segments...))
			assert.Empty(t, r.Warnings)
			assert.Equal(t, "(20, 30)", s.Meta.Text("Data Dimensions"), "as stored")
			img, err := s.Picture(context.Background())
			require.NoError(t, err)
			o, ok := img.(oriented)
			require.Equal(t, c.want > 0, ok)
			if ok {
				assert.Equal(t, c.want, o.Orientation())
				assert.IsType(t, &image.Gray{}, o.Unwrap())
				assert.Equal(t, image.Pt(30, 20), img.Bounds().Size())
			}
		})
	}
}
