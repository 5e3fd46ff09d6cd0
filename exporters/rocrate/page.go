package rocrate

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

//go:embed templates
var templates embed.FS

// longestTable is the number of rows of a table in the text of a record.
const longestTable = 500

// view is what the templates are filled with. Everything in it is text; links are http
// and https only, or files of the crate.
type view struct {
	Version    string
	Number     int // of the crate's version
	Title      string
	Motivation []string
	Header     []item
	Samples    []item
	Links      []item
	Activities []activityView
	Previews   []item
	Inside     []item
}

// item is a line of a list or table.
type item struct{ Name, Type, Text, Link, Size string }

type activityView struct {
	Number         int
	Start          string
	Parameters     []item
	MoreParameters int
	Files          []item
	MoreFiles      int
}

// pages are the templates of what people read.
type pages struct{ set *template.Template }

func newPages() (pages, error) {
	set, err := template.ParseFS(templates, "templates/*.html")
	return pages{set}, err
}

// render fills a template.
func (p pages) render(name string, v view) (string, error) {
	var b bytes.Buffer
	if err := p.set.ExecuteTemplate(&b, name, v); err != nil {
		return "", nexuslims.E(nexuslims.Internal, "render", name, err)
	}
	return strings.TrimSpace(b.String()), nil
}

// viewOf shows a record.
func viewOf(job *exporters.Job, f facts, files *inventory, base *url.URL) view {
	r := job.Record
	v := view{Version: nexuslims.Version, Title: f.title, Header: headerOf(job, f), Links: linksOf(job.Previous)}
	if motivation := strings.TrimSpace(clean(r.Motivation)); motivation != "" {
		v.Motivation = strings.Split(motivation, "\n")
	}
	for i, s := range r.Samples {
		about := []string{oneLine(s.Description), strings.Join(s.Elements, ", ")}
		about = slices.DeleteFunc(about, func(s string) bool { return s == "" })
		v.Samples = append(v.Samples, item{
			Name: strings.Join(about, "; "), Text: cmp.Or(oneLine(s.Name), fmt.Sprintf("Sample %d", i+1)), Link: webLink(s.Ref),
		})
	}
	for i := range r.Activities {
		v.Activities = append(v.Activities, activityOf(r, i, files, base))
	}
	for _, p := range files.parts {
		v.Inside = append(v.Inside, item{Name: p.name, Text: p.describe(), Link: p.path(), Size: fmt.Sprint(p.size)})
		if p.media == mediaPNG && !p.data {
			v.Previews = append(v.Previews, item{Text: strings.TrimPrefix(p.about, "Preview of "), Link: p.path()})
		}
	}
	return v
}

func headerOf(job *exporters.Job, f facts) []item {
	r := job.Record
	instrument := oneLine(r.InstrumentName)
	if pid := oneLine(r.InstrumentPID); pid != "" && pid != instrument {
		instrument = strings.TrimSpace(instrument + " (" + pid + ")")
	}
	rows := []item{
		{Name: "Instrument", Text: instrument},
		{Name: "Experimenter", Text: oneLine(r.Experimenter)},
		{Name: "Collaborators", Text: oneLine(strings.Join(r.Collaborators, ", "))},
		{Name: "Start", Text: stamp(f.start)},
		{Name: "End", Text: stamp(f.end)},
		{Name: "Session", Text: oneLine(job.Session.ID), Link: webLink(r.Ref)},
	}
	for _, p := range r.Projects {
		rows = append(rows, item{Name: "Project", Text: projectName(p), Link: webLink(p.Ref)})
	}
	return slices.DeleteFunc(rows, func(i item) bool { return i.Text == "" })
}

// linksOf lists the destinations that have a page of the record, by name.
func linksOf(previous map[string]exporters.Receipt) []item {
	var out []item
	for _, name := range slices.Sorted(maps.Keys(previous)) {
		if link := webLink(previous[name].URL); link != "" {
			out = append(out, item{Text: name, Link: link})
		}
	}
	return out
}

func activityOf(r nexuslims.Record, i int, files *inventory, base *url.URL) activityView {
	a := r.Activities[i]
	v := activityView{Number: i + 1, Start: stamp(a.Start)}
	for _, p := range a.Setup[:min(len(a.Setup), longestTable)] {
		v.Parameters = append(v.Parameters, item{Name: oneLine(p.Name), Text: strings.TrimSpace(oneLine(p.Text + " " + p.Unit))})
	}
	v.MoreParameters = len(a.Setup) - len(v.Parameters)
	for j, d := range a.Datasets[:min(len(a.Datasets), longestTable)] {
		row := item{Name: oneLine(cmp.Or(d.Name, path.Base(d.Location))), Type: string(d.Type), Text: oneLine(d.Location)}
		if f := files.members[i][j].data; base != nil {
			row.Link = address(base, f.location)
		}
		v.Files = append(v.Files, row)
	}
	v.MoreFiles = len(a.Datasets) - len(v.Files)
	return v
}

// address returns the address of a file below a public base.
func address(base *url.URL, location string) string {
	return strings.TrimRight(base.String(), "/") + "/" + escapePath(strings.TrimPrefix(location, "/"))
}
