package extractors

import (
	"strconv"
	"strings"

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
// of the schema has it. Nulls and empty objects are dropped. Applied twice it changes
// nothing the second time.
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
	return p.notes
}

type placer struct {
	meta, extensions *nexuslims.Object
	kind             nexuslims.DatasetType
	notes            []Note
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
		p.note(key, "renamed", "a field of the schema has that name; now "+other)
	}
}

// fit returns the value as the field holds it, or nil and why it does not.
func fit(field nexuslims.Field, v nexuslims.Value) (nexuslims.Value, string) {
	switch field.Kind {
	case nexuslims.FieldQuantity:
		return fitQuantity(field, v)
	case nexuslims.FieldNumber:
		return fitNumber(v)
	case nexuslims.FieldText:
		if t, ok := v.(nexuslims.Text); ok {
			return t, ""
		}
		return nil, "not a text"
	case nexuslims.FieldTextList:
		return fitTexts(v)
	case nexuslims.FieldStage:
		return fitStage(v)
	case nexuslims.FieldWarnings:
		return fitWarnings(v), ""
	case nexuslims.FieldObject:
		if o, ok := v.(*nexuslims.Object); ok {
			return o, ""
		}
	}
	return nil, "not an object"
}

func fitQuantity(field nexuslims.Field, v nexuslims.Value) (nexuslims.Value, string) {
	unit := nexuslims.MustUnit(field.Unit)
	q, ok := v.(nexuslims.Quantity)
	if t, isText := v.(nexuslims.Text); isText {
		q, ok = nexuslims.ParseQuantity(string(t))
	}
	if !ok {
		return nil, "not a number with a unit"
	}
	converted, ok := q.Convert(unit)
	if !ok {
		return nil, q.Unit.Name + " is no unit of " + unit.Dimension
	}
	if !converted.IsFinite() {
		return nil, "not a finite number"
	}
	return converted, ""
}

func fitNumber(v nexuslims.Value) (nexuslims.Value, string) {
	switch n := v.(type) {
	case nexuslims.Int, nexuslims.Uint, nexuslims.Float:
		if _, finite := nexuslims.Number(n); !finite {
			return nil, "not a finite number"
		}
		return v, ""
	case nexuslims.Text:
		return fitNumberText(strings.TrimSpace(string(n)))
	case nexuslims.Quantity:
		if !n.IsFinite() {
			return nil, "not a finite number"
		}
		if plain, ok := n.Convert(nexuslims.MustUnit("dimensionless")); ok {
			return nexuslims.Float(plain.Value), ""
		}
		if n.Unit.Name == "kiloX" {
			return thousands(n.Value), ""
		}
		return nil, "has a unit"
	}
	return nil, "not a number"
}

// fitNumberText reads a number written as text; it keeps the kind it has there.
func fitNumberText(s string) (nexuslims.Value, string) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return nexuslims.Int(i), ""
	}
	q, ok := nexuslims.ParseQuantity(s)
	if !ok {
		return nil, "not a number"
	}
	return fitNumber(q)
}

// thousands multiplies the decimal that v shows, so that no rounding noise is added.
func thousands(v float64) nexuslims.Float {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', -1, 64)+"e3", 64)
	return nexuslims.Float(f)
}

func fitTexts(v nexuslims.Value) (nexuslims.Value, string) {
	list, ok := v.(nexuslims.List)
	if !ok {
		return nil, "not a list"
	}
	for _, item := range list {
		if _, ok := item.(nexuslims.Text); !ok {
			return nil, "not a list of texts"
		}
	}
	return list, ""
}

// fitStage converts the coordinates of a stage position; members that are no
// coordinates stay as they are.
func fitStage(v nexuslims.Value) (nexuslims.Value, string) {
	stage, ok := v.(*nexuslims.Object)
	if !ok {
		return nil, "not an object"
	}
	for _, field := range nexuslims.StageFields() {
		if coordinate := stage.Get(field.Name); coordinate != nil {
			if fitted, _ := fitQuantity(field, coordinate); fitted != nil {
				stage.Set(field.Name, fitted)
			}
		}
	}
	return stage, ""
}

// fitWarnings makes a list of paths of whatever was given.
func fitWarnings(v nexuslims.Value) nexuslims.Value {
	switch v := v.(type) {
	case nexuslims.List:
		return v
	case nexuslims.Text:
		if strings.TrimSpace(string(v)) != "" {
			return nexuslims.List{nexuslims.List{v}}
		}
	}
	return nexuslims.List{}
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
