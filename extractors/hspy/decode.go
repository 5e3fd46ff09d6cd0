package hspy

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// budget is what may still be read of the trees of a file.
type budget struct {
	entries int
	bytes   int64 // of datasets
	said    bool  // that there is more
}

// limits returns the budget of a file of the given size: of a large one little is read.
func limits(size int64) budget {
	b := budget{entries: 100_000, bytes: 8 << 20}
	if size > 10<<20 {
		b.bytes = 512 << 10
	}
	return b
}

// treeDepth is how deep groups of a tree may stand in each other.
const treeDepth = 32

// decode reads a group of a tree: groups are objects, attributes values, datasets arrays.
func (r *reader) decode(ctx context.Context, g *hdf5.Group, depth int) (*nexuslims.Object, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), op, "", err)
	}
	o, err := r.attributes(g)
	if err != nil {
		return nil, err
	}
	names, err := g.Names()
	if err = r.unless(err, g.Path()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if !r.spend() {
			break
		}
		key, kind := parseKey(name)
		if kind == skippedKey {
			continue
		}
		v, err := r.member(ctx, g, name, depth)
		if err = r.unless(err, path.Join(g.Path(), name)); err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		if _, isGroup := v.(*nexuslims.Object); isGroup && kind == numberedKey {
			key = afterNumber(key)
		}
		r.set(o, g, key, asKind(v, kind))
	}
	return o, nil
}

// spend takes one entry off the budget.
func (r *reader) spend() bool {
	if r.left.entries--; r.left.entries >= 0 {
		return true
	}
	if !r.left.said {
		r.left.said = true
		r.warn("the trees of metadata are too large: the rest was left out")
	}
	return false
}

func (r *reader) set(o *nexuslims.Object, g *hdf5.Group, key string, v nexuslims.Value) {
	if o.Has(key) {
		r.warn("%s has two entries %q: the first was left out", nexuslims.ValidText(g.Path()), cut(key))
	}
	o.Set(key, v)
}

// member reads a group or a dataset of a tree.
func (r *reader) member(ctx context.Context, g *hdf5.Group, name string, depth int) (nexuslims.Value, error) {
	m, err := g.Object(name)
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *hdf5.Dataset:
		return r.array(ctx, m)
	case *hdf5.Group:
		if strings.HasPrefix(name, "_sig_") {
			return r.wholeSignal(m)
		}
		if depth >= treeDepth {
			r.warn("%s was left out: too deep", nexuslims.ValidText(m.Path()))
			return nil, nil
		}
		sub, err := r.decode(ctx, m, depth+1)
		if err != nil {
			return nil, err
		}
		return sub, nil
	}
	return nil, nil
}

// wholeSignal stands for a signal among the metadata: its shape.
func (r *reader) wholeSignal(g *hdf5.Group) (nexuslims.Value, error) {
	d, err := g.Dataset("data")
	if err != nil {
		return nil, err
	}
	return shapeOf(d), nil
}

func shapeOf(d *hdf5.Dataset) *nexuslims.Object {
	shape := nexuslims.List{}
	for _, n := range d.Shape() {
		shape = append(shape, nexuslims.Int(n))
	}
	o := nexuslims.NewObject(2)
	o.Set("shape", shape)
	if name := d.Type().Element(); name != "" {
		o.Set("type", nexuslims.Text(name))
	}
	return o
}

// attributes reads all attributes of an object; those that cannot be read are left out.
func (r *reader) attributes(o hdf5.Object) (*nexuslims.Object, error) {
	list, err := o.Attributes()
	if err = r.unless(err, "attributes of "+o.Path()); err != nil {
		return nil, err
	}
	values := nexuslims.NewObject(len(list))
	for _, a := range list {
		key, kind := parseKey(a.Name)
		if kind == skippedKey {
			continue
		}
		if !r.spend() {
			break
		}
		v, err := a.Value()
		if err = r.unless(err, fmt.Sprintf("attribute %s of %s", cut(a.Name), o.Path())); err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		values.Set(key, asKind(shortened(tidy(v), a.Type), kind))
	}
	return values, nil
}

// tidy makes null of the word that HyperSpy writes for nothing.
func tidy(v nexuslims.Value) nexuslims.Value {
	switch v := v.(type) {
	case nexuslims.Text:
		if v == "_None_" {
			return nexuslims.Null{}
		}
	case nexuslims.List:
		for i := range v {
			v[i] = tidy(v[i])
		}
	}
	return v
}
