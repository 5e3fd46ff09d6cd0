package folder_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// everywhere returns a job that has a text wherever people, instruments and services
// can supply one.
func everywhere(store *store, text string) *exporters.Job {
	job := store.job(7, day(5, 6), 2)
	r := &job.Record
	r.Title, r.ID, r.PID, r.Ref, r.Experimenter = text, text, text, text, text
	r.Collaborators = []string{text}
	r.InstrumentPID, r.InstrumentName, r.Motivation = text, text, text
	r.Samples = []nexuslims.Sample{{ID: text, Ref: text, Name: text, Description: text, Elements: []string{text}}}
	r.Projects = []nexuslims.Project{{Name: text, Division: text, Group: text, ID: text, Ref: text}}
	a := &r.Activities[0]
	a.SampleID = text
	a.Setup = []nexuslims.Param{{Name: text, Text: text, Unit: text, Warning: true}, {Name: "Data Type", Text: text}}
	a.Datasets[0].Meta = a.Setup
	a.Datasets[0].Description = text
	a.Datasets[1] = nexuslims.Dataset{
		Type: nexuslims.DatasetType(text), Role: text, Name: text, Location: text, Format: text,
		Preview: text, Description: text, Meta: a.Setup,
	}
	job.Instrument.Location = text
	job.Previous = map[string]exporters.Receipt{text: {URL: text}}
	seal(job)
	return job
}

func TestTextCannotBecomeMarkup(t *testing.T) {
	texts := append(exportertest.Hostile(), "javascript:alert(1)", "data:text/html,<script>x</script>", "\x00\x01\x7f\xff\xfe",
		"\u202Egnp.exe", `{{.}} ${x} <%= x %>`, "</script><script>x</script>", "\u2028\u2029", strings.Repeat("long ", 3000),
		"http://user:secret@example.org/", "//example.org/x", "HTTP://", "file:///etc/passwd", "` onclick=x")
	store := newStore(t)
	want := skeleton(t, rendered(t, everywhere(store, "plain")))
	for i, text := range texts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			page := rendered(t, everywhere(store, text))
			got := skeleton(t, page)
			if !strings.Contains(text, "http") && strings.TrimSpace(text) != "" {
				assert.Equal(t, want, got, "elements and attributes for %q", text)
			}
			assert.Contains(t, html.UnescapeString(page), visible(text))
		})
	}
}

// visible returns a text as HTML can hold it.
func visible(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(text), "\x00", "\uFFFD"), "\uFFFD")
}

// rendered delivers a job and returns the page, after looking at all that was written.
func rendered(t *testing.T, job *exporters.Job) string {
	t.Helper()
	site := t.TempDir()
	receipt := export(t, site, job)
	requireWhole(t, site)
	files := snapshot(t, site)
	for name, content := range files {
		assert.True(t, utf8.ValidString(content) || strings.HasSuffix(name, ".png"), name)
		if strings.HasPrefix(name, "index/") && strings.HasSuffix(name, ".js") {
			assert.NotRegexp(t, "[<>\u2028\u2029]", content, "%s can stand in a page", name)
		}
	}
	list := entries(t, files["index/2024-05.js"])
	require.Len(t, list, 1)
	assert.Equal(t, receipt.ID, list[0].Folder)
	return files["records/"+receipt.ID+"/index.html"]
}

var (
	tagForm       = regexp.MustCompile(`^</?([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)/?>`)
	attributeForm = regexp.MustCompile(` ([a-zA-Z-]+)(?:="([^"<>]*)")?`)
	classes       = regexp.MustCompile(`^[a-z0-9 -]*$`)
)

// skeleton reads a page strictly and returns its elements with the names of their
// attributes: every "<" must begin a tag of small letters with quoted attributes.
func skeleton(t *testing.T, page string) []string {
	t.Helper()
	rest, ok := strings.CutPrefix(page, "<!DOCTYPE html>\n")
	require.True(t, ok)
	var out []string
	for {
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			require.NotContains(t, rest, ">")
			return out
		}
		require.NotContains(t, rest[:at], ">", "text between elements")
		m := tagForm.FindStringSubmatch(rest[at:])
		require.NotNil(t, m, "a tag is expected: %.80q", rest[at:])
		element := rest[at:at+2] + m[1]
		for _, a := range attributeForm.FindAllStringSubmatch(m[2], -1) {
			element += " " + a[1]
			checkAttribute(t, m[1], a[1], html.UnescapeString(a[2]))
		}
		out = append(out, element)
		rest = rest[at+len(m[0]):]
	}
}

func checkAttribute(t *testing.T, element, name, value string) {
	t.Helper()
	assert.False(t, strings.HasPrefix(name, "on") || name == "style", "%s has %s", element, name)
	switch name {
	case "class":
		assert.Regexp(t, classes, value)
	case "href":
		local := regexp.MustCompile(`^(#|previews/|metadata/|record\.(xml|json)$|\.\./\.\./)`)
		if !local.MatchString(value) {
			assert.Regexp(t, `^https?://[^/]`, value)
			assert.NotContains(t, value, "secret")
		}
	case "src":
		assert.Regexp(t, `^(previews/|\.\./\.\./assets/)[a-z0-9._-]+(\?v=[0-9a-f]+)?$`, value)
	}
	if element == "script" {
		assert.Contains(t, []string{"defer", "src"}, name)
	}
}
