package rocrate

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// facts are what is true of a whole crate. They follow from the record alone, never from
// a clock: the same record gives the same crate.
type facts struct {
	title      string
	start, end time.Time
	made       time.Time // in UTC
	page       string    // of the record, or of its event; empty without
	text       string    // the record as HTML
	datasets   int
}

const dateName = "NexusLIMS Extraction – Date"

func factsOf(job *exporters.Job) facts {
	r := job.Record
	f := facts{title: titleOf(job), start: beginning(job), end: r.End, page: webLink(job.Previous["cdcs"].URL)}
	if f.end.IsZero() {
		f.end = job.Session.To
	}
	if f.page == "" {
		f.page = webLink(r.Ref)
	}
	for _, a := range r.Activities {
		f.datasets += len(a.Datasets)
		f.made = later(f.made, dated(a.Setup))
		for _, d := range a.Datasets {
			f.made = later(f.made, dated(d.Meta))
		}
	}
	for _, other := range []time.Time{f.end, f.start, time.Unix(0, 0)} {
		if f.made.IsZero() {
			f.made = other
		}
	}
	f.made = f.made.UTC()
	return f
}

func titleOf(job *exporters.Job) string {
	if title := oneLine(job.Record.Title); title != "" {
		return title
	}
	if name := oneLine(job.Name); name != "" {
		return name
	}
	return "Untitled record"
}

// beginning returns when a visit began: by its reservation, else its first activity, else
// its session.
func beginning(job *exporters.Job) time.Time {
	if !job.Record.Start.IsZero() {
		return job.Record.Start
	}
	if a := job.Record.Activities; len(a) > 0 && !a[0].Start.IsZero() {
		return a[0].Start
	}
	return job.Session.From
}

// dated returns when metadata was extracted; older records have a blank for the dash.
func dated(params []nexuslims.Param) time.Time {
	for _, p := range params {
		if p.Name == dateName || p.Name == "NexusLIMS Extraction Date" {
			t, _ := time.Parse(time.RFC3339, p.Text)
			return t
		}
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// period is start and end as one text (ISO 8601).
func (f facts) period() string {
	if f.start.IsZero() || f.end.IsZero() {
		return stamp(f.start)
	}
	return stamp(f.start) + "/" + stamp(f.end)
}

// sentence describes a record without a word of its user: notebooks show it as HTML.
func (f facts) sentence(r nexuslims.Record) string {
	return fmt.Sprintf("NexusLIMS record of a microscope session: %s, %s.",
		counted(len(r.Activities), "activity", "activities"), counted(f.datasets, "data set", "data sets"))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// keywords lists instrument, projects, data types and elements.
func (f facts) keywords(r nexuslims.Record) string {
	const most = 50
	words := []string{r.InstrumentPID}
	for _, p := range r.Projects {
		words = append(words, projectName(p))
	}
	for _, a := range r.Activities {
		words = append(words, valueOf(a.Setup, "Data Type"))
		for _, d := range a.Datasets {
			words = append(words, valueOf(d.Meta, "Data Type"))
		}
	}
	for _, s := range r.Samples {
		words = append(words, s.Elements...)
	}
	var kept []string
	seen := map[string]bool{"": true}
	for _, w := range words {
		w = strings.ReplaceAll(oneLine(w), ",", ";")
		if !seen[w] && len(kept) < most {
			seen[w] = true
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, ",")
}

func valueOf(params []nexuslims.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}
