package exporters

import (
	"context"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// AccountFinder is a factory that can look an account up at its service. It is for
// settings that nobody knows by heart: the id that a service gives an account.
type AccountFinder interface {
	// FindAccount asks for the account of a login. It needs those settings only that lead
	// to the service; faulty ones are nexuslims.Faults. A refused login is Permission.
	FindAccount(ctx context.Context, s nexuslims.Settings, host nexuslims.Host, login Login) (Account, error)
}

// Login is what a person knows of an account.
type Login struct {
	Name     string // login name or e-mail address
	Password nexuslims.Secret
}

// Account is what a service says of an account.
type Account struct {
	ID     nexuslims.Secret
	Name   string // of its owner
	Email  string
	Places []Place // where it may put records
}

// Place is a place for records, such as a notebook.
type Place struct {
	ID      string
	Name    string
	Default bool
}
