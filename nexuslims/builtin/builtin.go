// Package builtin is the one list of what this module ships.
package builtin

import (
	"errors"

	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/exporters/elabftw"
	"github.com/nexuslims/nexuslims-go/exporters/folder"
	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/extractors/dm"
	"github.com/nexuslims/nexuslims-go/extractors/edax"
	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/extractors/emsa"
	"github.com/nexuslims/nexuslims-go/extractors/feitif"
	"github.com/nexuslims/nexuslims-go/extractors/hspy"
	"github.com/nexuslims/nexuslims-go/extractors/profiles"
	"github.com/nexuslims/nexuslims-go/extractors/tescantif"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/extractors/tofwerk"
	"github.com/nexuslims/nexuslims-go/extractors/zeisstif"
	"github.com/nexuslims/nexuslims-go/harvesters/nemo"
	"github.com/nexuslims/nexuslims-go/harvesters/sessionfile"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// Add registers every built-in extractor, profile, harvester and destination. Names
// that are taken already are an error: what replaces a built-in is registered after it,
// by Replace.
func Add(p *pipeline.Plugins) error {
	return errors.Join(
		p.Extractors.Add(dm.New()),
		p.Extractors.Add(emd.New()),
		p.Extractors.Add(edax.New()),
		p.Extractors.Add(feitif.New()),
		p.Extractors.Add(hspy.New()),
		p.Extractors.Add(emsa.New()),
		p.Extractors.Add(tia.New()),
		p.Extractors.Add(tofwerk.New()),
		p.Extractors.Add(tescantif.New()),
		p.Extractors.Add(zeisstif.New()),
		p.Extractors.Add(basic.New()),

		p.Profiles.Add(profiles.TitanSTEM()),
		p.Profiles.Add(profiles.TitanTEM()),
		p.Profiles.Add(profiles.JEOLTEM()),
		p.Profiles.AddStep(profiles.TecnaiText()),

		p.Harvesters.Add(nemo.NewFactory()),
		p.Harvesters.Add(sessionfile.NewFactory()),

		p.Destinations.Add(cdcs.NewFactory()),
		p.Destinations.Add(elabftw.NewFactory()),
		p.Destinations.Add(folder.NewFactory()),
		p.Destinations.Add(labarchives.NewFactory()),
		p.Destinations.Add(rocrate.NewFactory()),
	)
}

// Plugins returns the built-ins alone: what the stock binary is made of.
func Plugins() *pipeline.Plugins {
	p := new(pipeline.Plugins)
	if err := Add(p); err != nil {
		panic("builtin: " + err.Error()) // two built-ins of one name
	}
	return p
}
