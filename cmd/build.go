package cmd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

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
	return s.carryOut(c, task{
		kind: "build-records", dry: o.DryRun,
		do: func(ctx context.Context, pipe *pipeline.Pipeline) (*pipeline.Report, error) { return pipe.Run(ctx, o) },
	})
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
