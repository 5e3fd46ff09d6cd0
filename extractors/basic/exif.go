package basic

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
)

// turned is a picture that is to be turned to stand upright, as cameras store it that are
// held sideways.
type turned struct {
	image.Image
	orientation int
}

// Orientation returns how the picture is to be turned, 2 to 8 by the numbers of EXIF.
func (t turned) Orientation() int { return t.orientation }

// Unwrap returns the picture as it is stored.
func (t turned) Unwrap() image.Image { return t.Image }

// turn returns how a picture is to be turned, zero or one for not at all.
func turn(f *extractors.File, d decoder) int {
	var block []byte
	switch d.magic {
	case jpegMagic:
		block = exifBlock(f)
	case pngMagic:
		pngChunks(f, func(name string, data []byte) {
			if name == "eXIf" {
				block = data
			}
		})
	}
	return orientation(block)
}

// upright returns a picture with its orientation, where it has one.
func upright(img image.Image, orientation int) image.Image {
	if img == nil || orientation <= 1 {
		return img
	}
	return turned{img, orientation}
}

// maxSegments bounds what is looked at: EXIF stands among the first segments.
const maxSegments = 64

// exifBlock returns the EXIF block of a JPEG file: the segment APP1 that begins with "Exif"
// and two zeros (EXIF 2.3, 4.7.2). A segment is 0xFF, a marker, and a length of two bytes
// that counts itself. Nil where there is none.
func exifBlock(f *extractors.File) []byte {
	const app1, startOfScan = 0xe1, 0xda
	at := int64(len(jpegMagic))
	for range maxSegments {
		head, err := f.Read(at, 4)
		if err != nil || head[0] != 0xff || head[1] == startOfScan {
			return nil
		}
		if head[1] == 0xff { // markers may be preceded by any number of these
			at++
			continue
		}
		size := int64(binary.BigEndian.Uint16(head[2:]))
		if head[1] == app1 && size > 2 {
			segment, err := f.Read(at+4, size-2)
			if block, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); err == nil && ok {
				return block
			}
		}
		at += 2 + size
	}
	return nil
}

// orientation finds tag 274 in the first directory of an EXIF block, which is built like a
// TIFF file. Zero where there is none that makes sense.
func orientation(block []byte) int {
	const tag = 274
	f, err := tiff.Open(bytes.NewReader(block), int64(len(block)))
	if err != nil {
		return 0
	}
	d, _ := f.Directory(0)
	if d == nil {
		return 0
	}
	t, _ := d.Tag(tag)
	if v, ok := d.Number(tag); ok && t.Type == tiff.Short && v >= 1 && v <= 8 {
		return int(v)
	}
	return 0
}
