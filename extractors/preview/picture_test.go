package preview_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

func TestPictureAlpha(t *testing.T) {
	filled := func(c color.NRGBA) *image.NRGBA {
		img := image.NewNRGBA(image.Rect(0, 0, 20, 10))
		for y := range 10 {
			for x := range 20 {
				img.SetNRGBA(x, y, c)
			}
		}
		return img
	}
	invisible := draw(t, pictureOf(filled(color.NRGBA{200, 100, 50, 0})), preview.Options{})
	assert.Equal(t, color.RGBA{200, 100, 50, 255}, rgba(invisible, 250, 250), "alpha that is 0 everywhere does not count")
	assert.Equal(t, image.Rect(0, 125, 500, 375), boxOf(invisible, opaque))
	half := draw(t, pictureOf(filled(color.NRGBA{200, 100, 0, 51})), preview.Options{})
	assert.Equal(t, color.RGBA{244, 224, 204, 255}, rgba(half, 250, 250), "flattened on white")
	deep := image.NewNRGBA64(image.Rect(0, 0, 4, 4))
	for i := 0; i < len(deep.Pix); i += 2 {
		deep.Pix[i] = 77
	}
	assert.Equal(t, uint8(201), rgba(draw(t, pictureOf(deep), preview.Options{}), 250, 250).R,
		"77 of 255 with 77 of 255 opacity")
}

func TestPictureGray16(t *testing.T) {
	img := image.NewGray16(image.Rect(0, 0, 3, 1))
	img.SetGray16(1, 0, color.Gray16{Y: 1000})
	img.SetGray16(2, 0, color.Gray16{Y: 40000})
	got := draw(t, pictureOf(img), preview.Options{})
	assert.Equal(t, uint8(255), rgba(got, 450, 250).R)
	assert.Equal(t, uint8(0), rgba(got, 50, 250).R)
}

// turned is a picture with an orientation.
type turned struct {
	image.Image
	orientation int
}

func (t turned) Orientation() int { return t.orientation }

func TestPictureOrientation(t *testing.T) {
	// A red and a green pixel above a blue and a white one, each 10 wide and 20 high.
	img := image.NewRGBA(image.Rect(0, 0, 20, 40))
	red, green := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}
	blue, white := color.RGBA{0, 0, 255, 255}, color.RGBA{255, 255, 255, 255}
	for y := range 40 {
		for x := range 20 {
			img.SetRGBA(x, y, [][]color.RGBA{{red, green}, {blue, white}}[y/20][x/10])
		}
	}
	// The corners of the upright picture: top left, top right, bottom left, bottom right.
	for orientation, want := range map[int][4]color.RGBA{
		1: {red, green, blue, white}, 2: {green, red, white, blue},
		3: {white, blue, green, red}, 4: {blue, white, red, green},
		5: {red, blue, green, white}, 6: {blue, red, white, green},
		7: {white, green, blue, red}, 8: {green, white, red, blue},
		9: {red, green, blue, white},
	} {
		got := draw(t, pictureOf(turned{img, orientation}), preview.Options{})
		box := boxOf(got, opaque)
		assert.Equal(t, orientation >= 5 && orientation <= 8, box.Dx() > box.Dy(), "orientation %d", orientation)
		for i, c := range [4][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
			x, y := box.Min.X+box.Dx()*c[0]/4, box.Min.Y+box.Dy()*c[1]/4
			assert.Equal(t, want[i], rgba(got, x, y), "orientation %d, corner %d", orientation, i)
		}
	}
}

func TestPictureThatBreaksOff(t *testing.T) {
	s := &extractors.Signal{Picture: func(context.Context) (image.Image, error) {
		return image.NewGray(image.Rect(0, 0, 9, 9)), errors.New("cut off")
	}}
	p, err := preview.Draw(context.Background(), s, preview.Options{})
	require.NoError(t, err)
	assert.Contains(t, p.Note, "cut off")
}

func TestHook(t *testing.T) {
	s := &extractors.Signal{Draw: func(_ context.Context, size int) (image.Image, error) {
		img := image.NewRGBA(image.Rect(0, 0, size, size))
		img.SetRGBA(3, 4, color.RGBA{9, 8, 7, 255})
		return img, nil
	}}
	assert.Equal(t, color.RGBA{9, 8, 7, 255}, rgba(draw(t, s, preview.Options{Size: 300}), 3, 4))
}

func TestRealPictures(t *testing.T) {
	for name, shape := range map[string]image.Point{
		"test_image_thumb_source.png": {}, "test_image_thumb_source.jpg": {}, "test_image_thumb_source.bmp": {},
		"optical_Zeiss_AxioVision_BW.tif": {},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(testdata.Unpacked(t, "instrument-files/plain-images/"+name))
			require.NoError(t, err)
			defer func() { _ = f.Close() }()
			img, _, err := image.Decode(f)
			require.NoError(t, err)
			shape = img.Bounds().Size()
			got := draw(t, pictureOf(img), preview.Options{})
			ratio := 500 / float64(max(shape.X, shape.Y))
			box := boxOf(got, opaque)
			assert.InDelta(t, float64(shape.X)*ratio, box.Dx(), 1)
			assert.InDelta(t, float64(shape.Y)*ratio, box.Dy(), 1)
		})
	}
}
