package basic

import (
	"bytes"
	"image"
	"io"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// maxPartial bounds the pixels, in bytes, of a picture that is put together from what is
// left of a file.
const maxPartial = 256 << 20

// partial decodes what there is of a picture that breaks off, nil where that cannot be done.
// The decoders give all or nothing; so the file is handed to them with something harmless in
// place of what is missing. Parts that were missing are black or grey.
func partial(f *extractors.File, d decoder, c image.Config) image.Image {
	room := 8 * int64(c.Width) * int64(c.Height)
	if room > maxPartial {
		return nil
	}
	img, err := safely(func() (image.Image, error) {
		switch d.magic {
		case pngMagic:
			return mendPNG(f, d)
		case jpegMagic:
			return mendJPEG(f, d, room)
		}
		return d.decode(padded(f, f.Size(), room))
	})
	if err != nil {
		return nil
	}
	return img
}

// padded returns the first bytes of a file followed by zeros.
func padded(f *extractors.File, size, zeros int64) *io.SectionReader {
	return io.NewSectionReader(&paddedFile{f, size}, 0, size+zeros)
}

// paddedFile is endless: from size on it consists of zeros.
type paddedFile struct {
	*extractors.File
	size int64
}

func (p *paddedFile) ReadAt(b []byte, off int64) (int, error) {
	there := int(min(max(0, p.size-off), int64(len(b))))
	clear(b[there:])
	if there > 0 {
		if n, err := p.File.ReadAt(b[:there], off); n < there {
			return n, err
		}
	}
	return len(b), nil
}

// mendJPEG continues the coded data with zeros, which every table of codes understands. They
// make an arbitrary pattern, which is covered. Of progressive files, whose first scans show
// the whole picture, the scan that breaks off is left out.
func mendJPEG(f *extractors.File, d decoder, zeros int64) (image.Image, error) {
	data, err := f.Head(maxPartial)
	if err != nil {
		return nil, err
	}
	ended := func(r io.Reader) io.Reader { return io.MultiReader(r, bytes.NewReader([]byte{0xff, 0xd9})) }
	if isProgressive(data) {
		last := max(0, bytes.LastIndex(data, []byte{0xff, 0xda}))
		return d.decode(ended(bytes.NewReader(data[:last])))
	}
	const back = 32 // bytes: what these change is where the data end
	img, err := d.decode(ended(padded(f, int64(len(data)), zeros)))
	if err != nil {
		return nil, err
	}
	before, err := d.decode(ended(padded(f, max(0, int64(len(data))-back), zeros)))
	if err != nil {
		return nil, err
	}
	cover(img, before)
	return img, nil
}

// isProgressive finds the start of a frame among the segments of a JPEG file.
func isProgressive(data []byte) bool {
	const progressive, startOfScan = 0xc2, 0xda
	for at := len(jpegMagic); at+4 <= len(data) && data[at] == 0xff; {
		switch marker := data[at+1]; marker {
		case progressive:
			return true
		case startOfScan:
			return false
		case 0xff:
			at++
			continue
		}
		at += 2 + int(data[at+2])<<8 + int(data[at+3])
	}
	return false
}

// cover makes a picture grey from the first row of blocks on that differs from another.
func cover(img, other image.Image) {
	const block, grey = 16, 0x80
	fill := func(pix []byte, from int) {
		for i := range pix[min(from, len(pix)):] {
			pix[from+i] = grey
		}
	}
	switch m := img.(type) {
	case *image.Gray:
		o, ok := other.(*image.Gray)
		if !ok {
			return
		}
		fill(m.Pix, firstDifference(m.Pix, o.Pix)/m.Stride/block*block*m.Stride)
	case *image.YCbCr:
		o, ok := other.(*image.YCbCr)
		if !ok {
			return
		}
		row := min(
			firstDifference(m.Y, o.Y)/m.YStride,
			firstDifference(m.Cb, o.Cb)/m.CStride, // counts fewer rows than the picture has: earlier, never later
		) / block * block
		fill(m.Y, row*m.YStride)
		chroma := m.COffset(m.Rect.Min.X, m.Rect.Min.Y+row)
		fill(m.Cb, chroma)
		fill(m.Cr, chroma)
	}
}

// firstDifference returns the first index at which two texts of bytes differ.
func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
