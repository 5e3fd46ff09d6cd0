package cmd

import (
	"fmt"
	"strings"
	"time"

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
