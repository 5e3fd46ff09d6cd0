package record

import (
	"encoding/xml"
	"strings"

	"github.com/jacoelho/xsd/xsderrors"
)

// model is what the schema says about contents, for messages: a validator only tells
// what it met.
type model struct {
	types map[string]contentModel
}

type contentModel struct {
	Name     string `xml:"name,attr"`
	Elements []struct {
		Name string `xml:"name,attr"`
		Type string `xml:"type,attr"`
		Min  string `xml:"minOccurs,attr"`
		Max  string `xml:"maxOccurs,attr"`
	} `xml:"sequence>element"`
	Symbols []struct {
		Name string `xml:"name,attr"`
	} `xml:"all>element"`
	Attributes []schemaAttribute `xml:"attribute"`
	Extended   []schemaAttribute `xml:"simpleContent>extension>attribute"`
	Values     []struct {
		Value string `xml:"value,attr"`
	} `xml:"restriction>enumeration"`
}

type schemaAttribute struct {
	Name string `xml:"name,attr"`
	Type string `xml:"type,attr"`
}

func readModel(schema []byte) (model, error) {
	var doc struct {
		Complex []contentModel `xml:"complexType"`
		Simple  []contentModel `xml:"simpleType"`
	}
	if err := xml.Unmarshal(schema, &doc); err != nil {
		return model{}, err
	}
	m := model{types: map[string]contentModel{}}
	for _, t := range append(doc.Complex, doc.Simple...) {
		m.types[t.Name] = t
	}
	return m, nil
}

// expected returns what the schema has in the place of a violation, to be put behind
// its message; empty where nothing can be added.
func (m model) expected(d *xsderrors.Error) string {
	t, simple := m.find(d.Path)
	switch d.Code {
	case xsderrors.CodeValidationElement, xsderrors.CodeValidationContent, xsderrors.CodeValidationText:
		if text := t.contents(); text != "" {
			return "; expected " + text
		}
	case xsderrors.CodeValidationAttribute:
		return "; allowed are " + t.attributes()
	case xsderrors.CodeValidationFacet:
		return m.expectedValue(t, simple, d.Message)
	case xsderrors.CodeValidationRoot:
		return "; expected Experiment in the namespace " + Namespace
	}
	return ""
}

// find follows a path of elements and returns the type at its end, and its name where
// it is one of the simple types of XML Schema.
func (m model) find(path string) (contentModel, string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	name := "e:" + parts[0]
	for _, part := range parts[1:] {
		next := ""
		for _, e := range m.types[strings.TrimPrefix(name, "e:")].Elements {
			if e.Name == part {
				next = e.Type
			}
		}
		name = next
	}
	return m.types[strings.TrimPrefix(name, "e:")], strings.TrimPrefix(name, "xsd:")
}

func (t contentModel) contents() string {
	var parts []string
	for _, e := range t.Elements {
		mark := ""
		switch {
		case e.Min == "0" && e.Max == "unbounded":
			mark = "*"
		case e.Min == "0":
			mark = "?"
		case e.Max == "unbounded":
			mark = "+"
		}
		parts = append(parts, e.Name+mark)
	}
	switch {
	case len(t.Symbols) > 0:
		return "symbols of chemical elements, each at most once"
	case len(parts) > 0:
		return "in this order: " + strings.Join(parts, ", ")
	}
	return ""
}

func (t contentModel) attributes() string {
	var names []string
	for _, a := range append(t.Attributes, t.Extended...) {
		names = append(names, a.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func (m model) expectedValue(t contentModel, simple, message string) string {
	if name, ok := strings.CutPrefix(message, "invalid attribute "); ok {
		name, _, _ = strings.Cut(name, ":")
		for _, a := range append(t.Attributes, t.Extended...) {
			if a.Name == name {
				simple = strings.TrimPrefix(a.Type, "xsd:")
			}
		}
	}
	if e, ok := m.types[strings.TrimPrefix(simple, "e:")]; ok && len(e.Values) > 0 {
		var values []string
		for _, v := range e.Values {
			values = append(values, v.Value)
		}
		return "; expected one of " + strings.Join(values, ", ")
	}
	switch simple {
	case "anySimpleType":
		return "; expected a text that is not empty"
	case "dateTime":
		return "; expected a form like 2024-05-06T09:02:11-04:00"
	case "integer":
		return "; expected a whole number"
	case "boolean":
		return "; expected true, false, 1 or 0"
	case "anyURI":
		return "; expected an address with special characters percent-encoded"
	}
	return ""
}
