package harvesters

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Factory opens the sources of one kind from the operator's settings.
type Factory interface {
	// Name is the kind, as in the instrument table: "nemo".
	Name() string
	// Variables lists the settings understood; numbered ones end in "_N".
	Variables() []nexuslims.Variable
	// Configure opens every source that the settings name; none is legal. Faults of the
	// settings are returned together as nexuslims.Faults. It uses no network.
	Configure(s nexuslims.Settings, host nexuslims.Host) ([]Harvester, error)
}

// Registry holds factories of harvesters. The zero value is empty and ready to use.
// Filling it is not safe for concurrent use; reading it is.
type Registry struct{ all []Factory }

// Add registers a factory. Empty and duplicate names are errors.
func (r *Registry) Add(f Factory) error {
	if r.Named(f.Name()) != nil {
		return nexuslims.E(nexuslims.Conflict, "register harvester", f.Name(), fmt.Errorf("name is taken"))
	}
	return r.Replace(f)
}

// Replace registers a factory in place of the one of the same name.
func (r *Registry) Replace(f Factory) error {
	if strings.TrimSpace(f.Name()) == "" {
		return nexuslims.E(nexuslims.Invalid, "register harvester", "", fmt.Errorf("empty name"))
	}
	r.all = slices.DeleteFunc(r.all, func(x Factory) bool { return x.Name() == f.Name() })
	r.all = append(r.all, f)
	slices.SortFunc(r.all, func(a, b Factory) int { return strings.Compare(a.Name(), b.Name()) })
	return nil
}

// Named returns the factory of that name, nil where there is none.
func (r *Registry) Named(name string) Factory {
	for _, f := range r.all {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

// All returns the factories by name.
func (r *Registry) All() []Factory { return slices.Clone(r.all) }

// Names returns the names, sorted.
func (r *Registry) Names() []string {
	names := make([]string, len(r.all))
	for i, f := range r.all {
		names[i] = f.Name()
	}
	return names
}
