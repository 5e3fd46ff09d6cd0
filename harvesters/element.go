package harvesters

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Elements sorts texts into chemical symbols, each once and in the order given, and
// those that are none. Empty texts are left out.
func Elements(texts []string) (found, unknown []string) {
	for _, t := range texts {
		t = strings.TrimSpace(t)
		switch {
		case t == "" || slices.Contains(found, t):
		case nexuslims.IsElement(t):
			found = append(found, t)
		default:
			unknown = append(unknown, t)
		}
	}
	return found, unknown
}
