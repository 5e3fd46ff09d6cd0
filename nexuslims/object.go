package nexuslims

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Object is an ordered map from names to values: a metadata document, or a part of
// one. Entries keep the order of their first Set. The zero value is ready to use; a
// nil *Object reads as an empty one.
type Object struct {
	entries []entry        // one without value is deleted
	index   map[string]int // only above indexFrom entries: most groups are small
	dead    int            // deleted entries
}

type entry struct {
	key   string
	value Value
}

const indexFrom = 12

// NewObject returns an empty object with room for n entries.
func NewObject(n int) *Object { return &Object{entries: make([]entry, 0, n)} }

// Len returns the number of entries.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.entries) - o.dead
}

func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.entries {
		if o.entries[i].key == key {
			return i
		}
	}
	return -1
}

// Get returns the value of key, nil where there is none.
func (o *Object) Get(key string) Value {
	if i := o.find(key); i >= 0 {
		return o.entries[i].value
	}
	return nil
}

// Has reports whether there is an entry of that name.
func (o *Object) Has(key string) bool { return o.find(key) >= 0 }

// At follows a path of keys through nested objects and returns the value at its end,
// nil where the path breaks off.
func (o *Object) At(path ...string) Value {
	var v Value = o
	for _, key := range path {
		g, ok := v.(*Object)
		if !ok {
			return nil
		}
		v = g.Get(key)
	}
	return v
}

// Group returns the nested object at path, nil where there is none. A nil object can
// be read from.
func (o *Object) Group(path ...string) *Object {
	g, _ := o.At(path...).(*Object)
	return g
}

// Text returns the text of key, "" where it is missing or something else.
func (o *Object) Text(key string) string {
	t, _ := o.Get(key).(Text)
	return string(t)
}

// Set gives key a value; an existing entry keeps its place. A nil value deletes.
func (o *Object) Set(key string, v Value) {
	if v == nil {
		o.Delete(key)
		return
	}
	if i := o.find(key); i >= 0 {
		o.entries[i].value = v
		return
	}
	o.entries = append(o.entries, entry{key, v})
	switch {
	case o.index != nil:
		o.index[key] = len(o.entries) - 1
	case len(o.entries) > indexFrom:
		o.reindex()
	}
}

// Ensure returns the nested object of key, making it where it is missing or
// something else.
func (o *Object) Ensure(key string) *Object {
	if g, ok := o.Get(key).(*Object); ok {
		return g
	}
	g := new(Object)
	o.Set(key, g)
	return g
}

// Delete removes an entry.
func (o *Object) Delete(key string) {
	i := o.find(key)
	if i < 0 {
		return
	}
	if o.index == nil {
		o.entries = slices.Delete(o.entries, i, i+1)
		return
	}
	// Closing the gap at once would make emptying a large object quadratic.
	delete(o.index, key)
	o.entries[i] = entry{}
	if o.dead++; 2*o.dead > len(o.entries) {
		o.reindex()
	}
}

// closeGaps drops the deleted entries; the index must be built again after it.
func (o *Object) closeGaps() {
	if o.dead > 0 {
		o.entries = slices.DeleteFunc(o.entries, func(e entry) bool { return e.value == nil })
		o.dead = 0
	}
}

// reindex closes the gaps and rebuilds the index.
func (o *Object) reindex() {
	o.closeGaps()
	if len(o.entries) <= indexFrom {
		o.index = nil
		return
	}
	o.index = make(map[string]int, max(cap(o.entries), 2*len(o.entries)))
	for i := range o.entries {
		o.index[o.entries[i].key] = i
	}
}

// Keys returns the names in order.
func (o *Object) Keys() []string {
	keys := make([]string, 0, o.Len())
	for k := range o.All() {
		keys = append(keys, k)
	}
	return keys
}

// All iterates over the entries in order. The object must not be changed meanwhile.
func (o *Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if o == nil {
			return
		}
		for _, e := range o.entries {
			if e.value != nil && !yield(e.key, e.value) {
				return
			}
		}
	}
}

// Clone returns a deep copy.
func (o *Object) Clone() *Object {
	if o == nil {
		return nil
	}
	c := NewObject(o.Len())
	for k, v := range o.All() {
		c.entries = append(c.entries, entry{k, CloneValue(v)})
	}
	c.reindex()
	return c
}

// Sort orders the entries by lower-cased name, nested objects (not lists) alike.
func (o *Object) Sort() {
	if o == nil {
		return
	}
	o.closeGaps()
	type named struct {
		lower string
		entry
	}
	list := make([]named, len(o.entries))
	for i, e := range o.entries {
		list[i] = named{strings.ToLower(e.key), e}
	}
	slices.SortStableFunc(list, func(a, b named) int { return cmp.Compare(a.lower, b.lower) })
	for i, n := range list {
		o.entries[i] = n.entry
		if g, ok := n.value.(*Object); ok {
			g.Sort()
		}
	}
	o.reindex()
}

func (o *Object) equal(p *Object) bool {
	if o.Len() != p.Len() {
		return false
	}
	for k, v := range o.All() {
		w := p.Get(k)
		if w == nil || !Equal(v, w) {
			return false
		}
	}
	return true
}

// MarshalJSON writes the object in its own order; see [AppendJSON].
func (o *Object) MarshalJSON() ([]byte, error) { return AppendJSON(nil, o, ""), nil }
