package sessionfile

import (
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Config is what an operator sets.
type Config struct {
	File string `env:"NX_SESSIONS_FILE" type:"file" help:"CSV or JSON file with sessions; set switches the harvester on."`
}

// NewFactory returns the factory.
func NewFactory() harvesters.Factory { return factory{} }

type factory struct{}

func (factory) Name() string { return Kind }

func (factory) Variables() []nexuslims.Variable { return settings.Describe(Config{}) }

func (factory) Configure(s nexuslims.Settings, _ nexuslims.Host) ([]harvesters.Harvester, error) {
	var c Config
	if err := settings.Decode(s, &c); err != nil {
		return nil, err
	}
	if c.File == "" {
		return nil, nil
	}
	return []harvesters.Harvester{New(c.File)}, nil
}
