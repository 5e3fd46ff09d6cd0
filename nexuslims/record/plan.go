package record

import (
	"slices"
	"strconv"
	"strings"
)

// planned is an activity of the merged record.
type planned struct {
	ours   *group   // the one of the new version with the same datasets; nil: people made it
	theirs []*group // those of the stored record that it stands for
	keys   []string
}

// plan decides which datasets stand in which activity.
func (m *merger) plan() []planned {
	ours, theirs := m.ours.layout(everything), m.theirs.layout(everything)
	if sameLayout(ours, theirs) {
		return m.planOurs()
	}
	if m.base == nil {
		return m.planUnknown()
	}
	base := m.base.layout(everything)
	switch {
	case sameLayout(theirs, base):
		m.checkGone()
		return m.planOurs()
	case sameLayout(ours, base):
		m.edit("activities")
		return m.planTheirs(nil, nil)
	}
	before, middle, after := m.added()
	if sameLayout(middle, base) {
		m.edit("activities")
		return m.planTheirs(before, after)
	}
	m.conflict("activities were edited, and the new version has other files or groups between them")
	return nil
}

// added splits our activities into new ones at either end and the rest.
func (m *merger) added() (before []*group, middle [][]string, after []*group) {
	isNew := func(g *group) bool { return !slices.ContainsFunc(g.keys, m.base.has) }
	list := m.ours.activities
	from, to := 0, len(list)
	for from < to && isNew(list[from]) {
		from++
	}
	for to > from && isNew(list[to-1]) {
		to--
	}
	return list[:from], m.ours.layout(everything)[from:to], list[to:]
}

// planUnknown is for a record of which nobody knows what was delivered.
func (m *merger) planUnknown() []planned {
	m.checkGone()
	had := func(g *group) bool { return len(g.keys) > 0 }
	ours := m.ours.layout(m.theirs.has)
	var theirs [][]string
	for i, keys := range m.theirs.layout(m.ours.has) {
		if len(keys) > 0 || !had(m.theirs.activities[i]) {
			theirs = append(theirs, keys)
		}
	}
	if sameLayout(ours, theirs) {
		return m.planOurs() // files were added to activities, and nothing was moved
	}
	var unknown []string
	for _, g := range m.ours.activities {
		for _, key := range g.keys {
			if !m.theirs.has(key) {
				unknown = append(unknown, key)
			}
		}
	}
	if len(unknown) > 0 {
		m.conflict("not in the stored record, deleted there or new: " + strings.Join(unknown, ", "))
		return nil
	}
	m.edit("activities")
	return m.planTheirs(nil, nil)
}

// checkGone looks for datasets that people wrote on and that the new version has not.
func (m *merger) checkGone() {
	for _, g := range m.theirs.activities {
		for _, key := range g.keys {
			if m.ours.has(key) {
				continue
			}
			n := m.theirs.sets[key].node
			written := len(n.all("description")) > 0 || canonical(n.all("curation")...) != ""
			if m.base.has(key) {
				written = written || canonical(n) != canonical(m.base.sets[key].node)
			}
			if written {
				m.conflict("edited dataset is gone: " + key)
			}
		}
	}
}

// planOurs keeps our activities.
func (m *merger) planOurs() []planned {
	list := make([]planned, 0, len(m.ours.activities))
	for _, g := range m.ours.activities {
		p := planned{ours: g, keys: g.keys}
		for _, key := range g.keys {
			if d := m.theirs.sets[key]; d != nil && !slices.Contains(p.theirs, d.group) {
				p.theirs = append(p.theirs, d.group)
			}
		}
		list = append(list, p)
	}
	m.checkLost(list)
	return list
}

// checkLost looks for activities that people wrote on and that stand nowhere now.
func (m *merger) checkLost(list []planned) {
	kept := map[*group]bool{}
	for _, p := range list {
		for _, g := range p.theirs {
			kept[g] = true
		}
	}
	for _, g := range m.theirs.activities {
		if kept[g] {
			continue
		}
		b := m.counterparts[g]
		if len(g.node.all("notes")) > 0 || b != nil && m.base.sample(b) != m.theirs.sample(g) {
			m.conflict("edited activity is gone: " + strconv.Itoa(g.number))
		}
	}
}

// planTheirs keeps their activities, with ours of new files before and after them.
func (m *merger) planTheirs(before, after []*group) []planned {
	list := make([]planned, 0, len(m.theirs.activities)+len(before)+len(after))
	for _, g := range before {
		list = append(list, planned{ours: g, keys: g.keys})
	}
	for _, g := range m.theirs.activities {
		p := planned{theirs: []*group{g}}
		for _, key := range g.keys {
			if m.sets[key] != nil {
				p.keys = append(p.keys, key)
			}
		}
		if len(p.keys) == 0 && len(g.keys) > 0 {
			continue // all its files are gone
		}
		if o := m.ours.like(g); o != nil && len(g.keys) > 0 {
			p.ours = o
		}
		list = append(list, p)
	}
	for _, g := range after {
		list = append(list, planned{ours: g, keys: g.keys})
	}
	m.checkLost(list)
	return list
}

// activity makes the activity at position i, from 0.
func (m *merger) activity(p planned, i int) *node {
	n := element("acquisitionActivity", "").set("seqno", strconv.Itoa(i))
	from := p.ours
	if from == nil {
		from = p.theirs[0]
	}
	n.nodes = append(n.nodes, from.node.all("startTime")...)
	n.addText("sampleID", m.sampleID(p))
	setup := n.add(element("setup", ""))
	for _, g := range p.theirs {
		if first := m.firstHome(g, p); first {
			m.people(n, g.node, nil, "notes", "notes of an activity")
		}
	}
	shared := m.setup(p)
	for _, param := range shared {
		setup.add(param.as("param"))
	}
	for _, key := range p.keys {
		n.add(m.sets[key].write(shared))
	}
	return n
}

// firstHome reports whether p is the first place of an activity whose datasets may have
// been spread over several.
func (m *merger) firstHome(g *group, p planned) bool {
	for _, key := range g.keys {
		if m.ours.has(key) {
			return slices.Contains(p.keys, key)
		}
	}
	return true
}
