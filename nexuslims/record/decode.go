package record

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Decode reads a record: our own, any version of the reference implementation's, and
// those that people edited in the front end. What it does not know is passed over, of
// repeated elements that a [nexuslims.Record] has once the first counts, paragraphs of
// a description are joined by line breaks. Notes are not part of the result.
//
// A document that is no XML, has a document type, text beside elements or malformed
// dates and numbers is Corrupt; another root element is Invalid; one above 256 MiB is
// Unsupported. External entities are never read.
func Decode(doc []byte) (nexuslims.Record, error) {
	root, err := parse(doc)
	if err != nil {
		return nexuslims.Record{}, err
	}
	d := decoder{}
	rec := d.experiment(root)
	if d.err != nil {
		return nexuslims.Record{}, nexuslims.E(nexuslims.Corrupt, "decode record", rec.ID, d.err)
	}
	return rec, nil
}

// decoder keeps the first fault.
type decoder struct{ err error }

func (d *decoder) fail(where string, err error) {
	if d.err == nil && err != nil {
		d.err = fmt.Errorf("%s: %w", where, err)
	}
}

func (d *decoder) experiment(root *node) nexuslims.Record {
	s := root.first("summary")
	if s == nil {
		d.fail("Experiment", fmt.Errorf("no summary"))
		s = &node{}
	}
	rec := nexuslims.Record{
		Title:         root.value("title"),
		ID:            root.value("id"),
		PID:           root.attr("pid"),
		Ref:           s.attr("ref"),
		Experimenter:  s.value("experimenter"),
		Collaborators: s.texts("collaborator"),
		Start:         d.time(s, "reservationStart"),
		End:           d.time(s, "reservationEnd"),
		Motivation:    s.value("motivation"),
	}
	if i := s.first("instrument"); i != nil {
		rec.InstrumentName, rec.InstrumentPID = trim(i.text), trim(i.attr("pid"))
	}
	for _, n := range root.all("sample") {
		rec.Samples = append(rec.Samples, sampleOf(n))
	}
	for _, n := range root.all("project") {
		rec.Projects = append(rec.Projects, nexuslims.Project{
			Name: n.value("name"), Division: n.value("division"), Group: n.value("group"),
			ID: n.value("project_id"), Ref: n.value("ref"),
		})
	}
	for _, n := range root.all("acquisitionActivity") {
		rec.Activities = append(rec.Activities, d.activity(n))
	}
	return rec
}

func (d *decoder) time(n *node, name string) time.Time {
	text := n.value(name)
	if text == "" {
		return time.Time{}
	}
	t, err := parseStamp(text)
	d.fail(name, err)
	return t
}

func sampleOf(n *node) nexuslims.Sample {
	s := nexuslims.Sample{
		ID: n.attr("id"), Ref: n.attr("ref"), Name: n.value("name"),
		Description: strings.Join(n.texts("description"), "\n"),
	}
	if list := n.first("elements"); list != nil {
		s.Elements = []string{}
		for _, e := range list.nodes {
			s.Elements = append(s.Elements, e.name)
		}
	}
	return s
}

func (d *decoder) activity(n *node) nexuslims.Activity {
	a := nexuslims.Activity{Start: d.time(n, "startTime"), SampleID: n.value("sampleID")}
	if setup := n.first("setup"); setup != nil {
		a.Setup = d.params(setup, "param")
	}
	for _, c := range n.all("dataset") {
		a.Datasets = append(a.Datasets, d.dataset(c))
	}
	return a
}

func (d *decoder) dataset(n *node) nexuslims.Dataset {
	set := nexuslims.Dataset{
		Type:        nexuslims.DatasetType(trim(n.attr("type"))),
		Role:        trim(n.attr("role")),
		Location:    decodePath(n.value("location")),
		Format:      n.value("format"),
		Preview:     decodePath(n.value("preview")),
		Description: strings.Join(n.texts("description"), "\n"),
		Meta:        d.params(n, "meta"),
	}
	if name := n.first("name"); name != nil {
		set.Name = name.text
	}
	set.Signal, set.Signals = signalOf(set.Name, set.Location)
	if c := n.first("curation"); c != nil {
		set.Curation = d.curation(c)
	}
	return set
}

// signalOf reads the index and the number of signals from the end of a name,
// "a.dm4 (2 of 4)". A file may really have such a name.
func signalOf(name, location string) (index, count int) {
	head, ok := strings.CutSuffix(name, ")")
	at := strings.LastIndex(head, " (")
	if !ok || at < 0 || name == writable(path.Base(location)) {
		return 0, 1
	}
	i, k, ok := strings.Cut(head[at+2:], " of ")
	n, err1 := strconv.Atoi(i)
	of, err2 := strconv.Atoi(k)
	if !ok || err1 != nil || err2 != nil || n < 1 || n > of {
		return 0, 1
	}
	return n - 1, of
}

func (d *decoder) params(n *node, name string) []nexuslims.Param {
	nodes := n.all(name)
	if len(nodes) == 0 {
		return nil
	}
	list := make([]nexuslims.Param, len(nodes))
	for i, c := range nodes {
		list[i] = nexuslims.Param{
			Name: c.attr("name"), Text: c.text, Unit: c.attr("unit"),
			Warning: d.bool(name+" warning", c.attr("warning")),
		}
	}
	return list
}

func (d *decoder) curation(n *node) *nexuslims.Curation {
	c := new(nexuslims.Curation)
	if text := n.value("rating"); text != "" {
		rating, err := strconv.Atoi(strings.TrimPrefix(text, "+"))
		d.fail("rating", err)
		c.Rating = &rating
	}
	if text := n.value("featured"); text != "" {
		featured := d.bool("featured", text)
		c.Featured = &featured
	}
	return c
}

// bool reads the forms of a boolean of XML Schema; absent is false.
func (d *decoder) bool(where, text string) bool {
	switch text := trim(text); text {
	case "true", "1":
		return true
	case "", "false", "0":
	default:
		d.fail(where, fmt.Errorf("%q is no boolean", text))
	}
	return false
}
