package dm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Extractor reads DigitalMicrograph files. It has no state.
type Extractor struct{}

// New returns the extractor.
func New() *Extractor { return &Extractor{} }

// Info describes the extractor; its name is that of the reference implementation.
func (*Extractor) Info() extractors.Info {
	return extractors.Info{
		Name:     "dm3_extractor",
		Priority: extractors.PriorityNormal,
		Formats: []extractors.Format{
			gatan("DM3", "dm3"),
			gatan("DM4", "dm4"),
			{
				Name: "DM5", Extensions: []string{"dm5"}, MIME: "application/x-hdf5",
				Reads: "all images but thumbnails, with calibration and tags", Draws: "each image",
				Limits: "known from files of Nion Swift alone",
			},
		},
		Source: "public descriptions of the tag format by G. Jefferis and C. Boothroyd; files of GMS 1 to 3; " +
			"for DM5, files of Nion Swift",
	}
}

// gatan describes a version that GMS writes.
func gatan(name, ext string) extractors.Format {
	return extractors.Format{
		Name: name, Extensions: []string{ext},
		Reads:  "all images but thumbnails, with calibration; tags of microscope, camera, spectrometer, X-rays, cathodoluminescence and scan",
		Draws:  "each image with scale bar and annotations; spectra, maps, line scans, stacks, 4D data, transforms",
		Limits: "64 levels of tags, 64 MiB of them, 10,000 images; images of unknown data types have metadata only",
	}
}

// Match takes every file of the extensions: the format has no mark beyond its version.
func (*Extractor) Match(*extractors.File) bool { return true }

// Extract reads the tags of all images that are not thumbnails. A file that breaks off
// after a complete image gives that image and a warning.
func (*Extractor) Extract(ctx context.Context, f *extractors.File) (*extractors.Result, error) {
	tree, broken := decode(ctx, f)
	if broken != nil && !isPartial(tree, broken) {
		return nil, broken
	}
	list := pictures(tree.Root, broken == nil)
	if len(list) == 0 {
		if broken == nil {
			broken = nexuslims.E(nexuslims.Corrupt, "read tags", "", noImage(tree.Warnings))
		}
		return nil, broken
	}
	result := &extractors.Result{Format: fmt.Sprintf("DM%d", tree.Version), Warnings: tree.Warnings}
	if broken != nil {
		result.Warnings = append(result.Warnings, "only part of the file could be read: "+broken.Error())
	}
	return result, addSignals(ctx, f, tree.Root, list, result)
}

func noImage(warnings []string) error {
	if len(warnings) == 0 {
		return errors.New("there is no image in the file")
	}
	return errors.New("there is no image in the file that can be read: " + warnings[0])
}

// decode reads the tags of any version.
func decode(ctx context.Context, f *extractors.File) (*Tree, error) {
	if f.Ext() == "dm5" || isHDF5(f) {
		return DecodeHDF5(ctx, f, f.Size())
	}
	return Decode(ctx, f, f.Size())
}

// isPartial reports whether what was understood before an error is worth showing.
func isPartial(tree *Tree, err error) bool {
	kind := nexuslims.KindOf(err)
	return tree != nil && (kind == nexuslims.Corrupt || kind == nexuslims.Unsupported)
}

func addSignals(
	ctx context.Context, f *extractors.File, root *Group, list []picture, result *extractors.Result,
) error {
	builders := make([]*builder, len(list))
	for i, p := range list {
		builders[i] = newBuilder(f, p)
	}
	common := commonMode(builders)
	raw := &shower{r: f, budget: rawBudget}
	for _, b := range builders {
		if err := ctx.Err(); err != nil {
			return err
		}
		b.mode = modeOf(b.base)
		for _, mode := range []string{common, "TEM"} {
			if b.mode == "" {
				b.mode = mode
			}
		}
		s, err := newSignal(f, root, b, raw)
		if err != nil {
			return err
		}
		result.Signals = append(result.Signals, s)
	}
	if raw.skipped > 0 {
		result.Warnings = append(result.Warnings, fmt.Sprintf("%d long arrays are shown without digest", raw.skipped))
	}
	return nil
}

func newSignal(f *extractors.File, root *Group, b *builder, raw *shower) (*extractors.Signal, error) {
	b.start(f)
	b.build()
	b.timestamp(f)
	b.navigation()
	s := &extractors.Signal{Title: b.p.name, DataLabel: b.dataLabel()}
	s.Meta, s.Origins = b.meta, b.origins()
	s.Data, s.NoPreview = newArray(f, b.p, b.axes)
	if len(b.axes) == 2 {
		s.Marks = marksOf(root, b.p.index)
	}
	var err error
	s.Raw, err = raw.signal(root, b.p)
	return s, err
}

// start sets what every signal has.
func (b *builder) start(f *extractors.File) {
	b.meta.Set("DatasetType", nexuslims.Text(nexuslims.Image))
	b.meta.Set("Data Type", nexuslims.Text("TEM_Imaging"))
	b.put(b.meta, "Creation Time", extractors.CreationTime(f), "modification time of the file", "")
	from := tagPath(b.p.group, "ImageData", "Dimensions")
	b.put(b.meta, "Data Dimensions", nexuslims.Text(dimensions(b.axes)), from, "slowest first, without sizes of 1")
	if instrument, ok := f.Instrument(); ok {
		b.put(b.meta, "Instrument ID", nexuslims.Text(instrument.PID), "the folder of the file", "")
	}
	b.meta.Set("warnings", nexuslims.List{})
}

// timestamp adds the instant of acquisition.
func (b *builder) timestamp(f *extractors.File) {
	m := moment{base: b.base, known: f.ModTime()}
	if _, ok := f.Instrument(); ok {
		m.zone = f.Zone()
	}
	t, ok := m.acquired()
	if !ok {
		return
	}
	zone := f.Zone()
	if m.zone == nil && t.zone != nil {
		zone = t.zone
	}
	b.put(b.meta, "Acquisition Timestamp", nexuslims.Text(nexuslims.Stamp(t.In(zone))), t.from, t.how)
}

var (
	_ extractors.Extractor = (*Extractor)(nil)
	_ extractors.Migrator  = (*Extractor)(nil)
)
