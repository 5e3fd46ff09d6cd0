package rocrate

import (
	"fmt"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Names and ids that are the same in every crate.
const (
	metadataFile = "ro-crate-metadata.json"
	previewFile  = "ro-crate-preview.html"
	recordDir    = "record"

	idRoot     = "./"
	idRecord   = "./record/"
	idBuilt    = "#record-built"
	idMaker    = "#nexuslims"
	idSoftware = "https://github.com/nexuslims/nexuslims-go"

	context12  = "https://w3id.org/ro/crate/1.2/context"
	profile12  = "https://w3id.org/ro/crate/1.2"
	makerURL   = "https://github.com/nexuslims"
	noLicense  = "No licence has been granted. Ask the facility."
	version12  = "1.2"
	noDatasets = 2000 // above this number of datasets, their parameters are left to the metadata files
)

// graph puts a description together. Entities stand in it in a fixed order, whenever they
// are made.
type graph struct {
	job     *exporters.Job
	site    site
	config  Config
	files   *inventory
	facts   facts
	version int
	taken   map[string]bool

	head, inside, outside, datasets, activities, actions, parameters []entity
	people, things, organisations, last                              []entity

	author, operator string // ids; empty where nobody is known
	contributors     []string
	facility         string
	instrument       string
	license          string
	samples          []string
	mentioned        []string // projects and the event
	dataIDs          map[*dataFile]string
	acquired         []string
	activityIDs      []string
	variables        []string // parameters of the record
}

// describe returns the description of a crate.
func describe(g *graph) []byte {
	g.taken, g.dataIDs = map[string]bool{}, map[*dataFile]string{}
	for _, id := range []string{metadataFile, idRoot, idRecord, idBuilt, idMaker, idSoftware} {
		g.taken[id] = true
	}
	g.organise()
	g.name()
	g.addFiles()
	g.addSession()
	for i := range g.job.Record.Activities {
		g.addActivity(i)
	}
	g.addBuilt()
	g.addHead()
	return g.encode()
}

// encode returns the description as JSON.
func (g *graph) encode() []byte {
	var all nexuslims.List
	for _, section := range [][]entity{
		g.head, g.inside, g.outside, g.datasets, g.activities, g.actions, g.parameters, g.people, g.things,
		g.organisations, g.last,
	} {
		for _, e := range section {
			all = append(all, e.object())
		}
	}
	doc := nexuslims.NewObject(2)
	doc.Set("@context", nexuslims.Text(context12))
	doc.Set("@graph", all)
	return append(nexuslims.AppendJSON(nil, doc, "  "), '\n')
}

// free returns an id that no entity has yet, and takes it.
func (g *graph) free(id string) string {
	unique := id
	for i := 2; g.taken[unique]; i++ {
		unique = fmt.Sprintf("%s-%d", id, i)
	}
	g.taken[unique] = true
	return unique
}

// addHead describes the description, the crate and the record.
func (g *graph) addHead() {
	r, f := g.job.Record, g.facts
	descriptor := newEntity(metadataFile, "CreativeWork").
		ref("about", idRoot).ref("conformsTo", profile12).ref("sdPublisher", idMaker).
		text("version", version12).time("dateCreated", f.made)
	keywords := f.keywords(r)
	// What the crate is about says the user; without, we do.
	description := clean(r.Motivation)
	if description == "" {
		description = f.sentence(r)
	}
	mentions := append(append([]string{}, g.activityIDs...), g.acquired...)
	mentions = append(append(append(mentions, idBuilt), g.samples...), g.mentioned...)
	if len(g.acquired) == 0 {
		mentions = append(mentions, g.instrument) // nothing else points to it
	}
	root := newEntity(idRoot, "Dataset").called(f.title, description).
		ref("author", g.author).ref("publisher", g.facility).ref("license", g.license).
		text("identifier", g.job.Session.ID).text("keywords", keywords).text("version", fmt.Sprint(g.version)).
		text("datePublished", f.made.Format("2006-01-02")).time("dateCreated", f.start).
		text("temporalCoverage", f.period()).
		list("hasPart", []string{idRecord}).list("mentions", mentions)
	inside := make([]string, len(g.files.parts))
	for i, p := range g.files.parts {
		inside[i] = p.id()
	}
	record := newEntity(idRecord, "Dataset").called(f.title, f.sentence(r)).
		ref("author", g.author).refs("contributor", g.contributors).
		text("identifier", g.job.Session.ID).text("keywords", keywords).text("genre", "experiment").
		text("text", f.text).text("encodingFormat", "text/html").text("url", f.page).
		time("dateCreated", f.start).time("dateModified", f.made).time("temporal", f.start).
		list("hasPart", inside).list("variableMeasured", g.variables)
	g.head = []entity{descriptor, root, record}
}
