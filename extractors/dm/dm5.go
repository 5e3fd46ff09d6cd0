package dm

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// isHDF5 reports whether a file begins as HDF5 does.
func isHDF5(r io.ReaderAt) bool {
	var b [8]byte
	return readFull(r, b[:], 0) == nil && string(b[:]) == "\x89HDF\r\n\x1a\n"
}

// DecodeHDF5 reads the tags of a file of version 5, which keeps the tree of the earlier ones
// in HDF5: groups are tag groups, attributes are values, datasets are arrays, and an unnamed
// entry k is called [k]. The names become those of [Decode]; unnamed entries are sorted by
// number. Parts that cannot be read are left out, with a warning.
//
// The layout is inferred from files of Nion Swift.
func DecodeHDF5(ctx context.Context, r io.ReaderAt, size int64) (*Tree, error) {
	const message = "DM5 file could not be read"
	h, err := hdf5.Open(r, size)
	if err != nil {
		if nexuslims.KindOf(err) == nexuslims.Unsupported {
			err = nexuslims.E(nexuslims.Unsupported, "", "", fmt.Errorf("not HDF5: %w", err))
		}
		return nil, fmt.Errorf("%s: %w", message, err)
	}
	d := &decoder5{ctx: ctx, budget: maxMemory, seen: map[uint64]bool{}}
	tree := &Tree{Version: 5, Order: binary.LittleEndian, Root: &Group{}}
	err = d.group(h.Root(), tree.Root, 0)
	tree.Warnings = d.warnings
	if err != nil {
		return tree, fmt.Errorf("%s: %w", message, err)
	}
	return tree, nil
}

// decoder5 turns the objects of an HDF5 file into tags.
type decoder5 struct {
	ctx      context.Context //nolint:containedctx // lives as long as one decoding
	budget   int64
	seen     map[uint64]bool // objects, so that links cannot lead in circles
	warnings []string
}

const maxWarnings = 50

// lost makes a warning of an error that concerns a part of the file alone, and returns any
// other.
func (d *decoder5) lost(what string, err error) error {
	if err == nil {
		return nil
	}
	if !hdf5.IsLost(err) {
		return err
	}
	if len(d.warnings) < maxWarnings {
		d.warnings = append(d.warnings, fmt.Sprintf("%s could not be read: %v", what, err))
	}
	return nil
}

func (d *decoder5) spend(n int64) error {
	if d.budget -= n; d.budget < 0 {
		return nexuslims.E(nexuslims.Unsupported, "read tags", "", fmt.Errorf("more than %d MiB of tags", maxMemory>>20))
	}
	return d.ctx.Err()
}

// entry5 is an attribute or a member of a group.
type entry5 struct {
	name      string
	attribute *hdf5.Attribute // nil for a member
}

// group adds everything in h to g.
func (d *decoder5) group(h *hdf5.Group, g *Group, depth int) error {
	if depth > maxDepth {
		return d.lost("group "+h.Path(), nexuslims.E(nexuslims.Corrupt, "", "", fmt.Errorf("more than %d levels", maxDepth)))
	}
	d.seen[h.ID()] = true
	entries, err := d.entries(h)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.spend(tagCost + int64(len(e.name))); err != nil {
			return err
		}
		if e.attribute != nil {
			err = d.attribute(e, g)
		} else {
			err = d.member(h, e.name, g, depth)
		}
		if err = d.lost(fmt.Sprintf("tag %q in %s", byteText([]byte(e.name)), h.Path()), err); err != nil {
			return err
		}
	}
	g.complete = true
	return nil
}

// entries returns what is in a group: unnamed entries by number, then the others by name. A
// member hides an attribute of its name.
func (d *decoder5) entries(h *hdf5.Group) ([]entry5, error) {
	names, err := h.Names()
	if err := d.lost("a member of "+h.Path(), err); err != nil {
		return nil, err
	}
	attributes, err := h.Attributes()
	if err := d.lost("an attribute of "+h.Path(), err); err != nil {
		return nil, err
	}
	list := make([]entry5, 0, len(names)+len(attributes))
	for _, name := range names {
		list = append(list, entry5{name: name})
	}
	for _, a := range attributes {
		name, _ := a.Stored()
		if _, twice := slices.BinarySearch(names, name); twice {
			err := nexuslims.E(nexuslims.Corrupt, "", "", errors.New("a member has the same name"))
			_ = d.lost(fmt.Sprintf("attribute %q of %s", a.Name, h.Path()), err)
			continue
		}
		list = append(list, entry5{name: name, attribute: a})
	}
	slices.SortStableFunc(list, func(a, b entry5) int {
		i, j := a.rank(), b.rank()
		return cmp.Or(cmp.Compare(i, j), cmp.Compare(a.name, b.name))
	})
	return list, nil
}

// rank is the number of an unnamed entry; named ones come after all of them.
func (e entry5) rank() int {
	if k, ok := entryNumber(e.name); ok {
		return k
	}
	return maxEntries
}

// entryNumber understands [k].
func entryNumber(name string) (int, bool) {
	inner, ok := strings.CutPrefix(name, "[")
	if !ok {
		return 0, false
	}
	if inner, ok = strings.CutSuffix(inner, "]"); !ok {
		return 0, false
	}
	k, err := strconv.Atoi(inner)
	return k, err == nil && k >= 0 && k < maxEntries && strconv.Itoa(k) == inner
}

// tagName is the name that an entry has in the tree of the earlier versions.
func tagName(name, kind string) string {
	if k, ok := entryNumber(name); ok {
		return kind + strconv.Itoa(k)
	}
	return strings.ReplaceAll(byteText([]byte(name)), ".", "")
}

func (d *decoder5) member(h *hdf5.Group, name string, g *Group, depth int) error {
	object, err := h.Object(name)
	if err != nil {
		return err
	}
	if d.seen[object.ID()] {
		return nexuslims.E(nexuslims.Corrupt, "", "", errors.New("it stands elsewhere too"))
	}
	switch object := object.(type) {
	case *hdf5.Group:
		name = tagName(name, "TagGroup")
		sub := &Group{parent: g, name: name}
		g.set(Tag{Name: name, Group: sub})
		return d.group(object, sub, depth+1)
	case *hdf5.Dataset:
		d.seen[object.ID()] = true
		tag, err := d.dataset(object, g.name == "ImageData")
		if err != nil {
			return err
		}
		tag.Name = tagName(name, "Data")
		g.set(tag)
	}
	return nil
}
