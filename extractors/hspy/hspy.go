package hspy

import (
	"context"
	"errors"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// format is the short name of the format.
const format = "HyperSpy"

// op names what was tried, in errors.
const op = "read HyperSpy"

// Extractor reads files of HyperSpy. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "hspy_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{{
			Name: format, Extensions: []string{"hspy", "hdf5", "h5"}, MIME: "application/x-hdf5",
			Reads: "all signals of versions 1.0 to 3.3 with axes; microscope, stage, detectors, sample, people; " +
				"HyperSpy's and the original metadata",
			Draws:  "each signal",
			Limits: "no ragged arrays, models and decompositions",
		}},
		Source: "the documentation of HyperSpy and RosettaSciIO, and files of versions 1.0 to 3.3",
	}
}

// Match takes files that are named .hspy unless they are of another HDF5 format, and those
// of the general extensions of HDF5 by their content.
func (*Extractor) Match(f *extractors.File) bool {
	switch kindOf(f) {
	case kindHyperSpy, kindOld:
		return true
	case kindOther:
		return false
	}
	return f.Ext() == "hspy"
}

// WhyMatch says what was found.
func (*Extractor) WhyMatch(f *extractors.File) string {
	switch kindOf(f) {
	case kindHyperSpy:
		return "its file_format is HyperSpy"
	case kindOld:
		return "it has experiments with metadata, as the first files of HyperSpy"
	case kindOther:
		return "it is HDF5 of another program"
	case kindPlain:
		return "HDF5, but not of HyperSpy"
	}
	return "not HDF5"
}

// Extract reads the metadata of all signals.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), op, "", err)
	}
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return nil, hdf5.OpenError(op, err)
	}
	switch kind, err := sniff(h.Root()); {
	case err != nil:
		return nil, hdf5.OpenError(op, err)
	case kind != kindHyperSpy && kind != kindOld:
		return nil, nexuslims.E(nexuslims.Unsupported, op, "", errors.New("HDF5, but not of HyperSpy"))
	}
	r := &reader{file: f, root: h.Root(), left: limits(f.Size())}
	list, err := r.signals(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, extractors.NoSignal(op, r.warnings)
	}
	return &extractors.Result{Format: format, Signals: list, Warnings: r.warnings}, nil
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
