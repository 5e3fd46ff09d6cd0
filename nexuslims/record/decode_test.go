package record_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func TestDecodeEverything(t *testing.T) {
	rec, err := record.Decode([]byte(fullDocument()))
	require.NoError(t, err)
	five, yes := 5, true
	when := time.Date(2024, 5, 6, 9, 2, 11, 0, time.FixedZone("", -4*3600))
	assert.Equal(t, nx.Record{
		Title: "t", ID: "1", PID: "p", Ref: "http://x/", Experimenter: "a", Collaborators: []string{"b"},
		InstrumentPID: "p", InstrumentName: "i", Start: when, End: when, Motivation: "m",
		Samples:  []nx.Sample{{ID: "s", Ref: "r", Name: "n", Description: "d", Elements: []string{"Al", "Cu"}}},
		Projects: []nx.Project{{Name: "n", Division: "d", Group: "g", ID: "p", Ref: "http://x/"}},
		Activities: []nx.Activity{{
			Start: when, SampleID: "s",
			Setup: []nx.Param{{Name: "a", Text: "1", Unit: "V", Warning: true}, {Name: "b", Text: "2"}},
			Datasets: []nx.Dataset{{
				Type: nx.Image, Role: "Experimental", Name: "n", Location: "l", Format: "f",
				Description: "d",
				Preview:     "p", Signals: 1, Meta: []nx.Param{{Name: "c", Text: "1", Unit: "V"}},
				Curation: &nx.Curation{Rating: &five, Featured: &yes},
			}},
		}},
	}, rec)
}

func TestDecodeForms(t *testing.T) {
	full := fullDocument()
	want, err := record.Decode([]byte(full))
	require.NoError(t, err)
	prefixed := strings.NewReplacer("</", "</q:", "<", "<q:").Replace(full)
	prefixed = strings.NewReplacer("xmlns=", "xmlns:q=", `xsi:type="`, `xsi:type="q:`).Replace(prefixed)
	forms := map[string]string{
		"byte order mark":   "\uFEFF" + full,
		"declaration":       `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + full,
		"tabs":              strings.ReplaceAll(full, "\n", "\r\n\t"),
		"comments":          strings.ReplaceAll(full, "<title>", "<!-- a --><?pi x?><title>"),
		"character data":    strings.Replace(full, ">m<", "><![CDATA[m]]><", 1),
		"references":        strings.Replace(full, ">m<", ">&#109;<", 1),
		"prefix everywhere": prefixed,
		"foreign attribute": strings.Replace(full, "<summary ", `<summary xmlns:z="urn:z" z:ref="no" `, 1),
		"unknown element":   strings.Replace(full, "<summary", "<later><title>no</title></later><summary", 1),
		"same name in another namespace": strings.Replace(full, "<title>",
			`<z:title xmlns:z="urn:z">no</z:title><title>`, 1),
	}
	for name, doc := range forms {
		t.Run(name, func(t *testing.T) {
			got, err := record.Decode([]byte(doc))
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestDecodeOddContent(t *testing.T) {
	cases := []struct {
		name, doc string
		check     func(*testing.T, nx.Record)
	}{
		{"several of one thing", inRoot("<summary><experimenter>a</experimenter><experimenter>b</experimenter></summary>" +
			"<sample><description>one</description><description>two</description></sample>"), func(t *testing.T, rec nx.Record) {
			assert.Equal(t, "a", rec.Experimenter)
			assert.Equal(t, "one\ntwo", rec.Samples[0].Description)
		}},
		{
			"activity without datasets and gaps",
			inRoot(`<summary/><acquisitionActivity seqno="7"/><acquisitionActivity seqno="3"><setup/></acquisitionActivity>`),
			func(t *testing.T, rec nx.Record) { assert.Len(t, rec.Activities, 2) },
		},
		{
			"time without zone", inRoot("<summary><reservationStart>2024-05-06T09:02:11.5</reservationStart></summary>"),
			func(t *testing.T, rec nx.Record) {
				assert.Equal(t, time.Date(2024, 5, 6, 9, 2, 11, 5e8, time.UTC), rec.Start)
			},
		},
		{
			"signals", inDataset("", "<name>m.dm4 (2 of 4)</name><location>/x/m.dm4</location>"),
			func(t *testing.T, rec nx.Record) {
				d := rec.Activities[0].Datasets[0]
				assert.Equal(t, []int{1, 4}, []int{d.Signal, d.Signals})
			},
		},
		{
			"a file of such a name",
			inDataset("", "<name>m (2 of 4)</name><location>/x/m%20%282%20of%204%29</location>"),
			func(t *testing.T, rec nx.Record) {
				d := rec.Activities[0].Datasets[0]
				assert.Equal(t, []int{0, 1}, []int{d.Signal, d.Signals})
			},
		},
		{
			"numbers that are none", inDataset("", "<name>m (5 of 4)</name><location>/x/m</location>"),
			func(t *testing.T, rec nx.Record) {
				assert.Equal(t, 1, rec.Activities[0].Datasets[0].Signals)
			},
		},
		{"empty curation", inCuration(""), func(t *testing.T, rec nx.Record) {
			assert.Equal(t, &nx.Curation{}, rec.Activities[0].Datasets[0].Curation)
		}},
		{
			"empty list of elements", inRoot("<summary/><sample><elements/></sample><sample/>"),
			func(t *testing.T, rec nx.Record) {
				assert.Equal(t, []string{}, rec.Samples[0].Elements)
				assert.Nil(t, rec.Samples[1].Elements)
			},
		},
		{
			"warning 1", inDataset("", `<name>n</name><location>/l</location><meta name="x" warning=" 1 ">y</meta>`),
			func(t *testing.T, rec nx.Record) {
				assert.True(t, rec.Activities[0].Datasets[0].Meta[0].Warning)
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rec, err := record.Decode([]byte(c.doc))
			require.NoError(t, err)
			c.check(t, rec)
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := []struct {
		name, doc string
		kind      nx.Kind
		text      string
	}{
		{"nothing", "", nx.Corrupt, "unexpected EOF"},
		{"no XML", "{}", nx.Corrupt, "text beside elements"},
		{"breaks off", rootTag + "<summary>", nx.Corrupt, "line 1"},
		{"other root", "<html/>", nx.Invalid, "html"},
		{"no namespace", "<Experiment><summary/></Experiment>", nx.Invalid, "is not Experiment"},
		{"no summary", inRoot("<title/>"), nx.Corrupt, "no summary"},
		{
			"external entity", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>` + inRoot("<summary/>"),
			nx.Corrupt, "document type",
		},
		{"unknown entity", inRoot("<title>&b;</title>"), nx.Corrupt, "entity"},
		{"text beside elements", inRoot("<summary/>x"), nx.Corrupt, "text beside elements"},
		{"two roots", inRoot("<summary/>") + inRoot("<summary/>"), nx.Corrupt, "more than one root"},
		{"other encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>` + inRoot("<summary/>"), nx.Corrupt, "encoding"},
		{"bad UTF-8", inRoot("<title>\xff</title><summary/>"), nx.Corrupt, "UTF-8"},
		{
			"bad time", inRoot("<summary><reservationStart>today</reservationStart></summary>"), nx.Corrupt,
			`"today" is no date and time`,
		},
		{"bad rating", inCuration("<rating>good</rating>"), nx.Corrupt, "rating"},
		{"bad mark", inDataset("", "<meta warning='True'/>"), nx.Corrupt, `"True" is no boolean`},
		{"too deep", rootTag + strings.Repeat("<a>", 100_000), nx.Corrupt, "more than 64 nested"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := record.Decode([]byte(c.doc))
			require.ErrorIs(t, err, c.kind)
			assert.ErrorContains(t, err, c.text)
		})
	}
}

func TestTruncatedRecordsAreRefused(t *testing.T) {
	doc := version(t)
	for i := 0; i < len(doc)-len("</Experiment>\n"); i += 7 {
		_, err := record.Decode([]byte(doc[:i]))
		require.ErrorIs(t, err, nx.Corrupt, "%d bytes", i)
	}
}

func TestManyPiecesOfTextAreRead(t *testing.T) {
	doc := inRoot("<title>" + strings.Repeat("a<!---->", 200_000) + "</title><summary/>")
	rec, err := record.Decode([]byte(doc))
	require.NoError(t, err)
	assert.Len(t, rec.Title, 200_000)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(fullDocument()))
	f.Add([]byte(version(f)))
	for _, v := range verdicts() {
		f.Add([]byte(v.doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if _, err := record.Canonical(doc); err == nil {
			// A document merged with itself gives one that merging leaves alone.
			merged, _, edits, err := record.Reconcile(doc, doc, doc)
			require.NoError(t, err)
			require.NotContains(t, edits, "activities")
			again, current, _, err := record.Reconcile(merged, merged, merged)
			require.NoError(t, err)
			require.True(t, current, "%s", merged)
			require.Equal(t, string(merged), string(again))
		}
		rec, err := record.Decode(doc)
		if err != nil {
			require.NotEqual(t, nx.Internal, nx.KindOf(err))
			return
		}
		first, _, err := record.Encode(rec)
		if err != nil {
			require.ErrorIs(t, err, nx.Invalid)
			return
		}
		again, err := record.Decode(first)
		require.NoError(t, err)
		second, warnings, err := record.Encode(again)
		require.NoError(t, err)
		require.Empty(t, warnings)
		require.Equal(t, string(first), string(second))
	})
}

// large is a record of n datasets with thirty parameters each.
func large(n int) nx.Record {
	rec := filled("x")
	a := nx.Activity{Start: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}
	for i := range n {
		d := nx.Dataset{
			Type: nx.Image, Role: "Experimental", Name: fmt.Sprintf("image %d.dm3", i),
			Location: fmt.Sprintf("Titan/user/image %d.dm3", i), Format: "DM3", Signals: 1,
		}
		for j := range 30 {
			d.Meta = append(d.Meta, nx.Param{
				Name: fmt.Sprintf("Parameter %d", j),
				Text: fmt.Sprint(float64(i*j) / 7), Unit: "nm",
			})
		}
		a.Datasets = append(a.Datasets, d)
	}
	rec.Activities = []nx.Activity{a}
	return rec
}

func TestLargeRecord(t *testing.T) {
	doc, _, err := record.Encode(large(500))
	require.NoError(t, err)
	requireValid(t, doc)
	merged, current, _, err := record.Reconcile(doc, doc, doc)
	require.NoError(t, err)
	assert.True(t, current)
	assert.True(t, bytes.Equal(doc, merged))
}

func BenchmarkEncodeAndValidate(b *testing.B) {
	rec, v := large(200), new(record.Validator)
	for b.Loop() {
		doc, _, err := record.Encode(rec)
		if err != nil {
			b.Fatal(err)
		}
		if found, err := v.Validate(b.Context(), bytes.NewReader(doc)); err != nil || found != nil {
			b.Fatal(found, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	doc, _, err := record.Encode(large(200))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := record.Decode(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReconcile(b *testing.B) {
	doc, _, err := record.Encode(large(200))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, _, err := record.Reconcile(doc, doc, doc); err != nil {
			b.Fatal(err)
		}
	}
}
