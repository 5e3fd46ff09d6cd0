package preview_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func draw(t *testing.T, s *extractors.Signal, o preview.Options) image.Image {
	t.Helper()
	p, err := preview.Draw(context.Background(), s, o)
	require.NoError(t, err)
	return decoded(t, p.PNG)
}

func decoded(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	return img
}

func rgba(img image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
}

// boxOf returns the smallest rectangle around the pixels of a sort.
func boxOf(img image.Image, is func(c color.RGBA) bool) image.Rectangle {
	var box image.Rectangle
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if is(rgba(img, x, y)) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func opaque(c color.RGBA) bool { return c.A > 0 }

func near(t *testing.T, want, got image.Rectangle, what string) {
	t.Helper()
	low, high := want.Min.Sub(got.Min), want.Max.Sub(got.Max)
	for i, d := range [4]int{low.X, low.Y, high.X, high.Y} {
		assert.LessOrEqual(t, max(d, -d), 2, "%s: side %d of %v, want %v", what, i, got, want)
	}
}

func TestDrawIsDeterministicAndSquare(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			first, err := preview.Draw(context.Background(), k.signal(), k.options)
			require.NoError(t, err)
			assert.Empty(t, first.Note)
			img := decoded(t, first.PNG)
			assert.Equal(t, image.Rect(0, 0, 500, 500), img.Bounds())
			again, err := preview.Draw(context.Background(), k.signal(), k.options)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(first.PNG, again.PNG), "the same to the byte")
		})
	}
}

func TestDrawConcurrently(t *testing.T) {
	s, pictures := annotated(), make([]preview.Picture, 3)
	var wait sync.WaitGroup
	for i := range pictures {
		wait.Go(func() { pictures[i], _ = preview.Draw(context.Background(), s, preview.Options{Size: 200}) })
	}
	wait.Wait()
	require.NotEmpty(t, pictures[0].PNG)
	assert.Equal(t, pictures[0], pictures[1])
	assert.Equal(t, pictures[0], pictures[2])
}

func TestImageLayout(t *testing.T) {
	flat := func(title string, scale float64) *extractors.Signal {
		// The upper half is black.
		value := func(at []int) float64 { return 100 + 50*math.Floor(float64(at[0])/1024) }
		return titled(signal(extractors.Uint16, value, axis("y", 2048, scale, "nm"), axis("x", 2048, scale, "nm")), title)
	}
	t.Run("titled", func(t *testing.T) {
		img := draw(t, flat("test_file_1", 1601.0/2048), preview.Options{})
		near(t, image.Rect(0, 23, 499, 477), boxOf(img, opaque), "opaque box")
		assert.Equal(t, color.RGBA{}, rgba(img, 250, 10))
		var upper image.Rectangle
		for y := 48; y < 500; y++ {
			for x := range 500 {
				if rgba(img, x, y) == (color.RGBA{0, 0, 0, 255}) && y < 300 {
					upper = upper.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		near(t, image.Rect(44, 52, 457, 52+413/2), upper, "upper half of the image")
		assert.Equal(t, color.RGBA{255, 255, 255, 255}, rgba(img, 20, 250))
	})
	for _, c := range []struct {
		name, title string
		scale       float64
		from, to, y int
	}{
		{"bar of a titled image", "a", 1601.0 / 2048, 63, 167, 445},
		{"bar of an untitled image", "", 600.0 / 112 * 476 / 2048, 35, 147, 464},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := flat(c.title, c.scale)
			s.Data.Source = made{
				extractors.Uint16, func(at []int) float64 { return float64(at[0] % 3) }, s.Data.Source.(made).read,
			}
			img := draw(t, s, preview.Options{})
			from, to := 0, 0
			for x := c.from - 15; x < 300; x++ {
				if rgba(img, x, c.y) == (color.RGBA{255, 255, 255, 255}) && rgba(img, x, c.y-1).R == 255 {
					if from == 0 {
						from = x
					}
					to = x + 1
				}
			}
			assert.InDelta(t, c.from, from, 2)
			assert.InDelta(t, c.to-c.from, to-from, 2)
			assert.Equal(t, uint8(0), rgba(img, from-1, c.y).R, "dark rim")
		})
	}
}

func TestGrayIsPaletteWithTransparentEntry(t *testing.T) {
	img := draw(t, micrograph(), preview.Options{})
	p, ok := img.(*image.Paletted)
	require.True(t, ok)
	_, _, _, alpha := p.Palette[0].RGBA()
	assert.Zero(t, alpha)
	assert.Equal(t, color.RGBA{}, rgba(img, 0, 0))
	assert.Equal(t, color.RGBA{255, 255, 255, 255}, rgba(img, 10, 100))
}

func TestHotPixelsDoNotBlacken(t *testing.T) {
	value := func(at []int) float64 {
		if at[0] == 50 && at[1] == 50 {
			return 1e9
		}
		return float64(100 + at[1])
	}
	img := draw(t, signal(extractors.Float64, value, axis("y", 200, 1, ""), axis("x", 200, 1, "")), preview.Options{})
	assert.Greater(t, rgba(img, 480, 250).R, uint8(240))
	assert.InDelta(t, 127, int(rgba(img, 250, 250).R), 6)
}

func TestBlankedImageUsesExtremes(t *testing.T) {
	value := func(at []int) float64 {
		if at[0] == 20 && at[1] == 20 {
			return 7
		}
		return 0
	}
	img := draw(t, signal(extractors.Int32, value, axis("y", 41, 1, ""), axis("x", 41, 1, "")), preview.Options{})
	assert.Equal(t, uint8(255), rgba(img, 249, 249).R)
	assert.Equal(t, uint8(0), rgba(img, 60, 60).R)
}

func TestDiffractionShowsTheRoot(t *testing.T) {
	ramp := func() *extractors.Signal {
		return signal(extractors.Uint16, func(at []int) float64 { return float64(at[1]) },
			axis("y", 400, 1, ""), axis("x", 400, 1, ""))
	}
	linear, root := draw(t, ramp(), preview.Options{}), draw(t, diffraction(ramp()), preview.Options{})
	x := 12 + 476/4
	assert.InDelta(t, 64, int(rgba(linear, x, 200).R), 3)
	assert.InDelta(t, 127, int(rgba(root, x, 200).R), 3)
}

func TestStrangePixels(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, v := range map[string]func(at []int) float64{
		"constant":    func([]int) float64 { return 5 },
		"zero":        func([]int) float64 { return 0 },
		"all NaN":     func([]int) float64 { return nan },
		"infinite":    func([]int) float64 { return inf },
		"huge range":  func(at []int) float64 { return float64(at[0]%2*2-1) * 3e38 },
		"tiny range":  func(at []int) float64 { return float64(at[0]%2) * 1e-44 },
		"some absent": func(at []int) float64 { return []float64{nan, -inf, inf, 1, 2}[(at[0]+at[len(at)-1])%5] },
	} {
		t.Run(name, func(t *testing.T) {
			for _, axes := range [][]extractors.Axis{
				{axis("y", 70, 1, "nm"), axis("x", 90, 1, "nm")},
				{axis("E", 90, 1, "eV")},
				{nav("x", 4), axis("E", 90, 1, "eV")},
				{nav("y", 2), nav("x", 4), axis("E", 90, 1, "eV")},
				{nav("t", 3), axis("y", 30, 1, "nm"), axis("x", 30, 1, "nm")},
				{nav("v", 3), nav("u", 3), axis("y", 30, 1, "nm"), axis("x", 30, 1, "nm")},
			} {
				img := draw(t, signal(extractors.Float32, v, axes...), preview.Options{Size: 200})
				if len(axes) == 2 && axes[0].Name == "y" && name != "huge range" && name != "tiny range" && name != "some absent" {
					assert.Equal(t, color.RGBA{0, 0, 0, 255}, rgba(img, 100, 60), "black")
				}
			}
		})
	}
}

func TestStrangeSizes(t *testing.T) {
	one := func([]int) float64 { return 1 }
	for name, axes := range map[string][]extractors.Axis{
		"one pixel":        {axis("y", 1, 1, "nm"), axis("x", 1, 1, "nm")},
		"needle":           {axis("y", 1, 1, "nm"), axis("x", 20000, 1, "nm")},
		"pole":             {axis("y", 20000, 1, "nm"), axis("x", 1, 1, "nm")},
		"one channel":      {axis("E", 1, 1, "eV")},
		"one position":     {nav("x", 1), axis("E", 20, 1, "eV")},
		"one spectrum":     {nav("y", 1), nav("x", 1), axis("E", 20, 1, "eV")},
		"one frame":        {nav("t", 1), axis("y", 5, 1, "nm"), axis("x", 5, 1, "nm")},
		"needle frames":    {nav("t", 9), axis("y", 1, 1, "nm"), axis("x", 3000, 1, "nm")},
		"pole frames":      {nav("t", 9), axis("y", 3000, 1, "nm"), axis("x", 1, 1, "nm")},
		"needle tableau":   {nav("v", 3), nav("u", 3), axis("y", 1, 1, "nm"), axis("x", 3000, 1, "nm")},
		"two of a tableau": {nav("v", 1), nav("u", 2), axis("y", 9, 1, "nm"), axis("x", 9, 1, "nm")},
		"no axes":          {},
		"odd calibration":  {axis("E", 9, math.Inf(1), "eV")},
		"odd pixel size":   {axis("y", 9, math.NaN(), "nm"), axis("x", 9, math.NaN(), "nm")},
		"falling axis":     {axis("E", 9, -1, "eV")},
	} {
		t.Run(name, func(t *testing.T) {
			img := draw(t, titled(signal(extractors.Uint8, one, axes...), name), preview.Options{Size: 200})
			assert.False(t, boxOf(img, opaque).Empty())
		})
	}
}

func TestElementTypes(t *testing.T) {
	for k := extractors.Uint8; k <= extractors.Bool8; k++ {
		t.Run(k.String(), func(t *testing.T) {
			value := func(at []int) float64 { return float64(at[1] / 5) }
			img := draw(t, signal(k, value, axis("y", 10, 1, ""), axis("x", 10, 1, "")), preview.Options{})
			assert.Equal(t, uint8(0), rgba(img, 100, 100).R)
			assert.Equal(t, uint8(255), rgba(img, 400, 400).R)
		})
	}
}

func TestReadsOnlyWhatIsDrawn(t *testing.T) {
	one := func(at []int) float64 { return float64(at[0]) }
	t.Run("spectrum image", func(t *testing.T) {
		s := signal(extractors.Float32, one, nav("y", 1000), nav("x", 1000), axis("E", 100, 1, "eV"))
		draw(t, s, preview.Options{})
		assert.EqualValues(t, 900, readBy(s))
	})
	t.Run("series", func(t *testing.T) {
		s := signal(extractors.Uint8, one, nav("t", 1000), axis("y", 64, 1, "nm"), axis("x", 64, 1, "nm"))
		draw(t, s, preview.Options{})
		assert.EqualValues(t, 5*64*64, readBy(s))
	})
	t.Run("hyperimage", func(t *testing.T) {
		s := signal(extractors.Uint8, one, nav("v", 100), nav("u", 100), axis("y", 64, 1, "nm"), axis("x", 64, 1, "nm"))
		draw(t, s, preview.Options{})
		assert.EqualValues(t, 9*64*64, readBy(s))
	})
	t.Run("limit of pixels", func(t *testing.T) {
		s := signal(extractors.Uint8, one, axis("y", 1<<20, 1, "nm"), axis("x", 1<<20, 1, "nm"))
		draw(t, s, preview.Options{MaxPixels: 1 << 16})
		assert.LessOrEqual(t, readBy(s), int64(1<<16))
	})
}

// panicking fails in a way of its own.
type panicking struct{ err error }

func (p panicking) ReadRegion(context.Context, extractors.Region, []byte) error {
	if p.err != nil {
		return p.err
	}
	panic("a fault of an extension")
}

func TestFailures(t *testing.T) {
	image := func(src extractors.PixelSource) *extractors.Signal {
		s := micrograph()
		s.Data.Source = src
		return s
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	broken := nexuslims.E(nexuslims.Corrupt, "read block", "", errors.New("cut off"))
	for _, c := range []struct {
		name   string
		ctx    context.Context
		signal *extractors.Signal
		kind   nexuslims.Kind
		text   string
	}{
		{
			"reason of the extractor", context.Background(), &extractors.Signal{NoPreview: "packed"},
			nexuslims.Unsupported, "packed",
		},
		{"nothing there", context.Background(), &extractors.Signal{}, nexuslims.Unsupported, "nothing to draw"},
		{"panic in a reader", context.Background(), image(panicking{}), nexuslims.Internal, "panic"},
		{"broken file", context.Background(), image(panicking{broken}), nexuslims.Corrupt, "cut off"},
		{"no source", context.Background(), image(nil), nexuslims.Unsupported, "cannot be read"},
		{"canceled", ended, micrograph(), nexuslims.Canceled, "canceled"},
		{"empty axis", context.Background(), signal(extractors.Uint8, nil, axis("y", 0, 1, ""),
			axis("x", 4, 1, "")), nexuslims.Invalid, "0 elements"},
		{"too many elements", context.Background(), signal(extractors.Uint8, nil,
			axis("y", math.MaxInt, 1, ""), axis("x", math.MaxInt, 1, "")), nexuslims.Invalid, "counted"},
		{"binary data", context.Background(), textOf("ab\x00\x01"), nexuslims.Unsupported, "not a text"},
		{"no picture", context.Background(), pictureOf(nil), nexuslims.Invalid, "empty picture"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := preview.Draw(c.ctx, c.signal, preview.Options{})
			require.Error(t, err)
			assert.Equal(t, c.kind, nexuslims.KindOf(err), "%v", err)
			assert.ErrorContains(t, err, c.text)
		})
	}
}

// waiting blocks until the context ends.
type waiting struct{}

func (waiting) ReadRegion(ctx context.Context, _ extractors.Region, _ []byte) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestTimeLimit(t *testing.T) {
	s := micrograph()
	s.Data.Source = waiting{}
	_, err := preview.Draw(context.Background(), s, preview.Options{TimeLimit: time.Millisecond})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, nexuslims.Transient, nexuslims.KindOf(err))
}

func TestTitle(t *testing.T) {
	s := func() *extractors.Signal { return titled(micrograph(), "") }
	stem := draw(t, s(), preview.Options{Title: "stem"})
	named := draw(t, titled(s(), "stem"), preview.Options{Title: "other"})
	assert.Equal(t, named, stem)
	numbered := draw(t, s(), preview.Options{Title: "stem", Index: 1, Count: 2})
	assert.NotEqual(t, stem, numbered)
	near(t, image.Rect(0, 15, 499, 485), boxOf(numbered, opaque), "figure of two lines")
}

func TestSpectrumLayout(t *testing.T) {
	blue := func(c color.RGBA) bool { return c == color.RGBA{0x1f, 0x77, 0xb4, 255} }
	s := func() *extractors.Signal {
		return labelled(signal(extractors.Float32, peaks(2048), axis("Energy", 2048, 0.01, "keV")), "Intensity")
	}
	img := draw(t, titled(s(), "EDS Spectrum"), preview.Options{})
	near(t, image.Rect(0, 65, 499, 434), boxOf(img, opaque), "titled figure")
	curve := boxOf(img, blue)
	assert.Greater(t, curve.Dx(), 400)
	assert.Greater(t, curve.Dy(), 200)
	near(t, image.Rect(0, 71, 499, 429), boxOf(draw(t, s(), preview.Options{}), opaque), "untitled figure")
}

func TestSpectrumImageHasNineCurves(t *testing.T) {
	s := signal(extractors.Float32, func(at []int) float64 { return float64(at[2] % 2) },
		nav("y", 10), nav("x", 10), axis("Energy", 60, 0.1, "keV"))
	img := draw(t, titled(s, "map"), preview.Options{})
	seen := map[color.RGBA]bool{}
	for y := range 500 {
		for x := range 500 {
			seen[rgba(img, x, y)] = true
		}
	}
	for _, c := range []color.RGBA{
		{0x1f, 0x77, 0xb4, 255},
		{0xff, 0x7f, 0x0e, 255},
		{0x2c, 0xa0, 0x2c, 255},
		{0xd6, 0x27, 0x28, 255},
		{0x94, 0x67, 0xbd, 255},
		{0x8c, 0x56, 0x4b, 255},
		{0xe3, 0x77, 0xc2, 255},
		{0x7f, 0x7f, 0x7f, 255},
		{0xbc, 0xbd, 0x22, 255},
	} {
		assert.True(t, seen[c], "%v", c)
	}
	assert.False(t, seen[color.RGBA{0x17, 0xbe, 0xcf, 255}])
	near(t, image.Rect(0, 62, 500, 438), boxOf(img, opaque), "figure")
}

func TestMarks(t *testing.T) {
	red := func(c color.RGBA) bool { return c == color.RGBA{255, 0, 0, 255} }
	reddish := func(c color.RGBA) bool { return c.R > 120 && c.G < 30 && c.B < 30 }
	one := func(m extractors.Mark) image.Rectangle {
		s := signal(extractors.Uint8, func([]int) float64 { return 0 }, axis("y", 476, 1, ""), axis("x", 476, 1, ""))
		m.Red = 255
		s.Marks = []extractors.Mark{{Top: math.NaN(), Red: 255}, m}
		if m.Label != "" {
			return boxOf(draw(t, s, preview.Options{}), reddish)
		}
		return boxOf(draw(t, s, preview.Options{}), red)
	}
	at := extractors.Mark{Top: 100, Left: 150, Bottom: 200, Right: 350}
	want := image.Rect(162, 111, 363, 213)
	for _, shape := range []extractors.MarkShape{
		extractors.MarkLine, extractors.MarkArrow, extractors.MarkDoubleArrow,
		extractors.MarkRectangle, extractors.MarkEllipse,
	} {
		m := at
		m.Shape = shape
		got := one(m)
		assert.True(t, want.Inset(-3).Eq(got.Union(want.Inset(-3))), "shape %d: %v", shape, got)
		assert.Greater(t, got.Dx(), 190, "shape %d", shape)
	}
	dashed, filled := at, at
	dashed.Shape, dashed.Dashed = extractors.MarkRectangle, true
	filled.Shape, filled.Filled = extractors.MarkRectangle, true
	near(t, want, one(dashed), "dashed")
	near(t, want, one(filled), "filled")
	text := one(extractors.Mark{Shape: extractors.MarkText, Top: 100, Left: 470, Label: "at the edge"})
	assert.False(t, text.Empty())
	assert.LessOrEqual(t, text.Max.X, 488)
}

func TestPlaceholder(t *testing.T) {
	raw := preview.Placeholder("unsupported version 0x0230", 0)
	img := decoded(t, raw)
	assert.Equal(t, image.Rect(0, 0, 500, 500), img.Bounds())
	assert.Equal(t, raw, preview.Placeholder("unsupported version 0x0230", 0))
	assert.NotEqual(t, raw, preview.Placeholder("file is empty", 0))
	assert.Equal(t, 1000, decoded(t, preview.Placeholder("file is empty", 1000)).Bounds().Dx())
}
