package record

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	declaration = "<?xml version='1.0' encoding='UTF-8'?>\n"
	// The same namespace stands twice, as default and as nx: readers of older records
	// rely on the prefix.
	rootNamespaces = ` xmlns="` + Namespace + `" xmlns:xsi="` + xsiNamespace + `" xmlns:nx="` + Namespace + `"`
	maxWarnings    = 50
)

// writer writes a tree as a document. Every text passes escape, and nothing else does.
type writer struct {
	buf      []byte
	path     []string
	compact  bool // no declaration, no white space between elements
	warnings []string
	dropped  int // warnings beyond maxWarnings
}

func writeDocument(root *node) ([]byte, []string) {
	w := writer{buf: []byte(declaration)}
	w.element(root, 0, "")
	w.buf = append(w.buf, '\n')
	return w.buf, w.told()
}

func (w *writer) element(n *node, depth int, space string) {
	w.path = append(w.path, n.name)
	w.open(n, depth, space)
	switch {
	case len(n.nodes) == 0 && n.text == "":
		w.buf = append(w.buf, "/>"...)
	case len(n.nodes) == 0:
		w.buf = append(w.buf, '>')
		w.escape(n.text, "")
		w.close(n)
	default:
		w.buf = append(w.buf, '>')
		for _, c := range n.nodes {
			w.indent(depth + 1)
			w.element(c, depth+1, n.space)
		}
		w.indent(depth)
		w.close(n)
	}
	w.path = w.path[:len(w.path)-1]
}

func (w *writer) open(n *node, depth int, space string) {
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, n.name...)
	switch {
	case depth == 0:
		w.buf = append(w.buf, rootNamespaces...)
	case n.space == noNamespace:
		w.attribute("xmlns", "")
	case n.space != space:
		w.attribute("xmlns", cmp.Or(n.space, Namespace))
	}
	for _, a := range n.attrs {
		w.attribute(a.name, a.value)
	}
}

func (w *writer) attribute(name, value string) {
	w.buf = append(w.buf, ' ')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, `="`...)
	w.escape(value, name)
	w.buf = append(w.buf, '"')
}

func (w *writer) close(n *node) {
	w.buf = append(w.buf, "</"...)
	w.buf = append(w.buf, n.name...)
	w.buf = append(w.buf, '>')
}

func (w *writer) indent(depth int) {
	if w.compact {
		return
	}
	w.buf = append(w.buf, '\n')
	for range depth {
		w.buf = append(w.buf, "  "...)
	}
}

// escape writes text so that it reads back as it is. Controls that XML 1.0 cannot hold
// are removed; bad UTF-8 and the two noncharacters it excludes become U+FFFD.
// In attributes line ends and tabs are references, since readers turn them into blanks.
func (w *writer) escape(s, attribute string) {
	removed, replaced, from := 0, 0, 0
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		to, keep := escaped(r, size, attribute != "")
		if !keep {
			w.buf = append(w.buf, s[from:i]...)
			w.buf = append(w.buf, to...)
			from = i + size
			switch to {
			case "":
				removed++
			case "\uFFFD":
				replaced++
			}
		}
		i += size
	}
	w.buf = append(w.buf, s[from:]...)
	w.tell(removed, replaced, attribute)
}

// escaped returns what stands for a character, and whether that is the character itself.
func escaped(r rune, size int, attribute bool) (string, bool) {
	switch {
	case r == '&':
		return "&amp;", false
	case r == '<':
		return "&lt;", false
	case r == '>':
		return "&gt;", false
	case r == '\r':
		return "&#13;", false
	case attribute && r == '"':
		return "&quot;", false
	case attribute && r == '\n':
		return "&#10;", false
	case attribute && r == '\t':
		return "&#9;", false
	case r < ' ' && r != '\n' && r != '\t':
		return "", false
	case r == utf8.RuneError && size == 1, r == 0xFFFE, r == 0xFFFF:
		return "\uFFFD", false
	}
	return "", true
}

func (w *writer) tell(removed, replaced int, attribute string) {
	if removed+replaced == 0 {
		return
	}
	if len(w.warnings) >= maxWarnings {
		w.dropped++
		return
	}
	path := strings.Join(w.path, "/")
	if attribute != "" {
		path += "/@" + attribute
	}
	w.warnings = append(w.warnings, fmt.Sprintf(
		"%s: %d characters removed and %d replaced that XML cannot hold", path, removed, replaced))
}

func (w *writer) told() []string {
	if w.dropped > 0 {
		return append(w.warnings, fmt.Sprintf("characters that XML cannot hold in %d more places", w.dropped))
	}
	return w.warnings
}
