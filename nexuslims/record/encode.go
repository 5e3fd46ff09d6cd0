package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// experimental is the role of every dataset that a builder makes.
const experimental = "Experimental"

func datasetTypes() []string {
	return []string{"Image", "Spectrum", "SpectrumImage", "Diffraction", "Notes", "Misc", "Unknown"}
}

func datasetRoles() []string {
	return []string{experimental, "MasterCalibration", "UserCalibration", "Derived"}
}

// Encode returns the document of a record and warnings about what could not be written
// as it is: characters that XML cannot hold, unknown element symbols, dates outside the
// years 1 to 9999, addresses that are none.
//
// The form is fixed: UTF-8, indented by two spaces, empty elements closed in
// themselves, one newline at the end; equal records give equal bytes. A dataset
// without name or location and a parameter without name are Invalid errors.
func Encode(rec nexuslims.Record) ([]byte, []string, error) {
	root, warnings, err := tree(rec)
	if err != nil {
		return nil, nil, err
	}
	doc, more := writeDocument(root)
	return doc, append(warnings, more...), nil
}

func tree(rec nexuslims.Record) (*node, []string, error) {
	e := encoder{}
	root := e.experiment(rec)
	if e.fault != "" {
		return nil, nil, nexuslims.E(nexuslims.Invalid, "encode record", rec.SessionIdentifier, fmt.Errorf("%s", e.fault))
	}
	return root, e.warnings, nil
}

// encoder makes a tree of a record. It collects what a person should know.
type encoder struct {
	warnings []string
	fault    string // the first thing that cannot be written at all
}

func (e *encoder) warn(format string, args ...any) {
	e.warnings = append(e.warnings, fmt.Sprintf(format, args...))
}

func (e *encoder) fail(format string, args ...any) {
	if e.fault == "" {
		e.fault = fmt.Sprintf(format, args...)
	}
}

func (e *encoder) experiment(rec nexuslims.Record) *node {
	root := element("Experiment", "").setText("pid", rec.PID)
	root.addText("title", rec.Title)
	root.addText("id", rec.ID)
	root.add(e.summary(rec))
	for i, s := range rec.Samples {
		root.add(e.sample(s, i))
	}
	for _, p := range rec.Projects {
		root.add(e.project(p))
	}
	for i, a := range rec.Activities {
		root.add(e.activity(a, i))
	}
	return root
}

func (e *encoder) summary(rec nexuslims.Record) *node {
	s := element("summary", "")
	s.setText("ref", e.address(rec.Ref, "summary"))
	s.addText("experimenter", rec.Experimenter)
	for _, name := range rec.Collaborators {
		s.addText("collaborator", name)
	}
	if rec.InstrumentName != "" || rec.InstrumentPID != "" {
		s.add(element("instrument", rec.InstrumentName).setText("pid", rec.InstrumentPID))
	}
	e.addTime(s, "reservationStart", rec.Start)
	e.addTime(s, "reservationEnd", rec.End)
	s.addText("motivation", rec.Motivation)
	return s
}

func (e *encoder) address(ref, where string) string {
	if ref == "" {
		return ""
	}
	text, ok := encodeAddress(ref)
	if !ok {
		e.warn("%s: %q is no address, left out", where, ref)
		return ""
	}
	return text
}

func (e *encoder) addTime(n *node, name string, t time.Time) {
	if t.IsZero() {
		return
	}
	text, ok := stamp(t)
	if !ok {
		e.warn("%s/%s: the year %d has no place in a record", n.name, name, t.Year())
		return
	}
	n.add(element(name, text))
}

func (e *encoder) sample(s nexuslims.Sample, i int) *node {
	n := element("sample", "").setText("ref", s.Ref).setText("id", s.ID)
	n.addText("name", s.Name)
	n.addText("description", s.Description)
	kept, dropped := sortSymbols(s.Elements)
	if len(dropped) > 0 {
		e.warn("sample %d: unknown or repeated elements left out: %q", i+1, dropped)
	}
	if kept != nil {
		list := n.add(element("elements", ""))
		for _, symbol := range kept {
			list.add(element(symbol, ""))
		}
	}
	return n
}

func (e *encoder) project(p nexuslims.Project) *node {
	n := element("project", "")
	n.addText("name", p.Name)
	n.addText("division", p.Division)
	n.addText("group", p.Group)
	n.addText("project_id", p.ID)
	n.addText("ref", e.address(p.Ref, "project"))
	return n
}

func (e *encoder) activity(a nexuslims.Activity, i int) *node {
	n := element("acquisitionActivity", "").set("seqno", strconv.Itoa(i))
	e.addTime(n, "startTime", a.Start)
	n.addText("sampleID", a.SampleID)
	e.addParams(n.add(element("setup", "")), "param", a.Setup)
	for _, d := range a.Datasets {
		n.add(e.dataset(d))
	}
	return n
}

func (e *encoder) dataset(d nexuslims.Dataset) *node {
	if strings.Trim(d.Location, "/") == "" || d.Name == "" {
		e.fail("dataset %q at %q has no name or no location", d.Name, d.Location)
	}
	n := element("dataset", "")
	n.setText("type", e.oneOf(string(d.Type), datasetTypes(), string(nexuslims.UnknownType), d.Name))
	n.setText("role", e.oneOf(d.Role, datasetRoles(), experimental, d.Name))
	n.add(element("name", d.Name))
	n.add(element("location", encodePath(d.Location)))
	n.addText("format", d.Format)
	n.addText("description", d.Description)
	if d.Preview != "" {
		n.add(element("preview", encodePath(d.Preview)))
	}
	e.addParams(n, "meta", d.Meta)
	if c := d.Curation; c != nil && (c.Rating != nil || c.Featured != nil) {
		n.add(curation(*c))
	}
	return n
}

// oneOf returns value where the list has it, else the word that stands for the rest.
func (e *encoder) oneOf(value string, list []string, other, dataset string) string {
	if value == "" || slices.Contains(list, value) {
		return value
	}
	e.warn("dataset %s: %q is not one of %s, written as %s", dataset, value, strings.Join(list, ", "), other)
	return other
}

func (e *encoder) addParams(n *node, name string, params []nexuslims.Param) {
	for _, p := range params {
		if p.Name == "" {
			e.fail("a parameter with the value %q has no name", p.Text)
		}
		c := n.add(element(name, p.Text).set("name", p.Name))
		if p.Warning {
			c.set("warning", "true")
		}
		c.setText("unit", p.Unit)
	}
}

func curation(c nexuslims.Curation) *node {
	n := element("curation", "")
	if c.Rating != nil {
		n.add(element("rating", strconv.Itoa(*c.Rating)))
	}
	if c.Featured != nil {
		n.add(element("featured", strconv.FormatBool(*c.Featured)))
	}
	return n
}
