package elabftw

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Update implements exporters.Updater. It replaces what still is what was delivered last,
// and makes up for the steps that a partial receipt lacks. An experiment that somehow
// became another session's is NotFound.
func (d *Destination) Update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt,
) (exporters.Receipt, error) {
	return d.update(ctx, job, existing, false)
}

// update is Update. An experiment that was made a moment ago holds what was sent, in
// whatever way the server wrote it.
func (d *Destination) update(
	ctx context.Context, job *exporters.Job, existing exporters.Receipt, made bool,
) (exporters.Receipt, error) {
	id, err := idOf(existing)
	if err != nil {
		return existing, err
	}
	e, err := d.client.read(ctx, id)
	if err != nil {
		return existing, err
	}
	v := &visit{d: d, job: job, id: id, receipt: existing, memory: recall(existing), made: made}
	v.copied = existing.Step == StepDrafted
	if err := v.belongs(e); err != nil {
		return existing, err
	}
	err = v.bring(ctx, e)
	if errors.Is(err, nexuslims.NotFound) { // it was there a moment ago
		err = fmt.Errorf("somebody removed parts of it meanwhile: %w", denied{err})
		err = nexuslims.E(nexuslims.Conflict, "update experiment", existing.ID, err)
	}
	return v.receipt, err
}

// denied hides the kind of an error.
type denied struct{ error }

// visit is one look at an experiment and what follows from it.
type visit struct {
	d       *Destination
	job     *exporters.Job
	id      int
	receipt exporters.Receipt
	memory  memory
	copied  bool // it is a copy of the template that nobody has seen yet
	made    bool // it was made a moment ago, with all that it should say
	notes   []string
	want    content
}

// belongs makes sure that an experiment is the session's: ids are given anew when a server
// is restored from a backup.
func (v *visit) belongs(e experiment) error {
	switch {
	case v.copied, e.Metadata.value(fieldSession) == nexuslims.ValidText(v.job.Session.ID):
		return nil
	case v.memory.ElabID != "" && v.memory.ElabID == e.ElabID:
		if e.Metadata.value(fieldSession) != "" {
			v.notes = append(v.notes, fmt.Sprintf("the extra field %q is not the session's any more: "+
				"the experiment is not found by it", fieldSession))
		}
		return nil
	}
	err := errors.New("the server has something else under this id")
	return nexuslims.E(nexuslims.NotFound, "update experiment", v.receipt.ID, err)
}

// bring makes the experiment say what it should. Nothing is changed before all is known
// that could stand in the way.
func (v *visit) bring(ctx context.Context, e experiment) error {
	v.memory.Link = linkOf(v.job, v.memory.Link)
	want, err := contentOf(v.job, v.memory.Link)
	if err != nil {
		return err
	}
	v.want = want
	if v.copied && v.memory.Delivered == nil {
		v.memory.Delivered = []delivered{asIs(e)} // the template's words are nobody's
	}
	file, err := v.document(ctx, e)
	if err != nil {
		return err
	}
	change := v.plan(e)
	if err := v.free(e, !change.empty() || file.content != nil); err != nil {
		return err
	}
	v.memory.ElabID = e.ElabID
	if e, err = v.change(ctx, e, change); err != nil {
		return err
	}
	if e, err = v.attach(ctx, e, file); err != nil {
		return err
	}
	if err := v.tag(ctx, e); err != nil {
		return err
	}
	v.done(e)
	return nil
}

// free makes sure that nobody locked, archived or is editing what is to be changed.
func (v *visit) free(e experiment, changes bool) error {
	why := ""
	switch {
	case !changes:
	case e.State == stateArchived:
		why = "people archived the experiment; unarchive it to have it updated"
	case e.State != stateNormal:
		why = fmt.Sprintf("the experiment is in state %d", e.State)
	case e.Locked != 0:
		why = "people locked the experiment; unlock it to have it updated"
	case e.editor() != "":
		why = v.d.client.clean(e.editor()) + " is editing the experiment"
	}
	if why == "" {
		return nil
	}
	return nexuslims.E(nexuslims.Conflict, "update experiment", v.receipt.ID, errors.New(why))
}

// plan compares the experiment with what it should say and with what it said when it was
// delivered last.
func (v *visit) plan(e experiment) patch {
	var p patch
	switch title := v.want.title; {
	case v.made || sameWords(e.Title, title):
	case v.memory.ownTitle(e.Title):
		p.Title = &title
	default:
		v.notes = append(v.notes, "people changed the title, it stays as it is")
	}
	ours := true
	switch html := v.want.body; {
	case v.made || essence(e.Body) == essence(html):
	case v.memory.ownBody(e.Body) || v.saysOurs(e):
		p.Body = &html
	default:
		ours = false
		v.notes = append(v.notes, "people changed the text, it stays as it is")
	}
	if ours && e.ContentType != contentHTML {
		p.ContentType = contentHTML // up to 5.3 the user's preference decides, whatever was asked for
	}
	p.Metadata = v.planFields(e)
	if v.copied {
		p.Category, p.Status = chosen(v.d.config.Category), chosen(v.d.config.Status)
	}
	return p
}

// saysOurs reports whether the body is what was delivered with another link or none, for
// experiments that nothing is remembered of.
func (v *visit) saysOurs(e experiment) bool {
	for _, link := range []string{"", e.Metadata.value("CDCS Record")} {
		if html, err := bodyOf(factsOf(v.job, link)); err == nil && essence(html) == essence(e.Body) {
			return len(v.memory.Delivered) == 0
		}
	}
	return false
}

func (v *visit) planFields(e experiment) *string {
	if e.Metadata.broken || !e.Metadata.known {
		v.notes = append(v.notes, "the extra fields are not understood, they stay as they are")
		return nil
	}
	merged, edits := e.Metadata.merge(v.want.fields, v.memory.fields())
	v.notes = append(v.notes, edits...)
	if text := string(merged); !equal(merged, encode(e.Metadata.top)) {
		return &text
	}
	return nil
}

// change makes the changes. That they are coming is noted before: if the answer is lost,
// what stands there then is not taken for people's.
func (v *visit) change(ctx context.Context, e experiment, p patch) (experiment, error) {
	next := v.want.delivered()
	if !p.empty() {
		v.memory.deliver(next)
		if err := v.note(ctx, v.receipt.Step); err != nil {
			return e, err
		}
		after, err := v.d.client.patch(ctx, v.id, p)
		if err != nil {
			return e, err
		}
		e = after
	}
	if v.made || p.Title != nil || sameWords(e.Title, next.Title) {
		next.StoredTitle = e.Title
	}
	if v.made || p.Body != nil || essence(e.Body) == next.Body {
		next.StoredBody = digestOf(e.Body)
	}
	v.memory.Delivered = []delivered{next}
	if v.copied || v.receipt.Step == "" {
		v.receipt.Step = StepCreated
	}
	return e, nil
}

// asIs takes what stands there for delivered.
func asIs(e experiment) delivered {
	d := delivered{Title: e.Title, Body: essence(e.Body), StoredTitle: e.Title, StoredBody: digestOf(e.Body)}
	d.Fields = map[string]attributes{}
	for name, raw := range e.Metadata.fields {
		a := attributes{}
		if object(raw, &a) {
			d.Fields[name] = a
		}
	}
	return d
}

// note writes down how far the delivery is, before the next call.
func (v *visit) note(ctx context.Context, step string) error {
	v.receipt.Step, v.receipt.Partial, v.receipt.Meta = step, true, v.memory.meta()
	return note(ctx, v.job, v.receipt)
}

// done completes the receipt.
func (v *visit) done(e experiment) {
	v.memory.Version = v.d.versionOr(v.memory.Version)
	v.receipt.URL, v.receipt.Step, v.receipt.Partial = v.d.client.link(e), StepDone, false
	v.receipt.Digest, v.receipt.Time, v.receipt.Meta = v.job.Digest, v.d.now(), v.memory.meta()
	v.receipt.Warnings = nil
	for _, n := range v.notes {
		v.receipt.Warnings = append(v.receipt.Warnings, strings.TrimSpace(n))
	}
}
