package feitif

import (
	"context"
	"errors"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads TIFF files of FEI and Thermo Fisher microscopes. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "fei_tif_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{{
			Name: "TIFF", Extensions: []string{"tif", "tiff"}, MIME: "image/tiff",
			Reads: "FEI and Thermo Fisher (Quanta, Helios, Scios, Apreo, Phenom, Tecnai, Titan): beam, scan, stage, detector, " +
				"vacuum and image settings of tags 34680, 34682 and 34683, or of the text behind the pixels",
			Draws:  "the picture with its information bar and a scale bar",
			Limits: "the first directory of the file; 256 KiB of each tag",
		}},
		Source: "files of FEI and Thermo Fisher instruments; the TIFF 6.0 specification",
	}
}

// Extract reads the settings of the microscope. A picture whose pixels cannot be read has
// its metadata all the same.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	c, err := Decode(ctx, f)
	if err != nil {
		return nil, err
	}
	if c.Empty() && c.Err != nil {
		return nil, c.Err
	}
	if c.Empty() {
		return nil, nexuslims.E(nexuslims.Unsupported, "read metadata", "",
			errors.New("did not find expected FEI tags, could not read metadata"))
	}
	b := newBuilder(f, c)
	b.build()
	s := b.Signal(b.raw())
	b.pixels(s)
	return &extractors.Result{Format: "TIFF", Signals: []*extractors.Signal{s}, Warnings: b.warnings}, nil
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
