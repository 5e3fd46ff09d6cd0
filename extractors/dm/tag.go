package dm

import (
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Group is a tag group: tags in file order with distinct names. A nil group can be
// read from and is empty.
type Group struct {
	tags     []Tag
	index    map[string]int // only above indexFrom tags
	complete bool           // false where the file broke off inside
	parent   *Group         // nil for the root
	name     string         // in the parent
}

// Tag is one entry of a group: a group, or a value.
type Tag struct {
	Name  string
	Group *Group          // nil for a value
	Value nexuslims.Value // nil for a group and for an array that was left in the file
	Array *Array          // where the elements of an array lie, nil for other tags
}

const indexFrom = 16

// Path returns the names that lead to the group from the root, separated by colons as in
// the program's own scripts: "ImageList:TagGroup1:ImageTags".
func (g *Group) Path() string {
	switch {
	case g == nil || g.parent == nil:
		return ""
	case g.parent.parent == nil:
		return g.name
	}
	return g.parent.Path() + ":" + g.name
}

// Tags returns the tags in file order; the slice must not be changed.
func (g *Group) Tags() []Tag {
	if g == nil {
		return nil
	}
	return g.tags
}

// Get returns the tag of a name.
func (g *Group) Get(name string) (Tag, bool) {
	if i := g.find(name); i >= 0 {
		return g.tags[i], true
	}
	return Tag{}, false
}

// At follows a path of names through nested groups.
func (g *Group) At(path ...string) (Tag, bool) {
	var t Tag
	for i, name := range path {
		if i > 0 {
			g = t.Group
		}
		var ok bool
		if t, ok = g.Get(name); !ok {
			return Tag{}, false
		}
	}
	return t, len(path) > 0
}

// Sub returns the nested group at path, nil where there is none.
func (g *Group) Sub(path ...string) *Group {
	t, _ := g.At(path...)
	return t.Group
}

// Value returns the value at path, nil where there is none or where it is an array
// that was left in the file.
func (g *Group) Value(path ...string) nexuslims.Value {
	t, _ := g.At(path...)
	return t.Value
}

// Text returns the text at path, "" where it is missing or something else.
func (g *Group) Text(path ...string) string {
	text, _ := g.Value(path...).(nexuslims.Text)
	return string(text)
}

// Number returns the number at path.
func (g *Group) Number(path ...string) (float64, bool) {
	return nexuslims.Number(g.Value(path...))
}

func (g *Group) find(name string) int {
	if g == nil {
		return -1
	}
	if g.index != nil {
		if i, ok := g.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range g.tags {
		if g.tags[i].Name == name {
			return i
		}
	}
	return -1
}

// set adds a tag; a later one of the same name takes the place of the earlier.
func (g *Group) set(t Tag) {
	if i := g.find(t.Name); i >= 0 {
		g.tags[i] = t
		return
	}
	g.tags = append(g.tags, t)
	switch {
	case g.index != nil:
		g.index[t.Name] = len(g.tags) - 1
	case len(g.tags) > indexFrom:
		g.index = make(map[string]int, 2*len(g.tags))
		for i := range g.tags {
			g.index[g.tags[i].Name] = i
		}
	}
}
