package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/atomicfile"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// load reads a record from its file, in the folder where it should be or else in the other
// one: a process may have ended before it was moved.
func (p *Pipeline) load(name string, uploaded bool) (*made, error) {
	m, err := p.loadFrom(name, uploaded)
	if errors.Is(err, nexuslims.NotFound) {
		if other, otherErr := p.loadFrom(name, !uploaded); otherErr == nil {
			return other, nil
		}
	}
	return m, err
}

func (p *Pipeline) loadFrom(name string, uploaded bool) (*made, error) {
	file := p.recordPath(name)
	if uploaded {
		file = p.uploadedPath(name)
	}
	xml, err := os.ReadFile(file)
	if err != nil {
		kind := nexuslims.Transient
		if errors.Is(err, fs.ErrNotExist) {
			kind = nexuslims.NotFound
		}
		return nil, nexuslims.E(kind, "read record", name, err)
	}
	rec, err := record.Decode(xml)
	if err != nil {
		return nil, err
	}
	return &made{name: name, digest: digest(xml), xml: xml, record: rec, uploaded: uploaded}, nil
}

// deliver brings a record to its destinations and says with which status the session is
// to be settled.
func (p *Pipeline) deliver(ctx context.Context, w *work, m made) (verdict, error) {
	w.report.Record = m.name
	p.progress.update(func(n *Progress) { n.Stage, n.Session = "deliver", w.session.ID })
	files, closeFiles := p.openFiles()
	defer closeFiles()
	delivered, err := p.runner.Deliver(ctx, &exporters.Job{
		Session: w.session, Instrument: w.instrument, Name: m.name, XML: m.xml, Digest: m.digest,
		Record: m.record, Reservation: w.reservation, Files: files,
		MediaTypes: p.engine.Extractors.MediaTypes(),
	})
	w.report.Deliveries = deliveryReports(delivered)
	if err != nil {
		return verdict{}, err
	}
	p.checkpoint("delivered")
	return p.conclude(ctx, w, m, delivered)
}

// conclude settles a session whose record was delivered, or not. The record counts as
// exported from the moment the status is stored; moving its file is tidying.
func (p *Pipeline) conclude(ctx context.Context, w *work, m made, delivered exporters.Outcome) (verdict, error) {
	if w.report.Status == nexuslims.Completed {
		p.stays(w, delivered)
		if m.uploaded || !delivered.Exported {
			return verdict{}, nil // wherever its file lies, the session was settled
		}
	}
	log := p.log.With("session", w.session.ID, "record", m.name)
	state, status := db.RecordWaiting, nexuslims.BuiltNotExported
	if delivered.Exported {
		state, status = db.RecordUploaded, nexuslims.Completed
	}
	w.note(verdict{settle: status})
	if err := p.store.SettleRecord(ctx, w.row(&m, state), status); err != nil {
		return verdict{}, err
	}
	p.checkpoint("settled")
	if !delivered.Exported {
		log.Error("record was not exported; later runs try again", "status", status)
		return verdict{}, nil
	}
	log.Info("session is settled", "status", status)
	if m.uploaded {
		return verdict{}, nil
	}
	if err := atomicfile.Move(p.recordPath(m.name), p.uploadedPath(m.name)); err != nil {
		log.Error("record cannot be moved to the uploaded ones; it counts as exported", "err", err)
		w.warn("the record could not be moved to the uploaded ones: %v", err)
	}
	p.checkpoint("moved")
	return verdict{}, nil
}

// openFiles gives destinations access to data files and previews.
func (p *Pipeline) openFiles() (exporters.Files, func()) {
	var files exporters.Files
	var opened []*os.Root
	for _, r := range []struct {
		root **os.Root
		path string
	}{{&files.Instruments, p.options.InstrumentData}, {&files.Data, p.options.Data}} {
		root, err := os.OpenRoot(r.path)
		if err != nil {
			p.log.Warn("folder cannot be opened for destinations", "err", err)
			continue
		}
		*r.root = root
		opened = append(opened, root)
	}
	return files, func() {
		for _, r := range opened {
			if err := r.Close(); err != nil {
				p.log.Debug("closing folder", "err", err)
			}
		}
	}
}

func deliveryReports(d exporters.Outcome) []DeliveryReport {
	out := make([]DeliveryReport, 0, len(d.Results))
	for _, res := range d.Results {
		r := DeliveryReport{
			Destination: res.Destination, State: string(res.State), Attempted: res.Attempted,
			ID: res.Receipt.ID, URL: res.Receipt.URL, Warnings: res.Receipt.Warnings,
		}
		if res.Err != nil {
			r.Error, r.Kind = res.Err.Error(), nexuslims.KindOf(res.Err).String()
		}
		out = append(out, r)
	}
	return out
}

// redeliver brings records that earlier runs built but could not deliver to their
// destinations, when their time has come. Consent is asked again before.
func (p *Pipeline) redeliver(ctx context.Context, r *Report) error {
	queue, problems, err := p.store.Queue(ctx, nexuslims.BuiltNotExported)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		r.Problems = append(r.Problems, ProblemReport{problem.Session, problem.Reason})
	}
	var due []db.Queued
	for _, q := range queue {
		ready, err := p.runner.Due(ctx, q.ID)
		if err != nil {
			return err
		}
		switch {
		case inReport(r, q.ID):
		case ready:
			due = append(due, q)
		default:
			r.Waiting++
		}
	}
	works, err := p.works(ctx, due)
	if err != nil {
		return err
	}
	return p.each(ctx, works, r, func(w *work) error { return p.again(ctx, w) })
}

func inReport(r *Report, session string) bool {
	for _, s := range r.Sessions {
		if s.ID == session {
			return true
		}
	}
	return false
}
