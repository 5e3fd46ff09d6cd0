package rocrate

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// largestRead bounds a description or record that is read back.
const largestRead = 256 << 20

// stored is a crate that is there.
type stored struct {
	form     Form
	path     string
	size     int64
	digest   string // SHA-256: of the archive, or of the list of a folder's files and theirs
	readable bool   // it is a crate
	owner    string // identifier of the session
	version  int
	metadata []byte
	xml      []byte // nil when it has no record any more
}

// ownerOf is the identifier that a session's crate has.
func ownerOf(job *exporters.Job) string { return clean(job.Session.ID) }

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// load reads the crate in every form of the configuration; nil where it is not there.
func (l *shelf) load(ctx context.Context, at place) ([]*stored, error) {
	all := make([]*stored, len(l.config.Forms))
	for i, form := range l.config.Forms {
		var err error
		if all[i], err = l.stored(ctx, at, form); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// stored reads a crate in one form; nil when it is not there.
func (l *shelf) stored(ctx context.Context, at place, form Form) (*stored, error) {
	c := &stored{form: form, path: at.target(form)}
	info, err := l.root.Lstat(local(c.path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault("look at", c.path, err)
	}
	switch {
	case form == Folder && info.IsDir():
		err = l.readFolder(ctx, at, c)
	case form != Folder && info.Mode().IsRegular():
		err = l.readArchive(ctx, at, c)
	default:
		return nil, errForeign(c.path, "something else has its name")
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault("read", c.path, err)
	}
	c.understand()
	return c, nil
}

// readArchive reads an archive. One that is damaged is not readable, which is no failure.
func (l *shelf) readArchive(ctx context.Context, at place, c *stored) error {
	f, err := l.root.Open(local(c.path))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	c.size = info.Size()
	if !l.brief {
		found, err := measure(ctx, f)
		if err != nil {
			return err
		}
		c.size, c.digest = found.size, found.sha256
	}
	z, err := zip.NewReader(f, c.size)
	if err != nil {
		return nil
	}
	prefix := ""
	if c.form == ELN {
		prefix = at.stem + "/"
	}
	return c.readMembers(z, prefix, at)
}

// readMembers reads description and record. What is missing or damaged is none; a store
// that does not answer is a failure.
func (c *stored) readMembers(fsys fs.FS, prefix string, at place) error {
	var faults [2]error
	c.metadata, faults[0] = readMember(fsys, prefix+metadataFile)
	c.xml, faults[1] = readMember(fsys, prefix+at.record())
	for _, err := range faults {
		var number syscall.Errno
		if errors.As(err, &number) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// record is the name of the record file in the crate.
func (p place) record() string { return path.Join(recordDir, names{}.take(p.stem+".xml")) }

// readMember reads a file of a crate; nil when that fails.
func readMember(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := exporters.ReadAll(f, largestRead)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// readFolder reads a crate that is a folder.
func (l *shelf) readFolder(ctx context.Context, at place, c *stored) error {
	dir, err := l.root.OpenRoot(local(c.path))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	if !l.brief {
		if err := c.measureFolder(ctx, dir); err != nil {
			return err
		}
	}
	return c.readMembers(dir.FS(), "", at)
}

// measureFolder finds size and digest of a crate that is a folder.
func (c *stored) measureFolder(ctx context.Context, dir *os.Root) error {
	files := list{}
	err := fs.WalkDir(dir.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if !d.Type().IsRegular() {
			files[name] = d.Type().String()
			return nil
		}
		f, err := dir.Open(local(name))
		if err != nil {
			return err
		}
		found, err := measure(ctx, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		c.size += found.size
		files[name] = found.sha256
		return nil
	})
	c.digest = files.digest()
	return err
}

// understand reads whose crate it is from its description.
func (c *stored) understand() {
	var doc struct {
		Graph []struct {
			ID         string          `json:"@id"`
			Identifier json.RawMessage `json:"identifier"`
			Version    json.RawMessage `json:"version"`
		} `json:"@graph"`
	}
	if json.Unmarshal(c.metadata, &doc) != nil {
		return
	}
	for _, e := range doc.Graph {
		if e.ID != idRoot {
			continue
		}
		var version string
		if json.Unmarshal(e.Identifier, &c.owner) == nil && json.Unmarshal(e.Version, &version) == nil {
			c.version, _ = strconv.Atoi(strings.TrimSpace(version))
			c.readable = c.owner != "" && c.version > 0
		}
	}
}
