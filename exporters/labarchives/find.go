package labarchives

import (
	"bytes"
	"context"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// Find implements exporters.Finder: the page of the session's name in the folder of the
// instrument. In the inbox nothing can be found.
func (d *Destination) Find(ctx context.Context, job *exporters.Job) (exporters.Receipt, bool, error) {
	w := &work{d: d, job: job, notebook: d.notebook}
	found, err := w.locate(ctx)
	if err != nil || !found {
		return exporters.Receipt{}, false, err
	}
	r := w.receipt
	r.ID, r.Time, r.URL = w.summary.ID, d.now(), pageURL(d.client.base, w.notebook, w.page)
	if link := public(w.summary.URL, d.client.secrets()); link != "" {
		r.URL = link
	}
	r.Step, r.Partial = StepPage, true
	if w.summary.ID != "" {
		r = noted(r, metaSummary, w.summary.ID)
		r.Step = StepSummary
	}
	if w.record.ID == "" {
		return r, true, nil
	}
	r = noted(r, metaRecord, w.record.ID)
	stored, err := d.client.download(ctx, w.record.ID)
	if err != nil {
		return r, false, err
	}
	if bytes.Equal(stored, job.XML) { // else an earlier version, or rewritten by people
		r.Digest = job.Digest
	}
	if w.summary.ID != "" {
		r.Step, r.Partial = StepDone, false
	}
	return r, true, nil
}
