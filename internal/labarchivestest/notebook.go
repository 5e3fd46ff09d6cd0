package labarchivestest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// notebook is a tree of folders and pages.
type notebook struct {
	id, name string
	standard bool
	nodes    []*node // in the order of their making
}

type node struct {
	id, parent, name string
	page             bool
	entries          []*Entry
}

// Entry is one entry of a page.
type Entry struct {
	ID      string
	Part    string // "text entry", "Attachment"
	File    string // name of an attachment
	Caption string
	Data    string // HTML, or the content of an attachment
	URL     string
	Created time.Time
	Updated time.Time
}

// Page is one page with all that is on it.
type Page struct {
	ID, Notebook string
	Path         []string // names of the folders above, from the top
	Name         string
	Entries      []Entry
}

// Pages returns the pages of all notebooks in the order of their making.
func (s *Server) Pages() []Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Page
	for _, b := range s.notebooks {
		for _, n := range b.nodes {
			if n.page {
				all = append(all, Page{n.id, b.id, b.path(n.parent), n.name, copies(n.entries)})
			}
		}
	}
	return all
}

// Inbox returns the entries of the inbox.
func (s *Server) Inbox() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copies(s.inbox)
}

func copies(entries []*Entry) []Entry {
	var all []Entry
	for _, e := range entries {
		all = append(all, *e)
	}
	return all
}

// AddNode makes a folder or page in the default notebook as a person does; parent "0" is
// the top.
func (s *Server) AddNode(parent, name string, page bool) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addNode(s.notebooks[0], parent, name, page).id
}

// AddEntry puts an entry on a page as a person does.
func (s *Server) AddEntry(page string, e Entry) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notebooks[0].node(page)
	e.ID, e.Created = s.newID("entry"), s.options.Now()
	e.Updated = e.Created
	n.entries = append(n.entries, &e)
	return e.ID
}

// Edit changes an entry as a person does.
func (s *Server) Edit(id string, change func(*Entry)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(id)
	change(e)
	e.Updated = s.options.Now().Add(time.Minute) // nobody is quicker
}

// RemoveEntry removes an entry as a person does.
func (s *Server) RemoveEntry(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := func(e *Entry) bool { return e.ID == id }
	s.inbox = slices.DeleteFunc(s.inbox, gone)
	for _, b := range s.notebooks {
		for _, n := range b.nodes {
			n.entries = slices.DeleteFunc(n.entries, gone)
		}
	}
}

// RemoveNode removes a folder or page as a person does, with all below.
func (s *Server) RemoveNode(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.notebooks {
		b.remove(id)
	}
}

// Rename gives a folder or page another name, as a person does.
func (s *Server) Rename(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.notebooks {
		if n := b.node(id); n != nil {
			n.name = name
		}
	}
}

func (b *notebook) remove(id string) {
	for _, n := range b.nodes {
		if n.parent == id {
			b.remove(n.id)
		}
	}
	b.nodes = slices.DeleteFunc(slices.Clone(b.nodes), func(n *node) bool { return n.id == id })
}

func (b *notebook) node(id string) *node {
	for _, n := range b.nodes {
		if n.id == id {
			return n
		}
	}
	return nil
}

func (b *notebook) path(id string) []string {
	n := b.node(id)
	if n == nil {
		return nil
	}
	return append(b.path(n.parent), n.name)
}

func (s *Server) notebook(id string) *notebook {
	for _, b := range s.notebooks {
		if b.id == id {
			return b
		}
	}
	return nil
}

func (s *Server) entry(id string) *Entry {
	for _, e := range s.inbox {
		if e.ID == id {
			return e
		}
	}
	for _, b := range s.notebooks {
		for _, n := range b.nodes {
			for _, e := range n.entries {
				if e.ID == id {
					return e
				}
			}
		}
	}
	return nil
}

func (s *Server) addNode(b *notebook, parent, name string, page bool) *node {
	n := &node{id: s.newID("node"), parent: parent, name: name, page: page}
	b.nodes = append(b.nodes, n)
	return n
}

// newID makes an id as the service's are: opaque, with characters that addresses change.
func (s *Server) newID(what string) string {
	s.last++
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d.4|%s?>%d", 100+s.last, what, s.last))
}
