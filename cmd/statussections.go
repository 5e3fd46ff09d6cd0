package cmd

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (t *page) runs(r *pipeline.StatusReport) {
	t.title("Last runs")
	if len(r.Runs) == 0 {
		t.line(2, "none is on record")
	}
	var rows [][]string
	for _, run := range r.Runs {
		rows = append(rows, []string{
			t.moment(run.Started), run.Kind, roughly(run.Ended.Sub(run.Started)), count(run.Sessions, "session", "sessions"), ending(run.ExitCode),
		})
	}
	if rows != nil {
		t.table(rows, -1)
	}
	t.holder(r.Holder)
	for _, c := range r.Claims[:min(told, len(r.Claims))] {
		t.claim(c)
	}
	t.more(2, len(r.Claims))
}

func (t *page) claim(c pipeline.ClaimStatus) {
	if c.Dead {
		t.line(2, "%s was being built when its run was killed, %s; the next run goes on with it.", c.Session, t.ago(c.Beat))
	} else {
		t.line(2, "%s is being built.", c.Session)
	}
}

// holder tells of a run that is not over.
func (t *page) holder(h *pipeline.LockHolder) {
	if h == nil {
		return
	}
	text := map[string]string{
		pipeline.HolderRunning: "A run is going on since %s: process %d on %s.",
		pipeline.HolderKilled:  "The run that began %s was killed: process %d on %s; the next run goes on with its work.",
		pipeline.HolderUnknown: "A run began %s as process %d on %s; whether it goes on can be told there only.",
	}
	t.line(2, text[h.State], t.moment(h.Since), h.PID, h.Host)
}

// ending explains an exit code.
func ending(code int) string {
	switch code {
	case pipeline.ExitDone:
		return "done"
	case pipeline.ExitPartial:
		return "partly done (3)"
	}
	return fmt.Sprintf("failed (%d)", code)
}

func (t *page) sources(r *pipeline.StatusReport) {
	t.title("Sources of usage events")
	if len(r.Sources) == 0 {
		t.line(2, "none was harvested yet")
	}
	for _, s := range r.Sources {
		read := "never read"
		if !s.Position.IsZero() {
			read = fmt.Sprintf("read up to %s, %s", t.moment(s.Position), t.ago(s.Position))
		}
		t.line(2, "%s %s: %s", s.Kind, s.ID, read)
	}
}

func (t *page) sessions(r *pipeline.StatusReport, byInstrument bool) {
	t.title("Sessions")
	total := map[nexuslims.Status]int{}
	for _, c := range r.Sessions {
		total[c.Status] += c.Sessions
	}
	var rows [][]string
	for _, status := range nexuslims.Statuses() {
		if total[status] > 0 {
			rows = append(rows, []string{string(status), fmt.Sprint(total[status])})
		}
	}
	if rows == nil {
		t.line(2, "none")
		return
	}
	t.table(rows, 1)
	if !byInstrument {
		return
	}
	rows = nil
	for _, c := range r.Sessions {
		rows = append(rows, []string{c.Instrument, string(c.Status), fmt.Sprint(c.Sessions)})
	}
	t.title("Sessions by instrument")
	t.table(rows, 2)
}

func (t *page) waiting(r *pipeline.StatusReport) {
	if r.Waiting.Total == 0 {
		return
	}
	t.title("Waiting to be built")
	for _, w := range r.Waiting.Items[:min(told, len(r.Waiting.Items))] {
		t.line(2, "%s on %s, %s", w.Session, w.Instrument, times(w.From, w.To))
		t.reason(4, w)
	}
	t.more(2, r.Waiting.Total)
}

// reason tells why a session waits, and until when.
func (t *page) reason(indent int, w pipeline.WaitingUse) {
	reason := w.Reason
	if w.Fault != "" {
		reason = w.Fault
	}
	if !w.Until.IsZero() && !strings.Contains(reason, "waiting until") {
		reason += "; waiting until " + w.Until.Format("2006-01-02 15:04 MST")
	}
	t.line(indent, "%s", reason)
}

// times writes the time of a session.
func times(from, to time.Time) string {
	if to.IsZero() {
		return "since " + from.Format("2006-01-02 15:04 MST")
	}
	return from.Format("2006-01-02 15:04") + " to " + to.Format(until(from, to)+" MST")
}

func (t *page) deliveries(r *pipeline.StatusReport) {
	t.title("Deliveries")
	if len(r.Deliveries) == 0 {
		t.line(2, "none")
		return
	}
	var rows [][]string
	for _, d := range r.Deliveries {
		state, note := spaced(d.State), ""
		if d.State == pipeline.StateLogged {
			state, note = "attempts", "by the Python program only"
		}
		if !d.Oldest.IsZero() {
			note = "oldest " + t.ago(d.Oldest)
		}
		if !d.NextAttempt.IsZero() && d.NextAttempt.After(t.now) {
			note += ", next attempt " + t.ago(d.NextAttempt)
		}
		rows = append(rows, []string{d.Destination, state, fmt.Sprint(d.Count), note})
	}
	t.table(rows, 2)
	for _, d := range r.Deliveries {
		if d.Error != "" {
			t.line(2, "%s said last, of %s: %s", d.Destination, d.Session, d.Error)
		}
	}
}

// spaced writes a word of the database for people.
func spaced(word string) string { return strings.ReplaceAll(word, "_", " ") }

func (t *page) overlaps(r *pipeline.StatusReport) {
	if r.Overlaps.Total == 0 {
		return
	}
	t.title("Sessions of one instrument at the same time")
	for _, o := range r.Overlaps.Items[:min(told, len(r.Overlaps.Items))] {
		t.line(2, "%s and %s on %s, %s", o.Sessions[0], o.Sessions[1], o.Instrument, times(o.From, o.To))
	}
	t.more(2, r.Overlaps.Total)
}

func (t *page) instrument(in pipeline.InstrumentStatus) {
	t.title("Files of " + in.Instrument)
	if in.Error != "" {
		t.line(2, "%s", in.Error)
		return
	}
	t.line(2, "%s in %s", count(in.Files, "file", "files"), in.Folder)
	if n := in.Late.Total; n > 0 {
		t.line(2, "%s with late files:", count(n, "session", "sessions"))
		for _, use := range in.Late.Items[:min(told, len(in.Late.Items))] {
			t.line(4, "%s, %s", use.Session, times(use.From, use.To))
			for _, f := range use.Files.Items[:min(3, len(use.Files.Items))] {
				t.line(6, "%s (%s)", f.Path, f.Change)
			}
			if more := use.Files.Total - 3; more > 0 {
				t.line(6, "and %d more", more)
			}
		}
		t.more(4, n)
	}
	if n := in.Unknown.Total; n > 0 {
		t.line(2, "Of %s nothing tells which files are in the record, for example %s.", count(n, "session", "sessions"), in.Unknown.Items[0])
	}
	t.strays(in)
}

// strays tells of files in no session, folder by folder.
func (t *page) strays(in pipeline.InstrumentStatus) {
	if in.Outside.Total == 0 {
		return
	}
	type folder struct {
		name        string
		files       int
		first, last time.Time
	}
	var folders []*folder
	byName := map[string]*folder{}
	for _, f := range in.Outside.Items {
		name := path.Dir(f.Path)
		at := byName[name]
		if at == nil {
			at = &folder{name: name, first: f.ModTime}
			byName[name] = at
			folders = append(folders, at)
		}
		at.files++
		at.last = f.ModTime
	}
	t.line(2, "%s in no session, up to %s:", count(in.Outside.Total, "file", "files"), t.moment(in.Until))
	for _, f := range folders[:min(told, len(folders))] {
		t.line(4, "%s: %s, %s", f.name, count(f.files, "file", "files"), times(f.first, f.last))
	}
	if more := len(folders) - told; more > 0 {
		t.line(4, "and %s more; --json lists all files", count(more, "folder", "folders"))
	}
}
