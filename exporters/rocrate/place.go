package rocrate

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
)

// place puts a crate in place in one form. What stands there is put aside.
func (d *delivery) place(ctx context.Context, made crate, form Form, old *stored, edited bool) (*stored, error) {
	c := &stored{
		form: form, path: d.at.target(form), readable: true, owner: ownerOf(d.job), metadata: made.metadata, xml: d.document,
	}
	c.understand()
	aside := func() error {
		if old == nil {
			return nil
		}
		if d.fresh[form] {
			return d.remove(old.path) // half of this very delivery
		}
		return d.aside(d.at, old, edited)
	}
	var err error
	if form == Folder {
		err = d.placeFolder(ctx, made, c, aside)
	} else {
		err = d.placeArchive(ctx, made, c, aside)
	}
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, new(changedError)):
		return nil, err
	}
	return nil, fault("write", c.path, err)
}

// placeArchive writes an archive.
func (d *delivery) placeArchive(ctx context.Context, made crate, c *stored, aside func() error) error {
	return atomicfile.FillFS(d.disk, local(c.path), 0o644, func(w io.Writer) error {
		sum := sha256.New()
		counter := &counting{w: io.MultiWriter(w, sum)}
		if err := made.pack(ctx, newArchive(counter, made.made), c.form); err != nil {
			return err
		}
		c.size, c.digest = counter.n, hex.EncodeToString(sum.Sum(nil))
		return aside()
	})
}

type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// placeFolder builds a folder beside its place and renames it.
func (d *delivery) placeFolder(ctx context.Context, made crate, c *stored, aside func() error) error {
	dir := local(d.at.dir)
	temp := filepath.Join(dir, tempPrefix+rand.Text()+tempSuffix)
	err := d.disk.MkdirAll(dir, 0o777)
	if err == nil {
		err = d.disk.Mkdir(temp, 0o755)
	}
	if err != nil {
		return err
	}
	if err = d.fill(ctx, made, c, temp); err == nil {
		err = aside()
	}
	if err == nil {
		err = d.disk.Rename(temp, local(c.path))
	}
	if err != nil {
		return errors.Join(err, d.disk.RemoveAll(temp))
	}
	return d.disk.SyncDir(dir)
}

// fill writes the files of a crate into a folder.
func (d *delivery) fill(ctx context.Context, made crate, c *stored, dir string) error {
	files := list{}
	for _, e := range made.entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := filepath.Join(dir, local(e.name))
		if e.part == nil && e.data == nil {
			if err := d.disk.Mkdir(name, 0o755); err != nil {
				return err
			}
			files[strings.TrimSuffix(e.name, "/")] = fs.ModeDir.String()
			continue
		}
		p := e.part
		if p == nil {
			p = &part{content: e.data, sum: sum{int64(len(e.data)), digestOf(e.data), crc32.ChecksumIEEE(e.data)}}
		}
		if err := d.create(ctx, name, p); err != nil {
			return err
		}
		c.size += p.size
		files[e.name] = p.sha256
	}
	c.digest = files.digest()
	return d.disk.SyncDir(dir)
}

// create writes a file of a folder that is not in place yet.
func (d *delivery) create(ctx context.Context, name string, p *part) error {
	f, err := d.disk.Create(name, 0o644)
	if err != nil {
		return err
	}
	if err = p.copyTo(ctx, f); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// list is the content of a folder: digests of files, and what is none.
type list map[string]string

// digest returns the SHA-256 of the list.
func (l list) digest() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l)) {
		b.WriteString(l[name] + "  " + name + "\n")
	}
	return digestOf([]byte(b.String()))
}
