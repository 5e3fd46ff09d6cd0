package record

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// mark names a field, or a group with all its fields, whose value may be wrong.
type mark struct {
	path []string // as walk.path: the first part by its display name
	// extension is set where the path named the extensions expressly.
	extension bool
}

// warningPaths reads the list of paths; a text stands for a path of one part.
func warningPaths(v nexuslims.Value) []mark {
	list, _ := v.(nexuslims.List)
	var marks []mark
	for _, entry := range list {
		var path []string
		switch entry := entry.(type) {
		case nexuslims.Text:
			path = []string{string(entry)}
		case nexuslims.List:
			for _, part := range entry {
				path = append(path, nexuslims.TextOf(part))
			}
		}
		m := mark{path: path}
		if len(path) > 1 && path[0] == "extensions" {
			m = mark{path: path[1:], extension: true}
		}
		if len(m.path) > 0 {
			m.path = slices.Clone(m.path)
			m.path[0] = nexuslims.DisplayName(m.path[0])
			marks = append(marks, m)
		}
	}
	return marks
}

// matches compares with the path of a leaf, and with its flat name where the mark was
// written as one text.
func (m mark) matches(path []string, name string, extension bool) bool {
	if m.extension && !extension || len(m.path) > len(path) {
		return false
	}
	if slices.Equal(m.path, path[:len(m.path)]) {
		return true
	}
	return len(m.path) == 1 && (m.path[0] == name || m.path[0] == strings.Join(path, " "))
}
