package record

import (
	"maps"
	"slices"
	"strings"
)

// mergedSet is a dataset of the merged record: everything but the split of its
// parameters, which depends on its activity.
type mergedSet struct {
	node   *node // without meta
	params []param
	edited bool // people changed a parameter
}

// param is an effective parameter of a dataset, its own or of its activity's setup.
type param struct {
	name string
	node *node
	text string // canonical, whichever element it stands in
	own  bool   // stands in the dataset
}

func (p param) as(name string) *node {
	c := *p.node
	c.name = name
	return &c
}

// effective returns the parameters of a dataset: what it holds itself comes before and
// stands above what its activity says.
func effective(d *member) []param {
	var list []param
	seen := map[string]bool{}
	add := func(nodes []*node, own bool) {
		for _, n := range nodes {
			name := n.attr("name")
			if seen[name] {
				continue
			}
			seen[name] = true
			list = append(list, param{microSign(name), n, paramText(n), own})
		}
	}
	add(d.node.all("meta"), true)
	if setup := d.group.node.first("setup"); setup != nil {
		add(setup.all("param"), false)
	}
	return list
}

// paramText is the canonical form of a parameter without its name.
func paramText(n *node) string {
	warning := trim(n.attr("warning"))
	if warning == "1" {
		warning = "true"
	}
	return microSign(n.attr("unit")) + "\x00" + warning + "\x00" + canonicalText(n)
}

func sortParams(list []param) {
	slices.SortStableFunc(list, func(a, b param) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
}

// mergeSets merges each dataset for itself.
func (m *merger) mergeSets() {
	m.sets = make(map[string]*mergedSet, len(m.ours.sets))
	m.counterparts = map[*group]*group{}
	if m.base != nil {
		for _, g := range m.theirs.activities {
			m.counterparts[g] = m.base.like(g)
		}
	}
	for _, g := range m.ours.activities {
		for _, key := range g.keys {
			m.sets[key] = m.mergeSet(key)
		}
	}
	if m.base == nil {
		return
	}
	for _, g := range m.theirs.activities { // written into the record by hand
		for _, key := range g.keys {
			if !m.ours.has(key) && !m.base.has(key) {
				d := m.theirs.sets[key]
				m.sets[key] = &mergedSet{node: without(d.node, "meta"), params: effective(d), edited: true}
			}
		}
	}
}

func without(n *node, name string) *node {
	c := *n
	c.nodes = slices.DeleteFunc(slices.Clone(n.nodes), func(c *node) bool { return c.is(name) })
	return &c
}

func (m *merger) mergeSet(key string) *mergedSet {
	o := m.ours.sets[key]
	t := m.theirs.sets[key]
	if t == nil {
		return &mergedSet{node: without(o.node, "meta"), params: effective(o)}
	}
	set := &mergedSet{node: element("dataset", "")}
	of := func(s *side) *node {
		if !s.has(key) {
			return nil
		}
		return s.sets[key].node
	}
	for _, name := range []string{"type", "role"} {
		if value := m.attribute(key, name, of); value != "" {
			set.node.set(name, value)
		}
	}
	for _, name := range []string{"name", "location", "format", "description", "preview", "curation"} {
		m.field(set.node, key, name, of)
	}
	set.params, set.edited = m.mergeParams(key)
	return set
}

// field merges the children of one name of a dataset.
func (m *merger) field(target *node, key, name string, of func(*side) *node) {
	switch name {
	case "description", "curation":
		if canonical(of(m.theirs).all(name)...) != "" {
			m.people(target, of(m.theirs), of(m.ours), name, name+" of "+key)
		}
	case "location": // is the same, maybe in another writing
		target.nodes = append(target.nodes, of(m.ours).all(name)...)
	default:
		b, t, o := of(m.base).all(name), of(m.theirs).all(name), of(m.ours).all(name)
		if m.choose(name+" of "+key, canonical(b...), canonical(t...), canonical(o...), false) {
			o = t
		}
		target.nodes = append(target.nodes, o...)
	}
}

func (m *merger) attribute(key, name string, of func(*side) *node) string {
	values := make([]string, 3)
	for i, s := range []*side{m.base, m.theirs, m.ours} {
		if n := of(s); n != nil {
			values[i] = trim(n.attr(name))
		}
	}
	if m.choose(name+" of "+key, values[0], values[1], values[2], false) {
		return values[1]
	}
	return values[2]
}

// mergeParams carries over values of parameters that somebody changed by hand.
func (m *merger) mergeParams(key string) ([]param, bool) {
	list := effective(m.ours.sets[key])
	if !m.base.has(key) {
		return list, false
	}
	b, t := effective(m.base.sets[key]), effective(m.theirs.sets[key])
	if slices.EqualFunc(b, t, func(b, t param) bool { return b.name == t.name && b.text == t.text }) {
		return list, false
	}
	moved := m.counterparts[m.theirs.sets[key].group] != m.base.sets[key].group
	base, theirs, ours := byName(b), byName(t), byName(list)
	edited := false
	for _, name := range names(base, theirs) {
		b, t := base[name], theirs[name]
		// A dataset moved to another activity loses and gains what the setups say.
		if t.text == b.text || moved && !t.own {
			continue
		}
		if m.choose("parameter "+name+" of "+key, b.text, t.text, ours[name].text, false) {
			list, edited = replaceParam(list, name, t), true
		}
	}
	return list, edited
}

func byName(list []param) map[string]param {
	m := make(map[string]param, len(list))
	for _, p := range list {
		m[p.name] = p
	}
	return m
}

// names returns the names of both, sorted.
func names(a, b map[string]param) []string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return slices.Sorted(maps.Keys(both))
}

// replaceParam puts p in the place of the parameter of that name; without a node it
// only removes.
func replaceParam(list []param, name string, p param) []param {
	list = slices.DeleteFunc(list, func(q param) bool { return q.name == name })
	if p.node == nil {
		return list
	}
	return append(list, p)
}

// setup returns the parameters that the datasets of an activity share: those of our
// version where nothing changed, else those equal in all of two or more datasets.
func (m *merger) setup(p planned) []param {
	if len(p.keys) == 0 {
		if p.ours == nil { // made by people, without datasets: it keeps what it has
			return effective(&member{element("dataset", ""), p.theirs[0]})
		}
		return nil
	}
	edited := slices.ContainsFunc(p.keys, func(key string) bool { return m.sets[key].edited })
	if p.ours != nil && !edited {
		return effective(&member{element("dataset", ""), p.ours})
	}
	for _, key := range p.keys {
		sortParams(m.sets[key].params)
	}
	if len(p.keys) < 2 {
		return nil
	}
	shared := slices.Clone(m.sets[p.keys[0]].params)
	for _, key := range p.keys[1:] {
		other := byName(m.sets[key].params)
		shared = slices.DeleteFunc(shared, func(q param) bool { return other[q.name].text != q.text })
	}
	return shared
}

// write returns the dataset with the parameters that its activity does not say.
func (s *mergedSet) write(shared []param) *node {
	said := make(map[string]string, len(shared))
	for _, p := range shared {
		said[p.name] = p.text
	}
	n := *s.node
	n.nodes = nil
	added := false
	for _, c := range s.node.nodes {
		if c.is("curation") {
			s.addMeta(&n, said)
			added = true
		}
		n.nodes = append(n.nodes, c)
	}
	if !added {
		s.addMeta(&n, said)
	}
	return &n
}

func (s *mergedSet) addMeta(n *node, said map[string]string) {
	for _, p := range s.params {
		if said[p.name] != p.text {
			n.nodes = append(n.nodes, p.as("meta"))
		}
	}
}
