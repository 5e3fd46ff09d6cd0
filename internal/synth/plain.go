package synth

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"strings"
)

// PNG returns a picture as an 8-bit gray PNG.
func PNG(p Picture) ([]byte, error) {
	img := &image.Gray{Pix: p.Bytes(), Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

// TIFFText is a tag of a TIFF file that holds text.
type TIFFText struct {
	ID   uint16
	Text string
}

// TIFF returns a picture as a little-endian 16-bit gray TIFF of one strip, with further
// tags that vendors use for their metadata. IDs must be above 278.
func TIFF(p Picture, texts ...TIFFText) []byte {
	pixels := p.Uint16()
	type entry struct {
		id, kind    uint16
		count, data uint32
	}
	width, height, size := uint32(p.Width), uint32(p.Height), uint32(len(pixels))
	entries := []entry{
		{256, 4, 1, width},
		{257, 4, 1, height},
		{258, 3, 1, 16},
		{259, 3, 1, 1},
		{262, 3, 1, 1},
		{273, 4, 1, 8},
		{277, 3, 1, 1},
		{278, 4, 1, height},
		{279, 4, 1, size},
	}
	out := []byte{'I', 'I', 42, 0, 0, 0, 0, 0}
	out = append(out, pixels...)
	for _, t := range texts {
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
		e := entry{t.ID, 2, uint32(len(t.Text) + 1), uint32(len(out))}
		if e.count <= 4 {
			var inline [4]byte
			copy(inline[:], t.Text)
			e.data = binary.LittleEndian.Uint32(inline[:])
		} else {
			out = append(out, t.Text...)
			out = append(out, 0)
		}
		entries = append(entries, e)
	}
	if len(out)%2 == 1 {
		out = append(out, 0)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(entries)))
	for _, e := range entries {
		out = binary.LittleEndian.AppendUint16(out, e.id)
		out = binary.LittleEndian.AppendUint16(out, e.kind)
		out = binary.LittleEndian.AppendUint32(out, e.count)
		out = binary.LittleEndian.AppendUint32(out, e.data)
	}
	return append(out, 0, 0, 0, 0)
}

// Text returns lines as a text file.
func Text(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
