package rocrate

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Names of files and folders that are not finished, as atomicfile has them.
const (
	tempPrefix = ".nx-"
	tempSuffix = ".tmp"
	// staleAge is how old one must be to be taken for that of a killed process.
	staleAge = time.Hour
)

// disk is every change that is made below the folder of the crates.
type disk interface {
	atomicfile.FS
	Mkdir(name string, perm fs.FileMode) error
	Create(name string, perm fs.FileMode) (atomicfile.File, error)
	Link(from, to string) error
	RemoveAll(name string) error
}

// rootDisk is the disk below an opened folder.
type rootDisk struct{ atomicfile.Root }

func newDisk(root *os.Root) disk { return rootDisk{atomicfile.Root{Dir: root}} }

func (d rootDisk) Mkdir(name string, perm fs.FileMode) error { return d.Dir.Mkdir(name, perm) }

// Create makes a file that is not there, in a folder that nobody looks into yet.
func (d rootDisk) Create(name string, perm fs.FileMode) (atomicfile.File, error) {
	return d.Dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
}

func (d rootDisk) Link(from, to string) error  { return d.Dir.Link(from, to) }
func (d rootDisk) RemoveAll(name string) error { return d.Dir.RemoveAll(name) }

// shelf is the opened folder of the crates. Names are slash-separated and lead nowhere else.
type shelf struct {
	*Store
	root *os.Root
	disk disk
	// brief reads crates without their digests, which takes reading all of them.
	brief bool
}

func (l *shelf) close() { _ = l.root.Close() }

func local(name string) string { return filepath.FromSlash(name) }

// place is where a crate is, whatever its form.
type place struct{ dir, stem string }

// placeOf returns the place of a session's crate.
func placeOf(job *exporters.Job) place {
	start := job.Session.From
	if start.IsZero() {
		start = beginning(job)
	}
	if zone, err := job.Instrument.Zone(); err == nil && job.Instrument.Timezone != "" {
		start = start.In(zone)
	}
	year := "undated"
	if !start.IsZero() {
		year = start.Format("2006")
	}
	pid := cmp.Or(job.Session.Instrument, job.Record.InstrumentPID, "unknown")
	return place{path.Join(pathName(pid), year), pathName(job.Name)}
}

// placeFrom returns the place of a receipt's id.
func placeFrom(id string) (place, bool) {
	form, stem := formOf(path.Base(id))
	dir := path.Dir(id)
	p := place{dir, stem}
	ok := filepath.IsLocal(local(id)) && strings.Count(dir, "/") == 1 && p.target(form) == id
	return p, ok && safeName(stem) == stem && safeName(path.Dir(dir)) == path.Dir(dir)
}

// formOf tells the form of a crate by its name, and takes the ending off.
func formOf(name string) (Form, string) {
	for _, form := range []Form{ELN, Zip} {
		if stem, ok := strings.CutSuffix(name, form.ending()); ok {
			return form, stem
		}
	}
	return Folder, name
}

// target is the path of the crate in a form.
func (p place) target(form Form) string { return path.Join(p.dir, p.stem) + form.ending() }

// beside is the path of another version of the crate.
func (p place) beside(mark string, form Form) string {
	return path.Join(p.dir, p.stem) + "." + mark + form.ending()
}

// version is an earlier version of a crate that was put aside.
type version struct {
	number int
	path   string
}

// versions lists the earlier versions of a crate in a form, the newest last.
func (l *shelf) versions(at place, form Form) ([]version, error) {
	entries, err := fs.ReadDir(l.root.FS(), at.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault("list", at.dir, err)
	}
	name := regexp.MustCompile("^" + regexp.QuoteMeta(at.stem) + `\.v([0-9]{1,9})(-[0-9a-f]{8})?` +
		regexp.QuoteMeta(form.ending()) + "$")
	var all []version
	for _, e := range entries {
		if m := name.FindStringSubmatch(e.Name()); m != nil && e.IsDir() == (form == Folder) {
			n, _ := strconv.Atoi(m[1])
			all = append(all, version{n, path.Join(at.dir, e.Name())})
		}
	}
	slices.SortFunc(all, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.path, b.path))
	})
	return all, nil
}

// restore undoes what a process left that was killed between putting the old crate aside
// and putting the new one in its place.
func (l *shelf) restore(at place, form Form) error {
	if _, err := l.root.Lstat(local(at.target(form))); !errors.Is(err, fs.ErrNotExist) {
		return fault("look at", at.target(form), err)
	}
	versions, err := l.versions(at, form)
	if err != nil || len(versions) == 0 {
		return err
	}
	newest := versions[len(versions)-1].path
	return fault("restore", newest, l.disk.Rename(local(newest), local(at.target(form))))
}

// aside puts the crate that stands in the way beside: it keeps its content under a name of
// its version, or of its digest when people edited it. A file keeps its old name until the
// new one takes it, where the file system allows that.
func (l *shelf) aside(at place, c *stored, edited bool) error {
	short := c.digest[:8]
	to := at.beside("v"+strconv.Itoa(c.version), c.form)
	if edited {
		to = at.beside("edited-"+short, c.form)
	}
	if info, err := l.root.Lstat(local(to)); err == nil {
		if current, err := l.root.Lstat(local(c.path)); err == nil && os.SameFile(info, current) {
			return nil // a killed process came as far as this
		}
		if to = at.beside("v"+strconv.Itoa(c.version)+"-"+short, c.form); edited {
			to = at.beside("edited-"+short+"-"+strconv.FormatInt(l.now().Unix(), 10), c.form)
		}
	}
	if c.form != Folder && l.disk.Link(local(c.path), local(to)) == nil {
		return nil
	}
	return fault("put aside", c.path, l.disk.Rename(local(c.path), local(to)))
}

// remove deletes a crate and makes that durable.
func (l *shelf) remove(name string) error {
	err := l.disk.RemoveAll(local(name))
	if err == nil {
		err = l.disk.SyncDir(local(path.Dir(name)))
	}
	return fault("remove", name, err)
}

// sweep deletes what killed processes did not finish in a folder.
func (l *shelf) sweep(dir string) {
	entries, err := fs.ReadDir(l.root.FS(), dir)
	if err != nil {
		return // there is nothing, or the delivery tells
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && l.now().Sub(info.ModTime()) > staleAge {
			_ = l.disk.RemoveAll(local(path.Join(dir, e.Name()))) // the next delivery tries again
		}
	}
}

// errForeign is a name that something else has.
func errForeign(name, what string) error {
	return nexuslims.E(nexuslims.Conflict, "write crate", name, errors.New(what))
}
