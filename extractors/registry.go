package extractors

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Registry holds extractors. The zero value is empty and ready to use. Filling it is
// not safe for concurrent use; reading it is.
type Registry struct{ all []Extractor }

// Add registers an extractor. Empty and duplicate names and malformed extensions are
// errors.
func (r *Registry) Add(e Extractor) error {
	info := e.Info()
	if err := checkInfo(info); err != nil {
		return err
	}
	if r.Named(info.Name) != nil {
		return nexuslims.E(nexuslims.Conflict, "register extractor", info.Name, fmt.Errorf("name is taken"))
	}
	r.insert(e)
	return nil
}

// Replace registers an extractor in place of the one of the same name.
func (r *Registry) Replace(e Extractor) error {
	info := e.Info()
	if err := checkInfo(info); err != nil {
		return err
	}
	r.all = slices.DeleteFunc(r.all, func(x Extractor) bool { return x.Info().Name == info.Name })
	r.insert(e)
	return nil
}

func (r *Registry) insert(e Extractor) {
	r.all = append(r.all, e)
	slices.SortStableFunc(r.all, func(a, b Extractor) int {
		x, y := a.Info(), b.Info()
		return cmp.Or(cmp.Compare(y.Priority, x.Priority), cmp.Compare(x.Name, y.Name))
	})
}

func checkInfo(info Info) error {
	fault := func(reason string) error {
		return nexuslims.E(nexuslims.Invalid, "register extractor", info.Name, fmt.Errorf("%s", reason))
	}
	if strings.TrimSpace(info.Name) == "" {
		return fault("empty name")
	}
	if info.Priority < 0 || info.Priority > 1000 {
		return fault("priority outside 0 to 1000")
	}
	if len(info.Extensions()) == 0 && !info.Wildcard {
		return fault("neither extensions nor wildcard")
	}
	for _, x := range info.Extensions() {
		if x == "" || x != strings.ToLower(x) || strings.ContainsAny(x, "./ ") {
			return fault(fmt.Sprintf("malformed extension %q", x))
		}
	}
	return nil
}

// Named returns the extractor of that name, nil where there is none.
func (r *Registry) Named(name string) Extractor {
	for _, e := range r.all {
		if e.Info().Name == name {
			return e
		}
	}
	return nil
}

// Names returns the names in order of priority.
func (r *Registry) Names() []string {
	names := make([]string, len(r.all))
	for i, e := range r.all {
		names[i] = e.Info().Name
	}
	return names
}

// All returns the extractors, highest priority first, then by name.
func (r *Registry) All() []Extractor { return slices.Clone(r.all) }

// ForExtension returns the extractors that claim an extension, in the order in which
// they are asked; a wildcard that names the extension is asked after the others. A leading
// dot and case do not matter.
func (r *Registry) ForExtension(ext string) []Extractor {
	ext = strings.ToLower(strings.TrimPrefix(ext, "."))
	var found []Extractor
	for _, e := range r.all {
		if slices.Contains(e.Info().Extensions(), ext) {
			found = append(found, e)
		}
	}
	return found
}

// Known returns the extensions that some extractor with a priority above zero claims, but for
// those of side-cars, and what any reserves, sorted: the files that the exclusive strategy
// takes.
func (r *Registry) Known() []string {
	var exts []string
	for _, e := range r.all {
		info := e.Info()
		for _, f := range info.Formats {
			if info.Priority > PriorityFallback && !f.SideCar {
				exts = append(exts, f.Extensions...)
			}
		}
		exts = append(exts, info.Reserves...)
	}
	slices.Sort(exts)
	return slices.Compact(exts)
}

// Profiles holds at most one profile for each instrument. The zero value is empty and
// ready to use. Filling it is not safe for concurrent use; reading it is. Besides, it holds
// compiled steps that profile files may use by name.
type Profiles struct {
	byID  map[string]Profile
	steps map[string]Step
}

// Clone returns a copy that can be filled without changing p.
func (p *Profiles) Clone() Profiles { return Profiles{maps.Clone(p.byID), maps.Clone(p.steps)} }

// AddStep offers a step to profile files, by its name.
func (p *Profiles) AddStep(s Step) error {
	if strings.TrimSpace(s.Name) == "" || s.Apply == nil {
		return nexuslims.E(nexuslims.Invalid, "register step", s.Name, fmt.Errorf("no name or no function"))
	}
	if _, ok := p.steps[s.Name]; ok {
		return nexuslims.E(nexuslims.Conflict, "register step", s.Name, fmt.Errorf("there is one of that name"))
	}
	if p.steps == nil {
		p.steps = make(map[string]Step)
	}
	p.steps[s.Name] = s
	return nil
}

// Step returns the step of that name and whether there is one.
func (p *Profiles) Step(name string) (Step, bool) {
	s, ok := p.steps[name]
	return s, ok
}

// StepNames returns the names of the steps, sorted.
func (p *Profiles) StepNames() []string { return slices.Sorted(maps.Keys(p.steps)) }

// Add registers a profile. An empty instrument and a second profile for one instrument
// are errors.
func (p *Profiles) Add(profile Profile) error {
	id := profile.Instrument()
	if p.For(id) != nil {
		return nexuslims.E(nexuslims.Conflict, "register profile", id, fmt.Errorf("instrument has one"))
	}
	return p.Replace(profile)
}

// Replace registers a profile in place of another for the same instrument.
func (p *Profiles) Replace(profile Profile) error {
	id := profile.Instrument()
	if strings.TrimSpace(id) == "" {
		return nexuslims.E(nexuslims.Invalid, "register profile", "", fmt.Errorf("empty instrument"))
	}
	if p.byID == nil {
		p.byID = make(map[string]Profile)
	}
	p.byID[id] = profile
	return nil
}

// For returns the profile of an instrument, nil where there is none.
func (p *Profiles) For(instrument string) Profile { return p.byID[instrument] }

// Names returns the instruments that have a profile, sorted.
func (p *Profiles) Names() []string {
	return slices.Sorted(maps.Keys(p.byID))
}

// MediaTypes returns the registered media types of all formats by their short names. A
// format without one is missing; of two with one name, the extractor that is asked first
// decides.
func (r *Registry) MediaTypes() map[string]string {
	types := make(map[string]string)
	for _, e := range r.all {
		for _, f := range e.Info().Formats {
			if _, known := types[f.Name]; !known && f.MIME != "" {
				types[f.Name] = f.MIME
			}
		}
	}
	return types
}
