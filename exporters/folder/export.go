package folder

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Export implements exporters.Destination: it writes the record's page and files, lists
// the record in the index and removes what an earlier version left. Where the session
// has a record already, that one is replaced.
func (s *Site) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	t, err := s.open()
	if err != nil {
		return exporters.Receipt{}, err
	}
	defer t.close()
	doc, warnings, err := t.deliver(ctx, job)
	if err != nil {
		return exporters.Receipt{}, err
	}
	// Leftovers of a killed process do no harm: a failure here is not one of the delivery.
	_ = t.sweep(s.now(), ".", assetsDir, indexDir, sessionsDir, path.Join(recordsDir, doc.Folder),
		path.Join(recordsDir, doc.Folder, previewsDir), path.Join(recordsDir, doc.Folder, metadataDir))
	receipt := s.receipt(doc)
	receipt.Warnings = warnings
	return receipt, nil
}

// Update implements exporters.Updater. Nobody edits a record in a site: it is replaced.
func (s *Site) Update(ctx context.Context, job *exporters.Job, _ exporters.Receipt) (exporters.Receipt, error) {
	return s.Export(ctx, job)
}

// deliver writes a record in an order in which a kill at any point leaves pages whose
// files are there, and a record.json that says what is still to be tidied.
func (t *tree) deliver(ctx context.Context, job *exporters.Job) (document, []string, error) {
	if err := ctx.Err(); err != nil {
		return document{}, nil, err
	}
	if err := t.putAssets(); err != nil {
		return document{}, nil, err
	}
	old, err := t.claim(job)
	if err != nil {
		return document{}, nil, err
	}
	dir := path.Join(recordsDir, old.Folder)
	files, warnings, err := t.copyFiles(ctx, dir, job)
	if err != nil {
		return document{}, nil, err
	}
	doc := documentOf(job, old.Folder, files)
	page, err := t.pages.record(job, doc, files)
	if err != nil {
		return document{}, nil, nexuslims.E(nexuslims.Internal, "render page of", job.Name, err)
	}
	if err := errors.Join(t.put(path.Join(dir, xmlFile), job.XML), t.put(path.Join(dir, pageFile), page)); err != nil {
		return document{}, nil, err
	}
	if err := t.enlist(ctx, old, doc); err != nil {
		return document{}, nil, err
	}
	if err := t.keepFiles(dir, files); err != nil {
		return document{}, nil, err
	}
	return doc, warnings, t.putDocument(doc)
}

func documentOf(job *exporters.Job, folder string, files copies) document {
	doc := document{
		Format: documentFormat, Key: keyOf(job.Session.ID), Session: job.Session.ID, Name: job.Name, Folder: folder,
		Month: monthOf(beginning(job)), Digest: job.Digest, Record: valuesOf(job.Record, files),
	}
	doc.Entry = entryOf(job, folder, files)
	return doc
}

// enlist lists a record in its month of the index and takes it out of the month it was in.
func (t *tree) enlist(ctx context.Context, old, doc document) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.index(doc.Month, doc.Folder, &doc.Entry); err != nil {
		return err
	}
	if old.Month == "" || old.Month == doc.Month {
		return nil
	}
	return t.index(old.Month, doc.Folder, nil)
}

// Fetch implements exporters.Fetcher.
func (s *Site) Fetch(_ context.Context, existing exporters.Receipt) ([]byte, error) {
	t, err := s.open()
	if err != nil {
		return nil, err
	}
	defer t.close()
	if safeName(existing.ID) != existing.ID {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, nil)
	}
	xml, err := t.read(path.Join(recordsDir, existing.ID, xmlFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, err)
	}
	return xml, err
}

// Delete implements exporters.Deleter: the record leaves the index, then its folder goes.
// One that is gone already is NotFound.
func (s *Site) Delete(_ context.Context, existing exporters.Receipt) error {
	t, err := s.open()
	if err != nil {
		return err
	}
	defer t.close()
	folder := existing.ID
	if safeName(folder) != folder {
		return nexuslims.E(nexuslims.NotFound, "delete record", folder, nil)
	}
	doc, err := t.document(folder)
	if err != nil {
		return nexuslims.E(nexuslims.NotFound, "delete record", folder, err)
	}
	if doc.Key == "" {
		return nexuslims.E(nexuslims.Conflict, "delete record", folder, errors.New("its description cannot be read"))
	}
	if doc.Month != "" {
		if err := t.index(doc.Month, folder, nil); err != nil {
			return err
		}
	}
	return t.removeRecord(doc, folder)
}

// removeRecord removes the files of a record, those last that lead to it.
func (t *tree) removeRecord(doc document, folder string) error {
	dir := path.Join(recordsDir, folder)
	err := errors.Join(t.keep(path.Join(dir, previewsDir), nil), t.keep(path.Join(dir, metadataDir), nil))
	for _, name := range []string{previewsDir, metadataDir, pageFile, xmlFile} {
		err = errors.Join(err, t.remove(path.Join(dir, name)))
	}
	if err != nil {
		return err
	}
	return errors.Join(t.remove(claimFile(doc.Key)), t.remove(path.Join(dir, jsonFile)), t.remove(dir))
}
