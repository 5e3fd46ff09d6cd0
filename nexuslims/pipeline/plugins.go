package pipeline

import (
	"slices"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Plugins are the implementations that a program is made of. The zero value is empty;
// builtin.Add fills in what this module ships.
type Plugins struct {
	Extractors   extractors.Registry
	Profiles     extractors.Profiles
	Harvesters   harvesters.Registry
	Destinations exporters.Registry
}

// Variables returns the settings of all harvesters and destinations.
func (p *Plugins) Variables() []nexuslims.Variable {
	var vars []nexuslims.Variable
	for _, f := range p.Harvesters.All() {
		vars = append(vars, f.Variables()...)
	}
	for _, f := range p.Destinations.All() {
		vars = append(vars, f.Variables()...)
	}
	return slices.Clip(vars)
}
