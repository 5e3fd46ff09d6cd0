package extractors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// File is an instrument file as an extractor sees it: readable, never writable, with
// named siblings and the instrument if known. It is not a path.
//
// Reads may be done concurrently; Close must not be called while one is under way.
type File struct {
	name, path string
	size       int64
	modTime    time.Time
	reader     io.ReaderAt
	closer     io.Closer
	instrument *nexuslims.Instrument
	zone       *time.Location
	sibling    func(name string) (*File, error)
}

// Context is what is known about a file besides its bytes.
type Context struct {
	// Instrument is nil when the file belongs to none.
	Instrument *nexuslims.Instrument
	// Path is the path by which the program knows the file; empty: root and name joined.
	Path string
	// Sibling opens a file of the same folder, for files that are none of a file system;
	// nil: there are no others.
	Sibling func(name string) (*File, error)
}

// OpenFile opens a regular file below root for reading; name is slash-separated and
// relative to root. Links are followed inside root only. Anything but a regular file is
// Unsupported; a missing one is NotFound.
func OpenFile(root *os.Root, name string, c Context) (*File, error) {
	// The look before the opening keeps FIFOs and devices from being opened at all.
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, openError(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, nexuslims.E(nexuslims.Unsupported, "open", name, errors.New("not a regular file"))
	}
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, openError(name, err)
	}
	if info, err = f.Stat(); err != nil {
		return nil, errors.Join(openError(name, err), f.Close())
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Join(nexuslims.E(nexuslims.Unsupported, "open", name, errors.New("not a regular file")), f.Close())
	}
	file := NewFile(name, f, info.Size(), info.ModTime(), c)
	file.closer = f
	if c.Path == "" {
		file.path = path.Join(filepath.ToSlash(root.Name()), name)
	}
	file.sibling = func(sib string) (*File, error) {
		return OpenFile(root, path.Join(path.Dir(name), sib), Context{Instrument: c.Instrument, Path: path.Join(path.Dir(file.path), sib)})
	}
	return file, nil
}

func openError(name string, err error) error {
	kind := nexuslims.Transient
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = nexuslims.NotFound
	case errors.Is(err, fs.ErrPermission):
		kind = nexuslims.Permission
	}
	return nexuslims.E(kind, "open", name, err)
}

// NewFile makes a file of anything that can be read at an offset, for tests and for
// containers in containers. It has the siblings that c names.
func NewFile(name string, r io.ReaderAt, size int64, modTime time.Time, c Context) *File {
	f := &File{name: path.Base(name), path: name, size: size, modTime: modTime, reader: r, instrument: c.Instrument, zone: time.UTC}
	if c.Instrument != nil {
		if zone, err := c.Instrument.Zone(); err == nil {
			f.zone = zone
		}
	}
	if c.Path != "" {
		f.path = c.Path
	}
	f.sibling = c.Sibling
	if f.sibling == nil {
		f.sibling = func(sib string) (*File, error) {
			return nil, nexuslims.E(nexuslims.NotFound, "open", sib, fs.ErrNotExist)
		}
	}
	return f
}

// Close ends the use of the file.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Name returns the base name.
func (f *File) Name() string { return f.name }

// Path returns the path by which the program knows the file, for messages and for
// profiles that look at folder names; nothing can be opened by it.
func (f *File) Path() string { return f.path }

// Ext returns the last extension in lower case without dot, "" for none. A name that
// only begins with a dot has none.
func (f *File) Ext() string {
	i := strings.LastIndexByte(f.name, '.')
	if i <= 0 {
		return ""
	}
	return strings.ToLower(f.name[i+1:])
}

// Size returns the size in bytes at the time of opening.
func (f *File) Size() int64 { return f.size }

// ModTime returns the modification time at the time of opening.
func (f *File) ModTime() time.Time { return f.modTime }

// Instrument returns the instrument and whether it is known.
func (f *File) Instrument() (nexuslims.Instrument, bool) {
	if f.instrument == nil {
		return nexuslims.Instrument{}, false
	}
	return *f.instrument, true
}

// Zone returns the zone of the instrument, UTC where that is not known.
func (f *File) Zone() *time.Location { return f.zone }

// Subject returns what profile steps may know of the file.
func (f *File) Subject() Subject {
	in, _ := f.Instrument()
	return Subject{Name: f.name, Path: f.path, Instrument: in}
}

// ReadAt reads like io.ReaderAt. Errors other than io.EOF have a kind: Permission where
// the store refused, else Transient, so that its fault is never taken for damage.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.reader.ReadAt(p, off)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, nexuslims.E(readKind(err), "read", "", err)
}

// Read returns exactly n bytes from off on. A range outside the file is Corrupt and
// allocates nothing.
func (f *File) Read(off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || n > f.size || off > f.size-n {
		return nil, nexuslims.E(nexuslims.Corrupt, "read", "", fmt.Errorf("%d bytes at %d are beyond the end at %d", n, off, f.size))
	}
	p := make([]byte, n)
	if m, err := f.reader.ReadAt(p, off); int64(m) < n {
		return nil, nexuslims.E(readKind(err), "read", "", fmt.Errorf("%d bytes at %d: %w", n, off, err))
	}
	return p, nil
}

// readKind tells a file that became shorter from a fault of the store.
func readKind(err error) nexuslims.Kind {
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, nexuslims.Corrupt):
		return nexuslims.Corrupt
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, nexuslims.Permission):
		return nexuslims.Permission
	}
	return nexuslims.Transient
}

// Head returns at most n bytes of the beginning.
func (f *File) Head(n int) ([]byte, error) {
	return f.Read(0, min(int64(n), f.size))
}

// Sibling opens a file of the same folder by its base name; the caller closes it. A
// name with a separator is Invalid, a missing file NotFound.
func (f *File) Sibling(name string) (*File, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\`) {
		return nil, nexuslims.E(nexuslims.Invalid, "open sibling", name, nil)
	}
	return f.sibling(name)
}

var _ io.ReaderAt = (*File)(nil)
