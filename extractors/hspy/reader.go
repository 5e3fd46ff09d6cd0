package hspy

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// experimentsName is the group of all signals, unnamed the name of those without a title.
const (
	experimentsName = "Experiments"
	unnamed         = "__unnamed__"
)

// maxSignals is how many signals of a file are read.
const maxSignals = 10_000

// reader is an open file.
type reader struct {
	file     *extractors.File
	root     *hdf5.Group
	version  version
	left     budget
	warnings []string
}

// version is that of the format.
type version struct{ major, minor int }

func (v version) before(major, minor int) bool {
	return v.major < major || v.major == major && v.minor < minor
}

// newest is the newest version that is known.
var newest = version{3, 3}

// experiment is one signal of the file while it is read.
type experiment struct {
	*reader
	path     string
	name     string // of the group
	group    *hdf5.Group
	data     *hdf5.Dataset
	metadata *nexuslims.Object
	original *nexuslims.Object
	own      *nexuslims.Object // attributes of the group itself
}

// signals reads all of them in order of name.
func (r *reader) signals(ctx context.Context) ([]*extractors.Signal, error) {
	if err := r.readVersion(); err != nil {
		return nil, err
	}
	experiments, err := r.root.Group(experimentsName)
	if err != nil {
		return nil, r.unless(err, "/"+experimentsName)
	}
	names, err := experiments.Names()
	if err = r.unless(err, experiments.Path()); err != nil {
		return nil, err
	}
	if len(names) > maxSignals {
		r.warn("%d signals are too many: the first %d were read", len(names), maxSignals)
		names = names[:maxSignals]
	}
	var list []*extractors.Signal
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, nexuslims.E(nexuslims.KindOf(err), op, "", err)
		}
		s, err := r.signal(ctx, experiments, name)
		if err = r.unless(err, experiments.Path()+"/"+name); err != nil {
			return nil, err
		}
		if s != nil {
			list = append(list, s)
		}
	}
	return list, nil
}

// readVersion reads the version; the first one did not write any.
func (r *reader) readVersion() error {
	v, err := attribute(r.root, "file_format_version")
	if err != nil && !hdf5.IsLost(err) {
		return err
	}
	r.version = version{1, 0}
	text := plainText(v)
	major, minor, _ := strings.Cut(text, ".")
	a, err := strconv.Atoi(major)
	if err != nil {
		if v != nil {
			r.warn("the version of the format, %q, is not understood: read as %d.%d", cut(text), newest.major, newest.minor)
			r.version = newest
		}
		return nil
	}
	b, _ := strconv.Atoi(minor)
	r.version = version{a, b}
	if newest.before(a, b) {
		r.warn("version %d.%d of the format is newer than %d.%d", a, b, newest.major, newest.minor)
	}
	return nil
}

// cut is a text of the file for a message.
func cut(text string) string { return nexuslims.CutText(text, 60, "…") }

// signal reads one signal; a group without data is none.
func (r *reader) signal(ctx context.Context, all *hdf5.Group, name string) (*extractors.Signal, error) {
	g, err := all.Group(name)
	if err != nil {
		if nexuslims.KindOf(err) == nexuslims.NotFound {
			return nil, nil // no group
		}
		return nil, err
	}
	e := &experiment{reader: r, name: name, path: g.Path(), group: g}
	if e.data, err = g.Dataset("data"); err != nil {
		if nexuslims.KindOf(err) == nexuslims.NotFound {
			return nil, nil
		}
		return nil, err
	}
	if err := e.readTrees(ctx); err != nil {
		return nil, err
	}
	return e.signal(ctx)
}

// readTrees reads metadata, in whose names old versions differ.
func (e *experiment) readTrees(ctx context.Context) error {
	var err error
	if e.own, err = e.attributes(e.group); err != nil {
		return err
	}
	name := ""
	if e.metadata, name, err = e.tree(ctx, "metadata", "mapped_parameters"); err != nil {
		return err
	}
	if e.original, _, err = e.tree(ctx, "original_metadata", "original_parameters"); err != nil {
		return err
	}
	if e.version.before(1, 2) || name == "mapped_parameters" {
		e.metadata = renamed(e.metadata)
	}
	if e.version.before(3, 0) {
		renameInstruments(e.metadata)
	}
	return nil
}

// tree reads the first of some groups that is there; an empty tree where none is.
func (e *experiment) tree(ctx context.Context, names ...string) (*nexuslims.Object, string, error) {
	for _, name := range names {
		g, err := e.group.Group(name)
		if err == nil {
			var o *nexuslims.Object
			if o, err = e.decode(ctx, g, 0); err == nil {
				return o, name, nil
			}
		}
		if nexuslims.KindOf(err) == nexuslims.NotFound {
			continue
		}
		if err = e.unless(err, e.path+"/"+name); err != nil {
			return nil, "", err
		}
	}
	return nexuslims.NewObject(0), "", nil
}

// unless keeps an error that ends the reading; others become a warning.
func (r *reader) unless(err error, what string) error {
	if err == nil || !hdf5.IsLost(err) {
		return err
	}
	r.warn("%s was left out: %v", nexuslims.ValidText(what), err)
	return nil
}

// maxWarnings is how many warnings of a file are kept.
const maxWarnings = 100

func (r *reader) warn(format string, args ...any) {
	switch n := len(r.warnings); {
	case n < maxWarnings:
		r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
	case n == maxWarnings:
		r.warnings = append(r.warnings, "there are more warnings")
	}
}
