package rocrate_test

import (
	"errors"
	"io/fs"

	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
)

var errDisk = errors.New("input/output error")

// faultyDisk counts changes of a disk and makes one or all of them fail. It does not wait
// for the disk.
type faultyDisk struct {
	rocrate.Disk
	changes int
	at      int // the change that fails, 0 for none
	done    bool
	dead    bool // everything after it fails too, as if the process had been killed
	all     error
}

func (f *faultyDisk) wrap(d rocrate.Disk) rocrate.Disk {
	f.Disk = d
	return f
}

// fail makes the nth change from now fail, carried out all the same or not.
func (f *faultyDisk) fail(n int, carriedOut bool) { f.at, f.done = f.changes+n, carriedOut }

func (f *faultyDisk) step(do func() error) error {
	if f.all != nil {
		return f.all
	}
	f.changes++
	switch {
	case f.at == 0 || f.changes < f.at || f.changes > f.at && !f.dead:
		return do()
	case f.changes == f.at && f.done:
		return errors.Join(do(), errDisk)
	}
	return errDisk
}

func (f *faultyDisk) MkdirAll(path string, perm fs.FileMode) error {
	return f.step(func() error { return f.Disk.MkdirAll(path, perm) })
}

func (f *faultyDisk) CreateTemp(dir, pattern string) (file atomicfile.File, err error) {
	err = f.step(func() error {
		file, err = f.Disk.CreateTemp(dir, pattern)
		return err
	})
	return quick{file}, err
}

// quick is a file that does not wait for the disk.
type quick struct{ atomicfile.File }

func (quick) Sync() error { return nil }

func (f *faultyDisk) Chmod(name string, perm fs.FileMode) error {
	return f.step(func() error { return f.Disk.Chmod(name, perm) })
}

func (f *faultyDisk) Rename(from, to string) error {
	return f.step(func() error { return f.Disk.Rename(from, to) })
}

func (f *faultyDisk) Remove(name string) error {
	return f.step(func() error { return f.Disk.Remove(name) })
}

func (f *faultyDisk) SyncDir(string) error {
	return f.step(func() error { return nil })
}

func (f *faultyDisk) Mkdir(name string, perm fs.FileMode) error {
	return f.step(func() error { return f.Disk.Mkdir(name, perm) })
}

func (f *faultyDisk) Link(from, to string) error {
	return f.step(func() error { return f.Disk.Link(from, to) })
}

func (f *faultyDisk) RemoveAll(name string) error {
	return f.step(func() error { return f.Disk.RemoveAll(name) })
}

func (f *faultyDisk) Create(name string, perm fs.FileMode) (file atomicfile.File, err error) {
	err = f.step(func() error {
		file, err = f.Disk.Create(name, perm)
		return err
	})
	return quick{file}, err
}
