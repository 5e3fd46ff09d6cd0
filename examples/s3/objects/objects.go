package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"gocloud.dev/blob"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	sessionsDir  = "sessions"
	recordFile   = "record.xml"
	manifestFile = "manifest.json"

	maxDocument = 256 << 20 // bytes of a document that is read back
)

// Options say what goes into the bucket and where.
type Options struct {
	// Open opens the bucket, at the first use.
	Open func(ctx context.Context) (*blob.Bucket, error)
	// Explain understands the failures of the store; nil: none.
	Explain Explain
	// Prefix stands before all keys, without a slash at its ends.
	Prefix string
	// Address is the bucket's for people, such as "s3://bucket".
	Address string
	Files   exporters.Set
}

// Destination is a bucket with records.
type Destination struct {
	options Options
	bucket  *blob.Bucket
}

// New returns a destination. It uses no network.
func New(o Options) *Destination { return &Destination{options: o} }

// Check implements exporters.Checker: it asks for a first page of objects.
func (d *Destination) Check(ctx context.Context) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	_, _, err := d.bucket.ListPage(ctx, blob.FirstPageToken, 1, &blob.ListOptions{Prefix: d.key(sessionsDir) + "/"})
	return d.failure(ctx, "list bucket", d.options.Address, err)
}

// open opens the bucket unless it is open.
func (d *Destination) open(ctx context.Context) error {
	if d.bucket != nil || ctx.Err() != nil {
		return d.failure(ctx, "open bucket", d.options.Address, ctx.Err())
	}
	bucket, err := d.options.Open(ctx)
	d.bucket = bucket
	return d.failure(ctx, "open bucket", d.options.Address, err)
}

// Find implements exporters.Finder.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	if err := d.open(ctx); err != nil {
		return exporters.Receipt{}, false, err
	}
	folder, err := d.noted(ctx, job)
	if err != nil || folder == "" {
		return exporters.Receipt{}, false, err
	}
	m, found, err := d.manifest(ctx, folder)
	if err != nil || !found || m.Session != job.Session.ID {
		return exporters.Receipt{}, false, err // what there is of it is completed by Export
	}
	receipt := d.receipt(folder, job)
	stored, err := d.read(ctx, d.key(folder, recordFile))
	if errors.Is(err, nexuslims.NotFound) {
		err = nil
	}
	if !bytes.Equal(stored, job.XML) {
		receipt.Digest = "" // an earlier version, or people changed it
	}
	return receipt, err == nil, err
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	folder, err := d.folderOf(existing)
	if err == nil {
		err = d.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	return d.read(ctx, d.key(folder, recordFile))
}

// Delete implements exporters.Deleter. The manifest goes first: what is left after an
// interruption is no record any more.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	folder, err := d.folderOf(existing)
	if err == nil {
		err = d.open(ctx)
	}
	if err != nil {
		return err
	}
	m, _, err := d.manifest(ctx, folder)
	if err == nil {
		err = d.remove(ctx, d.key(folder, manifestFile))
	}
	if err == nil && m.Session != "" {
		err = d.sweep(ctx, folder, Manifest{Session: m.Session})
	}
	if err == nil && m.Session != "" {
		err = d.remove(ctx, d.noteKey(m.Session))
	}
	return err
}

// Close implements exporters.Destination.
func (d *Destination) Close() error {
	if d.bucket == nil {
		return nil
	}
	bucket := d.bucket
	d.bucket = nil
	return bucket.Close()
}

// key joins the parts of a key behind the prefix.
func (d *Destination) key(parts ...string) string {
	return strings.TrimPrefix(path.Join(append([]string{d.options.Prefix}, parts...)...), "/")
}

// sessionKey stands for the identifier of a session, which may hold anything.
func sessionKey(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:16])
}

func (d *Destination) noteKey(session string) string {
	return d.key(sessionsDir, sessionKey(session)+".json")
}

func (d *Destination) receipt(folder string, job *exporters.Job) exporters.Receipt {
	address := d.options.Address + "/" + (&url.URL{Path: d.key(folder)}).EscapedPath() + "/"
	return exporters.Receipt{ID: d.key(folder, manifestFile), URL: address, Digest: job.Digest}
}

// folderOf returns the folder of a receipt, without the prefix.
func (d *Destination) folderOf(r exporters.Receipt) (string, error) {
	folder, ok := strings.CutSuffix(r.ID, "/"+manifestFile)
	if d.options.Prefix != "" && ok {
		folder, ok = strings.CutPrefix(folder, d.options.Prefix+"/")
	}
	if !ok {
		return "", nexuslims.E(nexuslims.NotFound, "find record", r.ID, errors.New("the id is no manifest below the prefix"))
	}
	return folder, nil
}

// note is the object of a session: which folder its record is in.
type note struct {
	Session string `json:"session"`
	Folder  string `json:"folder"`
}

// noted returns the folder that was noted for a session, "" where none was.
func (d *Destination) noted(ctx context.Context, job *exporters.Job) (string, error) {
	var n note
	understood, err := d.decode(ctx, d.noteKey(job.Session.ID), &n)
	if err != nil || !understood || n.Session != job.Session.ID || !fs.ValidPath(n.Folder) {
		return "", err // a damaged one is noted anew
	}
	return n.Folder, nil
}

// manifest reads the manifest of a folder. One that cannot be understood counts as none.
func (d *Destination) manifest(ctx context.Context, folder string) (Manifest, bool, error) {
	var m Manifest
	understood, err := d.decode(ctx, d.key(folder, manifestFile), &m)
	if err != nil || !understood || m.Format != format {
		return Manifest{}, false, err
	}
	return m, true, nil
}

// decode reads an object of JSON. One that is not there, or is no such JSON, is not
// understood.
func (d *Destination) decode(ctx context.Context, key string, v any) (understood bool, err error) {
	data, err := d.read(ctx, key)
	if errors.Is(err, nexuslims.NotFound) {
		return false, nil
	}
	return err == nil && json.Unmarshal(data, v) == nil, err
}

var (
	_ exporters.Destination = (*Destination)(nil)
	_ exporters.Checker     = (*Destination)(nil)
	_ exporters.Finder      = (*Destination)(nil)
	_ exporters.Updater     = (*Destination)(nil)
	_ exporters.Fetcher     = (*Destination)(nil)
	_ exporters.Deleter     = (*Destination)(nil)
)
