package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) exportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "deliver records that are built already, without building them again",
		ArgsUsage: "[SESSION...]",
		Description: "Without arguments: records that do not count as exported and whose waiting time is over.\n" +
			"With sessions: their records, at once. A destination that has a record already is not\n" +
			"asked again, and links between destinations are kept.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "retry", Usage: "ignore waiting times, repeat what was given up, and what failed beside a success"},
			toFlag("deliver to `NAME` only, also records that count as exported; may be repeated"),
			sinceFlag(),
			&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "tell what would be delivered, ask nobody"},
			verboseFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: p.export,
	}
}

func toFlag(help string) cli.Flag { return &cli.StringSliceFlag{Name: "to", Usage: help} }

func sinceFlag() cli.Flag {
	return &cli.StringFlag{Name: "since", Usage: "leave out sessions that ended before `DATE`"}
}

func verboseFlag() cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say more; twice: everything", Count: new(int)}
}

func (p Process) export(c *cli.Context) error {
	since, err := sinceOf(c)
	if err != nil {
		return err
	}
	names := c.StringSlice("to")
	o := pipeline.ExportOptions{
		Sessions: c.Args().Slice(), Since: since, DryRun: c.Bool("dry-run"), Settled: c.Bool("retry") || len(names) > 0,
	}
	s, err := p.readSite(c, config.NeedSite)
	if err != nil {
		return err
	}
	defer s.close()
	var text func(*pipeline.Report) string
	if o.DryRun {
		text = plan
	}
	return s.carryOut(c, task{
		kind: "export", dry: o.DryRun, text: text,
		deliver: func(r *exporters.Runner) error {
			r.Force = o.Settled || len(o.Sessions) > 0
			return only(r, names)
		},
		do: func(ctx context.Context, pipe *pipeline.Pipeline) (*pipeline.Report, error) {
			return pipe.Export(ctx, o)
		},
	})
}

// sinceOf reads the flag --since.
func sinceOf(c *cli.Context) (time.Time, error) {
	if !c.IsSet("since") {
		return time.Time{}, nil
	}
	return bound(c.String("since"), 0)
}

// only restricts a runner to destinations that are switched on.
func only(r *exporters.Runner, names []string) error {
	var on []string
	for _, o := range r.Destinations {
		on = append(on, o.Spec.Name)
	}
	for _, name := range names {
		if !slices.Contains(on, name) {
			return usage("no destination %q is switched on; there is: %s", name, orNone(on))
		}
	}
	r.Only = names
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// plan tells what an export would do.
func plan(r *pipeline.Report) string {
	var b strings.Builder
	if r.Fault != "" {
		fmt.Fprintf(&b, "Cannot tell: %s\n", r.Fault)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "Session %s: %s\n", p.Session, p.Reason)
	}
	for _, s := range r.Sessions {
		fmt.Fprintf(&b, "%s  %s  %s  %s\n", s.ID, s.Instrument, s.Status, s.Record)
		if s.Error != "" {
			fmt.Fprintf(&b, "  %s\n", s.Error)
		}
		for _, d := range s.Deliveries {
			switch {
			case d.Attempted:
				fmt.Fprintf(&b, "  %s: would be asked\n", d.Destination)
			case d.Error != "":
				fmt.Fprintf(&b, "  %s: %s: %s\n", d.Destination, d.State, d.Error)
			default:
				fmt.Fprintf(&b, "  %s: has it %s\n", d.Destination, d.URL)
			}
		}
	}
	if len(r.Sessions) == 0 {
		b.WriteString("No record to deliver.\n")
	}
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "Waiting for their time: %s\n", count(r.Waiting, "record", "records"))
	}
	return b.String()
}
