package emd

import (
	"context"
	"errors"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The short names of the formats.
const (
	formatVelox     = "Velox EMD"
	formatBerkeley  = "Berkeley EMD"
	formatPrismatic = "Prismatic EMD"
	formatPy4DSTEM  = "py4DSTEM EMD"
)

// Extractor reads EMD files of Velox and Berkeley. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor.
func (*Extractor) Info() extractors.Info {
	common := []string{"emd", "h5", "hdf5"}
	return extractors.Info{
		Name:     "emd_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{
			{
				Name: formatVelox, Extensions: common, MIME: "application/x-hdf5",
				Reads: "images, stacks, transforms, DPC, X-ray spectra and maps from the event streams, EELS maps; " +
					"microscope, stage, detectors, scan, experiment log",
				Draws:  "each signal; transforms as full planes; nine spectra of a map",
				Limits: "files of Velox 2 and 3; Velox's compressed cubes are not read: a pruned file has spectra and maps alone",
			},
			{
				Name: formatBerkeley, Extensions: common, MIME: "application/x-hdf5",
				Reads:  "arrays of EMD 0.1, 0.2 and 1.0 with axes, microscope, sample, user and comments",
				Draws:  "each array",
				Limits: "point lists are not read",
			},
			{
				Name: formatPrismatic, Extensions: common, MIME: "application/x-hdf5",
				Reads:  "simulated arrays, depths stacked, and the parameters of the simulation",
				Draws:  "each array",
				Limits: "virtual detectors keep their bins as an axis",
			},
			{
				Name: formatPy4DSTEM, Extensions: common, MIME: "application/x-hdf5",
				Reads:  "arrays with axes, calibration and metadata bundles",
				Draws:  "each array",
				Limits: "point lists are not read",
			},
		},
		Source: "files of Velox 2 to 3 and the public documentation of their readers; the EMD specification of emdatasets.com",
	}
}

// Match takes files that are named .emd unless they are of another HDF5 format, and those
// of the general extensions of HDF5 by their content.
func (*Extractor) Match(f *extractors.File) bool {
	switch kindOf(f) {
	case kindVelox, kindBerkeley:
		return true
	case kindOther:
		return false
	}
	return f.Ext() == "emd"
}

// WhyMatch says what was found.
func (*Extractor) WhyMatch(f *extractors.File) string {
	switch kindOf(f) {
	case kindVelox:
		return "its /Version is that of Velox"
	case kindBerkeley:
		return "its groups carry the marks of the EMD specification"
	case kindOther:
		return "it is HDF5 of another program"
	case kindPlain:
		return "HDF5, but neither Velox nor Berkeley EMD"
	}
	return "not HDF5"
}

// Extract reads the metadata of all signals.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "read EMD", "", err)
	}
	h, err := hdf5.Open(f, f.Size())
	if err != nil {
		return nil, hdf5.OpenError("read EMD", err)
	}
	result, err := extract(ctx, f, h.Root())
	if err != nil {
		return result, err
	}
	if len(result.Signals) == 0 {
		return nil, extractors.NoSignal("read EMD", result.Warnings)
	}
	return result, nil
}

func extract(ctx context.Context, f *extractors.File, root *hdf5.Group) (*extractors.Result, error) {
	switch kind, err := sniff(ctx, root); {
	case err != nil:
		return nil, hdf5.OpenError("read EMD", err)
	case kind == kindVelox:
		return extractVelox(ctx, f, root)
	case kind == kindBerkeley:
		return extractBerkeley(ctx, f, root)
	}
	err := errors.New("HDF5, but neither Velox nor Berkeley EMD")
	return nil, nexuslims.E(nexuslims.Unsupported, "read EMD", "", err)
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
