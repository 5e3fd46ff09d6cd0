package extractors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// tracer follows the values of one signal through the stages by comparing the metadata
// before and after each: nobody who changes metadata has to tell.
type tracer struct {
	leaves []leaf
	gone   []Gone
}

// leaf is a value with its history.
type leaf struct {
	path  []string
	value nexuslims.Value
	from  string
	how   string
	steps []string
}

// see is the [watcher] of the signal.
func (t *tracer) see(stage string, s *Signal, notes []Note) {
	now := leavesOf(s.Meta, nil, nil)
	if stage == stageExtracted {
		for i := range now {
			now[i].from, now[i].how = originOf(s.Origins, now[i].path)
		}
		t.leaves = now
		return
	}
	left := slices.Clone(t.leaves)
	for i := range now {
		if k := slices.IndexFunc(left, func(l leaf) bool { return slices.Equal(l.path, now[i].path) }); k >= 0 {
			now[i].inherit(left[k], stage)
			left = slices.Delete(left, k, k+1)
		}
	}
	for i := range now {
		if now[i].from == "" {
			left = now[i].moved(left, stage, notes)
		}
	}
	for _, l := range left {
		t.gone = append(t.gone, Gone{l.path, l.value, stage + reasonOf(notes, l.path)})
	}
	t.leaves = now
}

// inherit takes over the history of the value that stood at the same path.
func (l *leaf) inherit(was leaf, stage string) {
	l.from, l.how, l.steps = was.from, was.how, was.steps
	if sameKind(was.value, l.value) {
		return
	}
	what := "was " + shown(was.value)
	if a, ok := was.value.(nexuslims.Quantity); ok {
		if b, ok := l.value.(nexuslims.Quantity); ok && a.Equal(b) {
			what = a.Unit.Name + " to " + b.Unit.Name
		}
	}
	l.steps = append(slices.Clone(was.steps), stage+": "+what)
}

// moved finds the value among those that are at no path any more, and returns the rest.
func (l *leaf) moved(left []leaf, stage string, notes []Note) []leaf {
	best := -1
	for k, was := range left {
		if !sameNumber(was.value, l.value) {
			continue
		}
		// The same name in another group is the likelier origin of an equal value.
		if best < 0 || was.path[len(was.path)-1] == l.path[len(l.path)-1] {
			best = k
		}
	}
	if best < 0 {
		l.from = stage
		return left
	}
	was := left[best]
	l.from, l.how, l.steps = was.from, was.how, was.steps
	reason := reasonOf(notes, was.path)
	if reason != "" || !slices.Equal(l.path, append([]string{"extensions"}, was.path...)) {
		l.steps = append(slices.Clone(was.steps), fmt.Sprintf("%s: from %s%s", stage, PathText(was.path), reason))
	}
	return slices.Delete(left, best, best+1)
}

// sameNumber reports whether two values say the same, apart from a unit that one of them
// lacks.
func sameNumber(was, now nexuslims.Value) bool {
	a, hadUnit := was.(nexuslims.Quantity)
	b, hasUnit := now.(nexuslims.Quantity)
	switch {
	case hadUnit == hasUnit:
		return nexuslims.Equal(was, now)
	case hadUnit:
		return nexuslims.Equal(nexuslims.Float(a.Value), now)
	}
	return nexuslims.Equal(was, nexuslims.Float(b.Value))
}

func reasonOf(notes []Note, path []string) string {
	for _, n := range notes {
		if n.Field == path[0] && n.Reason != "" {
			return " (" + n.Reason + ")"
		}
	}
	return ""
}

func sameKind(a, b nexuslims.Value) bool {
	x, xok := a.(nexuslims.Quantity)
	y, yok := b.(nexuslims.Quantity)
	if xok && yok {
		return x.Unit == y.Unit && x.Value == y.Value
	}
	return nexuslims.Equal(a, b) && xok == yok
}

func shown(v nexuslims.Value) string {
	if q, ok := v.(nexuslims.Quantity); ok {
		return q.String()
	}
	return nexuslims.TextOf(v)
}

// originOf finds what the extractor said of a value: of its path, or of a group around it.
func originOf(origins []Origin, path []string) (from, how string) {
	for n := len(path); n > 0; n-- {
		for i := len(origins) - 1; i >= 0; i-- {
			if o := origins[i]; slices.Equal(o.Path, path[:n]) {
				return o.From, o.Conversion
			}
		}
	}
	return stageExtracted, ""
}

// leavesOf returns the values of nested objects in order.
func leavesOf(o *nexuslims.Object, path []string, list []leaf) []leaf {
	for key, v := range o.All() {
		here := append(slices.Clone(path), key)
		if group, ok := v.(*nexuslims.Object); ok {
			list = leavesOf(group, here, list)
			continue
		}
		list = append(list, leaf{path: here, value: v})
	}
	return list
}

// account returns the histories of what there is at last.
func (t *tracer) account(s *Signal) Account {
	a := Account{Gone: t.gone}
	for _, l := range t.leaves {
		a.Fields = append(a.Fields, FieldAccount{
			Path: l.path, Value: l.value, From: l.from, Conversion: l.how, Steps: l.steps, Place: place(l.path, s.DatasetType()),
		})
	}
	return a
}

// String tells a history in one line.
func (f FieldAccount) String() string {
	parts := []string{f.From}
	if f.Conversion != "" {
		parts = append(parts, f.Conversion)
	}
	return strings.Join(append(parts, f.Steps...), "; ")
}
