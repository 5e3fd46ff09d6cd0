package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Export implements exporters.Destination. Whatever an interrupted delivery left is
// completed.
func (d *Destination) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	if err := d.open(ctx); err != nil {
		return exporters.Receipt{}, err
	}
	folder, begun, err := d.place(ctx, job)
	if err != nil {
		return exporters.Receipt{}, err
	}
	return d.deliver(ctx, job, folder, Manifest{}, begun)
}

// Update implements exporters.Updater.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	folder, err := d.folderOf(existing)
	if err == nil {
		err = d.open(ctx)
	}
	if err != nil {
		return existing, err
	}
	m, found, err := d.manifest(ctx, folder)
	if err != nil {
		return existing, err
	}
	if !found || m.Session != job.Session.ID {
		return existing, nexuslims.E(nexuslims.NotFound, "update record", existing.ID, errors.New("no record of the session"))
	}
	return d.deliver(ctx, job, folder, m, false)
}

// place returns the folder of a session's record, after noting one where there is none yet.
// Begun is true when something may be there.
func (d *Destination) place(ctx context.Context, job *exporters.Job) (folder string, begun bool, err error) {
	folder, err = d.noted(ctx, job)
	if err != nil || folder != "" {
		return folder, true, err
	}
	start := job.Session.From
	folder = path.Join(exporters.SafeName(job.Instrument.PID), start.Format("2006"), start.Format("01"), exporters.SafeName(job.Name))
	m, taken, err := d.manifest(ctx, folder)
	if err != nil {
		return "", false, err
	}
	if taken && m.Session != job.Session.ID {
		folder += "-" + sessionKey(job.Session.ID)[:8]
	}
	data, err := encode(note{Session: job.Session.ID, Folder: folder})
	if err != nil {
		return "", false, nexuslims.E(nexuslims.Internal, "note folder", folder, err)
	}
	key := d.noteKey(job.Session.ID)
	return folder, taken, d.put(ctx, key, job.Session.ID, contentOf(key, "application/json", data))
}

// deliver brings a folder to the state of the job: the files, the document, the manifest,
// and then what is left over goes. Before is the manifest that stands there, if any.
func (d *Destination) deliver(
	ctx context.Context, job *exporters.Job, folder string, before Manifest, begun bool,
) (exporters.Receipt, error) {
	begun = begun || before.Format != 0
	receipt := d.receipt(folder, job)
	if _, _, err := d.document(ctx, job, folder, begun); err != nil {
		return receipt, err // people's edits stand in the way: nothing is touched
	}
	files, lost, err := d.upload(ctx, job, folder, before, begun)
	receipt.Warnings = lost
	if err != nil {
		return receipt, err
	}
	document, edits, err := d.document(ctx, job, folder, begun) // as it is now: uploads take time
	receipt.Warnings = append(receipt.Warnings, edits...)
	if err != nil {
		return receipt, err
	}
	record := contentOf(recordFile, "application/xml", document)
	if err := d.bring(ctx, job, folder, before, record, begun); err != nil {
		return receipt, err
	}
	m := newManifest(job, append(files, record.file))
	data, err := encode(m)
	if err != nil {
		return receipt, nexuslims.E(nexuslims.Internal, "encode manifest", folder, err)
	}
	mark := contentOf(manifestFile, "application/json", data)
	if err := d.put(ctx, d.key(folder, manifestFile), job.Session.ID, mark); err != nil || !begun {
		return receipt, err
	}
	return receipt, d.sweep(ctx, folder, m)
}

// document returns what record.xml is to be: the job's, or what comes of merging it with
// the one that is stored.
func (d *Destination) document(
	ctx context.Context, job *exporters.Job, folder string, stands bool,
) (document []byte, edits []string, err error) {
	if !stands || job.Reconcile == nil {
		return job.XML, nil, nil
	}
	stored, err := d.read(ctx, d.key(folder, recordFile))
	switch {
	case errors.Is(err, nexuslims.NotFound), bytes.Equal(stored, job.XML):
		return job.XML, nil, nil
	case err != nil:
		return nil, nil, err
	}
	result, err := job.Reconcile(stored)
	return result.Document, result.Edits, err
}

const maxWarnings = 10

// upload uploads the files that go along with the record, as far as they differ from what
// is there. One that cannot be read is left out with a warning; what was delivered of it
// stays, and all that came from a folder that cannot be looked into.
func (d *Destination) upload(
	ctx context.Context, job *exporters.Job, folder string, before Manifest, begun bool,
) (files []File, lost []string, err error) {
	for _, p := range job.Parts(d.options.Files) {
		c, err := contentOfPart(ctx, p)
		if ctx.Err() != nil {
			return nil, lost, d.failure(ctx, "upload", p.Name, ctx.Err())
		}
		if err != nil {
			lost = append(lost, p.Name+" could not be read")
			files = before.keep(files, func(name string) bool { return name == p.Name })
			continue
		}
		if err := d.bring(ctx, job, folder, before, c, begun); err != nil {
			return nil, lost, err
		}
		files = append(files, c.file)
	}
	files = before.keep(files, func(name string) bool { return !job.Sees(name) })
	if len(lost) > maxWarnings {
		lost = append(lost[:maxWarnings:maxWarnings], fmt.Sprintf("%d more files could not be read", len(lost)-maxWarnings))
	}
	return files, lost, nil
}

// bring uploads an object unless it is there with that content: by the manifest, where
// there is one, else by the object's own metadata. The document is always looked at, since
// people may have replaced it.
func (d *Destination) bring(
	ctx context.Context, job *exporters.Job, folder string, before Manifest, c content, begun bool,
) error {
	key := d.key(folder, c.file.Name)
	there := before.file(c.file.Name) == c.file && c.file.Name != recordFile
	if !there && begun {
		var err error
		if there, err = d.has(ctx, key, c.file); err != nil {
			return err
		}
	}
	if there {
		return nil
	}
	return d.put(ctx, key, job.Session.ID, c)
}
