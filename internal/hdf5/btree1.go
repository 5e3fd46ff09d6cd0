package hdf5

// treeNode is a node of a version 1 B-tree (section III.A.1): key, child, key, … key.
type treeNode struct {
	level    int
	keys     [][]byte // one more than children
	children []uint64
}

// The kinds of version 1 B-trees.
const (
	treeOfGroups = 0
	treeOfChunks = 1
)

// budget is how many nodes a walk may still visit: nodes that are their own descendants
// would make it endless.
type budget int64

// nodes returns a budget for a walk over a tree: as many nodes as the file can hold.
func (s *source) nodes() budget { return budget(s.size/8 + 1000) }

func (b *budget) spend() error {
	if *b--; *b < 0 {
		return corrupt("read B-tree", "nodes go round in a circle")
	}
	return nil
}

// maxTreeDepth bounds walks down every sort of tree.
const maxTreeDepth = 32

// treeNode reads a node. Where level is not negative, it must be that of the node.
func (s *source) treeNode(address uint64, kind, keySize, level int) (*treeNode, error) {
	const op = "read B-tree"
	head := 8 + 2*s.offsets
	b, err := s.bytes(address, head)
	if err != nil {
		return nil, err
	}
	if string(b[:4]) != "TREE" || int(b[4]) != kind {
		return nil, corrupt(op, "no node of kind %d at %d", kind, address)
	}
	n := &treeNode{level: int(b[5])}
	if n.level > maxTreeDepth || level >= 0 && n.level != level {
		return nil, corrupt(op, "node of level %d at %d", n.level, address)
	}
	used := int(b[6]) | int(b[7])<<8
	body, err := s.bytes(address+uint64(head), used*(keySize+s.offsets)+keySize)
	if err != nil {
		return nil, err
	}
	c := s.cursor(body)
	n.keys, n.children = make([][]byte, 0, used+1), make([]uint64, 0, used)
	for range used {
		n.keys = append(n.keys, c.take(keySize))
		n.children = append(n.children, c.address())
	}
	n.keys = append(n.keys, c.take(keySize))
	return n, c.err(op)
}
