package emsa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	headerSize = 256 << 10 // the most of a file that is taken for the header
	wholeSize  = 4 << 20   // larger files are not looked through
	maxPoints  = 1 << 28   // NPOINTS of files that are not

	usualHeader = 8 << 10 // that of a further spectrum
	maxSpectra  = 256     // in a file
)

// Extractor reads EMSA/MAS spectra. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "msa_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{{
			Name: "EMSA", Extensions: []string{"msa"},
			Reads: "keywords of the standard and of EDAX, technique, calibration", Draws: "each spectrum",
			Limits: "header up to 256 kB; several spectra in a file of up to 4 MB",
		}},
		Source: "EMSA/MAS standard file format (1991, ISO 22029); files of several programs",
	}
}

// Match takes every file of the extension: there is nothing that all files begin with. One
// that is of another format is recorded with the reason.
func (*Extractor) Match(*extractors.File) bool { return true }

// Extract reads the header and counts the values of each spectrum.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.Canceled, "extract", "", err)
	}
	head, err := f.Head(headerSize)
	if err != nil {
		return nil, err
	}
	h := parseHeader(head, 0)
	if err := h.check(head); err != nil {
		return nil, err
	}
	r := &extractors.Result{Format: "EMSA"}
	for more := true; more; {
		m, err := h.measure(ctx, f, head)
		if err != nil {
			return nil, err
		}
		r.Signals = append(r.Signals, h.signal(f, m))
		for _, w := range m.warnings {
			if len(r.Signals) > 1 {
				w = fmt.Sprintf("spectrum %d: %s", len(r.Signals), w)
			}
			r.Warnings = append(r.Warnings, w)
		}
		if h, more, err = following(f, m); err != nil {
			return nil, err
		}
		if more && len(r.Signals) == maxSpectra {
			r.Warnings = append(r.Warnings, fmt.Sprintf("spectra behind the first %d are left out", maxSpectra))
			break
		}
	}
	return r, nil
}

// following reads the header of the spectrum behind another one, of a file that is looked
// through. What follows the last one is of no interest.
func following(f *extractors.File, m *measured) (h header, ok bool, err error) {
	at := m.survey.end
	if !m.whole || at <= 0 {
		return header{}, false, nil
	}
	for _, most := range []int64{usualHeader, headerSize} {
		n := min(most, f.Size()-at)
		if n <= 0 {
			break
		}
		b, err := f.Read(at, n)
		if err != nil {
			return header{}, false, err
		}
		if h = parseHeader(b, at); h.data >= 0 {
			_, ok = h.find("FORMAT", false)
			return h, ok, nil
		}
	}
	return header{}, false, nil
}

// check refuses what is not of the format.
func (h header) check(head []byte) error {
	fault := func(kind nexuslims.Kind, reason string) error {
		return nexuslims.E(kind, "read header", "", errors.New(reason))
	}
	switch {
	case len(head) == 0:
		return fault(nexuslims.Corrupt, "the file is empty")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return fault(nexuslims.Unsupported, "text in UTF-16")
	case h.data >= 0:
		return nil
	}
	for _, e := range h.entries {
		if !e.custom && (e.name == "FORMAT" || e.name == "SIGNALTYPE" || isNumeric(e.name)) {
			return nil
		}
	}
	return fault(nexuslims.Corrupt, "there is no keyword of the EMSA/MAS format")
}

// measured is what is known of the values without reading them.
type measured struct {
	layout   layout
	survey   survey
	whole    bool // the survey is of all values
	points   int
	warnings []string
}

func (m *measured) warn(format string, args ...any) {
	m.warnings = append(m.warnings, fmt.Sprintf(format, args...))
}

// measure finds how many values there are and how they stand.
func (h header) measure(ctx context.Context, f *extractors.File, head []byte) (*measured, error) {
	m := &measured{layout: layout{columns: 1, comma: h.decimalComma()}}
	if n, ok := h.number("NCOLUMNS"); ok && n >= 1 && n <= 64 {
		m.layout.columns = int(n)
	}
	if h.data < 0 {
		m.warn("there is no line #SPECTRUM, and so no values")
		return m, nil
	}
	var source io.ReaderAt = f
	if f.Size() <= int64(len(head)) {
		source = bytes.NewReader(head)
	}
	end := f.Size()
	if m.whole = end <= wholeSize; !m.whole {
		end = min(end, h.data+headerSize)
	}
	m.layout.pairs = true // to count both ways
	var err error
	if m.survey, err = look(ctx, source, h.data, end, m.layout); err != nil {
		return nil, err
	}
	m.layout.pairs = h.arePairs(m)
	m.count(h, f.Size()-h.data)
	return m, nil
}

// arePairs reports whether energies stand before the values: DATATYPE says so, unless no
// line has two numbers.
func (h header) arePairs(m *measured) bool {
	s := m.survey
	switch declared := strings.ToUpper(h.text("DATATYPE")); {
	case declared == "XY" && s.wide == 1:
		m.warn("DATATYPE is XY, but there are no pairs")
		return false
	case declared == "XY":
		return true
	case declared == "Y":
		return false
	}
	return s.rows > 0 && s.narrow == 2 && s.wide == 2 && m.layout.columns == 1
}

// count compares NPOINTS with what is there.
func (m *measured) count(h header, size int64) {
	told, ok := h.number("NPOINTS")
	if !m.whole {
		if m.survey.numbers > 0 && ok && told >= 1 && told <= maxPoints && int64(told)*2 <= size {
			m.points = int(told)
			return
		}
		m.warn("NPOINTS does not tell how many values there are")
		return
	}
	bad := m.survey.bad
	m.points = m.survey.numbers
	if m.layout.pairs {
		m.points, bad = m.survey.pairs, m.survey.badPairs
	}
	if ok && int(told) != m.points {
		m.warn("%d values are there, NPOINTS is %v", m.points, told)
	}
	if bad > 0 {
		m.warn("%d values are no numbers", bad)
	}
}

// signal describes the spectrum.
func (h header) signal(f *extractors.File, m *measured) *extractors.Signal {
	d := &description{header: h, file: f, measured: m, technique: h.technique()}
	d.Sheet = extractors.NewSheet(f, nexuslims.Spectrum, d.technique.dataType)
	d.describe()
	raw := nexuslims.NewObject(1)
	raw.Set("original_metadata", h.raw())
	s := d.Signal(raw)
	s.Title, s.DataLabel = h.text("TITLE"), h.dataLabel(d.technique)
	if m.points == 0 {
		s.NoPreview = "there are no values in the file"
		return s
	}
	s.Data = &extractors.Array{
		Type: extractors.Float64, Axes: []extractors.Axis{d.axis()},
		Source: &values{file: f, from: h.data, to: f.Size(), layout: m.layout, total: m.points},
	}
	return s
}

var _ extractors.Extractor = (*Extractor)(nil)
