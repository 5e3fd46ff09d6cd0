package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/find"
)

// work is one session on its way through a run.
type work struct {
	session     nexuslims.Session
	instrument  nexuslims.Instrument
	reservation nexuslims.Reservation
	files       []find.File
	complete    bool // the whole store could be read
	looking     bool // nothing is written
	report      SessionReport
	started     time.Time
	claimed     time.Time // when the claim was taken or renewed last
}

// newWork begins the work on a session. The report tells times as the clock on the
// instrument's wall showed them, where its zone is known.
func newWork(s nexuslims.Session, in nexuslims.Instrument, status nexuslims.Status) *work {
	from, to := s.From, s.To
	if zone, err := in.Zone(); err == nil {
		from, to = from.In(zone), to.In(zone)
	}
	return &work{session: s, instrument: in, report: SessionReport{
		ID: s.ID, Instrument: s.Instrument, From: from, To: to, User: s.User, Status: status,
	}}
}

// verdict is what became of a session at some stage: settle it with a status, or let it
// wait with a reason. The zero verdict goes on.
type verdict struct {
	settle nexuslims.Status
	wait   string
	err    error // fault behind it, for report and exit code
}

func (v verdict) done() bool { return v.settle != "" || v.wait != "" }

// judge turns a fault into a verdict: what may be gone at the next run never settles a
// session.
func judge(err error) verdict {
	switch nexuslims.KindOf(err) {
	case nexuslims.Transient, nexuslims.Permission, nexuslims.Canceled, nexuslims.NotFound:
		return verdict{wait: reasonOf(err), err: err}
	}
	return verdict{settle: nexuslims.Failed, err: err}
}

// consent decides by what the scheduler said. Silence and a missing reservation are
// waited for; a refusal is final at once.
func (p *Pipeline) consent(w *work, err error) verdict {
	patient := p.patience(w.session)
	switch {
	case errors.Is(err, nexuslims.NoReservation):
		return missing(patient, nexuslims.NoBooking, "no reservation overlaps the use; waiting until "+p.until(w.session))
	case errors.Is(err, nexuslims.NoConsent):
		return missing(patient, nexuslims.ConsentRefused, "consent is not known; waiting until "+p.until(w.session))
	case err != nil:
		// What a source cannot say today it may say tomorrow: no fault of a source settles
		// a session.
		return verdict{wait: reasonOf(err), err: err}
	case w.reservation.Consent == nexuslims.ConsentDenied:
		return verdict{settle: nexuslims.ConsentRefused}
	case w.reservation.Consent != nexuslims.ConsentGranted:
		return missing(patient, nexuslims.ConsentRefused, "consent is not known; waiting until "+p.until(w.session))
	}
	return verdict{}
}

func missing(patient bool, otherwise nexuslims.Status, wait string) verdict {
	if patient {
		return verdict{wait: wait}
	}
	return verdict{settle: otherwise}
}

// noFiles decides about a session in whose time nothing was written.
func (p *Pipeline) noFiles(w *work) verdict {
	if !w.complete {
		return verdict{wait: "no files, but part of the store could not be read", err: nexuslims.E(
			nexuslims.Transient, "find files", "", errors.New("part of the store could not be read"))}
	}
	return missing(p.patience(w.session), nexuslims.NoFilesFound, "no files yet; waiting until "+p.until(w.session))
}

// note puts a verdict into the report.
func (w *work) note(v verdict) {
	if v.settle != "" {
		w.report.Status = v.settle
	}
	w.report.Waiting = v.wait
	if v.err != nil {
		w.report.Error = v.err.Error()
		w.report.Kind = nexuslims.KindOf(v.err).String()
	}
}

func (w *work) warn(format string, args ...any) {
	w.report.Warnings = append(w.report.Warnings, fmt.Sprintf(format, args...))
}
