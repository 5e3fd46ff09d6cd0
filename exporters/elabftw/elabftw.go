package elabftw

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The steps of a delivery, as receipts name them.
const (
	StepDrafted  = "drafted"  // a copy of the template is there, with nothing of the record in it
	StepCreated  = "created"  // the experiment is there, with its key
	StepAttached = "attached" // the document is attached
	StepDone     = "tagged"   // tags are set, as far as the team allows that
)

// Destination is an eLabFTW server as the user of a key sees it. It remembers what it
// looked up, so it is made for one run.
type Destination struct {
	config Config
	client client
	log    *slog.Logger
	now    func() time.Time

	asked   bool   // for the version
	version string // empty: the server does not tell
	ready   bool   // category and status exist
}

// New returns the destination of a valid configuration. It uses no network.
func New(c Config, h nexuslims.Host) (*Destination, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.off() {
		return nil, nexuslims.Faults{{Variable: "NX_ELABFTW_URL", Reason: "not configured"}}
	}
	d := &Destination{
		config: c, log: h.Logger, now: h.Now, client: client{http: h.Client, root: c.root(), key: c.Key},
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.client.http != nil {
		return d, nil
	}
	guarded, err := httpx.New(httpx.Options{Logger: d.log})
	d.client.http = guarded
	return d, err
}

// Export implements exporters.Destination.
func (d *Destination) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	if earlier := job.Earlier; earlier != nil && earlier.ID != "" {
		receipt, err := d.Update(ctx, job, *earlier)
		if !errors.Is(err, nexuslims.NotFound) {
			return receipt, err
		}
		found, exists, err := d.Find(ctx, job) // nothing is created before that is asked
		if err != nil {
			return exporters.Receipt{}, err
		}
		if exists {
			return d.Update(ctx, job, found)
		}
	}
	c, err := contentOf(job, linkOf(job, "")) // whatever is wrong with it shows before anything is made
	if err != nil {
		return exporters.Receipt{}, err
	}
	if err := d.prepare(ctx); err != nil {
		return exporters.Receipt{}, err
	}
	receipt, err := d.create(ctx, job, c)
	if err != nil {
		return receipt, err
	}
	return d.update(ctx, job, receipt, d.config.Template == nil)
}

// prepare looks up once what a new experiment needs.
func (d *Destination) prepare(ctx context.Context) error {
	if err := d.askVersion(ctx); err != nil {
		return err
	}
	if d.ready {
		return nil
	}
	if err := d.checkChoices(ctx); err != nil {
		return err
	}
	d.ready = true
	return nil
}

// create makes the experiment and notes that it is there.
func (d *Destination) create(ctx context.Context, job *exporters.Job, c content) (exporters.Receipt, error) {
	if d.config.Template != nil {
		return d.copyTemplate(ctx, job)
	}
	id, err := d.client.made(ctx, pathExperiments, draft{
		Title: c.title, Body: c.body, Metadata: newMetadata(c.fields), ContentType: contentHTML,
		Category: chosen(d.config.Category), Status: chosen(d.config.Status),
	})
	if errors.Is(err, errNoID) { // it is there all the same
		found, exists, findErr := d.Find(ctx, job)
		if findErr == nil && exists {
			return found, nil
		}
	}
	if err != nil {
		return exporters.Receipt{}, err
	}
	m := memory{Version: d.version, Link: linkOf(job, ""), Delivered: []delivered{c.delivered()}}
	r := exporters.Receipt{
		ID: strconv.Itoa(id), URL: d.client.page(id), Step: StepCreated, Partial: true, Time: d.now(), Meta: m.meta(),
	}
	return r, note(ctx, job, r)
}

func note(ctx context.Context, job *exporters.Job, r exporters.Receipt) error {
	if job.Progress == nil {
		return nil
	}
	return job.Progress(ctx, r)
}

// idOf returns the number of an experiment. Whatever is none is NotFound.
func idOf(r exporters.Receipt) (int, error) {
	id, err := strconv.Atoi(r.ID)
	if err != nil || id <= 0 {
		err = errors.New("the id is none of eLabFTW")
		return 0, nexuslims.E(nexuslims.NotFound, "find experiment", r.ID, err)
	}
	return id, nil
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	id, err := idOf(existing)
	if err != nil {
		return nil, err
	}
	e, err := d.client.read(ctx, id)
	if err != nil {
		return nil, err
	}
	m := recall(existing)
	current, exists := attached(e.Uploads, m, m.File)
	if !exists {
		err := errors.New("the document is not attached any more")
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, err)
	}
	return d.client.download(ctx, id, current)
}

// Delete implements exporters.Deleter. The server only marks the experiment as deleted;
// one that is gone already is no error.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	id, err := idOf(existing)
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, "delete experiment", existing.ID, fmt.Errorf("%q is no id", existing.ID))
	}
	if err := d.client.delete(ctx, id); !errors.Is(err, nexuslims.NotFound) {
		return err
	}
	return nil
}

// Close implements exporters.Destination. There is nothing to close.
func (d *Destination) Close() error { return nil }

var (
	_ exporters.Destination = (*Destination)(nil)
	_ exporters.Checker     = (*Destination)(nil)
	_ exporters.Finder      = (*Destination)(nil)
	_ exporters.Updater     = (*Destination)(nil)
	_ exporters.Fetcher     = (*Destination)(nil)
	_ exporters.Deleter     = (*Destination)(nil)
)
