package profilefile

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/goccy/go-yaml/ast"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// splitting takes a text apart: at a separator into named or positional parts, or by a
// regular expression with named groups.
type splitting struct {
	field     path        // where the text stands
	computed  *expression // or what gives it
	separator string
	pairs     string   // between name and value of a part
	fields    []string // names of the parts by position; "" leaves one out
	pattern   *regexp.Regexp
	names     map[string]string // of parts, and what they are called; empty: all, as they are
	numbers   []string          // of the names, those that are numbers
	units     map[string]nexuslims.Unit
	into      path // the group they are put into; empty: none
}

// split reads the action parse.
func (r *reader) split(n ast.Node) action {
	x := &splitting{names: map[string]string{}, units: map[string]nexuslims.Unit{}}
	before := len(r.problems)
	r.fields(n, "parse", map[string]func(ast.Node){
		"from":    func(n ast.Node) { r.origin(n, x) },
		"split":   func(n ast.Node) { x.separator, _ = r.scalar(n) },
		"pairs":   func(n ast.Node) { x.pairs = r.text(n, "pairs") },
		"fields":  func(n ast.Node) { x.fields = r.positions(n) },
		"pattern": func(n ast.Node) { x.pattern = r.pattern(n) },
		"names": func(n ast.Node) {
			for _, p := range r.mapping(n, "names") {
				x.names[p.key] = r.text(p.value, "a name")
			}
		},
		"numbers": func(n ast.Node) {
			for _, item := range r.list(n) {
				x.numbers = append(x.numbers, r.text(item, "a name"))
			}
		},
		"units": func(n ast.Node) {
			for _, p := range r.mapping(n, "units") {
				x.units[p.key] = r.unit(p.value)
			}
		},
		"into": func(n ast.Node) { x.into = r.path(n) },
	})
	if len(r.problems) == before {
		r.checkSplitting(n, x)
	}
	return x.apply
}

// origin reads where the text comes from.
func (r *reader) origin(n ast.Node, x *splitting) {
	if _, ok := n.(ast.MapNode); !ok {
		x.field = r.path(n)
		return
	}
	r.fields(n, "from", map[string]func(ast.Node){
		"expr": func(n ast.Node) { x.computed = r.expression(n, expr.AsKind(reflect.String)) },
	})
}

// positions reads the names of parts in order; null leaves a part out.
func (r *reader) positions(n ast.Node) []string {
	var names []string
	for _, item := range r.list(n) {
		if item.Type() == ast.NullType {
			names = append(names, "")
			continue
		}
		names = append(names, r.text(item, "a name"))
	}
	return names
}

func (r *reader) pattern(n ast.Node) *regexp.Regexp {
	x, err := regexp.Compile(r.text(n, "pattern"))
	if err != nil {
		r.fault(n, "pattern: %v", err)
		return nil
	}
	if !slices.ContainsFunc(x.SubexpNames(), func(name string) bool { return name != "" }) {
		r.fault(n, "the pattern has no named group, such as (?P<Sample>[A-Z]+)")
	}
	return x
}

// checkSplitting finds contradictions.
func (r *reader) checkSplitting(n ast.Node, x *splitting) {
	ways := 0
	for _, given := range []bool{x.pairs != "", len(x.fields) > 0, x.pattern != nil} {
		if given {
			ways++
		}
	}
	switch {
	case x.field == nil && x.computed == nil:
		r.fault(n, "parse needs from: the field whose text is taken apart, or {expr: …}")
	case ways != 1:
		r.fault(n, "parse needs one of pairs, fields and pattern")
	case x.pattern != nil && x.separator != "":
		r.fault(n, "a pattern needs no split")
	case x.pattern == nil && x.separator == "":
		r.fault(n, "parse needs split: what stands between the parts")
	}
	if x.pattern == nil {
		return
	}
	for name := range x.names {
		if !slices.Contains(x.pattern.SubexpNames(), name) {
			r.fault(n, "the pattern has no group %q", name)
		}
	}
}

// part is one named part of a text.
type part struct{ name, text string }

func (x *splitting) parts(text string) []part {
	var list []part
	if x.pattern != nil {
		found := x.pattern.FindStringSubmatch(text)
		for i, name := range x.pattern.SubexpNames() {
			if found != nil && name != "" {
				list = append(list, part{name, found[i]})
			}
		}
		return list
	}
	for i, piece := range strings.Split(text, x.separator) {
		if x.pairs != "" {
			if name, value, ok := strings.Cut(piece, x.pairs); ok {
				list = append(list, part{strings.TrimSpace(name), value})
			}
		} else if i < len(x.fields) {
			list = append(list, part{x.fields[i], piece})
		}
	}
	return list
}

// apply takes the text apart and sets the fields. A text of another form gives none.
func (x *splitting) apply(s *scope) error {
	text, err := x.text(s)
	if err != nil {
		return err
	}
	for _, p := range x.parts(text) {
		name, value := p.name, strings.TrimSpace(p.text)
		if called, ok := x.names[name]; ok {
			name = called
		} else if len(x.names) > 0 {
			continue
		}
		if name == "" || value == "" {
			continue
		}
		if err := put(s.doc.Meta, append(slices.Clone(x.into), pathIn([]string{name})...), x.value(name, value)); err != nil {
			return err
		}
	}
	return nil
}

func (x *splitting) text(s *scope) (string, error) {
	if x.computed == nil {
		return s.text(x.field...), nil
	}
	v, err := x.computed.run(s)
	if err != nil {
		return "", err
	}
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%s gives no text", x.computed.source)
	}
	return text, nil
}

// value gives a part the kind that was asked for; what is no number stays a text.
func (x *splitting) value(name, text string) nexuslims.Value {
	if unit, ok := x.units[name]; ok {
		if q, ok := nexuslims.ParseQuantity(text); ok {
			if q, ok = q.Convert(unit); ok && q.IsFinite() {
				return q
			}
		}
		if q, ok := extractors.Measure(nexuslims.Text(text), unit.Name); ok && q.IsFinite() {
			return q
		}
	}
	if slices.Contains(x.numbers, name) {
		if v, ok := extractors.ParseNumber(text); ok {
			return v
		}
	}
	return nexuslims.Text(text)
}
