package cdcs

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// identity is what tells one session's record from another's in a document. People do
// not edit any of it in the front end.
type identity struct {
	id, ref                string // Experiment/id, summary/@ref
	instrument, start, end string // of summary, for sessions without the two
}

// identify reads the identity of a document; false when it is no experiment.
func identify(document []byte) (identity, bool) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(document, []byte("\ufeff"))))
	var id identity
	var path []string
	for {
		token, err := d.Token()
		if err != nil {
			return id, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(path) == 0 && t.Name.Local != "Experiment" {
				return id, false
			}
			path = append(path, t.Name.Local)
			id.attributes(path, t)
		case xml.EndElement:
			if path = path[:len(path)-1]; len(path) == 0 {
				return id, true
			}
		case xml.CharData:
			id.text(path, string(t))
		}
	}
}

func (id *identity) attributes(path []string, e xml.StartElement) {
	switch strings.Join(path, "/") {
	case "Experiment/summary":
		id.ref = strings.TrimSpace(attribute(e, "ref"))
	case "Experiment/summary/instrument":
		id.instrument = strings.TrimSpace(attribute(e, "pid"))
	}
}

func (id *identity) text(path []string, text string) {
	if len(path) > 3 {
		return
	}
	switch text = strings.TrimSpace(text); strings.Join(path, "/") {
	case "Experiment/id":
		id.id += text
	case "Experiment/summary/reservationStart":
		id.start += text
	case "Experiment/summary/reservationEnd":
		id.end += text
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// same reports whether two documents are of one session.
func (id identity) same(other identity) bool {
	if id.id != "" || id.ref != "" {
		return id.id == other.id && id.ref == other.ref
	}
	return id.instrument != "" && id.start != "" && id == other
}

// maxTitle is in bytes. The site takes 200 characters, but keeps the document in a file of
// that name, which most file systems limit to 255 bytes.
const maxTitle = 200

// title makes the record's title of its name. The site strips outer blanks, refuses NUL,
// blank titles and long ones, and cannot be asked for a title with a dollar sign. What is
// too long is cut, with a digest that keeps it distinct.
func title(name string) (string, error) {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '$' {
			return '_'
		}
		return r
	}, strings.TrimSpace(strings.ToValidUTF8(name, "_")))
	if strings.Trim(name, ".") == "" {
		return "", nexuslims.E(nexuslims.Invalid, "make title", name, errors.New("no name that the site could take"))
	}
	if len(name) > maxTitle {
		tail := fmt.Sprintf("_%x", sha256.Sum256([]byte(name)))[:13]
		name = strings.ToValidUTF8(name[:maxTitle-len(tail)], "") + tail
	}
	return name, nil
}

// root finds the start tag of a document's root and the value of its pid.
func root(document []byte) (end int64, pid string, selfClosing bool) {
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := d.RawToken()
		if err != nil {
			return 0, "", false
		}
		if e, ok := token.(xml.StartElement); ok {
			end = d.InputOffset()
			return end, attribute(e, "pid"), end > 1 && document[end-2] == '/'
		}
	}
}

// keepPID gives the document the pid of the stored one where it has none. Without it, a
// site with automatic PIDs would give a new one, and the old link would lead nowhere.
func keepPID(document, stored []byte) []byte {
	_, pid, _ := root(bytes.TrimPrefix(stored, []byte("\ufeff")))
	end, has, selfClosing := root(document)
	if pid == "" || has != "" || end == 0 {
		return document
	}
	at := end - 1
	if selfClosing {
		at--
	}
	inserted := ` pid="` + html.EscapeString(pid) + `"`
	return bytes.Join([][]byte{document[:at], document[at:]}, []byte(inserted))
}
