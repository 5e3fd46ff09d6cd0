package record

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	separator = " – " // between the parts of a nested name
	unnamed   = "(unnamed)"
	// ofExtension marks an extension whose name a core field has.
	ofExtension = " (extension)"
)

// field is one leaf of the metadata of a signal under its name in records.
type field struct {
	name    string
	value   nexuslims.Value
	warning bool
}

// flattener makes the metadata of signals flat. It collects what it has to tell, so
// that a thing that is the same in a thousand files is told once.
type flattener struct {
	log   *slog.Logger
	notes map[note]*noteCount
	order []note
}

type note struct{ message, name string }

type noteCount struct {
	count int
	file  string // the first one
}

func newFlattener(log *slog.Logger) *flattener {
	return &flattener{log: log, notes: map[note]*noteCount{}}
}

func (f *flattener) note(message, name, file string) {
	n := note{message, name}
	if c := f.notes[n]; c != nil {
		c.count++
		return
	}
	f.notes[n] = &noteCount{1, file}
	f.order = append(f.order, n)
}

func (f *flattener) report() {
	for _, n := range f.order {
		c := f.notes[n]
		f.log.Warn(n.message, "name", n.name, "file", c.file, "count", c.count)
	}
}

// flatten returns the leaves of the metadata: extensions lifted to the top behind the
// core fields, top-level names as people read them, nested ones joined. A core field
// keeps its name; whatever else meets a name already taken gets a distinct one. Nulls
// and numbers that are none have nothing to say and are left out.
func (f *flattener) flatten(s Signal) []field {
	w := walk{marks: warningPaths(s.Meta.Get("warnings")), taken: map[string]bool{}}
	for key, v := range s.Meta.All() {
		if key != "extensions" || !isObject(v) {
			w.top(key, v)
		}
	}
	w.extension = true
	for key, v := range s.Meta.Group("extensions").All() {
		w.top(key, v)
	}
	for _, renamed := range w.renamed {
		f.note("two parameters have the same name", renamed, s.Location)
	}
	return w.fields
}

func isObject(v nexuslims.Value) bool {
	_, ok := v.(*nexuslims.Object)
	return ok
}

type walk struct {
	fields    []field
	taken     map[string]bool
	marks     []mark
	path      []string // display name of the top-level key, then keys
	extension bool
	renamed   []string
}

func (w *walk) top(key string, v nexuslims.Value) {
	name := nexuslims.DisplayName(key)
	if name == "warnings" || name == "DatasetType" {
		return
	}
	w.path = append(w.path[:0], name)
	w.value(v)
}

func (w *walk) value(v nexuslims.Value) {
	switch v := v.(type) {
	case nil, nexuslims.Null:
	case *nexuslims.Object:
		for key, inner := range v.All() {
			w.path = append(w.path, key)
			w.value(inner)
			w.path = w.path[:len(w.path)-1]
		}
	case nexuslims.Float:
		if _, finite := nexuslims.Number(v); finite {
			w.leaf(v)
		}
	case nexuslims.Quantity:
		if v.IsFinite() {
			w.leaf(v)
		}
	default:
		w.leaf(v)
	}
}

func (w *walk) leaf(v nexuslims.Value) {
	plain := strings.Join(w.path, separator)
	name := cleanLine(plain)
	if name == "" {
		name = unnamed
	}
	if w.taken[name] {
		w.renamed = append(w.renamed, name)
		name = w.free(name)
	}
	w.taken[name] = true
	w.fields = append(w.fields, field{name, v, w.marked(plain)})
}

// free returns a name near the one wanted that nothing has yet.
func (w *walk) free(name string) string {
	if w.extension && !w.taken[name+ofExtension] {
		return name + ofExtension
	}
	for i := 2; ; i++ {
		if s := fmt.Sprintf("%s (%d)", name, i); !w.taken[s] {
			return s
		}
	}
}

func (w *walk) marked(name string) bool {
	for _, m := range w.marks {
		if m.matches(w.path, name, w.extension) {
			return true
		}
	}
	return false
}
