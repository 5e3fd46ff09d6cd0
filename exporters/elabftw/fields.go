package elabftw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// fieldSession is the key of an experiment.
const fieldSession = "Session ID"

// Keys of the metadata that the server understands.
const (
	keyFields = "extra_fields"
	keyElab   = "elabftw"
	keyGroups = "extra_fields_groups"
	keyGroup  = "group_id"
	keyValue  = "value"
)

// field is an extra field as it is sent.
type field struct {
	Type        string `json:"type"`
	Value       string `json:"value"`
	Description string `json:"description"`
	Position    int    `json:"position"`
	Group       int    `json:"group_id"`
	// Blank keeps a copy that people make of the experiment from having the same key.
	Blank bool `json:"blank_value_on_duplicate,omitempty"`
}

type named struct {
	name string
	field
}

// The groups of our fields.
const (
	groupSession = 1
	groupRelated = 2
)

func groupName(id int) string {
	if id == groupRelated {
		return "Related Records"
	}
	return "Session Information"
}

const wallTime = "2006-01-02T15:04" // the form has no offset: that stands in the description

func fieldsOf(f facts) []named {
	moment := func(name, description string, t time.Time, position int) named {
		description += t.Format(" (UTC-07:00)")
		return named{name, field{"datetime-local", t.Format(wallTime), description, position, groupSession, false}}
	}
	all := []named{
		{fieldSession, field{"text", f.Session, "NexusLIMS session identifier", 1, groupSession, true}},
		{"Instrument", field{"text", f.Instrument, "Instrument persistent identifier", 2, groupSession, false}},
		moment("Start Time", "Session start time", f.Start, 3),
		moment("End Time", "Session end time", f.End, 4),
	}
	if f.User != "" {
		all = append(all, named{"User", field{"text", f.User, "User who performed the session", 5, groupSession, false}})
	}
	if f.Link != "" {
		all = append(all, named{"CDCS Record", field{"url", f.Link, "Link to CDCS record", 10, groupRelated, false}})
	}
	return all
}

// newMetadata returns the metadata of a new experiment: the object that merging with
// nothing gives.
func newMetadata(fields []named) json.RawMessage {
	m, _ := metadata{}.merge(fields, nil)
	return m
}

// attributes are those of one extra field, each as JSON.
type attributes = map[string]json.RawMessage

// merge returns the metadata with our fields in it, and what people changed of them. An
// attribute is replaced only if it is what was delivered before; a field that people
// removed stays away, but for the key.
func (m metadata) merge(fields []named, delivered []map[string]attributes) (json.RawMessage, []string) {
	all, elab := maps.Clone(m.fields), map[string]json.RawMessage{}
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	object(m.top[keyElab], &elab)
	var edits []string
	for _, f := range fields {
		have := map[string]json.RawMessage{}
		_, exists := all[f.name]
		known := versions(delivered, f.name)
		if f.name == fieldSession && m.value(f.name) == "" {
			known = nil // an experiment without a key is not found again: it is put back
		}
		if !exists && len(known) > 0 {
			edits = append(edits, fmt.Sprintf("the extra field %q was removed", f.name))
			continue
		}
		if exists && !object(all[f.name], &have) {
			edits = append(edits, fmt.Sprintf("the extra field %q is none", f.name))
			continue
		}
		want := f.attributes()
		if want[keyGroup] = have[keyGroup]; want[keyGroup] == nil { // people may have moved it, or named the group anew
			want[keyGroup] = encode(groupFor(elab, f.Group))
		}
		if !combine(have, want, known) {
			edits = append(edits, fmt.Sprintf("the extra field %q has another value", f.name))
		}
		all[f.name] = encode(have)
	}
	top := maps.Clone(m.top)
	if top == nil {
		top = map[string]json.RawMessage{}
	}
	if _, set := elab["display_main_text"]; !set {
		elab["display_main_text"] = json.RawMessage("true")
	}
	top[keyElab], top[keyFields] = encode(elab), encode(all)
	return encode(top), edits
}

// versions returns what was delivered of a field before.
func versions(delivered []map[string]attributes, name string) []attributes {
	var known []attributes
	for _, d := range delivered {
		if a := d[name]; a != nil {
			known = append(known, a)
		}
	}
	return known
}

// combine puts wanted attributes into those that there are, as far as nobody changed them.
// It reports whether the value is the wanted one.
func combine(have, want attributes, known []attributes) bool {
	for name, w := range want {
		cur, exists := have[name]
		free := !exists || name == keyValue && string(cur) == `""`
		if len(known) > 0 { // what is missing or empty now was not when it was delivered
			free = slices.ContainsFunc(known, func(k attributes) bool { return equal(k[name], cur) })
		}
		if free {
			have[name] = w
		}
	}
	return equal(have[keyValue], want[keyValue])
}

func (f field) attributes() attributes {
	a := attributes{}
	object(encode(f), &a)
	return a
}

// groupFor returns the id of one of our groups, which is added where it is missing. Ids
// that templates and people gave to other groups are left to them.
func groupFor(elab map[string]json.RawMessage, id int) int {
	name := groupName(id)
	var groups []json.RawMessage
	if raw := elab[keyGroups]; raw != nil && json.Unmarshal(raw, &groups) != nil {
		return id // no list: it is left as it is
	}
	taken := map[int]bool{}
	for _, raw := range groups {
		var g struct {
			ID   number `json:"id"`
			Name string `json:"name"`
		}
		if json.Unmarshal(raw, &g) != nil {
			continue
		}
		if g.Name == name {
			return int(g.ID)
		}
		taken[int(g.ID)] = true
	}
	for taken[id] {
		id++
	}
	groups = append(groups, encode(map[string]any{"id": id, "name": name}))
	elab[keyGroups] = encode(groups)
	return id
}

// encode writes JSON with sorted keys and with <, > and & as they are.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("elabftw: " + err.Error()) // only maps, texts and numbers come here
	}
	return json.RawMessage(strings.TrimSpace(b.String()))
}

// equal compares two pieces of JSON by what they say.
func equal(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	if len(a) == 0 || len(b) == 0 || json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return bytes.Equal(encode(x), encode(y))
}
