package record_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

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
		{
			"title", func(t testing.TB, doc string) string {
				return replaced(t, doc, "Grain map", "Grains & more"[:6]+" of copper")
			}, nil,
			[]string{"title"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "Grains of copper",
					rec.Title)
			},
		},
		{
			"title, other part changed here", func(t testing.TB, doc string) string {
				return replaced(t, doc,
					"Grain map", "G")
			},
			[]func(*record.Input){func(in *record.Input) { in.Reservation.Purpose = "why" }},
			[]string{"title"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "G", rec.Title)
				assert.Equal(t, "why", rec.Motivation)
			},
		},
		{
			"description", func(t testing.TB, doc string) string { return describe(t, doc, "b.dm3", "best &lt;one&gt;") },
			[]func(*record.Input){addFile("n.dm3", 1)},
			[]string{"description of /SEM_A/aquill/b.dm3"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "b.dm3")
				assert.Equal(t, "best <one>", d.Description)
				assert.Len(t, rec.Activities[0].Datasets, 4)
			},
		},
		{
			"curation", func(t testing.TB, doc string) string { return rate(t, doc, "d.dm3", "5") },
			[]func(*record.Input){dropFile("a.dm3")},
			[]string{"curation of /SEM_A/aquill/d.dm3"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "d.dm3")
				require.NotNil(t, d.Curation)
				assert.Equal(t, 5, *d.Curation.Rating)
				assert.True(t, *d.Curation.Featured)
			},
		},
		{
			"collaborators, notes, pid", func(t testing.TB, doc string) string {
				return replaced(t, doc, "<instrument",
					"<collaborator>Lise</collaborator><collaborator>Otto</collaborator><instrument",
					"</Experiment>", `<notes source="ELN"><entry xmlns:q="`+record.Namespace+`" xsi:type="q:TableEntry">`+
						`<table><header><column id="1">a</column></header><rows><row><cell>b</cell></row></rows></table>`+
						"</entry></notes></Experiment>",
					"<Experiment ", `<Experiment pid="p/1" `, "</setup>",
					`</setup><notes><entry xsi:type="TextEntry"><p>x</p></entry></notes>`,
					"<elements>", `<notes source="s"/><elements>`)
			}, nil,
			[]string{"collaborators", "samples", "notes of an activity", "notes"},
			func(t testing.TB, rec nx.Record, merged string) {
				assert.Equal(t, []string{"Lise", "Otto"}, rec.Collaborators)
				assert.Equal(t, "p/1", rec.PID)
				assert.Contains(t, merged, `<entry xsi:type="TableEntry">`)
				assert.Contains(t, merged, `<column id="1">a</column>`)
				assert.Contains(t, merged, "</setup>\n    <notes>\n      <entry xsi:type=\"TextEntry\">\n        <p>x</p>")
				assert.Contains(t, merged, `<notes source="s"/>`)
			},
		},
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
		{
			"sample changed, new activity here", func(t testing.TB, doc string) string {
				return replaced(t, doc,
					"annealed 2 h", "annealed 3 h")
			},
			[]func(*record.Input){addFile("n.dm3", 300), addFile("o.dm3", 301)},
			[]string{"samples"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "annealed 3 h", rec.Samples[0].Description)
				require.Len(t, rec.Activities, 3)
				assert.Equal(t, rec.Samples[0].ID, rec.Activities[2].SampleID)
			},
		},
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
		{
			"dataset moved", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) }, nil,
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"a", "b"}, {"d", "e", "c"}}, layout(rec))
				for _, f := range []string{"a.dm3", "c.dm3", "e.dm3"} {
					assert.Equal(t, "TEM_Imaging", parameter(t, rec, f, "Data Type"), f)
					assert.Equal(t, "new", parameter(t, rec, f, "Extraction"), f)
				}
				assert.Equal(t, "2", parameter(t, rec, "c.dm3", "Focus"))
			},
		},
		{
			"dataset moved between different setups", func(t testing.TB, doc string) string {
				return moved(t, doc,
					"c.dm3", 1)
			},
			[]func(*record.Input){func(in *record.Input) {
				for i := range 5 {
					in.Signals[i].Meta.Set("Group", nx.Bool(i < 3))
				}
			}},
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "True", parameter(t, rec, "a.dm3", "Group"))
				assert.Equal(t, "True", parameter(t, rec, "c.dm3", "Group"))
				assert.Equal(t, "False", parameter(t, rec, "d.dm3", "Group"))
				assert.NotContains(t, rec.Activities[1].Setup, nx.Param{Name: "Group", Text: "False"})
			},
		},
		{
			"moved into a single activity", func(t testing.TB, doc string) string {
				return withoutActivity(moved(t, moved(t, doc, "d.dm3", 0), "e.dm3", 0), 1)
			},
			nil,
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"a", "b", "c", "d", "e"}}, layout(rec))
			},
		},
		{
			"activities exchanged", func(_ testing.TB, doc string) string { return swapActivities(doc) }, nil,
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, merged string) {
				assert.Equal(t, [][]string{{"d", "e"}, {"a", "b", "c"}}, layout(rec))
				assert.Less(t, strings.Index(merged, `seqno="0"`), strings.Index(merged, `seqno="1"`))
			},
		},
		{
			"activity deleted", func(_ testing.TB, doc string) string { return withoutActivity(doc, 0) }, nil,
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) { assert.Equal(t, [][]string{{"d", "e"}}, layout(rec)) },
		},
		{
			"activity deleted, new one behind", func(_ testing.TB, doc string) string { return withoutActivity(doc, 0) },
			[]func(*record.Input){addFile("n.dm3", 300), addFile("o.dm3", 301)},
			[]string{"activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, [][]string{{"d", "e"}, {"n", "o"}}, layout(rec))
			},
		},
		{"activity added", func(t testing.TB, doc string) string {
			return replaced(t, doc, "<acquisitionActivity seqno=\"1\">",
				`<acquisitionActivity seqno="1"><startTime>2024-05-06T10:00:00-04:00</startTime>`+
					`<sampleID>`+sampleIDs(doc)[1]+`</sampleID><setup><param name="By">hand</param></setup></acquisitionActivity>`+
					`<acquisitionActivity seqno="2">`)
		}, nil, []string{"activities"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Equal(t, [][]string{{"a", "b", "c"}, {}, {"d", "e"}}, layout(rec))
			assert.Equal(t, rec.Samples[1].ID, rec.Activities[1].SampleID)
			assert.Equal(t, []nx.Param{{Name: "By", Text: "hand"}}, rec.Activities[1].Setup)
		}},
		{
			"value written by hand", func(t testing.TB, doc string) string {
				return replaced(t, doc,
					`name="Focus">1<`, `name="Focus">17<`)
			}, nil,
			[]string{"parameter Focus of /SEM_A/aquill/b.dm3"},
			func(t testing.TB, rec nx.Record, _ string) {
				assert.Equal(t, "17", parameter(t, rec, "b.dm3", "Focus"))
				assert.Equal(t, "new", parameter(t, rec, "b.dm3", "Extraction"))
			},
		},
		{"motivation and role by hand", func(t testing.TB, doc string) string {
			return replaced(t, doc, "after anneal<", "after all<", `role="Experimental"`, `role="UserCalibration"`)
		}, nil, []string{"motivation", "role of /SEM_A/aquill/a.dm3"}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Contains(t, rec.Motivation, "after all")
			d, _ := find(t, rec, "a.dm3")
			assert.Equal(t, "UserCalibration", d.Role)
		}},
		{"parameter of an activity removed by hand", func(t testing.TB, doc string) string {
			return replaced(t, doc, `<param name="Data Type">TEM_Imaging</param>`, "")
		}, nil, []string{
			"parameter Data Type of /SEM_A/aquill/a.dm3", "parameter Data Type of /SEM_A/aquill/b.dm3",
			"parameter Data Type of /SEM_A/aquill/c.dm3",
		}, func(t testing.TB, rec nx.Record, _ string) {
			assert.Empty(t, parameter(t, rec, "a.dm3", "Data Type"))
			assert.Equal(t, "TEM_Imaging", parameter(t, rec, "d.dm3", "Data Type"))
		}},
		{
			"several", func(t testing.TB, doc string) string {
				return rate(t, describe(t, moved(t, replaced(t, doc, "Grain map", "G"), "c.dm3", 1), "c.dm3", "x"),
					"a.dm3", "1")
			}, nil,
			[]string{"title", "curation of /SEM_A/aquill/a.dm3", "description of /SEM_A/aquill/c.dm3", "activities"},
			func(t testing.TB, rec nx.Record, _ string) {
				d, _ := find(t, rec, "c.dm3")
				assert.Equal(t, "x", d.Description)
				assert.Equal(t, [][]string{{"a", "b"}, {"d", "e", "c"}}, layout(rec))
			},
		},
	}
}
