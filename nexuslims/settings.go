package nexuslims

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Settings is what the operator wrote, before anybody understood it: names and texts.
// Implementations of harvesters and destinations read it through their Config.
type Settings interface {
	// Lookup returns the text of a variable and where it stands ("environment",
	// ".env:12"). A variable set to the empty text counts as unset.
	Lookup(name string) (text, source string, ok bool)
	// Names returns the names of all set variables, sorted.
	Names() []string
}

// Variable describes one setting: it is the source of validation, of the redacted
// dump and of the reference page.
type Variable struct {
	Name    string // "NX_CDCS_URL"; a numbered one ends in "_N"
	Type    string // "text", "secret", "bool", "integer", "number", "URL", "folder", "file", ...
	Help    string // one sentence
	Default string // empty: none
	Secret  bool
	// Required names when the variable must be set: "" for never.
	Required string
}

// Fault is one thing wrong with the configuration.
type Fault struct {
	Variable string
	Source   string // "environment", ".env:12"; empty when the variable is missing
	Value    string // as written; *** for a secret
	Reason   string
}

// Error returns the fault in one line.
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Variable)
	if f.Value != "" {
		fmt.Fprintf(&b, "=%q", f.Value)
	}
	if f.Source != "" {
		fmt.Fprintf(&b, " (%s)", f.Source)
	}
	return b.String() + ": " + f.Reason
}

// Is makes a fault an Invalid error.
func (f Fault) Is(target error) bool { return target == Invalid }

// ErrorKind returns Invalid.
func (f Fault) ErrorKind() Kind { return Invalid }

// ErrorKind returns Invalid.
func (fs Faults) ErrorKind() Kind { return Invalid }

// Faults are all faults of a configuration, in the order of the variables.
type Faults []Fault

// Error lists the faults, one a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Is makes the list an Invalid error.
func (fs Faults) Is(target error) bool { return target == Invalid }

// Err returns nil for an empty list.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// Host is what the program gives to an implementation besides its configuration:
// everything that would otherwise be global.
type Host struct {
	Logger *slog.Logger
	Now    func() time.Time
	// Client is a guarded HTTP client: verified TLS with the site's certificates,
	// time-outs, bounded bodies, retries of safe requests, no credentials to other hosts,
	// no redirect of a writing request, errors without query strings. Implementations
	// use it for all their traffic and add nothing of the kind.
	Client *http.Client
}
