package rocrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// member is what belongs to a dataset; nil where it has none.
type member struct {
	data              *dataFile
	metadata, preview *part
}

// inventory is all files of a record, as the first reading finds them.
type inventory struct {
	record  *part
	parts   []*part     // inside, in record order; the record first
	data    []*dataFile // in record order
	members [][]member  // by activity and dataset
	lost    []string    // warnings
}

func (v *inventory) count(states ...state) (n int) {
	for _, f := range v.data {
		for _, s := range states {
			if f.state == s {
				n++
			}
		}
	}
	return n
}

// warnings keeps a list of many lost files short.
func (v *inventory) warnings() []string {
	const most = 10
	if len(v.lost) <= most {
		return v.lost
	}
	return append(v.lost[:most:most], fmt.Sprintf("%d more files", len(v.lost)-most))
}

// survey makes an inventory.
type survey struct {
	config   Config
	files    exporters.Files
	media    map[string]string
	unsteady map[string]bool // data files that must stay outside
	names    names
	known    map[string]*dataFile
	copies   map[string]*part // metadata files and previews by path; nil for lost ones
	left     int64            // room for data files
	full     bool
	inventory
}

// survey reads the files of a job for the first time. Document is the record file.
func (s *Store) survey(ctx context.Context, job *exporters.Job, document []byte, unsteady map[string]bool) (*inventory, error) {
	v := &survey{
		config: s.config, files: job.Files, media: job.MediaTypes, unsteady: unsteady, left: int64(s.config.Limit),
		names: names{}, known: map[string]*dataFile{}, copies: map[string]*part{},
	}
	name := job.Name + ".xml"
	v.record = &part{name: v.names.take(name), original: name, about: "Record", media: mediaXML, content: document}
	if err := v.add(ctx, v.record); err != nil {
		return nil, err
	}
	for _, a := range job.Record.Activities {
		row := make([]member, len(a.Datasets))
		for i, d := range a.Datasets {
			var err error
			if row[i], err = v.dataset(ctx, d); err != nil {
				return nil, err
			}
		}
		v.members = append(v.members, row)
	}
	return &v.inventory, nil
}

// add reads a part and takes it in.
func (v *survey) add(ctx context.Context, p *part) error {
	r, err := p.reader()
	if err != nil {
		return err
	}
	p.sum, err = measure(ctx, r)
	if err = errors.Join(err, r.Close()); err == nil {
		v.parts = append(v.parts, p)
	}
	return err
}

func (v *survey) dataset(ctx context.Context, d nexuslims.Dataset) (m member, err error) {
	if m.data, err = v.dataFile(ctx, d); err != nil || v.files.Data == nil {
		return m, err
	}
	m.metadata, err = v.copyOf(ctx, exporters.MetadataName(d), part{
		about: "Metadata of " + m.data.name, media: mediaJSON, open: func() (fs.File, error) { return v.files.Metadata(d) },
	})
	if err != nil || d.Preview == "" {
		return m, err
	}
	m.preview, err = v.copyOf(ctx, d.Preview, part{
		about: "Preview of " + m.data.name, media: mediaPNG, open: func() (fs.File, error) { return v.files.Preview(d) },
	})
	return m, err
}

// copyOf takes in a metadata file or preview, once if datasets share it. One that is
// missing is lost with a warning.
func (v *survey) copyOf(ctx context.Context, name string, p part) (*part, error) {
	if known, ok := v.copies[name]; ok {
		return known, nil
	}
	p.original = path.Base(name)
	err := v.named(ctx, &p)
	if _, lost := absent(err); lost {
		v.copies[name] = nil
		v.lost = append(v.lost, strings.ToLower(p.about[:1])+p.about[1:]+" could not be read")
		return nil, nil
	}
	if err != nil {
		return nil, readFault(ctx, p.original, err)
	}
	v.copies[name] = &p
	return &p, nil
}

// named takes in a part under a free name.
func (v *survey) named(ctx context.Context, p *part) error {
	if err := v.add(ctx, p); err != nil {
		return err
	}
	p.name = v.names.take(p.original)
	return nil
}

// readFault is a failure of reading that does not concern one file alone.
func readFault(ctx context.Context, name string, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case escapes(err):
		return nexuslims.E(nexuslims.Invalid, "read", name, err)
	}
	return nexuslims.E(nexuslims.Transient, "read", name, err)
}

// dataFile looks at a data file, once for all its signals.
func (v *survey) dataFile(ctx context.Context, d nexuslims.Dataset) (*dataFile, error) {
	location := strings.TrimPrefix(d.Location, "/")
	if f, ok := v.known[location]; ok {
		return f, nil
	}
	f := &dataFile{location: location, name: path.Base(location), media: v.media[d.Format]}
	if f.media == "" {
		f.media = mediaUnknown
	}
	v.known[location] = f
	v.data = append(v.data, f)
	if v.files.Instruments == nil {
		f.state = unknown
		return f, nil
	}
	if !filepath.IsLocal(filepath.FromSlash(location)) {
		err := errors.New("it lies outside of the instrument data")
		return nil, nexuslims.E(nexuslims.Invalid, "read", location, err)
	}
	err := v.look(ctx, f, d)
	if state, lost := absent(err); lost {
		f.state, err = state, nil
		why := " is missing"
		if state == unread {
			why = " could not be read"
		}
		v.lost = append(v.lost, "data file "+f.name+why)
	}
	if err != nil {
		return nil, readFault(ctx, location, err)
	}
	return f, nil
}

// look finds size and time of a data file, and its digest where that is wanted.
func (v *survey) look(ctx context.Context, f *dataFile, d nexuslims.Dataset) error {
	file, err := v.files.DataFile(d)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	f.size, f.modified = info.Size(), info.ModTime().UTC()
	open := func() (fs.File, error) { return v.files.DataFile(d) }
	switch {
	case v.unsteady[f.location]:
		f.state = unsteady
		v.lost = append(v.lost, "data file "+f.name+" changed while the crate was made and is not in it")
	case v.config.Data == Include && !v.fits(f):
		f.state = overfull
		v.lost = append(v.lost, "data file "+f.name+" is not in the crate: over the limit of its size")
	case v.config.Data == Include:
		p := &part{original: f.name, about: "Data", media: f.media, data: true, open: open}
		if err := v.named(ctx, p); err != nil {
			return err
		}
		f.state, f.part, f.sum = included, p, p.sum
		v.left -= p.size
		return nil
	}
	if !v.config.Checksum || f.state == unsteady {
		return nil
	}
	r, err := open()
	if err != nil {
		return err
	}
	f.sum, err = measure(ctx, r)
	return errors.Join(err, r.Close())
}

// fits reports whether there is room for a data file. Files go in in record order while
// they fit, none after the first that does not.
func (v *survey) fits(f *dataFile) bool {
	v.full = v.full || f.size > v.left
	return !v.full
}
