package rocrate

import (
	"cmp"
	"fmt"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// addFiles describes the files of the record, inside and outside.
func (g *graph) addFiles() {
	for _, p := range g.files.parts {
		g.inside = append(g.inside, newEntity(p.id(), "File").
			called(p.name, p.describe()).text("encodingFormat", p.media).sized(p.sum))
	}
	for i, f := range g.files.data {
		if f.state == included {
			g.dataIDs[f] = f.part.id()
			continue
		}
		id := g.free(fmt.Sprintf("#file-%d", i+1))
		g.dataIDs[f] = id
		e := newEntity(id, "File").called(oneLine(f.name), f.state.describe()).
			text("encodingFormat", f.media).text("localPath", f.location).time("dateModified", f.modified)
		if g.config.DataURL != nil {
			e.text("contentUrl", address(g.config.DataURL, f.location))
		}
		if f.state == outside || f.state == overfull {
			e.sized(f.sum)
		}
		g.outside = append(g.outside, e)
	}
}

// describe says what a file inside is, with its own name where that had to be changed.
func (p *part) describe() string {
	if p.name == p.original {
		return p.about
	}
	return p.about + "; its own name is " + oneLine(p.original)
}

// describe says where a data file is.
func (s state) describe() string {
	switch s {
	case missing:
		return "Not in this crate; it was missing when the crate was made"
	case unread:
		return "Not in this crate; it could not be read when the crate was made"
	case unsteady:
		return "Not in this crate; it changed while the crate was made"
	case overfull:
		return "Not in this crate; it is over the limit of its size"
	}
	return "Not in this crate"
}

// addActivity describes an activity, its data sets and the acquisition.
func (g *graph) addActivity(i int) {
	a := g.job.Record.Activities[i]
	n := i + 1
	var parts, results []string
	seen := map[string]bool{}
	first, last := a.Start, a.Start
	for j, d := range a.Datasets {
		parts = append(parts, g.addDataset(i, j, d))
		if id := g.dataIDs[g.files.members[i][j].data]; !seen[id] {
			seen[id] = true
			results = append(results, id)
		}
		if at := created(d, a.Setup); !at.IsZero() {
			last = later(last, at)
			if first.IsZero() || at.Before(first) {
				first = at
			}
		}
	}
	variables := g.addParameters(fmt.Sprintf("activity-%d", n), fmt.Sprintf("activity_%d.", n), a.Setup)
	g.variables = append(g.variables, variables...)
	activity := newEntity(g.free(fmt.Sprintf("#activity-%d", n)), "Dataset").
		called(fmt.Sprintf("Activity %d", n), "Data sets that were acquired close in time").
		ref("author", g.author).list("hasPart", parts).list("variableMeasured", variables)
	action := newEntity(g.free(fmt.Sprintf("#acquisition-%d", n)), "CreateAction").
		called(fmt.Sprintf("Acquisition %d", n), "Acquisition of the data sets of activity "+fmt.Sprint(n)).
		ref("agent", cmp.Or(g.author, g.facility)).ref("participant", g.operator).ref("instrument", g.instrument).
		refs("object", g.samplesOf(a)).refs("result", results).time("startTime", first).time("endTime", last)
	g.activities, g.actions = append(g.activities, activity), append(g.actions, action)
	g.activityIDs, g.acquired = append(g.activityIDs, activity.id()), append(g.acquired, action.id())
}

// samplesOf returns the sample of an activity, all samples where it names none.
func (g *graph) samplesOf(a nexuslims.Activity) []string {
	for i, s := range g.job.Record.Samples {
		if a.SampleID != "" && s.ID == a.SampleID {
			return g.samples[i : i+1]
		}
	}
	return g.samples
}

func (g *graph) addDataset(i, j int, d nexuslims.Dataset) string {
	m := g.files.members[i][j]
	id := g.free(fmt.Sprintf("#dataset-%d-%d", i+1, j+1))
	about := string(d.Type)
	if text := clean(d.Description); text != "" {
		about += ": " + text
	}
	parts := []string{g.dataIDs[m.data]}
	for _, p := range []*part{m.metadata, m.preview} {
		if p != nil {
			parts = append(parts, p.id())
		}
	}
	e := newEntity(id, "Dataset").
		called(cmp.Or(oneLine(d.Name), oneLine(m.data.name), "Data set"), cmp.Or(about, "Data set")).
		ref("author", g.author).time("dateCreated", created(d, g.job.Record.Activities[i].Setup)).list("hasPart", parts)
	if g.facts.datasets <= noDatasets {
		place := fmt.Sprintf("dataset-%d-%d", i+1, j+1)
		e.list("variableMeasured", g.addParameters(place, "", schemaParams(d.Meta)))
	}
	g.datasets = append(g.datasets, e)
	return id
}

// created returns when a dataset was made, by its metadata.
func created(d nexuslims.Dataset, setup []nexuslims.Param) time.Time {
	for _, params := range [][]nexuslims.Param{d.Meta, setup} {
		if t, err := time.Parse(time.RFC3339, valueOf(params, "Creation Time")); err == nil {
			return t
		}
	}
	return time.Time{}
}

// addBuilt describes how the record came about.
func (g *graph) addBuilt() {
	var objects, results []string
	for _, f := range g.files.data {
		objects = append(objects, g.dataIDs[f])
	}
	for _, p := range g.files.parts {
		if !p.data {
			results = append(results, p.id())
		}
	}
	g.actions = append(g.actions, newEntity(idBuilt, "CreateAction").
		called("Record built", "Record built from the files").ref("agent", g.facility).ref("instrument", idSoftware).
		refs("object", objects).refs("result", results).time("endTime", g.facts.made))
}
