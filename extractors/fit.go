package extractors

import (
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

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
	q, ok := quantityOf(v)
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

// quantityOf returns a quantity, or the one that a text shows.
func quantityOf(v nexuslims.Value) (nexuslims.Quantity, bool) {
	if t, ok := v.(nexuslims.Text); ok {
		return nexuslims.ParseQuantity(string(t))
	}
	q, ok := v.(nexuslims.Quantity)
	return q, ok
}

// measuresOther reports whether a value is a quantity of another dimension than the field.
func measuresOther(field nexuslims.Field, v nexuslims.Value) bool {
	unit := field.Unit
	switch field.Kind {
	case nexuslims.FieldQuantity:
	case nexuslims.FieldNumber:
		unit = "dimensionless"
	default:
		return false
	}
	q, ok := quantityOf(v)
	if !ok || !q.IsFinite() {
		return false
	}
	_, ok = q.Convert(nexuslims.MustUnit(unit))
	return !ok
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
