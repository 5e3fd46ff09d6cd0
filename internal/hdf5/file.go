package hdf5

import (
	"context"
	"errors"
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var errNotYet = errors.New("not read yet")

// File is an HDF5 file. It may be used concurrently.
type File struct {
	r    io.ReaderAt
	size int64
}

// Open finds the superblock. What is no HDF5 file is Unsupported.
func Open(r io.ReaderAt, size int64) (*File, error) {
	return nil, nexuslims.E(nexuslims.Unsupported, "open HDF5", "", errNotYet)
}

// Root returns the root group.
func (f *File) Root() *Group { return nil }

// Object is a *[Group], a *[Dataset] or a *[NamedType].
type Object interface {
	// Path is the path by which the object was reached: "/Data/Image/a0".
	Path() string
	// Attributes returns all attributes in order of name, none of whose values was read.
	// Attributes that can be read are returned also together with an error.
	Attributes() ([]*Attribute, error)
	// Attribute finds an attribute; NotFound where there is none.
	Attribute(name string) (*Attribute, error)
}

// Group is a group.
type Group struct{}

// Names returns the names of all members in order of name: at most 100,000.
func (g *Group) Names() ([]string, error) { return nil, errNotYet }

// Object finds a member by a slash-separated path and follows soft links; NotFound.
func (g *Group) Object(path string) (Object, error) { return nil, errNotYet }

// Group is Object for a group; what is there and no group is NotFound too.
func (g *Group) Group(path string) (*Group, error) { return nil, errNotYet }

// Dataset is Object for a dataset; what is there and no dataset is NotFound too.
func (g *Group) Dataset(path string) (*Dataset, error) { return nil, errNotYet }

// Path implements [Object].
func (g *Group) Path() string { return "" }

// Attributes implements [Object].
func (g *Group) Attributes() ([]*Attribute, error) { return nil, errNotYet }

// Attribute implements [Object].
func (g *Group) Attribute(name string) (*Attribute, error) { return nil, errNotYet }

// Attribute is a small value at an object.
type Attribute struct {
	Name  string
	Type  *Type
	Shape []int // nil: a scalar; see Null
	Null  bool  // there is no value
}

// Value returns the value as metadata: texts, numbers that keep their kind, booleans of
// enumerations FALSE and TRUE, lists, objects for compounds. Numbers of 32 bits are widened.
// Opaque bytes are an object of length and digest. More than 64 KiB are Unsupported.
func (a *Attribute) Value() (nexuslims.Value, error) { return nil, errNotYet }

// Dataset is an array of elements. Opening it reads its header only.
type Dataset struct{}

// Path implements [Object].
func (d *Dataset) Path() string { return "" }

// Attributes implements [Object].
func (d *Dataset) Attributes() ([]*Attribute, error) { return nil, errNotYet }

// Attribute implements [Object].
func (d *Dataset) Attribute(name string) (*Attribute, error) { return nil, errNotYet }

// Shape returns the sizes, slowest axis first; empty for a scalar, nil for no value.
func (d *Dataset) Shape() []int { return nil }

// Type returns the type of an element.
func (d *Dataset) Type() *Type { return nil }

// Chunk returns the shape of a chunk, nil where the dataset is not chunked.
func (d *Dataset) Chunk() []int { return nil }

// Value returns a small dataset as [Attribute.Value] does. One of more than limit bytes,
// variable-length contents included, is Unsupported.
func (d *Dataset) Value(ctx context.Context, limit int64) (nexuslims.Value, error) {
	return nil, errNotYet
}

// ReadRegion fills dst with the elements of a region in C order: numbers little-endian, all
// other elements as stored. Only the chunks that it touches are read; what was never
// written is the fill value. Start, count and step have one entry for each axis; the region
// must lie inside the array and dst have its size.
func (d *Dataset) ReadRegion(ctx context.Context, start, count, step []int, dst []byte) error {
	return errNotYet
}

// Chunks visits the stored chunks in the order of their place in the array, each cut to the
// array: start and count tell its region, data its elements as ReadRegion gives them. The
// data may be used until visit returns. Contiguous data come in pieces of at most a megabyte.
func (d *Dataset) Chunks(ctx context.Context, visit func(start, count []int, data []byte) error) error {
	return errNotYet
}

// Lengths returns the numbers of elements of a region of variable-length values without
// reading them.
func (d *Dataset) Lengths(ctx context.Context, start, count, step []int) ([]uint32, error) {
	return nil, errNotYet
}

// Sequence returns the elements of one variable-length value, numbers little-endian; those
// of more than limit bytes are Unsupported.
func (d *Dataset) Sequence(ctx context.Context, at []int, limit int64) ([]byte, error) {
	return nil, errNotYet
}

// NamedType is a committed type.
type NamedType struct{}
