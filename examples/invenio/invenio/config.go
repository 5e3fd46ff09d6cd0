package invenio

import (
	"errors"
	"net/url"
	"slices"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn: after those whose links it keeps.
const (
	Name     = "invenio"
	Priority = 50
)

// Access says who may see a record.
type Access string

// The kinds of access.
const (
	Restricted Access = "restricted"
	Public     Access = "public"
)

// UnmarshalText reads the access from a setting.
func (a *Access) UnmarshalText(text []byte) error {
	if *a = Access(text); *a == Restricted || *a == Public {
		return nil
	}
	return errors.New("not one of restricted, public")
}

// Config is what an operator sets. The destination is off while neither address nor token
// is set; one without the other is a fault.
type Config struct {
	URL   *url.URL         `env:"NX_INVENIO_URL" help:"Root of the repository." required:"to deliver to InvenioRDM"`
	Token nexuslims.Secret `env:"NX_INVENIO_TOKEN" help:"Token that may deposit, and publish if asked to." required:"to deliver to InvenioRDM"`
	// Publish cannot be undone.
	Publish bool `env:"NX_INVENIO_PUBLISH" envDefault:"false" help:"Publish records; else they stay drafts."`
	// Projects narrow what is published; others stay drafts.
	Projects []string      `env:"NX_INVENIO_PUBLISH_PROJECTS" help:"Projects whose records are published, with commas between; empty: all."`
	Files    exporters.Set `env:"NX_INVENIO_FILES" envDefault:"record+previews" help:"Files uploaded: record, record+previews or all."`
	MaxFiles int           `env:"NX_INVENIO_MAX_FILES" envDefault:"100" help:"Files that the repository takes for a record."`
	Access   Access        `env:"NX_INVENIO_ACCESS" envDefault:"restricted" help:"Who may see published records: restricted or public."`
	License  string        `env:"NX_INVENIO_LICENSE" help:"Licence of records, as the repository names it, such as cc-by-4.0."`

	Publisher   string `env:"NX_INVENIO_PUBLISHER" help:"Publisher named in records."`
	Affiliation string `env:"NX_INVENIO_AFFILIATION" help:"Affiliation of creators."`
}

func (c Config) off() bool { return c.URL == nil && !c.Token.IsSet() }

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
		add("NX_INVENIO_URL", "not configured, although NX_INVENIO_TOKEN is")
	case c.URL.User != nil || c.URL.RawQuery != "" || c.URL.Fragment != "":
		add("NX_INVENIO_URL", "must not hold user information, a query or a fragment")
	}
	if !c.Token.IsSet() {
		add("NX_INVENIO_TOKEN", "not configured, although NX_INVENIO_URL is")
	}
	if c.MaxFiles < 1 {
		add("NX_INVENIO_MAX_FILES", "must be at least 1")
	}
	if len(c.Projects) > 0 && !c.Publish {
		add("NX_INVENIO_PUBLISH_PROJECTS", "has no effect without NX_INVENIO_PUBLISH")
	}
	return faults.Err()
}

// publishes reports whether a record is to be published.
func (c Config) publishes(r nexuslims.Record) bool {
	if !c.Publish || len(c.Projects) == 0 {
		return c.Publish
	}
	return slices.ContainsFunc(r.Projects, func(p nexuslims.Project) bool {
		return slices.Contains(c.Projects, p.ID) || slices.Contains(c.Projects, p.Name)
	})
}

// NewFactory returns the factory of the destination.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h), nil
	})
}
