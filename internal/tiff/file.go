package tiff

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const op = "read TIFF"

// File is a TIFF file. It may be used concurrently.
type File struct {
	r         io.ReaderAt
	size      int64
	BigEndian bool // numbers are big-endian ("MM")
	BigTIFF   bool // offsets have eight bytes
	order     binary.ByteOrder
	chain     chain
}

// chain is what is known of the chain of directories.
type chain struct {
	sync.Mutex
	offsets []int64 // of the directories found so far, and of the next
	seen    map[int64]bool
}

const (
	classic = 42 // the number after the byte order
	big     = 43
)

// Is reports whether head, the first eight bytes or more, begins a TIFF file.
func Is(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	switch string(head[:4]) {
	case "II*\x00", "MM\x00*":
		return true
	case "II+\x00", "MM\x00+":
		return head[4]|head[5]|head[6]|head[7] == 8 // eight bytes an offset, in either order
	}
	return false
}

// Open reads the header. What is no TIFF file is Unsupported.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, order: binary.LittleEndian}
	head, err := f.read(0, min(size, 16))
	if err != nil {
		return nil, err
	}
	if !Is(head) {
		return nil, nexuslims.E(nexuslims.Unsupported, "open TIFF", "", errors.New("not a TIFF file"))
	}
	if f.BigEndian = head[0] == 'M'; f.BigEndian {
		f.order = binary.BigEndian
	}
	f.BigTIFF = f.order.Uint16(head[2:]) == big
	first := int64(f.order.Uint32(head[4:]))
	if f.BigTIFF {
		if len(head) < 16 {
			return nil, corrupt("the header breaks off")
		}
		first = f.offset(head[8:])
	}
	f.chain.offsets = []int64{first}
	f.chain.seen = map[int64]bool{first: true}
	return f, nil
}

// offset reads an offset of the size that the file has; one that cannot be is negative.
func (f *File) offset(b []byte) int64 {
	if f.BigTIFF {
		return int64(f.order.Uint64(b))
	}
	return int64(f.order.Uint32(b))
}

// Size returns the size of the file in bytes.
func (f *File) Size() int64 { return f.size }

// Directory reads the i-th directory (page) of the main chain; NotFound beyond the last.
// A directory that breaks off keeps the entries that are complete, together with an error.
func (f *File) Directory(i int) (*Directory, error) {
	off, err := f.page(i)
	if err != nil {
		return nil, err
	}
	return f.DirectoryAt(off)
}

// page returns where the i-th directory stands.
func (f *File) page(i int) (int64, error) {
	f.chain.Lock()
	defer f.chain.Unlock()
	if i < 0 {
		return 0, nexuslims.E(nexuslims.Invalid, op, "", fmt.Errorf("page %d", i))
	}
	for len(f.chain.offsets) <= i {
		last := f.chain.offsets[len(f.chain.offsets)-1]
		if last == 0 {
			break
		}
		next, err := f.next(last)
		if err != nil {
			return 0, err
		}
		if next != 0 && f.chain.seen[next] {
			return 0, corrupt("the chain of directories loops at %d", next)
		}
		f.chain.seen[next] = true
		f.chain.offsets = append(f.chain.offsets, next)
	}
	switch {
	case f.chain.offsets[0] == 0:
		return 0, corrupt("there is no directory")
	case i >= len(f.chain.offsets) || f.chain.offsets[i] == 0:
		return 0, nexuslims.E(nexuslims.NotFound, op, "", fmt.Errorf("page %d of %d", i+1, len(f.chain.offsets)-1))
	}
	return f.chain.offsets[i], nil
}

// next returns the offset that follows the directory at off.
func (f *File) next(off int64) (int64, error) {
	n, entries, err := f.entries(off)
	if err != nil {
		return 0, err
	}
	b, err := f.read(entries+n*f.entrySize(), f.word())
	if err != nil {
		return 0, err
	}
	return f.offset(b), nil
}

// entries returns how many entries the directory at off has, and where they begin.
func (f *File) entries(off int64) (n, at int64, err error) {
	size := int64(2)
	if f.BigTIFF {
		size = 8
	}
	b, err := f.read(off, size)
	if err != nil {
		return 0, 0, err
	}
	if !f.BigTIFF {
		return int64(f.order.Uint16(b)), off + size, nil
	}
	if n = int64(f.order.Uint64(b)); n < 0 || n > f.size/f.entrySize() {
		return 0, 0, corrupt("%d tags in a directory", uint64(n))
	}
	return n, off + size, nil
}

// entrySize is the size of an entry of a directory, in bytes.
func (f *File) entrySize() int64 {
	if f.BigTIFF {
		return 20
	}
	return 12
}

// word is the size of an offset, in bytes.
func (f *File) word() int64 {
	if f.BigTIFF {
		return 8
	}
	return 4
}

// read returns exactly n bytes from off on. What lies outside the file is Corrupt, and
// nothing is allocated for it.
func (f *File) read(off, n int64) ([]byte, error) {
	if err := f.inside(off, n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	return b, f.fill(b, off)
}

func (f *File) inside(off, n int64) error {
	if off < 0 || n < 0 || n > f.size || off > f.size-n {
		return corrupt("%d bytes at %d are beyond the end at %d", n, off, f.size)
	}
	return nil
}

// fill reads len(b) bytes.
func (f *File) fill(b []byte, off int64) error {
	if n, err := f.r.ReadAt(b, off); n < len(b) {
		return nexuslims.E(readKind(err), op, "", fmt.Errorf("%d bytes at %d: %w", len(b), off, err))
	}
	return nil
}

// readKind tells a file that became shorter from a fault of the store.
func readKind(err error) nexuslims.Kind {
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nexuslims.Canceled):
		return nexuslims.Canceled
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, nexuslims.Corrupt):
		return nexuslims.Corrupt
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, nexuslims.Permission):
		return nexuslims.Permission
	}
	return nexuslims.Transient
}

func corrupt(format string, args ...any) error {
	return nexuslims.E(nexuslims.Corrupt, op, "", fmt.Errorf(format, args...))
}

func unsupported(format string, args ...any) error {
	return nexuslims.E(nexuslims.Unsupported, op, "", fmt.Errorf(format, args...))
}

// IsFault tells a store that fails, or a context that ended, from a file that is damaged.
func IsFault(err error) bool {
	switch nexuslims.KindOf(err) {
	case nexuslims.Transient, nexuslims.Permission, nexuslims.Canceled:
		return err != nil
	}
	return false
}
