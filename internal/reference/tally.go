package reference

import (
	"math"
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Tally counts what became of the values of the reference.
type Tally struct {
	Files, Signals int
	Refused        int // files that the reference cannot read
	Equal          int
	Moved          int // the same value under another name
	Different      int
	Missing        int
	OursOnly       int
}

// Add adds another count.
func (t *Tally) Add(o Tally) {
	t.Files += o.Files
	t.Signals += o.Signals
	t.Refused += o.Refused
	t.Equal += o.Equal
	t.Moved += o.Moved
	t.Different += o.Different
	t.Missing += o.Missing
	t.OursOnly += o.OursOnly
}

// Count compares the metadata of one signal loosely: quantities by their physical value,
// numbers to 1e-6, whatever their kind. The extraction block is left out.
func Count(want, got *nexuslims.Object) Tally {
	w, g := Flatten(want), Flatten(got)
	for _, m := range []map[string]nexuslims.Value{w, g} {
		for path := range m {
			if path == "NexusLIMS Extraction/Module" || path == "NexusLIMS Extraction/Version" || path == "NexusLIMS Extraction/Date" {
				delete(m, path)
			}
		}
	}
	t := Tally{Signals: 1}
	spare := map[string]nexuslims.Value{}
	for path, v := range g {
		if _, theirs := w[path]; !theirs {
			spare[path] = v
		}
	}
	for path, v := range w {
		ours, there := g[path]
		switch {
		case there && loosely(v, ours):
			t.Equal++
		case there:
			t.Different++
		case take(spare, v):
			t.Moved++
		case isNull(v):
			t.Equal++ // nothing is said by leaving it out
		default:
			t.Missing++
		}
	}
	t.OursOnly = len(spare)
	return t
}

// take removes an equal value from those that are left.
func take(spare map[string]nexuslims.Value, v nexuslims.Value) bool {
	for path, other := range spare {
		if loosely(v, other) {
			delete(spare, path)
			return true
		}
	}
	return false
}

func loosely(want, got nexuslims.Value) bool {
	if Same(want, got) || nexuslims.Equal(want, got) {
		return true
	}
	if a, ok := want.(nexuslims.List); ok {
		b, ok := got.(nexuslims.List)
		return ok && slices.EqualFunc(a, b, loosely)
	}
	if a, b, ok := quantities(want, got); ok {
		b, ok = b.Convert(a.Unit)
		return ok && near(a.Value, b.Value)
	}
	a, aok := nexuslims.Number(plain(want))
	b, bok := nexuslims.Number(plain(got))
	return aok && bok && near(a, b)
}

func quantities(want, got nexuslims.Value) (a, b nexuslims.Quantity, ok bool) {
	a, aok := quantity(want)
	b, bok := quantity(got)
	return a, b, aok && bok
}

func quantity(v nexuslims.Value) (nexuslims.Quantity, bool) {
	if text, ok := v.(nexuslims.Text); ok {
		q, ok := nexuslims.ParseQuantity(string(text))
		return q, ok && q.Unit.Symbol != ""
	}
	q, ok := v.(nexuslims.Quantity)
	return q, ok
}

// plain turns a text that is a number into one.
func plain(v nexuslims.Value) nexuslims.Value {
	if text, ok := v.(nexuslims.Text); ok {
		if q, ok := nexuslims.ParseQuantity(string(text)); ok && q.Unit.Symbol == "" {
			return nexuslims.Float(q.Value)
		}
	}
	return v
}

func near(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-6*max(math.Abs(a), math.Abs(b)) }
