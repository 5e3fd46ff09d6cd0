package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// saidRuns is how many runs are asked for what they said of a session.
const saidRuns = 5

// SessionStatus tells everything that is known of one session, in the same way as
// [Pipeline.Status]. A session without rows is NotFound. Of a session without consent no
// files are looked for.
func (p *Pipeline) SessionStatus(ctx context.Context, id string, o StatusOptions) (*SessionStatus, error) {
	rows, err := p.store.SessionRows(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, nexuslims.E(nexuslims.NotFound, "tell status of session", id, errors.New("no such session"))
	}
	out := &SessionStatus{Time: p.now(), Session: id}
	for _, r := range rows {
		out.Rows = append(out.Rows, SessionRow{r.ID, r.Event, r.Text, r.Status, r.Instrument, r.User})
		out.Instrument, out.Status = r.Instrument, r.Status
	}
	q, err := p.store.Session(ctx, id)
	whole := err == nil
	switch {
	case errors.Is(err, nexuslims.Invalid), errors.Is(err, nexuslims.NotFound):
		out.Problem = firstLine(err.Error())
	case err != nil:
		return nil, err
	}
	s, err := p.newStatus(ctx, o)
	if err != nil {
		return nil, err
	}
	if whole {
		zone := s.zone(q.Instrument)
		out.Instrument, out.Status, out.User, out.Notes = q.Instrument, q.Status, q.User, q.Notes
		out.From = q.From.In(zone)
		if !q.To.IsZero() {
			out.To = q.To.In(zone)
		}
	}
	return out, s.one(ctx, q, whole, out)
}

// one gathers what is known of a session; q is its rows taken together, where they make a
// whole.
func (s *status) one(ctx context.Context, q db.Queued, whole bool, out *SessionStatus) error {
	if whole { // whatever its age
		s.include(q)
	}
	for _, step := range []func(context.Context) error{
		s.lock, s.runs, func(ctx context.Context) error { return s.history(ctx, out) },
		s.claims, s.uses, s.deliveries, s.changed, s.overlaps, s.shared,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if whole {
		if err := s.content(ctx, q, out); err != nil {
			return err
		}
	}
	s.pick(out)
	return nil
}

// include puts a session among those that are looked at, where it is missing.
func (s *status) include(q db.Queued) {
	at := len(s.sessions)
	for i, other := range s.sessions {
		if other.ID == q.ID {
			return
		}
		if at == len(s.sessions) && other.From.After(q.From) {
			at = i
		}
	}
	s.sessions = append(s.sessions[:at:at], append([]db.Queued{q}, s.sessions[at:]...)...)
}

// pick takes what is about one session out of what was found about the site.
func (s *status) pick(out *SessionStatus) {
	r := s.report
	for _, w := range r.Waiting.Items {
		if w.Session == out.Session {
			out.Waiting = &w
		}
	}
	for _, c := range r.Claims {
		if c.Session == out.Session {
			out.Claim = &c
		}
	}
	for _, o := range r.Overlaps.Items {
		if o.Sessions[0] == out.Session || o.Sessions[1] == out.Session {
			out.Overlap.add(o)
		}
	}
	for _, f := range r.Shared.Items {
		if f.Sessions[0] == out.Session || f.Sessions[1] == out.Session {
			out.Shared.add(f)
		}
	}
	for _, c := range r.Concerns.Items {
		if c.Session == out.Session {
			out.Concerns.add(c)
		}
	}
}

// history adds record, deliveries, attempts and what runs said.
func (s *status) history(ctx context.Context, out *SessionStatus) error {
	kept, found, err := s.store.Record(ctx, out.Session)
	if err != nil {
		return err
	}
	if found {
		out.Record = s.recordStatus(kept)
	}
	deliveries, err := s.store.DeliveryStates(ctx, out.Session)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		out.Stored = append(out.Stored, StoredDelivery{
			Destination: d.Destination, State: string(d.State), Step: d.Step, ID: d.RemoteID, URL: d.RemoteURL, Digest: d.Digest,
			Attempts: d.Attempts, NextAttempt: d.NextAttempt, Error: d.ErrorMessage, Kind: d.ErrorKind, Updated: d.Updated,
		})
	}
	uploads, err := s.store.Uploads(ctx, out.Session)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		out.Tries = append(out.Tries, LoggedAttempt{u.Destination, u.Success, u.Time, u.RecordID, u.RecordURL, u.Error, u.Version})
	}
	return s.sayings(ctx, out)
}

// sayings adds what the last runs that dealt with the session said of it.
func (s *status) sayings(ctx context.Context, out *SessionStatus) error {
	runs, err := s.store.RunsNaming(ctx, out.Session, saidRuns)
	if err != nil {
		return err
	}
	for _, run := range runs {
		for _, said := range reportOf(run).Sessions {
			if said.ID == out.Session {
				out.Said = append(out.Said, SaidOfSession{run.Started, run.Kind, said})
			}
		}
	}
	if len(out.Said) > 0 {
		s.said[out.Session] = out.Said[0].SessionReport
	}
	return nil
}

func (s *status) recordStatus(r db.Record) *RecordStatus {
	out := &RecordStatus{
		Name: r.Name, State: string(r.State), Version: r.Version, Digest: r.Digest, BuiltAt: r.BuiltAt, From: r.From, To: r.To,
	}
	paths := []string{s.recordPath(r.Name), s.uploadedPath(r.Name)}
	if r.State == db.RecordUploaded {
		paths[0], paths[1] = paths[1], paths[0]
	}
	for _, path := range paths {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			out.Path = path
			break
		}
	}
	return out
}
