package basic

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/tiff"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// remarks adds what the header of a picture says about it besides its size: the EXIF block
// of JPEG and PNG files, and the texts of PNG.
func remarks(f *extractors.File, s *extractors.Sheet, d decoder) {
	switch d.magic {
	case jpegMagic:
		exifTags(s, exifBlock(f))
	case pngMagic:
		pngRemarks(f, s)
	}
}

// exifTags adds the tags of an EXIF block that tell about the picture.
func exifTags(s *extractors.Sheet, block []byte) {
	t, err := tiff.Open(bytes.NewReader(block), int64(len(block)))
	if err != nil {
		return
	}
	d, _ := t.Directory(0)
	if d == nil {
		return
	}
	const tagEXIF = 34665
	parts := []*tiff.Directory{d}
	if off, ok := d.Number(tagEXIF); ok && off > 0 && off < float64(len(block)) {
		if more, _ := t.DirectoryAt(int64(off)); more != nil {
			parts = append(parts, more)
		}
	}
	for _, d := range parts {
		exifDirectory(s, d)
	}
}

func exifDirectory(s *extractors.Sheet, d *tiff.Directory) {
	for _, x := range []struct {
		id   uint16
		name string
		unit string
	}{
		{tagDescription, "Description", ""},
		{tagMake, "Make", ""},
		{tagModel, "Model", ""},
		{tagSoftware, "Software", ""},
		{tagDateTime, "Date and Time", ""},
		{tagArtist, "Artist", ""},
		{33432, "Copyright", ""},
		{33434, "Exposure Time", "s"},
		{33437, "F Number", ""},
		{34855, "ISO Speed", ""},
		{36867, "Original Date and Time", ""},
		{37386, "Focal Length", "mm"},
		{42036, "Lens Model", ""},
	} {
		v, err := d.Value(x.id, 1)
		if list, ok := v.(nexuslims.List); err != nil || ok && len(list) == 0 {
			continue
		} else if ok {
			v = list[0]
		}
		from := fmt.Sprintf("tag %d of the EXIF block", x.id)
		switch text, ok := v.(nexuslims.Text); {
		case ok:
			v = nexuslims.Text(nexuslims.CutText(strings.TrimSpace(nexuslims.ValidText(string(text))), maxRemark, "…"))
			s.Put(v, from, "extensions", x.name)
		case x.unit != "":
			s.PutQuantity(v, x.unit, from, "extensions", x.name)
		default:
			s.Put(v, from, "extensions", x.name)
		}
	}
}

// maxChunks bounds the chunks of a PNG file that are looked at.
const maxChunks = 256

// pngChunks calls a function for the chunks of a PNG file before its pixels, and for a few
// after them: a length, a name of four letters, the data and a checksum (PNG, third edition,
// 5.3). Data of over a megabyte are left out.
func pngChunks(f *extractors.File, found func(name string, data []byte)) {
	const maxChunk, signature = 1 << 20, 8
	left := int64(maxChunk) // of all that is read
	at := int64(signature)
	for range maxChunks {
		head, err := f.Read(at, 8)
		if err != nil {
			return
		}
		n, name := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		switch name {
		case "tEXt", "iTXt", "eXIf", "pHYs", "tIME":
			if left -= n; left < 0 {
				return
			}
			data, err := f.Read(at+8, n)
			if err != nil {
				return
			}
			found(name, data)
		case "IEND":
			return
		}
		at += 12 + n
	}
}

// pngRemarks adds texts, time and resolution of a PNG file.
func pngRemarks(f *extractors.File, s *extractors.Sheet) {
	pngChunks(f, func(name string, data []byte) {
		switch name {
		case "eXIf":
			exifTags(s, data)
		case "tEXt":
			key, text, ok := bytes.Cut(data, []byte{0})
			if ok {
				pngText(s, string(key), latin1(text))
			}
		case "iTXt":
			internationalText(s, data)
		case "pHYs":
			pngResolution(s, data)
		}
	})
}

// pngText adds a text of which the standard names the meaning (11.3.3.2).
func pngText(s *extractors.Sheet, key, text string) {
	name, ok := map[string]string{
		"Title": "Title", "Author": "Artist", "Description": "Description", "Copyright": "Copyright",
		"Creation Time": "Date and Time", "Software": "Software", "Source": "Source", "Comment": "Comment",
	}[key]
	if !ok {
		return
	}
	text = nexuslims.CutText(strings.TrimSpace(nexuslims.ValidText(text)), maxRemark, "…")
	s.Put(nexuslims.Text(text), "the text "+key, "extensions", name)
}

// internationalText reads a text in UTF-8 that is not compressed: key, zero, two flags, and
// after two more texts that end with zero the text itself (11.3.3.4).
func internationalText(s *extractors.Sheet, data []byte) {
	key, rest, ok := bytes.Cut(data, []byte{0})
	if !ok || len(rest) < 2 || rest[0] != 0 {
		return
	}
	if parts := bytes.SplitN(rest[2:], []byte{0}, 3); len(parts) == 3 {
		pngText(s, string(key), string(parts[2]))
	}
}

// pngResolution adds the pixels per metre as dots per inch, which is for printing.
func pngResolution(s *extractors.Sheet, data []byte) {
	const inch = 0.0254
	if len(data) < 9 || data[8] != 1 {
		return
	}
	x, y := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if x == 0 || y == 0 {
		return
	}
	text := fmt.Sprintf("%.0f x %.0f dots per inch", float64(x)*inch, float64(y)*inch)
	s.Put(nexuslims.Text(text), "the chunk pHYs", "extensions", "Print Resolution")
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}
