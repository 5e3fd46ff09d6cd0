package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// Main runs the command line of the process with the given plugins and returns the
// exit code. An interrupt or SIGTERM ends the work cleanly; a second one at once.
func Main(ctx context.Context, plugins *pipeline.Plugins, args []string) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // from now on a signal has its usual effect
	}()
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		return pipeline.ExitFailed
	}
	return Run(ctx, Process{
		Plugins: plugins, Args: args, Environment: os.Environ(), Folder: dir,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now,
	})
}

// Process is what the command line sees of its process, as values.
type Process struct {
	Plugins     *pipeline.Plugins
	Args        []string // the program's name first
	Environment []string // "NAME=text"
	Folder      string   // working directory
	In          io.Reader
	Out, Err    io.Writer
	Now         func() time.Time
	// Checkpoint is handed to the pipeline; nil outside of tests.
	Checkpoint func(step string)
	// RetryWait is the wait before the first repeat of a request; zero: a second.
	RetryWait time.Duration

	redactor *redactor
	terminal *os.File // behind Err, if it is one
}

// Run carries out one command line and returns the exit code.
func Run(ctx context.Context, p Process) int {
	if p.terminal == nil {
		p.terminal, _ = p.Err.(*os.File)
	}
	p.redactor = new(redactor)
	p.Out, p.Err = p.redactor.writer(p.Out), p.redactor.writer(p.Err)
	app := p.app()
	err := app.RunContext(ctx, reorder(app, p.Args))
	if err == nil {
		return pipeline.ExitDone
	}
	var quiet exit
	if !errors.As(err, &quiet) || quiet.err != nil {
		fmt.Fprintln(p.Err, "Error:", err)
	}
	return exitCode(err)
}

// absolute resolves a path that was given relative to the working directory.
func (p Process) absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.Folder, path)
}

// exit is an error with its own exit code. Without a cause everything has been said.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// usage marks an error as wrong use.
func usage(format string, args ...any) error {
	return exit{pipeline.ExitUsage, fmt.Errorf(format, args...)}
}

// exitCode maps errors to exit codes; doc.go prints the table.
func exitCode(err error) int {
	var e exit
	var faults nexuslims.Faults
	switch {
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &faults):
		return pipeline.ExitUsage
	}
	return pipeline.ExitFailed
}

// app returns the tree of commands.
func (p Process) app() *cli.App {
	app := &cli.App{
		Name:                   "nexuslims",
		Usage:                  "make records of visits to microscopes",
		Writer:                 p.Out,
		ErrWriter:              p.Err,
		HideVersion:            true,
		HideHelp:               true,
		UseShortOptionHandling: true,
		ExitErrHandler:         func(*cli.Context, error) {}, // Run decides
		OnUsageError:           usageError,
		Flags: []cli.Flag{
			envFileFlag(), versionFlag(), helpFlag(),
		},
		Commands: []*cli.Command{
			p.buildRecordsCommand(), p.exportCommand(), p.rebuildCommand(), p.verifyCommand(), p.statusCommand(),
			p.extractCommand(), p.databaseCommand(), p.instrumentsCommand(), p.profilesCommand(), p.configCommand(), p.demoCommand(),
		},
		Action: p.group,
	}
	prepare(app.Commands)
	return app
}

// prepare gives every command what cli does not inherit.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = usageError
		c.UseShortOptionHandling = true
		c.HideHelp = true
		if c.Subcommands == nil {
			c.Flags = append(c.Flags, envFileFlag())
		}
		c.Flags = append(c.Flags, helpFlag())
		for _, f := range c.Flags {
			if b, ok := f.(*cli.BoolFlag); ok {
				b.DisableDefaultText = true
			}
		}
		prepare(c.Subcommands)
	}
}

func usageError(_ *cli.Context, err error, _ bool) error { return usage("%w", err) }

// group is the action of a command that has only subcommands.
func (p Process) group(c *cli.Context) error {
	if c.Bool("version") {
		return p.printVersion(c)
	}
	if c.Args().Present() {
		return usage("no such command: %s", c.Args().First())
	}
	if len(c.Lineage()) <= 2 { // its own context and the empty one above
		return cli.ShowAppHelp(c)
	}
	return cli.ShowSubcommandHelp(c)
}

func versionFlag() cli.Flag {
	return &cli.BoolFlag{Name: "version", Usage: "print the version", DisableDefaultText: true}
}

// helpFlag stands in place of the one that all users of cli in a process would share.
func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help", DisableDefaultText: true}
}

// envFileFlag stands at the root and at every command that does something: people write
// it before or after the command.
func envFileFlag() cli.Flag {
	return &cli.StringFlag{Name: "env-file", Usage: "read settings from `FILE` instead of .env in the working directory"}
}

// envFile returns the file that was asked for, wherever on the line.
func envFile(c *cli.Context) string {
	for _, at := range c.Lineage() {
		if name := at.String("env-file"); name != "" {
			return name
		}
	}
	return ""
}

func (p Process) printVersion(c *cli.Context) error {
	released := ""
	if nexuslims.ReleaseDate != "" {
		released = ", released " + nexuslims.ReleaseDate
	}
	_, err := fmt.Fprintf(p.Out, "%s (NexusLIMS %s%s)\n", c.Command.HelpName, nexuslims.Version, released)
	return err
}
