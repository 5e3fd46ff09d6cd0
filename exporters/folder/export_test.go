package folder

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Limit makes the site fail for good before its nth change of the disk, n from 0, as if
// the process had been killed there, and returns a function that says whether that happened.
func (s *Site) Limit(n int) (killed func() bool) {
	left, over := n, false
	write, unlink := s.write, s.unlink
	step := func(do func() error) error {
		if left == 0 || over {
			over = true
			return fs.ErrClosed
		}
		left--
		return do()
	}
	s.write = func(path string, data []byte, perm fs.FileMode) error {
		return step(func() error { return write(path, data, perm) })
	}
	s.unlink = func(root *os.Root, name string) error {
		if _, err := root.Lstat(name); err != nil {
			return err
		}
		return step(func() error { return unlink(root, name) })
	}
	return func() bool { return over }
}

// Quick makes the site write without waiting for the disk, for tests of other things than
// durability.
func (s *Site) Quick() {
	s.write = func(path string, data []byte, perm fs.FileMode) error {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path+".new", data, perm); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
}

// SafeName shows the names of folders and files to tests.
func SafeName(text string) string { return safeName(text) }

// Segments shows how addresses in texts are told to tests: text and link of each piece.
func Segments(text string) [][2]string {
	var out [][2]string
	for _, s := range segments(text) {
		out = append(out, [2]string{s.Text, s.Link})
	}
	return out
}
