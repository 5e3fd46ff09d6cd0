package dm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Limits of what is read from one file. No real file comes near them.
const (
	maxDepth   = 64
	maxEntries = 1_000_000
	maxMemory  = 64 << 20
	tagCost    = 160 // bytes of memory that a tag takes beside its name and value
)

const (
	kindGroup = 20
	kindData  = 21
)

// Tree is the content of a file: version, byte order of values, and the root group.
type Tree struct {
	Version  int // 3, 4 or 5
	Order    binary.ByteOrder
	Root     *Group
	Warnings []string // what was left out, of version 5 alone
}

// Decode reads the tags of a file of the given size. Values are decoded, arrays of
// more than 256 elements are left where they are.
//
// With an error of kind Corrupt or Unsupported it returns what it understood before,
// or nil if that is nothing.
func Decode(ctx context.Context, r io.ReaderAt, size int64) (*Tree, error) {
	d := &decoder{ctx: ctx, w: newWindow(r, size), budget: maxMemory}
	tree, err := d.header()
	if err != nil {
		return nil, err
	}
	tree.Root = &Group{}
	err = d.group(tree.Root, 0)
	return tree, err
}

type decoder struct {
	ctx    context.Context //nolint:containedctx // lives as long as one decoding
	w      *window
	wide   bool // counts are 64 bits wide: version 4
	order  binary.ByteOrder
	budget int64
	seen   int
}

// header reads the 12 or 16 bytes before the root group. The length in it is not
// checked: writers disagree on what it counts.
func (d *decoder) header() (*Tree, error) {
	b, err := d.w.take(4)
	if err != nil {
		return nil, err
	}
	version := binary.BigEndian.Uint32(b)
	switch {
	case version == 3 || version == 4:
	case version < 10:
		return nil, nexuslims.E(nexuslims.Unsupported, "read tags", "", fmt.Errorf("version %d of the format", version))
	default:
		return nil, nexuslims.E(nexuslims.Corrupt, "read tags", "", errors.New("not a DigitalMicrograph file"))
	}
	d.wide = version == 4
	if _, err = d.count(); err != nil {
		return nil, err
	}
	if b, err = d.w.take(4); err != nil {
		return nil, err
	}
	switch order := binary.BigEndian.Uint32(b); order {
	case 0:
		d.order = binary.BigEndian
	case 1:
		d.order = binary.LittleEndian
	default:
		return nil, corrupt(d.w.off, fmt.Errorf("byte order %d", order))
	}
	return &Tree{Version: int(version), Order: d.order}, nil
}

// count reads a count, size or info number: 4 bytes, or 8 in version 4.
func (d *decoder) count() (int64, error) {
	if !d.wide {
		b, err := d.w.take(4)
		if err != nil {
			return 0, err
		}
		return int64(int32(binary.BigEndian.Uint32(b))), nil
	}
	b, err := d.w.take(8)
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// group reads the entries of a group into g, as far as it comes.
func (d *decoder) group(g *Group, depth int) error {
	if depth > maxDepth {
		return corrupt(d.w.off, fmt.Errorf("more than %d levels", maxDepth))
	}
	if _, err := d.w.take(2); err != nil { // sorted, open
		return err
	}
	n, err := d.count()
	if err != nil {
		return err
	}
	if n < 0 || n > maxEntries || n > d.w.left()/4 {
		return corrupt(d.w.off, fmt.Errorf("group of %d entries in %d bytes", n, d.w.left()))
	}
	var groups, values int
	for range n {
		if err = d.entry(g, depth, &groups, &values); err != nil {
			return err
		}
	}
	g.complete = true
	return nil
}

// entry reads one entry. Unnamed ones are called by kind and number, counted within
// the parent; dots have a meaning in paths and are left out of names.
func (d *decoder) entry(g *Group, depth int, groups, values *int) error {
	if err := d.pause(); err != nil {
		return err
	}
	kind, name, err := d.entryHead()
	if err != nil {
		return err
	}
	if err = d.spend(tagCost + int64(len(name))); err != nil {
		return err
	}
	if kind == kindGroup {
		if name == "" {
			name = "TagGroup" + strconv.Itoa(*groups)
			*groups++
		}
		sub := &Group{parent: g, name: name}
		g.set(Tag{Name: name, Group: sub})
		return d.group(sub, depth+1)
	}
	if name == "" {
		name = "Data" + strconv.Itoa(*values)
		*values++
	}
	tag, err := d.data()
	if err != nil {
		return fmt.Errorf("tag %q: %w", name, err)
	}
	tag.Name = name
	g.set(tag)
	return nil
}

func (d *decoder) entryHead() (kind byte, name string, err error) {
	b, err := d.w.take(3)
	if err != nil {
		return 0, "", err
	}
	kind = b[0]
	length := int(binary.BigEndian.Uint16(b[1:]))
	if kind != kindGroup && kind != kindData {
		return 0, "", corrupt(d.w.off, fmt.Errorf("entry of kind %d", kind))
	}
	raw, err := d.bytes(int64(length))
	if err != nil {
		return 0, "", err
	}
	name = strings.ReplaceAll(byteText(raw), ".", "")
	if d.wide {
		_, err = d.count() // size of the rest of the entry
	}
	return kind, name, err
}

// bytes returns the next n bytes, which may be more than the window holds.
func (d *decoder) bytes(n int64) ([]byte, error) {
	if n <= windowSize {
		return d.w.take(int(n))
	}
	if n > d.w.left() {
		return nil, corrupt(d.w.off, fmt.Errorf("%d bytes wanted, %d left: %w", n, d.w.left(), io.ErrUnexpectedEOF))
	}
	if err := d.spend(n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	if err := readFull(d.w.r, b, d.w.off); err != nil {
		return nil, err
	}
	return b, d.w.skip(n)
}

// pause looks at the context every now and then.
func (d *decoder) pause() error {
	d.seen++
	if d.seen%1024 != 0 {
		return nil
	}
	return d.ctx.Err()
}

func (d *decoder) spend(n int64) error {
	d.budget -= n
	if d.budget < 0 {
		return nexuslims.E(nexuslims.Unsupported, "read tags", "", fmt.Errorf("more than %d MiB of tags", maxMemory>>20))
	}
	return nil
}
