package hdf5

import (
	"cmp"
	"errors"
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Attribute is a small value at an object.
type Attribute struct {
	Name  string
	Type  *Type
	Shape []int // nil: a scalar; see Null
	Null  bool  // there is no value

	f    *File
	name string
	raw  []byte
}

// Stored returns the name and the elements as they are stored, for formats that put texts of
// Latin-1 there. The bytes must not be changed.
func (a *Attribute) Stored() (name string, elements []byte) { return a.name, a.raw }

// Attributes implements [Object].
func (n *node) Attributes() ([]*Attribute, error) {
	var list []*Attribute
	var errs []error
	for i := range n.header.messages {
		m := &n.header.messages[i]
		if m.kind != msgAttribute {
			continue
		}
		a, err := n.f.attribute(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, a)
	}
	err := n.dense(0, 1<<32-1, func(a *Attribute, err error) {
		if err != nil {
			errs = append(errs, err)
			return
		}
		list = append(list, a)
	})
	slices.SortStableFunc(list, func(a, b *Attribute) int { return cmp.Compare(a.Name, b.Name) })
	return list, errors.Join(append(errs, err)...)
}

// Attribute implements [Object].
func (n *node) Attribute(name string) (*Attribute, error) {
	for i := range n.header.messages {
		m := &n.header.messages[i]
		if m.kind != msgAttribute || !n.f.src.named(m, name) {
			continue
		}
		return n.f.attribute(m)
	}
	var found *Attribute
	var failed error
	hash := checksum([]byte(name))
	err := n.dense(hash, hash, func(a *Attribute, err error) {
		if err != nil {
			failed = err
		} else if a.Name == name {
			found = a
		}
	})
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, err
	case failed != nil:
		return nil, failed
	}
	return nil, nexuslims.E(nexuslims.NotFound, "find attribute", n.path+"@"+name, nil)
}

// maxAttributes is how many attributes of one object are read.
const maxAttributes = 100_000

// dense visits the attributes kept in a heap whose names have a hash within the limits.
func (n *node) dense(low, high uint32, visit func(*Attribute, error)) error {
	m := n.header.find(msgAttributeInfo)
	if m == nil {
		return nil
	}
	c := n.f.src.cursor(m.body)
	c.skip(1)
	if flags := c.u8(); flags&1 != 0 {
		c.skip(2)
	}
	heapAt, tree := c.address(), c.address()
	if err := c.err("read attributes"); err != nil {
		return err
	}
	if heapAt == n.f.src.undefined() || tree == n.f.src.undefined() {
		return nil
	}
	heap, err := n.f.src.openHeap(heapAt)
	if err != nil {
		return err
	}
	t, err := n.f.src.openTree(tree)
	if err != nil {
		return err
	}
	count := 0
	within := func(record []byte) int {
		c := n.f.src.cursor(record)
		c.skip(8 + 1 + 4)
		return hashWithin(c.u32(), low, high)
	}
	return t.walk(within, func(record []byte) error {
		if count++; count > maxAttributes {
			return unsupported("read attributes", "more than %d", maxAttributes)
		}
		if len(record) < 17 {
			return corrupt("read attributes", "record of %d bytes", len(record))
		}
		body, err := heap.object(record[:8])
		if err != nil {
			visit(nil, err)
			return nil
		}
		visit(n.f.attribute(&message{kind: msgAttribute, shared: record[8]&2 != 0, body: body}))
		return nil
	})
}

func hashWithin(hash, low, high uint32) int {
	switch {
	case hash < low:
		return -1
	case hash > high:
		return 1
	}
	return 0
}

// attributeParts are the parts of an attribute message.
type attributeParts struct {
	name                    string
	kind, space, raw        []byte
	kindShared, spaceShared bool
}

// parts cuts an attribute message (section IV.A.2.m).
func (s *source) parts(body []byte) (attributeParts, error) {
	const op = "read attribute"
	c := s.cursor(body)
	version, flags := c.u8(), c.u8()
	sizes := [3]int{c.u16(), c.u16(), c.u16()}
	if version < 1 || version > 3 {
		return attributeParts{}, corrupt(op, "version %d", version)
	}
	if version == 3 {
		c.skip(1) // encoding of the name
	}
	start := c.at
	take := func(n int) []byte {
		b := c.take(n)
		if version == 1 {
			c.align(start)
		}
		return b
	}
	p := attributeParts{kindShared: version > 1 && flags&1 != 0, spaceShared: version > 1 && flags&2 != 0}
	p.name, p.kind, p.space = string(trimZeros(take(sizes[0]))), take(sizes[1]), take(sizes[2])
	if err := c.err(op); err != nil {
		return p, err
	}
	p.raw = c.take(c.left())
	return p, nil
}

// named tells whether an attribute message has a name.
func (s *source) named(m *message, name string) bool {
	if m.shared {
		full, err := s.resolve(m)
		if err != nil {
			return false
		}
		m = full
	}
	p, err := s.parts(m.body)
	return err == nil && p.name == name
}

func (f *File) attribute(m *message) (*Attribute, error) {
	m, err := f.src.resolve(m)
	if err != nil {
		return nil, err
	}
	p, err := f.src.parts(m.body)
	if err != nil {
		return nil, err
	}
	a, err := f.attributeOf(p)
	if err != nil {
		return nil, nexuslims.E(kindOf(err), "read attribute", nexuslims.ValidText(p.name), err)
	}
	return a, nil
}

// kindOf returns the kind of an error of this package.
func kindOf(err error) nexuslims.Kind {
	var e *nexuslims.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return nexuslims.Internal
}

func (f *File) attributeOf(p attributeParts) (*Attribute, error) {
	kind, err := f.src.resolve(&message{kind: msgType, shared: p.kindShared, body: p.kind})
	if err != nil {
		return nil, err
	}
	space, err := f.src.resolve(&message{kind: msgSpace, shared: p.spaceShared, body: p.space})
	if err != nil {
		return nil, err
	}
	a := &Attribute{Name: nexuslims.ValidText(p.name), f: f, name: p.name, raw: p.raw}
	if a.Type, err = f.src.decodeType(kind.body); err != nil {
		return nil, err
	}
	d, err := f.src.decodeSpace(space.body)
	if err != nil {
		return nil, err
	}
	if a.Null = d.null; a.Null {
		a.raw = nil
		return a, nil
	}
	if len(d.shape) > 0 {
		a.Shape = d.shape
	}
	n, ok := d.elements()
	if !ok || n > int64(len(p.raw)/a.Type.Size) {
		return nil, corrupt("read attribute", "%v elements of %d bytes in %d", d.shape, a.Type.Size, len(p.raw))
	}
	a.raw = p.raw[:int(n)*a.Type.Size]
	return a, nil
}

// Attributes of more than maxAttributeValue bytes are not read, but for long texts, which
// stand outside of the attribute and may have maxAttributeText together.
const (
	maxAttributeValue = 64 << 10
	maxAttributeText  = 1 << 20
)

// Value returns the value as metadata: texts, numbers that keep their kind, booleans of
// enumerations FALSE and TRUE, other enumerations by name, lists, objects for compounds.
// Numbers of 32 bits are widened. Opaque bytes are an object of length and digest.
// More than 64 KiB are Unsupported, and more than 1 MiB of texts of variable length.
func (a *Attribute) Value() (nexuslims.Value, error) {
	if a.Null {
		return nexuslims.Null{}, nil
	}
	d := newValueDecoder(a.f, maxAttributeValue)
	d.texts = maxAttributeText
	v, err := d.array(a.Type, a.Shape, a.raw)
	if err != nil {
		return nil, nexuslims.E(kindOf(err), "read attribute", a.Name, err)
	}
	return v, nil
}
