package cmd

import (
	"fmt"
	"io"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// explain prints how the metadata of a file came about.
func (x *extraction) explain(e extractors.Explanation, o extractors.Outcome) error {
	if x.options.String("format") == "json" {
		_, err := x.process.Out.Write(append(nexuslims.AppendJSON(nil, explanationObject(e, o), "  "), '\n'))
		return err
	}
	return explainTable(x.process.Out, e, o)
}

func explanationObject(e extractors.Explanation, o extractors.Outcome) *nexuslims.Object {
	top := nexuslims.NewObject(5)
	top.Set("extractor", nexuslims.Text(e.Extractor))
	top.Set("format", nexuslims.Text(e.Format))
	if o.Err != nil {
		top.Set("error", nexuslims.Text(o.Err.Error()))
	}
	asked, signals := nexuslims.List{}, nexuslims.List{}
	for _, a := range e.Asked {
		x := nexuslims.NewObject(4)
		x.Set("extractor", nexuslims.Text(a.Name))
		x.Set("priority", nexuslims.Int(a.Priority))
		x.Set("took", nexuslims.Bool(a.Took))
		x.Set("why", nexuslims.Text(a.Why))
		asked = append(asked, x)
	}
	for i, a := range e.Signals {
		signals = append(signals, accountObject(o.Signals[i], a))
	}
	top.Set("asked", asked)
	top.Set("signals", signals)
	return top
}

func accountObject(s *extractors.Signal, a extractors.Account) *nexuslims.Object {
	fields, gone := nexuslims.List{}, nexuslims.List{}
	for _, f := range a.Fields {
		fields = append(fields, fieldObject(f))
	}
	for _, g := range a.Gone {
		o := nexuslims.NewObject(3)
		o.Set("path", texts(g.Path))
		o.Set("value", g.Value)
		o.Set("by", nexuslims.Text(g.By))
		gone = append(gone, o)
	}
	o := nexuslims.NewObject(3)
	o.Set("title", nexuslims.Text(s.Title))
	o.Set("fields", fields)
	o.Set("gone", gone)
	return o
}

func fieldObject(f extractors.FieldAccount) *nexuslims.Object {
	o := nexuslims.NewObject(6)
	o.Set("path", texts(f.Path))
	o.Set("value", f.Value)
	o.Set("from", nexuslims.Text(f.From))
	if f.Conversion != "" {
		o.Set("conversion", nexuslims.Text(f.Conversion))
	}
	if len(f.Steps) > 0 {
		o.Set("steps", texts(f.Steps))
	}
	o.Set("place", nexuslims.Text(f.Place))
	return o
}

func texts(list []string) nexuslims.List {
	out := make(nexuslims.List, len(list))
	for i, s := range list {
		out[i] = nexuslims.Text(s)
	}
	return out
}

func explainTable(w io.Writer, e extractors.Explanation, o extractors.Outcome) error {
	fmt.Fprintf(w, "Format     %s\nExtractor  %s\n\nAsked, in this order:\n", e.Format, e.Extractor)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range e.Asked {
		verdict := "no"
		if a.Took {
			verdict = "yes"
		}
		fmt.Fprintf(t, "  %s\tpriority %d\t%s\t%s\n", a.Name, a.Priority, verdict, a.Why)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if o.Err != nil {
		fmt.Fprintf(w, "\nThe file could not be read: %v\n", o.Err)
	}
	for i, a := range e.Signals {
		if err := accountTable(w, fmt.Sprintf("Signal %d of %d", i+1, len(e.Signals)), o.Signals[i].Title, a); err != nil {
			return err
		}
	}
	return nil
}

func accountTable(w io.Writer, heading, title string, a extractors.Account) error {
	if title != "" {
		heading += ": " + title
	}
	fmt.Fprintf(w, "\n%s\n\n", heading)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  FIELD\tVALUE\tPLACE\tFROM")
	for _, f := range a.Fields {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", extractors.PathText(f.Path), short(f.Value), f.Place, oneLine(f.String()))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(a.Gone) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\n  Taken away:")
	for _, g := range a.Gone {
		fmt.Fprintf(t, "  %s\t%s\tby %s\n", extractors.PathText(g.Path), short(g.Value), oneLine(g.By))
	}
	return t.Flush()
}

// short returns a value in a width that leaves room for the other columns.
func short(v nexuslims.Value) string {
	const width = 40
	text := nexuslims.TextOf(v)
	if q, ok := v.(nexuslims.Quantity); ok {
		text = q.String()
	}
	text = oneLine(text)
	if utf8.RuneCountInString(text) > width {
		text = string([]rune(text)[:width-1]) + "…"
	}
	return text
}
