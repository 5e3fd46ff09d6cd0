package invenio

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const recordFile = "record.xml"

// The steps of a delivery, as receipts name them.
const (
	StepCreated   = "created"   // the draft is there
	StepDraft     = "draft"     // with its files, for people to publish
	StepPublished = "published" // published by us
)

// Destination is a repository.
type Destination struct {
	config Config
	client client
}

// New returns the destination of a valid configuration. It uses no network.
func New(c Config, h nexuslims.Host) *Destination {
	root := *c.URL
	if !strings.HasSuffix(root.Path, "/") {
		root.Path += "/"
		root.RawPath = ""
	}
	return &Destination{c, client{h.Client, &root, c.Token}}
}

// Check implements exporters.Checker: it asks for the account's own records.
func (d *Destination) Check(ctx context.Context) error {
	return d.client.call(ctx, http.MethodGet, "/user/records?size=1", nil, nil)
}

// Find implements exporters.Finder.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	hits, err := d.client.search(ctx, job.Session.ID)
	if err != nil {
		return exporters.Receipt{}, false, err
	}
	var ours []deposit
	for _, h := range hits {
		if h.ID != "" && identified(h, job.Session.ID) {
			ours = append(ours, h)
		}
	}
	if len(ours) == 0 {
		return exporters.Receipt{}, false, nil
	}
	receipt := exporters.Receipt{ID: ours[0].ID, URL: d.page(ours[0])}
	if len(ours) > 1 {
		receipt.Warnings = []string{"the repository has several records of this session; the newest was taken"}
	}
	stored, err := d.Fetch(ctx, receipt)
	if errors.Is(err, nexuslims.NotFound) {
		receipt.Step, receipt.Partial = StepCreated, true
		return receipt, true, nil
	}
	if bytes.Equal(stored, job.XML) {
		receipt.Digest = job.Digest
	}
	return receipt, err == nil, err
}

// identified reports whether a deposit is the session's: search finds words, not values.
func identified(h deposit, session string) bool {
	list, _ := h.Metadata["identifiers"].([]any)
	for _, item := range list {
		if one, ok := item.(map[string]any); ok && one["identifier"] == session {
			return true
		}
	}
	return false
}

// Export implements exporters.Destination. The draft is made once; what an interrupted
// delivery left is completed.
func (d *Destination) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	if job.Earlier != nil && job.Earlier.ID != "" {
		return d.bring(ctx, job, *job.Earlier)
	}
	metadata, err := d.config.describe(job)
	if err != nil {
		return exporters.Receipt{}, err
	}
	access := map[string]any{"record": d.config.Access, "files": d.config.Access}
	made, err := d.client.make(ctx, "/records", map[string]any{
		"access": access, "files": map[string]any{"enabled": true}, "metadata": metadata,
	})
	if err != nil {
		return exporters.Receipt{}, err
	}
	receipt := exporters.Receipt{
		ID: made.ID, URL: d.page(made), Step: StepCreated, Partial: true, Meta: map[string]any{"metadata": made.Metadata},
	}
	if err := note(ctx, job, receipt); err != nil {
		return receipt, err
	}
	return d.bring(ctx, job, receipt)
}

// Update implements exporters.Updater.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	return d.bring(ctx, job, existing)
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	stored, err := d.stored(ctx, draft(existing.ID))
	if errors.Is(err, nexuslims.NotFound) {
		return d.stored(ctx, record(existing.ID))
	}
	return stored, err
}

// Delete implements exporters.Deleter, for drafts. A draft that is gone is no error.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	now, err := d.client.get(ctx, draft(existing.ID))
	if errors.Is(err, nexuslims.NotFound) {
		if now, err = d.client.get(ctx, record(existing.ID)); errors.Is(err, nexuslims.NotFound) {
			return nil
		}
		now.Published = true
	}
	if err != nil {
		return err
	}
	if now.Published {
		return nexuslims.E(nexuslims.Unsupported, "delete record", existing.ID,
			errors.New("it is published, and only those who run the repository can withdraw it"))
	}
	return d.client.drop(ctx, draft(existing.ID))
}

// Close implements exporters.Destination. There is nothing to close.
func (d *Destination) Close() error { return nil }

// page returns the page of a deposit for people; only web addresses are believed.
func (d *Destination) page(p deposit) string {
	if u, err := url.Parse(p.Links.Page); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return u.String()
	}
	return d.client.root.String() + "uploads/" + url.PathEscape(p.ID)
}

func note(ctx context.Context, job *exporters.Job, r exporters.Receipt) error {
	if job.Progress == nil {
		return nil
	}
	return job.Progress(ctx, r)
}

var (
	_ exporters.Destination = (*Destination)(nil)
	_ exporters.Checker     = (*Destination)(nil)
	_ exporters.Finder      = (*Destination)(nil)
	_ exporters.Updater     = (*Destination)(nil)
	_ exporters.Fetcher     = (*Destination)(nil)
	_ exporters.Deleter     = (*Destination)(nil)
)
