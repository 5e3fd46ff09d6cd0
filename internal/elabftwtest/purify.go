package elabftwtest

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// allowed lists the elements that the server leaves in a text, with their attributes.
var allowed = map[string][]string{
	"h1": nil, "h2": nil, "h3": nil, "p": nil, "ul": nil, "ol": nil, "li": nil, "strong": nil, "em": nil, "br": nil,
	"table": nil, "tbody": nil, "tr": nil, "td": nil, "th": nil, "code": nil, "pre": nil, "div": nil, "span": nil,
	"a": {"href"}, "img": {"src", "class", "style", "width", "height"},
}

// Purify is what the server makes of a text in HTML: unknown elements and attributes are
// dropped, scripts with all that is in them; links to other places open a page of their
// own; entities and blanks are written its way.
func Purify(html string) string {
	d := xml.NewDecoder(strings.NewReader("<div>" + html + "</div>"))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var b strings.Builder
	depth := 0
	for {
		token, err := d.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return escape(html)
			}
			out := strings.TrimSuffix(strings.TrimPrefix(b.String(), "<div>"), "</div>")
			return strings.TrimSpace(strings.ReplaceAll(out, ">\n<", "><"))
		}
		switch t := token.(type) {
		case xml.CharData:
			if depth == 0 {
				b.WriteString(escape(string(t)))
			}
		case xml.StartElement:
			if dropped(t.Name.Local) {
				depth++
			}
			open(&b, t)
		case xml.EndElement:
			if dropped(t.Name.Local) {
				depth--
			}
			if _, keep := allowed[t.Name.Local]; keep && t.Name.Local != "br" && t.Name.Local != "img" {
				b.WriteString("</" + t.Name.Local + ">")
			}
		}
	}
}

func dropped(element string) bool { return element == "script" || element == "style" }

func open(b *strings.Builder, t xml.StartElement) {
	attributes, keep := allowed[t.Name.Local]
	if !keep {
		return
	}
	b.WriteString("<" + t.Name.Local)
	for _, a := range t.Attr {
		if !slices.Contains(attributes, a.Name.Local) {
			continue
		}
		b.WriteString(" " + a.Name.Local + `="` + strings.ReplaceAll(escape(a.Value), `"`, "&quot;") + `"`)
		if a.Name.Local == "href" {
			b.WriteString(` target="_blank" rel="noreferrer noopener"`)
		}
	}
	b.WriteString(">")
}

// escape writes a text as the server does: quotes as they are, characters that HTML does
// not know left out.
func escape(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
