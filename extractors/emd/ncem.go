package emd

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// berkeley is an open file of the EMD specification.
type berkeley struct {
	file     *extractors.File
	root     *hdf5.Group
	version  string // "0.2"
	format   string
	arrays   []*ncemArray
	groups   int // that may still be visited
	warnings []string
	// The file's own tags: of the microscope, the sample, the user, the comments.
	microscope, sample, user, comments tags
	simulation                         tags // parameters of Prismatic
	bundles                            *nexuslims.Object
	calibration                        tags
}

// tags are attributes and small datasets of a group, and its path.
type tags struct {
	*nexuslims.Object
	path string
}

// ncemArray is one array of a group of the EMD type.
type ncemArray struct {
	path, name string // of the group
	group      *hdf5.Group
	data       *hdf5.Dataset
	attributes *nexuslims.Object
	layers     []*ncemArray // groups that are one signal together; nil: this one alone
}

// Bounds of the search for arrays.
const (
	ncemGroups = 20_000
	ncemDepth  = 12
)

// extractBerkeley reads all arrays.
func extractBerkeley(ctx context.Context, f *extractors.File, root *hdf5.Group) (*extractors.Result, error) {
	b := &berkeley{file: f, root: root, groups: ncemGroups, format: formatBerkeley}
	if err := b.readVersion(); err != nil {
		return nil, err
	}
	if err := b.search(ctx, root, "", 0); err != nil {
		return nil, err
	}
	if err := b.readTags(ctx); err != nil {
		return nil, err
	}
	if b.version == "0.5" {
		b.arrays = stackLayers(b.arrays)
	}
	result := &extractors.Result{Format: b.format}
	for _, a := range b.arrays {
		s, err := b.signal(ctx, a)
		if err != nil {
			if err := b.unless(err, a.path); err != nil {
				return nil, err
			}
			continue
		}
		result.Signals = append(result.Signals, s)
	}
	result.Warnings = b.warnings
	return result, nil
}

// readVersion finds the version at the root or one of its groups, and who wrote the file.
func (b *berkeley) readVersion() error {
	names, err := b.root.Names()
	if err != nil {
		return err
	}
	groups := []*hdf5.Group{b.root}
	for _, name := range names[:min(len(names), sniffedGroups)] {
		if g, err := b.root.Group(name); err == nil {
			groups = append(groups, g)
		} else if !hdf5.IsLost(err) {
			return err
		}
	}
	for _, g := range groups {
		major, err := attribute(g, "version_major")
		if err != nil {
			return err
		}
		minor, err := attribute(g, "version_minor")
		if err != nil {
			return err
		}
		if major != nil && b.version == "" {
			b.version = ncemText(major)
			if minor != nil {
				b.version += "." + ncemText(minor)
			}
		}
		if strings.HasPrefix(path.Base(g.Path()), "4DSTEM_sim") {
			b.format = formatPrismatic
		}
	}
	kind, err := attribute(b.root, "emd_group_type")
	if err == nil && ncemText(kind) == "file" {
		b.format = formatPy4DSTEM
	}
	return err
}

// attribute returns a value, nil where there is none that can be read.
func attribute(o hdf5.Object, name string) (nexuslims.Value, error) {
	a, err := o.Attribute(name)
	if err == nil {
		var v nexuslims.Value
		if v, err = a.Value(); err == nil {
			return single(v), nil
		}
	}
	if hdf5.IsLost(err) {
		err = nil
	}
	return nil, err
}

// single is the only member of a list of one.
func single(v nexuslims.Value) nexuslims.Value {
	if list, ok := v.(nexuslims.List); ok && len(list) == 1 {
		return list[0]
	}
	return v
}

// ncemText is a value as text.
func ncemText(v nexuslims.Value) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(nexuslims.TextOf(v))
}

func (b *berkeley) unless(err error, what string) error {
	if err == nil || !hdf5.IsLost(err) {
		return err
	}
	b.warn("%s was left out: %v", what, err)
	return nil
}

func (b *berkeley) warn(format string, args ...any) {
	b.warnings = append(b.warnings, fmt.Sprintf(format, args...))
}

// search collects the arrays of a group and of those below it, in order of path.
func (b *berkeley) search(ctx context.Context, g *hdf5.Group, at string, depth int) error {
	if err := ctx.Err(); err != nil {
		return nexuslims.E(nexuslims.KindOf(err), "read EMD", "", err)
	}
	if b.groups--; b.groups < 0 || depth > ncemDepth || len(b.arrays) >= maxSignals {
		return nil
	}
	names, err := g.Names()
	if err = b.unless(err, "/"+at); err != nil {
		return err
	}
	kind, err := attribute(g, "emd_group_type")
	if err != nil {
		return err
	}
	isArray := ncemText(kind) == "1" || ncemText(kind) == "array"
	for _, name := range names {
		member, err := g.Object(name)
		if err != nil {
			if err = b.unless(err, path.Join("/", at, name)); err != nil {
				return err
			}
			continue
		}
		switch member := member.(type) {
		case *hdf5.Group:
			err = b.search(ctx, member, path.Join(at, name), depth+1)
		case *hdf5.Dataset:
			if isArray && isArrayName(name) {
				b.add(g, at, member)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isArrayName(name string) bool {
	return slices.ContainsFunc([]string{"data", "counted_datacube", "diffractionslice", "realslice"},
		func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// add notes an array; lists of points and texts are none.
func (b *berkeley) add(g *hdf5.Group, at string, d *hdf5.Dataset) {
	if elementNameNCEM(d.Type()) == "" {
		b.warn("/%s holds no numbers and was left out", at)
		return
	}
	b.arrays = append(b.arrays, &ncemArray{path: "/" + at, name: path.Base(at), group: g, data: d})
}

func elementNameNCEM(t *hdf5.Type) string {
	name := t.Element()
	if _, ok := extractors.ParseElementType(name); !ok {
		return ""
	}
	return name
}

// signal makes the signal of an array.
func (b *berkeley) signal(ctx context.Context, a *ncemArray) (*extractors.Signal, error) {
	var err error
	if a.attributes, err = attributesOf(a.group); err != nil {
		return nil, err
	}
	array, why, err := b.array(ctx, a)
	if err != nil {
		return nil, err
	}
	r := &ncemRecord{Sheet: extractors.NewSheet(b.file, nexuslims.Misc, "Miscellaneous"), b: b, array: a}
	shape := a.data.Shape()
	if array != nil {
		r.axes = array.Axes
		shape = array.Shape()
	}
	r.classify()
	r.write()
	r.Put(nexuslims.Text(dimensions(shape)), "shape of "+a.data.Path(), "Data Dimensions")
	s := r.Signal(b.raw(a))
	s.Title = a.title()
	if s.Data = array; array == nil {
		s.NoPreview = why
		b.warn("%s has no pixels that can be read: %s", a.path, why)
	}
	return s, nil
}

// title is the name of the group; HyperSpy wrote __unnamed__ for none.
func (a *ncemArray) title() string {
	if a.name == "__unnamed__" {
		return ""
	}
	return nexuslims.ValidText(strings.TrimSuffix(a.name, "_depth"))
}

// attributesOf reads all attributes of an object; those that cannot be read are left out.
func attributesOf(o hdf5.Object) (*nexuslims.Object, error) {
	list, err := o.Attributes()
	if err != nil && !hdf5.IsLost(err) {
		return nil, err
	}
	values := nexuslims.NewObject(len(list))
	for _, a := range list {
		v, err := a.Value()
		switch {
		case err == nil:
			values.Set(nexuslims.ValidText(a.Name), single(v))
		case !hdf5.IsLost(err):
			return nil, err
		}
	}
	return values, nil
}
