package record

import (
	"cmp"
	"slices"
	"strings"
)

// Canonical returns a form of a document that is equal for documents that say the same,
// whoever stored them: without declaration, comments, white space between elements,
// prefixes and the root's pid, which the front end gives; attributes sorted; white
// space inside tokens collapsed, line ends unified, both micro signs one; an empty
// curation block left out. It is for comparing, not for storing.
func Canonical(doc []byte) ([]byte, error) {
	root, err := parse(doc)
	if err != nil {
		return nil, err
	}
	return []byte(canonical(root)), nil
}

// canonical returns the canonical form of nodes of a tree.
func canonical(nodes ...*node) string {
	w := writer{compact: true}
	for _, n := range nodes {
		if c := canonicalNode(n); c != nil {
			w.element(c, 1, "")
		}
	}
	return string(w.buf)
}

func canonicalNode(n *node) *node {
	c := &node{name: n.name, space: n.space, text: canonicalText(n)}
	for _, a := range n.attrs {
		switch {
		case a.name == "pid" && n.is("Experiment"), a.name == "unit" && a.value == "":
			continue
		case a.name == "unit":
			a.value = microSign(a.value)
		case a.name == "warning" && trim(a.value) == "1":
			a.value = "true"
		}
		c.attrs = append(c.attrs, a)
	}
	slices.SortFunc(c.attrs, func(a, b attr) int { return cmp.Compare(a.name, b.name) })
	for _, inner := range n.nodes {
		if k := canonicalNode(inner); k != nil {
			c.nodes = append(c.nodes, k)
		}
	}
	if n.is("curation") && len(c.nodes) == 0 {
		return nil
	}
	return c
}

func microSign(s string) string { return strings.ReplaceAll(s, "\u03bc", "\u00b5") }

// canonicalText keeps the white space of elements whose type does.
func canonicalText(n *node) string {
	switch n.name {
	case "motivation", "description", "format", "location", "preview", "name":
		text := strings.ReplaceAll(n.text, "\r\n", "\n")
		return trim(strings.ReplaceAll(text, "\r", "\n"))
	}
	if !strings.ContainsAny(n.text, " \t\r\n") {
		return n.text
	}
	return strings.Join(strings.FieldsFunc(n.text, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " ")
}
