package elabftw

import (
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn.
const (
	Name     = "elabftw"
	Priority = 85
)

// Config is what an operator sets. The destination is off while neither address nor key
// is set; one without the other is a fault.
type Config struct {
	// URL is the root of the server; a path of its interface behind it does no harm.
	URL *url.URL `env:"NX_ELABFTW_URL" help:"Root address of eLabFTW, without /api." required:"to deliver to eLabFTW"`
	// Key decides about user and team of the experiments. It must be allowed to write.
	Key nexuslims.Secret `env:"NX_ELABFTW_API_KEY" help:"API key that may write." required:"to deliver to eLabFTW"`
	// Category and Status are ids of the key's team; 0 is none.
	Category *int `env:"NX_ELABFTW_EXPERIMENT_CATEGORY" type:"integer" help:"Category (id) of new experiments."`
	Status   *int `env:"NX_ELABFTW_EXPERIMENT_STATUS" type:"integer" help:"Status (id) of new experiments."`
	// Template is for teams that demand one.
	Template *int `env:"NX_ELABFTW_EXPERIMENT_TEMPLATE" type:"integer" help:"Template (id), where the team demands one."`
}

// Validate checks what concerns several settings, without network.
func (c Config) Validate() error {
	var faults nexuslims.Faults
	add := func(name, reason string) {
		faults = append(faults, nexuslims.Fault{Variable: name, Reason: reason})
	}
	switch {
	case c.URL == nil && !c.off():
		add("NX_ELABFTW_URL", "not configured, although NX_ELABFTW_API_KEY is")
	case c.URL != nil && (c.URL.User != nil || c.URL.RawQuery != "" || c.URL.Fragment != ""):
		add("NX_ELABFTW_URL", "must not hold user information, a query or a fragment")
	}
	switch key := c.Key.Reveal(); {
	case key == "" && !c.off():
		add("NX_ELABFTW_API_KEY", "not configured, although NX_ELABFTW_URL is")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		add("NX_ELABFTW_API_KEY", "must be of visible ASCII characters")
	case strings.HasPrefix(key, "Basic"):
		add("NX_ELABFTW_API_KEY", "is not an API key: the server takes it for a password")
	}
	if chosen(c.Category) < 0 {
		add("NX_ELABFTW_EXPERIMENT_CATEGORY", "must be an id, or 0 for none")
	}
	if chosen(c.Status) < 0 {
		add("NX_ELABFTW_EXPERIMENT_STATUS", "must be an id, or 0 for none")
	}
	if c.Template != nil && *c.Template <= 0 {
		add("NX_ELABFTW_EXPERIMENT_TEMPLATE", "must be the id of a template")
	}
	return faults.Err()
}

func (c Config) off() bool { return c.URL == nil && !c.Key.IsSet() }

// root returns the address of the server's folder, with a slash at the end.
func (c Config) root() string {
	root := *c.URL
	path := strings.TrimRight(root.Path, "/")
	for _, tail := range []string{"/api/v2", "/api"} {
		if short, found := strings.CutSuffix(path, tail); found {
			path = strings.TrimRight(short, "/")
			break
		}
	}
	root.Path, root.RawPath = path+"/", ""
	return root.String()
}

// chosen returns a configured id, 0 where there is none.
func chosen(id *int) int {
	if id == nil {
		return 0
	}
	return *id
}

// NewFactory returns the factory of the destination.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h)
	})
}
