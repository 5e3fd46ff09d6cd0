package emd

import (
	"context"
	"path"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// readTags finds the groups that describe the file. Each kind of writer has its own place.
func (b *berkeley) readTags(ctx context.Context) error {
	for _, t := range []struct {
		into  *tags
		names []string
	}{
		{&b.microscope, []string{"microscope", prismaticBase + "/microscope"}},
		{&b.sample, []string{"sample", prismaticBase + "/sample"}},
		{&b.user, []string{"user", prismaticBase + "/user"}},
		{&b.comments, []string{"comments", prismaticBase + "/comments"}},
		{&b.simulation, []string{prismaticBase + "/original/simulation_parameters"}},
	} {
		for _, name := range t.names {
			g, err := b.root.Group(name)
			var o *nexuslims.Object
			if err == nil {
				o, err = b.tagsOf(ctx, g, 0)
			}
			if err = b.absent(err, name); err != nil {
				return err
			}
			if o != nil && (t.into.Object == nil || t.into.Len() == 0) {
				*t.into = tags{o, "/" + name}
			}
		}
	}
	return b.readBundles(ctx)
}

// prismaticBase is where Prismatic keeps its metadata.
const prismaticBase = "4DSTEM_simulation/metadata/metadata_0"

// absent is unless for groups that need not be there.
func (b *berkeley) absent(err error, what string) error {
	if nexuslims.KindOf(err) == nexuslims.NotFound {
		return nil
	}
	return b.unless(err, what)
}

// Bounds of the tags of one group.
const (
	tagDepth   = 6
	tagMembers = 1000
	tagBytes   = 64 << 10
)

// tagsOf reads attributes, small datasets and groups as an object. The marks of the format
// itself are left out.
func (b *berkeley) tagsOf(ctx context.Context, g *hdf5.Group, depth int) (*nexuslims.Object, error) {
	o, err := attributesOf(g)
	if err != nil {
		return nil, err
	}
	if depth > 0 {
		for _, mark := range []string{"emd_group_type", "python_class"} {
			o.Delete(mark)
		}
	}
	names, err := g.Names()
	if err != nil && !hdf5.IsLost(err) {
		return nil, err
	}
	for _, name := range names[:min(len(names), tagMembers)] {
		member, err := g.Object(name)
		var v nexuslims.Value
		switch member := member.(type) {
		case *hdf5.Group:
			if depth < tagDepth {
				var sub *nexuslims.Object
				if sub, err = b.tagsOf(ctx, member, depth+1); sub != nil {
					v = sub
				}
			}
		case *hdf5.Dataset:
			v, err = member.Value(ctx, tagBytes)
		}
		if err = b.unless(err, path.Join(g.Path(), name)); err != nil {
			return nil, err
		}
		if v != nil {
			o.Set(nexuslims.ValidText(name), shortened(single(v)))
		}
	}
	return o, nil
}

// readBundles reads the bundles of metadata of py4DSTEM, which stand in the root of its tree,
// and the calibration among them.
func (b *berkeley) readBundles(ctx context.Context) error {
	names, err := b.root.Names()
	if err != nil {
		return b.unless(err, "/")
	}
	for _, name := range names[:min(len(names), sniffedGroups)] {
		where := path.Join(name, "metadatabundle")
		g, err := b.root.Group(where)
		var o *nexuslims.Object
		if err == nil {
			o, err = b.tagsOf(ctx, g, 1)
		}
		if err = b.absent(err, where); err != nil {
			return err
		}
		if o == nil {
			continue
		}
		b.bundles = o
		if b.version == "" || strings.HasPrefix(b.version, "1") {
			b.format = formatPy4DSTEM
		}
		if c := o.Group("calibration"); c != nil && b.calibration.Object == nil {
			b.calibration = tags{c, "/" + where + "/calibration"}
		}
		if m := o.Group("microscope"); m != nil && b.microscope.Object == nil {
			b.microscope = tags{m, "/" + where + "/microscope"}
		}
	}
	return nil
}

// raw returns the file's own tags of an array.
func (b *berkeley) raw(a *ncemArray) *nexuslims.Object {
	o := nexuslims.NewObject(8)
	if b.version != "" {
		o.Set("EMD_version", nexuslims.Text(b.version))
	}
	for _, t := range []struct {
		name string
		tags tags
	}{
		{"microscope", b.microscope},
		{"sample", b.sample},
		{"user", b.user},
		{"comments", b.comments},
		{"simulation_parameters", b.simulation},
	} {
		if t.tags.Object != nil && (b.simulation.Object == nil || t.tags.Len() > 0) {
			o.Set(t.name, t.tags.Object)
		}
	}
	if b.bundles != nil {
		o.Set("metadatabundle", b.bundles)
	}
	if a.attributes.Len() > 0 {
		o.Set("attributes", a.attributes)
	}
	return o
}
