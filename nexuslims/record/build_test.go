package record_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	nx "github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func newYork(tb testing.TB) *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(tb, err)
	return zone
}

// object makes metadata of alternating keys and values.
func object(pairs ...any) *nx.Object {
	o := new(nx.Object)
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1].(nx.Value)) //nolint:forcetypeassert // of the test itself
	}
	return o
}

func paths(list ...[]string) nx.List {
	var all nx.List
	for _, path := range list {
		var one nx.List
		for _, part := range path {
			one = append(one, nx.Text(part))
		}
		all = append(all, one)
	}
	return all
}

// aSession is an input with samples, project and one signal per metadata object, a
// minute apart.
func aSession(tb testing.TB, metas ...*nx.Object) record.Input {
	start := time.Date(2024, 5, 6, 9, 2, 11, 120034000, newYork(tb))
	in := record.Input{
		Session: nx.Session{
			ID: "https://nemo.example.org/api/usage_events/?id=5120", Instrument: "SEM-A",
			From: start, To: start.Add(3 * time.Hour), User: "aquill",
		},
		Instrument: nx.Instrument{
			PID: "SEM-A", DisplayName: "Desk SEM A", Harvester: "nemo",
			Timezone: "America/New_York",
		},
		Reservation: nx.Reservation{
			Consent: nx.ConsentGranted, Title: "Grain map", Purpose: "Grain size\r\nafter anneal",
			ID: "5120", URL: "https://nemo.example.org/event_details/usage/5120/", FullName: "Ada Quill (aquill)",
			Start: start.UTC(), End: start.Add(2 * time.Hour).UTC(),
			Samples: []nx.Sample{
				{Ref: "hdl:20.1/ab", Description: "annealed 2 h", Elements: []string{"Al", "Cu"}}, {Name: "second"},
			},
			Projects: []nx.Project{{ID: "F-17"}},
		},
		Sensitivity: 1,
	}
	for i, meta := range metas {
		if !meta.Has("DatasetType") {
			meta.Set("DatasetType", nx.Text("Image"))
		}
		name := "SEM_A/aquill/" + string(rune('a'+i)) + ".dm3"
		in.Signals = append(in.Signals,
			record.Signal{
				Location: name, Time: start.Add(time.Duration(i+1) * time.Minute).UTC(),
				Size: 10, Format: "DM3", Count: 1, Meta: meta, Preview: name + ".thumb.png",
			})
	}
	return in
}

func build(tb testing.TB, in record.Input) nx.Record {
	tb.Helper()
	rec, err := record.Build(tb.Context(), in)
	require.NoError(tb, err)
	return rec
}

// one returns the parameters of the only dataset.
func one(tb testing.TB, meta *nx.Object) []nx.Param {
	rec := build(tb, aSession(tb, meta))
	require.Len(tb, rec.Activities, 1)
	assert.Empty(tb, rec.Activities[0].Setup)
	require.Len(tb, rec.Activities[0].Datasets, 1)
	return rec.Activities[0].Datasets[0].Meta
}

func TestBuildHeader(t *testing.T) {
	rec := build(t, aSession(t, object("Creation Time", nx.Text("2024-05-06T09:10:00-04:00"))))
	doc, warnings, err := record.Encode(rec)
	require.NoError(t, err)
	assert.Empty(t, warnings)
	requireValid(t, doc)
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://nemo.example.org/api/usage_events/?id=5120#sample-1")).String()
	second := uuid.NewSHA1(uuid.NameSpaceURL,
		[]byte("https://nemo.example.org/api/usage_events/?id=5120#sample-2")).String()
	assert.Equal(t, `<?xml version='1.0' encoding='UTF-8'?>
<Experiment xmlns="https://data.nist.gov/od/dm/nexus/experiment/v1.0"`+
		` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`+
		` xmlns:nx="https://data.nist.gov/od/dm/nexus/experiment/v1.0">
  <title>Grain map</title>
  <id>5120</id>
  <summary ref="https://nemo.example.org/event_details/usage/5120/">
    <experimenter>Ada Quill (aquill)</experimenter>
    <instrument pid="SEM-A">Desk SEM A</instrument>
    <reservationStart>2024-05-06T09:02:11.120034-04:00</reservationStart>
    <reservationEnd>2024-05-06T11:02:11.120034-04:00</reservationEnd>
    <motivation>Grain size&#13;
after anneal</motivation>
  </summary>
  <sample ref="hdl:20.1/ab" id="`+id+`">
    <description>annealed 2 h</description>
    <elements>
      <Al/>
      <Cu/>
    </elements>
  </sample>
  <sample id="`+second+`">
    <name>second</name>
  </sample>
  <project>
    <project_id>F-17</project_id>
  </project>
  <acquisitionActivity seqno="0">
    <startTime>2024-05-06T09:03:11.120034-04:00</startTime>
    <sampleID>`+id+`</sampleID>
    <setup/>
    <dataset type="Image" role="Experimental">
      <name>a.dm3</name>
      <location>/SEM_A/aquill/a.dm3</location>
      <format>DM3</format>
      <preview>/SEM_A/aquill/a.dm3.thumb.png</preview>
      <meta name="Creation Time">2024-05-06T09:10:00-04:00</meta>
    </dataset>
  </acquisitionActivity>
</Experiment>
`, string(doc))
}

func TestBuildHeaderCases(t *testing.T) {
	cases := []struct {
		name   string
		change func(*record.Input)
		check  func(*testing.T, nx.Record)
	}{
		{"generated title, day of the scheduler's zone", func(in *record.Input) {
			in.Reservation.Title = " \n"
			in.Reservation.Start = time.Date(2021, 8, 3, 1, 0, 0, 0, time.UTC)
		}, func(t *testing.T, rec nx.Record) {
			assert.Equal(t, "Experiment on the Desk SEM A on Tuesday Aug. 03, 2021", rec.Title)
			assert.Equal(t, "2021-08-02T21:00:00-04:00", rec.Start.Format(time.RFC3339))
		}},
		{"generated title, no start", func(in *record.Input) {
			in.Reservation.Title, in.Reservation.Start = "", time.Time{}
		}, func(t *testing.T, rec nx.Record) {
			assert.Equal(t, "Experiment on the Desk SEM A", rec.Title)
			assert.True(t, rec.Start.IsZero())
		}},
		{"login name", func(in *record.Input) {
			in.Reservation.FullName, in.Reservation.Username = "", "aq"
		}, func(t *testing.T, rec nx.Record) { assert.Equal(t, "aq", rec.Experimenter) }},
		{
			"user of the session", func(in *record.Input) { in.Reservation.FullName = "" },
			func(t *testing.T, rec nx.Record) { assert.Equal(t, "aquill", rec.Experimenter) },
		},
		{
			"exactly one ending of a NEMO instrument", func(in *record.Input) { in.Instrument.PID = "nanoSEM_n_n" },
			func(t *testing.T, rec nx.Record) { assert.Equal(t, "nanoSEM_n", rec.InstrumentPID) },
		},
		{"ending of another source stays", func(in *record.Input) {
			in.Instrument.PID, in.Instrument.Harvester = "nanoSEM_n", "sessionfile"
		}, func(t *testing.T, rec nx.Record) { assert.Equal(t, "nanoSEM_n", rec.InstrumentPID) }},
		{"elements", func(in *record.Input) {
			in.Reservation.Samples[0].Elements = []string{"Si", "Xx", "O", "Si", " Al", "si"}
			in.Reservation.Samples[1].Elements = []string{}
		}, func(t *testing.T, rec nx.Record) {
			assert.Equal(t, []string{"Si", "O", "Al"}, rec.Samples[0].Elements)
			assert.Equal(t, []string{}, rec.Samples[1].Elements)
		}},
		{
			"no samples, no sample id", func(in *record.Input) { in.Reservation.Samples = nil },
			func(t *testing.T, rec nx.Record) {
				assert.Empty(t, rec.Samples)
				assert.Empty(t, rec.Activities[0].SampleID)
			},
		},
		{"links that are none", func(in *record.Input) {
			in.Reservation.URL, in.Reservation.Projects[0].Ref = "javascript:alert(1)", "file:///etc/passwd"
		}, func(t *testing.T, rec nx.Record) {
			assert.Empty(t, rec.Ref)
			assert.Empty(t, rec.Projects[0].Ref)
		}},
		{"given sample ids stay while they are unique", func(in *record.Input) {
			in.Reservation.Samples[0].ID, in.Reservation.Samples[1].ID = "s", "s"
		}, func(t *testing.T, rec nx.Record) {
			assert.Equal(t, "s", rec.Samples[0].ID)
			assert.Len(t, rec.Samples[1].ID, 36)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := aSession(t, object())
			c.change(&in)
			c.check(t, build(t, in))
		})
	}
}

func TestBuildErrors(t *testing.T) {
	in := aSession(t)
	_, err := record.Build(t.Context(), in)
	require.ErrorIs(t, err, nx.NoFiles)
	in = aSession(t, object())
	in.Instrument.Timezone = "America/Nowhere"
	_, err = record.Build(t.Context(), in)
	require.ErrorIs(t, err, nx.Invalid)
	in = aSession(t, object(), object(), object())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = record.Build(ctx, in)
	require.ErrorIs(t, err, context.Canceled)
}

func TestFlatten(t *testing.T) {
	kV := nx.Q(200, "kV")
	cases := []struct {
		name string
		meta *nx.Object
		want []nx.Param
	}{
		{
			"names and order", object("Data Type", nx.Text("TEM_Imaging"), "acceleration_voltage", kV,
				"magnification", nx.Float(13000), "stage_position", object("x", nx.Q(1, "mm"), "tilt_alpha", nx.Q(2, "degree")),
				"extensions", object("EELS", object("Convergence semi-angle", nx.Int(3)), "eds_3d_map", nx.Bool(true))),
			[]nx.Param{
				{Name: "Acceleration Voltage", Text: "200.0", Unit: "kV"},
				{Name: "Data Type", Text: "TEM_Imaging"},
				{Name: "Eds 3D Map", Text: "True"},
				{Name: "EELS – Convergence semi-angle", Text: "3"},
				{Name: "magnification", Text: "13000.0"},
				{
					Name: "Stage Position – tilt_alpha", Text: "2.0",
					Unit: nx.MustUnit("degree").Symbol,
				},
				{Name: "Stage Position – x", Text: "1.0", Unit: "mm"},
			},
		},
		{
			"left out", object("Empty", object(), "Nothing", nx.Null{}, "Bad", nx.Float(inf()), "Bad2",
				nx.Quantity{Value: inf(), Unit: kV.Unit},
				"warnings", nx.List{}, "kept", nx.List{nx.Text("Al"), nx.Int(1)}),
			[]nx.Param{{Name: "kept", Text: "['Al', 1]"}},
		},
		{
			"extension meets core field", object("Data Dimensions", nx.Text("(2, 2)"), "extensions",
				object("data_dimensions", nx.Int(7))),
			[]nx.Param{{Name: "Data Dimensions", Text: "(2, 2)"}, {Name: "Data Dimensions (extension)", Text: "7"}},
		},
		{
			"core wins even when it comes later", object("extensions", object("data_dimensions", nx.Int(7)),
				"Data Dimensions", nx.Int(1)),
			[]nx.Param{{Name: "Data Dimensions", Text: "1"}, {Name: "Data Dimensions (extension)", Text: "7"}},
		},
		{
			"two flat names", object("a", object("b", nx.Int(1)), "a – b", nx.Int(2)),
			[]nx.Param{{Name: "a – b", Text: "1"}, {Name: "a – b (2)", Text: "2"}},
		},
		{
			"order among equal lower-case names is that of the metadata", object("b", nx.Int(1), "B", nx.Int(2), "a",
				nx.Int(3)),
			[]nx.Param{{Name: "a", Text: "3"}, {Name: "b", Text: "1"}, {Name: "B", Text: "2"}},
		},
		{
			"no name", object("", nx.Int(1), "\x00", nx.Int(2)),
			[]nx.Param{{Name: "(unnamed)", Text: "1"}, {Name: "(unnamed) (2)", Text: "2"}},
		},
		{"extensions that are no object", object("extensions", nx.Text("x")), []nx.Param{{Name: "extensions", Text: "x"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, one(t, c.meta)) })
	}
}

func TestWarningMarks(t *testing.T) {
	meta := func(warnings nx.List) *nx.Object {
		return object("acceleration_voltage", nx.Int(1), "stage_position", object("x", nx.Int(1), "y", nx.Int(2)),
			"Operator", nx.Text("USER"), "extensions", object("EDS", object("Live time", nx.Int(1)), "spot_size",
				nx.Int(3)),
			"warnings", warnings)
	}
	cases := []struct {
		name     string
		warnings nx.List
		want     []string
	}{
		{"none", nx.List{}, nil},
		{"plain", paths([]string{"Operator"}), []string{"Operator"}},
		{"renamed", paths([]string{"acceleration_voltage"}), []string{"Acceleration Voltage"}},
		{"by display name", paths([]string{"Acceleration Voltage"}), []string{"Acceleration Voltage"}},
		{"nested", paths([]string{"stage_position", "x"}), []string{"Stage Position – x"}},
		{"group", paths([]string{"stage_position"}), []string{"Stage Position – x", "Stage Position – y"}},
		{"extension", paths([]string{"extensions", "EDS", "Live time"}), []string{"EDS – Live time"}},
		{
			"extension without the word", paths([]string{"EDS", "Live time"}, []string{"spot_size"}),
			[]string{"EDS – Live time", "Spot Size"},
		},
		{
			"text",
			nx.List{nx.Text("Operator"), nx.Text("EDS Live time"), nx.Text("Stage Position – y")},
			[]string{"EDS – Live time", "Operator", "Stage Position – y"},
		},
		{"extension named, core of that name", paths([]string{"extensions", "Operator"}), nil},
		{"too long", paths([]string{"Operator", "x"}, []string{}), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var marked []string
			for _, p := range one(t, meta(c.warnings)) {
				if p.Warning {
					marked = append(marked, p.Name)
				}
			}
			assert.Equal(t, c.want, marked)
		})
	}
}

func TestSetupAndUniqueParameters(t *testing.T) {
	in := aSession(t,
		object("V", nx.Q(200, "kV"), "Mag", nx.Int(10), "Op", nx.Text("a"), "N", nx.Null{}, "warnings",
			paths([]string{"Mag"})),
		object("V", nx.Q(200000, "V"), "Mag", nx.Float(20), "N", nx.Int(1)),
		object("V", nx.Q(200, "kV"), "Mag", nx.Int(20), "Op", nx.Text("a"), "N", nx.Int(1), "warnings",
			paths([]string{"V"})))
	in.Sensitivity = 0
	rec := build(t, in)
	require.Len(t, rec.Activities, 1)
	a := rec.Activities[0]
	assert.Equal(t, []nx.Param{{Name: "V", Text: "200.0", Unit: "kV", Warning: true}}, a.Setup)
	assert.Equal(t, []nx.Param{{Name: "Mag", Text: "10", Warning: true}, {Name: "Op", Text: "a"}}, a.Datasets[0].Meta)
	assert.Equal(t, []nx.Param{{Name: "Mag", Text: "20.0"}, {Name: "N", Text: "1"}}, a.Datasets[1].Meta)
	assert.Equal(t, []nx.Param{{Name: "Mag", Text: "20"}, {Name: "N", Text: "1"}, {Name: "Op", Text: "a"}},
		a.Datasets[2].Meta)
}

func TestSeveralSignalsOfAFile(t *testing.T) {
	in := aSession(t, object("A", nx.Int(1)), object("A", nx.Int(1)))
	for i := range in.Signals {
		in.Signals[i].Location, in.Signals[i].Time = "/SEM_A/x/m 1.dm4", in.Signals[0].Time
		in.Signals[i].Index, in.Signals[i].Count, in.Signals[i].Format = i, 2, ""
	}
	slices.Reverse(in.Signals)
	a := build(t, in).Activities[0]
	assert.Equal(t, []nx.Param{{Name: "A", Text: "1"}}, a.Setup)
	assert.Equal(t, "m 1.dm4 (1 of 2)", a.Datasets[0].Name)
	assert.Equal(t, "m 1.dm4 (2 of 2)", a.Datasets[1].Name)
	assert.Equal(t, "SEM_A/x/m 1.dm4", a.Datasets[1].Location)
	assert.Equal(t, "DM4", a.Datasets[1].Format)
	assert.Equal(t, []int{1, 2}, []int{a.Datasets[1].Signal, a.Datasets[1].Signals})
}

func TestActivitiesByTime(t *testing.T) {
	in := aSession(t, object(), object(), object(), object(), object())
	for i, s := range []int{0, 1, 2, 100, 101} {
		in.Signals[i].Time = in.Session.From.Add(time.Duration(s) * time.Minute)
	}
	slices.Reverse(in.Signals)
	rec := build(t, in)
	require.Len(t, rec.Activities, 2)
	assert.Len(t, rec.Activities[0].Datasets, 3)
	assert.Equal(t, "a.dm3", rec.Activities[0].Datasets[0].Name)
	assert.Equal(t, "2024-05-06T10:42:11-04:00", rec.Activities[1].Start.Format(time.RFC3339))
	assert.Equal(t, rec.Samples[0].ID, rec.Activities[1].SampleID)
}

func TestDatasetTypes(t *testing.T) {
	for given, want := range map[string]nx.DatasetType{
		"Diffraction": nx.Diffraction, "Notes": nx.UnknownType,
		"image": nx.UnknownType,
	} {
		rec := build(t, aSession(t, object("DatasetType", nx.Text(given))))
		assert.Equal(t, want, rec.Activities[0].Datasets[0].Type)
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	in := aSession(t, object("b_b", nx.Int(1), "B B", nx.Int(2), "x", nx.Float(0.1)), object("x", nx.Float(0.1)),
		object("y", nx.Int(1)))
	first, _, err := record.Encode(build(t, in))
	require.NoError(t, err)
	for range 20 {
		slices.Reverse(in.Signals)
		again, _, err := record.Encode(build(t, in))
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
	}
}

func TestBuildLeavesItsInputAlone(t *testing.T) {
	in := aSession(t, object("b_b", nx.Int(1), "extensions", object("b_b", nx.Int(2))))
	before := in.Signals[0].Meta.Clone()
	build(t, in)
	assert.Equal(t, before, in.Signals[0].Meta)
}

func TestBuildTellsWhatItChanged(t *testing.T) {
	var log bytes.Buffer
	in := aSession(t, object("DatasetType", nx.Text("?"), "a_b", nx.Int(1), "extensions", object("a_b", nx.Int(2))),
		object("a_b", nx.Int(1), "extensions", object("a_b", nx.Int(2))))
	in.Reservation.Samples[0].Elements = []string{"Qq"}
	in.Reservation.URL = "javascript:x"
	in.Logger = slog.New(slog.NewTextHandler(&log, nil))
	build(t, in)
	assert.Equal(t, 1, bytes.Count(log.Bytes(), []byte("two parameters have the same name")), "told once for all files")
	for _, text := range []string{
		"count=2", "dataset type unknown to the schema", "elements left out",
		"address left out",
	} {
		assert.Contains(t, log.String(), text)
	}
}

func TestFileName(t *testing.T) {
	start := time.Date(2024, 5, 6, 23, 30, 0, 0, newYork(t))
	cases := []struct{ name, pid, harvester, id, want string }{
		{"NEMO", "SEM-A", "nemo", "https://nemo.example.org/api/usage_events/?id=5120", "2024-05-06_SEM-A_5120.xml"},
		{"up to the first hyphen", "SEM-A", "sessionfile", "ab12-34-56", "2024-05-06_SEM-A_ab12.xml"},
		{"no hyphen", "SEM-A", "sessionfile", "s5120", "2024-05-06_SEM-A_s5120.xml"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := record.FileName(nx.Session{ID: c.id, From: start}, nx.Instrument{PID: c.pid, Harvester: c.harvester})
			assert.Equal(t, c.want, got)
		})
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	start := time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	hostile := []string{
		"../../etc/passwd", "/abs", `C:\x`, "CON", "a.", "a\nb", "a\x00b",
		string(make([]byte, 300)), "", "é", "e\u0301",
		"..", ".", "-", "a/b", "a b", "a_b", "~x", "?id=1",
	}
	for _, text := range hostile {
		for _, harvester := range []string{"nemo", "other"} {
			for _, in := range [][2]string{{text, "s1"}, {"SEM", text}, {"SEM", "http://x/?id=" + text}} {
				name := record.FileName(nx.Session{ID: in[1], From: start}, nx.Instrument{PID: in[0], Harvester: harvester})
				assert.Regexp(t, `^2024-05-06_[A-Za-z0-9_.-]+_[A-Za-z0-9_.-]+\.xml$`, name)
				assert.LessOrEqual(t, len(name), 200)
				assert.NotContains(t, name, "..")
			}
		}
		seen[record.FileName(nx.Session{ID: "s1", From: start}, nx.Instrument{PID: text})] = true
	}
	assert.Len(t, seen, len(hostile), "hostile ids keep distinct names")
}

func BenchmarkBuild(b *testing.B) {
	var metas []*nx.Object
	for i := range 200 {
		meta := object("acceleration_voltage", nx.Q(300, "kV"), "stage_position", object("x", nx.Q(float64(i), "um")))
		for j := range 30 {
			meta.Set(strings.Repeat("p", j+1), nx.Int(i%(j+1)))
		}
		metas = append(metas, meta)
	}
	in := aSession(b, metas...)
	for b.Loop() {
		if _, err := record.Build(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
