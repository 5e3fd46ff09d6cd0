package profilefile

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// put sets a field, wherever it stands already.
func put(meta *nexuslims.Object, p path, v nexuslims.Value) error {
	if there, at := find(meta, p); there != nil {
		p = at
	}
	o := meta
	for i, name := range p[:len(p)-1] {
		if v := o.Get(name); v != nil {
			if _, ok := v.(*nexuslims.Object); !ok {
				return fmt.Errorf("%s is no group, so it cannot hold %s", p[:i+1], p[len(p)-1])
			}
		}
		o = o.Ensure(name)
	}
	o.Set(p[len(p)-1], v)
	return nil
}

// drop takes a field away.
func drop(meta *nexuslims.Object, p path) {
	if len(p) > 1 {
		meta = meta.Group(p[:len(p)-1]...)
	}
	meta.Delete(p[len(p)-1])
}

// assignment is a field and what it becomes.
type assignment struct {
	field path
	value operand
}

// set reads fields and their values; nothing leaves the field alone.
func (r *reader) set(n ast.Node) action {
	var list []assignment
	for _, p := range r.mapping(n, "set") {
		list = append(list, assignment{r.pathOf(p.at, p.key), r.operand(p.value)})
	}
	return func(s *scope) error {
		for _, a := range list {
			v, err := a.value.in(s)
			if err != nil {
				return fmt.Errorf("%s: %w", a.field, err)
			}
			if v == nil {
				continue
			}
			if err := put(s.doc.Meta, a.field, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// warn reads the fields that may be wrong; those that are there are marked.
func (r *reader) warn(n ast.Node) action {
	fields := r.paths(n)
	return func(s *scope) error {
		for _, f := range fields {
			if v, at := find(s.doc.Meta, f); v != nil {
				if at[0] == "extensions" {
					at = at[1:]
				}
				s.doc.AddWarning(at...)
			}
		}
		return nil
	}
}

func (r *reader) paths(n ast.Node) []path {
	var list []path
	for _, item := range r.list(n) {
		list = append(list, r.path(item))
	}
	return list
}

// remove reads the fields to take away.
func (r *reader) remove(n ast.Node) action {
	fields := r.paths(n)
	return func(s *scope) error {
		for _, f := range fields {
			if v, at := find(s.doc.Meta, f); v != nil {
				drop(s.doc.Meta, at)
			}
		}
		return nil
	}
}

// kind reads the type of the dataset: {dataset: Diffraction, data: TEM_Diffraction}.
func (r *reader) kind(n ast.Node) action {
	var dataset nexuslims.DatasetType
	var data operand
	r.fields(n, "type", map[string]func(ast.Node){
		"dataset": func(n ast.Node) {
			dataset = nexuslims.DatasetType(r.text(n, "dataset"))
			if dataset != "" && !dataset.Valid() {
				r.fault(n, "%q is no type of dataset: Image, Spectrum, SpectrumImage, Diffraction, Misc or Unknown", dataset)
			}
		},
		"data": func(n ast.Node) { data = r.operand(n) },
	})
	if dataset == "" && data.constant == nil && data.computed == nil {
		r.fault(n, "type says nothing: it needs dataset, data, or both")
	}
	return func(s *scope) error {
		v, err := data.in(s)
		if err != nil {
			return fmt.Errorf("data: %w", err)
		}
		if dataset != "" {
			s.doc.Meta.Set("DatasetType", nexuslims.Text(dataset))
		}
		if v != nil {
			s.doc.Meta.Set("Data Type", nexuslims.Text(nexuslims.TextOf(v)))
		}
		return nil
	}
}

// rename reads old and new names of fields. A field that is missing is passed over; one
// that has the new name already is replaced.
func (r *reader) rename(n ast.Node) action {
	type names struct{ from, to path }
	var list []names
	for _, p := range r.mapping(n, "rename") {
		list = append(list, names{r.pathOf(p.at, p.key), r.path(p.value)})
	}
	return func(s *scope) error {
		for _, f := range list {
			v, at := find(s.doc.Meta, f.from)
			if v == nil {
				continue
			}
			drop(s.doc.Meta, at)
			if err := put(s.doc.Meta, f.to, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// units reads fields and the units that their numbers are really in: a number gets the
// unit, a quantity gets it in place of its own. The number stays.
func (r *reader) units(n ast.Node) action {
	type correction struct {
		field path
		unit  nexuslims.Unit
	}
	var list []correction
	for _, p := range r.mapping(n, "unit") {
		list = append(list, correction{r.pathOf(p.at, p.key), r.unit(p.value)})
	}
	return func(s *scope) error {
		for _, c := range list {
			v, at := find(s.doc.Meta, c.field)
			if v == nil {
				continue
			}
			if q, ok := v.(nexuslims.Quantity); ok {
				v = nexuslims.Float(q.Value)
			}
			q, ok := extractors.Measure(v, c.unit.Name)
			if !ok {
				return fmt.Errorf("%s is %s, which is no number", c.field, nexuslims.TextOf(v))
			}
			if err := put(s.doc.Meta, at, q); err != nil {
				return err
			}
		}
		return nil
	}
}
