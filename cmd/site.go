package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// site is a configured installation, with what a command opened of it.
type site struct {
	process Process
	texts   *config.Texts
	config  *config.Config
	known   []nexuslims.Variable
	log     *slog.Logger
	store   *db.Store
	sources []harvesters.Harvester
	open    []exporters.Open
	client  *http.Client
	// profileNotes is what is to be said of the site's profiles.
	profileNotes []string
}

// readSite reads the configuration. Everything wrong with it, the settings of plugins
// included, is reported together.
func (p Process) readSite(c *cli.Context, need config.Need) (*site, error) {
	texts, err := config.Read(config.Source{EnvFile: envFile(c), Folder: p.Folder, Environment: p.Environment})
	if err != nil {
		return nil, exit{pipeline.ExitUsage, err}
	}
	s := &site{process: p, texts: texts, known: append(config.Variables(), p.Plugins.Variables()...)}
	p.redactor.hide(texts.Secrets(s.known))
	s.log = slog.New(slog.DiscardHandler)
	s.config, err = config.Load(texts, need)
	faults := faultsOf(err)
	if err != nil && faults == nil {
		return nil, err
	}
	if need == config.NeedSite {
		faults = append(faults, s.tryPlugins()...)
	}
	if len(faults) > 0 {
		return nil, exit{pipeline.ExitUsage, s.explain(faults)}
	}
	s.process, s.profileNotes = p.withProfiles(s.config.Profiles)
	return s, nil
}

func faultsOf(err error) nexuslims.Faults {
	var faults nexuslims.Faults
	errors.As(err, &faults)
	return faults
}

// explain tells what is wrong and how to mend it.
func (s *site) explain(faults nexuslims.Faults) error {
	var b strings.Builder
	b.WriteString("the configuration is incomplete or wrong:\n")
	for _, f := range faults {
		fmt.Fprintf(&b, "  %s\n", f.Error())
	}
	if s.texts.File == "" {
		b.WriteString("no .env file was read; settings come from the environment, a file .env in the working directory, or --env-file")
	} else {
		fmt.Fprintf(&b, "settings come from the environment and %s", s.texts.File)
	}
	for _, w := range s.texts.Warnings {
		b.WriteString("\n" + w)
	}
	return errors.New(b.String())
}

// tryPlugins configures harvesters and destinations without using them, for their faults.
func (s *site) tryPlugins() nexuslims.Faults {
	host := nexuslims.Host{Logger: s.log, Now: s.process.Now, Client: http.DefaultClient}
	var faults nexuslims.Faults
	for _, f := range s.process.Plugins.Harvesters.All() {
		opened, err := f.Configure(s.texts, host)
		faults = append(faults, pluginFaults(f.Name(), err)...)
		for _, h := range opened {
			_ = h.Close() // nothing was done with it
		}
	}
	opened, found := exporters.Configure(&s.process.Plugins.Destinations, s.texts, host)
	for _, d := range opened {
		_ = d.Destination.Close() // nothing was done with it
	}
	return append(faults, found...)
}

func pluginFaults(name string, err error) nexuslims.Faults {
	if err == nil {
		return nil
	}
	if faults := faultsOf(err); faults != nil {
		return faults
	}
	return nexuslims.Faults{{Variable: name, Reason: err.Error()}}
}

// openClient makes the HTTP client of the site.
func (s *site) openClient() error {
	pem, err := s.config.Certificates()
	if err == nil {
		s.client, err = httpx.New(httpx.Options{
			Certificates: pem, SkipVerify: s.config.SkipVerify, RetryWait: s.process.RetryWait, Logger: s.log,
		})
	}
	if err != nil {
		return exit{pipeline.ExitUsage, err}
	}
	return nil
}

// openStore opens the database.
func (s *site) openStore(ctx context.Context) error {
	store, err := db.Open(ctx, s.config.DB, db.Options{Logger: s.log, Now: s.process.Now})
	s.store = store
	if errors.Is(err, nexuslims.NotFound) {
		err = fmt.Errorf("%w; nexuslims db init makes a database", err)
	}
	return err
}

// openDatabase reads as much of the configuration as the database needs and opens that;
// the caller closes the site.
func (p Process) openDatabase(c *cli.Context) (*site, error) {
	s, err := p.readSite(c, config.NeedDatabase)
	if err != nil {
		return nil, err
	}
	if err := s.openStore(c.Context); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openPlugins opens what the settings switch on.
func (s *site) openPlugins() error {
	if err := s.openClient(); err != nil {
		return err
	}
	host := nexuslims.Host{Logger: s.log, Now: s.process.Now, Client: s.client}
	for _, f := range s.process.Plugins.Harvesters.All() {
		opened, err := f.Configure(s.texts, host)
		if err != nil {
			return exit{pipeline.ExitUsage, err}
		}
		s.sources = append(s.sources, opened...)
	}
	opened, faults := exporters.Configure(&s.process.Plugins.Destinations, s.texts, host)
	s.open = opened
	if len(faults) > 0 {
		return exit{pipeline.ExitUsage, faults}
	}
	return nil
}

// close closes what was opened.
func (s *site) close() {
	for _, h := range s.sources {
		s.closed("harvester", h.Close())
	}
	for _, d := range s.open {
		s.closed("destination", d.Destination.Close())
	}
	if s.store != nil {
		s.closed("database", s.store.Close())
	}
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
}

func (s *site) closed(what string, err error) {
	if err != nil {
		s.log.Warn("closing went wrong", "what", what, "err", err)
	}
}

// engine puts the extraction engine together.
func (p Process) engine(log *slog.Logger) *extractors.Engine {
	return &extractors.Engine{
		Extractors: &p.Plugins.Extractors, Profiles: &p.Plugins.Profiles, Logger: log, Now: p.Now,
	}
}

// insecure lists what an old site's settings switch off, to be said loudly each time.
func (s *site) insecure() []string {
	var notes []string
	if s.config.SkipVerify {
		notes = append(notes, "NX_DISABLE_SSL_VERIFY is on: certificates are not verified, anybody between here and the servers can read tokens and change data")
	}
	for _, name := range s.texts.Names() {
		v, _, _ := s.texts.Lookup(name)
		if strings.HasPrefix(name, "NX_") && strings.HasPrefix(strings.ToLower(v), "http://") && !loopback(v) {
			notes = append(notes, name+" is an http:// address: tokens and data travel in the clear")
		}
	}
	return notes
}

// loopback reports whether an address does not leave the machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
