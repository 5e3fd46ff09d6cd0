package cmd

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "ask each destination whether it holds what was delivered",
		ArgsUsage: "[SESSION...]",
		Description: "Compares what stands at the destinations, and the record files here, with what was\n" +
			"written down. Nothing is changed. What people edited is sound; what is missing or\n" +
			"something else, and what could not be asked, ends with exit code 3.",
		Flags: []cli.Flag{
			toFlag("ask `NAME` only; may be repeated"),
			sinceFlag(),
			verboseFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: p.verify,
	}
}

func (p Process) verify(c *cli.Context) error {
	since, err := sinceOf(c)
	if err != nil {
		return err
	}
	s, err := p.readSite(c, config.NeedSite)
	if err != nil {
		return err
	}
	defer s.close()
	bar := p.progressBar(c)
	s.log = slog.New(newLineHandler(func() (io.Writer, error) { return bar.above(p.Err), nil }, verbosity(c.Count("verbose")), p.redactor))
	if err := s.openStore(c.Context); err != nil {
		return err
	}
	if err := s.openPlugins(); err != nil {
		return err
	}
	pipe, err := s.pipeline(bar, func(r *exporters.Runner) error { return only(r, c.StringSlice("to")) })
	if err != nil {
		return err
	}
	report, err := pipe.Verify(c.Context, pipeline.VerifyOptions{Sessions: c.Args().Slice(), Since: since})
	bar.clear()
	if err != nil {
		s.log.Error("verification ended early", "err", err)
	}
	if err := p.printVerified(c, report); err != nil {
		return err
	}
	if code := report.ExitCode(); code != pipeline.ExitDone {
		return exit{code: code}
	}
	return nil
}

func (p Process) printVerified(c *cli.Context, r *pipeline.VerifyReport) error {
	if c.Bool("json") {
		return printJSON(p.Out, r)
	}
	_, err := io.WriteString(p.Out, verified(r, c.Count("verbose") > 0 || c.NArg() > 0))
	return err
}

// verified tells what is not sound, and with whole everything; then the sums.
func verified(r *pipeline.VerifyReport, whole bool) string {
	var b strings.Builder
	if r.Fault != "" {
		fmt.Fprintf(&b, "Ended early: %s\n", r.Fault)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "WARNING: %s\n", w)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "Session %s: %s\n", p.Session, p.Reason)
	}
	sums := map[exporters.Standing]int{}
	for _, s := range r.Sessions {
		for _, d := range s.Destinations {
			sums[d.Standing]++
		}
		if whole || !s.Sound() {
			verifiedSession(&b, s)
		}
	}
	fmt.Fprintf(&b, "%s", count(len(r.Sessions), "session", "sessions"))
	for _, standing := range exporters.Standings() {
		if sums[standing] > 0 {
			fmt.Fprintf(&b, ", %d %s", sums[standing], standing)
		}
	}
	b.WriteByte('\n')
	return b.String()
}

func verifiedSession(b *strings.Builder, s pipeline.VerifiedSession) {
	fmt.Fprintf(b, "%s  %s  %s\n", s.ID, s.Status, s.Record)
	if s.FileError != "" {
		fmt.Fprintf(b, "  file: %s: %s\n", s.File, s.FileError)
	}
	for _, d := range s.Destinations {
		fmt.Fprintf(b, "  %s: %s", d.Destination, d.Standing)
		for _, text := range []string{d.Error, strings.Join(d.Edits, "; "), d.URL} {
			if text != "" {
				fmt.Fprintf(b, ", %s", text)
			}
		}
		b.WriteByte('\n')
	}
}
