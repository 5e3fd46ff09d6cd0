package rocratetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// entity is one object of the description.
type entity map[string]any

func (e entity) id() string   { return e.text("@id") }
func (e entity) kind() string { return e.text("@type") }

// text returns a property that is one text, "" otherwise.
func (e entity) text(name string) string {
	s, _ := e[name].(string)
	return s
}

// refs returns the ids that a property points to.
func (e entity) refs(name string) []string {
	values, ok := e[name].([]any)
	if !ok && e[name] != nil {
		values = []any{e[name]}
	}
	var ids []string
	for _, v := range values {
		if m, ok := v.(map[string]any); ok {
			if id, ok := m["@id"].(string); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// checkDocument looks at the description.
func (c *checker) checkDocument() {
	text := c.files[metadataFile]
	c.rule(utf8.Valid(text), "the description is no UTF-8")
	c.rule(bytes.HasSuffix(text, []byte("}\n")), "the description does not end in a line break")
	c.rule(!bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }), "the description holds controls")
	if err := checkKeys(text); err != nil {
		c.bad("the description is no JSON of sorted names: %v", err)
		return
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		c.bad("the description is no JSON object: %v", err)
		return
	}
	c.rule(doc["@context"] == "https://w3id.org/ro/crate/1.2/context", "the context is %v", doc["@context"])
	graph, ok := doc["@graph"].([]any)
	c.rule(ok && len(doc) == 2, "the description is not context and graph")
	c.graph, c.used = map[string]entity{}, map[string]bool{}
	for _, v := range graph {
		m, ok := v.(map[string]any)
		e := entity(m)
		if !ok || e.id() == "" || e.kind() == "" {
			c.bad("entity %v has no @id or not one @type", v)
			continue
		}
		_, twice := c.graph[e.id()]
		c.rule(!twice, "the id %q is there twice", e.id())
		c.graph[e.id()] = e
		c.order = append(c.order, e)
	}
	c.checkGraph()
}

// checkKeys reads JSON by its tokens: no name twice, names in the order of their bytes.
func checkKeys(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if err := keysOf(d); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}

func keysOf(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		for d.More() {
			if err := keysOf(d); err != nil {
				return err
			}
		}
	case json.Delim('{'):
		last := ""
		for d.More() {
			t, err := d.Token()
			if err != nil {
				return err
			}
			name, _ := t.(string)
			if name <= last {
				return fmt.Errorf("%q stands behind %q", name, last)
			}
			last = name
			if err := keysOf(d); err != nil {
				return err
			}
		}
	default:
		if s, ok := t.(string); ok && strings.ContainsFunc(s, control) {
			return fmt.Errorf("controls in %q", s)
		}
		return nil
	}
	_, err = d.Token()
	return err
}

func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0
}

// sortedIDs returns the ids of the graph.
func (c *checker) sortedIDs() []string {
	ids := make([]string, 0, len(c.graph))
	for id := range c.graph {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
