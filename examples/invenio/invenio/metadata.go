package invenio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const description = `<p>Session at {{.Record.InstrumentName}} ({{.Instrument.PID}})` +
	`{{if .Record.Experimenter}} by {{.Record.Experimenter}}{{end}}, {{.Session.From.Format "2006-01-02 15:04"}} to ` +
	`{{.Session.To.Format "2006-01-02 15:04"}}.</p>{{if .Record.Motivation}}<p>{{.Record.Motivation}}</p>{{end}}` +
	`{{if .Record.Samples}}<ul>{{range .Record.Samples}}<li>{{.Name}}{{if .Description}}: {{.Description}}{{end}}</li>{{end}}</ul>{{end}}`

const shortestTitle = 3 // characters that InvenioRDM wants

// describe makes the description of a record. The template says which markup there is;
// whatever people wrote is text in it.
func (c Config) describe(job *exporters.Job) (map[string]any, error) {
	page, err := template.New("description").Parse(description)
	var html bytes.Buffer
	if err == nil {
		err = page.Execute(&html, job)
	}
	if err != nil {
		return nil, nexuslims.E(nexuslims.Internal, "describe record", job.Name, err)
	}
	title := strings.TrimSpace(job.Record.Title)
	if len(title) < shortestTitle {
		title = job.Name
	}
	m := map[string]any{
		"resource_type": map[string]any{"id": "dataset"}, "title": title, "description": html.String(),
		"publication_date": job.Session.From.Format("2006-01-02"), "creators": []any{c.creator(job)},
		"identifiers": []any{map[string]any{"identifier": job.Session.ID, "scheme": "other"}},
	}
	if c.Publisher != "" {
		m["publisher"] = c.Publisher
	}
	if c.License != "" {
		m["rights"] = []any{map[string]any{"id": c.License}}
	}
	if links := linksOf(job.Previous); len(links) > 0 {
		m["related_identifiers"] = links
	}
	if subjects := subjectsOf(job.Record); len(subjects) > 0 {
		m["subjects"] = subjects
	}
	return plain(m), nil
}

// creator splits "Ned Land (ned)" into its parts; a record without a person is the
// instrument's.
func (c Config) creator(job *exporters.Job) map[string]any {
	name, _, _ := strings.Cut(cmp.Or(job.Record.Experimenter, job.Session.User), " (")
	words := strings.Fields(name)
	if len(words) == 0 {
		name := cmp.Or(job.Record.InstrumentName, job.Instrument.PID)
		return map[string]any{"person_or_org": map[string]any{"type": "organizational", "name": name}}
	}
	person := map[string]any{"type": "personal", "family_name": words[len(words)-1]}
	if len(words) > 1 {
		person["given_name"] = strings.Join(words[:len(words)-1], " ")
	}
	creator := map[string]any{"person_or_org": person}
	if c.Affiliation != "" {
		creator["affiliations"] = []any{map[string]any{"name": c.Affiliation}}
	}
	return creator
}

// linksOf returns the record's pages at other destinations, as far as they are web pages.
func linksOf(previous map[string]exporters.Receipt) (links []any) {
	for _, name := range slices.Sorted(maps.Keys(previous)) {
		u, err := url.Parse(previous[name].URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		links = append(links, map[string]any{
			"identifier": u.String(), "scheme": "url", "relation_type": map[string]any{"id": "isderivedfrom"},
		})
	}
	return links
}

func subjectsOf(r nexuslims.Record) (subjects []any) {
	for _, p := range r.Projects {
		if p.Name != "" {
			subjects = append(subjects, map[string]any{"subject": p.Name})
		}
	}
	return subjects
}

// merge brings the fields of a description up to date. A field is replaced while it is as
// it was after the last delivery; of the others it says that they were kept.
func merge(stored, last, next map[string]any) (merged map[string]any, kept []string) {
	merged = maps.Clone(stored)
	if merged == nil {
		merged = map[string]any{}
	}
	for _, field := range slices.Sorted(maps.Keys(next)) {
		switch now := stored[field]; {
		case covers(now, next[field]):
		case now == nil && field == "publication_date", // the next version begins without one
			reflect.DeepEqual(now, last[field]):
			merged[field] = next[field]
		default:
			kept = append(kept, field+" was edited there and is kept")
		}
	}
	return merged, kept
}

// covers reports whether a value of the repository says all that ours says. It adds to what
// it is given: titles of types, full names.
func covers(theirs, ours any) bool {
	switch o := ours.(type) {
	case map[string]any:
		t, ok := theirs.(map[string]any)
		for k, v := range o {
			ok = ok && covers(t[k], v)
		}
		return ok
	case []any:
		t, ok := theirs.([]any)
		ok = ok && len(t) == len(o)
		for i := range o {
			ok = ok && covers(t[i], o[i])
		}
		return ok
	}
	return reflect.DeepEqual(theirs, ours)
}

// plain returns a value as it comes out of JSON.
func plain(v any) map[string]any {
	b, err := json.Marshal(v)
	var m map[string]any
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return nil
	}
	return m
}
