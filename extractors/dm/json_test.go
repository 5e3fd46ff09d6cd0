package dm_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// readObject reads a JSON file with the order of keys and the kinds of numbers.
func readObject(t *testing.T, path string) *nexuslims.Object {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	b = bytes.ReplaceAll(b, []byte(": Infinity"), []byte(`: "inf"`)) // which is no JSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v := decodeValue(t, d)
	o, ok := v.(*nexuslims.Object)
	require.True(t, ok)
	return o
}

func decodeValue(t *testing.T, d *json.Decoder) nexuslims.Value {
	t.Helper()
	token, err := d.Token()
	require.NoError(t, err)
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return decodeObject(t, d)
		}
		list := nexuslims.List{}
		for d.More() {
			list = append(list, decodeValue(t, d))
		}
		_, err = d.Token()
		require.NoError(t, err)
		return list
	case json.Number:
		if !strings.ContainsAny(token.String(), ".eE") {
			n, err := token.Int64()
			require.NoError(t, err)
			return nexuslims.Int(n)
		}
		f, err := token.Float64()
		require.NoError(t, err)
		return nexuslims.Float(f)
	case string:
		return nexuslims.Text(token)
	case bool:
		return nexuslims.Bool(token)
	}
	return nexuslims.Null{}
}

// decodeObject reads an object; one of a value and a unit is a quantity.
func decodeObject(t *testing.T, d *json.Decoder) nexuslims.Value {
	t.Helper()
	o := nexuslims.NewObject(8)
	for d.More() {
		key, err := d.Token()
		require.NoError(t, err)
		o.Set(key.(string), decodeValue(t, d))
	}
	_, err := d.Token()
	require.NoError(t, err)
	if n, ok := nexuslims.Number(o.Get("value")); ok && o.Len() == 2 {
		if unit, ok := nexuslims.ParseUnit(o.Text("unit")); ok {
			return nexuslims.Quantity{Value: n, Unit: unit}
		}
	}
	return o
}

// flatten gives every value below o a path of keys joined with slashes.
func flatten(o *nexuslims.Object, prefix string, into map[string]nexuslims.Value) {
	for key, v := range o.All() {
		path := strings.TrimPrefix(prefix+"/"+key, "/")
		if sub, ok := v.(*nexuslims.Object); ok {
			flatten(sub, path, into)
			continue
		}
		into[path] = v
	}
}
