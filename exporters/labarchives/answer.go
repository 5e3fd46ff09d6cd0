package labarchives

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// element is a part of an answer. The order of siblings is not fixed, names come with
// hyphens or underscores, and unknown ones are to be ignored.
type element struct {
	name     string // lower case, with hyphens
	text     string // of the element itself
	children []*element
}

const (
	maxDepth    = 64
	maxElements = 1 << 20
)

// parse reads an answer.
func parse(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var open []*element
	for n := 0; ; {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if n++; n > maxElements || len(open) >= maxDepth {
				return nil, errors.New("more elements than any answer has")
			}
			e := &element{name: spelled(t.Name.Local)}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			open = append(open, e)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		case xml.EndElement:
			if len(open) == 1 {
				return open[0], nil
			}
			open = open[:len(open)-1]
		}
	}
}

func spelled(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// brokenOff reports whether an answer ends before its end.
func brokenOff(err error) bool {
	var syntax *xml.SyntaxError
	return errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF")
}

// all returns the elements of a name, at any depth, in their order.
func (e *element) all(name string) []*element {
	var found []*element
	if e.name == name {
		found = append(found, e)
	}
	for _, c := range e.children {
		found = append(found, c.all(name)...)
	}
	return found
}

// first returns the first element of one of the names, nil without one. What stands in
// the echo of the request counts only when nothing else does.
func (e *element) first(names ...string) *element {
	echoes := e.children[:0:0]
	for _, name := range names {
		if e.name == name {
			return e
		}
	}
	for _, c := range e.children {
		if c.name == "response" {
			echoes = append(echoes, c)
			continue
		}
		if found := c.first(names...); found != nil {
			return found
		}
	}
	for _, c := range echoes {
		if found := c.first(names...); found != nil {
			return found
		}
	}
	return nil
}

// word returns the text of the first element of a name without blanks around it.
func (e *element) word(names ...string) string { return strings.TrimSpace(e.whole(names...)) }

// whole returns the text of the first element of a name as it is.
func (e *element) whole(names ...string) string {
	if found := e.first(names...); found != nil {
		return found.text
	}
	return ""
}

// yes reports whether the text of an element is true.
func (e *element) yes(name string) bool { return strings.EqualFold(e.word(name), "true") }

// missing is the error of an answer without what it should say.
func missing(method, what, of string) error {
	return fmt.Errorf("%s response missing %s for %s", method, what, of)
}
