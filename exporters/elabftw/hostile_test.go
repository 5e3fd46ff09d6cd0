package elabftw_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var (
	tagForm       = regexp.MustCompile(`^</?([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)>`)
	attributeForm = regexp.MustCompile(` ([a-zA-Z-]+)="([^"<>]*)"`)
)

// skeleton reads HTML strictly and returns its elements with the names of their
// attributes: every "<" must begin a tag of small letters with quoted attributes.
func skeleton(t *testing.T, body string) (elements []string) {
	t.Helper()
	for rest := body; ; {
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			require.NotContains(t, rest, ">")
			return elements
		}
		require.NotContains(t, rest[:at], ">", "text between elements")
		m := tagForm.FindStringSubmatch(rest[at:])
		require.NotNil(t, m, "a tag is expected: %.80q", rest[at:])
		element := rest[at:at+2] + m[1]
		for _, a := range attributeForm.FindAllStringSubmatch(m[2], -1) {
			element += " " + a[1]
			if a[1] == "href" {
				assert.Regexp(t, `^https?://`, html.UnescapeString(a[2]))
			}
		}
		elements, rest = append(elements, element), rest[at+len(m[0]):]
	}
}

// everywhere returns a job that has a text wherever people, instruments and services can
// supply one.
func everywhere(n int, text string) *exporters.Job {
	job := exportertest.NewJob(n, text, exporters.Files{})
	job.Session.User, job.Session.Instrument, job.Instrument.PID, job.Name = text, text, text, text
	job.Session.ID = text
	job.Reservation.Username, job.Reservation.FullName = text, text
	job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "https://cdcs.example.org/data?id=" + text}, text: {URL: text}}
	return job
}

// TestTextCannotBecomeMarkup looks at the text as it is sent: what the server purifies
// afterwards is its own affair.
func TestTextCannotBecomeMarkup(t *testing.T) {
	texts := append(exportertest.Hostile(), "data:text/html,<script>x</script>", "\x00\x01\x7f\xff\xfe", "\u202Egnp.exe",
		"</h1></ul><p>", "\u2028\u2029", strings.Repeat("long ", 3000), `" onclick="x`, "` onclick=x", "&lt;b&gt;", "<b", "\uFFFE\uFFFF")
	sent := func(text string, n int) string {
		var bodies []string
		s := elabftwtest.New(t, elabftwtest.Options{Watch: func(x elabftwtest.Exchange) {
			if x.Request.Method == "POST" && strings.HasSuffix(x.Request.URL.Path, "/experiments") {
				var in struct{ Body string }
				decode(t, x.Body, &in)
				bodies = append(bodies, in.Body)
			}
		}})
		job := everywhere(n, text)
		d := open(t, s.URL, s.Key, nil)
		receipt, err := d.Export(t.Context(), job)
		require.NoError(t, err, "%q", text)
		_, err = d.Update(t.Context(), next(job), stored(t, receipt))
		require.NoError(t, err, "%q", text)
		require.Len(t, s.Experiments(), 1, "%q", text)
		require.Len(t, bodies, 1)
		return bodies[0]
	}
	linked := skeleton(t, sent("plain", 0))
	unlinked := skeleton(t, sent("\x00", 0)) // no link can be made of that
	require.Less(t, len(unlinked), len(linked))
	for n, text := range texts {
		body := sent(text, n)
		got := skeleton(t, body)
		want := linked
		if _, err := url.Parse("https://cdcs.example.org/data?id=" + text); err != nil {
			want = unlinked
		}
		assert.Equal(t, want, got, "elements and attributes for %q", text)
		for _, word := range strings.Fields(strings.Map(visible, nexuslims.ValidText(text))) {
			assert.Contains(t, html.UnescapeString(body), word)
		}
	}
}

// visible leaves the characters that HTML can show.
func visible(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\uFFFE' || r == '\uFFFF' {
		return ' '
	}
	return r
}
