package cmd

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// told is how many entries of a list are told to a person.
const told = 10

// statusText tells a person how the site stands: what needs a hand first.
func statusText(r *pipeline.StatusReport, byInstrument bool) string {
	t := &page{now: r.Time}
	t.line(0, "Status on %s; files and settled sessions since %s.", t.moment(r.Time), r.Since.Format(time.DateOnly))
	t.concerns(r)
	t.runs(r)
	t.sources(r)
	t.sessions(r, byInstrument)
	t.waiting(r)
	t.deliveries(r)
	t.overlaps(r)
	for _, in := range r.Files {
		t.instrument(in)
	}
	return t.b.String()
}

// page is a text of 80 columns in the making.
type page struct {
	b   strings.Builder
	now time.Time
}

const pageWidth = 80

// line writes a paragraph, broken between words.
func (t *page) line(indent int, format string, args ...any) {
	margin := strings.Repeat(" ", indent)
	width, column := pageWidth-indent, 0
	t.b.WriteString(margin)
	for i, word := range strings.Fields(fmt.Sprintf(format, args...)) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > width:
			t.b.WriteString("\n" + margin)
			column = 0
		default:
			t.b.WriteByte(' ')
			column++
		}
		t.b.WriteString(word)
		column += n
	}
	t.b.WriteByte('\n')
}

// title begins a section.
func (t *page) title(text string) { t.b.WriteString("\n" + text + "\n") }

// table writes aligned rows.
func (t *page) table(rows [][]string, right int) {
	for line := range strings.Lines(columns(rows, right)) {
		t.b.WriteString("  " + line)
	}
}

// more says that a list goes on.
func (t *page) more(indent, total int) {
	if total > told {
		t.line(indent, "and %d more; --json lists them", total-told)
	}
}

// moment writes an instant in the zone of the machine.
func (t *page) moment(at time.Time) string {
	return at.In(t.now.Location()).Format("2006-01-02 15:04 MST")
}

// ago writes how long ago an instant was.
func (t *page) ago(at time.Time) string {
	d := t.now.Sub(at)
	if d < 0 {
		return "in " + roughly(-d)
	}
	return roughly(d) + " ago"
}

func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

// titles are the headings of concerns, in the order of their appearance.
func titles() [][2]string {
	return [][2]string{
		{pipeline.ConcernRun, "Runs"},
		{pipeline.ConcernCheck, "Found by the last run"},
		{pipeline.ConcernSource, "Sources of usage events"},
		{pipeline.ConcernStore, "Instrument folders that cannot be read"},
		{pipeline.ConcernRows, "Rows that make no session"},
		{pipeline.ConcernFault, "Sessions that wait for a fault to go"},
		{pipeline.ConcernStuck, "Left lying"},
		{pipeline.ConcernFailed, "Sessions whose record could not be built"},
		{pipeline.ConcernNotExported, "Records that are not exported for over a day"},
		{pipeline.ConcernGivenUp, "Deliveries that were given up"},
		{pipeline.ConcernChanged, "Usage events that were edited too late"},
		{pipeline.ConcernLate, "Late files"},
		{pipeline.ConcernShared, "Files in two records"},
		{pipeline.ConcernFuture, "Files in the future"},
		{pipeline.ConcernSkew, "Clocks and zones"},
	}
}

func (t *page) concerns(r *pipeline.StatusReport) {
	if r.Concerns.Total == 0 {
		t.line(0, "Nothing needs a hand.")
		return
	}
	t.line(0, "%s a hand.", needs(r.Concerns.Total))
	byKind := map[string][]pipeline.Concern{}
	for _, c := range r.Concerns.Items {
		byKind[c.Kind] = append(byKind[c.Kind], c)
	}
	for _, title := range titles() {
		list := byKind[title[0]]
		if len(list) == 0 {
			continue
		}
		t.title(title[1])
		for _, c := range list[:min(told, len(list))] {
			t.concern(c)
		}
		t.more(2, len(list))
	}
	if unlisted := r.Concerns.Total - len(r.Concerns.Items); unlisted > 0 {
		t.line(0, "%d more are not listed at all.", unlisted)
	}
}

func needs(n int) string {
	if n == 1 {
		return "One thing needs"
	}
	return fmt.Sprintf("%d things need", n)
}

func (t *page) concern(c pipeline.Concern) {
	subject := c.Session
	switch {
	case subject == "":
		subject = c.Instrument
	case c.Instrument != "":
		subject += " on " + c.Instrument
	}
	indent := 2
	if subject != "" {
		t.line(indent, "%s", subject)
		indent += 2
	}
	t.line(indent, "%s", c.Text)
	if strings.HasPrefix(c.Advice, "nexuslims ") {
		t.b.WriteString(strings.Repeat(" ", indent) + "> " + c.Advice + "\n") // a command stays in one line
		return
	}
	t.line(indent, "> %s", c.Advice)
}

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
		if c.Dead {
			t.line(2, "%s was being built when its run was killed, %s; the next run goes on with it.", c.Session, t.ago(c.Beat))
		} else {
			t.line(2, "%s is being built.", c.Session)
		}
	}
	t.more(2, len(r.Claims))
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
		return "finished, not all went well"
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
		reason := w.Reason
		if w.Fault != "" {
			reason = w.Fault
		}
		if !w.Until.IsZero() && !strings.Contains(reason, "waiting until") {
			reason += "; waiting until " + w.Until.Format("2006-01-02 15:04 MST")
		}
		t.line(4, "%s", reason)
	}
	t.more(2, r.Waiting.Total)
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
		state, note := strings.ReplaceAll(d.State, "_", " "), ""
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
