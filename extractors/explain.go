package extractors

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Explanation tells how the metadata of a file came about.
type Explanation struct {
	// Asked are the extractors that looked at the file, in order.
	Asked []Asked
	// Extractor and Format are those of the outcome.
	Extractor, Format string
	// Signals has one account for each signal of the outcome.
	Signals []Account
}

// Asked is an extractor that looked at a file.
type Asked struct {
	Name     string
	Priority int
	Took     bool
	Why      string
}

// Account tells where each value of a signal comes from.
type Account struct {
	Fields []FieldAccount // in the order of the metadata
	Gone   []Gone         // what was there and is not any more
}

// FieldAccount is the history of one value.
type FieldAccount struct {
	Path       []string // where it stands now
	Value      nexuslims.Value
	From       string   // tag, attribute or byte of the file, or the stage that made it
	Conversion string   // what the extractor did to it, empty for nothing
	Steps      []string // what happened to it after the extractor, in order
	Place      string   // what it is in the schema
}

// Gone is a value that a stage took away.
type Gone struct {
	Path  []string
	Value nexuslims.Value
	By    string
}

// ProfileStage begins the name of a step of a profile in explanations.
const ProfileStage = "profile step "

// Explainer is implemented by extractors that choose files by their content.
type Explainer interface {
	// WhyMatch says in a few words what Match found in a file, or did not find.
	WhyMatch(f *File) string
}

// Explain is [Engine.Extract] with an account of every value.
func (e *Engine) Explain(ctx context.Context, f *File) (Explanation, Outcome, error) {
	var x Explanation
	chosen := e.choose(f, func(a Extractor, took bool) {
		x.Asked = append(x.Asked, Asked{a.Info().Name, a.Info().Priority, took, why(a, f, took)})
	})
	var tracers []*tracer
	out, err := e.extract(ctx, f, chosen, func(int) watcher {
		t := new(tracer)
		tracers = append(tracers, t)
		return t.see
	})
	if err != nil {
		return x, out, err
	}
	x.Extractor, x.Format = out.Extractor, out.Format
	for i, t := range tracers {
		x.Signals = append(x.Signals, t.account(out.Signals[i]))
	}
	return x, out, nil
}

// why says what an extractor went by.
func why(x Extractor, f *File, took bool) string {
	if explainer, ok := x.(Explainer); ok {
		if said := reason(explainer, f); said != "" {
			return said
		}
	}
	switch {
	case x.Info().Wildcard && took:
		return "takes every file that no other one took"
	case took:
		return "reads ." + f.Ext() + " files"
	}
	return "reads ." + f.Ext() + " files, but the content of this one is not of its kind"
}

func reason(x Explainer, f *File) (why string) {
	defer func() {
		if r := recover(); r != nil {
			why = fmt.Sprintf("panicked when asked: %v", r)
		}
	}()
	return x.WhyMatch(f)
}

// place says what a path is in the schema of a dataset type.
func place(path []string, t nexuslims.DatasetType) string {
	switch field, ok := nexuslims.FieldByName(path[0]); {
	case path[0] == "extensions":
		return "extension"
	case !ok:
		return "none"
	case field.Unit != "":
		return fmt.Sprintf("field of %s, in %s", t, field.Unit)
	case path[0] == "stage_position" && len(path) > 1:
		i := slices.IndexFunc(nexuslims.StageFields(), func(f nexuslims.Field) bool { return f.Name == path[1] })
		if i < 0 {
			return "stage_position"
		}
		return "stage_position, in " + nexuslims.StageFields()[i].Unit
	case field.Types == nil:
		return "field of every type"
	default:
		return "field of " + string(t)
	}
}

// PathText writes a path as explanations show it.
func PathText(path []string) string { return strings.Join(path, " / ") }
