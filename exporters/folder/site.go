package folder

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Site is the destination: a web site in a folder.
type Site struct {
	path  string
	now   func() time.Time
	pages pages
	// write replaces a file and unlink removes a file or an empty folder.
	write  func(path string, data []byte, perm fs.FileMode) error
	unlink func(root *os.Root, name string) error
}

// New returns the site in the folder of the configuration. Nothing is read or written
// before the first call of a method.
func New(c Config, host nexuslims.Host) (*Site, error) {
	path, err := filepath.Abs(c.Path)
	if c.Path == "" || err != nil {
		fault := nexuslims.Fault{Variable: "NX_FOLDER_EXPORT_PATH", Value: c.Path, Reason: "no usable path"}
		return nil, nexuslims.Faults{fault}
	}
	pages, err := newPages()
	if err != nil {
		return nil, nexuslims.E(nexuslims.Internal, "read pages of", Name, err)
	}
	now := host.Now
	if now == nil {
		now = time.Now
	}
	return &Site{path: path, now: now, pages: pages, write: atomicfile.Write, unlink: (*os.Root).Remove}, nil
}

// Check reports whether records could be written, by making the folder where it is
// missing and putting the style and script of the pages there.
func (s *Site) Check(context.Context) error {
	t, err := s.open()
	if err != nil {
		return err
	}
	defer t.close()
	return t.putAssets()
}

// Find implements exporters.Finder: a record that was delivered whole, by whichever
// database.
func (s *Site) Find(_ context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		return exporters.Receipt{}, false, nil
	}
	t, err := s.open()
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	defer t.close()
	doc, found, err := t.find(job)
	if err != nil || !found || doc.Digest == "" {
		return exporters.Receipt{}, false, err
	}
	return s.receipt(doc), true, nil
}

// Close implements exporters.Destination. A site keeps nothing open.
func (s *Site) Close() error { return nil }

// receipt describes the record of a document.
func (s *Site) receipt(doc document) exporters.Receipt {
	return exporters.Receipt{
		ID:     doc.Folder,
		URL:    fileURL(filepath.Join(s.path, recordsDir, doc.Folder, pageFile)),
		Digest: doc.Digest,
		Time:   s.now(),
	}
}

// fileURL returns the address of a file on this machine (RFC 8089).
func fileURL(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// Compile-time checks.
var (
	_ exporters.Destination = (*Site)(nil)
	_ exporters.Finder      = (*Site)(nil)
	_ exporters.Updater     = (*Site)(nil)
	_ exporters.Fetcher     = (*Site)(nil)
	_ exporters.Checker     = (*Site)(nil)
	_ exporters.Deleter     = (*Site)(nil)
)
