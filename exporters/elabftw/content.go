package elabftw

import (
	"cmp"
	"errors"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// content is what an experiment of ours says.
type content struct {
	title  string
	body   string
	fields []named
	tags   []string
}

// facts are what the content is made of.
type facts struct {
	Session    string
	Instrument string
	User       string // empty: unknown
	Start, End time.Time
	Link       string // of the record at CDCS; empty: none
}

func factsOf(job *exporters.Job, link string) facts {
	return facts{
		Session:    nexuslims.ValidText(job.Session.ID),
		Instrument: nexuslims.ValidText(cmp.Or(job.Instrument.PID, job.Session.Instrument)),
		User:       nexuslims.ValidText(cmp.Or(job.Session.User, job.Reservation.Username)),
		Start:      job.Session.From, End: job.Session.To,
		Link: link,
	}
}

// contentOf returns what the experiment of a job should say.
func contentOf(job *exporters.Job, link string) (content, error) {
	if len(job.XML) == 0 {
		return content{}, nexuslims.E(nexuslims.Invalid, "write experiment", job.Name, errors.New("there is no document"))
	}
	f := factsOf(job, link)
	body, err := bodyOf(f)
	return content{title: titleOf(job.Name), body: body, fields: fieldsOf(f), tags: tagsOf(f)}, err
}

// linkOf returns the page of the record at CDCS, or the one that was linked before.
func linkOf(job *exporters.Job, before string) string {
	return cmp.Or(webPage(job.Previous["cdcs"].URL), webPage(before))
}

// webPage returns an address if it is one that can be linked, else nothing.
func webPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// summary is the body. Words and order are those that existing experiments have.
var summary = template.Must(template.New("summary").Parse(`<h1>NexusLIMS Microscopy Session</h1>
<h2>Session Details</h2>
<ul>
<li><strong>Session ID</strong>: {{.Session}}</li>
<li><strong>Instrument</strong>: {{.Instrument}}</li>
{{- if .User}}
<li><strong>User</strong>: {{.User}}</li>
{{- end}}
<li><strong>Start</strong>: {{.Start}}</li>
<li><strong>End</strong>: {{.End}}</li>
</ul>
{{- if .Link}}
<h2>Related Records</h2>
<ul>
<li><a href="{{.Link}}">View in CDCS</a></li>
</ul>
{{- end}}
<h2>Files</h2>
<p>The complete NexusLIMS XML record is attached to this experiment.</p>
`))

// iso writes an instant as existing experiments have it: with microseconds where it has
// any.
func iso(t time.Time) string {
	if t.Nanosecond() < 1000 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000000-07:00")
}

func bodyOf(f facts) (string, error) {
	var b strings.Builder
	err := summary.Execute(&b, map[string]any{
		"Session": printable(f.Session), "Instrument": printable(f.Instrument), "User": printable(f.User), "Link": f.Link,
		"Start": iso(f.Start), "End": iso(f.End),
	})
	if err != nil {
		return "", nexuslims.E(nexuslims.Internal, "write summary", f.Session, err)
	}
	return b.String(), nil
}

// printable returns a text without the characters that HTML does not know: servers drop
// them, and what came back would look edited.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '\uFFFE', r == '\uFFFF':
			return '\uFFFD'
		}
		return r
	}, text)
}

const maxTitle = 255 // characters; the server counts graphemes, which are never more

// titleOf returns the title as the server will store it: in one line, trimmed and cut.
func titleOf(record string) string {
	return oneLine("NexusLIMS Experiment - "+record, maxTitle)
}

// oneLine returns a text without control characters and outer blanks, of at most so many
// characters.
func oneLine(text string, length int) string {
	text = strings.NewReplacer("\u2028", " ", "\u2029", " ").Replace(printable(nexuslims.ValidText(text)))
	if runes := []rune(text); len(runes) > length {
		text = string(runes[:length])
	}
	return strings.TrimSpace(text)
}

const maxTag = 255 // characters

// tagsOf returns the tags: a bar would make two of one when they are read.
func tagsOf(f facts) []string {
	var tags []string
	for _, text := range []string{"NexusLIMS", f.Instrument, f.User} {
		tag := oneLine(strings.ReplaceAll(text, "|", " "), maxTag)
		if tag != "" && !contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// contains compares tags as the server does: case does not count.
func contains(tags []string, tag string) bool {
	for _, t := range tags {
		if strings.EqualFold(t, tag) {
			return true
		}
	}
	return false
}

const maxFileName = 200 // characters, without extension

// fileName returns the name of the attachment. Servers take the part behind the last
// slash, and quotes end a name on its way.
func fileName(record string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, oneLine(record, maxFileName))
	return strings.TrimLeft(strings.TrimSpace(name), ".") + ".xml"
}
