package hdf5

import (
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// File is an HDF5 file. It may be used concurrently.
type File struct {
	src   *source
	root  *Group
	heaps globalHeaps
}

// Open finds the superblock and the root group. What is no HDF5 file is Unsupported.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{src: newSource(r, size)}
	address, err := f.readSuperblock()
	if err != nil {
		return nil, err
	}
	root, err := f.open(address, "/")
	if err != nil {
		return nil, err
	}
	group, ok := root.(*Group)
	if !ok {
		return nil, corrupt("open HDF5", "the root is no group")
	}
	f.root = group
	return f, nil
}

// Root returns the root group.
func (f *File) Root() *Group { return f.root }

// Object is a *[Group], a *[Dataset] or a *[NamedType].
type Object interface {
	// Path is the path by which the object was reached: "/Data/Image/a0".
	Path() string
	// ID is the same for one object that is reached by two paths, so that walks along hard
	// links can avoid going round in circles.
	ID() uint64
	// Attributes returns all attributes in order of name, none of whose values was read.
	// Attributes that can be read are returned also together with an error.
	Attributes() ([]*Attribute, error)
	// Attribute finds an attribute; NotFound where there is none.
	Attribute(name string) (*Attribute, error)
}

// node is what all objects have in common.
type node struct {
	f      *File
	path   string
	header *header
}

// Path implements [Object].
func (n *node) Path() string { return n.path }

// ID implements [Object].
func (n *node) ID() uint64 { return n.header.address }

// NamedType is a committed type.
type NamedType struct {
	node
	kind *Type
}

// Type returns the type.
func (n *NamedType) Type() *Type { return n.kind }

// open reads the header of an object.
func (f *File) open(address uint64, path string) (Object, error) {
	h, err := f.src.readHeader(address)
	if err != nil {
		return nil, err
	}
	n := node{f, path, h}
	switch {
	case h.has(msgSymbols) || h.has(msgLinkInfo) || h.has(msgLink) || h.has(msgGroupInfo):
		return &Group{node: n}, nil
	case h.has(msgSpace) && h.has(msgType):
		return newDataset(n)
	case h.has(msgType):
		m, err := f.src.resolve(h.find(msgType))
		if err != nil {
			return nil, err
		}
		kind, err := f.src.decodeType(m.body)
		if err != nil {
			return nil, err
		}
		return &NamedType{n, kind}, nil
	case len(h.messages) == 0 || !h.has(msgSpace):
		return &Group{node: n}, nil // a new group that nothing was ever linked to
	}
	return nil, nexuslims.E(nexuslims.Unsupported, "open object", path, nil)
}

var (
	_ Object = (*Group)(nil)
	_ Object = (*Dataset)(nil)
	_ Object = (*NamedType)(nil)
)
