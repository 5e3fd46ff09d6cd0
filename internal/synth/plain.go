package synth

import (
	"bytes"
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

// Text returns lines as a text file.
func Text(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
