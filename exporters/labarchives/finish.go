package labarchives

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// finish makes what is missing of a record, brings the rest to its state, and reads back
// what the service made of it.
func (w *work) finish(ctx context.Context) (exporters.Receipt, error) {
	summaryWasThere := w.summary.ID != ""
	w.receipt.ID = w.summary.ID
	for _, step := range []func(context.Context) error{w.addSummary, w.bringRecord} {
		if err := step(ctx); err != nil {
			return w.receipt, err
		}
	}
	if summaryWasThere {
		if err := w.refreshSummary(ctx); err != nil {
			return w.receipt, err
		}
	}
	if err := w.readBack(ctx); err != nil {
		return w.receipt, err
	}
	w.receipt.Step, w.receipt.Partial = StepDone, false
	w.receipt.Digest, w.receipt.Time = w.job.Digest, w.d.now()
	if w.receipt.URL == "" {
		w.receipt.URL = pageURL(w.d.client.base, w.notebook, w.page)
	}
	return w.receipt, nil
}

// addSummary makes the summary where there is none.
func (w *work) addSummary(ctx context.Context) error {
	if w.summary.ID != "" {
		w.receipt = noted(w.receipt, metaSummary, w.summary.ID)
		return nil
	}
	made, err := w.d.client.add(ctx, w.notebook, w.page, w.html)
	if err != nil {
		return err
	}
	w.summary.ID, w.receipt.ID, w.rewrote = made.ID, made.ID, true
	w.receipt = noted(noted(w.receipt, metaSummary, made.ID), metaSummarySHA, "")
	if link := public(made.URL, w.d.client.secrets()); link != "" {
		w.receipt.URL = link
	}
	return w.done(ctx, StepSummary)
}

// bringRecord attaches the document where none is, and brings the one that is there to the
// state of the job: with what job.Reconcile makes of it, never over people's edits.
func (w *work) bringRecord(ctx context.Context) error {
	if w.record.ID == "" {
		return w.attach(ctx, w.job.XML)
	}
	w.receipt = noted(w.receipt, metaRecord, w.record.ID)
	stored, err := w.d.client.download(ctx, w.record.ID)
	if refused(err) && w.page == inboxPage {
		return nexuslims.E(nexuslims.NotFound, "update record", w.receipt.ID, err)
	}
	if err != nil {
		return err
	}
	result, err := w.reconcile(stored)
	if err != nil {
		return err
	}
	if len(result.Edits) > 0 {
		w.warn("people edited the record there: %s", strings.Join(result.Edits, "; "))
	}
	if result.Current || bytes.Equal(result.Document, stored) {
		w.receipt = noted(w.receipt, metaRecordSHA, digest(stored))
		return nil
	}
	return w.replace(ctx, result.Document)
}

func (w *work) attach(ctx context.Context, document []byte) error {
	made, err := w.d.client.attach(ctx, w.notebook, w.page, fileName(w.job), document)
	if err != nil {
		return err
	}
	w.record.ID = made.ID
	w.receipt = noted(noted(w.receipt, metaRecord, made.ID), metaRecordSHA, digest(document))
	return w.done(ctx, StepAttached)
}

// replace gives the attachment its new content. The service is known to answer some of
// these calls with an error of its own (4999). If the content is not there then, it goes
// into another attachment.
func (w *work) replace(ctx context.Context, document []byte) error {
	name := w.record.File
	if name == "" {
		name = fileName(w.job)
	}
	err := w.d.client.replace(ctx, w.record.ID, name, document)
	var r *refusal
	if errors.As(err, &r) && r.code == codeInternal {
		now, e := w.d.client.download(ctx, w.record.ID)
		if e != nil {
			return errors.Join(err, e)
		}
		if bytes.Equal(now, document) {
			err = nil
		} else {
			w.warn("the service could not replace the attached record, the new version is attached beside the old one: %v", err)
			return w.attach(ctx, document)
		}
	}
	if err == nil {
		w.receipt = noted(w.receipt, metaRecordSHA, digest(document))
	}
	return err
}

func (w *work) reconcile(stored []byte) (exporters.Reconciled, error) {
	if w.job.Reconcile != nil {
		return w.job.Reconcile(stored)
	}
	last := note(w.receipt, metaRecordSHA)
	if last != "" && last != digest(stored) && !bytes.Equal(stored, w.job.XML) {
		return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "update record", w.receipt.ID,
			errors.New("people replaced the attached record"))
	}
	return exporters.Reconciled{Document: w.job.XML, Current: bytes.Equal(stored, w.job.XML)}, nil
}

// refreshSummary replaces the summary while it is what was put there. One that people
// edited stays, with a warning.
func (w *work) refreshSummary(ctx context.Context) error {
	if w.page == inboxPage {
		w.warn("the summary in the inbox stays as it is: it cannot be read, so nobody knows whether people edited it")
		return nil
	}
	for range 2 { // what is to be replaced is looked at once more right before
		before := w.summary
		switch {
		case w.summary.Data == w.html, w.untouched() && note(w.receipt, metaSentSHA) == digest([]byte(w.html)):
			return nil
		case !w.untouched():
			w.warn("the summary stays as it is: people edited it, or nobody knows that they did not")
			return nil
		}
		if err := w.onPage(ctx, w.page); err != nil {
			return err
		}
		if w.summary.ID == before.ID && w.summary.Data == before.Data {
			return w.rewriteSummary(ctx)
		}
	}
	w.warn("the summary stays as it is: somebody keeps editing it")
	return nil
}

func (w *work) rewriteSummary(ctx context.Context) error {
	w.receipt = noted(w.receipt, metaSummarySHA, digest([]byte(w.summary.Data)))
	if err := w.d.client.update(ctx, w.summary.ID, w.html); err != nil {
		return err
	}
	w.rewrote = true
	return nil
}

// untouched reports whether the summary is as we left it: by the digest of what the
// service stored; where that is not known, by its times, which are the same for an entry
// that was never changed.
func (w *work) untouched() bool {
	if last := note(w.receipt, metaSummarySHA); last != "" {
		return last == digest([]byte(w.summary.Data))
	}
	return isSummary(w.summary.Data, w.job) && !w.summary.Created.IsZero() && w.summary.Created.Equal(w.summary.Modified)
}

// readBack makes sure that the page has both entries, and remembers what the service made
// of the summary: it may store another HTML than it was sent.
func (w *work) readBack(ctx context.Context) error {
	if w.page == inboxPage {
		return nil
	}
	summary, record := w.summary.ID, w.record.ID
	if w.made || w.rewrote {
		if err := w.onPage(ctx, w.page); err != nil {
			return nexuslims.E(nexuslims.KindOf(err), "read page back", w.page, err)
		}
	}
	if w.summary.ID != summary || w.record.ID != record {
		return nexuslims.E(nexuslims.Transient, "read page back", w.page,
			errors.New("the page does not show what was put on it"))
	}
	if w.rewrote || w.summary.Data == w.html {
		w.receipt = noted(w.receipt, metaSummarySHA, digest([]byte(w.summary.Data)))
		w.receipt = noted(w.receipt, metaSentSHA, digest([]byte(w.html)))
	}
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
