package rocrate

import (
	"archive/zip"
	"io"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
)

// Disk is every change of the disk, for tests.
type Disk = disk

// Wrap lets a test stand between the store and its disk.
func (s *Store) Wrap(wrap func(Disk) Disk) { s.wrap = wrap }

// SafeName shows the names inside crates to tests.
func SafeName(text string) string { return safeName(text) }

// TakeAll shows what names a list of files gets.
func TakeAll(own ...string) []string {
	taken := names{}
	out := make([]string, len(own))
	for i, n := range own {
		out[i] = taken.take(n)
	}
	return out
}

var _ atomicfile.FS = Disk(nil)

// BigHeader writes the header of a stored file of a size, without the file, and returns
// the archive.
func BigHeader(w io.Writer, size uint64) error {
	a := newArchive(w, time.Date(2024, 5, 6, 16, 20, 0, 0, time.UTC))
	h := zip.FileHeader{CRC32: 7, CompressedSize64: size, UncompressedSize64: size}
	if _, err := a.begin("record/big.dm4", h, 0o644); err != nil {
		return err
	}
	return a.close()
}
