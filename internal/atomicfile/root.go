package atomicfile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Root is the file system below an opened folder: names are relative to it and lead
// nowhere else, symbolic links included.
type Root struct{ Dir *os.Root }

// MkdirAll implements FS.
func (r Root) MkdirAll(path string, perm fs.FileMode) error { return r.Dir.MkdirAll(path, perm) }

// CreateTemp implements FS.
func (r Root) CreateTemp(dir, pattern string) (File, error) {
	before, after := pattern, ""
	for i := len(pattern) - 1; i >= 0; i-- {
		if pattern[i] == '*' {
			before, after = pattern[:i], pattern[i+1:]
			break
		}
	}
	for {
		name := filepath.Join(dir, before+rand.Text()+after)
		f, err := r.Dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return rootFile{f, name}, nil
	}
}

// rootFile is a file under its name below the root.
type rootFile struct {
	*os.File
	name string
}

func (f rootFile) Name() string { return f.name }

// Chmod implements FS.
func (r Root) Chmod(name string, perm fs.FileMode) error { return r.Dir.Chmod(name, perm) }

// Rename implements FS.
func (r Root) Rename(from, to string) error { return r.Dir.Rename(from, to) }

// Remove implements FS.
func (r Root) Remove(name string) error { return r.Dir.Remove(name) }

// SyncDir makes a rename durable. Systems that cannot sync a folder make no difference.
func (r Root) SyncDir(dir string) error {
	d, err := r.Dir.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // not every file system can; the rename has happened
	return d.Close()
}

var _ FS = Root{}
