package record

import (
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// sortSymbols splits a list of symbols into those that a record can hold, in their
// order, and the unknown and repeated ones. A nil list stays nil.
func sortSymbols(list []string) (kept, dropped []string) {
	if list == nil {
		return nil, nil
	}
	kept = []string{}
	for _, s := range list {
		symbol := strings.TrimSpace(s)
		if !nexuslims.IsElement(symbol) || slices.Contains(kept, symbol) {
			dropped = append(dropped, s)
			continue
		}
		kept = append(kept, symbol)
	}
	return kept, dropped
}
