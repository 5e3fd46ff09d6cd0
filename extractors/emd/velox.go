package emd

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// maxSignals is how many signals of one file are read.
const maxSignals = 10_000

// velox is an open Velox file: what all its signals share.
type velox struct {
	file    *extractors.File
	root    *hdf5.Group
	version int
	// document and info are /Version and /Info.
	document, info *nexuslims.Object
	log            string
	trees          veloxTrees
	names          map[string]veloxName // by the path of the data
	elements       map[string]veloxElements
	members        map[string][]*veloxMember // by the name of the group below /Data
	budget         int64                     // bytes of text that may still be read
	warnings       []string
}

// extractVelox reads all signals: spectra, images, energy-loss maps, and one map of all
// streams of events.
func extractVelox(ctx context.Context, f *extractors.File, root *hdf5.Group) (*extractors.Result, error) {
	v := &velox{file: f, root: root, budget: min(64<<20, 2*f.Size()+1<<20)}
	if err := v.readShared(ctx); err != nil {
		return nil, err
	}
	if err := v.readMembers(ctx); err != nil {
		return nil, err
	}
	v.nameAll()
	result := &extractors.Result{Format: formatVelox}
	for _, m := range v.signals() {
		if err := ctx.Err(); err != nil {
			return nil, nexuslims.E(nexuslims.KindOf(err), "read EMD", "", err)
		}
		result.Signals = append(result.Signals, v.signal(m))
	}
	s, err := v.spectrumImage(ctx)
	if err != nil {
		return nil, err
	}
	if s != nil {
		result.Signals = append(result.Signals, s)
	}
	result.Warnings = v.warnings
	return result, nil
}

// signals lists the members that are signals of their own, in the order of the result.
func (v *velox) signals() []*veloxMember {
	list := slices.Concat(v.members[veloxSpectrum], v.members[veloxImage], v.members[veloxEELS])
	if len(list) > maxSignals {
		v.warn("%d signals are too many: the first %d were read", len(list), maxSignals)
		list = list[:maxSignals]
	}
	return list
}

func (v *velox) warn(format string, args ...any) {
	v.warnings = append(v.warnings, fmt.Sprintf(format, args...))
}

// readShared reads the documents that stand beside the data.
func (v *velox) readShared(ctx context.Context) error {
	var err error
	if v.document, err = v.documentAt(ctx, "Version"); err != nil {
		return err
	}
	v.version, _ = strconv.Atoi(textAt(v.document, "version"))
	if v.info, err = v.documentAt(ctx, "Info"); err != nil {
		return err
	}
	if v.log, err = v.readLog(ctx); err != nil {
		return err
	}
	return v.readTrees(ctx)
}

// documentAt reads one JSON document; one that is not there or damaged is empty.
func (v *velox) documentAt(ctx context.Context, name string) (*nexuslims.Object, error) {
	d, err := v.root.Dataset(name)
	if err == nil {
		var o *nexuslims.Object
		if o, err = v.parse(ctx, d); err == nil {
			return o, nil
		}
	}
	if !hdf5.IsLost(err) {
		return nil, err
	}
	if nexuslims.KindOf(err) != nexuslims.NotFound {
		v.warn("%s could not be read: %v", name, err)
	}
	return nil, nil
}

// parse reads the JSON text of a dataset.
func (v *velox) parse(ctx context.Context, d *hdf5.Dataset) (*nexuslims.Object, error) {
	text, err := jsonText(ctx, d, min(maxJSON, v.budget))
	if err != nil {
		return nil, err
	}
	v.budget -= int64(len(text))
	return parseJSON(text)
}

// readLog reads the log of the experiment, which is percent-encoded.
func (v *velox) readLog(ctx context.Context) (string, error) {
	experiment, err := v.documentAt(ctx, "Experiment")
	if err != nil {
		return "", err
	}
	where := textAt(experiment, "log")
	if where == "" {
		return "", nil
	}
	doc, err := v.documentAt(ctx, where)
	return unescape(textAt(doc, "text")), err
}

// The groups below /Data that are read.
const (
	veloxSpectrum = "Spectrum"
	veloxImage    = "Image"
	veloxEELS     = "EelsSpectrumImage"
	veloxStream   = "SpectrumStream"
	veloxCube     = "SpectrumImage"
)

// readMembers opens all data and reads the metadata of each.
func (v *velox) readMembers(ctx context.Context) error {
	v.members = map[string][]*veloxMember{}
	data, err := v.root.Group("Data")
	if err != nil {
		return v.unless(err, "/Data")
	}
	groups, err := data.Names()
	if err != nil && !hdf5.IsLost(err) {
		return err
	}
	for _, name := range groups {
		switch name {
		case veloxSpectrum, veloxImage, veloxEELS, veloxStream, veloxCube:
			err = v.readKind(ctx, data, name)
		case "Text", "Shape": // what the user wrote and drew
		default:
			v.warn("/Data/%s is of a kind that is not read", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unless returns the error, and nil with a warning where only a part of the file is lost.
func (v *velox) unless(err error, what string) error {
	if err == nil || !hdf5.IsLost(err) {
		return err
	}
	v.warn("%s was left out: %v", what, err)
	return nil
}

func (v *velox) readKind(ctx context.Context, data *hdf5.Group, kind string) error {
	group, err := data.Group(kind)
	if err != nil {
		return v.unless(err, path.Join("/Data", kind))
	}
	ids, err := group.Names()
	if err = v.unless(err, path.Join("/Data", kind)); err != nil {
		return err
	}
	for _, id := range ids[:min(len(ids), maxSignals+1)] {
		if err := ctx.Err(); err != nil {
			return nexuslims.E(nexuslims.KindOf(err), "read EMD", "", err)
		}
		m, err := v.readMember(ctx, group, kind, id)
		if err != nil {
			if err := v.unless(err, path.Join("/Data", kind, id)); err != nil {
				return err
			}
			continue
		}
		v.members[kind] = append(v.members[kind], m)
	}
	return nil
}

// veloxMember is one entry below /Data.
type veloxMember struct {
	kind, path string
	group      *hdf5.Group
	data       *hdf5.Dataset
	meta       *nexuslims.Object // nil where no text of metadata could be read
	// acquisition is what an energy-loss map says of itself.
	acquisition *nexuslims.Object
}

// readMember opens a member and reads its metadata: of the first frame, and of the last of
// a stream, whose times are those of the whole.
func (v *velox) readMember(ctx context.Context, group *hdf5.Group, kind, id string) (*veloxMember, error) {
	g, err := group.Group(id)
	if err != nil {
		return nil, err
	}
	m := &veloxMember{kind: kind, path: path.Join("/Data", kind, id), group: g}
	if m.data, err = g.Dataset("Data"); err != nil && kind != veloxCube {
		return nil, err
	}
	if kind == veloxEELS {
		if m.acquisition, err = v.frameDocument(ctx, m, "AcquisitionMetadata", false); err != nil && !hdf5.IsLost(err) {
			return nil, err
		}
	}
	m.meta, err = v.frameDocument(ctx, m, "Metadata", kind == veloxStream)
	switch {
	case err == nil, m.acquisition != nil && hdf5.IsLost(err):
		return m, nil
	case errors.Is(err, errNoText):
		v.warn("the metadata of %s could not be read: %v", m.path, err)
		return m, nil
	}
	return nil, err
}

// errNoText says that no frame has a text of metadata that can be read.
var errNoText = nexuslims.E(nexuslims.Corrupt, "read metadata", "", errors.New("no frame has a readable text"))

// triedFrames is how many frames are asked for their metadata, one after the other.
const triedFrames = 8

// frameDocument reads the metadata of the first frame that has readable ones, or of the last.
func (v *velox) frameDocument(ctx context.Context, m *veloxMember, name string, last bool) (*nexuslims.Object, error) {
	d, err := m.group.Dataset(name)
	if err != nil {
		return nil, err
	}
	frames := 1
	if shape := d.Shape(); len(shape) == 2 {
		frames = shape[1]
	}
	for i := range min(frames, triedFrames) {
		if last {
			i = frames - 1 - i
		}
		text, err := column(ctx, d, i, min(maxJSON, v.budget))
		if err == nil {
			v.budget -= int64(len(text))
			var o *nexuslims.Object
			if o, err = parseJSON(text); err == nil {
				return o, nil
			}
		}
		if !hdf5.IsLost(err) {
			return nil, err
		}
	}
	return nil, errNoText
}
