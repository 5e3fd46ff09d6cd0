package feitif

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Node is an element of an XML text: the names are without name space.
type Node struct {
	Name       string
	Text       string // trimmed
	Attributes map[string]string
	Children   []*Node

	chars []byte // what Text is made of
}

const maxDepth = 64

// ParseXML reads an XML text that has been decoded to UTF-8 already, whatever encoding it
// names. Of one that breaks off or is malformed, what comes before is returned with the
// error; nil when there is no element.
func ParseXML(text string) (*Node, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var root *Node
	var open []*Node
	for {
		token, err := d.Token()
		if err != nil {
			for _, n := range open {
				n.close()
			}
			return root, broken(err, root)
		}
		switch t := token.(type) {
		case xml.StartElement:
			n := newNode(t)
			if len(open) == maxDepth {
				return root, corrupt(fmt.Errorf("more than %d levels of elements", maxDepth))
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, n)
			} else if root == nil {
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			if len(open) > 0 {
				open[len(open)-1].close()
				open = open[:len(open)-1]
			}
			if len(open) == 0 {
				return root, nil // whatever stands behind
			}
		case xml.CharData:
			if len(open) > 0 {
				n := open[len(open)-1]
				n.chars = append(n.chars, t...)
			}
		}
	}
}

func newNode(t xml.StartElement) *Node {
	n := &Node{Name: t.Name.Local}
	for _, a := range t.Attr {
		if n.Attributes == nil {
			n.Attributes = make(map[string]string, len(t.Attr))
		}
		n.Attributes[a.Name.Local] = a.Value
	}
	return n
}

func (n *Node) close() {
	n.Text, n.chars = strings.TrimSpace(string(n.chars)), nil
}

// broken tells the end of a text from a fault in it. (The decoder reports an element that
// is not closed as a fault.)
func broken(err error, root *Node) error {
	if root == nil {
		return corrupt(errors.New("there is no element"))
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return corrupt(err)
}

func corrupt(err error) error { return nexuslims.E(nexuslims.Corrupt, "read XML", "", err) }

// Child returns the first child of a name, nil where there is none. A nil node has none.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// At returns the node at a path of names separated by points, nil where there is none.
func (n *Node) At(path string) *Node {
	for name := range strings.SplitSeq(path, ".") {
		n = n.Child(name)
	}
	return n
}

// ValueAt returns the text of the node at a path.
func (n *Node) ValueAt(path string) string {
	if n = n.At(path); n == nil {
		return ""
	}
	return n.Text
}

// Find returns the first element of a name below the node, whatever the case, that has text.
func (n *Node) Find(name string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if strings.EqualFold(c.Name, name) && c.Text != "" {
			return c
		}
		if found := c.Find(name); found != nil {
			return found
		}
	}
	return nil
}

// Value returns the node as raw metadata: its text, or an object of its children, where
// those of one name are a list. Attributes are left out.
func (n *Node) Value() nexuslims.Value {
	if n.Text != "" || len(n.Children) == 0 {
		return nexuslims.Text(n.Text)
	}
	o, lists := nexuslims.NewObject(len(n.Children)), map[string]nexuslims.List{}
	for _, c := range n.Children {
		list := append(lists[c.Name], c.Value())
		lists[c.Name] = list
		if len(list) == 1 {
			o.Set(c.Name, list[0])
		} else {
			o.Set(c.Name, list)
		}
	}
	return o
}

// Object is Value for a root: an object even of an element without children.
func (n *Node) Object() *nexuslims.Object {
	if o, ok := n.Value().(*nexuslims.Object); ok {
		return o
	}
	return new(nexuslims.Object)
}

// FindParent returns the first element of a name below the node, whatever the case, that has a
// child with text of the other name; nil where there is none.
func (n *Node) FindParent(name, child string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if strings.EqualFold(c.Name, name) && c.ValueAt(child) != "" {
			return c
		}
		if found := c.FindParent(name, child); found != nil {
			return found
		}
	}
	return nil
}
