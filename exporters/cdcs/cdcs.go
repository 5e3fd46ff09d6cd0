package cdcs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The steps of a delivery, as receipts name them.
const (
	StepCreated  = "created"  // the document is there
	StepAssigned = "assigned" // it is in its workspace
	StepDone     = "owned"    // it belongs to whom it should, as far as that is possible
)

// Destination is a CDCS site. It remembers template, workspace and accounts, so it is
// made for one run.
type Destination struct {
	config Config
	client client
	log    *slog.Logger
	now    func() time.Time

	chosen manager
	place  workspace
	placed bool
	users  []user
}

// New returns the destination of a valid configuration. It uses no network.
func New(c Config, h nexuslims.Host) (*Destination, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.off() {
		return nil, nexuslims.Faults{{Variable: "NX_CDCS_URL", Reason: "not configured"}}
	}
	root := *c.URL
	if !strings.HasSuffix(root.Path, "/") {
		root.Path += "/" // the address is a folder, whatever way it was written
		root.RawPath = ""
	}
	d := &Destination{
		config: c, log: h.Logger, now: h.Now,
		client: client{http: h.Client, root: root.String(), token: c.Token, field: fieldXML},
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
	}
	draft, warnings, err := d.prepare(ctx, job)
	if err != nil {
		return exporters.Receipt{}, err
	}
	who, warning, err := d.owner(ctx, job) // before the upload: nothing is half done if it stalls
	if err != nil {
		return exporters.Receipt{}, err
	}
	if warning != "" {
		warnings = append(warnings, warning)
	}
	made, err := d.client.create(ctx, draft)
	if err != nil {
		return exporters.Receipt{}, d.creating(err)
	}
	receipt := d.receipt(made, job)
	receipt.Warnings = warnings
	receipt.Meta = map[string]any{
		"title": made.Title, "template": string(draft.template), "workspace": cmp.Or(string(draft.workspace), "none"),
	}
	receipt.Step = StepAssigned
	if made.Workspace != draft.workspace {
		receipt.Step = StepCreated // the site did not take the workspace along
	}
	return d.finish(ctx, job, receipt, who)
}

// prepare looks up all that a new record needs.
func (d *Destination) prepare(ctx context.Context, job *exporters.Job) (draft, []string, error) {
	var warnings []string
	if !utf8.Valid(job.XML) {
		err := errors.New("the document is not UTF-8")
		return draft{}, nil, nexuslims.E(nexuslims.Invalid, "prepare record", job.Name, err)
	}
	name, err := title(job.Name)
	if err != nil {
		return draft{}, nil, err
	}
	if name != job.Name {
		warnings = append(warnings, fmt.Sprintf("the record's title at the site is %q", name))
	}
	template, err := d.template(ctx)
	if err != nil {
		return draft{}, nil, err
	}
	place, err := d.workspace(ctx)
	if err != nil {
		return draft{}, nil, err
	}
	if d.config.AssignToPublicWorkspace && place.ID == "" {
		warnings = append(warnings, "the record is in no workspace: the site has no single public one")
	}
	return draft{template.Current, place.ID, name, job.XML}, warnings, nil
}

// creating adds to a refused create what the operator can do about it.
func (d *Destination) creating(err error) error {
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	if r.names("template") {
		d.chosen = manager{} // replaced meanwhile: look again for the next record
	}
	if r.names("workspace") {
		d.placed = false
	}
	if r.says("rights to publish") {
		return nexuslims.E(nexuslims.Permission, "create record in the public workspace", "", fmt.Errorf(
			"%w; give the account that right, or set NX_CDCS_ASSIGN_TO_PUBLIC_WORKSPACE to false", err))
	}
	return nexuslims.E(r.kind, "create record", "", err)
}

// receipt describes a record of the site.
func (d *Destination) receipt(s stored, job *exporters.Job) exporters.Receipt {
	return exporters.Receipt{
		ID: string(s.ID), URL: d.client.page(s.ID), Step: StepDone, Digest: job.Digest, Time: d.now(),
	}
}

// finish makes the steps behind the one of the receipt and notes each before the next.
func (d *Destination) finish(
	ctx context.Context, job *exporters.Job, r exporters.Receipt, who user,
) (exporters.Receipt, error) {
	r.Partial = true
	if r.Step == StepCreated {
		if err := note(ctx, job, r); err != nil {
			return r, err
		}
		place, err := d.workspace(ctx)
		if err == nil && place.ID != "" {
			err = d.client.assign(ctx, identifier(r.ID), place.ID)
		}
		if err != nil {
			return r, nexuslims.E(nexuslims.KindOf(err), "assign record to workspace", r.ID, err)
		}
		r.Step = StepAssigned
	}
	if who.ID != "" {
		if err := note(ctx, job, r); err != nil {
			return r, err
		}
		warning, err := d.give(ctx, r, who)
		if err != nil {
			return r, err
		}
		r.Warnings = append(r.Warnings, warning...)
	}
	r.Step, r.Partial = StepDone, false
	return r, nil
}

// give hands the record over. Refusals become a warning: the record is delivered.
func (d *Destination) give(ctx context.Context, r exporters.Receipt, who user) (warning []string, err error) {
	err = d.client.give(ctx, identifier(r.ID), who.ID)
	if err == nil {
		return nil, nil
	}
	if errors.Is(err, nexuslims.Canceled) || ctx.Err() != nil {
		return nil, err
	}
	return []string{fmt.Sprintf("the record could not be given to %s: %v", who.Username, err)}, nil
}

func note(ctx context.Context, job *exporters.Job, r exporters.Receipt) error {
	if job.Progress == nil {
		return nil
	}
	return job.Progress(ctx, r)
}

// Fetch implements exporters.Fetcher.
func (d *Destination) Fetch(ctx context.Context, existing exporters.Receipt) ([]byte, error) {
	id := identifier(existing.ID)
	if !id.valid() {
		return nil, nexuslims.E(nexuslims.NotFound, "fetch record", existing.ID, errors.New("the id is none of CDCS"))
	}
	s, err := d.client.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.document(), nil
}

// Delete implements exporters.Deleter. A record that is gone already is no error.
func (d *Destination) Delete(ctx context.Context, existing exporters.Receipt) error {
	id := identifier(existing.ID)
	if !id.valid() {
		return nexuslims.E(nexuslims.Invalid, "delete record", existing.ID, errors.New("the id is none of CDCS"))
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
