package invenio

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the repository tells of its files
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// spareFile holds the document while record.xml is replaced, which takes a deletion: people's
// edits that were merged into it are never in memory alone.
const spareFile = "record.next.xml"

type content struct {
	key  string
	size int64
	sum  string // as the repository writes it
	open func() (io.ReadCloser, error)
}

func contentOf(key string, data []byte) content {
	sum := md5.Sum(data) //nolint:gosec // as above
	return content{key, int64(len(data)), "md5:" + hex.EncodeToString(sum[:]), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// keyOf returns the key of a part: keys are no paths.
func keyOf(name string) string { return strings.ReplaceAll(name, "/", "__") }

func contentOfPart(p exporters.Part) (content, error) {
	f, err := p.Open()
	if err != nil {
		return content{}, err
	}
	hash := md5.New() //nolint:gosec // as above
	size, err := io.Copy(hash, f)
	return content{keyOf(p.Name), size, "md5:" + hex.EncodeToString(hash.Sum(nil)), func() (io.ReadCloser, error) {
		return p.Open()
	}}, errors.Join(err, f.Close())
}

// stored returns the document of a draft or a record.
func (d *Destination) stored(ctx context.Context, path string) ([]byte, error) {
	entries, err := d.client.files(ctx, path)
	if err != nil {
		return nil, err
	}
	have := byKey(entries)
	for _, key := range []string{recordFile, spareFile} {
		if have[key].complete() {
			return d.client.read(ctx, path, key)
		}
	}
	return nil, nexuslims.E(nexuslims.NotFound, "read document", path, errors.New("there is none"))
}

func byKey(entries []entry) map[string]entry {
	have := map[string]entry{}
	for _, e := range entries {
		have[e.Key] = e
	}
	return have
}

// filesOf returns the files that were delivered last, by key, with their checksums.
func filesOf(r exporters.Receipt) map[string]any {
	if r.Meta == nil {
		return map[string]any{}
	}
	files := plain(r.Meta["files"])
	if files == nil {
		files = map[string]any{}
	}
	return files
}

// exchange is the upload of the files of a draft.
type exchange struct {
	path     string           // of the draft
	have     map[string]entry // what is there, by key
	last     map[string]any   // checksums of what was delivered last
	files    map[string]any   // and of what is delivered now
	warnings []string
}

// upload brings the files of a draft up to date, the document last.
func (d *Destination) upload(
	ctx context.Context, job *exporters.Job, receipt *exporters.Receipt, stored, document []byte,
) error {
	path := draft(receipt.ID)
	entries, err := d.client.files(ctx, path)
	if err != nil {
		return err
	}
	x := &exchange{path: path, have: byKey(entries), last: filesOf(*receipt), files: map[string]any{}}
	parts := job.Parts(d.config.Files)
	if most := d.config.MaxFiles - 1; len(parts) > most {
		x.warn("%d files are left out: the repository takes %d", len(parts)-most, most+1)
		parts = parts[:most]
	}
	for _, p := range parts {
		if err = d.uploadPart(ctx, x, p); err != nil {
			break
		}
	}
	if err == nil {
		x.keepUnseen(job)
		err = d.dropStale(ctx, x)
	}
	receipt.Warnings = append(receipt.Warnings, x.warnings...)
	if err != nil {
		return err
	}
	if receipt.Meta == nil {
		receipt.Meta = map[string]any{}
	}
	receipt.Meta = map[string]any{"metadata": receipt.Meta["metadata"], "files": x.files}
	return d.replaceDocument(ctx, path, x.have, stored, document)
}

func (x *exchange) warn(format string, args ...any) {
	x.warnings = append(x.warnings, fmt.Sprintf(format, args...))
}

// uploadPart brings one file up to date. What was delivered of one that cannot be read now
// stays.
func (d *Destination) uploadPart(ctx context.Context, x *exchange, p exporters.Part) error {
	c, err := contentOfPart(p)
	if err != nil {
		x.warn("%s could not be read", p.Name)
		x.keep(keyOf(p.Name))
		return nil //nolint:nilerr // said in the receipt
	}
	e := x.have[c.key]
	if e.complete() && e.Checksum != c.sum && x.last[c.key] != e.Checksum {
		x.warn("%s was replaced there and is kept", c.key)
		return nil
	}
	x.files[c.key] = c.sum
	return d.put(ctx, x.path, e, c)
}

func (x *exchange) keep(key string) {
	if sum, delivered := x.last[key]; delivered {
		x.files[key] = sum
	}
}

// keepUnseen keeps what was delivered from folders that cannot be looked into now.
func (x *exchange) keepUnseen(job *exporters.Job) {
	for key := range x.last {
		if !job.Sees(strings.Replace(key, "__", "/", 1)) {
			x.keep(key)
		}
	}
}

// dropStale deletes what was delivered before and is no part of the record any more.
func (d *Destination) dropStale(ctx context.Context, x *exchange) error {
	for key, sum := range x.last {
		if _, wanted := x.files[key]; wanted || x.have[key].Checksum != sum {
			continue
		}
		if err := d.client.drop(ctx, x.path+"/files/"+url.PathEscape(key)); err != nil {
			return err
		}
	}
	return nil
}

// replaceDocument puts the document in the place of the one that is stored.
func (d *Destination) replaceDocument(
	ctx context.Context, path string, have map[string]entry, stored, document []byte,
) error {
	now, next := have[recordFile], contentOf(recordFile, document)
	if now.complete() && now.Checksum != next.sum {
		again, err := d.client.read(ctx, path, recordFile) // the last look before it goes
		if err == nil && !bytes.Equal(again, stored) {
			err = nexuslims.E(nexuslims.Conflict, "replace document", path, errors.New("somebody is editing it"))
		}
		if err == nil {
			err = d.put(ctx, path, have[spareFile], contentOf(spareFile, document))
		}
		if err != nil {
			return err
		}
		have[spareFile] = entry{Key: spareFile}
	}
	if err := d.put(ctx, path, now, next); err != nil {
		return err
	}
	if _, spare := have[spareFile]; spare {
		return d.client.drop(ctx, path+"/files/"+spareFile)
	}
	return nil
}

// put makes a file of a draft what it should be.
func (d *Destination) put(ctx context.Context, path string, now entry, c content) error {
	if now.complete() {
		if now.Checksum == c.sum {
			return nil
		}
		if err := d.client.drop(ctx, path+"/files/"+url.PathEscape(c.key)); err != nil {
			return err
		}
		now = entry{}
	}
	if now.Key == "" {
		if err := d.client.announce(ctx, path, c.key); err != nil {
			return err
		}
	}
	if err := d.client.write(ctx, path, c.key, c.size, c.open); err != nil {
		return err
	}
	e, err := d.client.commit(ctx, path, c.key)
	if err == nil && (e.Checksum != "" && e.Checksum != c.sum) {
		err = nexuslims.E(nexuslims.Transient, "upload file", c.key, errors.New("the repository has other content"))
	}
	return err
}
