// Package webdav keeps records as files of a WebDAV folder, as Nextcloud and many web
// servers offer one. It is a complete destination of about a hundred lines, to begin with:
// docs/writing-a-destination.md goes through it part by part.
package webdav

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Config is what an operator sets.
type Config struct {
	URL      *url.URL         `env:"NX_WEBDAV_URL" help:"Folder that records are put into; it must exist."`
	User     string           `env:"NX_WEBDAV_USER" help:"Account at the WebDAV server."`
	Password nexuslims.Secret `env:"NX_WEBDAV_PASSWORD" help:"Password of that account."`
}

// Validate checks the settings without network. Addresses are shown to people and kept in
// the log of deliveries: no password may be part of them.
func (c Config) Validate() error {
	switch {
	case c.URL != nil && (c.URL.User != nil || c.URL.RawQuery != ""):
		return nexuslims.Fault{Variable: "NX_WEBDAV_URL", Reason: "must not hold user information or a query"}
	case (c.User == "") == c.Password.IsSet():
		return nexuslims.Fault{Variable: "NX_WEBDAV_USER", Reason: "goes with NX_WEBDAV_PASSWORD: set both or none"}
	}
	return nil
}

func (c Config) off() bool { return c.URL == nil }

// NewFactory returns the factory of the destination.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: "webdav", Priority: 60}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return &Destination{config: c, client: h.Client}, nil
	})
}

// Destination is a WebDAV folder. The file of a session is named after its identifier.
type Destination struct {
	config Config
	client *http.Client
}

// Check implements exporters.Checker: it asks for the properties of the folder.
func (d *Destination) Check(ctx context.Context) error {
	ctx = httpclient.Repeatable(ctx) // PROPFIND only asks
	_, err := d.send(ctx, "PROPFIND", "", nil, "Depth", "0")
	return err
}

// Find implements exporters.Finder.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	receipt := d.receipt(job)
	stored, err := d.Fetch(ctx, receipt)
	if errors.Is(err, nexuslims.NotFound) {
		return exporters.Receipt{}, false, nil
	}
	if !bytes.Equal(stored, job.XML) {
		receipt.Digest = "" // an earlier version, or people changed it
	}
	return receipt, err == nil, err
}

// Export implements exporters.Destination. The file is never put over one that is there:
// between the question for it and this request somebody else may have made it.
func (d *Destination) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	receipt := d.receipt(job)
	_, err := d.send(ctx, http.MethodPut, receipt.ID, job.XML, "If-None-Match", "*")
	if errors.Is(err, nexuslims.Conflict) {
		return d.Update(ctx, job, receipt) // ours, with its answer lost, or theirs
	}
	return receipt, err
}

// Update implements exporters.Updater. What people wrote goes through job.Reconcile, and
// what they write in that moment makes the server refuse: then the file is read again.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	receipt := d.receipt(job)
	for range 3 {
		stored, err := d.send(ctx, http.MethodGet, existing.ID, nil)
		if err != nil {
			return receipt, err
		}
		now, err := reconcile(job, stored.Body)
		if receipt.Warnings = now.Edits; err != nil || now.Current {
			return receipt, err
		}
		_, err = d.send(ctx, http.MethodPut, existing.ID, now.Document, "If-Match", stored.Header.Get("ETag"))
		if !errors.Is(err, nexuslims.Conflict) {
			return receipt, err
		}
	}
	return receipt, nexuslims.E(nexuslims.Conflict, "update record", existing.ID, errors.New("somebody keeps editing it"))
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	answer, err := d.send(ctx, http.MethodGet, existing.ID, nil)
	return answer.Body, err
}

// Delete implements exporters.Deleter. A file that is gone already is no error.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	_, err := d.send(ctx, http.MethodDelete, existing.ID, nil)
	if errors.Is(err, nexuslims.NotFound) {
		return nil
	}
	return err
}

// Close implements exporters.Destination. There is nothing to close.
func (d *Destination) Close() error { return nil }

// receipt says where the record of a job is. Identifiers of sessions are often addresses:
// their digest makes a name that every server takes, and never two alike.
func (d *Destination) receipt(job *exporters.Job) exporters.Receipt {
	key := sha256.Sum256([]byte(job.Session.ID))
	id := hex.EncodeToString(key[:16]) + ".xml"
	return exporters.Receipt{ID: id, URL: d.config.URL.JoinPath(id).String(), Digest: job.Digest}
}

// reconcile lets the runner compare what is stored with what was delivered last.
func reconcile(job *exporters.Job, stored []byte) (exporters.Reconciled, error) {
	if job.Reconcile == nil || bytes.Equal(stored, job.XML) {
		return exporters.Reconciled{Document: job.XML, Current: bytes.Equal(stored, job.XML)}, nil
	}
	return job.Reconcile(stored)
}

// send makes one request for a file, or for the folder when the name is empty.
func (d *Destination) send(
	ctx context.Context, method, name string, body []byte, header ...string,
) (httpclient.Answer, error) {
	address := d.config.URL.JoinPath("/", name).String()
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return httpclient.Answer{}, err
	}
	if d.config.User != "" {
		req.SetBasicAuth(d.config.User, d.config.Password.Reveal())
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	return httpclient.Do(d.client, req)
}

var (
	_ exporters.Checker = (*Destination)(nil)
	_ exporters.Finder  = (*Destination)(nil)
	_ exporters.Updater = (*Destination)(nil)
	_ exporters.Fetcher = (*Destination)(nil)
	_ exporters.Deleter = (*Destination)(nil)
)
