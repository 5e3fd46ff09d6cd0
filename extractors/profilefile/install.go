package profilefile

import (
	"fmt"
	"slices"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// Install registers profiles in place of the compiled-in ones of their instruments, or
// after their steps where they say so, and tells what it replaced. Of two files for one
// instrument the later one counts.
func Install(into *extractors.Profiles, list []*Profile) (notes []string, err error) {
	compiled := into.Clone()
	files := map[string]string{}
	for _, p := range list {
		before := compiled.For(p.PID)
		switch other, twice := files[p.PID]; {
		case twice:
			notes = append(notes, fmt.Sprintf("profile %s replaces %s: both are for %s", p.File, other, p.PID))
		case before != nil && !p.Extends:
			notes = append(notes, fmt.Sprintf("profile %s replaces the built-in profile of %s", p.File, p.PID))
		case before == nil && p.Extends:
			notes = append(notes, fmt.Sprintf("profile %s extends nothing: there is no built-in profile of %s", p.File, p.PID))
		}
		files[p.PID] = p.File
		var profile extractors.Profile = p
		if before != nil && p.Extends {
			profile = extractors.NewProfile(p.PID, slices.Concat(before.Steps(), p.Steps())...)
		}
		if err := into.Replace(profile); err != nil {
			return notes, fmt.Errorf("%s: %w", p.File, err)
		}
	}
	return notes, nil
}

var _ extractors.Profile = (*Profile)(nil)
