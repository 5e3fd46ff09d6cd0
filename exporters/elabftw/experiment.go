package elabftw

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// The states of an experiment and of an attachment.
const (
	stateNormal   = 1
	stateArchived = 2
	stateDeleted  = 3
)

// contentHTML is the content type of a text in HTML; 2 is Markdown.
const contentHTML = 1

// comment marks our attachment. The server keeps it when the file is replaced.
const comment = "NexusLIMS XML record"

// number is an integer that may be written as text, as truth value, or null.
type number int

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null", "false":
		*n = 0
		return nil
	case "true":
		*n = 1
		return nil
	}
	i, err := strconv.Atoi(string(bytes.Trim(b, `"`)))
	*n = number(i)
	return err
}

// experiment is what matters of an experiment of the server.
type experiment struct {
	ID          number   `json:"id"`
	Title       string   `json:"title"`
	Body        string   `json:"body"`
	ContentType number   `json:"content_type"`
	Category    number   `json:"category"`
	Status      number   `json:"status"`
	State       number   `json:"state"`
	Locked      number   `json:"locked"`
	ElabID      string   `json:"elabid"`
	Sharelink   string   `json:"sharelink"`
	Tags        tags     `json:"tags"`
	Metadata    metadata `json:"metadata"`
	Uploads     []upload `json:"uploads"`

	EditMode json.RawMessage `json:"exclusive_edit_mode"` // an object; an empty list for none
}

// editor returns who has the experiment open for editing alone, "" for nobody. What was
// left open for long does not count, for the server neither.
func (e experiment) editor() string {
	var m struct {
		By    number `json:"locked_by"`
		Human string `json:"locked_by_human"`
		Stale number `json:"is_stale"`
	}
	if json.Unmarshal(e.EditMode, &m) != nil || m.By == 0 || m.Stale != 0 {
		return ""
	}
	return cmp.Or(m.Human, "somebody")
}

// upload is an attachment.
type upload struct {
	ID       number `json:"id"`
	RealName string `json:"real_name"`
	LongName string `json:"long_name"` // under which texts refer to it
	Comment  string `json:"comment"`
	Hash     string `json:"hash"` // SHA-256 of the content; empty for large files
	HashKind string `json:"hash_algorithm"`
	Size     number `json:"filesize"`
	State    number `json:"state"`
	Fixed    number `json:"immutable"`
}

// holds reports whether the server says that the attachment has this digest.
func (u upload) holds(digest string) bool {
	return digest != "" && u.HashKind == "sha256" && strings.EqualFold(u.Hash, digest)
}

// tags is a list that the server writes as one text, "a|b", and describes as a list.
type tags []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *tags) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*t = strings.FieldsFunc(text, func(r rune) bool { return r == '|' })
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// patch is a change of an experiment. The server applies the fields in this order, one by
// one, and takes texts only.
type patch struct {
	ContentType int     `json:"content_type,omitempty"`
	Title       *string `json:"title,omitempty"`
	Body        *string `json:"body,omitempty"`
	Metadata    *string `json:"metadata,omitempty"` // JSON inside a text
	Category    int     `json:"category,omitempty"`
	Status      int     `json:"status,omitempty"`
}

func (p patch) empty() bool { return p == patch{} }

// draft is a new experiment. Tags are not among it: where users may not make any, the
// server refuses the whole and leaves the experiment behind.
type draft struct {
	Title       string `json:"title"`
	Body        string `json:"body"`
	Metadata    any    `json:"metadata"`
	Category    int    `json:"category,omitempty"`
	Status      int    `json:"status,omitempty"`
	ContentType int    `json:"content_type"`
}

// copied is a new experiment made from a template, which knows nothing else in a request.
type copied struct {
	Template int    `json:"template"`
	Title    string `json:"title"`
}

// metadata is the JSON object that holds the extra fields; all that is not ours in it is
// kept as it is.
type metadata struct {
	top    map[string]json.RawMessage
	fields map[string]json.RawMessage // top["extra_fields"]
	known  bool                       // false where the server did not tell
	broken bool                       // true where it cannot be understood
}

// UnmarshalJSON implements json.Unmarshaler. The server gives the object as a text; an
// empty one may have become a list on its way.
func (m *metadata) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		b = []byte(text)
	}
	*m = metadata{known: true, top: map[string]json.RawMessage{}, fields: map[string]json.RawMessage{}}
	elab := map[string]json.RawMessage{}
	m.broken = !object(b, &m.top) || !object(m.top[keyFields], &m.fields) || !object(m.top[keyElab], &elab)
	return nil
}

// object decodes a JSON object; nothing, null, an empty text and an empty list are empty
// ones. It reports whether it was any of these.
func object(b []byte, out *map[string]json.RawMessage) bool {
	switch string(bytes.TrimSpace(b)) {
	case "", "null", `""`, "[]":
		return true
	}
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &m); err != nil {
		return false
	}
	*out = m
	return true
}

// value returns the value of an extra field.
func (m metadata) value(name string) string {
	var f struct {
		Value any `json:"value"`
	}
	if json.Unmarshal(m.fields[name], &f) != nil {
		return ""
	}
	text, _ := f.Value.(string)
	return text
}
