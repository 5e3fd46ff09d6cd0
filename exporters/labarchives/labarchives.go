package labarchives

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The steps of a delivery, as receipts name them.
const (
	StepPage     = "page"     // the page is there
	StepSummary  = "summary"  // the summary is on it
	StepAttached = "attached" // and the record
	StepDone     = "verified" // both were read back
)

// The notes of a receipt.
const (
	metaNotebook     = "nbid"
	metaPage         = "page_tree_id"
	metaSummary      = "entry_eid"
	metaRecord       = "attachment_eid"
	metaSummarySHA   = "entry_sha256"      // of the summary as the service stores it
	metaSentSHA      = "entry_sent_sha256" // of the summary as it was sent
	metaRecordSHA    = "attachment_sha256" // of the document that was put there last
	inboxPage        = "0"
	inboxNotebook    = "0"
	folderOfRecords  = "NexusLIMS Records"
	folderOfDeleted  = "API Deleted Items"
	recordsExtension = ".xml"
)

// Destination is a notebook. It remembers folders and limits, so it is made for one run.
type Destination struct {
	client   client
	notebook string // inboxNotebook: none
	log      *slog.Logger
	now      func() time.Time

	folders map[place]string // ids by name
	largest int64            // file; 0: not asked yet, negative: not known
}

// place is a name below a node.
type place struct{ notebook, parent, name string }

// New returns the destination of a valid configuration, with a pace of its own. It uses no
// network.
func New(c Config, h nexuslims.Host) (*Destination, error) {
	d, err := open(c, h, newLine(Options{}))
	if err != nil {
		return nil, err
	}
	return d.(*Destination), nil
}

func open(c Config, h nexuslims.Host, l *line) (exporters.Destination, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.off() {
		return nil, nexuslims.Faults{{Variable: "NX_LABARCHIVES_USER_ID", Reason: "not configured"}}
	}
	client, err := newClient(c.Access, h, l)
	if err != nil {
		return nil, err
	}
	client.user = c.UserID
	d := &Destination{client: *client, notebook: c.NotebookID, log: h.Logger, now: client.now, folders: map[place]string{}}
	if d.notebook == "" {
		d.notebook = inboxNotebook
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d, nil
}

func (d *Destination) inbox() bool { return d.notebook == inboxNotebook }

// Export implements exporters.Destination.
func (d *Destination) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	var earlier exporters.Receipt
	if job.Earlier != nil {
		earlier = *job.Earlier
	}
	w, err := d.begin(ctx, job, earlier)
	if err != nil {
		return earlier, err
	}
	found, err := w.locate(ctx)
	if err == nil && !found {
		err = w.makePage(ctx)
	}
	if err != nil {
		return w.receipt, err
	}
	return w.finish(ctx)
}

// Update implements exporters.Updater. A page that is gone, or that lost both of our
// entries, is NotFound.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	w, err := d.begin(ctx, job, existing)
	if err != nil {
		return existing, err
	}
	found, err := w.locate(ctx)
	if err == nil && (!found || w.summary.ID == "" && w.record.ID == "") {
		err = nexuslims.E(nexuslims.NotFound, "update record", existing.ID, errors.New("its page is gone, or both its entries are"))
	}
	if err != nil {
		return existing, err
	}
	return w.finish(ctx)
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	id := note(existing, metaRecord)
	if id == "" {
		w := &work{d: d, job: &exporters.Job{Name: existing.ID}, receipt: existing, notebook: d.notebookOf(existing)}
		if page := pageOf(existing); page != "" {
			if err := w.onPage(ctx, page); err != nil && !refused(err) {
				return nil, err
			}
		}
		id = w.record.ID
	}
	if id == "" {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, errors.New("no attachment is known of it"))
	}
	document, err := d.client.download(ctx, id)
	if refused(err) {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, err)
	}
	return document, err
}

// Delete implements exporters.Deleter as far as the service lets anybody: the page is
// moved to the folder "API Deleted Items". One that is gone already is no error.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	notebook, page := d.notebookOf(existing), pageOf(existing)
	if page == "" || notebook == inboxNotebook {
		return nexuslims.E(nexuslims.Unsupported, "delete record", existing.ID,
			errors.New("the service deletes nothing, and no page is known that could be moved aside"))
	}
	folder, err := d.folder(ctx, place{notebook, root, folderOfDeleted}, true)
	if err == nil {
		err = d.client.move(ctx, notebook, page, folder)
	}
	if refused(err) {
		return nil
	}
	return err
}

// Close implements exporters.Destination. There is nothing to close.
func (d *Destination) Close() error { return nil }

func (d *Destination) notebookOf(r exporters.Receipt) string {
	notebook, _ := inURL(r.URL)
	return cmp.Or(note(r, metaNotebook), notebook, d.notebook)
}

// pageOf returns the id of a receipt's page, "" when it is not known.
func pageOf(r exporters.Receipt) string {
	_, page := inURL(r.URL)
	if page = cmp.Or(note(r, metaPage), page); page == inboxPage {
		return ""
	}
	return page
}

// note returns a note of a receipt.
func note(r exporters.Receipt, name string) string {
	text, _ := r.Meta[name].(string)
	return text
}

// noted returns a receipt with another note; the receipt of the caller keeps its own.
func noted(r exporters.Receipt, name, text string) exporters.Receipt {
	r.Meta = maps.Clone(r.Meta)
	if r.Meta == nil {
		r.Meta = map[string]any{}
	}
	r.Meta[name] = text
	return r
}

// refused reports whether the service does not know what a call was about: which of its
// codes an id that is gone gets is not documented.
func refused(err error) bool {
	var r *refusal
	return errors.As(err, &r) && (r.kind == nexuslims.NotFound || r.kind == nexuslims.Invalid)
}

var (
	_ exporters.Destination = (*Destination)(nil)
	_ exporters.Checker     = (*Destination)(nil)
	_ exporters.Finder      = (*Destination)(nil)
	_ exporters.Updater     = (*Destination)(nil)
	_ exporters.Fetcher     = (*Destination)(nil)
	_ exporters.Deleter     = (*Destination)(nil)
)
