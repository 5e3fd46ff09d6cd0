package nemo

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	addressVariable = "NX_NEMO_ADDRESS"
	tokenVariable   = "NX_NEMO_TOKEN" //nolint:gosec // the name of a setting
	writeVariable   = "NX_NEMO_STRFTIME_FMT"
	readVariable    = "NX_NEMO_STRPTIME_FMT"
	zoneVariable    = "NX_NEMO_TZ"

	defaultFormat = "%Y-%m-%dT%H:%M:%S%z"
)

var errNoZone = errors.New("no name of a zone")

// Config is what one server needs.
type Config struct {
	// Address is the root of the API; it ends in a slash.
	Address url.URL `env:"NX_NEMO_ADDRESS" required:"for each NEMO server" help:"Root of the NEMO API; ends in a slash, e.g. https://nemo.example.org/api/."` //nolint:lll // a tag
	// Token belongs to a user who may view tools, users, usage events and reservations.
	Token nexuslims.Secret `env:"NX_NEMO_TOKEN" required:"for each NEMO server" help:"API token of a user with the permissions view_tool, view_user, view_usageevent and view_reservation."` //nolint:lll // a tag
	// WriteFormat is how times stand in questions; the default means ISO 8601.
	WriteFormat string `env:"NX_NEMO_STRFTIME_FMT" envDefault:"%Y-%m-%dT%H:%M:%S%z" help:"How times are written in questions, in the codes of strftime."` //nolint:lll // a tag
	// ReadFormat is how times stand in answers; the default means ISO 8601.
	ReadFormat string `env:"NX_NEMO_STRPTIME_FMT" envDefault:"%Y-%m-%dT%H:%M:%S%z" help:"How times are read from answers, in the codes of strptime."` //nolint:lll // a tag
	// Zone is an IANA name; empty: times are taken as they are.
	Zone string `env:"NX_NEMO_TZ" help:"Time zone (IANA name) for times without offset, or with an offset that is impossible in it."`
}

// Validate checks everything that needs no network.
func (c *Config) Validate() error {
	var faults nexuslims.Faults
	bad := func(variable, reason string) {
		faults = append(faults, nexuslims.Fault{Variable: variable, Reason: reason})
	}
	if reason := addressFault(&c.Address); reason != "" {
		bad(addressVariable, reason)
	}
	if strings.ContainsFunc(c.Token.Reveal(), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		bad(tokenVariable, "contains blanks, line breaks or letters outside ASCII")
	}
	if _, err := newFormat(c.WriteFormat); err != nil {
		bad(writeVariable, err.Error())
	}
	if _, err := newFormat(c.ReadFormat); err != nil {
		bad(readVariable, err.Error())
	}
	if _, err := zoneNamed(c.Zone); err != nil {
		bad(zoneVariable, "not an IANA time zone such as America/New_York")
	}
	return faults.Err()
}

func addressFault(u *url.URL) string {
	switch {
	case u.Path != "" && !strings.HasSuffix(u.Path, "/"):
		return "must end in a slash: the root of the API, e.g. https://nemo.example.org/api/"
	case u.RawQuery != "" || u.Fragment != "":
		return "must not have a query or fragment"
	case u.User != nil:
		return "must not contain user name or password"
	}
	return ""
}

// zoneNamed returns nil for the empty name.
func zoneNamed(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	if name == "Local" {
		return nil, errNoZone
	}
	return time.LoadLocation(name)
}
