package hdf5

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Group is a group.
type Group struct{ node }

const (
	maxMembers = 100_000
	maxLinks   = 32  // soft links in a row
	maxPath    = 256 // members in a path
)

// Names returns the names of all members in order of name: at most 100,000. Names that
// can be read are returned also together with an error.
func (g *Group) Names() ([]string, error) {
	var names []string
	err := g.links(0, 1<<32-1, func(l link) error {
		if len(names) == maxMembers {
			return unsupported("read group", "more than %d members", maxMembers)
		}
		names = append(names, l.name)
		return nil
	})
	slices.Sort(names)
	if err != nil {
		return names, nexuslims.E(kindOf(err), "read group", g.path, err)
	}
	return names, nil
}

// links visits all links, in a dense group those whose names have a hash within the limits.
func (g *Group) links(low, high uint32, visit func(link) error) error {
	s := g.f.src
	if m := g.header.find(msgSymbols); m != nil {
		t, err := s.symbols(m.body)
		if err != nil {
			return err
		}
		return t.walk(visit)
	}
	var errs []error
	for _, m := range g.header.messages {
		if m.kind != msgLink {
			continue
		}
		l, err := s.decodeLink(m.body)
		if err == nil {
			err = visit(l)
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, g.denseLinks(low, high, visit))...)
}

// denseLinks visits the links kept in a heap.
func (g *Group) denseLinks(low, high uint32, visit func(link) error) error {
	s := g.f.src
	m := g.header.find(msgLinkInfo)
	if m == nil {
		return nil
	}
	c := s.cursor(m.body)
	c.skip(1)
	if flags := c.u8(); flags&1 != 0 {
		c.skip(8)
	}
	heapAt, treeAt := c.address(), c.address()
	if err := c.err("read link info"); err != nil {
		return err
	}
	if heapAt == s.undefined() || treeAt == s.undefined() {
		return nil
	}
	heap, err := s.openHeap(heapAt)
	if err != nil {
		return err
	}
	tree, err := s.openTree(treeAt)
	if err != nil {
		return err
	}
	within := func(record []byte) int { return hashWithin(s.cursor(record).u32(), low, high) }
	return tree.walk(within, func(record []byte) error {
		if len(record) < 4+heap.idSize {
			return corrupt("read group", "record of %d bytes", len(record))
		}
		body, err := heap.object(record[4 : 4+heap.idSize])
		if err != nil {
			return err
		}
		l, err := s.decodeLink(body)
		if err != nil {
			return err
		}
		return visit(l)
	})
}

// link finds a member.
func (g *Group) link(name string) (link, bool, error) {
	if m := g.header.find(msgSymbols); m != nil {
		t, err := g.f.src.symbols(m.body)
		if err != nil {
			return link{}, false, err
		}
		return t.find(name)
	}
	var found link
	ok := false
	hash := checksum([]byte(name))
	err := g.links(hash, hash, func(l link) error {
		if l.name == name {
			found, ok = l, true
		}
		return nil
	})
	if ok {
		err = nil
	}
	return found, ok, err
}

// Object finds a member by a slash-separated path and follows soft links; NotFound.
func (g *Group) Object(path string) (Object, error) {
	links := maxLinks
	o, err := g.object(path, &links)
	if err != nil {
		return nil, nexuslims.E(kindOf(err), "find object", path, err)
	}
	return o, nil
}

func (g *Group) object(name string, links *int) (Object, error) {
	if strings.HasPrefix(name, "/") {
		g = g.f.root
	}
	var o Object = g
	for i, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' }) {
		if part == "." {
			continue
		}
		at, ok := o.(*Group)
		if !ok || i >= maxPath {
			return nil, notFound(part)
		}
		l, ok, err := at.link(part)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, notFound(part)
		}
		if o, err = at.follow(l, links); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func notFound(name string) error {
	return nexuslims.E(nexuslims.NotFound, "find object", "", errors.New("no member "+name))
}

// follow opens what a link leads to.
func (g *Group) follow(l link, links *int) (Object, error) {
	switch {
	case l.external != "":
		return nil, unsupported("follow link", "external link to %q", l.external)
	case l.isSoft:
		if *links--; *links < 0 {
			return nil, notFound(l.name + ": too many soft links")
		}
		return g.object(l.soft, links)
	}
	return g.f.open(l.address, path.Join(g.path, l.name))
}

// Group is Object for a group; what is there and no group is NotFound too.
func (g *Group) Group(path string) (*Group, error) {
	o, err := g.Object(path)
	if err != nil {
		return nil, err
	}
	if found, ok := o.(*Group); ok {
		return found, nil
	}
	return nil, nexuslims.E(nexuslims.NotFound, "find group", path, nil)
}

// Dataset is Object for a dataset; what is there and no dataset is NotFound too.
func (g *Group) Dataset(path string) (*Dataset, error) {
	o, err := g.Object(path)
	if err != nil {
		return nil, err
	}
	if found, ok := o.(*Dataset); ok {
		return found, nil
	}
	return nil, nexuslims.E(nexuslims.NotFound, "find dataset", path, nil)
}
