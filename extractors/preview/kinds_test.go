package preview_test

import (
	"context"
	"image"
	"math"
	"sync"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

// kind is one sort of preview with made data.
type kind struct {
	name    string
	signal  func() *extractors.Signal
	options preview.Options
}

func titled(s *extractors.Signal, title string) *extractors.Signal {
	s.Title = title
	return s
}

func labelled(s *extractors.Signal, label string) *extractors.Signal {
	s.DataLabel = label
	return s
}

func textOf(raw string) *extractors.Signal {
	return &extractors.Signal{Text: func(_ context.Context, n int) ([]byte, error) {
		return []byte(raw[:min(n, len(raw))]), nil
	}}
}

func pictureOf(img image.Image) *extractors.Signal {
	return &extractors.Signal{Picture: func(context.Context) (image.Image, error) { return img, nil }}
}

var micrographPixels = sync.OnceValue(func() []byte { return particlePixels(1024, extractors.Uint16) })

func micrograph() *extractors.Signal {
	s := titled(signal(extractors.Uint16, nil, axis("y", 1024, 2.5, "nm"), axis("x", 1024, 2.5, "nm")), "test_file_1")
	s.Data.Source = rows{1024, 2, micrographPixels()}
	return s
}

func annotated() *extractors.Signal {
	s := micrograph()
	s.Title = `Cost $5_a \{b} 642_Titan_opmode`
	s.Marks = []extractors.Mark{
		{
			Shape: extractors.MarkRectangle, Top: 500, Left: 500, Bottom: 800, Right: 850, Dashed: true, Green: 255,
			Label: "Spectrum Image",
		},
		{
			Shape: extractors.MarkRectangle, Top: 100, Left: 60, Bottom: 200, Right: 200, Filled: true, Red: 255, Blue: 120,
			Label: "filled",
		},
		{Shape: extractors.MarkLine, Top: 100, Left: 300, Bottom: 160, Right: 450, Blue: 255, Green: 120, Label: "6.03 1/nm"},
		{Shape: extractors.MarkArrow, Top: 300, Left: 100, Bottom: 420, Right: 300, Red: 255},
		{Shape: extractors.MarkDoubleArrow, Top: 600, Left: 100, Bottom: 600, Right: 300, Red: 255, Dashed: true},
		{Shape: extractors.MarkEllipse, Top: 100, Left: 600, Bottom: 300, Right: 900, Red: 255, Green: 200, Label: "grain"},
		{Shape: extractors.MarkPoint, Top: 700, Left: 450, Red: 255},
		{Shape: extractors.MarkText, Top: 60, Left: 900, Red: 255, Green: 150, Label: "a long text at the edge"},
		{Shape: extractors.MarkLine, Top: math.NaN(), Left: 1, Bottom: 2, Right: 3, Label: "nowhere"},
	}
	return s
}

func kinds() []kind {
	keV := axis("Energy", 2048, 0.01, "keV")
	return []kind{
		{"image", micrograph, preview.Options{}},
		{"image untitled", func() *extractors.Signal { return titled(micrograph(), "") }, preview.Options{}},
		{"image wide second of two", func() *extractors.Signal {
			return titled(signal(extractors.Int32, particles(300, 1024), axis("y", 300, 0.001, "um"),
				axis("x", 1024, 0.001, "um")),
				"A rather long title of an image that does not fit into one line and so takes two")
		}, preview.Options{Index: 1, Count: 2}},
		{"image annotated", annotated, preview.Options{}},
		{"image diffraction", func() *extractors.Signal {
			return titled(diffraction(signal(extractors.Uint16, spots(512, 512),
				axis("y", 512, 0.047, "1/nm"), axis("x", 512, 0.047, "1/nm"))), "Diffraction")
		}, preview.Options{}},
		{"image complex", func() *extractors.Signal {
			return titled(signal(extractors.Complex64, spots(256, 256), axis("y", 256, 0.01, "1/nm"),
				axis("x", 256, 0.01, "1/nm")), "FFT")
		}, preview.Options{}},
		{"image rgb", func() *extractors.Signal {
			return titled(signal(extractors.RGB, func(at []int) float64 {
				return float64(uint32(at[0]*2)<<24 | uint32(at[1])<<16 | 120<<8)
			}, axis("y", 120, 1, "nm"), axis("x", 200, 1, "nm")), "Colours")
		}, preview.Options{}},
		{"image tiny", func() *extractors.Signal {
			return titled(signal(extractors.Float32, noise, axis("y", 8, 1, "nm"), axis("x", 8, 1, "nm")), "Eight by eight")
		}, preview.Options{}},
		{"spectrum", func() *extractors.Signal {
			return titled(labelled(signal(extractors.Float32, peaks(2048), keV), "Intensity"), "EDS Spectrum")
		}, preview.Options{}},
		{"spectrum large values", func() *extractors.Signal {
			return labelled(signal(extractors.Float64, func(at []int) float64 { return 3e6 * peaks(2048)(at) },
				axis("Energy loss", 2048, 0.5, "eV")),
				"Electrons (Counts)")
		}, preview.Options{}},
		{"line scan", func() *extractors.Signal {
			return titled(signal(extractors.Float32, peaks(1024), nav("x", 60),
				axis("Energy", 1024, 0.02, "keV")), "EDS line scan")
		}, preview.Options{}},
		{"spectrum image", func() *extractors.Signal {
			return titled(signal(extractors.Float32, peaks(2048), nav("y", 3), nav("x", 5), keV), "EDS map")
		}, preview.Options{Index: 0, Count: 3}},
		{"stack", func() *extractors.Signal {
			return titled(signal(extractors.Uint16, particles(256, 256), nav("t", 12),
				axis("y", 256, 1, "nm"), axis("x", 256, 1, "nm")), "Series")
		}, preview.Options{}},
		{"tableau", func() *extractors.Signal {
			return titled(diffraction(signal(extractors.Uint16, spots(128, 128), nav("y", 20), nav("x", 30),
				axis("ky", 128, 0.1, "1/nm"), axis("kx", 128, 0.1, "1/nm"))), "4D-STEM")
		}, preview.Options{}},
		{"axes table", func() *extractors.Signal {
			return titled(signal(extractors.Uint8, noise, nav("scan y", 4), nav("scan x", 5),
				axis("z", 6, 0.5, "nm"), axis("height", 7, 0.25, "nm"), axis("width", 8, 1e-9, "m")), "Five dimensions")
		}, preview.Options{}},
		{"text note", func() *extractors.Signal {
			return textOf("Sample 12 µm, $5 \\alpha_x {b}\n\n" +
				"\tindented by a tab and then a line that is so long that it wraps\r\nlast line\n")
		}, preview.Options{}},
		{"picture", func() *extractors.Signal {
			img := image.NewGray16(image.Rect(0, 0, 320, 200))
			for i := 0; i < len(img.Pix); i += 2 {
				v := particles(200, 320)([]int{i / 2 / 320, i / 2 % 320})
				img.Pix[i], img.Pix[i+1] = uint8(int(v)>>8), uint8(int(v))
			}
			return pictureOf(img)
		}, preview.Options{}},
	}
}
