package hdf5

// tree2 is a version 2 B-tree (section III.A.2).
type tree2 struct {
	s          *source
	kind       int
	node       int // bytes of a node
	record     int // bytes of a record
	depth      int
	root       uint64
	rootCount  int
	countBytes int // of the number of records in a child
	pointer    []int
	budget     budget
}

func (s *source) openTree(address uint64) (*tree2, error) {
	const op = "read B-tree"
	raw, err := s.bytes(address, 16+s.offsets+2+s.lengths+4)
	if err != nil {
		return nil, err
	}
	b, err := checked(raw, "BTHD")
	if err != nil {
		return nil, err
	}
	c := s.cursor(b)
	version := c.u8()
	t := &tree2{s: s, kind: c.u8(), node: int(c.u32()), record: c.u16(), depth: c.u16()}
	c.skip(2)
	t.root, t.rootCount = c.address(), c.u16()
	if err := c.err(op); err != nil {
		return nil, err
	}
	if version != 0 || t.record == 0 || t.node < 16 || t.node > 1<<26 || t.depth > maxTreeDepth {
		return nil, corrupt(op, "tree of depth %d, nodes of %d and records of %d bytes", t.depth, t.node, t.record)
	}
	t.sizes()
	t.budget = s.nodes()
	return t, nil
}

// nodeOverhead is signature, version, kind and checksum of a node.
const nodeOverhead = 10

// sizes computes how many bytes a pointer to a child takes on each level: its numbers of
// records take as many as the fullest tree needs.
func (t *tree2) sizes() {
	most := uint64((t.node - nodeOverhead) / t.record)
	t.countBytes = bytesFor(most)
	t.pointer = make([]int, t.depth+1)
	below := most // records of a whole tree one level down
	for d := 1; d <= t.depth; d++ {
		t.pointer[d] = t.s.offsets + t.countBytes
		if d > 1 {
			t.pointer[d] += bytesFor(below)
		}
		most = uint64(max(0, (t.node-nodeOverhead-t.pointer[d])/(t.record+t.pointer[d])))
		if below > 1<<62/(most+1) {
			below = 1 << 62
		} else {
			below = (most+1)*below + most
		}
	}
}

// walk visits the records in order for which within is zero; it is negative for records
// before those, positive behind.
func (t *tree2) walk(within func(record []byte) int, visit func(record []byte) error) error {
	if t.root == t.s.undefined() {
		return nil
	}
	return t.walkNode(t.root, t.rootCount, t.depth, within, visit)
}

func (t *tree2) walkNode(at uint64, count, depth int, within func([]byte) int, visit func([]byte) error) error {
	n, err := t.read(at, count, depth)
	if err != nil {
		return err
	}
	before := -1 // of the record before a child
	for i := range count + 1 {
		after := 1
		if i < count {
			after = within(n.records[i])
		}
		if depth > 0 && before <= 0 && after >= 0 {
			if err := t.walkNode(n.children[i].at, int(n.children[i].length), depth-1, within, visit); err != nil {
				return err
			}
		}
		if i < count && after == 0 {
			if err := visit(n.records[i]); err != nil {
				return err
			}
		}
		if after > 0 {
			return nil
		}
		before = after
	}
	return nil
}

// node2 is a node: children with their numbers of records as length.
type node2 struct {
	records  [][]byte
	children []block
}

func (t *tree2) read(at uint64, count, depth int) (*node2, error) {
	const op = "read B-tree"
	if err := t.budget.spend(); err != nil {
		return nil, err
	}
	size := nodeOverhead + count*t.record
	signature := "BTLF"
	if depth > 0 {
		signature = "BTIN"
		size += (count + 1) * t.pointer[depth]
	}
	if size > t.node {
		return nil, corrupt(op, "%d records in a node of %d bytes", count, t.node)
	}
	raw, err := t.s.bytes(at, size)
	if err != nil {
		return nil, err
	}
	b, err := checked(raw, signature)
	if err != nil {
		return nil, err
	}
	c := t.s.cursor(b)
	c.skip(1)
	if kind := c.u8(); kind != t.kind {
		return nil, corrupt(op, "node of kind %d in a tree of kind %d", kind, t.kind)
	}
	n := &node2{records: make([][]byte, count)}
	for i := range n.records {
		n.records[i] = c.take(t.record)
	}
	if depth > 0 {
		n.children = make([]block, count+1)
		for i := range n.children {
			n.children[i] = block{c.address(), c.uint(t.countBytes)}
			c.skip(t.pointer[depth] - t.s.offsets - t.countBytes)
		}
	}
	return n, c.err(op)
}
