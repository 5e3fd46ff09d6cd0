package hdf5

import (
	"context"
	"slices"
	"sync"
)

// chunkTree is the version 1 B-tree of chunks: the only index of the older format.
type chunkTree struct {
	g    *grid
	root uint64

	mu    sync.Mutex
	nodes map[uint64]*chunkNode // those used last
}

// maxNodes is how many nodes are remembered: more than one path down.
const maxNodes = 32

// chunkNode is a node: the chunks or subtrees, each with the place of its first chunk.
type chunkNode struct {
	level int
	at    [][]int // in the grid
	refs  []chunkRef
}

func newChunkTree(g *grid, root uint64) *chunkTree {
	return &chunkTree{g: g, root: root, nodes: map[uint64]*chunkNode{}}
}

func (t *chunkTree) node(address uint64, level int) (*chunkNode, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.nodes[address]; ok && (level < 0 || n.level == level) {
		return n, nil
	}
	rank := len(t.g.chunk)
	raw, err := t.g.s.treeNode(address, treeOfChunks, 8+8*(rank+1), level)
	if err != nil {
		return nil, err
	}
	n := &chunkNode{level: raw.level}
	places := make([]int, rank*len(raw.children))
	for i, child := range raw.children {
		c := t.g.s.cursor(raw.keys[i])
		ref := chunkRef{address: child, size: uint64(c.u32()), mask: c.u32()}
		at := places[i*rank : (i+1)*rank]
		for k := range at {
			at[k] = int(c.uint(8) / uint64(t.g.chunk[k]) & (1<<62 - 1))
		}
		n.at, n.refs = append(n.at, at), append(n.refs, ref)
	}
	if len(t.nodes) >= maxNodes {
		clear(t.nodes)
	}
	t.nodes[address] = n
	return n, nil
}

func (t *chunkTree) find(at []int) (chunkRef, bool, error) {
	address, level := t.root, -1
	for {
		n, err := t.node(address, level)
		if err != nil {
			return chunkRef{}, false, err
		}
		i, exact := slices.BinarySearchFunc(n.at, at, slices.Compare)
		if n.level == 0 {
			if !exact {
				return chunkRef{}, false, nil
			}
			return n.refs[i], true, nil
		}
		if !exact {
			i--
		}
		if i < 0 {
			return chunkRef{}, false, nil
		}
		address, level = n.refs[i].address, n.level-1
	}
}

func (t *chunkTree) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	left := t.g.s.nodes()
	return t.walkFrom(ctx, t.root, -1, &left, visit)
}

func (t *chunkTree) walkFrom(
	ctx context.Context, address uint64, level int, left *budget, visit func([]int, chunkRef) error,
) error {
	n, err := t.node(address, level)
	if err != nil {
		return err
	}
	for i, ref := range n.refs {
		if err := left.spend(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return canceled(err)
		}
		switch {
		case n.level > 0:
			err = t.walkFrom(ctx, ref.address, n.level-1, left, visit)
		case t.g.inside(n.at[i]):
			err = visit(n.at[i], ref)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inside tells whether a place is one of the array: those cut off by shrinking it are not.
func (g *grid) inside(at []int) bool {
	for i, k := range at {
		if k >= g.count[i] {
			return false
		}
	}
	return true
}

// chunkTree2 is the version 2 B-tree of chunks, for arrays with several axes without limit.
type chunkTree2 struct {
	g        *grid
	tree     *tree2
	filtered bool

	mu sync.Mutex
}

// The kinds of version 2 B-trees of chunks.
const (
	plainChunks    = 10
	filteredChunks = 11
)

func openChunkTree2(g *grid, address uint64) (*chunkTree2, error) {
	t, err := g.s.openTree(address)
	if err != nil {
		return nil, err
	}
	x := &chunkTree2{g: g, tree: t, filtered: t.kind == filteredChunks}
	least := g.s.offsets + 8*len(g.chunk)
	if x.filtered {
		least += 5
	}
	if t.kind != plainChunks && t.kind != filteredChunks || t.record < least {
		return nil, corrupt("read chunks", "tree of kind %d with records of %d bytes", t.kind, t.record)
	}
	return x, nil
}

// record reads a record into at.
func (x *chunkTree2) record(b []byte, at []int) chunkRef {
	split := len(b) - 8*len(at)
	ref, _ := x.g.element(b[:split], x.filtered)
	c := x.g.s.cursor(b[split:])
	for i := range at {
		at[i] = int(c.uint(8) & (1<<62 - 1))
	}
	return ref
}

func (x *chunkTree2) find(at []int) (found chunkRef, ok bool, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tree.budget = x.g.s.nodes()
	place := make([]int, len(at))
	within := func(b []byte) int {
		x.record(b, place)
		return slices.Compare(place, at)
	}
	err = x.tree.walk(within, func(b []byte) error {
		found, ok = x.record(b, place), true
		return nil
	})
	return found, ok, err
}

func (x *chunkTree2) walk(ctx context.Context, visit func([]int, chunkRef) error) error {
	tree := *x.tree
	tree.budget = x.g.s.nodes()
	at := make([]int, len(x.g.chunk))
	return tree.walk(func([]byte) int { return 0 }, func(b []byte) error {
		if err := ctx.Err(); err != nil {
			return canceled(err)
		}
		ref := x.record(b, at)
		if !x.g.inside(at) {
			return nil
		}
		return visit(at, ref)
	})
}
