package record

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	maxDocument = 256 << 20  // bytes of a document
	maxDepth    = 64         // nested elements; the schema needs ten
	maxNodes    = 10_000_000 // elements and attributes of a document
)

var (
	errTooLarge = fmt.Errorf("more than %d bytes", maxDocument)
	errTooDeep  = fmt.Errorf("more than %d nested elements", maxDepth)
	errTooMany  = fmt.Errorf("more than %d elements and attributes", maxNodes)
	errDoctype  = errors.New("document type declarations are not read")
	errMixed    = errors.New("text beside elements")
)

// parse reads a document into a tree. It reads no external entities and refuses
// document type declarations; comments and processing instructions are dropped.
func parse(doc []byte) (*node, error) {
	const op = "parse record"
	if len(doc) > maxDocument {
		return nil, nexuslims.E(nexuslims.Unsupported, op, "", errTooLarge)
	}
	p := newParser(doc)
	if err := p.run(); err != nil {
		line, _ := p.dec.InputPos()
		return nil, nexuslims.E(nexuslims.Corrupt, op, "", fmt.Errorf("line %d: %w", line, err))
	}
	if p.root == nil {
		return nil, nexuslims.E(nexuslims.Corrupt, op, "", io.ErrUnexpectedEOF)
	}
	if !p.root.is("Experiment") {
		return nil, nexuslims.E(nexuslims.Invalid, op, "",
			fmt.Errorf("root element %s is not Experiment in %s", p.root.name, Namespace))
	}
	return p.root, nil
}

type parser struct {
	dec   *xml.Decoder
	root  *node
	open  []*node
	texts [][]byte // of the open elements
	nodes int
	words map[string]string // names met: documents repeat few of them
}

func newParser(doc []byte) *parser {
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc, []byte("\uFEFF"))))
	return &parser{dec: dec, words: map[string]string{}}
}

// word returns the same string for the same name.
func (p *parser) word(s string) string {
	const longest, most = 64, 4096
	if w, ok := p.words[s]; ok {
		return w
	}
	if len(s) <= longest && len(p.words) < most {
		p.words[s] = s
	}
	return s
}

func (p *parser) run() error {
	for {
		t, err := p.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = p.token(t)
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end()
	case xml.CharData:
		if last := len(p.open) - 1; last >= 0 {
			p.texts[last] = append(p.texts[last], t...)
		} else if trim(string(t)) != "" {
			return errMixed
		}
	case xml.Directive:
		return errDoctype
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	n := &node{name: p.word(t.Name.Local), space: p.word(foreign(t.Name.Space))}
	for _, a := range t.Attr {
		name, ok := attributeName(a.Name)
		if name == "xsi:type" { // its prefix has a meaning in this document only
			a.Value = trim(a.Value[strings.LastIndexByte(a.Value, ':')+1:])
		}
		if ok {
			n.attrs = append(n.attrs, attr{p.word(name), p.word(a.Value)})
		}
	}
	p.nodes += 1 + len(n.attrs)
	switch {
	case p.nodes > maxNodes:
		return errTooMany
	case len(p.open) >= maxDepth:
		return errTooDeep
	case len(p.open) == 0 && p.root != nil:
		return errors.New("more than one root element")
	case len(p.open) == 0:
		p.root = n
	default:
		p.open[len(p.open)-1].add(n)
	}
	p.open = append(p.open, n)
	p.texts = append(p.texts, nil)
	return nil
}

// end closes an element. White space between elements says nothing.
func (p *parser) end() error {
	last := len(p.open) - 1
	n, text := p.open[last], p.texts[last]
	p.open, p.texts = p.open[:last], p.texts[:last]
	if len(n.nodes) == 0 {
		n.text = string(text)
	} else if trim(string(text)) != "" {
		return errMixed
	}
	return nil
}

func foreign(space string) string {
	if space == Namespace {
		return ""
	}
	if space == "" {
		return noNamespace
	}
	return space
}

// attributeName returns the name of an attribute in a node; declarations of
// namespaces and attributes of unknown ones are dropped.
func attributeName(n xml.Name) (string, bool) {
	switch {
	case n.Space == xsiNamespace && (n.Local == "type" || n.Local == "nil"):
		return "xsi:" + n.Local, true
	case n.Space != "" || n.Local == "xmlns":
		return "", false
	}
	return n.Local, true
}
