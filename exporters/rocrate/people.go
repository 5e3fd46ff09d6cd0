package rocrate

import (
	"cmp"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// organise describes the facility, the maker of the software and the licence.
func (g *graph) organise() {
	f := g.site.Facility
	g.facility = g.free(cmp.Or(f.ROR, "#facility"))
	place := newEntity(g.facility, "Organization").called(cmp.Or(f.Name, "Microscopy facility"), "Runs the instrument").
		text("url", cmp.Or(f.URL, f.ROR))
	if f.Email != "" {
		id := g.free("mailto:" + f.Email)
		place.ref("contactPoint", id)
		contact := newEntity(id, "ContactPoint").called("Contact of the facility", "Answers questions about this record").
			text("email", f.Email).text("contactType", "customer service")
		g.organisations = append(g.organisations, place, contact)
	} else {
		g.organisations = append(g.organisations, place)
	}
	// Without areaServed, one importer treats titles as its own old archives had them.
	g.organisations = append(g.organisations, newEntity(idMaker, "Organization").
		called("NexusLIMS", "Makes the software").text("url", makerURL).text("areaServed", "Worldwide"))

	l := g.site.License
	g.license = g.free(cmp.Or(l.URL, "#license"))
	terms := newEntity(g.license, "CreativeWork").called("No licence stated", noLicense)
	if l != (license{}) {
		terms = newEntity(g.license, "CreativeWork").text("url", l.URL).
			called(cmp.Or(l.Name, l.URL, "Licence"), cmp.Or(l.Description, "Licence of the data"))
	}
	program := newEntity(idSoftware, "SoftwareApplication").called("NexusLIMS", "Builds records").
		text("url", idSoftware).text("version", nexuslims.Version)
	g.last = append(g.last, terms, program)
}

// name describes who took part.
func (g *graph) name() {
	r := g.job.Record
	who, login := experimenter(g.job)
	g.author = g.addPerson(who, login, "Experimenter")
	if user := g.job.Session.User; g.author != "" && login != "" && oneLine(user) != "" && user != login {
		g.operator = g.addPerson("", user, "Operator")
		g.contributors = append(g.contributors, g.operator)
	}
	for _, c := range r.Collaborators {
		if id := g.addPerson(splitName(c)); id != "" {
			g.contributors = append(g.contributors, id)
		}
	}
}

// experimenter returns name and login of the experimenter; what the record does not say,
// the session does.
func experimenter(job *exporters.Job) (who, login string) {
	who, login, _ = splitName(job.Record.Experimenter)
	if login == "" && who != "" {
		login = job.Session.User
	}
	return who, login
}

// splitName takes "Ada Quill (aquill)" apart.
func splitName(text string) (who, login, role string) {
	who = oneLine(text)
	if open := strings.LastIndex(who, " ("); open > 0 && strings.HasSuffix(who, ")") {
		who, login = who[:open], who[open+2:len(who)-1]
	}
	return who, login, "Collaborator"
}

// addPerson describes a person and returns the id; empty for nobody.
func (g *graph) addPerson(who, login, role string) string {
	known := g.site.People[login]
	if who == "" {
		who = oneLine(cmp.Or(strings.TrimSpace(known.Given+" "+known.Family), login))
	}
	if who == "" {
		return ""
	}
	id := cmp.Or(known.ORCID, "#person-"+cmp.Or(fragment(login), fragment(who), "unnamed"))
	for _, p := range g.people {
		if known.ORCID != "" && p.id() == id {
			return id
		}
	}
	given, family := known.Given, known.Family
	if words := strings.Fields(who); given == "" && family == "" && len(words) > 1 {
		given, family = strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	}
	id = g.free(id)
	g.people = append(g.people, newEntity(id, "Person").called(who, role).
		text("givenName", given).text("familyName", family).text("email", known.Email).
		text("identifier", cmp.Or(known.ORCID, oneLine(login))).ref("affiliation", g.facility))
	return id
}
