package extractortest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Case is one document that a profile is tried with.
type Case struct {
	Name     string // of the file; empty: "sample.dat"
	Document extractors.Document
	// Migrate is that of the extractor the document comes from; may be nil.
	Migrate func(meta *nexuslims.Object)
	// Check looks at the finished document; nil when only the promises are of interest.
	Check func(tb testing.TB, doc extractors.Document)
}

// RunProfile tries a profile: it must be pure and give the same each time, its steps
// must work or say why not, and it must change nothing of another instrument.
func RunProfile(tb testing.TB, p extractors.Profile, cases ...Case) {
	tb.Helper()
	if err := new(extractors.Profiles).Add(p); err != nil {
		tb.Errorf("the profile cannot be registered: %v", err)
		return
	}
	checkSteps(tb, p)
	for _, c := range cases {
		if c.Name == "" {
			c.Name = "sample.dat"
		}
		runCase(tb, p, c)
	}
}

func checkSteps(tb testing.TB, p extractors.Profile) {
	tb.Helper()
	seen := map[string]bool{}
	for i, s := range p.Steps() {
		if s.Apply == nil {
			tb.Errorf("%s: step %d (%q) has no function", p.Instrument(), i, s.Name)
		}
		if s.Name == "" {
			tb.Errorf("%s: step %d has no name; logs could not tell which failed", p.Instrument(), i)
		}
		seen[s.Name] = true
	}
	if len(seen) == 0 {
		tb.Errorf("%s: the profile has no steps", p.Instrument())
	}
}

func runCase(tb testing.TB, p extractors.Profile, c Case) {
	tb.Helper()
	before := c.Document.JSON()
	own := nexuslims.Instrument{PID: p.Instrument(), Timezone: "UTC"}
	applySteps(tb, p, c, own)
	first := finished(tb, p, c, own)
	answers := make([]extractors.Document, 4)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = finished(tb, p, c, own) })
	}
	wg.Wait()
	for _, again := range answers {
		if !bytes.Equal(first.JSON(), again.JSON()) {
			tb.Errorf("%s, %s: the same document gave different answers: a step depends on more than its arguments", p.Instrument(), c.Name)
			break
		}
	}
	other := own
	other.PID += " of another site"
	with, without := finished(tb, p, c, other), finished(tb, nil, c, other)
	if !bytes.Equal(with.JSON(), without.JSON()) {
		tb.Errorf("%s, %s: the profile changed a document of another instrument", p.Instrument(), c.Name)
	}
	if !bytes.Equal(before, c.Document.JSON()) {
		tb.Errorf("%s, %s: the profile changed the document itself and not its copy", p.Instrument(), c.Name)
	}
	if c.Check != nil {
		c.Check(tb, first)
	}
}

// applySteps calls each step directly: the engine would hide what goes wrong.
func applySteps(tb testing.TB, p extractors.Profile, c Case, in nexuslims.Instrument) {
	tb.Helper()
	doc := clone(c.Document)
	for _, s := range p.Steps() {
		if s.Apply == nil {
			continue
		}
		func() {
			defer func() {
				if r := recover(); r != nil {
					tb.Errorf("%s, %s: step %q panicked: %v", p.Instrument(), c.Name, s.Name, r)
				}
			}()
			if err := s.Apply(&doc, extractors.Subject{Name: c.Name, Path: c.Name, Instrument: in}); err != nil {
				tb.Errorf("%s, %s: step %q: %v", p.Instrument(), c.Name, s.Name, err)
			}
			if doc.Meta == nil {
				tb.Errorf("%s, %s: step %q took the metadata away", p.Instrument(), c.Name, s.Name)
				doc.Meta = new(nexuslims.Object)
			}
		}()
	}
}

func clone(d extractors.Document) extractors.Document {
	return extractors.Document{Meta: d.Meta.Clone(), Raw: d.Raw.Clone()}
}

// finished takes a document through the engine, as a file of an instrument.
func finished(tb testing.TB, p extractors.Profile, c Case, in nexuslims.Instrument) extractors.Document {
	tb.Helper()
	s := Sample{Name: c.Name, Instrument: &in}
	out, err := newEngine(canned{c}, p).Extract(context.Background(), s.file())
	if err != nil || len(out.Signals) != 1 {
		tb.Errorf("%s: %v", c.Name, err)
		return extractors.Document{Meta: new(nexuslims.Object)}
	}
	return out.Signals[0].Document
}

// canned is an extractor that answers one document.
type canned struct{ c Case }

func (canned) Info() extractors.Info { return extractors.Info{Name: "canned", Wildcard: true} }

func (canned) Match(*extractors.File) bool { return true }

func (x canned) Extract(context.Context, *extractors.File) (*extractors.Result, error) {
	if x.c.Document.Meta == nil {
		return nil, fmt.Errorf("case %s has no metadata", x.c.Name)
	}
	return &extractors.Result{Signals: []*extractors.Signal{{Document: clone(x.c.Document)}}}, nil
}

func (x canned) Migrate(meta *nexuslims.Object) {
	if x.c.Migrate != nil {
		x.c.Migrate(meta)
	}
}
