package pipeline

import (
	"context"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/runlock"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// StatusOptions say what a status is about.
type StatusOptions struct {
	// Days is how far back settled sessions and files are looked at; zero: 30.
	Days int
	// NoFiles leaves the instrument folders alone.
	NoFiles bool
	// Lock is the path of the lock that runs hold; empty: not looked at.
	Lock string
}

// DefaultStatusDays is how far back a status looks when nothing is said.
const DefaultStatusDays = 30

// How long things may take before they are a concern.
const (
	settleTime = 24 * time.Hour     // beyond the waiting time of a session; for a record to be exported
	silentTime = 7 * 24 * time.Hour // between two runs, or from a start to its end
)

// status is a status report in the making.
type status struct {
	*Pipeline
	report  *StatusReport
	options StatusOptions
	now     time.Time

	instruments []nexuslims.Instrument
	sessions    []db.Queued
	said        map[string]SessionReport // what the last runs said of sessions
	idle        bool                     // the lock was looked at, and nobody holds it
	harvested   time.Time                // when the newest run began that harvests
}

// Status tells how the site stands. It changes nothing, asks neither sources nor
// destinations, and works while a run is going on; the pipeline needs none of them, and
// its store may be read-only. An error is a database that cannot be read, or the caller
// gave up; whatever else is wrong is in the report.
//
// What is a concern, and not only told: a last run that failed or found something out of
// order, no run for a week, a source that did not answer or lags two days behind; sessions
// that wait for a fault to go, that are not settled a day after their waiting time, that
// failed, or whose rows make no sense; records that are not exported after a day and
// deliveries that were given up; events edited after their session was settled; files that
// a record lacks or shares with another one; clocks that are wrong. Of sessions that are
// settled only those of the last Days are looked at. Files in no session and sessions that
// overlap are told, but are the ordinary course of things in many facilities.
func (p *Pipeline) Status(ctx context.Context, o StatusOptions) (*StatusReport, error) {
	s, err := p.newStatus(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{
		s.lock, s.runs, s.sources, s.claims, s.uses, s.deliveries, s.changed, s.overlaps, s.shared,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if !o.NoFiles {
		err = s.files(ctx)
	}
	return s.report, err
}

// newStatus reads what all parts of a status need.
func (p *Pipeline) newStatus(ctx context.Context, o StatusOptions) (*status, error) {
	if o.Days <= 0 {
		o.Days = DefaultStatusDays
	}
	now := p.now()
	s := &status{Pipeline: p, options: o, now: now, report: &StatusReport{
		Time: now, Since: now.AddDate(0, 0, -o.Days), Database: p.store.Path(),
	}}
	var err error
	if s.instruments, err = p.store.Instruments(ctx); err != nil {
		return nil, err
	}
	survey, err := p.store.Survey(ctx, s.report.Since)
	if err != nil {
		return nil, err
	}
	s.sessions = survey.Sessions
	for _, c := range survey.Counts {
		s.report.Sessions = append(s.report.Sessions, SessionCount(c))
	}
	for _, problem := range survey.Problems {
		s.concern(Concern{
			Kind: ConcernRows, Session: problem.Session, Instrument: problem.Instrument, Text: problem.Reason,
			Advice: "correct its rows in the database; see nexuslims status --session " + quoted(problem.Session),
		})
	}
	return s, nil
}

func (s *status) concern(c Concern) { s.report.Concerns.add(c) }

// lock tells who holds the lock of the site.
func (s *status) lock(context.Context) error {
	if s.options.Lock == "" {
		return nil
	}
	holder, state, err := runlock.Look(s.options.Lock)
	if err != nil {
		s.log.Warn("lock cannot be looked at", "err", err)
		return nil
	}
	s.idle = state == runlock.Free
	if holder.PID == 0 {
		return nil
	}
	words := map[runlock.State]string{runlock.Held: HolderRunning, runlock.Free: HolderKilled, runlock.Unknown: HolderUnknown}
	s.report.Holder = &LockHolder{Host: holder.Host, PID: holder.PID, Since: holder.Since, State: words[state]}
	return nil
}

// running reports whether a run is going on, as far as can be told from here.
func (s *status) running() bool {
	return s.report.Holder != nil && !s.idle
}

// zone returns the zone in which the times of an instrument are told.
func (s *status) zone(pid string) *time.Location {
	for _, in := range s.instruments {
		if in.PID == pid {
			if zone, err := in.Zone(); err == nil {
				return zone
			}
		}
	}
	return s.now.Location()
}
