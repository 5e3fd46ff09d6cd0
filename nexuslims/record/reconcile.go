package record

import (
	"errors"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Reconcile merges what people changed in a stored record with a new version of it.
//
// delivered is the document as it was built for the last delivery, before any merge,
// stored is what the destination holds now and built the new version. Differences
// between delivered and stored were made by people: a title, samples and which activity
// belongs to which, the assignment and order of datasets and activities, descriptions,
// curation, collaborators, notes; other values that somebody wrote into the document
// are kept alike. They are carried over where the new version did not change the same
// place. Datasets are the same where location and signal are. The pid of the root is
// that of the stored record.
//
// With delivered nil, every difference that the editor of the front end can make counts
// as made there, and the rest comes from the new version.
//
// merged is the document to store, current tells that the stored one already says the
// same, edits names in words what was carried over. A Conflict error lists what is in
// the way: places changed on both sides, edited datasets whose file is gone, edited
// activities with other files between them; nothing must be overwritten then.
func Reconcile(delivered, stored, built []byte) (merged []byte, current bool, edits []string, err error) {
	m := new(merger)
	for _, v := range []struct {
		doc  []byte
		side **side
	}{{delivered, &m.base}, {stored, &m.theirs}, {built, &m.ours}} {
		if v.doc == nil && v.side == &m.base {
			continue
		}
		root, err := parse(v.doc)
		if err != nil {
			return nil, false, nil, err
		}
		*v.side = newSide(root)
	}
	root := m.merge()
	if len(m.conflicts) > 0 {
		return nil, false, m.edits, nexuslims.E(nexuslims.Conflict, "merge record", m.ours.root.value("id"),
			errors.New("edited in the front end and changed here: "+strings.Join(m.conflicts, "; ")))
	}
	merged, _ = writeDocument(root)
	current = canonical(root) == canonical(m.theirs.root)
	return merged, current, m.edits, nil
}

// merger holds the three versions of a record and collects what it finds.
type merger struct {
	base   *side // nil: unknown
	theirs *side
	ours   *side

	samplesEdited bool
	counterparts  map[*group]*group // their activities to those delivered with the same datasets
	sets          map[string]*mergedSet
	edits         []string
	conflicts     []string
}

func (m *merger) edit(label string) {
	if !slices.Contains(m.edits, label) {
		m.edits = append(m.edits, label)
	}
}

func (m *merger) conflict(label string) {
	if !slices.Contains(m.conflicts, label) {
		m.conflicts = append(m.conflicts, label)
	}
}

// choose reports whether their version of a place stands, given the three in canonical
// form. editable tells that the editor of the front end can change the place.
func (m *merger) choose(label string, base, theirs, ours string, editable bool) bool {
	switch {
	case theirs == ours:
		return false
	case m.base == nil:
		if editable {
			m.edit(label)
		}
		return editable
	case theirs == base:
		return false
	case ours == base:
		m.edit(label)
		return true
	}
	m.conflict(label)
	return false
}

func (m *merger) merge() *node {
	root := element("Experiment", "")
	pid := m.theirs.root.attr("pid")
	if pid == "" {
		pid = m.ours.root.attr("pid")
	}
	root.setText("pid", pid)
	m.place(root, rootPlace, "title", true)
	m.place(root, rootPlace, "id", false)
	root.add(m.summary())
	for _, s := range m.samples() {
		root.add(s)
	}
	m.place(root, rootPlace, "project", false)
	m.mergeSets()
	for i, p := range m.plan() {
		root.add(m.activity(p, i))
	}
	m.people(root, rootPlace(m.theirs), rootPlace(m.ours), "notes", "notes")
	return root
}

func rootPlace(s *side) *node { return s.rootNode() }

func summaryPlace(s *side) *node { return s.rootNode().first("summary") }

// place merges the children of one name of an element into target.
func (m *merger) place(target *node, of func(*side) *node, name string, editable bool) {
	b, t, o := of(m.base).all(name), of(m.theirs).all(name), of(m.ours).all(name)
	if m.choose(name, canonical(b...), canonical(t...), canonical(o...), editable) {
		o = t
	}
	target.nodes = append(target.nodes, o...)
}

// people adds the children of a name that only people write: theirs stand as they are.
func (m *merger) people(target, theirs, ours *node, name, label string) {
	list := theirs.all(name)
	if len(list) > 0 && canonical(list...) != canonical(ours.all(name)...) {
		m.edit(label)
	}
	target.nodes = append(target.nodes, list...)
}

func (m *merger) summary() *node {
	s := element("summary", "")
	refs := make([]string, 3)
	for i, v := range []*side{m.base, m.theirs, m.ours} {
		if n := summaryPlace(v); n != nil {
			refs[i] = n.attr("ref")
		}
	}
	if m.choose("ref", refs[0], refs[1], refs[2], false) {
		refs[2] = refs[1]
	}
	s.setText("ref", refs[2])
	m.place(s, summaryPlace, "experimenter", false)
	m.people(s, summaryPlace(m.theirs), summaryPlace(m.ours), "collaborator", "collaborators")
	for _, name := range []string{"instrument", "reservationStart", "reservationEnd", "motivation"} {
		m.place(s, summaryPlace, name, false)
	}
	return s
}
