package profilefile

import (
	"strings"

	"github.com/expr-lang/expr"
	"github.com/goccy/go-yaml/ast"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// action is what a step does to a document.
type action func(s *scope) error

// steps reads the list of steps.
func (r *reader) steps(n ast.Node, compiled *extractors.Profiles) []extractors.Step {
	var steps []extractors.Step
	for _, item := range r.list(n) {
		if step, ok := r.step(item, compiled); ok {
			steps = append(steps, step)
		}
	}
	return steps
}

// draft is a step while it is read.
type draft struct {
	name  string
	when  *expression
	kinds []string // names of the actions: one is right
	do    action
	ready *extractors.Step // of an action that is a step of its own
}

// step reads one step: a mapping with one action.
func (r *reader) step(n ast.Node, compiled *extractors.Profiles) (extractors.Step, bool) {
	before := len(r.problems)
	d := new(draft)
	known := map[string]func(ast.Node){
		"name": func(n ast.Node) { d.name = r.text(n, "name") },
		"when": func(n ast.Node) { d.when = r.expression(n, expr.AsBool()) },
	}
	for kind, read := range map[string]func(n ast.Node) action{
		"set": r.set, "warn": r.warn, "type": r.kind, "rename": r.rename, "unit": r.units, "remove": r.remove, "parse": r.split,
	} {
		known[kind] = func(n ast.Node) {
			d.kinds = append(d.kinds, kind)
			d.do = read(n)
		}
	}
	known["constants"] = func(n ast.Node) {
		d.kinds = append(d.kinds, "constants")
		step := extractors.ExtensionFields(r.constants(n))
		d.ready = &step
	}
	known["use"] = func(n ast.Node) {
		d.kinds = append(d.kinds, "use")
		d.ready = r.use(n, compiled)
	}
	r.fields(n, "a step", known)
	switch {
	case len(r.problems) > before:
		return extractors.Step{}, false
	case len(d.kinds) == 0:
		r.fault(n, "the step does nothing: it needs one of constants, parse, remove, rename, set, type, unit, use, warn")
		return extractors.Step{}, false
	case len(d.kinds) > 1:
		r.fault(n, "a step does one thing, not %s: make a step of each", strings.Join(d.kinds, " and "))
		return extractors.Step{}, false
	}
	return d.step(), true
}

// step makes the step of a draft.
func (d *draft) step() extractors.Step {
	name := d.name
	if name == "" {
		name = d.kinds[0]
		if d.when != nil {
			name += " when " + d.when.source
		}
	}
	if d.ready != nil && d.when == nil {
		step := *d.ready // keeps that constants apply to files that could not be read
		step.Name = name
		return step
	}
	do := d.do
	if d.ready != nil {
		do = func(s *scope) error { return d.ready.Apply(s.doc, s.subject) }
	}
	return extractors.Step{Name: name, Apply: func(doc *extractors.Document, subject extractors.Subject) error {
		s := &scope{doc, subject}
		if d.when != nil {
			if yes, err := d.when.test(s); err != nil || !yes {
				return err
			}
		}
		return do(s)
	}}
}

// constants reads the values that the extensions get.
func (r *reader) constants(n ast.Node) *nexuslims.Object {
	o := nexuslims.NewObject(8)
	for _, p := range r.mapping(n, "constants") {
		if v := r.value(p.value, 0); v != nil {
			o.Set(p.key, v)
		}
	}
	return o
}

// use finds a compiled step.
func (r *reader) use(n ast.Node, compiled *extractors.Profiles) *extractors.Step {
	name := r.text(n, "use")
	if name == "" {
		return nil
	}
	if !r.known(name) {
		there := "there are none"
		if len(r.names) > 0 {
			there = "there are: " + strings.Join(r.names, ", ")
		}
		r.fault(n, "no compiled step is called %q; %s", name, there)
		return nil
	}
	step, _ := compiled.Step(name)
	return &step
}
