package labarchivestest

import (
	"bytes"
	"encoding/xml"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// element is a part of an answer.
type element struct {
	name, kind, text string // kind is the attribute type
	children         []element
}

func text(name, value string) element { return element{name: name, text: value} }

func boolean(name string, value bool) element {
	return element{name: name, kind: "boolean", text: strconv.FormatBool(value)}
}

func integer(name string, value int64) element {
	return element{name: name, kind: "integer", text: strconv.FormatInt(value, 10)}
}

func list(name string, children []element) element {
	return element{name: name, kind: "array", children: children}
}

// write writes an element with its children in an order of its own: only those of one
// name keep theirs.
func (e element) write(b *bytes.Buffer, random *rand.Rand) {
	b.WriteString("<" + e.name)
	if e.kind != "" {
		b.WriteString(` type="` + e.kind + `"`)
	}
	b.WriteString(">" + escaped(e.text))
	for _, c := range shuffled(e.children, random) {
		c.write(b, random)
	}
	b.WriteString("</" + e.name + ">")
}

func shuffled(all []element, random *rand.Rand) []element {
	mixed := slices.Clone(all)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	next := map[string]int{}
	for i, e := range mixed {
		n := next[e.name]
		for all[n].name != e.name {
			n++
		}
		mixed[i], next[e.name] = all[n], n+1
	}
	return mixed
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

// document makes an answer of an element.
func (s *Server) document(status int, root element) reply {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	root.write(&b, s.random)
	return reply{Status: status, Header: http.Header{"Content-Type": {"application/xml; charset=utf-8"}}, Body: b.Bytes()}
}

// refusal is an error of the service.
type refusal struct {
	status, code int
	text         string
}

// The statuses of most codes are inferred.
func refuse(status, code int, text string) *refusal { return &refusal{status, code, text} }

func absent(parameter string) *refusal {
	return refuse(http.StatusBadRequest, 4500, "The parameter "+parameter+" is mandatory")
}

// refused answers with an error, where and as the options say.
func (s *Server) refused(class string, r *refusal) reply {
	names := [2]string{"error-code", "error-description"}
	if s.options.OldSpelling {
		names = [2]string{"code", "msg"}
	}
	e := element{name: "error", children: []element{integer(names[0], int64(r.code)), text(names[1], r.text)}}
	if s.options.ErrorBelow {
		e = element{name: hyphens(class), children: []element{e}}
	}
	return s.document(r.status, e)
}

func hyphens(name string) string { return strings.ReplaceAll(name, "_", "-") }
