package preview

import (
	"fmt"
	"sync"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-fonts/dejavu/dejavusansmono"
	"codeberg.org/go-fonts/dejavu/dejavusansoblique"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// style is one of the fonts.
type style int

const (
	plain style = iota
	bold
	oblique
	mono
)

// fonts returns the parsed fonts; a program that draws nothing never parses them.
var fonts = sync.OnceValues(func() ([]*opentype.Font, error) {
	var all []*opentype.Font
	for _, ttf := range [][]byte{dejavusans.TTF, dejavusansbold.TTF, dejavusansoblique.TTF, dejavusansmono.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("parse font: %w", err)
		}
		all = append(all, f)
	}
	return all, nil
})

type faceKey struct {
	style  style
	points float64
}

// face returns the font at a size in points of the 500-pixel picture, whose figures have
// 92 dots per inch and are reduced by 500/588. A face is not for concurrent use, so each
// canvas has its own.
func (c *canvas) face(s style, points float64) font.Face {
	k := faceKey{s, points}
	f, ok := c.faces[k]
	if !ok {
		var err error
		f, err = opentype.NewFace(c.fonts[s], &opentype.FaceOptions{
			Size: points * c.pt(1), DPI: 72, Hinting: font.HintingNone,
		})
		if err != nil {
			panic(fmt.Errorf("font face: %w", err)) // only an unknown hinting: Draw recovers
		}
		if c.loose {
			f = looseFace{f}
		}
		c.faces[k] = f
	}
	return f
}

// looseFace is a font that moves no letter closer to the one before.
type looseFace struct{ font.Face }

// Kern implements [font.Face].
func (looseFace) Kern(rune, rune) fixed.Int26_6 { return 0 }
