package tofwerk

import (
	"context"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads TofDAQ files with a focused ion beam. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "tofwerk_pfib_extractor",
		Priority: extractors.PrioritySpecialised,
		Formats: []extractors.Format{{
			Name: "TOFWERK HDF5", Extensions: []string{"h5"}, MIME: "application/x-hdf5",
			Reads:  "raw and processed maps: beam, field, mass range, ion mode, pressure, log, peak table, configuration",
			Draws:  "one picture of image, ion maps, depth profiles and mass spectrum, 1500 pixels wide",
			Limits: "of events only their number in each pixel is read; files without an ion beam are not taken",
		}},
		Source: "files of TofDAQ 1.99 and the public documentation of their readers",
	}
}

// Match looks for what only these files have together.
func (*Extractor) Match(f *extractors.File) bool { return lacks(f) == "" }

// WhyMatch implements [extractors.Explainer].
func (*Extractor) WhyMatch(f *extractors.File) string {
	if what := lacks(f); what != "" {
		return what
	}
	return "it has a spectrum of TofDAQ, settings and images of an ion beam"
}

// lacks says what a file lacks to be one of these, "" for one that is.
func lacks(f *extractors.File) string {
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return "not HDF5"
	}
	root := h.Root()
	if _, err := root.Object(pathSum); err != nil {
		return "there is no " + pathSum
	}
	for _, name := range []string{pathBeam, pathImages} {
		if _, err := root.Group(name); err != nil {
			return "there is no group " + name
		}
	}
	if _, err := root.Attribute(attrVersion); err != nil {
		return "there is no attribute " + attrVersion
	}
	return ""
}

// Extract reads the one signal of a file. What is broken or missing loses only itself.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	c, err := decode(ctx, f)
	if err != nil {
		return nil, err
	}
	m := &mapper{contents: c, file: f, sheet: extractors.NewSheet(f, nexuslims.SpectrumImage, "PFIB_TOFSIMS")}
	m.fill(ctx)
	s := m.sheet.Signal(c.raw())
	s.Data = m.pixels()
	s.DataLabel = "Integrated counts"
	if !c.processed() {
		s.DataLabel = "Ion events"
	}
	s.MassMap = m.massMap()
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "read TOFWERK file", "", err)
	}
	if c.fault != nil { // of the store: what is missing may be there at the next try
		return &extractors.Result{Signals: []*extractors.Signal{s}, Warnings: c.warnings}, c.fault
	}
	return &extractors.Result{Signals: []*extractors.Signal{s}, Warnings: c.warnings}, nil
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
