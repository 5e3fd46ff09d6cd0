package exporters

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Factory makes a destination from the operator's settings.
type Factory interface {
	Spec() Spec
	// Variables lists the settings that the destination understands.
	Variables() []nexuslims.Variable
	// Configure answers with a destination; with nil and no error when the destination is
	// off; or with nexuslims.Faults naming every faulty setting. It uses no network.
	Configure(s nexuslims.Settings, host nexuslims.Host) (Destination, error)
}

// Spec says what a destination is called and when its turn is.
type Spec struct {
	// Name is the key in upload_log and in settings: lower-case letters, digits, "_".
	Name string
	// Priority from 0 to 1000; the highest is served first, equal ones by name.
	Priority int
	// Local destinations always run and do not count for the verdict of a strategy,
	// unless alone or required by name.
	Local bool
}

// NewFactory returns the factory of a destination whose settings are the struct C, as
// described in package settings: fields with the tags env, help and envDefault. Off is
// asked for the decoded settings and says whether the destination is switched off; nil
// means never.
func NewFactory[C any](spec Spec, off func(C) bool, open func(C, nexuslims.Host) (Destination, error)) Factory {
	return factory[C]{spec, off, open}
}

type factory[C any] struct {
	spec Spec
	off  func(C) bool
	open func(C, nexuslims.Host) (Destination, error)
}

func (f factory[C]) Spec() Spec { return f.spec }

func (f factory[C]) Variables() []nexuslims.Variable {
	var c C
	return settings.Describe(c)
}

func (f factory[C]) Configure(s nexuslims.Settings, host nexuslims.Host) (Destination, error) {
	var c C
	if err := settings.Decode(s, &c); err != nil {
		return nil, err
	}
	if f.off != nil && f.off(c) {
		return nil, nil
	}
	return f.open(c, host)
}

// Registry holds factories of destinations. The zero value is empty and ready to use.
// Filling it is not safe for concurrent use; reading it is.
type Registry struct{ all []Factory }

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Add registers a factory. A malformed or duplicate name and a priority outside 0 to
// 1000 are errors.
func (r *Registry) Add(f Factory) error {
	if r.Named(f.Spec().Name) != nil {
		return nexuslims.E(nexuslims.Conflict, "register destination", f.Spec().Name, fmt.Errorf("name is taken"))
	}
	return r.Replace(f)
}

// Replace registers a factory in place of the one of the same name.
func (r *Registry) Replace(f Factory) error {
	spec := f.Spec()
	if !nameForm.MatchString(spec.Name) {
		return nexuslims.E(nexuslims.Invalid, "register destination", spec.Name, fmt.Errorf("name is not of lower-case letters, digits and _"))
	}
	if spec.Priority < 0 || spec.Priority > 1000 {
		return nexuslims.E(nexuslims.Invalid, "register destination", spec.Name, fmt.Errorf("priority outside 0 to 1000"))
	}
	r.all = slices.DeleteFunc(r.all, func(x Factory) bool { return x.Spec().Name == spec.Name })
	r.all = append(r.all, f)
	slices.SortFunc(r.all, func(a, b Factory) int {
		x, y := a.Spec(), b.Spec()
		return cmp.Or(cmp.Compare(y.Priority, x.Priority), cmp.Compare(x.Name, y.Name))
	})
	return nil
}

// Named returns the factory of that name, nil where there is none.
func (r *Registry) Named(name string) Factory {
	for _, f := range r.all {
		if f.Spec().Name == name {
			return f
		}
	}
	return nil
}

// All returns the factories in the order of their turn.
func (r *Registry) All() []Factory { return slices.Clone(r.all) }

// Names returns the names in the order of their turn.
func (r *Registry) Names() []string {
	names := make([]string, len(r.all))
	for i, f := range r.all {
		names[i] = f.Spec().Name
	}
	return names
}
