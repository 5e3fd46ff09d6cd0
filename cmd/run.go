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

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/runlock"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// task is what a command does with the pipeline, alone at the site.
type task struct {
	kind string // of the run, as the database remembers it: the command's name
	dry  bool
	// deliver sets what the command wants of deliveries; nil: what every run wants.
	deliver func(r *exporters.Runner) error
	text    func(r *pipeline.Report) string // for a person; nil: the summary of a run
	do      func(ctx context.Context, pipe *pipeline.Pipeline) (*pipeline.Report, error)
}

// carryOut takes the lock, opens everything, does the task and reports.
func (s *site) carryOut(c *cli.Context, t task) (err error) {
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
	closeLog, err := s.startLog(c, t, bar)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	report, err := s.run(c, t, bar)
	bar.clear()
	if report == nil {
		s.log.Error("run could not be started", "err", err)
		report = &pipeline.Report{Started: p.Now(), Ended: p.Now(), DryRun: t.dry, Fault: err.Error()}
	}
	if err := s.conclude(c, t, report); err != nil {
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
func (s *site) startLog(c *cli.Context, t task, bar *progressBar) (func() error, error) {
	p := s.process
	level := verbosity(c.Count("verbose"))
	suffix := ""
	if t.dry {
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
	s.log.Info("run begins", "command", t.kind, "version", nexuslims.Version, "dry_run", t.dry,
		"arguments", p.Args[1:])
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
func (s *site) run(c *cli.Context, t task, bar *progressBar) (*pipeline.Report, error) {
	if err := s.openStore(c.Context); err != nil {
		return nil, err
	}
	if !t.dry {
		// The lock is ours: claims that are left belong to runs that were killed.
		if _, err := s.store.ReleaseAll(c.Context); err != nil {
			return nil, err
		}
	}
	if err := s.openPlugins(); err != nil {
		return nil, err
	}
	pipe, err := s.pipeline(bar, t.deliver)
	if err != nil {
		return nil, err
	}
	report, err := t.do(c.Context, pipe)
	if err != nil {
		s.log.Error("run ended early", "err", err)
	}
	if !t.dry {
		if err := s.keepReport(c, t.kind, report); err != nil {
			s.log.Error("report cannot be kept", "err", err)
		}
	}
	return report, nil
}

// keepReport stores the report; a run that was interrupted keeps its report too.
func (s *site) keepReport(c *cli.Context, kind string, r *pipeline.Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.store.SaveRun(context.WithoutCancel(c.Context), &db.Run{
		Kind: kind, Started: r.Started, Ended: r.Ended, ExitCode: r.ExitCode(),
		Report: json.RawMessage(s.process.redactor.clean(string(b))),
	})
}

// pipeline puts the pipeline together from what is open.
func (s *site) pipeline(bar *progressBar, deliver func(*exporters.Runner) error) (*pipeline.Pipeline, error) {
	cfg := s.config
	runner := &exporters.Runner{
		Destinations: s.open, Strategy: exporters.Strategy(cfg.Strategy), Required: cfg.Required,
		MaxAttempts: cfg.MaxAttempts, Ledger: redactedLedger{pipeline.Ledger(s.store), s.process.redactor}, Reconcile: pipeline.Reconcile,
		Logger: s.log, Now: s.process.Now,
	}
	if deliver != nil {
		if err := deliver(runner); err != nil {
			return nil, err
		}
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
func (s *site) conclude(c *cli.Context, t task, r *pipeline.Report) error {
	if c.Bool("json") {
		return printJSON(s.process.Out, r)
	}
	text := summary
	if t.text != nil {
		text = t.text
	}
	_, err := io.WriteString(s.process.Out, text(r))
	return err
}
