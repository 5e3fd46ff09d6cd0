package extractors

import (
	"log/slog"
	"runtime/debug"

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

// applyProfile carries out the steps of the instrument's profile. Of a file that could
// not be read only the constants are set.
func (e *Engine) applyProfile(log *slog.Logger, f *File, s *Signal, failed bool, seen watcher) {
	in, known := f.Instrument()
	if !known || e.Profiles == nil {
		return
	}
	profile := e.Profiles.For(in.PID)
	if profile == nil {
		return
	}
	subject := f.Subject()
	for _, step := range e.steps(log, profile) {
		if failed && !step.constant {
			continue
		}
		before := s.Meta
		e.guard(log, "profile step "+step.Name, s, func(d *Document) error { return step.Apply(d, subject) })
		if step.constant {
			logOverridden(log, before, s.Meta)
		}
		seen.after(ProfileStage+step.Name, s, nil)
	}
}

// logOverridden tells which values of a file a profile replaced by its constants.
func logOverridden(log *slog.Logger, before, after *nexuslims.Object) {
	for key, v := range after.Group("extensions").All() {
		for _, was := range []nexuslims.Value{before.At("extensions", key), overridden(before, after, key)} {
			if was != nil && !nexuslims.Equal(was, v) {
				log.Info("profile overrides a value of the file", "field", key,
					"file says", nexuslims.TextOf(was), "profile says", nexuslims.TextOf(v))
			}
		}
	}
}

// overridden returns what a key held that is gone, nil when it is there or never was.
func overridden(before, after *nexuslims.Object, key string) nexuslims.Value {
	if after.Has(key) {
		return nil
	}
	return before.Get(key)
}

// steps asks a profile for its steps; one that panics has none.
func (e *Engine) steps(log *slog.Logger, p Profile) (steps []Step) {
	defer func() {
		if r := recover(); r != nil {
			log.Warn("profile panicked and is left out", "panic", r, "stack", string(debug.Stack()))
			steps = nil
		}
	}()
	return p.Steps()
}
