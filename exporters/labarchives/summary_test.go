package labarchives_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// purify is what a service could make of HTML: another order of attributes, other blanks.
func purify(html string) string {
	html = strings.ReplaceAll(html, `border-collapse:collapse;`, `border-collapse: collapse`)
	return strings.ReplaceAll(html, "\n", " ") + "\n"
}

// picture encodes an image of a size: noise when it is colourful, else one shade.
func picture(t *testing.T, width, height int, colourful bool) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		if colourful {
			m.Pix[i] = byte(random.Uint32())
		}
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

// noise encodes a gray image that hardly compresses.
func noise(t *testing.T, side int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, side, side))
	random := rand.New(rand.NewPCG(1, 2))
	for y := range side {
		for x := range side {
			m.SetGray(x, y, color.Gray{Y: byte(random.Uint32())})
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

// stored returns the files of a data tree.
func stored(t *testing.T, files map[string][]byte) exporters.Files {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return exporters.Files{Data: root}
}

// summaryOf delivers a job and returns the summary as it is stored.
func summaryOf(t *testing.T, o labarchivestest.Options, job *exporters.Job) string {
	t.Helper()
	b := newBench(t, o)
	_, err := b.open().Export(t.Context(), job)
	require.NoError(t, err)
	_, summary, record := b.only()
	assert.Equal(t, string(job.XML), record.Data)
	return summary.Data
}

func TestSummary(t *testing.T) {
	small, other := picture(t, 20, 10, false), picture(t, 10, 20, false)
	job := exportertest.NewJob(1, "Grain map", stored(t, map[string][]byte{
		"a/one.png": small, "a/two.png": other, "b.png": small, "broken.png": []byte("no picture"),
	}))
	job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "https://cdcs.example.org/data?id=7&x=1"}}
	job.Record.Activities = []nexuslims.Activity{
		{Datasets: []nexuslims.Dataset{
			{Location: "tool/a/stack.dm4", Preview: "a/one.png"},
			{Location: "tool/a/stack.dm4", Preview: "broken.png"},
			{Location: "tool/a/stack.dm4", Preview: "a/two.png"},
			{Location: "tool/b & c.tif", Preview: "b.png"},
			{Location: "tool/none.txt"},
			{Location: "tool/gone.txt", Preview: "gone.png"},
		}},
		{Datasets: []nexuslims.Dataset{{Location: "tool/a/stack.dm4", Preview: "b.png"}, {Location: "tool/d.tif", Preview: "b.png"}}},
	}
	source := func(b []byte) string {
		return `src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(b) + `"`
	}
	cell := func(b []byte, name string) string {
		return `<td style="padding:8px;text-align:center;vertical-align:top;"><img ` + source(b) + ` alt="` + name +
			`" style="max-width:250px;max-height:250px;border:1px solid #ccc;"><br><small>` + name + `</small></td>`
	}
	assert.Equal(t, strings.Join([]string{
		"<h1>NexusLIMS Microscopy Session</h1>",
		"<h2>Session Details</h2>",
		"<ul>",
		"<li><strong>Session ID</strong>: https://nemo.example.org/event_details/usage/1001/</li>",
		"<li><strong>Instrument</strong>: TEST-TOOL</li>",
		"<li><strong>User</strong>: ned</li>",
		"<li><strong>Start</strong>: 2024-05-06T09:01:00-06:00</li>",
		"<li><strong>End</strong>: 2024-05-06T11:01:00-06:00</li>",
		"</ul>",
		"<h2>Related Records</h2>",
		"<ul>",
		`<li><a href="https://cdcs.example.org/data?id=7&amp;x=1">View in CDCS</a></li>`,
		"</ul>",
		"<h2>Preview Images</h2>",
		`<table style="border-collapse:collapse;">`,
		"<tr>",
		cell(small, "stack.dm4 (1 of 3)"), cell(other, "stack.dm4 (3 of 3)"), cell(small, "b &amp; c.tif"), cell(small, "stack.dm4"),
		"</tr>",
		"<tr>",
		cell(small, "d.tif"),
		"</tr>",
		"</table>",
		"<h2>Files</h2>",
		"<p>The following data files are referenced in this record:</p>",
		"<ul>",
		"<li>/tool/a/stack.dm4</li>",
		"<li>/tool/b &amp; c.tif</li>",
		"<li>/tool/none.txt</li>",
		"<li>/tool/gone.txt</li>",
		"<li>/tool/d.tif</li>",
		"</ul>",
		"",
	}, "\n"), summaryOf(t, labarchivestest.Options{}, job))
}

func TestSummaryOfNothing(t *testing.T) {
	job := exportertest.NewJob(1, "Grain map", exporters.Files{})
	job.Record.Activities, job.Session.User = nil, ""
	job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "javascript:alert(1)"}}
	html := summaryOf(t, labarchivestest.Options{}, job)
	assert.NotContains(t, html, "Preview")
	assert.NotContains(t, html, "Related")
	assert.NotContains(t, html, "User")
	assert.Contains(t, html, "<h2>Files</h2>\n<p>The following data files are referenced in this record:</p>\n")
}

// many returns a job with that many previews, all of the same file.
func many(t *testing.T, n int, preview []byte) *exporters.Job {
	t.Helper()
	job := exportertest.NewJob(1, "Grain map", stored(t, map[string][]byte{"p.png": preview}))
	sets := make([]nexuslims.Dataset, n)
	for i := range sets {
		sets[i] = nexuslims.Dataset{Location: fmt.Sprintf("tool/%06d.tif", i), Preview: "p.png"}
	}
	job.Record.Activities = []nexuslims.Activity{{Datasets: sets}}
	return job
}

func TestGalleryIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		n       int
		preview []byte
		limit   int64
		cdcs    string
		shown   int
		more    string
	}{
		"all find a place":    {n: 60, preview: picture(t, 8, 8, false), shown: 60},
		"one too many":        {n: 61, preview: picture(t, 8, 8, false), shown: 60, more: "<p>1 more preview, not shown here</p>"},
		"more in CDCS":        {n: 500, preview: picture(t, 8, 8, false), cdcs: "https://cdcs.example.org/", shown: 60, more: "<p>440 more previews in CDCS</p>"},
		"large gray ones":     {n: 60, preview: noise(t, 400), shown: 60},
		"large coloured ones": {n: 16, preview: picture(t, 300, 400, true), shown: 16},
		"small service":       {n: 60, preview: picture(t, 300, 400, true), limit: 100_000, shown: 3, more: "more previews, not shown here</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := many(t, c.n, c.preview)
			job.Previous = map[string]exporters.Receipt{"cdcs": {URL: c.cdcs}}
			html := summaryOf(t, labarchivestest.Options{MaxFile: c.limit}, job)
			assert.Equal(t, c.shown, strings.Count(html, "<img "))
			assert.LessOrEqual(t, len(html), 8<<20)
			if c.limit > 0 {
				assert.LessOrEqual(t, int64(len(html)), c.limit)
			}
			assert.Contains(t, html, c.more)
			assert.Equal(t, c.more == "", !strings.Contains(html, " more "))
		})
	}
}

// TestPicturesAreScaled decodes what the gallery made of a large preview.
func TestPicturesAreScaled(t *testing.T) {
	data := regexp.MustCompile(`src="data:(image/[a-z]+);base64,([^"]+)"`)
	for name, c := range map[string]struct {
		preview []byte
		kind    string
		size    image.Point
	}{
		"small stays":     {picture(t, 500, 400, false), "image/png", image.Pt(500, 400)},
		"gray noise":      {noise(t, 400), "image/png", image.Pt(250, 250)},
		"coloured noise":  {picture(t, 300, 400, true), "image/jpeg", image.Pt(187, 250)},
		"one pixel wide":  {picture(t, 30000, 1, true), "image/png", image.Pt(250, 1)},
		"already a small": {picture(t, 250, 100, true), "image/jpeg", image.Pt(250, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			m := data.FindStringSubmatch(summaryOf(t, labarchivestest.Options{}, many(t, 1, c.preview)))
			require.Len(t, m, 3)
			assert.Equal(t, c.kind, m[1])
			b, err := base64.StdEncoding.DecodeString(m[2])
			require.NoError(t, err)
			assert.LessOrEqual(t, len(b), 64<<10)
			info, _, err := image.DecodeConfig(bytes.NewReader(b))
			require.NoError(t, err)
			assert.Equal(t, c.size, image.Pt(info.Width, info.Height))
		})
	}
}

func TestFileListIsBounded(t *testing.T) {
	job := many(t, 0, nil)
	sets := make([]nexuslims.Dataset, 60_000)
	for i := range sets {
		sets[i] = nexuslims.Dataset{Location: fmt.Sprintf("tool/<%06d>.tif", i)}
	}
	job.Record.Activities = []nexuslims.Activity{{Datasets: sets}}
	html := summaryOf(t, labarchivestest.Options{}, job)
	listed := strings.Count(html, "<li>/tool/")
	assert.Greater(t, listed, 20_000)
	assert.LessOrEqual(t, len(html), 2<<20)
	assert.Contains(t, html, fmt.Sprintf("<p>%d more files are listed in the attached record</p>", len(sets)-listed))
}

func TestLargeRecordIsRefused(t *testing.T) {
	b := newBench(t, labarchivestest.Options{MaxFile: 500})
	job := exportertest.NewJob(1, "Grain map", exporters.Files{})
	_, err := b.open().Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Unsupported)
	assert.Contains(t, err.Error(), fmt.Sprintf("it has %d bytes, and the service takes no file of more than 500", len(job.XML)))
	assert.Empty(t, b.Pages())
	assert.Equal(t, []string{"GET users/max_file_size"}, b.Requests(), "nothing is sent in vain")
}

var (
	tagForm       = regexp.MustCompile(`^<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>`)
	attributeForm = regexp.MustCompile(` ([a-z]+)="([^"<>]*)"`)
)

// skeleton reads a summary strictly and returns its elements with the names of their
// attributes: every "<" must begin a tag of small letters with quoted attributes.
func skeleton(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for rest := page; ; {
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			require.NotContains(t, rest, ">")
			return out
		}
		require.NotContains(t, rest[:at], ">", "text between elements")
		m := tagForm.FindStringSubmatch(rest[at:])
		require.NotNil(t, m, "a tag is expected: %.80q", rest[at:])
		element := m[1] + m[2]
		for _, a := range attributeForm.FindAllStringSubmatch(m[3], -1) {
			element += " " + a[1]
			switch a[1] {
			case "href":
				assert.Regexp(t, `^https?://[^/]`, html.UnescapeString(a[2]))
			case "src":
				assert.Regexp(t, `^data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=]+$`, a[2])
			case "style":
				assert.Regexp(t, `^[a-z0-9 :;#-]+$`, a[2])
			default:
				assert.Equal(t, "alt", a[1])
			}
		}
		out = append(out, element)
		rest = rest[at+len(m[0]):]
	}
}

// everywhere returns a job that has a text wherever people, instruments and services can
// supply one.
func everywhere(files exporters.Files, text string) *exporters.Job {
	job := exportertest.NewJob(1, text, files)
	job.Session.ID, job.Session.User, job.Session.Instrument, job.Instrument.PID = text, text, text, text
	job.Name, job.Record.SessionIdentifier, job.Record.InstrumentPID = text, text, text
	a := &job.Record.Activities[0]
	a.Datasets[0].Location, a.Datasets[1].Location, a.Datasets[1].Preview = text, text+"/x", text
	job.Previous = map[string]exporters.Receipt{"cdcs": {URL: "https://cdcs.example.org/?q=" + text}}
	return job
}

func TestTextCannotBecomeMarkup(t *testing.T) {
	files := stored(t, map[string][]byte{"tool/grain 1.tif.thumb.png": picture(t, 8, 8, false)})
	texts := append(exportertest.Hostile(), "\x00\x01\x7f\xff\xfe", "a\u2028\u2029b", "{{.}}", "` onclick=x", "&lt;b&gt;",
		"data:text/html,<script>x</script>", strings.Repeat("<b>", 3000), "\ufffe", "+ADw-script+AD4-")
	want := skeleton(t, summaryOf(t, labarchivestest.Options{}, everywhere(files, "plain")))
	require.Contains(t, want, "img src alt style")
	require.Contains(t, want, "a href")
	for i, text := range texts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			job := everywhere(files, text)
			html := summaryOf(t, labarchivestest.Options{}, job)
			got := skeleton(t, html)
			if strings.Contains(html, "Related") { // an address that is none is left out
				assert.Equal(t, want, got, "elements and attributes for %q", text)
			}
		})
	}
}

// TestSeveralSessionsOfOddNames keeps sessions apart whose identifiers differ by little.
func TestSeveralSessionsOfOddNames(t *testing.T) {
	b := newBench(t, labarchivestest.Options{})
	d := b.open()
	long := strings.Repeat("x", 300)
	ids := []string{"a b", "a  b", "a\nb", " a b", "a — b", "b", "2024-05-06 — b", long, long + "y", "A b", ""}
	for i, id := range ids {
		job := exportertest.NewJob(1, "Grain map", exporters.Files{})
		job.Session.ID, job.Record.SessionIdentifier = id, id
		job.Session.From = job.Session.From.AddDate(0, 0, i%3)
		_, found, err := d.Find(t.Context(), job)
		require.NoError(t, err)
		require.False(t, found, "%q is none of those before", id)
		_, err = d.Export(t.Context(), job)
		require.NoError(t, err)
		job.Session.From = job.Session.From.Add(72 * time.Hour) // its times were corrected
		receipt, found, err := d.Find(t.Context(), job)
		require.NoError(t, err)
		require.True(t, found, "%q", id)
		assert.Equal(t, b.Pages()[i].ID, receipt.Meta["page_tree_id"])
	}
	assert.Len(t, b.Pages(), len(ids))
}
