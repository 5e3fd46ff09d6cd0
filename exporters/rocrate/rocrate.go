package rocrate

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Store is the destination: a folder of crates.
type Store struct {
	config Config
	now    func() time.Time
	pages  pages
	// wrap lets tests fail or count changes of the disk.
	wrap func(disk) disk
}

// New returns the store in the folder of the configuration. Nothing is read or written
// before the first call of a method.
func New(c Config, host nexuslims.Host) (*Store, error) {
	path, err := filepath.Abs(c.Path)
	if c.Path == "" || err != nil {
		return nil, nexuslims.Faults{{Variable: "NX_ROCRATE_PATH", Value: c.Path, Reason: "no usable path"}}
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.Path = path
	if len(c.Forms) == 0 {
		c.Forms = Forms{ELN}
	}
	pages, err := newPages()
	if err != nil {
		return nil, nexuslims.E(nexuslims.Internal, "read pages of", Name, err)
	}
	now := host.Now
	if now == nil {
		now = time.Now
	}
	return &Store{config: c, now: now, pages: pages, wrap: func(d disk) disk { return d }}, nil
}

// Check reports whether crates could be written: the folder is there, takes a file, and
// the site can be read.
func (s *Store) Check(context.Context) error {
	if _, err := s.site(); err != nil {
		return err
	}
	l, err := s.open()
	if err != nil {
		return err
	}
	defer l.close()
	f, err := l.disk.CreateTemp(".", tempPrefix+"*"+tempSuffix)
	if err == nil {
		err = errors.Join(f.Close(), l.disk.Remove(f.Name()))
	}
	return fault("write into", s.config.Path, err)
}

// Find implements exporters.Finder: the record's crate, by whichever database.
func (s *Store) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	l, err := s.open()
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	defer l.close()
	at := placeOf(job)
	all, err := l.load(ctx, at)
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	first := all[0]
	if first == nil || !first.readable || first.owner != ownerOf(job) || first.xml == nil {
		return exporters.Receipt{}, false, nil
	}
	r := s.receipt(at, all)
	r.Digest = digestOf(first.xml)
	for _, c := range all {
		// What another form lacks is completed by Export.
		if c == nil || c.owner != first.owner || string(c.metadata) != string(first.metadata) {
			r.Partial = true
		}
	}
	return r, true, nil
}

// Close implements exporters.Destination. A store keeps nothing open.
func (s *Store) Close() error { return nil }

// Fetch implements exporters.Fetcher: the record file in the crate.
func (s *Store) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	l, err := s.open()
	if err != nil {
		return nil, err
	}
	defer l.close()
	at, ok := placeFrom(existing.ID)
	if !ok {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, nil)
	}
	form, _ := formOf(existing.ID)
	l.brief = true
	c, err := l.stored(ctx, at, form)
	switch {
	case err != nil:
		return nil, err
	case c == nil || c.xml == nil:
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, fs.ErrNotExist)
	}
	return c.xml, nil
}

// Delete implements exporters.Deleter: the crate goes in all its forms, and the versions
// before it. What people edited stays. One that is gone already is NotFound.
func (s *Store) Delete(ctx context.Context, existing exporters.Receipt) error {
	l, err := s.open()
	if err != nil {
		return err
	}
	defer l.close()
	at, ok := placeFrom(existing.ID)
	if !ok {
		return nexuslims.E(nexuslims.NotFound, "delete crate", existing.ID, nil)
	}
	found := false
	for _, form := range []Form{ELN, Zip, Folder} {
		if err := ctx.Err(); err != nil {
			return err
		}
		versions, err := l.versions(at, form)
		if err != nil {
			return err
		}
		for _, v := range append(versions, version{0, at.target(form)}) {
			if info, err := l.root.Lstat(local(v.path)); err != nil || info.IsDir() != (form == Folder) {
				continue
			}
			found = true
			if err := l.remove(v.path); err != nil {
				return err
			}
		}
	}
	if !found {
		return nexuslims.E(nexuslims.NotFound, "delete crate", existing.ID, fs.ErrNotExist)
	}
	return nil
}

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

// open opens the folder of the crates. It is never made: one that is missing is a store
// that is not mounted.
func (s *Store) open() (*shelf, error) {
	root, err := os.OpenRoot(s.config.Path)
	if err != nil {
		return nil, fault("open folder of crates", s.config.Path, err)
	}
	return &shelf{Store: s, root: root, disk: s.wrap(newDisk(root))}, nil
}

// Compile-time checks.
var (
	_ exporters.Destination = (*Store)(nil)
	_ exporters.Finder      = (*Store)(nil)
	_ exporters.Updater     = (*Store)(nil)
	_ exporters.Fetcher     = (*Store)(nil)
	_ exporters.Checker     = (*Store)(nil)
	_ exporters.Deleter     = (*Store)(nil)
)
