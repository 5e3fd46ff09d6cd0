package record

import "strings"

// Namespace is the target namespace of the experiment schema.
const Namespace = "https://data.nist.gov/od/dm/nexus/experiment/v1.0"

const xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"

// noNamespace stands for the namespace of elements outside all of them.
const noNamespace = "none"

// node is an element of a record: what it holds is either text or elements.
// Attribute names are local, those of the schema instance namespace with "xsi:".
// Elements of other namespaces keep theirs in space.
type node struct {
	name  string
	space string // empty: the target namespace
	attrs []attr
	text  string
	nodes []*node
}

type attr struct{ name, value string }

// trim removes what XML calls white space; other blanks are text.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }

func element(name, text string) *node { return &node{name: name, text: text} }

func (n *node) set(name, value string) *node {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			n.attrs[i].value = value
			return n
		}
	}
	n.attrs = append(n.attrs, attr{name, value})
	return n
}

// setText sets an attribute that is left out when empty.
func (n *node) setText(name, value string) *node {
	if value != "" {
		n.set(name, value)
	}
	return n
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (n *node) add(child *node) *node {
	n.nodes = append(n.nodes, child)
	return child
}

// addText adds a text element unless the text is empty.
func (n *node) addText(name, text string) {
	if text != "" {
		n.add(element(name, text))
	}
}

func (n *node) is(name string) bool { return n.name == name && n.space == "" }

// all returns the children of that name.
func (n *node) all(name string) []*node {
	var found []*node
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		if c.is(name) {
			found = append(found, c)
		}
	}
	return found
}

// first returns the first child of that name, nil where there is none.
func (n *node) first(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		if c.is(name) {
			return c
		}
	}
	return nil
}

// texts returns the texts of the children of that name, trimmed.
func (n *node) texts(name string) []string {
	var found []string
	for _, c := range n.all(name) {
		found = append(found, trim(c.text))
	}
	return found
}

// value returns the trimmed text of the first child of that name.
func (n *node) value(name string) string {
	if c := n.first(name); c != nil {
		return trim(c.text)
	}
	return ""
}
