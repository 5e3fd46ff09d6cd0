package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// uses tells of sessions that are not settled, and of those that failed.
func (s *status) uses(context.Context) error {
	for _, q := range s.sessions {
		switch q.Status {
		case nexuslims.ToBeBuilt:
			s.waiting(q)
		case nexuslims.WaitingForEnd:
			s.endless(q)
		case nexuslims.Failed:
			s.failed(q)
		}
	}
	return nil
}

// waiting tells what a session waits for, by what the last run said that had to do with it.
func (s *status) waiting(q db.Queued) {
	zone := s.zone(q.Instrument)
	said := s.said[q.ID]
	w := WaitingUse{
		Session: q.ID, Instrument: q.Instrument, From: q.From.In(zone), To: q.To.In(zone), User: q.User,
		Reason: cmp.Or(said.Waiting, "no run has dealt with it yet"), Fault: firstLine(said.Error),
		Until: q.To.Add(s.Pipeline.options.Delay).In(zone),
	}
	if w.Fault != "" {
		w.Until = time.Time{} // a fault never settles a session
	}
	s.report.Waiting.add(w)
	c := Concern{Session: q.ID, Instrument: q.Instrument}
	switch over := s.now.Sub(q.To) - s.Pipeline.options.Delay; {
	case over > settleTime:
		c.Kind = ConcernStuck
		c.Text = fmt.Sprintf("it should have been settled %s ago: %s", roughly(over), cmp.Or(w.Fault, w.Reason))
		c.Advice = "see what nexuslims build-records -v says of it"
	case w.Fault != "":
		c.Kind, c.Text = ConcernFault, "it waits for a fault to go: "+w.Fault
		c.Advice = "mend it; the next run builds the session"
	default:
		return
	}
	s.concern(c)
}

// endless finds sessions that began long ago and have no end.
func (s *status) endless(q db.Queued) {
	age := s.now.Sub(q.From)
	if age <= silentTime {
		return
	}
	s.concern(Concern{
		Kind: ConcernStuck, Session: q.ID, Instrument: q.Instrument, Text: fmt.Sprintf("it began %s ago and has no end", roughly(age)),
		Advice: "end it in the scheduler; the next harvest takes the end over",
	})
}

func (s *status) failed(q db.Queued) {
	reason := firstLine(s.said[q.ID].Error)
	s.concern(Concern{
		Kind: ConcernFailed, Session: q.ID, Instrument: q.Instrument,
		Text:   "its record could not be built: " + cmp.Or(reason, "nexuslims status --session "+quoted(q.ID)+" looks for the reason"),
		Advice: "nexuslims rebuild " + quoted(q.ID),
	})
}

// overlaps finds sessions of one instrument at the same time: their records may hold the
// same files.
func (s *status) overlaps(context.Context) error {
	open := map[string][]db.Queued{} // by instrument: sessions that had not ended when the last one began
	for _, q := range s.sessions {   // by their start
		if q.To.IsZero() {
			continue
		}
		kept := open[q.Instrument][:0]
		for _, other := range open[q.Instrument] {
			if !other.To.After(q.From) {
				continue
			}
			kept = append(kept, other)
			to := other.To
			if q.To.Before(to) {
				to = q.To
			}
			if zone := s.zone(q.Instrument); to.After(q.From) {
				s.report.Overlaps.add(UseOverlap{q.Instrument, [2]string{other.ID, q.ID}, q.From.In(zone), to.In(zone)})
			}
		}
		open[q.Instrument] = append(kept, q)
	}
	return nil
}

// shared finds files in two records.
func (s *status) shared(ctx context.Context) error {
	ids := make([]string, len(s.sessions))
	for i, q := range s.sessions {
		ids[i] = q.ID
	}
	files, err := s.store.SharedFiles(ctx, ids)
	if err != nil {
		return err
	}
	var pairs [][2]string
	count := map[[2]string]int{}
	for _, f := range files {
		s.report.Shared.add(SharedFile(f))
		if count[f.Sessions] == 0 {
			pairs = append(pairs, f.Sessions)
		}
		count[f.Sessions]++
	}
	for _, pair := range pairs {
		s.concern(Concern{
			Kind: ConcernShared, Session: pair[0],
			Text: fmt.Sprintf("%s of its record also stand in that of %s", counted(count[pair], "file"), pair[1]),
			Advice: fmt.Sprintf("find out whose they are, correct the times in the scheduler, then nexuslims rebuild %s %s",
				quoted(pair[0]), quoted(pair[1])),
		})
	}
	return nil
}
