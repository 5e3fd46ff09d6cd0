package record_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// hostile is text that must come out of a document as it went in, with what cannot
// stand in one removed or replaced.
func hostile() map[string]string { // given: read back
	same := []string{
		"x < y & z", "</param><script>alert(1)</script>", `"quoted" 'single'`, "]]>", "<![CDATA[a]]>",
		"&amp;", "&#0;",
		"<!--", "-->", "<?xml?>", "%00%", "a\tb", "a\nb", "a\r\nb", "a\rb",
		"é e\u0301 \u202E \U0001F52C", "\u0085\u2028", "µ\u03bc",
		"${jndi:ldap://x}", "../../etc", "'; DROP TABLE x; --", "\x7f", "\uFFFD", strings.Repeat("long ", 4000) + "x",
	}
	pairs := map[string]string{
		"a\x00b\x01c\x1f": "abc", "a\xffb\xc3": "a\uFFFDb\uFFFD",
		"a\uFFFEb\uFFFF": "a\uFFFDb\uFFFD", "\xed\xa0\x80x": "\uFFFD\uFFFD\uFFFDx",
	}
	for _, s := range same {
		pairs[s] = s
	}
	return pairs
}

func TestHostileTextReadsBackEqual(t *testing.T) {
	for given, want := range hostile() {
		t.Run(fmt.Sprintf("%.20q", given), func(t *testing.T) {
			doc, warnings, err := record.Encode(filled(given))
			require.NoError(t, err)
			requireValid(t, doc)
			back, err := record.Decode(doc)
			require.NoError(t, err)
			expected := filled(want)
			expected.Activities[0].Datasets[0].Location = given // percent-encoded: every byte is kept
			expected.Activities[0].Datasets[0].Preview = given
			trimSlashes(&expected)
			assert.Equal(t, expected, back)
			assert.Equal(t, given != want, len(warnings) > 0, "%q", warnings)
		})
	}
}

// filled is a record with the text in every field that holds text.
func filled(s string) nx.Record {
	one, yes := 1, true
	params := []nx.Param{{Name: s, Text: s, Unit: s, Warning: true}}
	return nx.Record{
		Title: s, ID: s, PID: s, Experimenter: s, Collaborators: []string{
			s,
			s,
		}, InstrumentPID: s, InstrumentName: s, Motivation: s,
		Start:    time.Date(2024, 1, 2, 3, 4, 5, 600000000, time.UTC),
		Samples:  []nx.Sample{{ID: s, Ref: s, Name: s, Description: s, Elements: []string{"H"}}},
		Projects: []nx.Project{{Name: s, Division: s, Group: s, ID: s}},
		Activities: []nx.Activity{{SampleID: s, Setup: params, Datasets: []nx.Dataset{{
			Type: nx.Image, Role: "Derived", Name: s, Location: s, Format: s, Preview: s, Signals: 1, Meta: params,
			Description: s, Curation: &nx.Curation{Rating: &one, Featured: &yes},
		}}}},
	}
}

func trimSlashes(rec *nx.Record) {
	d := &rec.Activities[0].Datasets[0]
	d.Location, d.Preview = strings.TrimLeft(d.Location, "/"), strings.TrimLeft(d.Preview, "/")
}

func TestLocationsArePercentEncoded(t *testing.T) {
	cases := []struct{ name, path, want string }{
		{
			"all kinds", "/a b/ü&#+%~'()!*,;=@:$[]?.dm3",
			"/a%20b/%C3%BC%26%23%2B%25~%27%28%29%21%2A%2C%3B%3D%40%3A%24%5B%5D%3F.dm3",
		},
		{"without slash", "SEM_A/a.tif", "/SEM_A/a.tif"},
		{"undecodable bytes", "SEM_A/a\xff.tif", "/SEM_A/a%FF.tif"},
		{"control", "a\x01\n", "/a%01%0A"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := aSession(t, object())
			in.Signals[0].Location, in.Signals[0].Preview = c.path, c.path+".thumb.png"
			rec := build(t, in)
			doc, _, err := record.Encode(rec)
			require.NoError(t, err)
			requireValid(t, doc)
			assert.Contains(t, string(doc), "<location>"+c.want+"</location>")
			assert.Contains(t, string(doc), "<preview>"+c.want+".thumb.png</preview>")
			back, err := record.Decode(doc)
			require.NoError(t, err)
			assert.Equal(t, strings.TrimLeft(c.path, "/"), back.Activities[0].Datasets[0].Location)
		})
	}
}

func TestMalformedPercentSignsStandForThemselves(t *testing.T) {
	doc, _, err := record.Encode(filled("x"))
	require.NoError(t, err)
	back, err := record.Decode([]byte(strings.Replace(string(doc), "<location>/x<", "<location>/a%zz%4%41%<", 1)))
	require.NoError(t, err)
	assert.Equal(t, "a%zz%4A%", back.Activities[0].Datasets[0].Location)
}

func TestAddresses(t *testing.T) {
	cases := []struct{ name, ref, want string }{
		{
			"plain", "https://nemo.example.org/event_details/usage/1/?a=b&c=d#e",
			"https://nemo.example.org/event_details/usage/1/?a=b&c=d#e",
		},
		{"blanks and brackets", "https://x.org/a b[1]", "https://x.org/a%20b%5B1%5D"},
		{"percent without digits", "https://x.org/100%", "https://x.org/100%25"},
		{"second hash", "https://x.org/a#b#c", "https://x.org/a#b%23c"},
		{"IPv6", "http://[::1]:8000/x", "http://[::1]:8000/x"},
		{"other scripts", "https://x.org/ü", "https://x.org/%C3%BC"},
		{"quotes and markup", `https://x.org/"<>`, "https://x.org/%22%3C%3E"},
		{"port that is no number", "http://x.org:abc/", ""},
		{"bracket in a name", "http://[/", ""},
		{"relative", "/event_details/usage/1/", "/event_details/usage/1/"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, warnings, err := record.Encode(nx.Record{Ref: c.ref, Projects: []nx.Project{{Ref: c.ref}}})
			require.NoError(t, err)
			requireValid(t, doc)
			back, err := record.Decode(doc)
			require.NoError(t, err)
			assert.Equal(t, c.want, back.Ref)
			assert.Equal(t, c.want, back.Projects[0].Ref)
			assert.Equal(t, c.want == "", len(warnings) == 2)
		})
	}
}

func TestTimes(t *testing.T) {
	lmt := time.FixedZone("LMT", -(4*3600 + 56*60 + 2))
	cases := []struct {
		name string
		time time.Time
		want string
	}{
		{"offset", time.Date(2024, 5, 6, 9, 2, 11, 0, newYork(t)), "2024-05-06T09:02:11-04:00"},
		{"UTC has an offset too", time.Date(2024, 5, 6, 9, 2, 11, 0, time.UTC), "2024-05-06T09:02:11+00:00"},
		{"six digits", time.Date(2024, 5, 6, 9, 2, 11, 120034000, time.UTC), "2024-05-06T09:02:11.120034+00:00"},
		{"rounded", time.Date(2024, 5, 6, 9, 2, 11, 999999500, time.UTC), "2024-05-06T09:02:12+00:00"},
		{
			"half-hour zone", time.Date(2024, 5, 6, 9, 2, 11, 0, time.FixedZone("", 5*3600+1800)),
			"2024-05-06T09:02:11+05:30",
		},
		{"offset with seconds", time.Date(1883, 1, 1, 12, 0, 0, 0, lmt), "1883-01-01T16:56:02+00:00"},
		{"year 12024", time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{"year 0", time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC), ""},
		{"before year 0", time.Date(-3, 6, 1, 0, 0, 0, 0, time.UTC), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, warnings, err := record.Encode(nx.Record{Start: c.time})
			require.NoError(t, err)
			requireValid(t, doc)
			if c.want == "" {
				assert.NotContains(t, string(doc), "reservationStart")
				assert.Len(t, warnings, 1)
				return
			}
			assert.Contains(t, string(doc), "<reservationStart>"+c.want+"</reservationStart>")
			back, err := record.Decode(doc)
			require.NoError(t, err)
			assert.WithinDuration(t, c.time, back.Start, time.Microsecond)
		})
	}
}

func TestEncodeRefusesWhatNobodyCanFind(t *testing.T) {
	for name, change := range map[string]func(*nx.Record){
		"no location":       func(r *nx.Record) { r.Activities[0].Datasets[0].Location = "/" },
		"no dataset name":   func(r *nx.Record) { r.Activities[0].Datasets[0].Name = "" },
		"no parameter name": func(r *nx.Record) { r.Activities[0].Setup[0].Name = "" },
	} {
		rec := filled("x")
		change(&rec)
		_, _, err := record.Encode(rec)
		require.ErrorIs(t, err, nx.Invalid, name)
	}
}

func TestEncodeWritesNothingOutsideTheLists(t *testing.T) {
	rec := filled("x")
	rec.Activities[0].Datasets[0].Type = "Map"
	rec.Activities[0].Datasets[0].Role = "Boss"
	rec.Samples[0].Elements = []string{"He", "Xx", "He", "a b"}
	doc, warnings, err := record.Encode(rec)
	require.NoError(t, err)
	requireValid(t, doc)
	assert.Len(t, warnings, 3)
	assert.Contains(t, string(doc), `<dataset type="Unknown" role="Experimental">`)
	assert.Contains(t, string(doc), "<elements>\n      <He/>\n    </elements>")
}

func TestWarningsAreBounded(t *testing.T) {
	rec := filled("x")
	for range 200 {
		rec.Activities[0].Setup = append(rec.Activities[0].Setup, nx.Param{Name: "n", Text: "\x00"})
	}
	_, warnings, err := record.Encode(rec)
	require.NoError(t, err)
	assert.Len(t, warnings, 51)
	assert.Contains(t, warnings[0], "Experiment/acquisitionActivity/setup/param: 1 characters removed and 0 replaced")
	assert.Contains(t, warnings[50], "150 more places")
}

func TestHostileAddressesNeverBreakARecord(t *testing.T) {
	for given := range hostile() {
		for _, ref := range []string{
			given, "http://x.org/" + given, "http://x.org/?q=" + given, "http://" + given,
			given + "://x",
		} {
			doc, _, err := record.Encode(nx.Record{Ref: ref, Projects: []nx.Project{{Ref: ref}}})
			require.NoError(t, err)
			requireValid(t, doc)
		}
	}
}
