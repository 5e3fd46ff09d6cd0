package record_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

// version is a record of five datasets, a.dm3 to c.dm3 in its first activity and d.dm3
// and e.dm3 in its second, after some change.
func version(t testing.TB, change ...func(*record.Input)) string {
	var metas []*nx.Object
	for i := range 5 {
		metas = append(metas, object("Data Type", nx.Text("TEM_Imaging"), "Focus", nx.Int(i), "Extraction", nx.Text("old")))
	}
	in := aSession(t, metas...)
	for i, minute := range []int{0, 1, 2, 100, 101} {
		in.Signals[i].Time = in.Session.From.Add(time.Duration(minute) * time.Minute)
	}
	for _, c := range change {
		c(&in)
	}
	doc, _, err := record.Encode(build(t, in))
	require.NoError(t, err)
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
		in.Signals = slices.DeleteFunc(in.Signals, func(s record.Signal) bool { return strings.HasSuffix(s.Location, name) })
	}
}

// replaced is a document with one text replaced, which must be there.
func replaced(t testing.TB, doc string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, doc, pairs[i])
		doc = strings.Replace(doc, pairs[i], pairs[i+1], 1)
	}
	return doc
}

func describe(t testing.TB, doc, file, text string) string {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(t, at)
	return doc[:at] + replaced(t, doc[at:], "</format>", "</format><description>"+text+"</description>")
}

func rate(t testing.TB, doc, file, rating string) string {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(t, at)
	return doc[:at] + replaced(t, doc[at:], "</dataset>", "<curation><rating>"+rating+"</rating><featured>true</featured></curation></dataset>")
}

// asStored is the form in which a server without white space keeps a document.
func asStored(doc string) string {
	doc = strings.TrimPrefix(doc, "<?xml version='1.0' encoding='UTF-8'?>\n")
	return regexp.MustCompile(`>\n\s*<`).ReplaceAllString(strings.TrimSpace(doc), "><")
}

// dataset cuts the element of a file out of a document.
func cut(t testing.TB, doc, file string) (element, rest string) {
	at := strings.Index(doc, "<name>"+file+"</name>")
	require.Positive(t, at, file)
	from := strings.LastIndex(doc[:at], "<dataset")
	to := at + strings.Index(doc[at:], "</dataset>") + len("</dataset>")
	return doc[from:to], doc[:from] + doc[to:]
}

// moved puts a dataset at the end of another activity.
func moved(t testing.TB, doc, file string, activity int) string {
	element, rest := cut(t, doc, file)
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

func find(t testing.TB, rec nx.Record, file string) (nx.Dataset, nx.Activity) {
	for _, a := range rec.Activities {
		for _, d := range a.Datasets {
			if d.Name == file {
				return d, a
			}
		}
	}
	require.Fail(t, "no dataset "+file)
	return nx.Dataset{}, nx.Activity{}
}

// parameter returns what holds for a dataset, its own or its activity's.
func parameter(t testing.TB, rec nx.Record, file, name string) string {
	d, a := find(t, rec, file)
	for _, p := range append(slices.Clone(d.Meta), a.Setup...) {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}

func TestUneditedRecordIsReplaced(t *testing.T) {
	old, built := version(t), version(t, rebuilt)
	for name, stored := range map[string]string{
		"as sent": old, "without white space": asStored(old),
		"with a pid": replaced(t, asStored(old), "<Experiment ", `<Experiment pid="https://pid.example.org/1" `),
		"other prefix": strings.NewReplacer("<Experiment xmlns=", "<r:Experiment xmlns:r=", "</Experiment", "</r:Experiment", "<summary", "<r:summary", "</summary", "</r:summary").
			Replace(old),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "other prefix" { // the rest must carry the namespace in another way
				stored = strings.Replace(stored, "<r:Experiment ", `<r:Experiment xmlns="https://data.nist.gov/od/dm/nexus/experiment/v1.0" `, 1)
				stored = strings.Replace(stored, ` xmlns:nx="https://data.nist.gov/od/dm/nexus/experiment/v1.0"`, "", 1)
			}
			merged, current, edits, err := record.Reconcile([]byte(old), []byte(stored), []byte(built))
			require.NoError(t, err)
			assert.False(t, current)
			assert.Empty(t, edits)
			want := built
			if name == "with a pid" {
				want = regexp.MustCompile(`(xmlns:nx="[^"]+")`).ReplaceAllString(built, `$1 pid="https://pid.example.org/1"`)
			}
			assert.Equal(t, want, string(merged))
		})
	}
}

func TestNothingToDo(t *testing.T) {
	doc := version(t)
	for _, delivered := range [][]byte{nil, []byte(doc)} {
		merged, current, edits, err := record.Reconcile(delivered, []byte(asStored(doc)), []byte(doc))
		require.NoError(t, err)
		assert.True(t, current)
		assert.Empty(t, edits)
		assert.Equal(t, doc, string(merged))
	}
	// Edited, and the new build says nothing new: there is nothing to store either.
	stored := rate(t, asStored(doc), "a.dm3", "4")
	merged, current, edits, err := record.Reconcile([]byte(doc), []byte(stored), []byte(doc))
	require.NoError(t, err)
	assert.True(t, current)
	assert.Len(t, edits, 1)
	requireValid(t, merged)
}

type mergeCase struct {
	name  string
	edit  func(t testing.TB, doc string) string
	built []func(*record.Input) // besides the change that every rebuild makes
	edits []string
	check func(t testing.TB, rec nx.Record, merged string)
}

func mergeCases() []mergeCase {
	third := `<sample id="third"><name>third</name></sample>`
	return []mergeCase{
		{"title", func(t testing.TB, doc string) string {
			return replaced(t, doc, "Grain map", "Grains & more"[:6]+" of copper")
		}, nil,
			[]string{"title"}, func(t testing.TB, rec nx.Record, _ string) { assert.Equal(t, "Grains of copper", rec.Title) }},
		{"title, other part changed here", func(t testing.TB, doc string) string { return replaced(t, doc, "Grain map", "G") },
			[]func(*record.Input){func(in *record.Input) { in.Reservation.Purpose = "why" }},
			[]string{"title"}, func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "G", rec.Title)
				assert.Equal(t, "why", rec.Motivation)
			}},
		{"description", func(t testing.TB, doc string) string { return describe(t, doc, "b.dm3", "best &lt;one&gt;") },
			[]func(*record.Input){addFile("n.dm3", 1)}, []string{"description of /SEM_A/aquill/b.dm3"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "b.dm3")
				assert.Equal(t, "best <one>", d.Description)
				assert.Len(t, rec.Activities[0].Datasets, 4)
			}},
		{"curation", func(t testing.TB, doc string) string { return rate(t, doc, "d.dm3", "5") },
			[]func(*record.Input){dropFile("a.dm3")}, []string{"curation of /SEM_A/aquill/d.dm3"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "d.dm3")
				require.NotNil(t, d.Curation)
				assert.Equal(t, 5, *d.Curation.Rating)
				assert.True(t, *d.Curation.Featured)
			}},
		{"collaborators, notes, pid", func(t testing.TB, doc string) string {
			return replaced(t, doc, "<instrument", "<collaborator>Lise</collaborator><collaborator>Otto</collaborator><instrument",
				"</Experiment>", `<notes source="ELN"><entry xmlns:q="https://data.nist.gov/od/dm/nexus/experiment/v1.0" xsi:type="q:TableEntry">`+
					"<table><header><column id=\"1\">a</column></header><rows><row><cell>b</cell></row></rows></table></entry></notes></Experiment>",
				"<Experiment ", `<Experiment pid="p/1" `, "<setup>", "<setup>", "</setup>", `</setup><notes><entry xsi:type="TextEntry"><p>x</p></entry></notes>`,
				"<elements>", `<notes source="s"/><elements>`)
		}, nil, []string{"collaborators", "samples", "notes of an activity", "notes"}, func(t testing.TB, rec nx.Record, merged string) {
			assert.Equal(t, []string{"Lise", "Otto"}, rec.Collaborators)
			assert.Equal(t, "p/1", rec.PID)
			assert.Contains(t, merged, `<entry xsi:type="TableEntry">`)
			assert.Contains(t, merged, `<column id="1">a</column>`)
			assert.Contains(t, merged, "</setup>\n    <notes>\n      <entry xsi:type=\"TextEntry\">\n        <p>x</p>")
			assert.Contains(t, merged, `<notes source="s"/>`)
		}},
		{"sample added and assigned", func(t testing.TB, doc string) string {
			ids := sampleIDs(doc)
			doc = replaced(t, doc, "<project>", third+"<project>")
			at := strings.LastIndex(doc, "<sampleID>"+ids[0])
			return doc[:at] + replaced(t, doc[at:], ids[0], "third")
		}, nil, []string{"samples"}, func(t testing.TB, rec nx.Record, _ string) {
			require.Len(t, rec.Samples, 3)
			assert.Equal(t, rec.Samples[0].ID, rec.Activities[0].SampleID)
			assert.Equal(t, "third", rec.Activities[1].SampleID)
		}},
		{"sample changed, new activity here", func(t testing.TB, doc string) string { return replaced(t, doc, "annealed 2 h", "annealed 3 h") },
			[]func(*record.Input){addFile("n.dm3", 300), addFile("o.dm3", 301)}, []string{"samples"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "annealed 3 h", rec.Samples[0].Description)
				require.Len(t, rec.Activities, 3)
				assert.Equal(t, rec.Samples[0].ID, rec.Activities[2].SampleID)
			}},
		{"sample removed", func(t testing.TB, doc string) string {
			from, to := strings.LastIndex(doc, "<sample "), strings.LastIndex(doc, "</sample>")+len("</sample>")
			return doc[:from] + doc[to:]
		}, nil, []string{"samples"}, func(t testing.TB, rec nx.Record, _ string) { assert.Len(t, rec.Samples, 1) }},
		{"activity assigned to another sample", func(t testing.TB, doc string) string {
			ids := sampleIDs(doc)
			return replaced(t, doc, "<sampleID>"+ids[0], "<sampleID>"+ids[1])
		}, []func(*record.Input){addFile("n.dm3", 1), func(in *record.Input) {
			in.Reservation.Samples = append([]nx.Sample{{Name: "zeroth"}}, in.Reservation.Samples...)
		}}, []string{"sample of activity 1"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Equal(t, rec.Samples[2].ID, rec.Activities[0].SampleID, "the same sample, third in the new list")
			assert.Equal(t, rec.Samples[0].ID, rec.Activities[1].SampleID)
		}},
		{"dataset moved", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) }, nil, []string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"a", "b"}, {"d", "e", "c"}}, layout(rec))
				for _, f := range []string{"a.dm3", "c.dm3", "e.dm3"} {
					assert.Equal(t, "TEM_Imaging", parameter(t, rec, f, "Data Type"), f)
					assert.Equal(t, "new", parameter(t, rec, f, "Extraction"), f)
				}
				assert.Equal(t, "2", parameter(t, rec, "c.dm3", "Focus"))
			}},
		{"dataset moved between different setups", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) },
			[]func(*record.Input){func(in *record.Input) {
				for i := range 5 {
					in.Signals[i].Meta.Set("Group", nx.Bool(i < 3))
				}
			}}, []string{"activities"}, func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "True", parameter(t, rec, "a.dm3", "Group"))
				assert.Equal(t, "True", parameter(t, rec, "c.dm3", "Group"))
				assert.Equal(t, "False", parameter(t, rec, "d.dm3", "Group"))
				assert.NotContains(t, rec.Activities[1].Setup, nx.Param{Name: "Group", Text: "False"})
			}},
		{"moved into a single activity", func(t testing.TB, doc string) string {
			return withoutActivity(moved(t, moved(t, doc, "d.dm3", 0), "e.dm3", 0), 1)
		},
			nil, []string{"activities"}, func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"a", "b", "c", "d", "e"}}, layout(rec))
			}},
		{"activities exchanged", func(_ testing.TB, doc string) string { return swapActivities(doc) }, nil, []string{"activities"},
			func(t testing.TB, rec nx.Record, merged string) {
				assert.Equal(t, [][]string{{"d", "e"}, {"a", "b", "c"}}, layout(rec))
				assert.Less(t, strings.Index(merged, `seqno="0"`), strings.Index(merged, `seqno="1"`))
			}},
		{"activity deleted", func(_ testing.TB, doc string) string { return withoutActivity(doc, 0) }, nil, []string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) { assert.Equal(t, [][]string{{"d", "e"}}, layout(rec)) }},
		{"activity deleted, new one behind", func(_ testing.TB, doc string) string { return withoutActivity(doc, 0) },
			[]func(*record.Input){addFile("n.dm3", 300), addFile("o.dm3", 301)}, []string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"d", "e"}, {"n", "o"}}, layout(rec))
			}},
		{"activity added", func(t testing.TB, doc string) string {
			return replaced(t, doc, "<acquisitionActivity seqno=\"1\">", `<acquisitionActivity seqno="1"><startTime>2024-05-06T10:00:00-04:00</startTime>`+
				`<sampleID>`+sampleIDs(doc)[1]+`</sampleID><setup><param name="By">hand</param></setup></acquisitionActivity><acquisitionActivity seqno="2">`)
		}, nil, []string{"activities"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Equal(t, [][]string{{"a", "b", "c"}, {}, {"d", "e"}}, layout(rec))
			assert.Equal(t, rec.Samples[1].ID, rec.Activities[1].SampleID)
			assert.Equal(t, []nx.Param{{Name: "By", Text: "hand"}}, rec.Activities[1].Setup)
		}},
		{"value written by hand", func(t testing.TB, doc string) string { return replaced(t, doc, `name="Focus">1<`, `name="Focus">17<`) }, nil,
			[]string{"parameter Focus of /SEM_A/aquill/b.dm3"}, func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "17", parameter(t, rec, "b.dm3", "Focus"))
				assert.Equal(t, "new", parameter(t, rec, "b.dm3", "Extraction"))
			}},
		{"motivation and role by hand", func(t testing.TB, doc string) string {
			return replaced(t, doc, "after anneal<", "after all<", `role="Experimental"`, `role="UserCalibration"`)
		}, nil, []string{"motivation", "role of /SEM_A/aquill/a.dm3"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Contains(t, rec.Motivation, "after all")
			d, _ := find(t, rec, "a.dm3")
			assert.Equal(t, "UserCalibration", d.Role)
		}},
		{"parameter of an activity removed by hand", func(t testing.TB, doc string) string {
			return replaced(t, doc, `<param name="Data Type">TEM_Imaging</param>`, "")
		}, nil, []string{"parameter Data Type of /SEM_A/aquill/a.dm3", "parameter Data Type of /SEM_A/aquill/b.dm3",
			"parameter Data Type of /SEM_A/aquill/c.dm3"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Empty(t, parameter(t, rec, "a.dm3", "Data Type"))
			assert.Equal(t, "TEM_Imaging", parameter(t, rec, "d.dm3", "Data Type"))
		}},
		{"several", func(t testing.TB, doc string) string {
			return rate(t, describe(t, moved(t, replaced(t, doc, "Grain map", "G"), "c.dm3", 1), "c.dm3", "x"), "a.dm3", "1")
		}, nil, []string{"title", "curation of /SEM_A/aquill/a.dm3", "description of /SEM_A/aquill/c.dm3", "activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "c.dm3")
				assert.Equal(t, "x", d.Description)
				assert.Equal(t, [][]string{{"a", "b"}, {"d", "e", "c"}}, layout(rec))
			}},
	}
}

func TestEditsAreCarriedOver(t *testing.T) {
	for _, c := range mergeCases() {
		t.Run(c.name, func(t *testing.T) {
			old, built := version(t), version(t, append([]func(*record.Input){rebuilt}, c.built...)...)
			stored := c.edit(t, old)
			requireValid(t, []byte(stored))
			merged, current, edits, err := record.Reconcile([]byte(old), []byte(asStored(stored)), []byte(built))
			require.NoError(t, err)
			assert.False(t, current)
			assert.Equal(t, c.edits, edits)
			requireValid(t, merged)
			rec, err := record.Decode(merged)
			require.NoError(t, err)
			c.check(t, rec, string(merged))
			for _, a := range rec.Activities {
				for _, d := range a.Datasets {
					assert.Equal(t, "new", parameter(t, rec, d.Name, "Extraction"))
				}
			}
			// The next version carries the same edits over again.
			again, current, _, err := record.Reconcile([]byte(built), merged, []byte(built))
			require.NoError(t, err)
			assert.True(t, current)
			assert.Equal(t, string(merged), string(again))
		})
	}
}

func TestConflicts(t *testing.T) {
	cases := []struct {
		name  string
		edit  func(t testing.TB, doc string) string
		built func(*record.Input)
		want  string
	}{
		{"title on both sides", func(t testing.TB, doc string) string { return replaced(t, doc, "Grain map", "G") },
			func(in *record.Input) { in.Reservation.Title = "H" }, "title"},
		{"samples on both sides", func(t testing.TB, doc string) string { return replaced(t, doc, "annealed 2 h", "x") },
			func(in *record.Input) { in.Reservation.Samples[0].Name = "y" }, "samples"},
		{"described dataset is gone", func(t testing.TB, doc string) string { return describe(t, doc, "b.dm3", "x") }, dropFile("b.dm3"),
			"edited dataset is gone: /SEM_A/aquill/b.dm3"},
		{"rated dataset is gone", func(t testing.TB, doc string) string { return rate(t, doc, "b.dm3", "1") }, dropFile("b.dm3"),
			"edited dataset is gone: /SEM_A/aquill/b.dm3"},
		{"moved, and a file added between", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) }, addFile("n.dm3", 1),
			"activities were edited"},
		{"moved, and a file is gone", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) }, dropFile("a.dm3"),
			"activities were edited"},
		{"value on both sides", func(t testing.TB, doc string) string { return replaced(t, doc, `name="Focus">1<`, `name="Focus">17<`) },
			func(in *record.Input) { in.Signals[1].Meta.Set("Focus", nx.Int(18)) }, "parameter Focus of /SEM_A/aquill/b.dm3"},
		{"assigned activity is gone", func(t testing.TB, doc string) string {
			ids := sampleIDs(doc)
			return replaced(t, doc, "<sampleID>"+ids[0], "<sampleID>"+ids[1])
		}, func(in *record.Input) { in.Signals = in.Signals[3:] }, "edited activity is gone: 1"},
		{"two activities of two samples became one", func(t testing.TB, doc string) string {
			ids := sampleIDs(doc)
			return replaced(t, doc, "<sampleID>"+ids[0], "<sampleID>"+ids[1])
		}, func(in *record.Input) { in.Sensitivity = 0 }, "sample of activity 1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			old := version(t)
			stored := c.edit(t, old)
			requireValid(t, []byte(stored))
			merged, _, _, err := record.Reconcile([]byte(old), []byte(stored), []byte(version(t, rebuilt, c.built)))
			require.ErrorIs(t, err, nx.Conflict)
			assert.ErrorContains(t, err, c.want)
			assert.Nil(t, merged)
		})
	}
}

func TestUnknownDelivery(t *testing.T) {
	random := func(doc string) string { // ids as another program gives them
		for i, id := range sampleIDs(doc) {
			doc = strings.ReplaceAll(doc, id, "random-"+string(rune('a'+i)))
		}
		return doc
	}
	for _, c := range mergeCases() {
		if c.built != nil || strings.Contains(c.name, "hand") || strings.Contains(c.name, "sample") || c.name == "activity deleted" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			merged, _, edits, err := record.Reconcile(nil, []byte(c.edit(t, version(t))), []byte(version(t, rebuilt)))
			require.NoError(t, err)
			assert.ElementsMatch(t, c.edits, edits)
			requireValid(t, merged)
			rec, err := record.Decode(merged)
			require.NoError(t, err)
			c.check(t, rec, string(merged))
		})
	}
	t.Run("other ids of the same samples are no edit", func(t *testing.T) {
		built := version(t, rebuilt)
		merged, _, edits, err := record.Reconcile(nil, []byte(random(version(t))), []byte(built))
		require.NoError(t, err)
		assert.Empty(t, edits)
		assert.Equal(t, built, string(merged))
	})
	t.Run("files added to an activity", func(t *testing.T) {
		built := version(t, rebuilt, addFile("n.dm3", 1), dropFile("a.dm3"))
		merged, _, edits, err := record.Reconcile(nil, []byte(random(version(t))), []byte(built))
		require.NoError(t, err)
		assert.Empty(t, edits)
		assert.Equal(t, built, string(merged))
	})
	t.Run("a whole activity may have been deleted", func(t *testing.T) {
		_, _, _, err := record.Reconcile(nil, []byte(version(t)), []byte(version(t, addFile("n.dm3", 300), addFile("o.dm3", 301))))
		require.ErrorIs(t, err, nx.Conflict)
		assert.ErrorContains(t, err, "/SEM_A/aquill/n.dm3, /SEM_A/aquill/o.dm3")
	})
	t.Run("rated dataset is gone", func(t *testing.T) {
		_, _, _, err := record.Reconcile(nil, []byte(rate(t, version(t), "b.dm3", "1")), []byte(version(t, dropFile("b.dm3"))))
		require.ErrorIs(t, err, nx.Conflict)
	})
	t.Run("values of the new version stand", func(t *testing.T) {
		stored := replaced(t, version(t), `name="Focus">1<`, `name="Focus">17<`)
		merged, _, _, err := record.Reconcile(nil, []byte(stored), []byte(version(t, rebuilt)))
		require.NoError(t, err)
		assert.Equal(t, version(t, rebuilt), string(merged))
	})
}

func TestReconcileRecordsOfTheReference(t *testing.T) {
	for name, doc := range referenceRecords(t) {
		t.Run(name, func(t *testing.T) {
			rec, err := record.Decode(doc)
			require.NoError(t, err)
			built, _, err := record.Encode(rec)
			require.NoError(t, err)
			for _, delivered := range [][]byte{nil, doc} {
				merged, _, edits, err := record.Reconcile(delivered, doc, built)
				require.NoError(t, err)
				assert.Empty(t, edits)
				assert.Equal(t, string(built), string(merged))
			}
		})
	}
}

func TestDoublyEscapedLocationsAreTheSameDataset(t *testing.T) {
	in := func(in *record.Input) {
		in.Signals[0].Location, in.Signals[0].Preview = "SEM_A/a & b<c.dm3", ""
	}
	ours := version(t, in)
	theirs := strings.NewReplacer("a &amp; b&lt;c.dm3", "a &amp;amp; b&amp;lt;c.dm3",
		"a%20%26%20b%3Cc.dm3", "a%20%26amp%3B%20b%26lt%3Bc.dm3").Replace(ours)
	merged, _, edits, err := record.Reconcile([]byte(theirs), []byte(rate(t, theirs, "a &amp;amp; b&amp;lt;c.dm3", "3")), []byte(ours))
	require.NoError(t, err)
	assert.Equal(t, []string{"curation of /SEM_A/a & b<c.dm3"}, edits)
	assert.Contains(t, string(merged), "<location>/SEM_A/a%20%26%20b%3Cc.dm3</location>")
}

func TestReconcileRefusesWhatIsNoRecord(t *testing.T) {
	doc := []byte(version(t))
	for _, bad := range []string{"", "<a/>", "<html><body>Not found</body></html>", "{}"} {
		_, _, _, err := record.Reconcile(doc, []byte(bad), doc)
		require.Error(t, err, bad)
		assert.NotEqual(t, nx.Internal, nx.KindOf(err), bad)
	}
}

func TestCanonical(t *testing.T) {
	a := version(t)
	same := []string{asStored(a), strings.ReplaceAll(a, "\n  ", "\n\t"), strings.ReplaceAll(a, "&#13;", ""),
		replaced(t, a, "<Experiment ", `<Experiment pid="1" `), replaced(t, a, "<summary", "<!-- c --><summary"),
		replaced(t, a, "</dataset>", "<curation/></dataset>"), strings.ReplaceAll(a, "<title>", "<title> ")}
	want, err := record.Canonical([]byte(a))
	require.NoError(t, err)
	for _, doc := range same {
		got, err := record.Canonical([]byte(doc))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
	for _, doc := range []string{replaced(t, a, "Grain map", "Grain  Map"), replaced(t, a, "<Al/>", "<Al/><Si/>"), describe(t, a, "a.dm3", "x")} {
		got, err := record.Canonical([]byte(doc))
		require.NoError(t, err)
		assert.NotEqual(t, string(want), string(got))
	}
}
