package cmd

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// sessionText tells a person everything that is known of a session.
func sessionText(s *pipeline.SessionStatus) string {
	t := &page{now: s.Time}
	t.line(0, "%s", s.Session)
	switch {
	case s.Problem != "":
		t.line(0, "%s", s.Problem)
	default:
		t.line(0, "%s on %s, %s%s", s.Status, s.Instrument, times(s.From, s.To), by(s.User))
	}
	for _, note := range s.Notes {
		t.line(0, "Note: %s.", note)
	}
	if s.Concerns.Total == 0 {
		t.line(0, "It needs no hand.")
	}
	for _, c := range s.Concerns.Items {
		c.Session, c.Instrument = "", ""
		t.b.WriteByte('\n')
		t.concern(c)
	}
	if w := s.Waiting; w != nil {
		t.title("Waiting")
		t.reason(2, *w)
	}
	if c := s.Claim; c != nil {
		t.claim(*c)
	}
	t.rows(s)
	t.record(s)
	t.stored(s)
	t.said(s)
	t.known(s)
	t.others(s)
	return t.b.String()
}

func by(user string) string {
	if user == "" {
		return ""
	}
	return ", " + user
}

func (t *page) rows(s *pipeline.SessionStatus) {
	t.title("Rows of session_log")
	rows := make([][]string, len(s.Rows))
	for i, r := range s.Rows {
		rows[i] = []string{fmt.Sprint(r.ID), r.Event, r.Time, string(r.Status), r.User}
		if r.Instrument != s.Instrument {
			rows[i] = append(rows[i][:4], r.User+" on "+r.Instrument)
		}
	}
	t.table(rows, 0)
}

func (t *page) record(s *pipeline.SessionStatus) {
	t.title("Record")
	r := s.Record
	if r == nil {
		t.line(2, "none")
		return
	}
	text := r.Name
	if r.Version > 0 {
		text += fmt.Sprintf(", version %d", r.Version)
	}
	if !r.BuiltAt.IsZero() {
		text += ", built " + t.moment(r.BuiltAt)
	}
	t.line(2, "%s (%s)", text, r.State)
	if r.Path == "" {
		t.line(2, "Its file is not there.")
	} else {
		t.line(2, "%s", r.Path)
	}
	if !r.From.IsZero() && !s.To.IsZero() && (!r.From.Equal(s.From) || !r.To.Equal(s.To)) {
		t.line(2, "It was built for %s.", times(r.From.In(s.From.Location()), r.To.In(s.From.Location())))
	}
}

func (t *page) stored(s *pipeline.SessionStatus) {
	t.title("Deliveries")
	if len(s.Stored)+len(s.Tries) == 0 {
		t.line(2, "none")
	}
	for _, d := range s.Stored {
		text := fmt.Sprintf("%s: %s", d.Destination, spaced(d.State))
		if d.Attempts > 0 {
			text += " after " + count(d.Attempts, "attempt", "attempts")
		}
		text += ", " + t.moment(d.Updated)
		if s.Record != nil && d.Digest != "" && s.Record.Digest != "" && d.Digest != s.Record.Digest {
			text += ", an older version"
		}
		if !d.NextAttempt.IsZero() {
			text += "; next attempt after " + t.moment(d.NextAttempt)
		}
		t.line(2, "%s", text)
		for _, more := range []string{d.URL, d.Error} {
			if more != "" {
				t.line(4, "%s", more)
			}
		}
	}
	if len(s.Tries) == 0 {
		return
	}
	t.title("Attempts")
	for _, a := range s.Tries {
		outcome, program := "failed", "the Python program"
		if a.Success {
			outcome = "done"
		}
		if a.Version != "" {
			program = "version " + a.Version
		}
		when := "at an unknown time"
		if !a.Time.IsZero() {
			when = t.moment(a.Time)
		}
		t.line(2, "%s %s: %s, %s", when, a.Destination, outcome, program)
		if a.Error != "" {
			t.line(4, "%s", a.Error)
		}
	}
}

func (t *page) said(s *pipeline.SessionStatus) {
	if len(s.Said) == 0 {
		return
	}
	t.title("What runs said of it")
	for _, r := range s.Said {
		text := string(r.Status)
		switch {
		case r.Waiting != "" && r.Error != "":
			text = "waits: " + r.Error
		case r.Waiting != "":
			text = "waits: " + r.Waiting
		case r.Error != "":
			text += ": " + r.Error
		}
		t.line(2, "%s %s: %s", t.moment(r.Started), r.Run, text)
		for _, w := range r.Warnings {
			t.line(4, "warning: %s", w)
		}
	}
}

// knownFiles is how many files of a session are told to a person.
const knownFiles = 200

func (t *page) known(s *pipeline.SessionStatus) {
	t.title("Files")
	if s.NoFiles != "" {
		t.line(2, "%s", s.NoFiles)
		return
	}
	if s.Files.Total == 0 {
		t.line(2, "none")
		return
	}
	var rows [][]string
	for _, f := range s.Files.Items[:min(knownFiles, len(s.Files.Items))] {
		note, when := f.Change, "—"
		if f.Gone {
			note = "not there as the record has it"
		}
		if !f.ModTime.IsZero() {
			when = f.ModTime.Format("2006-01-02 15:04:05")
		}
		rows = append(rows, []string{when, size(f.Size), f.Path, note})
	}
	t.table(rows, 1)
	if more := s.Files.Total - knownFiles; more > 0 {
		t.line(2, "and %d more; --json lists them", more)
	}
}

func (t *page) others(s *pipeline.SessionStatus) {
	if s.Overlap.Total == 0 {
		return
	}
	t.title("Other sessions at the same time")
	for _, o := range s.Overlap.Items[:min(told, len(s.Overlap.Items))] {
		other := o.Sessions[0]
		if other == s.Session {
			other = o.Sessions[1]
		}
		t.line(2, "%s, %s", other, times(o.From, o.To))
	}
	t.more(2, s.Overlap.Total)
}
