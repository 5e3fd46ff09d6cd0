package labarchivestest

import (
	"net/http"
	"time"
)

func (x *exchange) person() (reply, *refusal) {
	s := x.s
	var notebooks []element
	for _, b := range s.notebooks {
		notebooks = append(notebooks, element{name: "notebook", children: []element{
			text("id", b.id), text("name", b.name), boolean("is-default", b.standard),
		}})
	}
	return x.respond(text("id", s.UserID), text("fullname", "Ned Land"), text("first-name", "Ned"), text("last-name", "Land"),
		text("email", s.Login), list("notebooks", notebooks))
}

func login(x *exchange) (reply, *refusal) {
	v, refusal := x.need("login_or_email", "password")
	if refusal != nil {
		return reply{}, refusal
	}
	if v[0] != x.s.Login || v[1] != x.s.Token {
		return reply{}, refuse(http.StatusNotFound, 4514, "The login "+v[0]+" or the password "+v[1]+" is wrong")
	}
	return x.person()
}

func account(x *exchange) (reply, *refusal) { return x.person() }

func maxFileSize(x *exchange) (reply, *refusal) {
	return x.respond(integer("max-file-size", x.s.options.MaxFile))
}

func epochTime(x *exchange) (reply, *refusal) {
	return x.s.document(http.StatusOK, element{name: "utilities", children: []element{
		integer("epoch-time", x.s.options.Now().UnixMilli()),
	}}), nil
}

// inNotebook returns the notebook of a call.
func (x *exchange) inNotebook() (*notebook, *refusal) {
	v, refusal := x.need("nbid")
	if refusal != nil {
		return nil, refusal
	}
	if b := x.s.notebook(v[0]); b != nil {
		return b, nil
	}
	return nil, refuse(http.StatusNotFound, 4509, "The notebook id is invalid")
}

func noNode() *refusal  { return refuse(http.StatusNotFound, 4516, "The node was not found") }
func noEntry() *refusal { return refuse(http.StatusNotFound, 4529, "The eid was not found") }

// below returns the notebook of a call, and a node that is one of its folders or the top.
func (x *exchange) below(parameter string) (*notebook, string, *refusal) {
	b, refusal := x.inNotebook()
	if refusal != nil {
		return nil, "", refusal
	}
	v, refusal := x.need(parameter)
	if refusal != nil {
		return nil, "", refusal
	}
	if n := b.node(v[0]); v[0] != "0" && (n == nil || n.page) {
		return nil, "", noNode()
	}
	return b, v[0], nil
}

func (n *node) element() element {
	access := element{name: "user-access", children: []element{boolean("can-read", true), boolean("can-write", true)}}
	return element{children: []element{
		boolean("is-page", n.page), text("tree-id", n.id), text("display-text", n.name), access,
	}}
}

func level(x *exchange) (reply, *refusal) {
	b, parent, refusal := x.below("parent_tree_id")
	if refusal != nil {
		return reply{}, refusal
	}
	var nodes []element
	for _, n := range b.nodes {
		if n.parent == parent {
			e := n.element()
			e.name = "level-node"
			nodes = append(nodes, e)
		}
	}
	nodes = append(nodes, element{name: "level-node", children: []element{text("display-text", "a node without id")}})
	return x.respond(list("level-nodes", nodes))
}

func insert(x *exchange) (reply, *refusal) {
	b, parent, refusal := x.below("parent_tree_id")
	if refusal != nil {
		return reply{}, refusal
	}
	v, refusal := x.need("display_text", "is_folder")
	switch {
	case refusal != nil:
		return reply{}, refusal
	case v[1] != "true" && v[1] != "false":
		return reply{}, refuse(http.StatusBadRequest, 4529, "is_folder is neither true nor false")
	}
	e := x.s.addNode(b, parent, v[0], v[1] == "false").element()
	e.name = "node"
	return x.respond(e)
}

func updateNode(x *exchange) (reply, *refusal) {
	b, refusal := x.inNotebook()
	if refusal != nil {
		return reply{}, refusal
	}
	n := b.node(x.values.Get("tree_id"))
	if n == nil {
		return reply{}, noNode()
	}
	if x.values.Has("parent_tree_id") {
		_, parent, refusal := x.below("parent_tree_id")
		if refusal != nil {
			return reply{}, refusal
		}
		n.parent = parent
	}
	if name := x.values.Get("display_text"); name != "" {
		n.name = name
	}
	e := n.element()
	e.name = "node"
	return x.respond(e)
}

// onPage returns the page of a call.
func (x *exchange) onPage(parameter string) (*node, *refusal) {
	b, refusal := x.inNotebook()
	if refusal != nil {
		return nil, refusal
	}
	v, refusal := x.need(parameter)
	if refusal != nil {
		return nil, refusal
	}
	if n := b.node(v[0]); n != nil && n.page {
		return n, nil
	}
	return nil, noNode()
}

func (x *exchange) element(e *Entry, content bool) element {
	out := element{name: "entry", children: []element{
		text("eid", e.ID), text("part-type", e.Part), text("created-at", e.Created.UTC().Format(time.RFC3339)),
		text("updated-at", e.Updated.UTC().Format(time.RFC3339)), text("caption", e.Caption), text("last-modified-verb", "created"),
	}}
	if e.File != "" {
		out.children = append(out.children, text("attach-file-name", e.File), integer("attach-file-size", int64(len(e.Data))))
	} else if content {
		name := "entry-data"
		if x.s.options.Underscores {
			name = "entry_data"
		}
		out.children = append(out.children, text(name, e.Data))
	}
	if e.URL != "" {
		out.children = append(out.children, text("entry-url", e.URL))
	}
	return out
}

func entries(x *exchange) (reply, *refusal) {
	n, refusal := x.onPage("page_tree_id")
	if refusal != nil {
		return reply{}, refusal
	}
	var all []element
	for _, e := range n.entries {
		all = append(all, x.element(e, x.values.Get("entry_data") == "true"))
	}
	return x.respond(list("entries", all))
}
