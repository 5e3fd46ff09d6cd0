package basic

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/nexuslims/nexuslims-go/extractors"
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

// upright returns the picture with its orientation, where the file names one.
func upright(f *extractors.File, d decoder, img image.Image) image.Image {
	if d.magic != jpegMagic {
		return img
	}
	if o := orientation(exifBlock(f)); o > 1 {
		return turned{img, o}
	}
	return img
}

// Bounds of what is looked at: EXIF stands among the first segments, and a directory has a
// few dozen entries.
const (
	maxSegments = 64
	maxEntries  = 1024
)

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
// TIFF file: byte order, 42, the offset of the directory, and there the number of entries of
// twelve bytes: tag, type, count, value. Zero where there is none that makes sense.
func orientation(block []byte) int {
	const tag, typeShort = 274, 3
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(block, []byte("II*\x00")):
	case bytes.HasPrefix(block, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 0
	}
	if len(block) < 8 {
		return 0
	}
	at := uint64(order.Uint32(block[4:]))
	if at+2 > uint64(len(block)) {
		return 0
	}
	entries := block[at+2:]
	for range min(order.Uint16(block[at:]), maxEntries) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == typeShort {
			if v := order.Uint16(entries[8:]); v >= 1 && v <= 8 {
				return int(v)
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
