package labarchives

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn: after CDCS, whose page it
// links to.
const (
	Name     = "labarchives"
	Priority = 90
)

// Config is what an operator sets. The destination is off while none of the three secrets
// is set; one or two of them are a fault. Address and notebook alone switch nothing on.
type Config struct {
	Access
	// UserID is the account that owns the pages. It is valid for this key id only.
	UserID nexuslims.Secret `env:"NX_LABARCHIVES_USER_ID" help:"User id; nexuslims config labarchives-get-uid tells it." required:"to deliver to LabArchives"`
	// NotebookID is where the pages go. Without one they go to the user's inbox, where
	// records cannot be found again.
	NotebookID string `env:"NX_LABARCHIVES_NOTEBOOK_ID" help:"Notebook of the records. Default, not recommended: the inbox, where a record may arrive twice."`
}

// Access is what leads to the service.
type Access struct {
	// URL may be written with or without the final /api.
	URL *url.URL `env:"NX_LABARCHIVES_URL" envDefault:"https://api.labarchives.com/api" help:"Root of the LabArchives interface; another one for each region."`
	// KeyID and Password are issued to the institution. The password signs the calls.
	KeyID    nexuslims.Secret `env:"NX_LABARCHIVES_ACCESS_KEY_ID" help:"Access key id of LabArchives." required:"to deliver to LabArchives"`
	Password nexuslims.Secret `env:"NX_LABARCHIVES_ACCESS_PASSWORD" help:"Signing secret of LabArchives." required:"to deliver to LabArchives"`
}

// Validate checks what concerns several settings, without network.
func (c Config) Validate() error {
	if c.off() {
		return nil
	}
	faults := c.faults()
	if !c.UserID.IsSet() {
		faults = append(faults, nexuslims.Fault{
			Variable: "NX_LABARCHIVES_USER_ID",
			Reason:   "not configured, although others of LabArchives are; nexuslims config labarchives-get-uid tells it",
		})
	}
	return faults.Err()
}

func (c Config) off() bool { return !c.KeyID.IsSet() && !c.Password.IsSet() && !c.UserID.IsSet() }

// Validate checks what concerns several settings, without network.
func (a Access) Validate() error { return a.faults().Err() }

func (a Access) faults() nexuslims.Faults {
	var faults nexuslims.Faults
	add := func(name, reason string) {
		faults = append(faults, nexuslims.Fault{Variable: name, Reason: reason})
	}
	if u := a.URL; u != nil && (u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		add("NX_LABARCHIVES_URL", "must not hold user information, a query or a fragment")
	}
	if !a.KeyID.IsSet() {
		add("NX_LABARCHIVES_ACCESS_KEY_ID", "not configured")
	}
	if !a.Password.IsSet() {
		add("NX_LABARCHIVES_ACCESS_PASSWORD", "not configured")
	}
	return faults
}

const defaultURL = "https://api.labarchives.com/api"

// base returns the address below which the methods are, without a final slash.
func (a Access) base() string {
	if a.URL == nil {
		return defaultURL
	}
	u := url.URL{Scheme: a.URL.Scheme, Host: a.URL.Host, Path: strings.TrimRight(a.URL.Path, "/")}
	if !strings.HasSuffix(u.Path, "/api") {
		u.Path += "/api"
	}
	return u.String()
}

// Options are what an operator has no business with.
type Options struct {
	// Pace is the least time between the starts of two calls; zero: the second that the
	// service's guidelines want.
	Pace time.Duration
	// Now and Sleep are the clock of the pace; nil: that of the machine.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// NewFactory returns the factory of the destination. All its destinations and look-ups
// share one pace.
func NewFactory() exporters.Factory { return Options{}.NewFactory() }

// NewFactory returns the factory of a destination with options.
func (o Options) NewFactory() exporters.Factory {
	l := newLine(o)
	spec := exporters.Spec{Name: Name, Priority: Priority}
	open := func(c Config, h nexuslims.Host) (exporters.Destination, error) { return open(c, h, l) }
	return factory{exporters.NewFactory(spec, Config.off, open), l}
}

type factory struct {
	exporters.Factory
	line *line
}

// FindAccount implements exporters.AccountFinder.
func (f factory) FindAccount(
	ctx context.Context, s nexuslims.Settings, host nexuslims.Host, login exporters.Login,
) (exporters.Account, error) {
	var a Access
	if err := settings.Decode(s, &a); err != nil {
		return exporters.Account{}, err
	}
	c, err := newClient(a, host, f.line)
	if err != nil {
		return exporters.Account{}, err
	}
	p, err := c.login(ctx, login.Name, login.Password)
	if err != nil {
		return exporters.Account{}, err
	}
	account := exporters.Account{ID: nexuslims.NewSecret(p.ID), Name: p.Name, Email: p.Email}
	for _, n := range p.Notebooks {
		account.Places = append(account.Places, exporters.Place(n))
	}
	return account, nil
}

func newClient(a Access, h nexuslims.Host, l *line) (*client, error) {
	c := &client{http: h.Client, base: a.base(), keyID: a.KeyID, password: a.Password, now: h.Now, line: l}
	if c.now == nil {
		c.now = time.Now
	}
	if c.http != nil {
		return c, nil
	}
	guarded, err := httpx.New(httpx.Options{Logger: h.Logger})
	c.http = guarded
	return c, err
}

var _ exporters.AccountFinder = factory{}
