package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// claimTime is how long a session stays claimed by a run that fell silent.
const claimTime = 2 * time.Hour

// session takes one session from its files to its settlement. The error is that of the
// run: the database cannot be used, or the caller gave up.
func (p *Pipeline) session(ctx context.Context, o RunOptions, w *work, trees map[string]walked) error {
	if w.report.Waiting != "" || w.settled() {
		return nil
	}
	if v := p.files(w, trees[w.instrument.PID]); v.done() {
		return p.finish(ctx, o, w, v)
	}
	if o.DryRun {
		p.logFiles(w)
		return nil
	}
	claimed, err := p.store.Claim(ctx, w.session.ID, p.owner, claimTime)
	if err != nil {
		return err
	}
	if !claimed {
		return p.finish(ctx, o, w, verdict{wait: "another run works on it"})
	}
	w.claimed = p.now()
	v, err := p.build(ctx, w)
	if err == nil && v.done() {
		err = p.finish(ctx, o, w, v)
	}
	return errors.Join(err, p.store.Release(context.WithoutCancel(ctx), w.session.ID, p.owner))
}

// hold renews the claim on a session whose building takes long.
func (p *Pipeline) hold(ctx context.Context, w *work) error {
	now := p.now()
	if w.looking || now.Sub(w.claimed) < claimTime/4 {
		return nil
	}
	ok, err := p.store.Heartbeat(ctx, w.session.ID, p.owner, claimTime)
	if err == nil && !ok {
		err = nexuslims.E(nexuslims.Transient, "hold", w.session.ID, errors.New("another run has taken the session over"))
	}
	w.claimed = now
	return err
}

// files picks the session's files from the walk.
func (p *Pipeline) files(w *work, t walked) verdict {
	if t.err != nil {
		return judge(t.err)
	}
	w.files = t.tree.Within(find.Window{From: w.session.From, To: w.session.To})
	w.complete = t.tree.Complete()
	for _, x := range t.tree.Warnings {
		w.warn("%s: %s", x.Path, x.Reason)
	}
	w.report.FileCount = len(w.files)
	for _, f := range w.files {
		w.report.Bytes += f.Size
	}
	if len(w.files) == 0 {
		return p.noFiles(w)
	}
	return verdict{}
}

// logFiles tells what a dry run found.
func (p *Pipeline) logFiles(w *work) {
	zone, err := w.instrument.Zone()
	if err != nil {
		zone = time.UTC
	}
	for _, f := range w.files {
		p.log.Info("file", "session", w.session.ID, "file", f.Path, "mtime", f.ModTime.In(zone).Format(time.RFC3339Nano))
		w.report.Files = append(w.report.Files, FileReport{Path: f.Path, ModTime: f.ModTime.In(zone), Size: f.Size})
	}
}

// finish writes a verdict down, in the report and in the database.
func (p *Pipeline) finish(ctx context.Context, o RunOptions, w *work, v verdict) error {
	w.note(v)
	p.logVerdict(w)
	if o.DryRun || v.settle == "" {
		return nil
	}
	return p.settle(ctx, w)
}

// settle stores the status of the report.
func (p *Pipeline) settle(ctx context.Context, w *work) error {
	if err := p.store.Settle(ctx, w.session.ID, w.report.Status); err != nil {
		return err
	}
	p.checkpoint("settled")
	return nil
}

// build makes the record of a session and delivers it.
func (p *Pipeline) build(ctx context.Context, w *work) (verdict, error) {
	built, err := p.resume(ctx, w)
	if err != nil {
		return verdict{}, err
	}
	if built == nil {
		var v verdict
		if built, v, err = p.make(ctx, w); err != nil || v.done() {
			return v, err
		}
	}
	return p.deliver(ctx, w, *built)
}

// resume finds a record that a killed run had built but not settled.
func (p *Pipeline) resume(ctx context.Context, w *work) (*made, error) {
	kept, found, err := p.store.Record(ctx, w.session.ID)
	if err != nil || !found || kept.State != db.RecordBuilt || !kept.From.Equal(w.session.From) || !kept.To.Equal(w.session.To) {
		return nil, err
	}
	m, err := p.loadFrom(kept.Name, false)
	if err != nil || m.digest != kept.Digest {
		return nil, nil //nolint:nilerr // built anew
	}
	p.log.Info("record was built by an interrupted run", "session", w.session.ID, "record", kept.Name)
	return m, nil
}

// made is a record that lies in the records folder, or in that of the uploaded ones.
type made struct {
	name, digest string
	xml          []byte
	record       nexuslims.Record
	uploaded     bool
}

// make extracts the files and builds, validates and writes the record.
func (p *Pipeline) make(ctx context.Context, w *work) (*made, verdict, error) {
	generation, err := p.store.BeginGeneration(ctx, w.session)
	if err != nil {
		return nil, verdict{}, err
	}
	m, v, err := p.makeRecord(ctx, w)
	if v.wait != "" || err != nil {
		err = errors.Join(err, p.store.DropGeneration(context.WithoutCancel(ctx), generation))
	}
	return m, v, err
}

func (p *Pipeline) makeRecord(ctx context.Context, w *work) (*made, verdict, error) {
	m, v, err := p.compose(ctx, w)
	if err != nil || v.done() {
		return nil, v, err
	}
	if err := p.claimFiles(ctx, w); err != nil {
		return nil, verdict{}, err
	}
	if v, err := p.write(ctx, w, m); err != nil || v.done() {
		return nil, v, err
	}
	if err := p.store.SaveRecord(ctx, w.row(m, db.RecordBuilt)); err != nil {
		return nil, verdict{}, err
	}
	p.built(w, m)
	return m, verdict{}, nil
}

// compose reads the files of a session and makes its record, in memory.
func (p *Pipeline) compose(ctx context.Context, w *work) (*made, verdict, error) {
	signals, v, err := p.signals(ctx, w)
	if err != nil || v.done() {
		return nil, v, err
	}
	var rec nexuslims.Record
	err = guarded(func() (err error) {
		rec, err = record.Build(ctx, record.Input{
			Session: w.session, Instrument: w.instrument, Reservation: w.reservation, Signals: signals,
			Sensitivity: p.options.Sensitivity, Logger: p.log.With("session", w.session.ID),
		})
		return err
	})
	if err != nil {
		return nil, judge(err), nil
	}
	w.report.Title, w.report.Activities, w.report.Datasets = rec.Title, len(rec.Activities), len(signals)
	xml, notes, err := record.Encode(rec)
	if err != nil {
		return nil, judge(err), nil
	}
	for _, n := range notes {
		w.warn("%s", n)
	}
	violations, err := p.validator.Validate(ctx, bytes.NewReader(xml))
	if err != nil {
		return nil, judge(err), nil
	}
	if len(violations) > 0 {
		return nil, judge(invalid(violations)), nil
	}
	return &made{digest: digest(xml), xml: xml, record: rec}, verdict{}, nil
}

func invalid(violations []record.Violation) error {
	lines := make([]string, 0, len(violations))
	for _, x := range violations {
		lines = append(lines, x.String())
	}
	return nexuslims.E(nexuslims.Invalid, "validate record", "", errors.New(strings.Join(lines, "; ")))
}

// signals reads all files. Files that changed under the hands of the reader let the
// session wait, as long as its instrument may still be writing.
func (p *Pipeline) signals(ctx context.Context, w *work) ([]record.Signal, verdict, error) {
	if !w.looking {
		p.tidyData(w)
	}
	p.progress.update(func(n *Progress) {
		n.Stage, n.Session, n.Files, n.OfFiles = "extract", w.session.ID, 0, len(w.files)
	})
	results, err := p.extractAll(ctx, w)
	if err != nil {
		if canceled(ctx, err) {
			return nil, verdict{}, nexuslims.E(nexuslims.Canceled, "extract", w.session.ID, ctx.Err())
		}
		return nil, judge(err), nil
	}
	if !w.looking {
		p.checkpoint("extracted")
	}
	var signals []record.Signal
	for i, res := range results {
		f := w.files[i]
		if res.note != "" {
			w.report.Files = append(w.report.Files, FileReport{Path: f.Path, ModTime: f.ModTime, Size: f.Size, Note: res.note})
			p.log.Warn("file has a problem", "session", w.session.ID, "file", f.Path, "reason", res.note)
		}
		if res.changed && p.patience(w.session) {
			return nil, verdict{wait: fmt.Sprintf("%s %s", f.Path, res.note)}, nil
		}
		signals = append(signals, res.signals...)
	}
	if len(signals) == 0 {
		return nil, p.noFiles(w), nil
	}
	return signals, verdict{}, nil
}

// claimFiles writes down which files the record takes, and reports those that another
// session's record has already.
func (p *Pipeline) claimFiles(ctx context.Context, w *work) error {
	claims := make([]db.FileClaim, len(w.files))
	for i, f := range w.files {
		claims[i] = db.FileClaim{Path: f.Path, ModTime: f.ModTime, Size: f.Size}
	}
	overlaps, err := p.store.ClaimFiles(ctx, w.session.ID, claims)
	for _, o := range overlaps {
		w.warn("%s is also in the record of %s", o.Path, o.Session)
	}
	return err
}

// write puts the record into the records folder under its own name.
func (p *Pipeline) write(ctx context.Context, w *work, m *made) (verdict, error) {
	name, err := p.store.ReserveRecordName(ctx, w.session.ID, recordName(w))
	if err != nil {
		return verdict{}, err
	}
	m.name = name
	if err := atomicfile.WriteFS(p.fs, p.recordPath(name), m.xml, 0o644); err != nil {
		return judge(nexuslims.E(nexuslims.Transient, "write record", name, err)), nil
	}
	p.checkpoint("record written")
	return verdict{}, nil
}

// row is what the database keeps of a record.
func (w *work) row(m *made, state db.RecordState) db.Record {
	return db.Record{
		Session: w.session.ID, Name: m.name, Digest: m.digest, State: state, From: w.session.From, To: w.session.To,
	}
}

// built tells that a record is durable.
func (p *Pipeline) built(w *work, m *made) {
	p.checkpoint("record built")
	p.log.Info("record is built", "session", w.session.ID, "record", m.name, "datasets", w.report.Datasets)
}

// recordName is the name of a session's record without extension.
func recordName(w *work) string {
	return strings.TrimSuffix(record.FileName(w.session, w.instrument), ".xml")
}

func (p *Pipeline) recordPath(name string) string {
	return filepath.Join(p.options.Records, name+".xml")
}

func (p *Pipeline) uploadedPath(name string) string {
	return filepath.Join(p.options.Records, "uploaded", name+".xml")
}
