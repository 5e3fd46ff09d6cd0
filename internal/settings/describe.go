package settings

import (
	"encoding"
	"net/url"
	"reflect"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

type field struct {
	field    reflect.StructField
	index    []int
	variable nexuslims.Variable
}

// Describe returns the variables of a Config struct, in the order of its fields.
func Describe(config any) []nexuslims.Variable {
	t := reflect.TypeOf(config)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	fields := fieldsOf(t)
	vars := make([]nexuslims.Variable, len(fields))
	for i, f := range fields {
		vars[i] = f.variable
	}
	return vars
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, sf := range reflect.VisibleFields(t) {
		name := sf.Tag.Get("env")
		if name == "" || sf.Anonymous {
			continue
		}
		index := sf.Index
		plain := sf
		plain.Index, plain.Offset = nil, 0
		fields = append(fields, field{plain, index, nexuslims.Variable{
			Name:     name,
			Type:     typeName(sf),
			Help:     sf.Tag.Get("help"),
			Default:  sf.Tag.Get("envDefault"),
			Secret:   sf.Type == reflect.TypeFor[nexuslims.Secret](),
			Required: sf.Tag.Get("required"),
		}})
	}
	return fields
}

func typeName(sf reflect.StructField) string {
	if s := sf.Tag.Get("type"); s != "" {
		return s
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[nexuslims.Secret]():
		return "secret"
	case reflect.TypeFor[url.URL]():
		return "URL"
	case reflect.TypeFor[time.Duration]():
		return "duration"
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return "text"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list"
	}
	return "text"
}
