package nemo

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func root(t *testing.T, text string) address {
	t.Helper()
	u, err := url.Parse(text)
	require.NoError(t, err)
	return newAddress(*u)
}

func TestAddressInOneSpelling(t *testing.T) {
	for text, want := range map[string]string{
		"https://nemo.example.org/api/":      "https://nemo.example.org/api/",
		"HTTPS://Nemo.Example.ORG:443/api/":  "https://nemo.example.org/api/",
		"http://nemo.example.org:80/api/":    "http://nemo.example.org/api/",
		"http://nemo.example.org:443/api/":   "http://nemo.example.org:443/api/",
		"https://nemo.example.org:8443/api/": "https://nemo.example.org:8443/api/",
		"https://nemo.example.org":           "https://nemo.example.org/",
		"https://nemo.example.org/API/":      "https://nemo.example.org/API/",
		"https://nemo.example.org/a%2Fb/":    "https://nemo.example.org/a%2Fb/",
		"http://[FE80::1]:8000/api/":         "http://[fe80::1]:8000/api/",
		"http://[::1]:80/api/":               "http://[::1]/api/",
	} {
		a := root(t, text)
		assert.Equal(t, want, a.String(), text)
		assert.Equal(t, want, root(t, a.String()).String(), "spelled again")
	}
}

func TestToolOfAnInstrument(t *testing.T) {
	a := root(t, "https://nemo.example.org/api/")
	for text, want := range map[string]int{
		"https://nemo.example.org/api/tools/?id=17":                   17,
		"https://nemo.example.org/api/tools/17/":                      17,
		"https://nemo.example.org/api/tools/17":                       17,
		"https://nemo.example.org/api/tools?id=17":                    17,
		"HTTPS://NEMO.example.org:443/api/tools/?id=17":               17,
		" https://nemo.example.org/api/tools/?id=17 ":                 17,
		"https://nemo.example.org/api/tools/?format=json&id=5":        5,
		"http://nemo.example.org/api/tools/?id=17":                    -1, // another scheme
		"https://nemo.example.org:8443/api/tools/?id=17":              -1,
		"https://nemo.example.org/apis/tools/?id=17":                  -1,
		"https://nemo.example.org/myapi/api/tools/?id=17":             -1,
		"https://other.example.org/api/tools/?id=17":                  -1,
		"https://nemo.example.org/api/users/?id=17":                   -1,
		"https://nemo.example.org/api/toolsets/?id=17":                -1,
		"https://nemo.example.org/api/tools/?id=":                     -1,
		"https://nemo.example.org/api/tools/?id=x":                    -1,
		"https://nemo.example.org/api/tools/?id=-1":                   -1,
		"https://nemo.example.org/api/tools/":                         -1,
		"https://nemo.example.org/api/tools/x/":                       -1,
		"https://nemo.example.org/api/":                               -1,
		"https://nemo.example.org/api/tools/?id=99999999999999999999": -1,
		"tools/?id=17": -1,
		"":             -1,
		"://":          -1,
	} {
		id, ok := a.tool(text)
		if want < 0 {
			assert.False(t, ok, "%q is tool %d", text, id)
			continue
		}
		assert.True(t, ok, text)
		assert.Equal(t, want, id, text)
	}
}

func TestEventOfASession(t *testing.T) {
	a := root(t, "https://nemo.example.org/api/")
	assert.Equal(t, "https://nemo.example.org/api/usage_events/?id=700", a.session(700))
	for text, want := range map[string]int{
		a.session(700): 700,
		"https://old.example.org/api/usage_events/?id=700": 700, // the server has moved
		"https://nemo.example.org/api/usage_events/700/":   700,
		"session 17":            -1,
		"https://x/?id=seven":   -1,
		"":                      -1,
		"http://bad host/?id=1": -1,
	} {
		id, ok := a.event(text)
		if want < 0 {
			assert.False(t, ok, "%q is event %d", text, id)
			continue
		}
		assert.Equal(t, want, id, text)
	}
}

func TestPagesForPeople(t *testing.T) {
	for text, want := range map[string]string{
		"https://nemo.example.org/api/":       "https://nemo.example.org/event_details/usage/7/",
		"https://nemo.example.org/myapi/api/": "https://nemo.example.org/myapi/event_details/usage/7/",
		"https://api.example.org/api/api/":    "https://api.example.org/api/event_details/usage/7/",
		"https://nemo.example.org/":           "https://nemo.example.org/event_details/usage/7/",
		"https://nemo.example.org/rest/":      "https://nemo.example.org/rest/event_details/usage/7/",
	} {
		assert.Equal(t, want, root(t, text).page("usage", 7), text)
	}
}

// TestOwns: prefixes of one another, of which the longest is asked.
func TestOwns(t *testing.T) {
	owner := func(text string) *Harvester { return &Harvester{address: root(t, text)} }
	outer, inner := owner("https://nemo.example.org/api/"), owner("https://nemo.example.org/api/lab/")
	in := nexuslims.Instrument{Harvester: "nemo", APIURL: "https://nemo.example.org/api/lab/tools/?id=1"}
	assert.Positive(t, outer.Owns(in))
	assert.Greater(t, inner.Owns(in), outer.Owns(in))
	in.APIURL = "https://nemo.example.org/api/laboratory/tools/?id=1"
	assert.Zero(t, inner.Owns(in), "borders of segments")
	assert.Positive(t, outer.Owns(in))
	assert.Positive(t, owner("https://nemo.example.org").Owns(in), "a root without path")
	in.Harvester = " NEMO "
	assert.Positive(t, outer.Owns(in))
	in.Harvester = "sharepoint"
	assert.Zero(t, outer.Owns(in))
}
