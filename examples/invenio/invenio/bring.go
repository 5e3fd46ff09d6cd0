package invenio

import (
	"bytes"
	"context"
	"errors"
	"reflect"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// bring turns what is there into what should be: a draft is changed in place, a published
// record gets its next version as a draft.
func (d *Destination) bring(
	ctx context.Context, job *exporters.Job, receipt exporters.Receipt,
) (exporters.Receipt, error) {
	receipt.Warnings = nil
	now, err := d.client.get(ctx, draft(receipt.ID))
	if errors.Is(err, nexuslims.NotFound) || err == nil && now.Published {
		return d.next(ctx, job, receipt)
	}
	if err != nil {
		return receipt, err
	}
	stored, err := d.before(ctx, receipt.ID)
	if err != nil {
		return receipt, err
	}
	return d.fill(ctx, job, receipt, now, stored)
}

// before returns the document that people may have edited: the draft's, else that of the
// version before it; nil where there is none.
func (d *Destination) before(ctx context.Context, id string) ([]byte, error) {
	stored, err := d.stored(ctx, draft(id))
	if !errors.Is(err, nexuslims.NotFound) {
		return stored, err
	}
	latest, err := d.client.get(ctx, record(id)+"/versions/latest")
	if err == nil {
		stored, err = d.stored(ctx, record(latest.ID))
	}
	if errors.Is(err, nexuslims.NotFound) {
		return nil, nil
	}
	return stored, err
}

// next makes the next version of a published record, unless that one says the same. The
// repository has one draft of a next version: asked twice, it answers with the same.
func (d *Destination) next(
	ctx context.Context, job *exporters.Job, receipt exporters.Receipt,
) (exporters.Receipt, error) {
	latest, err := d.client.get(ctx, record(receipt.ID)+"/versions/latest")
	if err != nil {
		return receipt, err // NotFound: it is gone
	}
	stored, err := d.stored(ctx, record(latest.ID))
	if err != nil && !errors.Is(err, nexuslims.NotFound) {
		return receipt, err
	}
	result, err := reconcile(job, stored)
	if err != nil {
		return receipt, err
	}
	if result.Current {
		receipt.ID, receipt.URL, receipt.Step, receipt.Partial = latest.ID, d.page(latest), StepPublished, false
		receipt.Digest, receipt.Warnings = job.Digest, result.Edits
		return receipt, nil
	}
	made, err := d.client.make(ctx, record(latest.ID)+"/versions", nil)
	if err != nil {
		return receipt, err
	}
	receipt.ID, receipt.URL, receipt.Step, receipt.Partial = made.ID, d.page(made), StepCreated, true
	if err := note(ctx, job, receipt); err != nil {
		return receipt, err
	}
	return d.bring(ctx, job, receipt)
}

// fill brings description and files of a draft up to date, and publishes it if asked to.
func (d *Destination) fill(
	ctx context.Context, job *exporters.Job, receipt exporters.Receipt, now deposit, stored []byte,
) (exporters.Receipt, error) {
	result, err := reconcile(job, stored)
	if err != nil {
		return receipt, err
	}
	receipt.Warnings = result.Edits
	now, err = d.redescribe(ctx, job, &receipt, now)
	if err != nil {
		return receipt, err
	}
	if err := d.upload(ctx, job, &receipt, stored, result.Document); err != nil {
		return receipt, err
	}
	receipt.URL, receipt.Digest, receipt.Step = d.page(now), job.Digest, StepDraft
	if d.config.publishes(job.Record) {
		if err := note(ctx, job, receipt); err != nil {
			return receipt, err
		}
		published, err := d.client.publish(ctx, receipt.ID)
		if err != nil {
			return receipt, err
		}
		receipt.URL, receipt.Step = d.page(published), StepPublished
	}
	receipt.Partial = false
	return receipt, nil
}

// redescribe changes the fields of the description that are still ours.
func (d *Destination) redescribe(
	ctx context.Context, job *exporters.Job, receipt *exporters.Receipt, now deposit,
) (deposit, error) {
	next, err := d.config.describe(job)
	if err != nil {
		return now, err
	}
	var last map[string]any
	if receipt.Meta != nil {
		last = plain(receipt.Meta["metadata"])
	}
	merged, kept := merge(now.Metadata, last, next)
	receipt.Warnings = append(receipt.Warnings, kept...)
	if reflect.DeepEqual(merged, now.Metadata) {
		return now, nil
	}
	before := now.Metadata
	now.Metadata = merged
	after, err := d.client.describe(ctx, now)
	if err != nil {
		return now, err
	}
	// What people wrote stays theirs at the next comparison too. What was sent is ours, in
	// whatever way the repository wrote it.
	ours := map[string]any{}
	for field := range next {
		ours[field] = last[field]
		if !reflect.DeepEqual(merged[field], before[field]) || covers(after.Metadata[field], next[field]) {
			ours[field] = after.Metadata[field]
		}
	}
	receipt.Meta = map[string]any{"metadata": ours, "files": filesOf(*receipt)}
	return after, nil
}

// reconcile lets the runner compare what is stored with what was delivered last.
func reconcile(job *exporters.Job, stored []byte) (exporters.Reconciled, error) {
	if stored == nil || job.Reconcile == nil || bytes.Equal(stored, job.XML) {
		return exporters.Reconciled{Document: job.XML, Current: stored != nil && bytes.Equal(stored, job.XML)}, nil
	}
	return job.Reconcile(stored)
}
