package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func (p Process) rebuildCommand() *cli.Command {
	return &cli.Command{
		Name:      "rebuild",
		Usage:     "build the next version of the records of sessions and update it everywhere",
		ArgsUsage: "SESSION...",
		Description: "For files that turned up late, reservations that were mended, new profiles. Shows what\n" +
			"is new in each record. Destinations that have the record get it in place; what people\n" +
			"edited there is kept, or the update is refused and reported.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "show what would change, write and deliver nothing"},
			verboseFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: p.rebuild,
	}
}

func (p Process) rebuild(c *cli.Context) error {
	if c.NArg() == 0 {
		return usage("rebuild needs the identifiers of the sessions; nexuslims status lists them")
	}
	o := pipeline.RebuildOptions{Sessions: c.Args().Slice(), DryRun: c.Bool("dry-run")}
	s, err := p.readSite(c, config.NeedSite)
	if err != nil {
		return err
	}
	defer s.close()
	return s.carryOut(c, task{
		kind: "rebuild", dry: o.DryRun,
		deliver: func(r *exporters.Runner) error { r.Force = true; return nil },
		do: func(ctx context.Context, pipe *pipeline.Pipeline) (*pipeline.Report, error) {
			return pipe.Rebuild(ctx, o)
		},
	})
}

// mostChanges is how many changes of a record are shown to a person.
const mostChanges = 100

// rebuilt tells what is new in a record.
func rebuilt(b *strings.Builder, s pipeline.SessionReport, dry bool) {
	switch {
	case s.Version == 0:
		return
	case len(s.Changes) == 0 && s.Waiting == "":
		fmt.Fprintf(b, "  version %d: nothing is new\n", s.Version)
		return
	case dry:
		fmt.Fprintf(b, "  version %d would differ:\n", s.Version)
	default:
		fmt.Fprintf(b, "  version %d:\n", s.Version)
	}
	for i, change := range s.Changes {
		if i == mostChanges {
			fmt.Fprintf(b, "    and %d more; --json has them all\n", len(s.Changes)-i)
			return
		}
		fmt.Fprintf(b, "    %s\n", change)
	}
}
