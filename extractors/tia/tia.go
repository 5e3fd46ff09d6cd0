package tia

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads series files. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "ser_emi_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{{
			Name: "TIA SER", Extensions: []string{"ser"},
			Reads:  "header, calibration, times and places of the elements; all settings in the .emi file",
			Draws:  "images, stacks, spectra, line scans, maps and scanned diffraction by kind",
			Limits: "headers of over 1024 elements are sampled",
		}, {
			Name: "TIA EMI", Extensions: []string{"emi"}, SideCar: true,
			Reads: "values, calibration and settings of the objects of a file without series", Draws: "each image and spectrum",
			Limits: "up to 256 objects; of a file beside its series nothing of its own",
		}},
		Source: "public description by C. Boothroyd; files of TIA 1.9 to 5; the .emi file is inferred from files",
	}
}

// Match takes every series, as the reference implementation does, and .emi files that have none.
func (*Extractor) Match(f *extractors.File) bool { return f.Ext() != "emi" || standsAlone(f) }

// WhyMatch implements [extractors.Explainer].
func (e *Extractor) WhyMatch(f *extractors.File) string {
	switch {
	case f.Ext() != "emi":
		return "reads ." + f.Ext() + " files"
	case e.Match(f):
		return "an .emi file without series"
	}
	return "no .emi file, or one that describes the series beside it"
}

// Extract reads a series and what its .emi file says of it. A series that cannot be read
// has what could be found out, together with the error.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	if f.Ext() == "emi" {
		return objects(ctx, f)
	}
	s, broken := Decode(ctx, f)
	if isLost(broken) {
		return nil, broken
	}
	d, err := Describe(ctx, f, whole(s))
	if err != nil {
		return nil, err
	}
	r := &extractors.Result{Warnings: d.Warnings}
	if s == nil {
		r.Warnings = []string{badSeries}
		r.Signals = []*extractors.Signal{unreadable(f, d, broken)}
		return r, broken
	}
	for _, fault := range s.Faults {
		r.Warnings = append(r.Warnings, "the series contradicts itself: "+fault)
	}
	if s.Valid == 0 {
		return withoutElements(f, s, d, r)
	}
	signal, doubts := signalOf(f, s, d)
	r.Signals, r.Warnings = []*extractors.Signal{signal}, append(r.Warnings, doubts...)
	if broken != nil {
		signal.NoPreview = broken.Error()
	}
	return r, broken
}

// whole returns a series whose elements are known, else nil.
func whole(s *Series) *Series {
	if s == nil || len(s.Elements) == 0 {
		return nil
	}
	return s
}

// unreadable is the signal of a file of which nothing is known.
func unreadable(f *extractors.File, d Description, why error) *extractors.Signal {
	sheet := extractors.NewSheet(f, nexuslims.Misc, "Unknown")
	sheet.PutText(d.Path, "the name of the file", "emi Filename")
	signal := sheet.Signal(nil)
	signal.NoPreview = why.Error()
	return signal
}

var errNoElement = errors.New("the series holds no element")

// withoutElements is the answer for a series whose data stand in the .emi file.
func withoutElements(
	f *extractors.File, s *Series, d Description, r *extractors.Result,
) (*extractors.Result, error) {
	if d.Data != nil && d.Data.Rows > 0 == s.IsImage() {
		signal, doubts, err := fromEMI(f, s, d)
		if err != nil && isLost(err) {
			return nil, err
		}
		if err == nil && signal.Data != nil {
			r.Signals, r.Warnings = []*extractors.Signal{signal}, append(r.Warnings, doubts...)
			return r, nil
		}
	}
	signal, doubts := signalOf(f, s, d)
	signal.NoPreview = errNoElement.Error()
	r.Signals = []*extractors.Signal{signal}
	if d.Block >= 0 {
		r.Warnings = append(append(r.Warnings, doubts...), errNoElement.Error()+": its data are in the .emi file alone")
		return r, nil
	}
	r.Warnings = append(r.Warnings, badSeries)
	return r, nexuslims.E(nexuslims.Corrupt, "read series", "", errNoElement)
}

// signalOf makes the signal of a series; doubts tell what does not fit together.
func signalOf(f *extractors.File, s *Series, d Description) (signal *extractors.Signal, doubts []string) {
	sp := spaceOf(s, d.Info)
	if s.IsImage() && sp == realSpace && isDiffractionMode(d.Info.mode()) {
		// No diffraction pattern has such steps: they are left over from an image.
		sp = unknownSpace
		doubts = append(doubts, "the microscope was in diffraction mode, the calibration is that of an image: it is left out")
	}
	w := newWriter(f, s, d, sp)
	doubts = append(doubts, w.write()...)
	signal = w.sheet.Signal(rawOf(s, d.Info))
	signal.DataLabel = w.dataLabel()
	signal.Data, signal.NoPreview = array(f, s, w.axes)
	return signal, doubts
}

// array returns the handle on the pixels, or why there is none.
func array(f *extractors.File, s *Series, axes []extractors.Axis) (a *extractors.Array, reason string) {
	if !s.Readable || s.Complete == 0 {
		return nil, "the elements cannot be read"
	}
	p := &source{f: f, s: s, signal: 1}
	if s.IsImage() {
		p.signal = 2
	}
	for _, x := range axes[:len(axes)-p.signal] {
		p.shape = append(p.shape, x.Size)
	}
	for i, total := 0, int64(1); i < len(axes); i++ {
		if total *= int64(axes[i].Size); total > maxValues {
			return nil, fmt.Sprintf("the size of the series makes no sense: %v", p.shape)
		}
	}
	return &extractors.Array{Type: s.Type, Axes: axes, Source: p}, ""
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Explainer = (*Extractor)(nil)
)
