package rocrate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// tries is how often a crate is begun anew because a data file changes under our hands;
// after that, all of them stay outside.
const tries = 3

// Export implements exporters.Destination: it makes the crate in all forms. Where the
// session has one already, from a delivery that did not end, that one is brought up to
// date.
func (s *Store) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	l, err := s.open()
	if err != nil {
		return exporters.Receipt{}, err
	}
	defer l.close()
	d := delivery{shelf: l, job: job, at: placeOf(job), known: delivered{}, fresh: map[Form]bool{}}
	if job.Earlier != nil {
		d.take(*job.Earlier)
	}
	return d.run(ctx)
}

// Update implements exporters.Updater: a new version takes the place of the crate, which
// stays beside it. What people edited is merged, refused or kept.
func (s *Store) Update(ctx context.Context, job *exporters.Job, existing exporters.Receipt) (exporters.Receipt, error) {
	l, err := s.open()
	if err != nil {
		return exporters.Receipt{}, err
	}
	defer l.close()
	d := delivery{shelf: l, job: job, at: placeOf(job), must: true, fresh: map[Form]bool{}}
	d.take(existing)
	return d.run(ctx)
}

// delivery is the making of one crate.
type delivery struct {
	*shelf
	job      *exporters.Job
	at       place
	must     bool // the crate has to be there
	earlier  exporters.Receipt
	known    delivered
	document []byte // the record file
	warnings []string
	number   int           // of the version that is made, once that is known
	fresh    map[Form]bool // forms that were put in place already, before a data file changed
}

// take continues at the place of an earlier delivery.
func (d *delivery) take(existing exporters.Receipt) {
	if at, ok := placeFrom(existing.ID); ok {
		d.at = at
	}
	d.earlier, d.known = existing, deliveredOf(existing)
}

func (d *delivery) run(ctx context.Context) (exporters.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return exporters.Receipt{}, err
	}
	about, err := d.site()
	if err != nil {
		return exporters.Receipt{}, err
	}
	there, err := d.present(ctx)
	if err != nil {
		return exporters.Receipt{}, err
	}
	if d.document, err = d.reconciled(there); err != nil {
		return exporters.Receipt{}, err
	}
	files, err := d.write(ctx, about, there)
	if err != nil {
		return exporters.Receipt{}, err
	}
	d.sweep(d.at.dir)
	receipt := d.receipt(d.at, there)
	receipt.Digest = d.job.Digest
	receipt.Warnings = append(d.warnings, files.warnings()...)
	receipt.Meta["data"] = map[string]any{
		"included":   files.count(included),
		"referenced": files.count(outside, overfull, unsteady, unread, unknown),
		"missing":    files.count(missing),
	}
	return receipt, nil
}

// present reads what is there, and makes sure that it is ours.
func (d *delivery) present(ctx context.Context) ([]*stored, error) {
	for _, form := range d.config.Forms {
		if err := d.restore(d.at, form); err != nil {
			return nil, err
		}
	}
	all, err := d.load(ctx, d.at)
	if err != nil {
		return nil, err
	}
	found := false
	for _, c := range all {
		switch {
		case c == nil:
			continue
		case !c.readable && d.known.digest(c) == "":
			return nil, errForeign(c.path, "something that is no crate has its name")
		case c.readable && c.owner != ownerOf(d.job):
			return nil, errForeign(c.path, "the crate of another session has its name")
		}
		found = true
	}
	if d.must && !found {
		return nil, nexuslims.E(nexuslims.NotFound, "update crate", d.earlier.ID, fs.ErrNotExist)
	}
	return all, nil
}

// reconciled returns the record file to put into the crate: ours, with what people edited
// in the one that is there.
func (d *delivery) reconciled(there []*stored) ([]byte, error) {
	document := d.job.XML
	for _, c := range there {
		if c == nil || c.xml == nil || d.job.Reconcile == nil || bytes.Equal(c.xml, document) {
			continue
		}
		r, err := d.job.Reconcile(c.xml)
		if err != nil {
			return nil, err
		}
		if r.Current {
			r.Document = c.xml // it says the same in other words: theirs
		}
		switch {
		case bytes.Equal(r.Document, d.job.XML):
		case bytes.Equal(document, d.job.XML):
			document = r.Document
			d.warnings = append(d.warnings, r.Edits...)
		case !bytes.Equal(document, r.Document):
			return nil, errForeign(c.path, "people edited the record in two forms of the crate differently")
		}
	}
	return document, nil
}

// write makes the crate and puts it where it differs from what is there. It updates there.
func (d *delivery) write(ctx context.Context, about site, there []*stored) (*inventory, error) {
	unsteady := map[string]bool{}
	for n := 1; ; n++ {
		files, err := d.survey(ctx, d.job, d.document, unsteady)
		if err != nil {
			return nil, err
		}
		err = d.put(ctx, about, files, there)
		var changed changedError
		if !errors.As(err, &changed) {
			return files, err
		}
		if !changed.part.data {
			return nil, nexuslims.E(nexuslims.Transient, "write crate", d.at.stem, changed)
		}
		for _, f := range files.data {
			if f.part == changed.part || n == tries {
				unsteady[f.location] = true
			}
		}
	}
}

// put puts the crate in place in each form that differs.
func (d *delivery) put(ctx context.Context, about site, files *inventory, there []*stored) error {
	made, err := d.next(about, files, there)
	if err != nil {
		return err
	}
	for i, form := range d.config.Forms {
		old := there[i]
		edited := old != nil && d.edited(old)
		if old != nil && !edited && old.version == d.number && bytes.Equal(old.metadata, made.metadata) {
			continue
		}
		c, err := d.place(ctx, made, form, old, edited)
		if err != nil {
			return err
		}
		if edited {
			d.warnings = append(d.warnings, fmt.Sprintf("%s had been edited; it is kept beside the new one", old.path))
		}
		there[i] = c
		d.known.set(c)
		d.fresh[form] = true
	}
	return nil
}

// next makes the crate: the version that stands somewhere, when nothing changed, else the
// one after all that there ever were.
func (d *delivery) next(about site, files *inventory, there []*stored) (crate, error) {
	if d.number > 0 {
		return d.assemble(d.job, about, files, d.at.stem, d.number)
	}
	newest, err := d.newest(there)
	if err != nil {
		return crate{}, err
	}
	d.number = max(newest, 1)
	made, err := d.assemble(d.job, about, files, d.at.stem, d.number)
	if err != nil || newest == 0 || d.stands(made, there) {
		return made, err
	}
	d.number++
	return d.assemble(d.job, about, files, d.at.stem, d.number)
}

// newest is the highest version that there ever was of the crate, 0 for none.
func (d *delivery) newest(there []*stored) (int, error) {
	newest := 0
	for i, form := range d.config.Forms {
		if c := there[i]; c != nil {
			newest = max(newest, c.version, 1)
		}
		old, err := d.versions(d.at, form)
		if err != nil {
			return 0, err
		}
		if len(old) > 0 {
			newest = max(newest, old[len(old)-1].number)
		}
	}
	return newest, nil
}

// stands reports whether a form of the crate holds this very version.
func (d *delivery) stands(made crate, there []*stored) bool {
	for _, c := range there {
		if c != nil && bytes.Equal(c.metadata, made.metadata) {
			return true
		}
	}
	return false
}

// edited reports whether a crate is not the one that was delivered. Of one that the
// ledger does not know, nobody can tell: it is kept as an earlier version.
func (d *delivery) edited(c *stored) bool {
	known := d.known.digest(c)
	return !c.readable || known != "" && known != c.digest
}

// delivered is what a receipt remembers of the crates, by form.
type delivered map[Form]packed

// packed is a crate in a form.
type packed struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// deliveredOf reads a receipt, whose notes went through JSON.
func deliveredOf(r exporters.Receipt) delivered {
	known := delivered{}
	if b, err := json.Marshal(r.Meta["forms"]); err == nil {
		_ = json.Unmarshal(b, &known) // notes of another kind are none
	}
	if known == nil {
		known = delivered{}
	}
	return known
}

// digest returns the digest that a crate had when it was delivered, "" when unknown.
func (d delivered) digest(c *stored) string {
	if p := d[c.form]; p.Path == c.path {
		return p.SHA256
	}
	return ""
}

func (d delivered) set(c *stored) { d[c.form] = packed{c.path, c.size, c.digest} }

// receipt describes the crates of a place.
func (s *Store) receipt(at place, there []*stored) exporters.Receipt {
	forms := map[string]any{}
	for _, c := range there {
		if c != nil {
			forms[string(c.form)] = map[string]any{"path": c.path, "size": c.size, "sha256": c.digest}
		}
	}
	r := exporters.Receipt{ID: at.target(s.config.Forms[0]), Time: s.now(), Meta: map[string]any{"forms": forms}}
	if s.config.URL != nil {
		r.URL = address(s.config.URL, r.ID)
	}
	return r
}
