package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/runlock"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// lookback is how far back usage events are asked for when nothing is said.
const lookback = 7 * 24 * time.Hour

func (p Process) buildRecordsCommand() *cli.Command {
	return &cli.Command{
		Name:  "build-records",
		Usage: "harvest usage events, build the records of ended sessions and deliver them",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "look, do not build"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say more; twice: everything", Count: new(int)},
			&cli.StringFlag{Name: "from", Usage: "harvest events that end after `DATE`; none: all (default: 7 days ago, or the end of the last run)"},
			&cli.StringFlag{Name: "to", Usage: "harvest events that start before `DATE`; none: all"},
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
			versionFlag(),
		},
		Action: p.buildRecords,
	}
}

func (p Process) buildRecords(c *cli.Context) error {
	if c.Bool("version") {
		return p.printVersion(c)
	}
	if c.NArg() > 0 {
		return usage("build-records takes no arguments")
	}
	o, err := p.runOptions(c)
	if err != nil {
		return err
	}
	s, err := p.readSite(c, config.NeedSite)
	if err != nil {
		return err
	}
	defer s.close()
	return s.build(c, o)
}

func (p Process) runOptions(c *cli.Context) (pipeline.RunOptions, error) {
	o := pipeline.RunOptions{DryRun: c.Bool("dry-run"), Lookback: lookback}
	var err error
	if c.IsSet("from") {
		if o.From, err = bound(c.String("from"), 0); err != nil {
			return o, err
		}
		o.Unbounded = o.From.IsZero()
	}
	if c.IsSet("to") {
		// A day ends with its last second, as the Python program has it.
		o.To, err = bound(c.String("to"), 24*time.Hour-time.Second)
	}
	return o, err
}

// bound reads a date or an instant; "none" and "all" are no bound. Texts without a zone
// are in the zone of the machine.
func bound(text string, day time.Duration) (time.Time, error) {
	switch strings.ToLower(text) {
	case "none", "all":
		return time.Time{}, nil
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "20060102T150405Z0700",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15", "20060102T150405",
	} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	if t, ok := date(text); ok {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, int(day/time.Second), 0, time.Local), nil
	}
	return time.Time{}, usage("invalid date %q: give YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS with or without zone, or none", text)
}

// date reads a day in one of the forms of ISO 8601.
func date(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "20060102"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, true
		}
	}
	return weekDate(text)
}

// weekDate reads the ISO form 2025-W03-2.
func weekDate(text string) (time.Time, bool) {
	var year, week, day int
	plain := strings.ReplaceAll(text, "-", "")
	if n, err := fmt.Sscanf(plain, "%4dW%2d%1d", &year, &week, &day); err != nil && n < 2 || n < 2 {
		return time.Time{}, false
	} else if n == 2 {
		day = 1
	}
	if week < 1 || week > 53 || day < 1 || day > 7 || len(plain) > 8 {
		return time.Time{}, false
	}
	// The fourth of January is always in the first week.
	first := time.Date(year, 1, 4, 0, 0, 0, 0, time.Local)
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	t := monday.AddDate(0, 0, 7*(week-1)+day-1)
	_, real := t.ISOWeek()
	return t, real == week // not every year has a week 53
}

// build takes the lock, opens everything, runs and reports.
func (s *site) build(c *cli.Context, o pipeline.RunOptions) (err error) {
	p := s.process
	lock, err := runlock.Acquire(s.config.LockFile(), p.Now())
	if errors.Is(err, runlock.ErrHeld) {
		fmt.Fprintf(p.Err, "Another instance is already running: %v\n", err)
		return exit{code: pipeline.ExitLocked}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	bar := p.progressBar(c)
	closeLog, err := s.startLog(c, o, bar)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	report, err := s.run(c, o, bar)
	bar.clear()
	if report == nil {
		s.log.Error("run could not be started", "err", err)
		report = &pipeline.Report{Started: p.Now(), Ended: p.Now(), DryRun: o.DryRun, Fault: err.Error()}
	}
	if err := s.conclude(c, report); err != nil {
		return err
	}
	switch code := report.ExitCode(); {
	case err != nil: // it stands in the report
		return exit{code: exitCode(err)}
	case code != pipeline.ExitDone:
		return exit{code: code}
	}
	return nil
}

// startLog sends the log to the error output and to the dated file of the run.
func (s *site) startLog(c *cli.Context, o pipeline.RunOptions, bar *progressBar) (func() error, error) {
	p := s.process
	level := verbosity(c.Count("verbose"))
	suffix := ""
	if o.DryRun {
		suffix = "_dryrun"
	}
	file := &logFile{folder: s.config.LogsFolder(), suffix: suffix, start: p.Now()}
	if err := os.MkdirAll(file.folder, 0o777); err != nil {
		return nil, nexuslims.E(nexuslims.Transient, "make log folder", file.folder, err)
	}
	console := newLineHandler(func() (io.Writer, error) { return bar.above(p.Err), nil }, level, p.redactor)
	s.log = slog.New(slog.NewMultiHandler(console, newLineHandler(file.open, level, p.redactor)))
	for _, w := range slices.Concat(s.texts.Warnings, s.texts.Hints(s.known), s.profileNotes) {
		s.log.Warn(w)
	}
	s.log.Info("run begins", "version", nexuslims.Version, "dry_run", o.DryRun, "from", c.String("from"), "to", c.String("to"))
	s.logSettings()
	return file.close, nil
}

// logSettings tells what is set, secrets masked.
func (s *site) logSettings() {
	for name, v := range s.texts.Dump(s.known).All() {
		if setting, ok := v.(*nexuslims.Object); ok {
			s.log.Info("setting", "name", name, "value", setting.Text("value"), "source", setting.Text("source"))
		}
	}
}

// run opens database and plugins and carries the run out.
func (s *site) run(c *cli.Context, o pipeline.RunOptions, bar *progressBar) (*pipeline.Report, error) {
	if err := s.openStore(c.Context); err != nil {
		return nil, err
	}
	if !o.DryRun {
		// The lock is ours: claims that are left belong to runs that were killed.
		if _, err := s.store.ReleaseAll(c.Context); err != nil {
			return nil, err
		}
	}
	if err := s.openPlugins(); err != nil {
		return nil, err
	}
	pipe, err := s.pipeline(bar)
	if err != nil {
		return nil, err
	}
	report, err := pipe.Run(c.Context, o)
	if err != nil {
		s.log.Error("run ended early", "err", err)
	}
	if !o.DryRun {
		if err := s.keepReport(c, report); err != nil {
			s.log.Error("report cannot be kept", "err", err)
		}
	}
	return report, nil
}

// keepReport stores the report; a run that was interrupted keeps its report too.
func (s *site) keepReport(c *cli.Context, r *pipeline.Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.store.SaveRun(context.WithoutCancel(c.Context), &db.Run{
		Kind: "build-records", Started: r.Started, Ended: r.Ended, ExitCode: r.ExitCode(),
		Report: json.RawMessage(s.process.redactor.clean(string(b))),
	})
}

func (s *site) pipeline(bar *progressBar) (*pipeline.Pipeline, error) {
	cfg := s.config
	runner := &exporters.Runner{
		Destinations: s.open, Strategy: exporters.Strategy(cfg.Strategy), Required: cfg.Required,
		MaxAttempts: cfg.MaxAttempts, Ledger: redactedLedger{pipeline.Ledger(s.store), s.process.redactor}, Reconcile: pipeline.Reconcile,
		Logger: s.log, Now: s.process.Now,
	}
	return pipeline.New(pipeline.Options{
		InstrumentData: cfg.InstrumentData, Data: cfg.Data, Records: cfg.RecordsFolder(),
		Inclusive: cfg.FileStrategy == config.Inclusive, Ignore: cfg.Ignore, Delay: cfg.Delay(),
		Sensitivity: cfg.Sensitivity, InsecureNotes: s.insecure(),
	}, pipeline.Parts{
		Store: s.store, Engine: s.process.engine(s.log), Harvesters: s.sources, Runner: runner,
		Logger: s.log, Now: s.process.Now, Progress: bar.show, Checkpoint: s.process.Checkpoint,
	})
}

// conclude prints the report.
func (s *site) conclude(c *cli.Context, r *pipeline.Report) error {
	if c.Bool("json") {
		return printJSON(s.process.Out, r)
	}
	_, err := io.WriteString(s.process.Out, summary(r))
	return err
}
