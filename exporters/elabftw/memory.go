package elabftw

import (
	"encoding/json"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// memory is what a receipt remembers, to tell people's edits from what was delivered.
type memory struct {
	ElabID  string   `json:"elabid,omitempty"` // the experiment's own, never given twice
	Version string   `json:"elabftw_version,omitempty"`
	Link    string   `json:"cdcs,omitempty"`   // linked record
	Upload  int      `json:"upload,omitempty"` // id of the attachment
	File    string   `json:"file,omitempty"`   // its name, as delivered
	Tags    []string `json:"tags,omitempty"`   // as delivered
	// Delivered holds what was delivered last, and behind it what was being delivered when
	// a delivery was interrupted.
	Delivered []delivered `json:"delivered,omitempty"`
}

// delivered is what was put into an experiment.
type delivered struct {
	Title  string                `json:"title"`
	Body   string                `json:"body"` // essence
	Fields map[string]attributes `json:"fields"`
	// The same as the server wrote it: title and the digest of the body.
	StoredTitle string `json:"stored_title,omitempty"`
	StoredBody  string `json:"stored_body,omitempty"`
}

func (c content) delivered() delivered {
	d := delivered{Title: c.title, Body: essence(c.body), Fields: map[string]attributes{}}
	for _, f := range c.fields {
		d.Fields[f.name] = f.attributes()
	}
	return d
}

// recall reads what a receipt remembers; nothing where that is not ours.
func recall(r exporters.Receipt) memory {
	var m memory
	b, err := json.Marshal(r.Meta)
	if err != nil || json.Unmarshal(b, &m) != nil {
		return memory{}
	}
	return m
}

// meta returns the memory as a receipt keeps it.
func (m memory) meta() map[string]any {
	var meta map[string]any
	if err := json.Unmarshal(encode(m), &meta); err != nil {
		panic("elabftw: " + err.Error()) // it was JSON a moment ago
	}
	return meta
}

// deliver remembers what is about to be delivered, once.
func (m *memory) deliver(next delivered) {
	if n := len(m.Delivered); n == 0 || !equal(encode(m.Delivered[n-1]), encode(next)) {
		m.Delivered = append(m.Delivered, next)
	}
}

func (m memory) fields() []map[string]attributes {
	var all []map[string]attributes
	for _, d := range m.Delivered {
		all = append(all, d.Fields)
	}
	return all
}

// ownTitle reports whether a title is one that was delivered.
func (m memory) ownTitle(title string) bool {
	own := false
	for _, d := range m.Delivered {
		own = own || sameWords(title, d.Title) || title == d.StoredTitle
	}
	return own
}

// ownBody reports whether a body says what was delivered, or nothing while nothing was.
func (m memory) ownBody(html string) bool {
	own := len(m.Delivered) == 0 && strings.TrimSpace(html) == ""
	for _, d := range m.Delivered {
		own = own || digestOf(html) == d.StoredBody || d.Body != "" && essence(html) == d.Body
	}
	return own
}

func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}
