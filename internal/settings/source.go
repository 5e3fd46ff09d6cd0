package settings

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Map is a nexuslims.Settings made of a plain map, for tests and for programs that
// have no environment. Its source is "settings".
type Map map[string]string

// Lookup implements nexuslims.Settings.
func (m Map) Lookup(name string) (text, source string, ok bool) {
	text, ok = m[name]
	return text, "settings", ok && text != ""
}

// Names implements nexuslims.Settings.
func (m Map) Names() []string { return slices.Sorted(maps.Keys(m)) }

// Suffixes returns the texts behind prefix in the names of set variables, for numbered
// groups: with prefix "NX_NEMO_ADDRESS_" the suffixes of all instances. Numbers come
// first, in numeric order, then the rest by text.
func Suffixes(s nexuslims.Settings, prefix string) []string {
	var found []string
	for _, name := range s.Names() {
		rest, ok := strings.CutPrefix(name, prefix)
		if _, _, set := s.Lookup(name); ok && rest != "" && set {
			found = append(found, rest)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		x, xerr := strconv.Atoi(a)
		y, yerr := strconv.Atoi(b)
		switch {
		case xerr == nil && yerr == nil:
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		case xerr == nil:
			return -1
		case yerr == nil:
			return 1
		}
		return cmp.Compare(a, b)
	})
	return found
}

// Instance shows the variables of one numbered group under their names without suffix:
// NX_NEMO_TOKEN_2 as NX_NEMO_TOKEN, NX_NEMO_TOKEN_2_FILE as NX_NEMO_TOKEN_FILE. Faults
// found through it carry the short names; see Renumber.
type Instance struct {
	Settings nexuslims.Settings
	Suffix   string
}

// Lookup implements nexuslims.Settings.
func (i Instance) Lookup(name string) (text, source string, ok bool) {
	return i.Settings.Lookup(numbered(name, i.Suffix))
}

// Names implements nexuslims.Settings.
func (i Instance) Names() []string { return i.Settings.Names() }

func numbered(name, suffix string) string {
	if base, ok := strings.CutSuffix(name, "_FILE"); ok {
		return base + "_" + suffix + "_FILE"
	}
	return name + "_" + suffix
}

// Renumber gives the faults found through an Instance their full names.
func Renumber(faults nexuslims.Faults, suffix string) nexuslims.Faults {
	out := slices.Clone(faults)
	for i := range out {
		if out[i].Variable != "" {
			out[i].Variable = numbered(out[i].Variable, suffix)
		}
	}
	return out
}
