package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// deliveries tells how deliveries stand, and which records are not exported.
func (s *status) deliveries(ctx context.Context) error {
	counts, err := s.store.DeliveryCounts(ctx)
	if err != nil {
		return err
	}
	open, err := s.store.OpenDeliveries(ctx)
	if err != nil {
		return err
	}
	for _, c := range counts {
		s.report.Deliveries = append(s.report.Deliveries, standing(c, open))
	}
	if err := s.logged(ctx); err != nil {
		return err
	}
	bySession := map[string][]db.Delivery{}
	for _, d := range open {
		bySession[d.Session] = append(bySession[d.Session], d)
	}
	hopeless := s.givenUp(open)
	for _, q := range s.sessions {
		if q.Status == nexuslims.BuiltNotExported && !hopeless[q.ID] {
			if err := s.notExported(ctx, q, bySession[q.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

// standing describes the deliveries of one state at a destination; open ones come newest
// first.
func standing(c db.DeliveryCount, open []db.Delivery) DeliveryStatus {
	d := DeliveryStatus{Destination: c.Destination, State: string(c.State), Count: c.Deliveries}
	for _, o := range open {
		if o.Destination != c.Destination || o.State != c.State {
			continue
		}
		d.Oldest = o.Updated
		if !o.NextAttempt.IsZero() && (d.NextAttempt.IsZero() || o.NextAttempt.Before(d.NextAttempt)) {
			d.NextAttempt = o.NextAttempt
		}
		if d.Error == "" && o.ErrorMessage != "" {
			d.Error, d.Kind, d.Session = firstLine(o.ErrorMessage), o.ErrorKind, o.Session
		}
	}
	return d
}

// logged adds destinations that only the Python program delivered to.
func (s *status) logged(ctx context.Context) error {
	attempts, err := s.store.LoggedAttempts(ctx)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(attempts) {
		if !slices.ContainsFunc(s.report.Deliveries, func(d DeliveryStatus) bool { return d.Destination == name }) {
			s.report.Deliveries = append(s.report.Deliveries, DeliveryStatus{Destination: name, State: StateLogged, Count: attempts[name]})
		}
	}
	return nil
}

// givenUp lists what was given up, and returns the sessions concerned whose record does
// not count as exported. Of others only those count that were given up in the last days.
func (s *status) givenUp(open []db.Delivery) map[string]bool {
	waiting := map[string]string{}
	for _, q := range s.sessions {
		if q.Status == nexuslims.BuiltNotExported {
			waiting[q.ID] = q.Instrument
		}
	}
	hopeless := map[string]bool{}
	for _, d := range open {
		instrument, waits := waiting[d.Session]
		if d.State != db.DeliveryGivenUp || !waits && d.Updated.Before(s.report.Since) {
			continue
		}
		hopeless[d.Session] = waits
		s.concern(Concern{
			Kind: ConcernGivenUp, Session: d.Session, Instrument: instrument, Destination: d.Destination,
			Text: fmt.Sprintf("%s was given up %s ago after %s: %s", d.Destination, roughly(s.now.Sub(d.Updated)),
				counted(d.Attempts, "attempt"), cmp.Or(firstLine(d.ErrorMessage), "no reason is known")),
			Advice: "nexuslims export --retry " + quoted(d.Session),
		})
	}
	return hopeless
}

// notExported tells of a record that lies for over a day.
func (s *status) notExported(ctx context.Context, q db.Queued, open []db.Delivery) error {
	record, _, err := s.store.Record(ctx, q.ID)
	if err != nil {
		return err
	}
	since := record.BuiltAt
	if since.IsZero() {
		since = q.To // built by the Python program
	}
	if s.now.Sub(since) <= settleTime {
		return nil
	}
	reasons := make([]string, 0, len(open))
	for _, d := range open {
		reasons = append(reasons, attempt(d))
	}
	s.concern(Concern{
		Kind: ConcernNotExported, Session: q.ID, Instrument: q.Instrument,
		Text: fmt.Sprintf("its record was built %s ago and is not exported: %s", roughly(s.now.Sub(since)),
			cmp.Or(strings.Join(reasons, "; "), "no destination was asked since; is one configured?")),
		Advice: "nexuslims export --retry " + quoted(q.ID),
	})
	return nil
}

// attempt tells where a delivery stands.
func attempt(d db.Delivery) string {
	text := fmt.Sprintf("%s %s", d.Destination, d.State)
	if d.Attempts > 0 {
		text += " after " + counted(d.Attempts, "attempt")
	}
	if d.ErrorMessage != "" {
		text += ": " + firstLine(d.ErrorMessage)
	}
	if !d.NextAttempt.IsZero() {
		text += ", again after " + d.NextAttempt.UTC().Format(time.RFC3339)
	}
	return text
}
