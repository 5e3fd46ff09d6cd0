package find

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Patterns are globs on base names, without regard to case: *, ? and [...] as in
// fnmatch; a leading dot is nothing special.
type Patterns struct {
	suffixes []string // of patterns "*.ext", the usual case
	globs    []string
}

// CompilePatterns checks and prepares globs. A malformed one is Invalid.
func CompilePatterns(globs []string) (Patterns, error) {
	var p Patterns
	for _, g := range globs {
		folded := strings.ToLower(g)
		if rest, ok := strings.CutPrefix(folded, "*"); ok && !strings.ContainsAny(rest, `*?[`) {
			p.suffixes = append(p.suffixes, rest)
			continue
		}
		// fnmatch knows neither alternatives nor escapes.
		glob := strings.NewReplacer(`\`, `\\`, `{`, `\{`, `}`, `\}`).Replace(folded)
		if !doublestar.ValidatePattern(glob) {
			return p, nexuslims.E(nexuslims.Invalid, "read pattern", g, doublestar.ErrBadPattern)
		}
		p.globs = append(p.globs, glob)
	}
	return p, nil
}

// Match reports whether a base name fits one of the patterns.
func (p Patterns) Match(name string) bool {
	name = strings.ToLower(name)
	for _, s := range p.suffixes {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	for _, g := range p.globs {
		if doublestar.MatchUnvalidated(g, name) {
			return true
		}
	}
	return false
}
