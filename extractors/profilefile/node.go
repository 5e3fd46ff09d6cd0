package profilefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// reader reads a YAML tree strictly and collects what is wrong with it.
type reader struct {
	file     string
	problems Problems
	known    func(name string) bool // of compiled steps
	names    []string               // of compiled steps
}

// fault notes a mistake at a node.
func (r *reader) fault(n ast.Node, format string, args ...any) {
	p := Problem{File: r.file, Text: fmt.Sprintf(format, args...)}
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		p.Line, p.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
	}
	r.problems = append(r.problems, p)
}

// pair is an entry of a mapping.
type pair struct {
	key   string
	at    ast.Node // of the key
	value ast.Node
}

// mapping returns the entries of a mapping; a name that stands there twice is a mistake.
func (r *reader) mapping(n ast.Node, what string) []pair {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode: // a mapping of one entry
		values = []*ast.MappingValueNode{n}
	default:
		r.fault(n, "%s must be a mapping of names and values", what)
		return nil
	}
	var pairs []pair
	for _, v := range values {
		key, ok := r.scalar(v.Key)
		switch {
		case !ok:
			r.fault(v.Key, "a name must be a plain text")
		case slices.ContainsFunc(pairs, func(p pair) bool { return p.key == key }):
			r.fault(v.Key, "%q stands here twice", key)
		default:
			pairs = append(pairs, pair{key, v.Key, v.Value})
		}
	}
	return pairs
}

// fields reads a mapping of known names; each has a function that reads its value.
func (r *reader) fields(n ast.Node, what string, known map[string]func(n ast.Node)) {
	for _, p := range r.mapping(n, what) {
		if read, ok := known[p.key]; ok {
			read(p.value)
			continue
		}
		r.unknown(p, what, known)
	}
}

func (r *reader) unknown(p pair, what string, known map[string]func(n ast.Node)) {
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	if meant := closest(p.key, names); meant != "" {
		r.fault(p.at, "%s has no %q; %q is probably meant", what, p.key, meant)
		return
	}
	r.fault(p.at, "%s has no %q; there are: %s", what, p.key, strings.Join(names, ", "))
}

// scalar returns the text of a plain value, a number and a truth value included.
func (r *reader) scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.MappingKeyNode:
		return r.scalar(n.Value)
	}
	return "", false
}

// text returns a text that is not blank.
func (r *reader) text(n ast.Node, what string) string {
	s, ok := r.scalar(n)
	if !ok || strings.TrimSpace(s) == "" {
		r.fault(n, "%s must be a text", what)
		return ""
	}
	return s
}

// list returns the items of a list; one value alone is a list of one.
func (r *reader) list(n ast.Node) []ast.Node {
	if s, ok := n.(*ast.SequenceNode); ok {
		return s.Values
	}
	return []ast.Node{n}
}

// path is a field of the metadata: names from the outermost group inwards.
type path []string

func (p path) String() string { return strings.Join(p, " / ") }

// path reads a path.
func (r *reader) path(n ast.Node) path {
	s := r.text(n, "a field")
	if s == "" {
		return nil
	}
	return r.pathOf(n, s)
}

func (r *reader) pathOf(n ast.Node, s string) path {
	p := path(strings.Split(s, " / "))
	for i := range p {
		if p[i] = strings.TrimSpace(p[i]); p[i] == "" {
			r.fault(n, "the field %q has an empty name in it", s)
			return nil
		}
	}
	return p
}

// value reads a constant: a text, number, truth value, list, or {value: 10, unit: kV}.
func (r *reader) value(n ast.Node, depth int) nexuslims.Value {
	if depth > 16 {
		r.fault(n, "values are nested too deeply")
		return nil
	}
	switch n := n.(type) {
	case *ast.StringNode:
		return nexuslims.Text(n.Value)
	case *ast.LiteralNode:
		return nexuslims.Text(n.Value.Value)
	case *ast.BoolNode:
		return nexuslims.Bool(n.Value)
	case *ast.IntegerNode:
		return r.integer(n)
	case *ast.FloatNode:
		return nexuslims.Float(n.Value)
	case *ast.SequenceNode:
		list := nexuslims.List{}
		for _, item := range n.Values {
			if v := r.value(item, depth+1); v != nil {
				list = append(list, v)
			}
		}
		return list
	case *ast.MappingNode, *ast.MappingValueNode:
		return r.group(n, depth)
	}
	r.fault(n, "a value must be a text, number, truth value, list, or {value: …, unit: …}")
	return nil
}

func (r *reader) integer(n *ast.IntegerNode) nexuslims.Value {
	switch v := n.Value.(type) {
	case int64:
		return nexuslims.Int(v)
	case uint64:
		if v>>63 == 0 {
			return nexuslims.Int(v)
		}
		return nexuslims.Uint(v)
	}
	r.fault(n, "%s is no whole number", n.GetToken().Value)
	return nil
}

// group reads a quantity or nested constants.
func (r *reader) group(n ast.Node, depth int) nexuslims.Value {
	o := nexuslims.NewObject(4)
	var unit ast.Node
	for _, p := range r.mapping(n, "a value") {
		if p.key == "unit" {
			unit = p.value
		}
		if v := r.value(p.value, depth+1); v != nil {
			o.Set(p.key, v)
		}
	}
	if unit == nil || !o.Has("value") || o.Len() != 2 {
		return o
	}
	u := r.unit(unit)
	number, ok := nexuslims.Number(o.Get("value"))
	if !ok {
		r.fault(n, "value must be a number, since it has a unit")
		return nil
	}
	if u.IsZero() {
		return nil
	}
	return nexuslims.Quantity{Value: number, Unit: u}
}

// unit reads a unit that is known.
func (r *reader) unit(n ast.Node) nexuslims.Unit {
	s := r.text(n, "a unit")
	u, ok := nexuslims.ParseUnit(s)
	if s != "" && !ok {
		r.fault(n, "the unit %q is not known", s)
	}
	if !ok || s == "" {
		return nexuslims.Unit{}
	}
	return u
}
