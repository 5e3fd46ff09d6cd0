package labarchives

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

//go:embed summary.html
var summaryHTML string

// headline begins every summary, the Python program's too.
const headline = "NexusLIMS Microscopy Session"

// maxSummary is the largest summary in bytes. The service does not say what it takes.
const maxSummary = 8 << 20

// summary is what the template is filled with.
type summary struct {
	Headline   string
	Session    string
	Instrument string
	User       string
	Start, End string
	CDCS       string // address
	Rows       [][]picture
	Unshown    int // previews that found no place
	Files      []string
	Unlisted   int // files that found no place
}

const (
	perRow  = 4
	maxText = 4 << 10 // bytes of one text
)

// render writes the summary of a job. It stays below the size of a file that the service
// takes, where that is known.
func (d *Destination) render(job *exporters.Job, largest int64) (string, error) {
	size := maxSummary
	if largest > 0 && largest < maxSummary {
		size = int(largest)
	}
	s := summary{
		Headline: headline, Session: shown(sessionOf(job)), Instrument: shown(instrumentOf(job)), User: shown(job.Session.User),
		Start: stamp(job.Session.From, job.Record.Start), End: stamp(job.Session.To, job.Record.End),
		CDCS: webLink(job.Previous["cdcs"].URL),
	}
	pictures, unshown := d.gallery(job, size/4*3)
	for len(pictures) > 0 {
		n := min(perRow, len(pictures))
		s.Rows = append(s.Rows, pictures[:n])
		pictures = pictures[n:]
	}
	s.Unshown = unshown
	s.Files, s.Unlisted = dataFiles(job.Record, size/8)
	t, err := template.New("summary").Parse(summaryHTML)
	if err != nil {
		return "", nexuslims.E(nexuslims.Internal, "write summary", job.Name, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return "", nexuslims.E(nexuslims.Internal, "write summary", job.Name, err)
	}
	if b.Len() > size {
		return "", nexuslims.E(nexuslims.Unsupported, "write summary", job.Name,
			fmt.Errorf("it would have %d bytes, and the service takes no more than %d", b.Len(), size))
	}
	return b.String(), nil
}

// isSummary reports whether a text entry was made as the summary of the job's session.
func isSummary(data string, job *exporters.Job) bool {
	head, _, found := strings.Cut(data, headline)
	return found && len(head) < 200 && strings.HasPrefix(strings.TrimSpace(head), "<h1") &&
		(strings.Contains(data, html.EscapeString(shown(sessionOf(job)))) || strings.Contains(data, sessionOf(job)))
}

// shown makes a text fit for a line of the summary.
func shown(text string) string { return nexuslims.CutText(squeeze(text), maxText, "…") }

// stamp writes the first time that is known, in ISO 8601.
func stamp(times ...time.Time) string {
	for _, t := range times {
		if !t.IsZero() {
			return t.Format(time.RFC3339)
		}
	}
	return ""
}

// dataFiles lists the data files of a record in order of their first appearance, each
// once, as their locations stand in the record. Those beyond the size are counted.
func dataFiles(r nexuslims.Record, size int) (files []string, unlisted int) {
	const markup = len("<li></li>\n")
	seen := map[string]bool{}
	for _, a := range r.Activities {
		for _, d := range a.Datasets {
			path := "/" + strings.TrimLeft(d.Location, "/")
			if seen[path] {
				continue
			}
			seen[path] = true
			line := shown(path)
			if size -= len(template.HTMLEscapeString(line)) + markup; size < 0 {
				unlisted++
				continue
			}
			files = append(files, line)
		}
	}
	return files, unlisted
}
