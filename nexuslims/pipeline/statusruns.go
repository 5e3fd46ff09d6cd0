package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// readRuns is how many reports are read for what they say of sessions, toldRuns how many
// runs are told.
const (
	readRuns = 10
	toldRuns = 5
)

// runs tells the last runs, and remembers what they said of sessions.
func (s *status) runs(ctx context.Context) error {
	runs, err := s.store.Runs(ctx, readRuns)
	if err != nil {
		return err
	}
	s.said = map[string]SessionReport{}
	for i, run := range runs {
		r := reportOf(run)
		for _, session := range r.Sessions {
			if _, newer := s.said[session.ID]; !newer {
				s.said[session.ID] = session
			}
		}
		if i < toldRuns {
			s.report.Runs = append(s.report.Runs, RunStatus{
				Kind: run.Kind, Started: run.Started, Ended: run.Ended, Seconds: run.Ended.Sub(run.Started).Seconds(),
				ExitCode: run.ExitCode, Sessions: len(r.Sessions), Fault: r.Fault,
			})
		}
	}
	s.judgeRuns(runs)
	return nil
}

// reportOf reads what a run stored. A report of another form tells nothing.
func reportOf(run db.Run) (r Report) {
	if json.Unmarshal(run.Report, &r) != nil {
		return Report{}
	}
	return r
}

// harvesting is the kind of the runs that harvest.
const harvesting = "build-records"

// judgeRuns looks at the newest run that harvests.
func (s *status) judgeRuns(runs []db.Run) {
	i := slices.IndexFunc(runs, func(r db.Run) bool { return r.Kind == harvesting })
	if i < 0 {
		return
	}
	run := runs[i]
	s.harvested = run.Started
	report := reportOf(run)
	if age := s.now.Sub(run.Started); age > silentTime && !s.running() {
		s.concern(Concern{
			Kind: ConcernRun, Text: fmt.Sprintf("the last run was %s ago: nothing was harvested or built since", roughly(age)),
			Advice: "see that nexuslims build-records is started regularly",
		})
	}
	if run.ExitCode == ExitFailed {
		s.concern(Concern{
			Kind: ConcernRun, Text: "the last run failed: " + cmp.Or(firstLine(report.Fault), "its log tells why"),
			Advice: "mend it, then nexuslims build-records",
		})
	}
	for _, c := range report.Checks {
		// Sources are told by themselves.
		if !c.Passed && c.Fault && !strings.HasSuffix(c.Name, "_harvester_config") {
			s.concern(Concern{Kind: ConcernCheck, Text: firstLine(c.Message), Advice: "mend it; the next run goes on where it stopped"})
		}
	}
	for _, source := range report.Sources {
		if source.Error != "" {
			s.report.Sources = append(s.report.Sources, SourceStatus{Kind: source.Kind, ID: source.ID, Error: firstLine(source.Error)})
			s.concern(Concern{
				Kind: ConcernSource, Text: fmt.Sprintf("%s was not harvested by the last run: %s", source.ID, firstLine(source.Error)),
				Advice: "mend it; the next run catches up by itself",
			})
		}
	}
}

// sources tells how far each source was read. One that is behind while runs go on is not
// configured any more, or never answers.
func (s *status) sources(ctx context.Context) error {
	bookmarks, err := s.store.Bookmarks(ctx)
	if err != nil {
		return err
	}
	failed := s.report.Sources
	s.report.Sources = nil
	for _, b := range bookmarks {
		source := SourceStatus{Kind: b.Kind, ID: b.Source, Position: b.Position}
		same := func(f SourceStatus) bool { return f.Kind == b.Kind && f.ID == b.Source }
		if i := slices.IndexFunc(failed, same); i >= 0 {
			source.Error = failed[i].Error
			failed = slices.Delete(failed, i, i+1)
		} else if behind := s.harvested.Sub(b.Position); behind > overlap {
			s.concern(Concern{
				Kind: ConcernSource, Text: fmt.Sprintf("%s was read %s ago, and not by the runs since", b.Source, roughly(s.now.Sub(b.Position))),
				Advice: "see whether its settings are still there; without --to a run reads all sources up to the present",
			})
		}
		s.report.Sources = append(s.report.Sources, source)
	}
	s.report.Sources = append(s.report.Sources, failed...) // never harvested
	return nil
}

// claims tells which sessions runs have claimed. What a killed run leaves is taken over by
// the next one; a claim that stays shows that there is none.
func (s *status) claims(ctx context.Context) error {
	held, err := s.store.Claims(ctx)
	if err != nil {
		return err
	}
	for _, h := range held {
		c := ClaimStatus{Session: h.Session, Owner: h.Owner, Beat: h.Beat, Expires: h.Expires}
		c.Dead = s.idle || !s.now.Before(h.Expires)
		s.report.Claims = append(s.report.Claims, c)
		if c.Dead && s.now.Sub(h.Beat) > settleTime {
			s.concern(Concern{
				Kind: ConcernStuck, Session: h.Session,
				Text:   fmt.Sprintf("a run that was killed %s ago was building it, and no run has come since", roughly(s.now.Sub(h.Beat))),
				Advice: "nexuslims build-records",
			})
		}
	}
	return nil
}

// changed tells of events that were edited after their sessions were settled, as far as
// the sessions were not built anew since.
func (s *status) changed(ctx context.Context) error {
	parts, err := s.store.ReportParts(ctx, "changed_after_build", s.report.Since)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, part := range parts {
		var list []ChangedSession
		if json.Unmarshal(part.Part, &list) != nil {
			continue
		}
		for _, c := range list {
			if seen[c.Session] {
				continue
			}
			seen[c.Session] = true
			open, err := s.unheeded(ctx, c.Session, part.Started)
			if err != nil {
				return err
			}
			if open {
				s.concern(Concern{
					Kind: ConcernChanged, Session: c.Session, Text: "its usage event was edited after it was settled: " + c.Change,
					Advice: "set its rows in session_log to TO_BE_BUILT: the next run takes the edit over and updates the record where it is",
				})
			}
		}
	}
	return nil
}

// unheeded reports whether a session is settled and was not built since an instant.
func (s *status) unheeded(ctx context.Context, session string, since time.Time) (bool, error) {
	rows, err := s.store.SessionRows(ctx, session)
	if err != nil {
		return false, err
	}
	settled := false
	for _, r := range rows {
		switch {
		case r.Event == "RECORD_GENERATION" && !r.Time.Before(since):
			return false, nil
		case r.Event != "RECORD_GENERATION" && (r.Status == nexuslims.ToBeBuilt || r.Status == nexuslims.WaitingForEnd):
			return false, nil
		case r.Event != "RECORD_GENERATION":
			settled = true
		}
	}
	return settled, nil
}
