package cdcstest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// said is a refusal in the server's own words.
type said string

// Error returns the words.
func (s said) Error() string { return string(s) }

func sayf(format string, args ...any) error { return said(fmt.Sprintf(format, args...)) }

// accept returns the document as the server stores it, or the text of its refusal. The
// id is that of the record that has it already.
func (s *Server) accept(text string, id int) (string, error) {
	if kind, wrong := strings.CutPrefix(text, "\x00"); wrong {
		return "", fmt.Errorf("a bytes-like object is required, not '%s'", kind)
	}
	if err := wellFormed(text); err != nil {
		return "", err
	}
	validate := s.options.Validate
	if validate == nil {
		validate = valid
	}
	if err := validate([]byte(strings.TrimPrefix(text, "\ufeff"))); err != nil {
		return "", err
	}
	if s.options.AutoPID {
		return s.withPID(text, id)
	}
	return text, nil
}

func wellFormed(text string) error {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.TrimSpace(text) == "" {
		return said("Document is empty, line 1, column 1 (<string>, line 1)")
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, said("Blank needed here") }
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			line, column := d.InputPos()
			return fmt.Errorf("%w, line %d, column %d (<string>, line %d)", err, line, column, line)
		}
	}
}

// valid is a short check in place of the schema.
func valid(document []byte) error {
	d := xml.NewDecoder(strings.NewReader(string(document)))
	allowed := []string{"title", "id", "summary", "sample", "project", "acquisitionActivity", "notes"}
	depth, instrument, date := 0, false, false
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		line, _ := d.InputPos()
		switch t := token.(type) {
		case xml.StartElement:
			switch depth++; {
			case depth == 1 && (t.Name.Local != "Experiment" || t.Name.Space != Namespace):
				return sayf("Element '%s': No matching global declaration available for the validation root., line %d",
					clark(t.Name), line)
			case depth == 2 && !slices.Contains(allowed, t.Name.Local):
				return sayf("Element '%s': This element is not expected., line %d", clark(t.Name), line)
			}
			instrument = instrument || t.Name.Local == "instrument"
			date = strings.HasPrefix(t.Name.Local, "reservation")
		case xml.EndElement:
			depth--
			date = false
		case xml.CharData:
			if _, err := time.Parse(time.RFC3339Nano, string(t)); date && err != nil {
				return sayf("Element: '%s' is not a valid value of the atomic type 'xs:dateTime'., line %d", t, line)
			}
		}
	}
	if !instrument {
		return said("Element 'summary': Missing child element(s).")
	}
	return nil
}

func clark(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

// flatten returns the texts of a document by path, as the query endpoint knows them:
// attributes as @name, the text beside attributes as #text, namespaces dropped.
func flatten(text string) map[string][]string {
	values := map[string][]string{}
	var path []string
	var texts []string
	var attributes []bool
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	for {
		token, err := d.Token()
		if err != nil {
			return values
		}
		switch t := token.(type) {
		case xml.StartElement:
			path, texts, attributes = append(path, t.Name.Local), append(texts, ""), append(attributes, false)
			for _, a := range t.Attr {
				if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
					key := strings.Join(path, ".") + ".@" + a.Name.Local
					values[key] = append(values[key], a.Value)
					attributes[len(attributes)-1] = true
				}
			}
		case xml.CharData:
			if len(texts) > 0 {
				texts[len(texts)-1] += string(t)
			}
		case xml.EndElement:
			key, n := strings.Join(path, "."), len(path)-1
			if attributes[n] {
				key += ".#text"
			}
			values[key] = append(values[key], strings.TrimSpace(texts[n]))
			path, texts, attributes = path[:n], texts[:n], attributes[:n]
		}
	}
}

var (
	declaration = regexp.MustCompile(`^\x{feff}?<\?xml[^>]*\?>\s*`)
	between     = regexp.MustCompile(`>\s+<`)
	rootPID     = regexp.MustCompile(`^<(?:\w+:)?Experiment\b[^>]*?\spid=["']([^"']*)["']`)
	root        = regexp.MustCompile(`^<(?:\w+:)?Experiment\b`)
)

// withPID stores a document as a site with automatic PIDs does: without declaration and
// white space between elements, with its own pid or a new one.
func (s *Server) withPID(text string, id int) (string, error) {
	text = strings.TrimSpace(between.ReplaceAllString(declaration.ReplaceAllString(text, ""), "><"))
	prefix := s.URL + "pid/rest/local/cdcs/"
	pid := rootPID.FindStringSubmatch(text)
	if pid == nil {
		name := strconv.FormatInt(time.Now().UnixNano(), 36)
		return root.ReplaceAllString(text, `$0 pid="`+prefix+strings.ToUpper(name)+`"`), nil
	}
	if !strings.HasPrefix(pid[1], prefix) {
		return "", said("An error occurred while assigning PID to new data.")
	}
	for _, r := range s.records {
		if other := rootPID.FindStringSubmatch(r.XML); r.ID != id && other != nil && other[1] == pid[1] {
			return "", said("PID already defined for another instance")
		}
	}
	return text, nil
}
