package folder

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// page is what the template of a record's page is filled with.
type page struct {
	Version    string
	Title      string
	FileName   string // under which a browser saves the record
	Record     nexuslims.Record
	Name       string // of the instrument
	Hue        int    // colour of the instrument
	Place      string
	Person     string
	Date       string // of the visit
	Times      string // of the reservation
	Ref        string // page at the scheduler
	PIDLink    string
	Elsewhere  []elsewhere
	Samples    []sampleView
	Projects   []projectView
	Cover      string
	Folder     string // of the data files, common to all
	Counts     []count
	Datasets   int
	Warnings   int
	Activities []activityView
}

// elsewhere is a link to the same record at another destination.
type elsewhere struct{ Name, Link string }

// count is how many datasets are of a type.
type count struct {
	Type  string
	Label string
	Count int
}

type sampleView struct {
	nexuslims.Sample
	Number int
	Link   string
}

type projectView struct {
	nexuslims.Project
	Link string
}

// record returns the page of a record.
func (ps pages) record(job *exporters.Job, doc document, files copies) ([]byte, error) {
	r := job.Record
	p := page{
		Version: ps.version, Title: titleOf(r), FileName: doc.Folder, Record: r,
		Name: instrumentOf(r), Hue: hueOf(r.InstrumentPID), Place: job.Instrument.Location, Person: personOf(r),
		Ref: webLink(r.Ref), PIDLink: webLink(r.PID), Elsewhere: elsewhereOf(job.Previous), Cover: doc.Entry.Cover,
	}
	if at := beginning(job); !at.IsZero() {
		p.Date = at.Format("Monday, 2 January 2006")
	}
	p.Times = timesOf(r.Start, r.End)
	for i, s := range r.Samples {
		p.Samples = append(p.Samples, sampleView{s, i + 1, webLink(s.Ref)})
	}
	for _, x := range r.Projects {
		p.Projects = append(p.Projects, projectView{x, webLink(x.Ref)})
	}
	for i, a := range r.Activities {
		view := activityOf(i, a, r.Samples, files)
		p.Warnings += view.Warnings
		p.Datasets += len(a.Datasets)
		p.Activities = append(p.Activities, view)
	}
	p.Counts, p.Folder = countsOf(r), commonFolder(r)
	return ps.render("record.html", p)
}

// elsewhereOf lists the destinations that have a page of the record, by name.
func elsewhereOf(previous map[string]exporters.Receipt) []elsewhere {
	var out []elsewhere
	for _, name := range slices.Sorted(maps.Keys(previous)) {
		if link := webLink(previous[name].URL); link != "" {
			out = append(out, elsewhere{name, link})
		}
	}
	return out
}

// hueOf gives an instrument one of twelve colours, the same on every page.
func hueOf(pid string) int {
	n := 0
	for _, c := range []byte(pid) {
		n = (n*31 + int(c)) % 65521
	}
	return n % 12
}

// timesOf returns a span of time for people: "13 Nov 2018, 10:00 – 15:00 (UTC−07:00)".
func timesOf(start, end time.Time) string {
	if start.IsZero() {
		return ""
	}
	const day = "2 Jan 2006, "
	from := start.Format(day + "15:04")
	// A minus sign and a fixed blank keep the zone on one line.
	zone := " (UTC" + strings.Replace(start.Format("-07:00"), "-", "−", 1) + ")"
	switch {
	case end.IsZero():
		return from + zone
	case start.Format(day) == end.Format(day):
		return from + " – " + end.Format("15:04") + zone
	}
	return from + " – " + end.Format(day+"15:04") + zone
}

func countsOf(r nexuslims.Record) []count {
	found := make(map[nexuslims.DatasetType]int)
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			found[d.Type]++
		}
	}
	var out []count
	for _, t := range slices.Sorted(maps.Keys(found)) {
		out = append(out, count{typeClass(t), countLabel(t, found[t]), found[t]})
	}
	return out
}

// typeLabel returns a dataset type in words.
func typeLabel(t nexuslims.DatasetType) string {
	if t == nexuslims.SpectrumImage {
		return "Spectrum image"
	}
	return string(t)
}

// countLabel returns a dataset type in words for a number of them.
func countLabel(t nexuslims.DatasetType, n int) string {
	switch {
	case n == 1 || t == nexuslims.Misc || t == nexuslims.UnknownType || !t.Valid():
		return typeLabel(t)
	case t == nexuslims.Spectrum:
		return "Spectra"
	case t == nexuslims.Diffraction:
		return "Diffractions"
	}
	return typeLabel(t) + "s"
}

// typeClass returns the class of a dataset type in the style.
func typeClass(t nexuslims.DatasetType) string {
	if !t.Valid() {
		t = nexuslims.UnknownType
	}
	return strings.ToLower(string(t))
}

// sampleNumber returns the place of a sample in its list, "" when it is not there.
func sampleNumber(id string, samples []nexuslims.Sample) string {
	for i, s := range samples {
		if id != "" && s.ID == id {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

// commonFolder returns the innermost folder that holds all data files, "" without one.
func commonFolder(r nexuslims.Record) string {
	var common []string
	first := true
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			parts := strings.Split(path.Dir(d.Location), "/")
			if first {
				common, first = parts, false
				continue
			}
			n := 0
			for n < min(len(common), len(parts)) && common[n] == parts[n] {
				n++
			}
			common = common[:n]
		}
	}
	if folder := strings.Join(common, "/"); folder != "." {
		return folder
	}
	return ""
}
