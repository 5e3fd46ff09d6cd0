package dm

import (
	"bytes"

	"github.com/nexuslims/nexuslims-go/internal/hdf5"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// attribute adds the value of an attribute to g.
func (d *decoder5) attribute(e entry5, g *Group) error {
	tag, err := attributeTag(e.attribute)
	if err != nil {
		return err
	}
	_, raw := e.attribute.Stored()
	if err := d.spend(int64(len(raw))); err != nil {
		return err
	}
	if list, ok := tag.Value.(nexuslims.List); ok {
		if err := d.spend(int64(len(list)) * valueCost); err != nil {
			return err
		}
	}
	tag.Name = tagName(e.name, "Data")
	g.set(tag)
	return nil
}

// attributeTag reads the value of an attribute. Texts are UTF-8 or Latin-1, whatever the
// file says of them. An array of one element is a single value: many writers know no other.
func attributeTag(a *hdf5.Attribute) (Tag, error) {
	_, raw := a.Stored()
	switch {
	case a.Null && (a.Type.Class == hdf5.Text || a.Type.Class == hdf5.VarText):
		return Tag{Value: nexuslims.Text("")}, nil
	case a.Null:
		return Tag{Value: nexuslims.List{}}, nil
	case a.Type.Class == hdf5.Text && len(raw) == a.Type.Size:
		text, _, _ := bytes.Cut(raw, []byte{0})
		return Tag{Value: nexuslims.Text(byteText(text))}, nil
	}
	var array *Array
	element := a.Type
	for element.Class == hdf5.ArrayOf {
		element = element.Base
	}
	l, order, ok := layoutOf(element)
	if width := l.width(); ok && width > 0 && int64(len(raw)) > width {
		array = &Array{n: int64(len(raw)) / width, layout: l, order: order, from: bytes.NewReader(raw), plain: true}
		if !array.isSmall() {
			return Tag{Array: array}, nil
		}
	}
	v, err := a.Value()
	for range a.Shape {
		if list, ok := v.(nexuslims.List); ok && len(list) == 1 && array == nil {
			v = list[0]
		}
	}
	return Tag{Value: plainValue(v), Array: array}, err
}

// plainValue gives a value the form that the earlier versions have: structs are lists, and
// truth values numbers.
func plainValue(v nexuslims.Value) nexuslims.Value {
	switch v := v.(type) {
	case nexuslims.Bool:
		if v {
			return nexuslims.Int(1)
		}
		return nexuslims.Int(0)
	case nexuslims.List:
		for i := range v {
			v[i] = plainValue(v[i])
		}
	case *nexuslims.Object:
		list := make(nexuslims.List, 0, v.Len())
		for _, field := range v.All() {
			list = append(list, plainValue(field))
		}
		return list
	}
	return v
}
