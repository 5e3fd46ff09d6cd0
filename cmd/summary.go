package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// summary tells a person what a run did: what needs a look first, then each session in
// a line or two.
func summary(r *pipeline.Report) string {
	var b strings.Builder
	if r.Fault != "" {
		fmt.Fprintf(&b, "Run failed: %s\n", r.Fault)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "WARNING: %s\n", w)
	}
	for _, c := range r.Checks {
		if !c.Passed && c.Severity == pipeline.SeverityWarning && !slices.Contains(r.Warnings, c.Message) {
			fmt.Fprintf(&b, "Preflight: %s\n", c.Message)
		}
	}
	for _, s := range r.Sources {
		source(&b, s)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "Session %s cannot be built: %s\n", p.Session, p.Reason)
	}
	if len(r.Sessions) == 0 {
		b.WriteString("No session to build.\n")
	}
	for _, s := range r.Sessions {
		session(&b, s, r.DryRun)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "Not exported yet, and not tried again by this run: %s\n", count(r.Waiting, "record", "records"))
	}
	if len(r.Sessions) > 1 {
		totals(&b, r)
	}
	return b.String()
}

func source(b *strings.Builder, s pipeline.SourceReport) {
	switch {
	case s.Error != "":
		fmt.Fprintf(b, "Source %s: %s\n", s.ID, s.Error)
	case s.Added+s.Updated > 0:
		fmt.Fprintf(b, "Source %s: %s, %d new, %d changed\n", s.ID, count(s.Events, "event", "events"), s.Added, s.Updated)
	}
	for _, w := range s.Warnings {
		fmt.Fprintf(b, "Source %s: %s\n", s.ID, w)
	}
}

func session(b *strings.Builder, s pipeline.SessionReport, dry bool) {
	fmt.Fprintf(b, "%s  %s  %s to %s", s.ID, s.Instrument, s.From.Format("2006-01-02 15:04"), s.To.Format(until(s.From, s.To)+" MST"))
	if s.User != "" {
		fmt.Fprintf(b, "  %s", s.User)
	}
	b.WriteByte('\n')
	switch {
	case s.Error != "" && s.Waiting != "":
		fmt.Fprintf(b, "  waits: %s\n", s.Error)
	case s.Waiting != "":
		fmt.Fprintf(b, "  waits: %s\n", s.Waiting)
	case s.Error != "":
		fmt.Fprintf(b, "  %s: %s\n", s.Status, s.Error)
	case dry && s.Status == nexuslims.ToBeBuilt:
		fmt.Fprintf(b, "  would be built from %s, %s\n", count(s.FileCount, "file", "files"), size(s.Bytes))
	case s.Record != "":
		fmt.Fprintf(b, "  %s: record %s, %s, %s, %s (%s), %.1f s\n", s.Status, s.Record,
			count(s.Activities, "activity", "activities"), count(s.Datasets, "dataset", "datasets"),
			count(s.FileCount, "file", "files"), size(s.Bytes), s.Seconds)
	default:
		fmt.Fprintf(b, "  %s\n", s.Status)
	}
	rebuilt(b, s, dry)
	for _, d := range s.Deliveries {
		delivery(b, d)
	}
	for _, f := range s.Files {
		if dry {
			fmt.Fprintf(b, "  *mtime* %s - %s\n", f.ModTime.Format(time.RFC3339Nano), f.Path)
		} else {
			fmt.Fprintf(b, "  %s: %s\n", f.Path, f.Note)
		}
	}
	for _, w := range s.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", w)
	}
}

// until shortens the end of a span that stays within one day.
func until(from, to time.Time) string {
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return "15:04"
	}
	return "2006-01-02 15:04"
}

func delivery(b *strings.Builder, d pipeline.DeliveryReport) {
	fmt.Fprintf(b, "  %s: %s", d.Destination, d.State)
	switch {
	case d.Error != "":
		fmt.Fprintf(b, ": %s", d.Error)
	case d.URL != "":
		fmt.Fprintf(b, " %s", d.URL)
	case d.ID != "":
		fmt.Fprintf(b, " %s", d.ID)
	}
	b.WriteByte('\n')
	for _, w := range d.Warnings {
		fmt.Fprintf(b, "  %s: warning: %s\n", d.Destination, w)
	}
}

func totals(b *strings.Builder, r *pipeline.Report) {
	waiting := 0
	for _, s := range r.Sessions {
		if s.Waiting != "" {
			waiting++
		}
	}
	var parts []string
	for _, status := range nexuslims.Statuses() {
		if n := r.Count(status); n > 0 && status != nexuslims.ToBeBuilt {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting", waiting))
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "%d sessions: %s\n", len(r.Sessions), strings.Join(parts, ", "))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// size writes a number of bytes for people.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 999.5 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.3g %s", f, units[i])
}
