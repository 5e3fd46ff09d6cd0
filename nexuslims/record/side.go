package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// side is one version of a record, its datasets by identity.
type side struct {
	root       *node
	activities []*group
	sets       map[string]*member
	byMembers  map[string]*group
}

// group is an activity.
type group struct {
	node   *node
	number int // from 1
	keys   []string
}

// member is a dataset in its activity.
type member struct {
	node  *node
	group *group
}

func newSide(root *node) *side {
	s := &side{root: root, sets: map[string]*member{}, byMembers: map[string]*group{}}
	for i, n := range root.all("acquisitionActivity") {
		g := &group{node: n, number: i + 1}
		for _, d := range n.all("dataset") {
			key := s.free(identity(d))
			s.sets[key] = &member{d, g}
			g.keys = append(g.keys, key)
		}
		s.activities = append(s.activities, g)
		s.byMembers[g.members()] = g
	}
	return s
}

// members names the datasets of a group whatever their order; one without datasets is
// known by its place.
func (g *group) members() string {
	if len(g.keys) == 0 {
		return strconv.Itoa(g.number)
	}
	return strings.Join(slices.Sorted(slices.Values(g.keys)), "\n")
}

// like returns the group that holds the same datasets, nil where there is none.
func (s *side) like(g *group) *group { return s.byMembers[g.members()] }

func (s *side) free(key string) string {
	if s.sets[key] == nil {
		return key
	}
	for i := 2; ; i++ {
		if k := fmt.Sprintf("%s, %d", key, i); s.sets[k] == nil {
			return k
		}
	}
}

// identity is location and signal of a dataset. The reference implementation escapes
// two characters of locations once more than needed.
func identity(n *node) string {
	location := decodePath(n.value("location"))
	name := ""
	if c := n.first("name"); c != nil {
		name = c.text
	}
	signal, count := signalOf(name, location)
	location = strings.NewReplacer("&amp;", "&", "&lt;", "<").Replace(location)
	if count > 1 {
		return fmt.Sprintf("/%s signal %d", location, signal+1)
	}
	return "/" + location
}

func (s *side) rootNode() *node {
	if s == nil {
		return nil
	}
	return s.root
}

func (s *side) has(key string) bool { return s != nil && s.sets[key] != nil }

// layout is which datasets stand in which activity in what order; keep chooses the
// datasets that count.
func (s *side) layout(keep func(key string) bool) [][]string {
	list := make([][]string, 0, len(s.activities))
	for _, g := range s.activities {
		kept := []string{}
		for _, key := range g.keys {
			if keep(key) {
				kept = append(kept, key)
			}
		}
		list = append(list, kept)
	}
	return list
}

func everything(string) bool { return true }

func sameLayout(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}

// sample is the position of an activity's sample, from 0; -1 where it has none that
// the record describes.
func (s *side) sample(g *group) int {
	id := g.node.value("sampleID")
	if id == "" {
		return -1
	}
	return slices.IndexFunc(s.root.all("sample"), func(n *node) bool { return trim(n.attr("id")) == id })
}
