package record_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// version is a record of five datasets, a.dm3 to c.dm3 in its first activity and d.dm3
// and e.dm3 in its second, after some change.
func version(tb testing.TB, change ...func(*record.Input)) string {
	var metas []*nx.Object
	for i := range 5 {
		metas = append(metas, object("Data Type", nx.Text("TEM_Imaging"), "Focus", nx.Int(i), "Extraction", nx.Text("old")))
	}
	in := aSession(tb, metas...)
	for i, minute := range []int{0, 1, 2, 100, 101} {
		in.Signals[i].Time = in.Session.From.Add(time.Duration(minute) * time.Minute)
	}
	for _, c := range change {
		c(&in)
	}
	doc, _, err := record.Encode(build(tb, in))
	require.NoError(tb, err)
	return string(doc)
}

// rebuilt changes what every rebuild changes.
func rebuilt(in *record.Input) {
	for i := range in.Signals {
		in.Signals[i].Meta.Set("Extraction", nx.Text("new"))
	}
}

func addFile(name string, minute int) func(*record.Input) {
	return func(in *record.Input) {
		s := in.Signals[0]
		s.Meta = s.Meta.Clone()
		s.Location, s.Preview = "SEM_A/aquill/"+name, ""
		s.Time = in.Session.From.Add(time.Duration(minute) * time.Minute)
		in.Signals = append(in.Signals, s)
	}
}

func dropFile(name string) func(*record.Input) {
	return func(in *record.Input) {
		in.Signals = slices.DeleteFunc(in.Signals,
			func(s record.Signal) bool { return strings.HasSuffix(s.Location, name) })
	}
}

// replaced is a document with one text replaced, which must be there.
func replaced(tb testing.TB, doc string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(tb, doc, pairs[i])
		doc = strings.Replace(doc, pairs[i], pairs[i+1], 1)
	}
	return doc
}

func describe(tb testing.TB, doc, file, text string) string {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(tb, at)
	return doc[:at] + replaced(tb, doc[at:], "</format>", "</format><description>"+text+"</description>")
}

func rate(tb testing.TB, doc, file, rating string) string {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(tb, at)
	return doc[:at] + replaced(tb, doc[at:], "</dataset>",
		"<curation><rating>"+rating+"</rating><featured>true</featured></curation></dataset>")
}

// asStored is the form in which a server without white space keeps a document.
func asStored(doc string) string {
	doc = strings.TrimPrefix(doc, "<?xml version='1.0' encoding='UTF-8'?>\n")
	return regexp.MustCompile(`>\n\s*<`).ReplaceAllString(strings.TrimSpace(doc), "><")
}

// dataset cuts the element of a file out of a document.
func cut(tb testing.TB, doc, file string) (element, rest string) {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(tb, at, file)
	from := strings.LastIndex(doc[:at], "<dataset")
	to := at + strings.Index(doc[at:], "</dataset>") + len("</dataset>")
	return doc[from:to], doc[:from] + doc[to:]
}

// moved puts a dataset at the end of another activity.
func moved(tb testing.TB, doc, file string, activity int) string {
	element, rest := cut(tb, doc, file)
	parts := strings.SplitAfter(rest, "</acquisitionActivity>")
	parts[activity] = strings.Replace(parts[activity], "</acquisitionActivity>", element+"</acquisitionActivity>", 1)
	return strings.Join(parts, "")
}

func withoutActivity(doc string, i int) string {
	parts := strings.SplitAfter(doc, "</acquisitionActivity>")
	keep := strings.Index(parts[i], "<acquisitionActivity")
	parts[i] = parts[i][:keep]
	return strings.Join(parts, "")
}

func swapActivities(doc string) string {
	parts := strings.SplitAfter(doc, "</acquisitionActivity>")
	at := strings.Index(parts[0], "<acquisitionActivity")
	return parts[0][:at] + parts[1] + parts[0][at:] + parts[2]
}

func sampleIDs(doc string) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(doc, -1) {
			if !yield(m[1]) {
				return
			}
		}
	})
}

func layout(rec nx.Record) [][]string {
	var all [][]string
	for _, a := range rec.Activities {
		names := []string{}
		for _, d := range a.Datasets {
			names = append(names, strings.TrimSuffix(d.Name, ".dm3"))
		}
		all = append(all, names)
	}
	return all
}

func find(tb testing.TB, rec nx.Record, file string) (nx.Dataset, nx.Activity) {
	for _, a := range rec.Activities {
		for _, d := range a.Datasets {
			if d.Name == file {
				return d, a
			}
		}
	}
	require.Fail(tb, "no dataset "+file)
	return nx.Dataset{}, nx.Activity{}
}

// parameter returns what holds for a dataset, its own or its activity's.
func parameter(tb testing.TB, rec nx.Record, file, name string) string {
	d, a := find(tb, rec, file)
	for _, p := range append(slices.Clone(d.Meta), a.Setup...) {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}
