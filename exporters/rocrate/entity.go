package rocrate

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// entity is one object of the description. Empty values are never set.
type entity map[string]nexuslims.Value

func newEntity(id, kind string) entity {
	return entity{"@id": nexuslims.Text(id), "@type": nexuslims.Text(kind)}
}

func (e entity) id() string {
	id, _ := e["@id"].(nexuslims.Text)
	return string(id)
}

// text sets a property.
func (e entity) text(name, value string) entity {
	if value = clean(value); value != "" {
		e[name] = nexuslims.Text(value)
	}
	return e
}

// called sets name and description, which every entity has: its type, where nothing else
// is left of them.
func (e entity) called(name, description string) entity {
	kind, _ := e["@type"].(nexuslims.Text)
	return e.text("name", cmp.Or(clean(name), string(kind))).
		text("description", cmp.Or(clean(description), string(kind)))
}

// time sets a property to an instant.
func (e entity) time(name string, at time.Time) entity { return e.text(name, stamp(at)) }

// ref lets a property point to an entity.
func (e entity) ref(name, id string) entity {
	if id != "" {
		e[name] = reference(id)
	}
	return e
}

// refs lets a property point to entities: to none is no property, to one a bare reference.
func (e entity) refs(name string, ids []string) entity {
	if len(ids) == 1 {
		return e.ref(name, ids[0])
	}
	return e.list(name, ids)
}

// list lets a property point to entities, with an array whatever their number, as
// importers want some properties.
func (e entity) list(name string, ids []string) entity {
	if len(ids) == 0 {
		return e
	}
	all := make(nexuslims.List, len(ids))
	for i, id := range ids {
		all[i] = reference(id)
	}
	e[name] = all
	return e
}

// sized sets size and digest of a file.
func (e entity) sized(s sum) entity {
	return e.text("contentSize", strconv.FormatInt(s.size, 10)).text("sha256", s.sha256)
}

// object returns the entity with its properties in the order of their bytes.
func (e entity) object() *nexuslims.Object {
	o := nexuslims.NewObject(len(e))
	for _, name := range slices.Sorted(maps.Keys(e)) {
		o.Set(name, e[name])
	}
	return o
}

func reference(id string) *nexuslims.Object {
	o := nexuslims.NewObject(1)
	o.Set("@id", nexuslims.Text(id))
	return o
}

// stamp returns an instant as text, "" when it is unknown.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return nexuslims.Stamp(t)
}
