package tia

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Setting is one entry of the experimental description.
type Setting struct{ Label, Value, Unit string }

// Info is what a block says.
type Info struct {
	Tree     *nexuslims.Object // as it stands beside the metadata, see [ReadInfo]
	Settings []Setting         // the experimental description, in order
}

// Bounds of the XML of one block.
const (
	maxDepth    = 64
	maxElements = 20_000
)

// node is an element of the XML.
type node struct {
	name     string
	text     strings.Builder
	children []*node
}

// ReadInfo reads the XML of a block. Elements with text become the text as it is, others
// objects of their children, the last of several of one name; white space is no text
// where there are children. The experimental description becomes an object of numbers and
// texts by label, with the unit behind an underscore; the image header, which is XML in
// XML, an object of texts by index. Damaged XML gives what could be read, and an error.
func ReadInfo(f *extractors.File, b Block) (Info, error) {
	raw, err := f.Read(b.Offset, b.Len)
	if err != nil {
		return Info{}, fmt.Errorf("read block: %w", err)
	}
	root, err := parse(decodeText(raw))
	if root == nil {
		return Info{}, err
	}
	info := Info{Tree: nexuslims.NewObject(16)}
	for _, n := range root.children {
		switch n.name {
		case "ExperimentalDescription":
			var o *nexuslims.Object
			o, info.Settings = description(n)
			info.Tree.Set(n.name, o)
		case "TrueImageHeaderInfo":
			info.Tree.Set(n.name, imageHeaderOf(n))
		default:
			info.Tree.Set(n.name, n.value())
		}
	}
	return info, err
}

// parse reads elements up to the end of the first. Names of spaces are left out.
func parse(text string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(cleaned(text)))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var root *node
	var open []*node
	for count := 0; count < maxElements; {
		token, err := d.Token()
		if err != nil {
			return root, damaged(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			count++
			n := &node{name: t.Name.Local}
			switch {
			case root == nil:
				root = n
			case len(open) >= maxDepth:
				return root, damaged(errors.New("too deep"))
			default:
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		case xml.EndElement:
			if open = open[:len(open)-1]; len(open) == 0 {
				return root, nil
			}
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		}
	}
	return root, damaged(errors.New("too many elements"))
}

func damaged(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return nexuslims.E(nexuslims.Corrupt, "read block", "", err)
}

// cleaned drops control characters, which XML has no form for.
func cleaned(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, text)
}

func (n *node) value() nexuslims.Value {
	text := n.text.String()
	if text != "" && (len(n.children) == 0 || strings.TrimSpace(text) != "") {
		return nexuslims.Text(text)
	}
	o := nexuslims.NewObject(len(n.children))
	for _, c := range n.children {
		o.Set(c.name, c.value())
	}
	return o
}

// child returns the text of the last child of a name.
func (n *node) child(name string) string {
	for i := len(n.children) - 1; i >= 0; i-- {
		if n.children[i].name == name {
			return n.children[i].text.String()
		}
	}
	return ""
}

// data returns the Data elements of Root, wherever it is.
func (n *node) data() []*node {
	var list []*node
	for _, c := range n.children {
		switch c.name {
		case "Data":
			list = append(list, c)
		case "Root":
			list = append(list, c.data()...)
		}
	}
	return list
}

// description reads the settings of the microscope.
func description(n *node) (*nexuslims.Object, []Setting) {
	o := nexuslims.NewObject(32)
	var list []Setting
	for _, d := range n.data() {
		s := Setting{d.child("Label"), d.child("Value"), strings.TrimSpace(d.child("Unit"))}
		if s.Label == "" {
			continue
		}
		list = append(list, s)
		key := s.Label
		var v nexuslims.Value = nexuslims.Text(s.Value)
		if s.Unit != "" {
			key += "_" + s.Unit
			if number, ok := extractors.ParseNumber(s.Value); ok {
				f, _ := nexuslims.Number(number)
				v = nexuslims.Float(f)
			}
		}
		if s.Value == "" {
			v = nexuslims.Null{}
		}
		o.Set(key, v)
	}
	return o, list
}

// imageHeaderOf reads the numbered values of the image header. What they mean is not
// written anywhere; those of stage and voltage repeat settings.
func imageHeaderOf(n *node) *nexuslims.Object {
	if text := strings.TrimSpace(n.text.String()); text != "" {
		if root, _ := parse(text); root != nil {
			n = &node{children: []*node{root}}
		}
	}
	o := nexuslims.NewObject(32)
	for _, d := range n.data() {
		if index := strings.TrimSpace(d.child("Index")); index != "" {
			o.Set(index, nexuslims.Text(d.child("Value")))
		}
	}
	return o
}
