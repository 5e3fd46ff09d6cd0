package rocrate

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const physicalObject = "http://purl.org/dc/dcmitype/PhysicalObject"

// addSession describes instrument, samples, projects and the event, and the parameters of
// the session.
func (g *graph) addSession() {
	g.addInstrument()
	for i, s := range g.job.Record.Samples {
		g.addSample(i, s)
	}
	for _, p := range g.job.Record.Projects {
		g.addProject(p)
	}
	g.addEvent()
	r := g.job.Record
	var projects []string
	for _, p := range r.Projects {
		projects = append(projects, projectName(p))
	}
	keys := keyring{}
	for _, p := range []struct{ key, name, value string }{
		{"id", "Session ID", g.job.Session.ID},
		{"instrument", "Instrument", r.InstrumentName},
		{"instrument_id", "Instrument ID", r.InstrumentPID},
		{"experimenter", "Experimenter", r.Experimenter},
		{"motivation", "Motivation", r.Motivation},
		{"start", "Start", stamp(g.facts.start)},
		{"end", "End", stamp(g.facts.end)},
		{"project", "Project", strings.Join(projects, ", ")},
	} {
		if value := clean(p.value); value != "" {
			id := g.free("#pv-session-" + keys.take(p.key))
			g.parameters = append(g.parameters, newEntity(id, "PropertyValue").
				text("name", p.name).text("propertyID", "session."+p.key).text("value", value))
			g.variables = append(g.variables, id)
		}
	}
}

func (g *graph) addInstrument() {
	r := g.job.Record
	known := g.site.Instruments[r.InstrumentPID]
	g.instrument = g.free(cmp.Or(webLink(known.Identifier), "#instrument"))
	e := newEntity(g.instrument, "IndividualProduct").
		called(oneLine(cmp.Or(r.InstrumentName, r.InstrumentPID, "Instrument")), "Instrument of the session").
		text("identifier", cmp.Or(known.Identifier, r.InstrumentPID)).text("productID", r.InstrumentPID).
		text("serialNumber", known.Serial).text("model", known.Model).text("url", known.URL)
	if known.Manufacturer != "" {
		maker := g.free("#manufacturer")
		e.ref("manufacturer", maker)
		g.organisations = append(g.organisations, newEntity(maker, "Organization").
			called(known.Manufacturer, "Made the instrument"))
	}
	g.things = append(g.things, e)
}

func (g *graph) addSample(i int, s nexuslims.Sample) {
	id := g.free(fmt.Sprintf("#sample-%d", i+1))
	elements := make([]string, len(s.Elements))
	for j, symbol := range s.Elements {
		elements[j] = strings.ReplaceAll(oneLine(symbol), ",", ";")
	}
	g.things = append(g.things, newEntity(id, "Product").
		called(cmp.Or(oneLine(s.Name), fmt.Sprintf("Sample %d", i+1)), cmp.Or(clean(s.Description), "Sample of the session")).
		text("additionalType", physicalObject).text("identifier", cmp.Or(s.Ref, s.ID)).
		text("keywords", strings.Join(elements, ",")))
	g.samples = append(g.samples, id)
}

// projectName returns what a project is called, "" for one without any name.
func projectName(p nexuslims.Project) string { return cmp.Or(oneLine(p.Name), oneLine(p.ID)) }

func (g *graph) addProject(p nexuslims.Project) {
	if p == (nexuslims.Project{}) {
		return
	}
	id := g.free("#project")
	about := "Project of the session"
	for _, part := range []struct{ name, value string }{{"division", p.Division}, {"group", p.Group}} {
		if value := oneLine(part.value); value != "" {
			about += ", " + part.name + " " + value
		}
	}
	g.things = append(g.things, newEntity(id, "Project").called(cmp.Or(projectName(p), "Project"), about).
		text("identifier", p.ID).text("url", webLink(p.Ref)))
	g.mentioned = append(g.mentioned, id)
}

func (g *graph) addEvent() {
	r := g.job.Record
	id := g.free("#session")
	g.things = append(g.things, newEntity(id, "Event").called("Session", "Reservation or usage event of the instrument").
		text("identifier", r.ID).text("url", webLink(r.Ref)).
		time("startDate", g.facts.start).time("endDate", g.facts.end))
	g.mentioned = append(g.mentioned, id)
}
