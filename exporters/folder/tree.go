package folder

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Names in the site.
const (
	recordsDir  = "records"
	indexDir    = "index"
	sessionsDir = indexDir + "/sessions"
	assetsDir   = "assets"
	previewsDir = "previews"
	metadataDir = "metadata"
	pageFile    = "index.html"
	xmlFile     = "record.xml"
	jsonFile    = "record.json"
	partsFile   = indexDir + "/parts.js"
)

// largest bounds a file that is read back.
const largest = 64 << 20

// staleAge is how old a temporary file must be to be taken for one of a killed process.
const staleAge = time.Hour

// tree is the opened folder of a site. Names are slash-separated and lead nowhere else:
// reading and removing goes through the root, writing refuses symbolic links on its way.
type tree struct {
	*Site
	root *os.Root
}

// open opens the site's folder, making it when it is missing and its parent is there: a
// missing parent is a store that is not mounted.
func (s *Site) open() (*tree, error) {
	root, err := os.OpenRoot(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.Mkdir(s.path, 0o777); err == nil || errors.Is(err, fs.ErrExist) {
			root, err = os.OpenRoot(s.path)
		}
	}
	if err != nil {
		return nil, fault("open site", s.path, err)
	}
	return &tree{Site: s, root: root}, nil
}

func (t *tree) close() { _ = t.root.Close() }

// fault gives a failure of the file system its kind: rights do not come by waiting,
// space and stores do.
func fault(op, subject string, err error) error {
	if err == nil {
		return nil
	}
	kind := nexuslims.Transient
	if errors.Is(err, fs.ErrPermission) {
		kind = nexuslims.Permission
	}
	return nexuslims.E(kind, op, subject, err)
}

// read returns a file of the site; fs.ErrNotExist when there is none.
func (t *tree) read(name string) ([]byte, error) {
	info, err := t.root.Lstat(filepath.FromSlash(name))
	if err != nil {
		return nil, fault("read", name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > largest {
		return nil, nexuslims.E(nexuslims.Conflict, "read", name, errors.New("not a file of this program"))
	}
	data, err := t.root.ReadFile(filepath.FromSlash(name))
	return data, fault("read", name, err)
}

// put writes a file unless it says the same already.
func (t *tree) put(name string, data []byte) error {
	if old, err := t.read(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := t.plain(path.Dir(name)); err != nil {
		return err
	}
	target := filepath.Join(t.path, filepath.FromSlash(name))
	return fault("write", name, t.write(target, data, 0o644))
}

// plain refuses a folder of the site that is a symbolic link or a file.
func (t *tree) plain(dir string) error {
	for ; dir != "."; dir = path.Dir(dir) {
		info, err := t.root.Lstat(filepath.FromSlash(dir))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fault("look at", dir, err)
		}
		if !info.IsDir() {
			return nexuslims.E(nexuslims.Conflict, "write below", dir, errors.New("not a folder of this program"))
		}
	}
	return nil
}

// list returns the names in a folder, none when it is missing.
func (t *tree) list(dir string) ([]string, error) {
	entries, err := fs.ReadDir(t.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, fault("list", dir, err)
}

// keep removes all files directly below dir that are not among those to keep.
func (t *tree) keep(dir string, kept map[string]bool) error {
	names, err := t.list(dir)
	for _, name := range names {
		if !kept[name] {
			err = errors.Join(err, t.remove(path.Join(dir, name)))
		}
	}
	return err
}

// remove deletes a file or an empty folder; one that is missing is fine.
func (t *tree) remove(name string) error {
	err := t.unlink(t.root, filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fault("remove", name, err)
}

// sweep deletes the temporary files that a killed process left in folders.
func (t *tree) sweep(now time.Time, dirs ...string) error {
	var faults []error
	for _, dir := range dirs {
		faults = append(faults, atomicfile.RemoveStale(filepath.Join(t.path, filepath.FromSlash(dir)), staleAge, now))
	}
	return fault("sweep", t.path, errors.Join(faults...))
}
