package record

import "strconv"

// samples merges the list of samples. Ids are not compared: each program that builds a
// record gives its own.
func (m *merger) samples() []*node {
	b, t, o := rootPlace(m.base).all("sample"), rootPlace(m.theirs).all("sample"), rootPlace(m.ours).all("sample")
	if m.choose("samples", canonicalSamples(b), canonicalSamples(t), canonicalSamples(o), true) {
		m.samplesEdited = true
		return t
	}
	return o
}

func canonicalSamples(list []*node) string {
	bare := make([]*node, len(list))
	for i, n := range list {
		c := *n
		c.attrs = nil
		c.setText("ref", n.attr("ref"))
		bare[i] = &c
	}
	return canonical(bare...)
}

// sampleID merges which sample an activity belongs to.
func (m *merger) sampleID(p planned) string {
	own := ""
	if p.ours != nil {
		own = p.ours.node.value("sampleID")
	}
	switch {
	case len(p.theirs) == 0 && m.samplesEdited:
		if first := m.theirs.root.first("sample"); first != nil {
			return first.attr("id")
		}
		return ""
	case len(p.theirs) == 0:
		return own
	case m.samplesEdited:
		id := p.theirs[0].node.value("sampleID")
		for _, g := range p.theirs[1:] {
			if g.node.value("sampleID") != id {
				m.conflict(m.sampleLabel(g))
			}
		}
		return id
	}
	return m.assignedSample(p, own)
}

func (m *merger) sampleLabel(g *group) string { return "sample of activity " + strconv.Itoa(g.number) }

// assignedSample is for a list of samples that nobody edited.
func (m *merger) assignedSample(p planned, own string) string {
	if p.ours == nil { // made by people, sample and all
		return m.translate(m.theirs.sample(p.theirs[0]))
	}
	edited, same := false, true
	for _, g := range p.theirs {
		if m.reassigned(g, p) {
			m.edit(m.sampleLabel(g))
			edited = true
		}
		same = same && m.theirs.sample(g) == m.theirs.sample(p.theirs[0])
	}
	switch {
	case !edited:
		return own
	case !same:
		m.conflict(m.sampleLabel(p.theirs[0]))
		return own
	}
	return m.translate(m.theirs.sample(p.theirs[0]))
}

// reassigned reports whether people gave an activity another sample.
func (m *merger) reassigned(g *group, p planned) bool {
	position := m.theirs.sample(g)
	if m.base == nil {
		// A record without usable sample ids says nothing about assignment.
		return position >= 0 && m.ours.sample(p.ours) != position
	}
	if b := m.counterparts[g]; b != nil {
		return m.base.sample(b) != position
	}
	return m.ours.sample(p.ours) != position
}

// translate returns the id in our list of samples of one in theirs.
func (m *merger) translate(position int) string {
	if position < 0 {
		return ""
	}
	theirs, ours := m.theirs.root.all("sample"), m.ours.root.all("sample")
	wanted := canonicalSamples(theirs[position : position+1])
	if position < len(ours) && canonicalSamples(ours[position:position+1]) == wanted {
		return ours[position].attr("id")
	}
	for i := range ours {
		if canonicalSamples(ours[i:i+1]) == wanted {
			return ours[i].attr("id")
		}
	}
	m.conflict("a sample that activities were assigned to")
	return ""
}
