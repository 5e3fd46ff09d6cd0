package profilefile

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
	"github.com/goccy/go-yaml/ast"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// expression is one expression, checked against the names of a [scope].
type expression struct {
	source  string
	program *vm.Program
}

// expression reads an expression; its mistakes are told with their place in it.
func (r *reader) expression(n ast.Node, options ...expr.Option) *expression {
	source := r.text(n, "an expression")
	if source == "" {
		return nil
	}
	empty := &scope{doc: &extractors.Document{Meta: new(nexuslims.Object)}}
	// The time of day would make the same file give different metadata.
	options = append(options, expr.Env(empty.environment()), expr.DisableBuiltin("now"))
	program, err := expr.Compile(source, options...)
	if err == nil {
		return &expression{source, program}
	}
	var at *file.Error
	if errors.As(err, &at) {
		r.fault(n, "in the expression, at character %d: %s", at.Column+1, at.Message)
		return nil
	}
	r.fault(n, "in the expression: %s", firstLine(err))
	return nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// run evaluates the expression.
func (x *expression) run(s *scope) (any, error) {
	v, err := expr.Run(x.program, s.environment())
	if err != nil {
		return nil, fmt.Errorf("%s: %s", x.source, firstLine(err))
	}
	return v, nil
}

// test evaluates a condition.
func (x *expression) test(s *scope) (bool, error) {
	v, err := x.run(s)
	yes, _ := v.(bool)
	return yes, err
}

// operand is a constant or an expression.
type operand struct {
	constant nexuslims.Value
	computed *expression
}

// operand reads a constant, or {expr: …}.
func (r *reader) operand(n ast.Node) operand {
	if _, ok := n.(ast.MapNode); ok {
		if pairs := r.mapping(n, "a value"); len(pairs) == 1 && pairs[0].key == "expr" {
			return operand{computed: r.expression(pairs[0].value)}
		}
	}
	return operand{constant: r.value(n, 0)}
}

// in returns the value for a document, nil for none.
func (o operand) in(s *scope) (nexuslims.Value, error) {
	if o.computed == nil {
		return nexuslims.CloneValue(o.constant), nil
	}
	v, err := o.computed.run(s)
	if err != nil {
		return nil, err
	}
	return valueOf(v)
}

// valueOf turns what an expression gives into a value.
func valueOf(v any) (nexuslims.Value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // nothing is a value of expressions
	case nexuslims.Quantity:
		return v, nil
	case string:
		return nexuslims.Text(v), nil
	case bool:
		return nexuslims.Bool(v), nil
	case int:
		return nexuslims.Int(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("the expression gives no number")
		}
		return nexuslims.Float(v), nil
	case []any:
		return listOf(v)
	case []string:
		list := nexuslims.List{}
		for _, s := range v {
			list = append(list, nexuslims.Text(s))
		}
		return list, nil
	}
	return nil, fmt.Errorf("the expression gives a %T, which is no value", v)
}

func listOf(items []any) (nexuslims.Value, error) {
	list := nexuslims.List{}
	for _, item := range items {
		v, err := valueOf(item)
		if err != nil {
			return nil, err
		}
		if v != nil {
			list = append(list, v)
		}
	}
	return list, nil
}
