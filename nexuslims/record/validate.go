package record

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/jacoelho/xsd"
	"github.com/jacoelho/xsd/xsderrors"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Violation is one thing in a document that the schema does not allow.
type Violation struct {
	Line    int    // from 1; 0 where it concerns the whole document
	Path    string // of the element: "/Experiment/summary"
	Message string // what is wrong and what was expected
}

// String returns the violation in one line.
func (v Violation) String() string {
	return fmt.Sprintf("line %d: %s: %s", v.Line, cmp.Or(v.Path, "/"), v.Message)
}

// Validator checks documents against the schema. The schema is compiled at the first
// use. The zero value is ready; it may be used by several goroutines.
type Validator struct {
	once   sync.Once
	engine *xsd.Engine
	model  model
	err    error
}

// Validate returns what is wrong with a document, in the order of lines; nil when it
// is valid. Besides the schema it demands that every param and meta has a name. An
// error means that the document could not be judged: the reader failed, ctx ended or
// the document exceeds 256 MiB.
func (v *Validator) Validate(ctx context.Context, r io.Reader) ([]Violation, error) {
	doc, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "read record to validate", "", err)
	}
	if len(doc) > maxDocument {
		return nil, nexuslims.E(nexuslims.Unsupported, "validate record", "", errTooLarge)
	}
	if v.once.Do(v.compile); v.err != nil {
		return nil, v.err
	}
	// Reading cannot be interrupted inside the engine: ctx is asked before each block.
	err = v.engine.ValidateWithOptions(ctx, bytes.NewReader(doc), xsd.ValidateOptions{
		MaxInstanceDepth: maxDepth, MaxInstanceBytes: maxDocument,
	})
	if ctx.Err() != nil {
		return nil, nexuslims.E(nexuslims.KindOf(ctx.Err()), "validate record", "", ctx.Err())
	}
	found := v.violations(err)
	slices.SortStableFunc(found, func(a, b Violation) int { return cmp.Compare(a.Line, b.Line) })
	return found, nil
}

func (v *Validator) compile() {
	engine, err := xsd.Compile(context.Background(), xsd.Bytes("nexus-experiment.xsd", strictSchema()))
	if err != nil {
		v.err = nexuslims.E(nexuslims.Internal, "compile schema", "", err)
		return
	}
	v.engine = engine
	if v.model, err = readModel(Schema()); err != nil {
		v.err = nexuslims.E(nexuslims.Internal, "read schema", "", err)
	}
}

func (v *Validator) violations(err error) []Violation {
	if err == nil {
		return nil
	}
	var list xsderrors.Errors
	if !errors.As(err, &list) {
		list = xsderrors.Errors{err}
	}
	found := make([]Violation, 0, len(list))
	for _, e := range list {
		var d *xsderrors.Error
		if !errors.As(e, &d) {
			found = append(found, Violation{Message: e.Error()})
			continue
		}
		message := strings.ReplaceAll(d.Message, "{"+Namespace+"}", "")
		found = append(found, Violation{d.Line, d.Path, message + v.model.expected(d)})
	}
	return found
}
