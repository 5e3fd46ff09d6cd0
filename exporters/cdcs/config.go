package cdcs

import (
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn.
const (
	Name     = "cdcs"
	Priority = 100
)

// Config is what an operator sets. The destination is off while neither address nor
// token is set; one without the other is a fault.
type Config struct {
	// URL is a folder: a slash is added where it is missing.
	URL *url.URL `env:"NX_CDCS_URL" help:"Root address of the CDCS front end." required:"to deliver to CDCS"`
	// Token is that of the service account.
	Token nexuslims.Secret `env:"NX_CDCS_TOKEN" help:"API token at CDCS." required:"to deliver to CDCS"`
	// UserOwnedRecords gives each record to the user of its session, whose account is made
	// when it is missing. That needs the token of a superuser.
	UserOwnedRecords bool `env:"NX_CDCS_USER_OWNED_RECORDS" envDefault:"false" help:"Give records to their users."`
	// AssignToPublicWorkspace lets everybody see the records.
	AssignToPublicWorkspace bool `env:"NX_CDCS_ASSIGN_TO_PUBLIC_WORKSPACE" envDefault:"true" help:"Publish records."`
	// Template is asked for where the site has several.
	Template string `env:"NX_CDCS_TEMPLATE" help:"Title of the template, where several could be meant."`
	// Workspace stands in place of the public one.
	Workspace string `env:"NX_CDCS_WORKSPACE" help:"Title or number of the workspace, if not the public one."`
}

// Validate checks what concerns several settings, without network.
func (c Config) Validate() error {
	var faults nexuslims.Faults
	add := func(name, reason string) {
		faults = append(faults, nexuslims.Fault{Variable: name, Reason: reason})
	}
	switch {
	case c.off():
		return nil
	case c.URL == nil:
		add("NX_CDCS_URL", "not configured, although NX_CDCS_TOKEN is")
	case c.URL.User != nil || c.URL.RawQuery != "" || c.URL.Fragment != "":
		add("NX_CDCS_URL", "must not hold user information, a query or a fragment")
	}
	switch token := c.Token.Reveal(); {
	case token == "":
		add("NX_CDCS_TOKEN", "not configured, although NX_CDCS_URL is")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		add("NX_CDCS_TOKEN", "must be of visible ASCII characters")
	}
	return faults.Err()
}

func (c Config) off() bool { return c.URL == nil && !c.Token.IsSet() }

// NewFactory returns the factory of the destination.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h)
	})
}
