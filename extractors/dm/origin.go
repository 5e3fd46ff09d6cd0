package dm

import (
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// note says where the value of an entry comes from, see [extractors.Origin].
type note struct {
	in        *nexuslims.Object
	key       string
	from, how string
}

// put sets an entry and notes where it comes from: a tag, and what was done to its value.
func (b *builder) put(o *nexuslims.Object, key string, v nexuslims.Value, from, how string) {
	o.Set(key, v)
	b.notes = append(b.notes, note{o, key, from, how})
}

// move is put for an entry of another object, which keeps its notes.
func (b *builder) move(to *nexuslims.Object, name string, from *nexuslims.Object, key string) {
	to.Set(name, from.Get(key))
	for i := range b.notes {
		if n := &b.notes[i]; n.in == from && n.key == key {
			n.in, n.key = to, name
		}
	}
}

// origins returns the notes of what is in the metadata; the last of each entry counts.
func (b *builder) origins() []extractors.Origin {
	list := make([]extractors.Origin, 0, len(b.notes))
	place := map[string]int{}
	for _, n := range b.notes {
		path := []string{n.key}
		if n.in != b.meta {
			path = []string{b.places[n.in], n.key}
		}
		if b.meta.At(path...) == nil {
			continue
		}
		origin := extractors.Origin{Path: path, From: n.from, Conversion: n.how}
		key := strings.Join(path, "\x00")
		if i, ok := place[key]; ok {
			list[i] = origin
			continue
		}
		place[key] = len(list)
		list = append(list, origin)
	}
	return list
}

// tagPath names a tag by the group it is in, or below.
func tagPath(g *Group, names ...string) string {
	if path := g.Path(); path != "" {
		names = append([]string{path}, names...)
	}
	return strings.Join(names, ":")
}
