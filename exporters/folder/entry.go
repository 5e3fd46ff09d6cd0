package folder

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// undated is the part of the index for records without any time.
const undated = "undated"

// entry is a record in the index, under short names because there are many.
type entry struct {
	Folder     string         `json:"f"`
	Title      string         `json:"t"`
	Start      string         `json:"s,omitempty"` // local time without offset: "2018-11-13T10:00"
	Instrument string         `json:"i"`
	PID        string         `json:"p,omitempty"`
	Person     string         `json:"u,omitempty"`
	Cover      string         `json:"c,omitempty"` // preview, relative to the record
	Text       string         `json:"m,omitempty"` // beginning of the motivation
	Types      map[string]int `json:"d,omitempty"` // datasets by type
	Activities int            `json:"a"`
	Formats    []string       `json:"x,omitempty"`
	Words      string         `json:"w,omitempty"` // further text to search in
}

// entryOf describes a record for the index.
func entryOf(job *exporters.Job, folder string, files copies) entry {
	r := job.Record
	e := entry{
		Folder: folder, Title: titleOf(r), Instrument: instrumentOf(r), PID: r.InstrumentPID, Person: personOf(r),
		Text: shorten(oneLine(r.Motivation), 240), Activities: len(r.Activities), Cover: coverOf(r, files),
		Words: shorten(wordsOf(r), 600),
	}
	if at := beginning(job); !at.IsZero() {
		e.Start = at.Format("2006-01-02T15:04")
	}
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			if e.Types == nil {
				e.Types = make(map[string]int)
			}
			e.Types[string(d.Type)]++
			if x := formatOf(d); x != "" && !slices.Contains(e.Formats, x) && len(e.Formats) < 12 {
				e.Formats = append(e.Formats, x)
			}
		}
	}
	return e
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

// monthOf returns the name of the part of the index for a time.
func monthOf(t time.Time) string {
	if t.IsZero() || t.Year() < 1000 || t.Year() > 9999 {
		return undated
	}
	return t.Format("2006-01")
}

// titleOf returns the title for people. The literal is what records without reservation
// carry; the front end shows it in the same way.
func titleOf(r nexuslims.Record) string {
	title := strings.TrimSpace(r.Title)
	if title == "" || title == "No matching calendar event found" {
		return "Untitled experiment"
	}
	return title
}

func instrumentOf(r nexuslims.Record) string {
	switch {
	case r.InstrumentName != "":
		return r.InstrumentName
	case r.InstrumentPID != "":
		return r.InstrumentPID
	}
	return "Unknown instrument"
}

func personOf(r nexuslims.Record) string { return strings.TrimSpace(r.Experimenter) }

// formatOf returns the short name of a dataset's format, else the ending of its file.
func formatOf(d nexuslims.Dataset) string {
	if d.Format != "" {
		return shorten(d.Format, 16)
	}
	return shorten(strings.ToUpper(strings.TrimPrefix(path.Ext(d.Location), ".")), 16)
}

// coverOf returns the preview that stands for a record: a featured one, else the best
// rated, else the first image, else the first of all.
func coverOf(r nexuslims.Record, files copies) string {
	cover, best := "", 0
	for i, a := range r.Activities {
		for j, d := range a.Datasets {
			if p := files.at(i, j).Preview; p != "" && merit(d) > best {
				cover, best = p, merit(d)
			}
		}
	}
	return cover
}

func merit(d nexuslims.Dataset) int {
	m := 1
	if d.Type == nexuslims.Image {
		m = 2
	}
	if d.Curation == nil {
		return m
	}
	if r := d.Curation.Rating; r != nil && *r > 0 {
		m += 2 * min(*r, 5)
	}
	if f := d.Curation.Featured; f != nil && *f {
		m += 100
	}
	return m
}

// wordsOf collects what people search for besides title, person, instrument and motivation.
func wordsOf(r nexuslims.Record) string {
	words := slices.Clone(r.Collaborators)
	words = append(words, r.ID)
	for _, s := range r.Samples {
		words = append(append(words, s.Name, s.Description), s.Elements...)
	}
	for _, p := range r.Projects {
		words = append(words, p.Name, p.ID, p.Division, p.Group)
	}
	for _, a := range r.Activities {
		words = append(words, contentsOf(a)...)
	}
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			words = append(words, path.Dir(d.Location), path.Base(d.Location))
		}
	}
	return oneLine(strings.Join(unique(words), " "))
}

func unique(words []string) []string {
	seen := make(map[string]bool, len(words))
	return slices.DeleteFunc(words, func(w string) bool {
		again := seen[w] || w == ""
		seen[w] = true
		return again
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// shorten cuts a text to at most n bytes, between runes.
func shorten(s string, n int) string {
	return nexuslims.CutText(strings.ToValidUTF8(s, "\uFFFD"), n, "…")
}
