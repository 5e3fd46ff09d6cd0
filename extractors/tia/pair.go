package tia

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Warnings about the .emi file. Users and other programs search for their words.
const (
	noEMI = "NexusLIMS could not find a corresponding .emi metadata file for this .ser file. " +
		"Metadata extraction will be limited."
	badEMI = "The .emi metadata file associated with this .ser file could not be opened by NexusLIMS. " +
		"Metadata extraction will be limited."
	badSeries = "The .ser file could not be opened (perhaps file is corrupted?); Metadata extraction is not possible."
	noBlock   = "No experimental metadata was found in the corresponding .emi file for this .ser. " +
		"Metadata extraction will be limited."
)

// Description is what the .emi file says of a series.
type Description struct {
	Path     string // by which the program knows the .emi file; empty where there is none
	Name     string // of the .emi file
	Block    int    // number of the block from 0 on, -1 where none belongs to the series
	Info     Info
	Data     *Stored  // the values that the file itself has of the object; nil where not found
	Pairing  string   // how the block was found, empty where that is beyond doubt
	Warnings []string // what users should know
}

// name is the name of a series, cut into its parts: BASE_NUMBER.EXT.
type name struct {
	base, digits, ext string
	number            int
}

// nameOf cuts the name of a series; false where it has no number.
func nameOf(file string) (name, bool) {
	ext := path.Ext(file)
	stem := strings.TrimSuffix(file, ext)
	i := strings.LastIndexByte(stem, '_')
	if i < 0 {
		return name{}, false
	}
	n := name{base: stem[:i], digits: stem[i+1:], ext: ext}
	number, err := strconv.ParseUint(n.digits, 10, 31)
	n.number = int(number)
	return n, err == nil && number > 0
}

// sibling returns the name of the series with another number, written the same way.
func (n name) sibling(number int) string {
	width := 1
	if strings.HasPrefix(n.digits, "0") {
		width = len(n.digits)
	}
	return fmt.Sprintf("%s_%0*d%s", n.base, width, number, n.ext)
}

// Describe finds the .emi file of a series and the block in it that belongs to the series,
// nil for s where the series itself cannot be read. The error is of the store or of the
// context; all else is told in the warnings.
func Describe(ctx context.Context, f *extractors.File, s *Series) (Description, error) {
	d := Description{Block: -1}
	n, ok := nameOf(f.Name())
	if !ok {
		d.Warnings = []string{badEMI}
		return d, nil
	}
	emi, err := openEMI(f, n)
	switch {
	case errors.Is(err, nexuslims.NotFound):
		d.Warnings = []string{noEMI}
		return d, nil
	case errors.Is(err, nexuslims.Transient):
		return d, err
	case err != nil:
		d.Warnings = []string{badEMI}
		return d, nil
	}
	defer func() { _ = emi.Close() }()
	d.Name, d.Path = emi.Name(), emi.Path()
	p := &pairing{f: f, emi: emi, name: n, series: s, known: map[int]outline{}}
	err = p.describe(ctx, &d)
	if isLost(err) && !errors.Is(err, nexuslims.Transient) && !errors.Is(err, nexuslims.Canceled) {
		return Description{Name: d.Name, Path: d.Path, Block: -1, Warnings: []string{badEMI}}, nil
	}
	return d, err
}

// openEMI opens NAME.emi in any of the usual cases.
func openEMI(f *extractors.File, n name) (*extractors.File, error) {
	var err error
	for _, ext := range []string{".emi", ".EMI", ".Emi"} {
		var emi *extractors.File
		if emi, err = f.Sibling(n.base + ext); err == nil || !errors.Is(err, nexuslims.NotFound) {
			return emi, err
		}
	}
	return nil, err
}

// pairing finds the block of a series.
type pairing struct {
	f, emi *extractors.File
	name   name
	series *Series
	blocks []Block
	known  map[int]outline // of blocks that were read
	read   int64           // bytes of blocks read for outlines
}

func (p *pairing) describe(ctx context.Context, d *Description) error {
	blocks, err := Blocks(ctx, p.emi)
	if isLost(err) {
		return err
	}
	p.blocks = blocks
	if len(blocks) == 0 {
		d.Warnings = append(d.Warnings, badEMI)
		return nil
	}
	if err != nil {
		d.Warnings = append(d.Warnings, "the .emi file was read in part: "+err.Error())
	}
	if d.Block, d.Pairing, err = p.find(ctx); err != nil {
		return err
	}
	if d.Block < 0 {
		d.Warnings = append(d.Warnings, noBlock)
		return nil
	}
	d.Data = p.blocks[d.Block].Data
	d.Info, err = ReadInfo(p.emi, p.blocks[d.Block])
	if isLost(err) {
		return err
	}
	switch {
	case d.Info.Tree == nil:
		d.Warnings = append(d.Warnings, badEMI)
	case err != nil:
		d.Warnings = append(d.Warnings, fmt.Sprintf("block %d of the .emi file was read in part: %v", d.Block+1, err))
	case !d.Info.isExperimental():
		d.Warnings = append(d.Warnings, noBlock)
	}
	if strings.HasSuffix(d.Pairing, unsure) {
		d.Warnings = append(d.Warnings, "the .emi file does not say which of its objects this series is: block "+d.Pairing)
	}
	return nil
}

// isLost reports whether an error is not about the contents of the file.
func isLost(err error) bool {
	return err != nil && !errors.Is(err, nexuslims.Corrupt) && !errors.Is(err, nexuslims.Unsupported)
}

// unsure ends the words about a pairing that may be wrong.
const unsure = ", which may be wrong"

// find returns the number of the block of the series, -1 for none, and how it was found
// where that is not by its own path.
func (p *pairing) find(ctx context.Context) (block int, how string, err error) {
	var renamed []int
	named := false
	for i, b := range p.blocks {
		if strings.EqualFold(b.Series(), p.f.Name()) {
			return i, "", nil
		}
		if n, ok := nameOf(b.Series()); ok {
			named = true
			if n.number == p.name.number {
				renamed = append(renamed, i)
			}
		}
	}
	switch {
	case len(renamed) == 1:
		return renamed[0], p.words(renamed[0], "by the number of the series, whose name has changed"), nil
	case named:
		return -1, "", nil
	case p.series == nil:
		return -1, "", nil
	}
	return p.byRange(ctx)
}

func (p *pairing) words(block int, how string) string {
	return fmt.Sprintf("%d of %d, %s", block+1, len(p.blocks), how)
}

// outline is what pairing needs to know of a block. Whole blocks are not kept: there can be
// many.
type outline struct {
	spectrum, image bool // the detector has a range, of spectra or of images
	channels        float64
	experimental    bool
}

// outline reads a block once. One that cannot be read has none; errors are of the store.
func (p *pairing) outline(i int) (outline, error) {
	if o, ok := p.known[i]; ok {
		return o, nil
	}
	p.read += p.blocks[i].Len
	info, err := ReadInfo(p.emi, p.blocks[i])
	if isLost(err) {
		return outline{}, err
	}
	o := outline{experimental: info.isExperimental()}
	o.channels, o.spectrum, o.image = info.rangeOf()
	p.known[i] = o
	return o, nil
}

// isExperimental reports whether a block says anything about the microscope.
func (i Info) isExperimental() bool {
	return i.Tree.Has("ExperimentalConditions") || i.Tree.Has("ExperimentalDescription")
}

// rangeOf returns the range of channels of the detector, and whether a block has one, of
// spectra or of images.
func (i Info) rangeOf() (channels float64, spectrum, image bool) {
	r := i.Tree.Group("DetectorRange")
	start, okStart := extractors.ParseNumber(r.Text("Start"))
	end, okEnd := extractors.ParseNumber(r.Text("End"))
	if okStart && okEnd {
		a, _ := nexuslims.Number(start)
		b, _ := nexuslims.Number(end)
		return b - a, true, false
	}
	return 0, false, r.Has("StartX")
}

// fits reports whether a block can describe a series.
func (o outline) fits(s *Series) bool {
	if s.IsImage() {
		return o.image
	}
	return o.spectrum && math.Round(o.channels) == float64(s.Columns)
}
