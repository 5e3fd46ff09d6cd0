package tescantif

import (
	"context"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// Extractor reads TIFF files of Tescan microscopes. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "tescan_tif_extractor",
		Priority: extractors.PrioritySpecialised,
		Formats: []extractors.Format{{
			Name: "TIFF", Extensions: []string{"tif", "tiff"}, MIME: "image/tiff",
			Reads: "Tescan: settings of the picture and of the electron or ion column in tag 50431 and in NAME.hdr or " +
				"NAME-tif.hdr",
			Draws:  "each page with its information bar and a scale bar",
			Limits: "up to 64 pages; 1 MiB of settings",
		}},
		Source: "files of Tescan instruments; public descriptions by their users; the TIFF 6.0 specification",
	}
}

// Match looks for tag 50431, for the name of the maker in other tags, and for a text file of
// Tescan beside the picture.
func (*Extractor) Match(f *extractors.File) bool {
	_, found := evidence(f)
	return found
}

// WhyMatch implements extractors.Explainer.
func (*Extractor) WhyMatch(f *extractors.File) string {
	why, _ := evidence(f)
	return why
}

// Extract reads the settings of every page. A picture whose pixels cannot be read has its
// metadata all the same, as has one that is no TIFF file any more beside a text file of settings.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	c, err := decode(ctx, f)
	if err != nil {
		return nil, err
	}
	result := &extractors.Result{Format: "TIFF", Warnings: c.warnings}
	for i := range c.pages {
		b := newBuilder(f, &c.pages[i])
		b.build()
		s := b.Signal(b.page.settings.raw())
		if len(c.pages) > 1 {
			s.Title = b.page.title
		}
		b.pixels(s)
		result.Signals = append(result.Signals, s)
		result.Warnings = append(result.Warnings, b.warnings...)
	}
	return result, nil
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
