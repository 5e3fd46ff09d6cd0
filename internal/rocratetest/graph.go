package rocratetest

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	idForm      = regexp.MustCompile(`^(#[A-Za-z0-9_-]+|https?://[^\s"<>]+|mailto:[^\s"<>]+@[^\s"<>]+)$`)
	dateForm    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	keyForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$`)
	keywordForm = regexp.MustCompile(`^[^,]+(,[^,]+)*$`)
)

// Properties with one text or one reference, by the schema of the ELN Consortium, and
// those that importers want as arrays.
var (
	oneText = []string{
		"identifier", "keywords", "encodingFormat", "genre", "version", "name", "url", "description", "text",
	}
	oneRef = []string{"author", "about", "conformsTo", "sdPublisher", "publisher", "license", "agent"}
	arrays = []string{"hasPart", "variableMeasured", "mentions"}
	// forbidden on what importers read, because one of them acts on each.
	forbidden = []string{
		"about", "comment", "mentions", "citation", "funder", "license", "step", "alternateName", "creativeWorkStatus",
	}
	instants = []string{"dateCreated", "dateModified", "startTime", "endTime", "startDate", "endDate", "temporal"}
	kinds    = []string{
		"CreativeWork", "Dataset", "File", "CreateAction", "PropertyValue", "Person", "IndividualProduct", "Product",
		"Project", "Event", "Organization", "ContactPoint", "SoftwareApplication",
	}
)

// checkGraph looks at all entities, then at those with a part of their own.
func (c *checker) checkGraph() {
	for _, e := range c.order {
		c.checkEntity(e)
	}
	c.checkDescriptor()
	c.checkRoot()
	c.checkRecord()
	c.checkFiles()
	c.checkVariables()
	for _, id := range c.sortedIDs() {
		c.rule(c.used[id] || id == metadataFile, "nothing points to %q", id)
	}
}

func (c *checker) checkEntity(e entity) {
	id := e.id()
	c.rule(id == metadataFile || id == idRoot || id == idRecord || e.inside() || idForm.MatchString(id), "the id %q is malformed", id)
	c.rule(slices.Contains(kinds, e.kind()), "%s is of the unknown type %q", id, e.kind())
	described := id == metadataFile || e.kind() == "PropertyValue"
	c.rule(id == metadataFile || e.text("name") != "", "%s has no name", id)
	c.rule(described || e.text("description") != "", "%s has no description", id)
	for name, v := range e {
		c.checkValue(id, name, v)
	}
	for _, name := range oneText {
		_, text := e[name].(string)
		c.rule(e[name] == nil || text, "%s of %s is not one text", name, id)
	}
	for _, name := range oneRef {
		_, ref := e[name].(map[string]any)
		c.rule(e[name] == nil || ref, "%s of %s is not one reference", name, id)
	}
	for _, name := range instants {
		if s := e.text(name); e[name] != nil {
			_, err := time.Parse(time.RFC3339, s)
			c.rule(err == nil, "%s of %s is %v, no instant with an offset", name, id, e[name])
		}
	}
	for _, name := range []string{"url", "contentUrl"} {
		c.rule(e[name] == nil || strings.HasPrefix(e.text(name), "http://") || strings.HasPrefix(e.text(name), "https://"),
			"%s of %s leads to %v", name, id, e[name])
	}
	c.checkKinds(e)
}

// checkValue looks at the form of a value: text, number, truth value, reference or a list
// of references; nothing is nested, nothing is empty.
func (c *checker) checkValue(id, name string, v any) {
	switch v := v.(type) {
	case string:
		c.rule(v != "", "%s of %s is empty", name, id)
		c.rule(strings.HasPrefix(name, "@") || !strings.ContainsFunc(v, control), "%s of %s holds controls", name, id)
	case nil:
		c.bad("%s of %s is null", name, id)
	case map[string]any:
		c.checkReference(id, name, v)
		c.rule(!slices.Contains(arrays, name), "%s of %s is no array", name, id)
	case []any:
		c.rule(len(v) > 0, "%s of %s is an empty array", name, id)
		c.rule(len(v) != 1 || slices.Contains(arrays, name), "%s of %s is an array of one", name, id)
		for _, x := range v {
			m, ok := x.(map[string]any)
			c.rule(ok, "%s of %s lists something else than references", name, id)
			c.checkReference(id, name, m)
		}
	}
}

func (c *checker) checkReference(id, name string, ref map[string]any) {
	to, ok := ref["@id"].(string)
	c.rule(ok && len(ref) == 1, "%s of %s is not a bare reference", name, id)
	_, there := c.graph[to]
	c.rule(there || name == "conformsTo", "%s of %s points to %q, which is not there", name, id, to)
	c.used[to] = true
}

// pointed lists what properties have to point to.
var pointed = map[string][]string{
	"author": {"Person"}, "contributor": {"Person"}, "participant": {"Person"}, "agent": {"Person", "Organization"},
	"affiliation": {"Organization"}, "publisher": {"Organization"}, "sdPublisher": {"Organization"},
	"manufacturer": {"Organization"}, "contactPoint": {"ContactPoint"}, "license": {"CreativeWork"},
	"variableMeasured": {"PropertyValue"}, "instrument": {"IndividualProduct", "SoftwareApplication"},
	"hasPart": {"Dataset", "File"}, "result": {"File"},
}

func (c *checker) checkKinds(e entity) {
	for name, want := range pointed {
		for _, id := range e.refs(name) {
			c.rule(c.graph[id] == nil || slices.Contains(want, c.graph[id].kind()), "%s of %s points to a %s", name, e.id(), c.graph[id].kind())
		}
	}
}

// inside reports whether an entity is a file of the crate.
func (e entity) inside() bool {
	name, ok := strings.CutPrefix(e.id(), idRecord)
	return ok && safeName.MatchString(name) && e.kind() == "File"
}

// checkDescriptor: RO-Crate 1.2, section "RO-Crate Metadata Descriptor".
func (c *checker) checkDescriptor() {
	e := c.graph[metadataFile]
	if e == nil {
		c.bad("there is no descriptor")
		return
	}
	c.rule(e.kind() == "CreativeWork", "the descriptor is a %s", e.kind())
	c.rule(slices.Equal(e.refs("about"), []string{idRoot}), "the descriptor is not about the root")
	c.rule(slices.Equal(e.refs("conformsTo"), []string{"https://w3id.org/ro/crate/1.2"}), "the descriptor conforms to something else")
	c.rule(e.text("version") == "1.2", "the descriptor has the version %v", e["version"])
	c.rule(len(e.refs("sdPublisher")) == 1, "the descriptor has no sdPublisher")
}

// checkRoot: RO-Crate 1.2, section "Root Data Entity".
func (c *checker) checkRoot() {
	e := c.graph[idRoot]
	if e == nil {
		c.bad("there is no root")
		return
	}
	c.rule(e.kind() == "Dataset", "the root is a %s", e.kind())
	c.rule(dateForm.MatchString(e.text("datePublished")), "the root was published %v", e["datePublished"])
	c.rule(len(e.refs("license")) == 1, "the root has no licence")
	c.rule(e.text("identifier") != "", "the root has no identifier")
	n, err := strconv.Atoi(e.text("version"))
	c.rule(err == nil && n > 0, "the root has the version %v", e["version"])
	c.rule(slices.Equal(e.refs("hasPart"), []string{idRecord}), "the root has other parts than the record")
}

// checkRecord looks at what becomes an entry of a notebook.
func (c *checker) checkRecord() {
	e := c.graph[idRecord]
	if e == nil {
		c.bad("there is no record")
		return
	}
	c.rule(e.kind() == "Dataset", "the record is a %s", e.kind())
	c.rule(e.text("genre") == "experiment", "the record is of the genre %v", e["genre"])
	c.rule(!strings.ContainsAny(e.text("description"), "<>&"), "the description of the record is markup")
	c.rule(e.text("encodingFormat") == "text/html", "the text of the record is %v", e["encodingFormat"])
	c.checkMarkup(e.text("text"))
	if k := e.text("keywords"); k != "" {
		c.rule(keywordForm.MatchString(k) && strings.Count(k, ",") < 50, "the keywords are %q", k)
	}
	for _, name := range forbidden {
		c.rule(e[name] == nil, "the record has a property %s", name)
	}
	for _, id := range e.refs("hasPart") {
		c.rule(c.graph[id].inside(), "the record has the part %q, which is no file of the crate", id)
	}
}

// checkFiles compares files with their entities, both ways.
func (c *checker) checkFiles() {
	parts := c.graph[idRecord].refs("hasPart")
	for _, e := range c.order {
		if e.kind() != "File" {
			continue
		}
		for _, name := range forbidden {
			c.rule(e[name] == nil, "file %s has a property %s", e.id(), name)
		}
		c.rule(strings.Contains(e.text("encodingFormat"), "/"), "file %s is of the format %v", e.id(), e["encodingFormat"])
		if !e.inside() {
			c.rule(strings.HasPrefix(e.id(), "#") && e.text("localPath") != "", "file %s is outside and has no localPath", e.id())
			continue
		}
		data, there := c.files[strings.TrimPrefix(e.id(), "./")]
		c.rule(there, "file %s is not in the crate", e.id())
		c.rule(e.text("contentSize") == strconv.Itoa(len(data)), "file %s has the size %d, not %v", e.id(), len(data), e["contentSize"])
		sum := sha256.Sum256(data)
		c.rule(e.text("sha256") == hex.EncodeToString(sum[:]), "file %s has another SHA-256", e.id())
		c.rule(slices.Contains(parts, e.id()), "file %s is no part of the record", e.id())
		c.rule(e.text("name") == strings.TrimPrefix(e.id(), idRecord), "file %s is called %v", e.id(), e["name"])
	}
	for _, name := range sortedNames(c.files) {
		if name != metadataFile && name != previewFile {
			c.rule(c.graph["./"+name] != nil, "file %q is not described", name)
		}
	}
}

// checkVariables: importers take dots for levels, and a level of numbers for a list.
func (c *checker) checkVariables() {
	for _, e := range c.order {
		seen := map[string]bool{}
		for _, id := range e.refs("variableMeasured") {
			p := c.graph[id]
			key := p.text("propertyID")
			c.rule(keyForm.MatchString(key), "parameter %s has the propertyID %v", id, p["propertyID"])
			c.rule(!seen[key], "the propertyID %q is there twice in %s", key, e.id())
			seen[key] = true
		}
		for key := range seen {
			level, _, nested := strings.Cut(key, ".")
			c.rule(!nested || !seen[level], "the propertyID %q is a level of %q in %s", level, key, e.id())
		}
		if e.kind() == "PropertyValue" {
			_, ref := e["value"].(map[string]any)
			_, list := e["value"].([]any)
			c.rule(e["value"] != nil && !ref && !list, "parameter %s has no value", e.id())
			c.rule(e["unitCode"] == nil || strings.HasPrefix(e.text("unitCode"), "http://qudt.org/vocab/unit/"),
				"parameter %s has the unit %v", e.id(), e["unitCode"])
		}
	}
}

var (
	tagForm  = regexp.MustCompile(`^</?(h1|h2|p|table|tr|th|td|ul|li|br)>$|^</a>$|^<a href="https?://[^"<>]*">$`)
	markupAt = regexp.MustCompile(`<[^>]*>?`)
)

// checkMarkup looks at the HTML of the record: a few elements, links to http and https,
// and nothing that a user wrote as markup.
func (c *checker) checkMarkup(text string) {
	c.rule(text != "", "the record has no text")
	for _, tag := range markupAt.FindAllString(text, -1) {
		c.rule(tagForm.MatchString(tag), "the text of the record has the tag %q", tag)
	}
	open := map[string]int{}
	for _, tag := range markupAt.FindAllString(text, -1) {
		name := strings.Trim(strings.Fields(tag)[0], "</>")
		if strings.HasPrefix(tag, "</") {
			open[name]--
		} else if name != "br" {
			open[name]++
		}
	}
	for name, n := range open {
		c.rule(n == 0, "the text of the record leaves <%s> open", name)
	}
}
