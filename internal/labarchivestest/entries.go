package labarchivestest

import (
	"net/http"
	"strings"
)

// put stores a new entry on a page, or in the inbox when there is none.
func (x *exchange) put(n *node, e Entry) (reply, *refusal) {
	s := x.s
	e.ID, e.Created = s.newID("entry"), s.options.Now()
	e.Updated = e.Created
	if s.options.EntryURL != "" {
		e.URL = s.options.EntryURL + e.ID
	}
	if n == nil {
		s.inbox = append(s.inbox, &e)
	} else {
		n.entries = append(n.entries, &e)
	}
	return x.respond(x.element(&e, false))
}

func (s *Server) purified(html string) string {
	if s.options.Purify == nil {
		return html
	}
	return s.options.Purify(html)
}

const inbox = "0"

func addEntry(x *exchange) (reply, *refusal) {
	v, refusal := x.need("nbid", "pid", "part_type", "entry_data")
	if refusal != nil {
		return reply{}, refusal
	}
	switch v[2] {
	case "text entry", "plain text entry", "heading":
	default:
		return reply{}, refuse(http.StatusBadRequest, 4527, "The entry type is not supported")
	}
	var n *node
	if v[0] != inbox || v[1] != inbox {
		if n, refusal = x.onPage("pid"); refusal != nil {
			return reply{}, refusal
		}
	}
	return x.put(n, Entry{Part: v[2], Data: x.s.purified(v[3]), Caption: x.values.Get("caption")})
}

func updateEntry(x *exchange) (reply, *refusal) {
	v, refusal := x.need("eid", "entry_data")
	if refusal != nil {
		return reply{}, refusal
	}
	e := x.s.entry(v[0])
	if e == nil || e.File != "" {
		return reply{}, noEntry()
	}
	e.Data, e.Updated = x.s.purified(v[1]), x.s.options.Now()
	return x.respond(x.element(e, false))
}

func addAttachment(x *exchange) (reply, *refusal) {
	v, refusal := x.need("filename")
	switch {
	case refusal != nil:
		return reply{}, refusal
	case strings.ContainsAny(v[0], "/\\\x00"):
		return reply{}, refuse(http.StatusBadRequest, 4529, "The file name is invalid")
	case len(x.body) == 0:
		return reply{}, absent("the file")
	}
	var n *node
	if place := x.values.Get("nbid") + x.values.Get("pid"); place != "" && place != inbox+inbox {
		if n, refusal = x.onPage("pid"); refusal != nil {
			return reply{}, refusal
		}
	}
	return x.put(n, Entry{Part: "Attachment", File: v[0], Data: string(x.body), Caption: x.values.Get("caption")})
}

func updateAttachment(x *exchange) (reply, *refusal) {
	v, refusal := x.need("eid", "filename")
	if refusal != nil {
		return reply{}, refusal
	}
	e := x.s.entry(v[0])
	if e == nil || e.File == "" {
		return reply{}, noEntry()
	}
	e.File, e.Data, e.Updated = v[1], string(x.body), x.s.options.Now()
	return x.respond(x.element(e, false))
}

func attachment(x *exchange) (reply, *refusal) {
	v, refusal := x.need("eid")
	if refusal != nil {
		return reply{}, refusal
	}
	e := x.s.entry(v[0])
	if e == nil || e.File == "" {
		return reply{}, noEntry()
	}
	return reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: []byte(e.Data)}, nil
}
