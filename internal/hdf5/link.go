package hdf5

// link is a member of a group.
type link struct {
	name     string
	address  uint64 // of a hard link
	soft     string // path of a soft link
	isSoft   bool
	external string // file of an external link
}

// decodeLink reads a link message (section IV.A.2.g).
func (s *source) decodeLink(body []byte) (link, error) {
	const op = "read link"
	c := s.cursor(body)
	version, flags, kind := c.u8(), c.u8(), 0
	if version != 1 {
		return link{}, corrupt(op, "version %d", version)
	}
	if flags&8 != 0 {
		kind = c.u8()
	}
	if flags&4 != 0 {
		c.skip(8) // order of creation
	}
	if flags&16 != 0 {
		c.skip(1) // encoding of the name
	}
	size := c.uint(1 << (flags & 3))
	if size > maxName {
		return link{}, corrupt(op, "name of %d bytes", size)
	}
	l := link{name: string(c.take(int(size)))}
	switch kind {
	case 0:
		l.address = c.address()
	case 1:
		l.isSoft, l.soft = true, string(c.take(c.u16()))
	default:
		b := c.take(c.u16())
		if len(b) > 0 {
			b = b[1:] // flags
		}
		l.external = "of kind " + string(rune('0'+kind%10))
		if kind == 64 {
			l.external = string(trimZeros(b))
		}
	}
	return l, c.err(op)
}

// symbols is an old group: a B-tree of symbol nodes, and their names.
type symbols struct {
	s    *source
	tree uint64
	heap *localHeap
	left budget
}

func (s *source) symbols(body []byte) (*symbols, error) {
	c := s.cursor(body)
	tree, heapAt := c.address(), c.address()
	if err := c.err("read symbol table"); err != nil {
		return nil, err
	}
	heap, err := s.localHeap(heapAt)
	return &symbols{s, tree, heap, s.nodes()}, err
}

// find returns the link of a name.
func (t *symbols) find(name string) (found link, ok bool, err error) {
	at, level := t.tree, -1
	for {
		n, err := t.s.treeNode(at, treeOfGroups, t.s.lengths, level)
		if err != nil {
			return link{}, false, err
		}
		i, err := t.child(n, name)
		if err != nil || i < 0 {
			return link{}, false, err
		}
		at, level = n.children[i], n.level-1
		if n.level == 0 {
			break
		}
	}
	err = t.node(at, func(l link) error {
		if l.name == name {
			found, ok = l, true
		}
		return nil
	})
	return found, ok, err
}

// child finds the child of a node that a name must be in: names are greater than the key
// before the child, and not greater than the one after.
func (t *symbols) child(n *treeNode, name string) (int, error) {
	low, high := 0, len(n.children)
	for low < high {
		mid := (low + high) / 2
		key, err := t.heap.text(t.s.cursor(n.keys[mid+1]).length())
		if err != nil {
			return 0, err
		}
		if name > key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == len(n.children) {
		return -1, nil
	}
	return low, nil
}

// walk visits all links.
func (t *symbols) walk(visit func(link) error) error { return t.walkFrom(t.tree, -1, visit) }

func (t *symbols) walkFrom(at uint64, level int, visit func(link) error) error {
	n, err := t.s.treeNode(at, treeOfGroups, t.s.lengths, level)
	if err != nil {
		return err
	}
	for _, child := range n.children {
		if err := t.left.spend(); err != nil {
			return err
		}
		if n.level > 0 {
			err = t.walkFrom(child, n.level-1, visit)
		} else {
			err = t.node(child, visit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// node visits the links of a symbol node (section III.B).
func (t *symbols) node(at uint64, visit func(link) error) error {
	const op = "read symbol node"
	b, err := t.s.bytes(at, 8)
	if err != nil {
		return err
	}
	if string(b[:4]) != "SNOD" || b[4] != 1 {
		return corrupt(op, "no node at %d", at)
	}
	count, size := int(b[6])|int(b[7])<<8, 2*t.s.offsets+24
	body, err := t.s.bytes(at+8, count*size)
	if err != nil {
		return err
	}
	for ; len(body) > 0; body = body[size:] {
		c := t.s.cursor(body[:size])
		offset, address, cache := c.address(), c.address(), c.u32()
		c.skip(4)
		l := link{address: address}
		if l.name, err = t.heap.text(offset); err != nil {
			return err
		}
		if cache == 2 {
			l.isSoft = true
			if l.soft, err = t.heap.text(uint64(c.u32())); err != nil {
				return err
			}
		}
		if err := visit(l); err != nil {
			return err
		}
	}
	return nil
}
