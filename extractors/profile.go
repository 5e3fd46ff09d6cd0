package extractors

import (
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Profile adapts the metadata of one instrument. It applies to every format.
type Profile interface {
	// Instrument is the PID of the instrument, exactly.
	Instrument() string
	// Steps are carried out in order after the extractor and before schema placement.
	// Each is guarded on its own: one that fails or panics changes nothing, is logged,
	// and the next goes on.
	Steps() []Step
}

// NewProfile returns a profile of the given steps.
func NewProfile(instrument string, steps ...Step) Profile { return profile{instrument, steps} }

type profile struct {
	instrument string
	steps      []Step
}

func (p profile) Instrument() string { return p.instrument }

func (p profile) Steps() []Step { return p.steps }

// Step is one change of a document by a pure function: it depends on nothing but its
// arguments and changes nothing but the document, a copy of which it works on.
type Step struct {
	Name  string
	Apply func(doc *Document, subject Subject) error
	// constant steps depend on nothing and apply to files that could not be read, too.
	constant bool
}

// Subject is what a step may know about the file.
type Subject struct {
	Name       string // base name
	Path       string // as it is known to the program, slash-separated
	Instrument nexuslims.Instrument
}

// ExtensionFields returns a step that sets constants in the extensions. The profile
// wins over a value of the file.
func ExtensionFields(fields *nexuslims.Object) Step {
	return Step{Name: "extension fields", constant: true, Apply: func(doc *Document, _ Subject) error {
		ext := doc.Meta.Ensure("extensions")
		for k, v := range fields.All() {
			doc.Meta.Delete(k)
			ext.Set(k, nexuslims.CloneValue(v))
		}
		return nil
	}}
}

// Warn returns a step that marks fields as possibly wrong where they exist. Each field
// is a path: {"EDS", "Live time"}.
func Warn(fields ...[]string) Step {
	return Step{Name: "warnings", Apply: func(doc *Document, _ Subject) error {
		for _, path := range fields {
			if doc.Meta.At(path...) != nil {
				doc.AddWarning(path...)
			}
		}
		return nil
	}}
}

// AddWarning marks the field at path as possibly wrong.
func (d Document) AddWarning(path ...string) {
	item := make(nexuslims.List, len(path))
	for i, p := range path {
		item[i] = nexuslims.Text(p)
	}
	list, _ := d.Meta.Get("warnings").(nexuslims.List)
	for _, known := range list {
		if nexuslims.Equal(known, item) {
			return
		}
	}
	d.Meta.Set("warnings", append(list, item))
}
