package extractors

import (
	"slices"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Note tells of a value that did not stay where it was.
type Note struct {
	Field  string // name that the value had
	Action string // "to extensions", "renamed", "dropped"
	Reason string
}

// Place puts every entry of a metadata document where the schema of its dataset type
// wants it. Fields of the schema with a fitting value stay, quantities in their preferred
// unit; everything else moves to "extensions", in which it keeps its name unless a field
// of the schema has it. A quantity that moves because its unit measures something else than
// the field is named in "warnings". Nulls and empty objects are dropped. Applied twice it
// changes nothing the second time.
func Place(meta *nexuslims.Object) []Note {
	p := &placer{meta: meta, kind: nexuslims.DatasetType(meta.Text("DatasetType"))}
	if !p.kind.Valid() {
		p.note("DatasetType", "replaced", "not a dataset type: "+string(p.kind))
		p.kind = nexuslims.Misc
		meta.Set("DatasetType", nexuslims.Text(p.kind))
	}
	p.extensions, _ = meta.Get("extensions").(*nexuslims.Object)
	if p.extensions == nil {
		p.extensions = new(nexuslims.Object)
	}
	meta.Delete("extensions")
	for _, key := range meta.Keys() {
		p.entry(key, meta.Get(key))
	}
	p.collisions()
	prune(meta)
	prune(p.extensions)
	if p.extensions.Len() > 0 {
		meta.Set("extensions", p.extensions)
	}
	for _, key := range p.doubtful {
		Document{Meta: meta}.AddWarning(key)
	}
	return p.notes
}

type placer struct {
	meta, extensions *nexuslims.Object
	kind             nexuslims.DatasetType
	notes            []Note
	doubtful         []string // names of extensions
}

func (p *placer) note(field, action, reason string) {
	p.notes = append(p.notes, Note{field, action, reason})
}

func (p *placer) entry(key string, v nexuslims.Value) {
	if _, null := v.(nexuslims.Null); null {
		p.meta.Delete(key)
		return
	}
	field, known := nexuslims.FieldByName(key)
	switch {
	case !known:
		p.extend(key, v, "")
	case !field.Allowed(p.kind):
		p.extend(key, v, "the schema of "+string(p.kind)+" has no such field")
	default:
		p.core(key, field, v)
	}
}

// core keeps a value under the name of its schema field, when it fits.
func (p *placer) core(key string, field nexuslims.Field, v nexuslims.Value) {
	fitted, reason := fit(field, v)
	if fitted == nil {
		if measuresOther(field, v) && !p.extensions.Has(key) {
			p.doubtful = append(p.doubtful, key)
		}
		p.extend(key, v, reason)
		return
	}
	if key != field.Name {
		p.meta.Delete(key)
		if p.meta.Has(field.Name) {
			p.extend(key, v, "the field is there under its other name")
			return
		}
		p.note(key, "renamed", "to "+field.Name)
	}
	p.meta.Set(field.Name, fitted)
}

// extend moves a value to the extensions. What a profile put there stays.
func (p *placer) extend(key string, v nexuslims.Value, reason string) {
	p.meta.Delete(key)
	if reason != "" {
		p.note(key, "to extensions", reason)
	}
	if p.extensions.Has(key) {
		if !nexuslims.Equal(p.extensions.Get(key), v) {
			p.note(key, "dropped", "a profile set it")
		}
		return
	}
	p.extensions.Set(key, v)
}

// collisions renames extensions that would get the name of a core field in a record.
func (p *placer) collisions() {
	shown := map[string]bool{}
	for _, key := range p.meta.Keys() {
		shown[nexuslims.DisplayName(key)] = true
	}
	for _, key := range p.extensions.Keys() {
		if !shown[nexuslims.DisplayName(key)] {
			continue
		}
		other := key + " (extension)"
		for p.extensions.Has(other) || shown[other] {
			other += "'"
		}
		v := p.extensions.Get(key)
		p.extensions.Delete(key)
		p.extensions.Set(other, v)
		if i := slices.Index(p.doubtful, key); i >= 0 {
			p.doubtful[i] = other
		}
		p.note(key, "renamed", "a field of the schema has that name; now "+other)
	}
}

// prune drops nulls and empty objects.
func prune(o *nexuslims.Object) {
	for _, key := range o.Keys() {
		switch v := o.Get(key).(type) {
		case nexuslims.Null:
			o.Delete(key)
		case *nexuslims.Object:
			if prune(v); v.Len() == 0 {
				o.Delete(key)
			}
		}
	}
}
