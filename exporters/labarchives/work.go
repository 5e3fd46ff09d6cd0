package labarchives

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// work is the delivery of one record: what is to be there, and what is there already.
type work struct {
	d   *Destination
	job *exporters.Job
	// html is the summary as it should be.
	html string
	// notebook and page are where the record is.
	notebook, page string
	summary        entry // an empty ID: not there
	record         entry
	receipt        exporters.Receipt
	// made is true when an entry or a page was made, rewrote when the summary was sent.
	made, rewrote bool
}

// begin makes all that is to be sent, before anything is.
func (d *Destination) begin(ctx context.Context, job *exporters.Job, earlier exporters.Receipt) (*work, error) {
	if err := ctx.Err(); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "deliver record", job.Name, err)
	}
	if len(job.XML) == 0 {
		return nil, nexuslims.E(nexuslims.NotFound, "deliver record", job.Name, errors.New("there is no document"))
	}
	largest, err := d.largestFile(ctx)
	if err != nil {
		return nil, err
	}
	if largest > 0 && int64(len(job.XML)) > largest {
		return nil, nexuslims.E(nexuslims.Unsupported, "deliver record", job.Name,
			fmt.Errorf("it has %d bytes, and the service takes no file of more than %d", len(job.XML), largest))
	}
	html, err := d.render(job, largest)
	if err != nil {
		return nil, err
	}
	earlier.Warnings = nil
	return &work{d: d, job: job, html: html, notebook: d.notebookOf(earlier), receipt: earlier}, nil
}

// largestFile asks once for the largest file that the service takes; 0 when it does not
// say.
func (d *Destination) largestFile(ctx context.Context) (int64, error) {
	if d.largest != 0 {
		return max(d.largest, 0), nil
	}
	n, err := d.client.limit(ctx)
	switch kind := nexuslims.KindOf(err); {
	case err == nil:
		d.largest = n
	case kind == nexuslims.Transient || kind == nexuslims.Canceled || kind == nexuslims.Permission:
		return 0, err
	default:
		d.log.Debug("the largest file is not known", "destination", Name, "err", err)
		d.largest = -1
	}
	return max(d.largest, 0), nil
}

const maxPages = 20 // of one session that are looked at

// locate finds what is there of the record: on the page of the receipt, else on a page of
// the session's name.
func (w *work) locate(ctx context.Context) (found bool, err error) {
	if w.notebook == inboxNotebook {
		w.page, w.summary.ID, w.record.ID = inboxPage, w.receipt.ID, note(w.receipt, metaRecord)
		return w.receipt.ID != "", nil
	}
	known := pageOf(w.receipt)
	var refusal error
	if known != "" {
		if refusal = w.onPage(ctx, known); !refused(refusal) {
			return refusal == nil, refusal
		}
	}
	if w.d.inbox() {
		return false, nil // pages are made in a notebook only
	}
	w.notebook = w.d.notebook
	pages, err := w.d.sessionPages(ctx, w.job)
	if err != nil || len(pages) == 0 {
		return false, err
	}
	if slices.ContainsFunc(pages, func(n node) bool { return n.ID == known }) {
		return false, refusal // it is there: a second one beside it would be worse
	}
	return true, w.choosePage(ctx, pages)
}

// choosePage takes the page that has the entry of the receipt, else the first. The Python
// program made another page at each export.
func (w *work) choosePage(ctx context.Context, pages []node) error {
	pages = pages[:min(len(pages), maxPages)]
	if len(pages) > 1 {
		ids := make([]string, len(pages))
		for i, p := range pages {
			ids[i] = p.ID
		}
		w.warn("the notebook has several pages of this session: %s", strings.Join(ids, ", "))
		for _, p := range pages {
			if err := w.onPage(ctx, p.ID); err != nil {
				return err
			}
			if w.receipt.ID == "" || w.summary.ID == w.receipt.ID {
				return nil
			}
		}
	}
	return w.onPage(ctx, pages[0].ID)
}

func (w *work) warn(format string, args ...any) {
	w.receipt.Warnings = append(w.receipt.Warnings, fmt.Sprintf(format, args...))
}

// onPage looks for our two entries on a page.
func (w *work) onPage(ctx context.Context, page string) error {
	all, err := w.d.client.entries(ctx, w.notebook, page, true)
	if err != nil {
		return err
	}
	// The order on the page is the account's choice.
	slices.SortStableFunc(all, func(a, b entry) int { return a.Created.Compare(b.Created) })
	w.page = page
	w.receipt = noted(noted(w.receipt, metaPage, page), metaNotebook, w.notebook)
	ours := note(w.receipt, metaSummary)
	if ours == "" {
		ours = w.receipt.ID
	}
	w.summary = choose(all, ours, func(e entry) bool { return e.Part == textEntry && isSummary(e.Data, w.job) })
	slices.Reverse(all) // of several attachments the newest counts
	w.record = choose(all, note(w.receipt, metaRecord), func(e entry) bool {
		return e.File != "" && (e.File == fileName(w.job) || e.Caption == caption)
	})
	return nil
}

// choose returns the entry that is known to be ours, else the first that looks like it.
func choose(all []entry, ours string, like func(entry) bool) entry {
	byID := func(e entry) bool { return e.ID == ours }
	if i := slices.IndexFunc(all, byID); i >= 0 && ours != "" {
		return all[i]
	}
	if i := slices.IndexFunc(all, like); i >= 0 {
		return all[i]
	}
	return entry{}
}

// makePage makes the page of the session, and the folders above it where they are missing.
func (w *work) makePage(ctx context.Context) error {
	w.receipt = exporters.Receipt{Warnings: w.receipt.Warnings}
	w.summary, w.record = entry{}, entry{}
	if w.d.inbox() {
		w.notebook, w.page = inboxNotebook, inboxPage
	} else {
		folder, err := w.d.instrumentFolder(ctx, w.job, true)
		if err == nil {
			w.page, err = w.d.client.insert(ctx, w.notebook, folder, pageName(w.job), false)
		}
		if err != nil {
			return err
		}
	}
	w.receipt = noted(noted(w.receipt, metaPage, w.page), metaNotebook, w.notebook)
	w.receipt.URL = pageURL(w.d.client.base, w.notebook, w.page)
	return w.done(ctx, StepPage)
}

// done notes a step durably, before the next remote call.
func (w *work) done(ctx context.Context, step string) error {
	w.receipt.Step, w.receipt.Partial, w.receipt.Time = step, true, w.d.now()
	w.made = true
	if w.job.Progress == nil {
		return nil
	}
	return w.job.Progress(ctx, w.receipt)
}
