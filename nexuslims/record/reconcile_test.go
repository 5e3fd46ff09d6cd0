package record_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func TestUneditedRecordIsReplaced(t *testing.T) {
	old, built := version(t), version(t, rebuilt)
	for name, stored := range map[string]string{
		"as sent": old, "without white space": asStored(old),
		"with a pid": replaced(t, asStored(old), "<Experiment ", `<Experiment pid="https://pid.example.org/1" `),
		"other prefix": strings.NewReplacer("<Experiment xmlns=", "<r:Experiment xmlns:r=", "</Experiment",
			"</r:Experiment", "<summary", "<r:summary", "</summary", "</r:summary").
			Replace(old),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "other prefix" { // the rest must carry the namespace in another way
				stored = strings.Replace(stored, "<r:Experiment ",
					`<r:Experiment xmlns="https://data.nist.gov/od/dm/nexus/experiment/v1.0" `, 1)
				stored = strings.Replace(stored, ` xmlns:nx="https://data.nist.gov/od/dm/nexus/experiment/v1.0"`, "", 1)
			}
			merged, current, edits, err := record.Reconcile([]byte(old), []byte(stored), []byte(built))
			require.NoError(t, err)
			assert.False(t, current)
			assert.Empty(t, edits)
			want := built
			if name == "with a pid" {
				want = regexp.MustCompile(`(xmlns:nx="[^"]+")`).ReplaceAllString(built,
					`$1 pid="https://pid.example.org/1"`)
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
		{
			"title on both sides", func(t testing.TB, doc string) string { return replaced(t, doc, "Grain map", "G") },
			func(in *record.Input) { in.Reservation.Title = "H" }, "title",
		},
		{
			"samples on both sides", func(t testing.TB, doc string) string { return replaced(t, doc, "annealed 2 h", "x") },
			func(in *record.Input) { in.Reservation.Samples[0].Name = "y" }, "samples",
		},
		{
			"described dataset is gone", func(t testing.TB, doc string) string {
				return describe(t, doc, "b.dm3",
					"x")
			}, dropFile("b.dm3"),
			"edited dataset is gone: /SEM_A/aquill/b.dm3",
		},
		{
			"rated dataset is gone", func(t testing.TB, doc string) string { return rate(t, doc, "b.dm3", "1") },
			dropFile("b.dm3"),
			"edited dataset is gone: /SEM_A/aquill/b.dm3",
		},
		{
			"moved, and a file added between", func(t testing.TB, doc string) string {
				return moved(t, doc, "c.dm3",
					1)
			}, addFile("n.dm3", 1),
			"activities were edited",
		},
		{
			"moved, and a file is gone", func(t testing.TB, doc string) string { return moved(t, doc, "c.dm3", 1) },
			dropFile("a.dm3"),
			"activities were edited",
		},
		{
			"value on both sides", func(t testing.TB, doc string) string {
				return replaced(t, doc, `name="Focus">1<`,
					`name="Focus">17<`)
			},
			func(in *record.Input) {
				in.Signals[1].Meta.Set("Focus",
					nx.Int(18))
			}, "parameter Focus of /SEM_A/aquill/b.dm3",
		},
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
		if c.built != nil || strings.Contains(c.name, "hand") || strings.Contains(c.name,
			"sample") || c.name == "activity deleted" {
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
		_, _, _, err := record.Reconcile(nil, []byte(version(t)), []byte(version(t, addFile("n.dm3", 300),
			addFile("o.dm3", 301))))
		require.ErrorIs(t, err, nx.Conflict)
		assert.ErrorContains(t, err, "/SEM_A/aquill/n.dm3, /SEM_A/aquill/o.dm3")
	})
	t.Run("rated dataset is gone", func(t *testing.T) {
		_, _, _, err := record.Reconcile(nil, []byte(rate(t, version(t), "b.dm3", "1")),
			[]byte(version(t, dropFile("b.dm3"))))
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
	merged, _, edits, err := record.Reconcile([]byte(theirs), []byte(rate(t, theirs, "a &amp;amp; b&amp;lt;c.dm3",
		"3")), []byte(ours))
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
	same := []string{
		asStored(a), strings.ReplaceAll(a, "\n  ", "\n\t"), strings.ReplaceAll(a, "&#13;", ""),
		replaced(t, a, "<Experiment ", `<Experiment pid="1" `), replaced(t, a, "<summary", "<!-- c --><summary"),
		replaced(t, a, "</dataset>", "<curation/></dataset>"), strings.ReplaceAll(a, "<title>", "<title> "),
	}
	want, err := record.Canonical([]byte(a))
	require.NoError(t, err)
	for _, doc := range same {
		got, err := record.Canonical([]byte(doc))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
	for _, doc := range []string{
		replaced(t, a, "Grain map", "Grain  Map"), replaced(t, a, "<Al/>", "<Al/><Si/>"),
		describe(t, a, "a.dm3", "x"),
	} {
		got, err := record.Canonical([]byte(doc))
		require.NoError(t, err)
		assert.NotEqual(t, string(want), string(got))
	}
}
