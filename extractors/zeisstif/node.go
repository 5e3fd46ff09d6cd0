package zeisstif

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// node is an element of an XML text: the names are without name space.
type node struct {
	name       string
	text       string // trimmed
	attributes []xml.Attr
	children   []*node

	chars []byte // what text is made of
}

const maxDepth = 64

// parseXML reads an XML text that has been decoded to UTF-8 already, whatever encoding it
// names. Of one that breaks off or is malformed, what comes before is returned with the
// error; nil where there is no element.
func parseXML(text string) (*node, error) {
	start := strings.IndexByte(text, '<')
	if start < 0 {
		return nil, corrupt(errors.New("there is no element"))
	}
	d := newDecoder(text[start:])
	t := tree{}
	for {
		token, err := d.RawToken()
		if err == nil {
			err = t.take(token)
		}
		if err != nil {
			return t.root, t.broken(err)
		}
		if t.done {
			return t.root, nil // whatever stands behind
		}
	}
}

func newDecoder(text string) *xml.Decoder {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// rootName returns the name of the first element of an XML text, "" where there is none.
func rootName(text string) string {
	d := newDecoder(text[max(0, strings.IndexByte(text, '<')):])
	for {
		token, err := d.RawToken()
		if err != nil {
			return ""
		}
		switch x := token.(type) {
		case xml.StartElement:
			return x.Name.Local
		case xml.EndElement:
			return ""
		}
	}
}

// tree is a tree of nodes while it grows.
type tree struct {
	root *node
	open []*node
	done bool
}

func (t *tree) take(token xml.Token) error {
	switch x := token.(type) {
	case xml.StartElement:
		if len(t.open) == maxDepth {
			return fmt.Errorf("more than %d levels of elements", maxDepth)
		}
		n := &node{name: x.Name.Local}
		if len(x.Attr) > 0 {
			n.attributes = append(n.attributes, x.Attr...)
		}
		if len(t.open) > 0 {
			parent := t.open[len(t.open)-1]
			parent.children = append(parent.children, n)
		} else {
			t.root = n
		}
		t.open = append(t.open, n)
	case xml.EndElement:
		if len(t.open) == 0 || t.open[len(t.open)-1].name != x.Name.Local {
			return fmt.Errorf("the element %s ends where it should not", nexuslims.CutText(x.Name.Local, 40, "…"))
		}
		t.open[len(t.open)-1].close()
		t.open = t.open[:len(t.open)-1]
		t.done = len(t.open) == 0
	case xml.CharData:
		if len(t.open) > 0 {
			n := t.open[len(t.open)-1]
			n.chars = append(n.chars, x...)
		}
	}
	return nil
}

func (t *tree) broken(err error) error {
	for _, n := range t.open {
		n.close()
	}
	if t.root == nil {
		err = errors.New("there is no element")
	} else if errors.Is(err, io.EOF) {
		err = errors.New("the text breaks off")
	}
	return corrupt(err)
}

func (n *node) close() {
	n.text, n.chars = strings.TrimSpace(string(n.chars)), nil
}

func corrupt(err error) error { return nexuslims.E(nexuslims.Corrupt, "read XML", "", err) }

// attribute returns the value of an attribute, "" where there is none.
func (n *node) attribute(name string) string {
	for _, a := range n.attributes {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// child returns the first child of a name, nil where there is none. A nil node has none.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// at returns a child of that very name, or else the node at a path of names that are
// separated by points; nil where there is neither.
func (n *node) at(path string) *node {
	if c := n.child(path); c != nil {
		return c
	}
	for name := range strings.SplitSeq(path, ".") {
		n = n.child(name)
	}
	return n
}

// value returns the node as raw metadata: its text, or an object of its attributes and
// children, in which those of one name are a list. The text of a node that has others too
// is its "#text"; items stand under the name that they give.
func (n *node) value() nexuslims.Value {
	if len(n.children) == 0 && len(n.attributes) == 0 {
		return nexuslims.Text(n.text)
	}
	return n.object()
}

func (n *node) object() *nexuslims.Object {
	o, lists := nexuslims.NewObject(len(n.children)+len(n.attributes)), map[string]nexuslims.List{}
	add := func(name string, v nexuslims.Value) {
		list := append(lists[name], v)
		lists[name] = list
		if len(list) == 1 {
			o.Set(name, list[0])
		} else {
			o.Set(name, list)
		}
	}
	for _, a := range n.attributes {
		add(a.Name.Local, nexuslims.Text(strings.TrimSpace(a.Value)))
	}
	if n.text != "" {
		add("#text", nexuslims.Text(n.text))
	}
	for _, c := range n.children {
		if name := c.attribute("name"); c.name == "item" && name != "" && len(c.children) == 0 {
			add(name, nexuslims.Text(c.text))
			continue
		}
		add(c.name, c.value())
	}
	return o
}
