package preview_test

import (
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

// halves is an image whose upper rows have one range of values and whose lower rows
// another.
func halves(t extractors.ElementType, size, border int, upper, lower [2]float64) *extractors.Signal {
	return signal(t, func(at []int) float64 {
		v := upper
		if at[0] >= border {
			v = lower
		}
		return v[at[1]*2/size]
	}, axis("y", size, 1, ""), axis("x", size, 1, ""))
}

func TestShadesAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		kind extractors.ElementType
		asIs bool
		want [2]uint8
	}{
		"shades":       {extractors.Uint8, true, [2]uint8{100, 140}},
		"numbers":      {extractors.Uint8, false, [2]uint8{0, 255}},
		"sixteen bits": {extractors.Uint16, true, [2]uint8{0, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			s := halves(c.kind, 64, 64, [2]float64{100, 140}, [2]float64{})
			s.AsIs = c.asIs
			img := draw(t, s, preview.Options{})
			assert.Equal(t, color.RGBA{c.want[0], c.want[0], c.want[0], 255}, rgba(img, 120, 250))
			assert.Equal(t, color.RGBA{c.want[1], c.want[1], c.want[1], 255}, rgba(img, 380, 250))
		})
	}
}

func TestShadesOfDiffractionAreKept(t *testing.T) {
	s := diffraction(halves(extractors.Uint8, 64, 64, [2]float64{64, 128}, [2]float64{}))
	s.AsIs = true
	assert.Equal(t, color.RGBA{64, 64, 64, 255}, rgba(draw(t, s, preview.Options{}), 120, 250))
}

func TestContrastOfTheRowsAboveTheBar(t *testing.T) {
	for name, o := range map[string]preview.Options{"all read": {}, "read in steps": {MaxPixels: 1 << 12}} {
		t.Run(name, func(t *testing.T) {
			scan, bar := [2]float64{1000, 1400}, [2]float64{0, 65535}
			s := halves(extractors.Uint16, 400, 360, scan, bar)
			gray := rgba(draw(t, s, o), 380, 100).R
			assert.Less(t, gray, uint8(20), "the bar takes the range")
			s.ContrastRows = 360
			img := draw(t, s, o)
			for _, c := range []struct {
				x, y int
				want uint8
			}{{120, 100, 0}, {380, 100, 255}, {120, 470, 0}, {380, 470, 255}} {
				assert.Equal(t, c.want, rgba(img, c.x, c.y).R, "%v", c)
			}
			s.ContrastRows = 10000 // more than there are
			assert.Equal(t, gray, rgba(draw(t, s, o), 380, 100).R)
		})
	}
}

// TestScaleBarStandsAboveTheInformationBar finds no bright pixel among the dark rows of the
// information bar, where the scale bar stands without it.
func TestScaleBarStandsAboveTheInformationBar(t *testing.T) {
	bright := func(rows int) (above, below int) {
		s := signal(extractors.Uint8, func([]int) float64 { return 0 }, axis("y", 400, 2, "nm"), axis("x", 400, 2, "nm"))
		s.ContrastRows = rows
		img := draw(t, s, preview.Options{})
		for y := 40; y < 485; y++ {
			for x := 20; x < 480; x++ {
				if rgba(img, x, y).R < 200 {
					continue
				}
				if y < 415 {
					above++
				} else {
					below++
				}
			}
		}
		return above, below
	}
	above, below := bright(0)
	assert.Zero(t, above)
	assert.Positive(t, below)
	above, below = bright(340)
	assert.Positive(t, above)
	assert.Zero(t, below)
}
