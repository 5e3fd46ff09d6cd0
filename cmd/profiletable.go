package cmd

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// profileTable shows what the steps of a profile did to a file.
func profileTable(w io.Writer, e extractors.Explanation, o extractors.Outcome) error {
	if o.Err != nil {
		fmt.Fprintf(w, "\nThe file could not be read, so that only constants apply: %v\n", o.Err)
	}
	for i, a := range e.Signals {
		fmt.Fprintf(w, "\nSignal %d of %d: %s, %s\n\n", i+1, len(e.Signals),
			o.Signals[i].Meta.Text("DatasetType"), oneLine(o.Signals[i].Meta.Text("Data Type")))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		changes := 0
		for _, f := range a.Fields {
			for _, step := range profileSteps(f) {
				changes++
				fmt.Fprintf(t, "  %s\t%s\t%s\n", extractors.PathText(f.Path), short(f.Value), oneLine(step))
			}
		}
		for _, g := range a.Gone {
			if strings.HasPrefix(g.By, extractors.ProfileStage) {
				changes++
				fmt.Fprintf(t, "  %s\t(taken away)\t%s; was %s\n", extractors.PathText(g.Path),
					oneLine(strings.TrimPrefix(g.By, extractors.ProfileStage)), short(g.Value))
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if changes == 0 {
			fmt.Fprintln(w, "  The profile changes nothing.")
		}
	}
	return nil
}

// profileSteps returns the steps of a profile that made or changed a value.
func profileSteps(f extractors.FieldAccount) []string {
	var steps []string
	for _, s := range append([]string{f.From}, f.Steps...) {
		if step, ok := strings.CutPrefix(s, extractors.ProfileStage); ok {
			steps = append(steps, step)
		}
	}
	return steps
}
