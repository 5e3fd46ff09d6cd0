package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) statusCommand() *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "tell how the site stands and what somebody should look at",
		Description: "Changes nothing, needs no network, and works while a run is going on.\n" +
			"Ends with 0 when nothing needs a hand and with 3 when something does.\n" +
			"Files in no session and sessions that overlap are told, but need no hand\nby themselves.",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "days", Value: pipeline.DefaultStatusDays, Usage: "look at files and settled sessions of the last `N` days"},
			&cli.BoolFlag{Name: "no-files", Usage: "leave the instrument folders alone, which can take long to look through"},
			&cli.BoolFlag{Name: "by-instrument", Usage: "count the sessions of each instrument"},
			&cli.StringFlag{Name: "session", Usage: "tell everything that is known of the session `ID`"},
			&cli.BoolFlag{
				Name: "json", Usage: fmt.Sprintf("print it as JSON, lists with up to %d entries", pipeline.StatusCap),
			},
			versionFlag(),
		},
		Action: p.status,
	}
}

func (p Process) status(c *cli.Context) error {
	if c.Bool("version") {
		return p.printVersion(c)
	}
	switch {
	case c.NArg() > 0:
		return usage("status takes no arguments; --session ID tells of one session")
	case c.Int("days") < 1 || c.Int("days") > 100_000:
		return usage("--days takes a number from 1 to 100000")
	case c.IsSet("session") && c.String("session") == "":
		return usage("--session takes the identifier of a session")
	}
	s, err := p.readSite(c, config.NeedDatabase)
	if err != nil {
		return err
	}
	defer s.close()
	if s.config.InstrumentData == "" && !c.Bool("no-files") {
		return usage("NX_INSTRUMENT_DATA_PATH is not set; --no-files leaves the instrument folders alone")
	}
	if err := s.openStoreToRead(c.Context); err != nil {
		return err
	}
	bar := p.progressBar(c)
	pipe, err := s.watcher(bar)
	if err != nil {
		return err
	}
	o := pipeline.StatusOptions{Days: c.Int("days"), NoFiles: c.Bool("no-files")}
	if s.config.Data != "" {
		o.Lock = s.config.LockFile()
	}
	tell := p.tellSite
	if c.IsSet("session") {
		tell = p.tellSession
	}
	code, err := tell(c, pipe, o, bar)
	if err == nil && code != pipeline.ExitDone {
		return exit{code: code}
	}
	return err
}

// tellSite prints how the site stands.
func (p Process) tellSite(c *cli.Context, pipe *pipeline.Pipeline, o pipeline.StatusOptions, bar *progressBar) (int, error) {
	r, err := pipe.Status(c.Context, o)
	bar.clear()
	if err != nil {
		return 0, err
	}
	if c.Bool("json") {
		return r.ExitCode(), printJSON(p.Out, r)
	}
	_, err = io.WriteString(p.Out, statusText(r, c.Bool("by-instrument")))
	return r.ExitCode(), err
}

// tellSession prints what is known of one session.
func (p Process) tellSession(c *cli.Context, pipe *pipeline.Pipeline, o pipeline.StatusOptions, bar *progressBar) (int, error) {
	s, err := pipe.SessionStatus(c.Context, c.String("session"), o)
	bar.clear()
	if err != nil {
		return 0, err
	}
	if c.Bool("json") {
		return s.ExitCode(), printJSON(p.Out, s)
	}
	_, err = io.WriteString(p.Out, sessionText(s))
	return s.ExitCode(), err
}

// openStoreToRead opens the database without the right to change it. Where a run was killed
// in the middle of a change, SQLite has to undo that before anybody can read: then it is
// opened as every run opens it.
func (s *site) openStoreToRead(ctx context.Context) error {
	store, err := db.Open(ctx, s.config.DB, db.Options{Logger: s.log, Now: s.process.Now, ReadOnly: true})
	if errors.Is(err, nexuslims.Permission) {
		return s.openStore(ctx)
	}
	s.store = store
	if errors.Is(err, nexuslims.NotFound) {
		err = fmt.Errorf("%w; nexuslims db init makes a database", err)
	}
	return err
}

// watcher returns a pipeline that has neither sources nor destinations: it can only look.
func (s *site) watcher(bar *progressBar) (*pipeline.Pipeline, error) {
	cfg := s.config
	o := pipeline.Options{
		InstrumentData: cfg.InstrumentData, Data: cfg.Data, Inclusive: cfg.FileStrategy == config.Inclusive,
		Ignore: cfg.Ignore, Delay: cfg.Delay(),
	}
	if cfg.Data != "" || cfg.Records != "" {
		o.Records = cfg.RecordsFolder()
	}
	return pipeline.New(o, pipeline.Parts{
		Store: s.store, Engine: s.process.engine(s.log), Runner: new(exporters.Runner), Logger: s.log, Now: s.process.Now,
		Progress: bar.show,
	})
}
