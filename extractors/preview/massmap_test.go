package preview_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/internal/fault"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// massMap is a map of 8 by 6 pixels, of which each of three peaks fills a part.
func massMap(integrated bool) *extractors.MassMap {
	m := &extractors.MassMap{
		Title: []string{"pFIB-ToF-SIMS Preview", "Tescan FIB, 30 kV", "4 depth slices"}, Integrated: integrated, Positive: true,
		Writes: 4, Height: 6, Width: 8, Peaks: 3,
	}
	m.Spectrum = func(context.Context) (masses, counts []float64, err error) {
		for i := range 2000 {
			mass := float64(i) / 20
			masses = append(masses, mass)
			light, heavy := mass-27, mass-56
			counts = append(counts, math.Floor(1000*math.Exp(-20*light*light)+500*math.Exp(-20*heavy*heavy)))
		}
		return masses, counts, nil
	}
	m.Counts = func(context.Context) (*extractors.MassCounts, error) {
		c := &extractors.MassCounts{Total: make([]float64, 48), PerWrite: []float64{40, 30, 20, 10}}
		for k, mass := range []float64{27, 48, 56} {
			ch := extractors.MassChannel{
				MassPeak: extractors.MassPeak{Label: "nominal", Mass: mass, Low: mass - 0.5, High: mass + 0.5},
				Map:      make([]float64, 48), PerWrite: []float64{1, 2, 3, float64(k)},
			}
			for i := range 16 {
				ch.Map[16*k+i] = 10
			}
			c.Top = append(c.Top, ch)
		}
		for i := range c.Total {
			c.Total[i] = float64(i)
		}
		return c, nil
	}
	m.Image = gradient(20, 10)
	return m
}

func gradient(w, h int) *extractors.Array {
	return &extractors.Array{
		Type: extractors.Uint8, Axes: []extractors.Axis{{Size: h, Scale: 1}, {Size: w, Scale: 1}},
		Source: extractors.RegionFunc(func(_ context.Context, start, count, step []int, dst []byte) error {
			for y := range count[0] {
				for x := range count[1] {
					dst[y*count[1]+x] = byte(start[1] + x*step[1] + start[0] + y*step[0])
				}
			}
			return nil
		}),
	}
}

func drawnMap(t *testing.T, m *extractors.MassMap) (image.Image, preview.Picture) {
	t.Helper()
	p, err := preview.Draw(t.Context(), &extractors.Signal{MassMap: m}, preview.Options{})
	require.NoError(t, err)
	return decoded(t, p.PNG), p
}

// count counts the pixels of a colour, exactly.
func countOf(img image.Image, r, g, b uint8) int {
	n := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if c := rgba(img, x, y); c.R == r && c.G == g && c.B == b && c.A == 255 {
				n++
			}
		}
	}
	return n
}

func TestMassMapOfPeaks(t *testing.T) {
	img, p := drawnMap(t, massMap(true))
	assert.Equal(t, image.Rect(0, 0, 1500, 1500), img.Bounds())
	assert.Empty(t, p.Note)
	_, again := drawnMap(t, massMap(true))
	assert.Equal(t, p.PNG, again.PNG, "the same each time")
	assert.Zero(t, rgba(img, 750, 100).A, "transparent above")
	assert.Equal(t, uint8(255), rgba(img, 10, 750).A, "opaque across")
	for i, c := range [3][3]uint8{{0xe4, 0x1a, 0x1c}, {0x4d, 0xaf, 0x4a}, {0x37, 0x7e, 0xb8}} {
		assert.Greater(t, countOf(img, c[0], c[1], c[2]), 400, "colour %d of legends and profiles", i)
	}
	for i, c := range [3][3]uint8{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}} {
		assert.Greater(t, countOf(img, c[0], c[1], c[2]), 9000, "a third of the composite, channel %d", i)
	}
	assert.Greater(t, countOf(img, 252, 255, 164), 500, "the upper end of the colour map")
}

func TestMassMapOfEvents(t *testing.T) {
	img, _ := drawnMap(t, massMap(false))
	assert.Greater(t, countOf(img, 0x46, 0x82, 0xb4), 400, "the profile in steel blue")
	assert.Zero(t, countOf(img, 255, 0, 0))
}

// TestMassMapWithoutParts draws what there is.
func TestMassMapWithoutParts(t *testing.T) {
	broken := nexuslims.E(nexuslims.Corrupt, "read", "", nil)
	for name, change := range map[string]func(m *extractors.MassMap){
		"image":    func(m *extractors.MassMap) { m.Image = nil },
		"counts":   func(m *extractors.MassMap) { m.Counts = nil },
		"spectrum": func(m *extractors.MassMap) { m.Spectrum = nil },
		"broken spectrum": func(m *extractors.MassMap) {
			m.Spectrum = func(context.Context) ([]float64, []float64, error) { return nil, nil, broken }
		},
		"broken counts": func(m *extractors.MassMap) {
			m.Counts = func(context.Context) (*extractors.MassCounts, error) { return nil, broken }
		},
		"no peaks": func(m *extractors.MassMap) {
			m.Counts = func(context.Context) (*extractors.MassCounts, error) {
				return &extractors.MassCounts{Total: make([]float64, 48), PerWrite: make([]float64, 4)}, nil
			}
		},
		"dark spectrum": func(m *extractors.MassMap) {
			m.Spectrum = func(context.Context) ([]float64, []float64, error) {
				return []float64{6, 7, math.Inf(1)}, []float64{0, math.NaN(), 0}, nil
			}
		},
		"odd values": func(m *extractors.MassMap) {
			m.Counts = func(context.Context) (*extractors.MassCounts, error) {
				return &extractors.MassCounts{Total: []float64{math.NaN(), 1}, PerWrite: []float64{math.Inf(1)}, Note: "half of it"}, nil
			}
		},
	} {
		for _, integrated := range []bool{true, false}[:max(1, 2/fault.Stride)] { // one under the race detector
			t.Run(fmt.Sprint(name, integrated), func(t *testing.T) {
				m := massMap(integrated)
				change(m)
				img, p := drawnMap(t, m)
				assert.Equal(t, 1500, img.Bounds().Dx())
				if name == "broken counts" || name == "broken spectrum" {
					assert.Contains(t, p.Note, "cannot be read")
				}
			})
		}
	}
	_, err := preview.Draw(t.Context(), &extractors.Signal{MassMap: &extractors.MassMap{}}, preview.Options{})
	require.ErrorIs(t, err, nexuslims.Unsupported)
}

func TestMassMapOfAStoreThatFails(t *testing.T) {
	m := massMap(true)
	m.Counts = func(context.Context) (*extractors.MassCounts, error) {
		return nil, nexuslims.E(nexuslims.Transient, "read", "", errors.New("gone"))
	}
	_, err := preview.Draw(t.Context(), &extractors.Signal{MassMap: m}, preview.Options{})
	require.ErrorIs(t, err, nexuslims.Transient)
}

func TestMassMapOfManyWrites(t *testing.T) {
	for _, n := range []int{1, 51, 1301} {
		m := massMap(false)
		m.Writes = n
		m.Counts = func(context.Context) (*extractors.MassCounts, error) {
			c := &extractors.MassCounts{Total: make([]float64, 48), PerWrite: make([]float64, n)}
			for i := range c.PerWrite {
				c.PerWrite[i] = 1e6 + float64(i)
			}
			return c, nil
		}
		img, _ := drawnMap(t, m)
		assert.Positive(t, countOf(img, 0x46, 0x82, 0xb4), n)
	}
}
