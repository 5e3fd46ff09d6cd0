package cdcs

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Update implements exporters.Updater. Only a document that job.Reconcile made from the
// one stored now is ever sent; a record that somehow became another session's is
// NotFound. Steps that a partial receipt lacks are made up for.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	id := identifier(existing.ID)
	if !id.valid() {
		return existing, nexuslims.E(nexuslims.NotFound, "update record", existing.ID, errors.New("the id is none of CDCS"))
	}
	receipt := existing
	receipt.URL = d.client.page(id)
	receipt.Meta = maps.Clone(existing.Meta)
	edits, err := d.replace(ctx, job, &receipt)
	if err != nil {
		return receipt, err
	}
	receipt.Digest, receipt.Time, receipt.Warnings = job.Digest, d.now(), nil
	if len(edits) > 0 {
		receipt.Warnings = append(receipt.Warnings, "people edited the record there: "+strings.Join(edits, "; "))
	}
	if !existing.Partial {
		return receipt, nil
	}
	who, warning, err := d.owner(ctx, job)
	if err != nil {
		return receipt, err
	}
	if warning != "" {
		receipt.Warnings = append(receipt.Warnings, warning)
	}
	return d.finish(ctx, job, receipt, who)
}

const maxRounds = 5 // of reading and comparing, while somebody edits

// replace brings the stored document to the state of the job and returns the edits of
// people that it keeps.
func (d *Destination) replace(ctx context.Context, job *exporters.Job, receipt *exporters.Receipt) ([]string, error) {
	id := identifier(receipt.ID)
	now, err := d.client.read(ctx, id)
	if err != nil {
		return nil, err
	}
	for range maxRounds {
		if err := d.belongs(now, job); err != nil {
			return nil, err
		}
		result, err := reconcile(job, now.document())
		document := keepPID(result.Document, now.document())
		if err != nil || result.Current || bytes.Equal(document, now.document()) {
			return result.Edits, err
		}
		again, err := d.client.read(ctx, id) // the last look before the write
		if err != nil {
			return nil, err
		}
		if bytes.Equal(again.document(), now.document()) {
			return result.Edits, d.write(ctx, job, again, receipt, document)
		}
		now = again
	}
	return nil, nexuslims.E(nexuslims.Conflict, "update record", string(id), errors.New("somebody keeps editing it"))
}

// write sends a reconciled document. The title is sent only when the record's name
// changed and nobody gave it another one there.
func (d *Destination) write(
	ctx context.Context, job *exporters.Job, before stored, receipt *exporters.Receipt, document []byte,
) error {
	name, err := title(job.Name)
	if err != nil {
		return err
	}
	if sent, _ := receipt.Meta["title"].(string); name == before.Title || sent != before.Title {
		name = ""
	}
	after, err := d.client.update(ctx, before.ID, name, document)
	if err != nil {
		return err
	}
	if bytes.Equal(after.document(), before.document()) && !after.Modified.After(before.Modified) {
		return nexuslims.E(nexuslims.Invalid, "update record", receipt.ID, errors.New("the site changed nothing"))
	}
	if name != "" {
		receipt.Meta["title"] = after.Title
	}
	return nil
}

// belongs makes sure that a record is the session's: ids are given anew when a site is
// restored from a backup.
func (d *Destination) belongs(s stored, job *exporters.Job) error {
	theirs, ok := identify(s.document())
	ours, _ := identify(job.XML)
	if ok && ours.same(theirs) {
		return nil
	}
	name, err := title(job.Name)
	if ok && err == nil && s.Title == name && theirs.instrument == ours.instrument {
		return nil // a new version whose session goes by another booking
	}
	err = errors.New("the site has another session's record under this id")
	return nexuslims.E(nexuslims.NotFound, "update record", string(s.ID), err)
}

func reconcile(job *exporters.Job, stored []byte) (exporters.Reconciled, error) {
	if job.Reconcile != nil {
		return job.Reconcile(stored)
	}
	return exporters.Reconciled{Document: job.XML, Current: bytes.Equal(stored, job.XML)}, nil
}
