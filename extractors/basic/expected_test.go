package basic_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestPicturesAgainstIndependentReader compares dimensions and pixels of ordinary pictures.
// Lossy pixels are compared by their mean: decoders round differently.
func TestPicturesAgainstIndependentReader(t *testing.T) {
	engine := reference.Engine(t, []extractors.Extractor{basic.New()})
	for _, name := range reference.Names(t, "plain-images", "png", "jpg", "jpeg", "bmp", "gif") {
		t.Run(name, func(t *testing.T) {
			want := reference.LoadExpected(t, "plain-images/"+name).All.Group("image")
			s := reference.Signals(t, engine, "plain-images/"+name, "")[0]
			size, _ := want.Get("size_wh").(nexuslims.List)
			require.Len(t, size, 2)
			assert.Equal(t, fmt.Sprintf("(%s, %s)", nexuslims.TextOf(size[1]), nexuslims.TextOf(size[0])), s.Meta.Text("Data Dimensions"))
			img, err := s.Picture(context.Background())
			require.NoError(t, err)
			pixels := samples(img, want.Text("mode"))
			if want.Text("format") == "JPEG" {
				assert.InDelta(t, reference.Number(want.At("data", "stats", "mean")), mean(pixels), 0.5)
				return
			}
			sum := sha256.Sum256(pixels)
			assert.Equal(t, want.Group("data").Text("sha256_le"), hex.EncodeToString(sum[:]))
		})
	}
}

// samples are the colours of a picture, row by row, with opacity where the mode has it.
func samples(img image.Image, mode string) []byte {
	var b []byte
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c, _ := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			b = append(b, c.R, c.G, c.B)
			if mode == "RGBA" {
				b = append(b, c.A)
			}
		}
	}
	return b
}

func mean(b []byte) float64 {
	sum := 0.0
	for _, v := range b {
		sum += float64(v)
	}
	return sum / float64(len(b))
}

// TestTextsAgainstIndependentReader compares encoding and number of lines.
func TestTextsAgainstIndependentReader(t *testing.T) {
	engine := reference.Engine(t, []extractors.Extractor{basic.New()})
	for _, name := range reference.Names(t, "text", "txt") {
		want := reference.LoadExpected(t, "text/"+name).All.Group("text")
		s := reference.Signals(t, engine, "text/"+name, "")[0]
		assert.Equal(t, "ascii", want.Text("encoding"), name)
		assert.Equal(t, nexuslims.Text("utf-8"), s.Meta.At("extensions", "Encoding"), "%s: ASCII is UTF-8", name)
		assert.True(t, nexuslims.Equal(want.Get("lines"), s.Meta.At("extensions", "Lines")), name)
	}
}
