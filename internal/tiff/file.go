package tiff

import (
	"errors"
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var errNotYet = errors.New("not read yet")

// File is a TIFF file. It may be used concurrently.
type File struct {
	r         io.ReaderAt
	size      int64
	BigEndian bool // numbers are big-endian ("MM")
	BigTIFF   bool // offsets have eight bytes
}

// Is reports whether head, the first eight bytes or more, begins a TIFF file.
func Is(head []byte) bool { return false }

// Open reads the header. What is no TIFF file is Unsupported.
func Open(r io.ReaderAt, size int64) (*File, error) {
	return nil, nexuslims.E(nexuslims.Unsupported, "open TIFF", "", errNotYet)
}

// Directory reads the i-th directory (page) of the main chain; NotFound beyond the last.
// A directory that breaks off keeps the entries that are complete, together with an error.
func (f *File) Directory(i int) (*Directory, error) { return nil, errNotYet }

// Directory is one directory of tags in the order of the file.
type Directory struct {
	Tags []Tag
}

// Tag is one entry; its value is read on demand.
type Tag struct {
	ID     uint16
	Type   Type
	Count  int64
	Offset int64 // in the file, of the value, also of one that stands in the entry itself
	value  []byte
}

// Type is the type of the values of a tag: 1 BYTE to 12 DOUBLE, 13 IFD, 16 to 18 those of BigTIFF.
type Type uint16

// Tag finds a tag; where one is repeated, the first counts.
func (d *Directory) Tag(id uint16) (Tag, bool) { return Tag{}, false }

// Bytes returns the bytes of a tag's value as stored; those of more than limit bytes are
// cut there. A missing tag is NotFound.
func (d *Directory) Bytes(id uint16, limit int64) ([]byte, error) { return nil, errNotYet }

// Text returns the text of a tag of any byte type without NULs at its end: UTF-8 where it is
// that, else Windows-1252. A missing tag is NotFound.
func (d *Directory) Text(id uint16, limit int64) (string, error) { return "", errNotYet }

// Numbers returns the numbers of a tag, rationals divided; at most limit of them.
func (d *Directory) Numbers(id uint16, limit int) ([]float64, error) { return nil, errNotYet }

// Number returns the first number of a tag and whether there is one.
func (d *Directory) Number(id uint16) (float64, bool) { return 0, false }

// Value returns the value of a tag as metadata: text, a number, or a list of at most limit
// numbers; bytes that are no text are a list of numbers.
func (d *Directory) Value(id uint16, limit int) (nexuslims.Value, error) { return nil, errNotYet }
