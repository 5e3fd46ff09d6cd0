// Package atomicfile is the one place that writes files: a reader sees the old file,
// the new file, or none, whatever fails and whenever the process is killed.
//
// A file is written under a temporary name in its own folder, synced, closed, renamed,
// and the folder is synced. Temporary names begin with ".nx-" and end in ".tmp";
// RemoveStale sweeps those that a killed process left.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	tempPrefix = ".nx-"
	tempSuffix = ".tmp"
)

// FS is what the package needs of a file system; tests make each operation fail.
type FS interface {
	MkdirAll(path string, perm fs.FileMode) error
	CreateTemp(dir, pattern string) (File, error)
	Chmod(name string, perm fs.FileMode) error
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
}

// File is an open temporary file.
type File interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
}

// OS is the file system of the machine.
type OS struct{}

// Write replaces the file at path with data, making its folder where that is missing.
// The file has the permissions perm whatever the mask of the process.
func Write(path string, data []byte, perm fs.FileMode) error { return WriteFS(OS{}, path, data, perm) }

// WriteFS is Write on a given file system.
func WriteFS(fsys FS, path string, data []byte, perm fs.FileMode) error {
	return FillFS(fsys, path, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// FillFS is WriteFS for content that is not at hand as a whole: put writes it. When put
// fails, nothing is replaced.
func FillFS(fsys FS, path string, perm fs.FileMode, put func(io.Writer) error) error {
	dir := filepath.Dir(path)
	if err := fsys.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	f, err := fsys.CreateTemp(dir, tempPrefix+"*"+tempSuffix)
	if err != nil {
		return fmt.Errorf("make temporary file: %w", err)
	}
	if err = fill(fsys, f, perm, put); err == nil {
		err = fsys.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", filepath.Base(path), err), ignoreMissing(fsys.Remove(f.Name())))
	}
	if err := fsys.SyncDir(dir); err != nil {
		return fmt.Errorf("sync folder of %s: %w", filepath.Base(path), err)
	}
	return nil
}

func fill(fsys FS, f File, perm fs.FileMode, put func(io.Writer) error) error {
	err := put(f)
	if err == nil {
		err = fsys.Chmod(f.Name(), perm)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Move renames a file, and copies it with its times where the target lies on another
// device. An existing target is replaced.
func Move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := os.Rename(from, to); err == nil {
		return errors.Join(OS{}.SyncDir(filepath.Dir(to)), OS{}.SyncDir(filepath.Dir(from)))
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err = Write(to, data, info.Mode().Perm()); err != nil {
		return err
	}
	if err = os.Chtimes(to, time.Time{}, info.ModTime()); err != nil {
		return err
	}
	return os.Remove(from)
}

// RemoveStale deletes temporary files older than age directly below dir.
func RemoveStale(dir string, age time.Duration, now time.Time) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var faults []error
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > age {
			faults = append(faults, ignoreMissing(os.Remove(filepath.Join(dir, e.Name()))))
		}
	}
	return errors.Join(faults...)
}

// MkdirAll implements FS.
func (OS) MkdirAll(path string, perm fs.FileMode) error { return os.MkdirAll(path, perm) }

// CreateTemp implements FS.
func (OS) CreateTemp(dir, pattern string) (File, error) { return os.CreateTemp(dir, pattern) }

// Chmod implements FS.
func (OS) Chmod(name string, perm fs.FileMode) error { return os.Chmod(name, perm) }

// Rename implements FS.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements FS.
func (OS) Remove(name string) error { return os.Remove(name) }

// SyncDir makes a rename durable. Systems that cannot sync a folder make no difference.
func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // not every file system can; the rename has happened
	return d.Close()
}

var _ FS = OS{}
