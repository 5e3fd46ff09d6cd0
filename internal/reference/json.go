package reference

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// ReadObject reads a JSON file with the order of its keys and the kinds of its numbers.
// Infinities and what is not a number, which are no JSON, become texts.
func ReadObject(tb testing.TB, path string) *nexuslims.Object {
	tb.Helper()
	b, err := os.ReadFile(path)
	require.NoError(tb, err)
	for _, word := range []struct{ is, as string }{{"-Infinity", `"-inf"`}, {"Infinity", `"inf"`}, {"NaN", `"nan"`}} {
		for _, before := range []string{": ", "[", ", ", "\n"} {
			b = bytes.ReplaceAll(b, []byte(before+word.is), []byte(before+word.as))
		}
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	o, ok := decodeValue(tb, d).(*nexuslims.Object)
	require.True(tb, ok, path)
	return o
}

func decodeValue(tb testing.TB, d *json.Decoder) nexuslims.Value {
	tb.Helper()
	token, err := d.Token()
	require.NoError(tb, err)
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return decodeObject(tb, d)
		}
		list := nexuslims.List{}
		for d.More() {
			list = append(list, decodeValue(tb, d))
		}
		_, err = d.Token()
		require.NoError(tb, err)
		return list
	case json.Number:
		return number(string(token))
	case string:
		return nexuslims.Text(token)
	case bool:
		return nexuslims.Bool(token)
	}
	return nexuslims.Null{}
}

func decodeObject(tb testing.TB, d *json.Decoder) *nexuslims.Object {
	tb.Helper()
	o := nexuslims.NewObject(8)
	for d.More() {
		key, err := d.Token()
		require.NoError(tb, err)
		o.Set(key.(string), decodeValue(tb, d))
	}
	_, err := d.Token()
	require.NoError(tb, err)
	return o
}

func number(text string) nexuslims.Value {
	if !strings.ContainsAny(text, ".eE") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return nexuslims.Int(i)
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return nexuslims.Uint(u)
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // a JSON number is one
	return nexuslims.Float(f)
}

// Flatten returns the leaves of nested objects by path: "extensions/EELS/Exposure". Empty
// objects have none.
func Flatten(o *nexuslims.Object) map[string]nexuslims.Value {
	leaves := map[string]nexuslims.Value{}
	flatten(o, "", leaves)
	return leaves
}

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
