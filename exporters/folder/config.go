package folder

import (
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn.
const (
	Name     = "folder"
	Priority = 95
)

// Config is what an operator sets. The destination is on when it has a path.
type Config struct {
	// Path is made when it is missing and the folder above it is there.
	Path string `env:"NX_FOLDER_EXPORT_PATH" type:"folder" help:"Folder of a static web site of all records."`
}

func (c Config) off() bool { return c.Path == "" }

// NewFactory returns the factory of the destination. It is local: it always runs and
// does not decide whether a record counts as exported.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority, Local: true}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h)
	})
}
