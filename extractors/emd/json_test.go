package emd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestParseJSON(t *testing.T) {
	text := `{"b": "1.50", "a": [1, -2.0, 1e3, 18446744073709551615, true, false, null, "", {}], "b": "x\/y\u00b5\n",` +
		` "µ": "line
end", "bad": "` + "\xff" + `" } trailing`
	o, err := parseJSON([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "a", "µ", "bad"}, o.Keys())
	assert.Equal(t, nexuslims.Text("x/yµ\n"), o.Get("b"), "of two equal keys the second")
	list := nexuslims.List{
		nexuslims.Int(1),
		nexuslims.Float(-2),
		nexuslims.Float(1000),
		nexuslims.Uint(18446744073709551615),
		nexuslims.Bool(true),
		nexuslims.Bool(false),
		nexuslims.Null{},
		nexuslims.Text(""),
		nexuslims.NewObject(8),
	}
	assert.Equal(t, list, o.Get("a"))
	assert.Equal(t, nexuslims.Text("\uFFFD"), o.Get("bad"))
}

func TestParseDamagedJSON(t *testing.T) {
	for _, text := range []string{
		"", " ", "[]", `"a"`, "{", `{"a"`, `{"a":`, `{"a": 1`, `{"a": 1,`, `{"a": 1 "b"}`, `{a: 1}`, `{"a": tru}`, `{"a": "`,
		`{"a": "\`, `{"a": "\q"}`, `{"a": [1 2]}`, `{"a": [1`, `{"a": 1.2.3}`, `{"a": -}`, "{\x00}", `{"a": 1,, "b": 2}`,
		`{"a": ` + strings.Repeat("[", 100_000), `{"a": ` + strings.Repeat(`{"a": `, 80) + "1" + strings.Repeat("}", 81),
	} {
		_, err := parseJSON([]byte(text))
		require.ErrorIs(t, err, nexuslims.Corrupt, "%.40q", text)
	}
}
