package rocrate

import "github.com/nexuslims/nexuslims-go/internal/atomicfile"

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
