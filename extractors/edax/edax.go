package edax

import (
	"bytes"
	"context"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads spectra and maps of EDAX. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "spc_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{
			{
				Name: "EDAX SPC", Extensions: []string{"spc"},
				Reads: "header of versions 0.5 to 0.9, energies, elements", Draws: "the spectrum",
				Limits: "files of GRAMS with this extension are not read",
			},
			{
				Name: "EDAX SPD", Extensions: []string{"spd"},
				Reads: "header, pixel size from NAME_Img.ipr, energies and detector from NAME.spc", Draws: "spectra of the map",
				Limits: "up to 65536 lines, columns and channels",
			},
		},
		Source: "public descriptions by users of Genesis and TEAM; files of versions 0.61 and 0.70",
	}
}

// Match looks at the first bytes. A file too short to tell is taken, so that it is recorded
// with the reason why it cannot be read.
func (*Extractor) Match(f *extractors.File) bool {
	head, err := f.Head(len(mapTag))
	switch {
	case err != nil:
		return true
	case f.Ext() == "spd":
		return len(head) < len(mapTag) || bytes.HasPrefix(head, []byte(mapTag))
	}
	return refusal(head) == ""
}

// WhyMatch implements extractors.Explainer.
func (x *Extractor) WhyMatch(f *extractors.File) string {
	head, err := f.Head(len(mapTag))
	switch {
	case err != nil:
		return "the first bytes cannot be read"
	case f.Ext() == "spd" && x.Match(f):
		return "begins like a map of EDAX"
	case f.Ext() == "spd":
		return "does not begin like a map of EDAX"
	}
	if why := refusal(head); why != "" {
		return why
	}
	return "begins with a version of EDAX"
}

// Extract reads the header. A file whose counts are not all there gives the
// metadata and an error.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.Canceled, "extract", "", err)
	}
	if f.Ext() == "spd" {
		return extractMap(f)
	}
	return extractSpectrum(f)
}

func extractSpectrum(f *extractors.File) (*extractors.Result, error) {
	s, err := decodeSpectrum(f)
	if s == nil || err != nil && nexuslims.KindOf(err) != nexuslims.Corrupt {
		return nil, err
	}
	sheet := extractors.NewSheet(f, nexuslims.Spectrum, "EDS_Spectrum")
	d := &description{Sheet: sheet, spectrum: s, file: f, where: "byte"}
	d.describe()
	raw := nexuslims.NewObject(1)
	raw.Set("original_metadata", s.raw)
	if err == nil {
		d.dimensions(s.points)
		d.Put(s.raw.Get("numPts"), "byte 32", "Number of Spectrum Channels")
	}
	signal := sheet.Signal(raw)
	signal.Title, signal.DataLabel = "EDS Spectrum", "Intensity"
	if err != nil {
		signal.NoPreview = err.Error()
	} else {
		signal.Data, err = counts(f, s, d.axis(s.points))
	}
	return &extractors.Result{Format: "EDAX SPC", Signals: []*extractors.Signal{signal}, Warnings: d.warnings}, err
}

// counts is the handle on the channels of a spectrum.
func counts(f *extractors.File, s *spectrum, axis extractors.Axis) (*extractors.Array, error) {
	source, err := extractors.Contiguous(f, s.dataStart, extractors.Uint32, false, []int{s.points})
	if err != nil {
		return nil, err
	}
	return &extractors.Array{Type: extractors.Uint32, Axes: []extractors.Axis{axis}, Source: source}, nil
}

func extractMap(f *extractors.File) (*extractors.Result, error) {
	m, broken := decodeMap(f)
	if m == nil {
		return nil, broken
	}
	if err := m.addSides(f); err != nil {
		return nil, err
	}
	signal, warnings := m.signal(f, broken)
	result := &extractors.Result{Format: "EDAX SPD", Signals: []*extractors.Signal{signal}, Warnings: warnings}
	return result, broken
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
