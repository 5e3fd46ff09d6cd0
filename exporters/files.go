package exporters

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Files opens the files that a record speaks of. Names are slash-separated and
// relative to the respective root, as in nexuslims.Dataset. A zero Files has none.
type Files struct {
	Instruments *os.Root // instrument data, read only
	Data        *os.Root // previews and metadata files
}

// DataFile opens the data file of a dataset.
func (f Files) DataFile(d nexuslims.Dataset) (fs.File, error) { return open(f.Instruments, d.Location) }

// Preview opens the preview of a dataset; fs.ErrNotExist when it has none.
func (f Files) Preview(d nexuslims.Dataset) (fs.File, error) { return open(f.Data, d.Preview) }

// Metadata opens the metadata file of a dataset.
func (f Files) Metadata(d nexuslims.Dataset) (fs.File, error) {
	return open(f.Data, MetadataName(d))
}

// MetadataName returns the path of the metadata file of a dataset, beside its preview.
func MetadataName(d nexuslims.Dataset) string {
	if stem, ok := strings.CutSuffix(d.Preview, ".thumb.png"); ok {
		return stem + ".json"
	}
	return d.Location + ".json"
}

func open(root *os.Root, name string) (fs.File, error) {
	if root == nil || name == "" {
		return nil, nexuslims.E(nexuslims.NotFound, "open", name, fs.ErrNotExist)
	}
	f, err := root.Open(filepath.FromSlash(strings.TrimPrefix(name, "/")))
	if err != nil {
		return nil, nexuslims.E(nexuslims.NotFound, "open", name, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, nexuslims.E(nexuslims.Unsupported, "open", name, errors.Join(err, f.Close()))
	}
	return f, nil
}

// ReadAll reads an opened file to the end and closes it. A file of more than limit
// bytes is Unsupported.
func ReadAll(f fs.File, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(b)) > limit {
		err = nexuslims.E(nexuslims.Unsupported, "read", "", errors.New("file over the limit"))
	}
	return b, errors.Join(err, f.Close())
}
