package realtest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// pinned is the present of the facility whose times are relative to now.
const pinned = "2026-11-21T20:54:31-05:00"

// event is a usage event as the scheduler tells it.
type event struct {
	ID    int        `json:"id"`
	Start time.Time  `json:"start"`
	End   *time.Time `json:"end"`
	Tool  int        `json:"tool"`
}

// outcome is what a program made of one event.
type outcome struct {
	Instrument   string
	User         string
	Status       nexuslims.Status
	Record       string
	Title        string
	ID           string
	Experimenter string
	Start        string `json:"reservationStart"`
	End          string `json:"reservationEnd"`
	Motivation   string
	Samples      []sampleFacts
	Project      string
	Activity     string `json:"-"` // start, where the case is about it
}

type sampleFacts struct {
	Name, Ref   string
	Description string `json:"-"`
	Elements    []string
}

// better lists the events where we do something else than the Python program, with what
// we do: it took silence for consent, missed reservations by containment, lost answers,
// named other people, or failed.
func better() map[int]func(*outcome) {
	record := func(id, title, who, start, end string, samples ...sampleFacts) func(*outcome) {
		return func(o *outcome) {
			o.Status, o.ID, o.Title, o.Experimenter, o.Start, o.End, o.Samples = nexuslims.Completed, id, title, who, start, end, samples
			o.Motivation, o.Project = "", ""
		}
	}
	const lise, marie, zoe = "Lise Meitner (LMeitner)", "Marie Curie (mcurie)", "Zoë Müller-Łukasiewicz (zmuller)"
	none := func(status nexuslims.Status) func(*outcome) {
		return func(o *outcome) { *o = outcome{Instrument: o.Instrument, User: o.User, Status: status} }
	}
	both := func(fs ...func(*outcome)) func(*outcome) {
		return func(o *outcome) {
			for _, f := range fs {
				f(o)
			}
		}
	}
	return map[int]func(*outcome){
		1007: none(nexuslims.ConsentRefused),
		1008: record("108", "Checkbox consent", lise, "2024-05-14T09:00:00-04:00", "2024-05-14T12:00:00-04:00"),
		1012: none(nexuslims.NoBooking),
		1021: func(o *outcome) {
			o.ID, o.Title, o.Experimenter = "123", "Tie, earlier", marie
			o.Start, o.End = "2024-05-07T08:00:00-04:00", "2024-05-07T10:30:00-04:00"
		},
		1024: both(record("129", "Long series", "Ernst Ruska (eruska)", "2024-05-10T18:00:00-04:00", "2024-05-20T08:00:00-04:00"),
			func(o *outcome) { o.Project = "MD-2024-02" }),
		1031: func(o *outcome) {
			o.Title, o.Project, o.Samples = "Given before", "MD-2024-02", []sampleFacts{{Name: "Au on C"}}
		},
		1035: func(o *outcome) { o.Title = "Refused first" },
		1040: record("140", "Remote session", marie, "2024-05-06T09:00:00-04:00", "2024-05-06T12:00:00-04:00"),
		1050: both(record("150", "Clocks go back", marie, "2024-11-03T00:00:00-04:00", "2024-11-03T03:00:00-05:00"),
			func(o *outcome) { o.Activity = "2024-11-03T01:52:30-04:00" }),
		1062: func(o *outcome) { o.Experimenter = "Kiosk (kiosk)" },
		1063: func(o *outcome) { o.Experimenter = marie },
		1071: record("171", "Many samples", zoe, "2024-05-07T09:00:00-04:00", "2024-05-07T12:00:00-04:00", twelve()...),
		1072: record("172", "Half-filled samples", zoe, "2024-05-08T09:00:00-04:00", "2024-05-08T12:00:00-04:00",
			sampleFacts{Name: "no kind", Description: "kind not chosen"}, sampleFacts{Elements: []string{"Si"}}),
		1073: func(o *outcome) { o.Samples = []sampleFacts{{Name: "Wafer 7", Description: "as grown"}} },
		1074: record("174", "Group not answered", zoe, "2024-05-10T09:00:00-04:00", "2024-05-10T12:00:00-04:00"),
		1075: record("175", "Group half answered", zoe, "2024-05-13T09:00:00-04:00", "2024-05-13T12:00:00-04:00"),
	}
}

func twelve() []sampleFacts {
	var out []sampleFacts
	for _, word := range strings.Fields("n00 n02 r03 n04 r05 n06 r07 n08 r09 n10 r11 n12") {
		s := sampleFacts{Name: "chip " + word[1:]}
		if word[0] == 'r' {
			s = sampleFacts{Ref: "chip " + word[1:]}
		}
		out = append(out, s)
	}
	return out
}

// TestFacility takes every finished event of the facility through a real NEMO.
func TestFacility(t *testing.T) {
	realtest.Wanted(t)
	nemo := realtest.StartNEMO(t, "NEMO_NOW="+pinned)
	s := newSite(t, nemo, nil)
	s.env["NX_FILE_STRATEGY"] = "inclusive"
	s.env["NX_FOLDER_EXPORT_PATH"] = s.path("site")
	s.now = func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	events := layOut(t, s, nemo)

	report, o := s.build("--from", "none")
	require.Equal(t, 0, o.code, o.err)
	require.Len(t, report.Sessions, 50)
	statuses := map[nexuslims.Status]int{}
	for _, session := range report.Sessions {
		statuses[session.Status]++
	}
	assert.Equal(t, map[nexuslims.Status]int{nexuslims.Completed: 32, nexuslims.ConsentRefused: 9, nexuslims.NoBooking: 9}, statuses)

	want := wanted(t)
	for _, session := range report.Sessions {
		var id int
		_, err := fmt.Sscanf(session.ID[strings.LastIndex(session.ID, "=")+1:], "%d", &id)
		require.NoError(t, err)
		t.Run(fmt.Sprint(id), func(t *testing.T) {
			w := want[id]
			assert.Equal(t, w.Status, session.Status, session.Error)
			assert.Equal(t, w.User, session.User)
			assert.True(t, session.From.Equal(events[id].Start) && session.To.Equal(*events[id].End), "times of the event")
			if w.Status == nexuslims.Completed && session.Status == nexuslims.Completed {
				checkRecord(t, s, w, session.Record)
			}
		})
	}
	_, o = s.build("--from", "none")
	assert.Equal(t, 0, o.code, o.err)
}

// layOut makes the instruments and one text file at the middle of each event.
func layOut(t *testing.T, s *site, nemo realtest.NEMO) map[int]event {
	t.Helper()
	var tools []struct {
		ID   int
		Name string
	}
	call(t, "GET", nemo.URL+"tools/", nemo.Tokens["admin"], nil, &tools)
	var list []instrument
	for _, tool := range tools {
		if tool.ID <= 12 {
			list = append(list, instrument{
				fmt.Sprintf("Tool-%02d", tool.ID), tool.Name, fmt.Sprint(tool.ID), fmt.Sprintf("tool_%02d", tool.ID), "America/New_York",
			})
		}
	}
	s.instruments(list...)
	var all []event
	call(t, "GET", nemo.URL+"usage_events/", nemo.Tokens["admin"], nil, &all)
	events := map[int]event{}
	for _, e := range all {
		events[e.ID] = e
		if e.End != nil && e.Tool <= 12 {
			middle := e.Start.Add(e.End.Sub(e.Start) / 2)
			s.write(fmt.Sprintf("tool_%02d/event_%d.txt", e.Tool, e.ID), []byte("notes\n"), middle)
		}
	}
	return events
}

// wanted reads what the Python program made of the events and applies what we do better.
func wanted(t *testing.T) map[int]outcome {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata.Dir(t), "reference-output", "facility", "outcome.json"))
	require.NoError(t, err)
	var raw map[int]outcome
	require.NoError(t, json.Unmarshal(b, &raw))
	for id, change := range better() {
		o := raw[id]
		change(&o)
		raw[id] = o
	}
	return raw
}

func checkRecord(t *testing.T, s *site, w outcome, name string) {
	t.Helper()
	if w.Record != "" {
		assert.Equal(t, strings.TrimSuffix(w.Record, ".xml"), name)
	}
	b, err := os.ReadFile(s.path("data", "records", "uploaded", name+".xml"))
	require.NoError(t, err)
	r := decoded(t, b)
	assert.Equal(t, w.Title, r.Title)
	assert.Equal(t, w.ID, r.ID)
	assert.Equal(t, strings.Join(strings.Fields(w.Experimenter), " "), r.Experimenter)
	assert.Equal(t, w.Instrument, r.InstrumentPID)
	assert.Equal(t, strings.TrimSpace(w.Motivation), r.Motivation)
	assert.Equal(t, w.Start, r.Start.Format(time.RFC3339Nano))
	assert.Equal(t, w.End, r.End.Format(time.RFC3339Nano))
	project := ""
	for _, p := range r.Projects {
		project += p.ID
	}
	assert.Equal(t, w.Project, project)
	require.Len(t, r.Activities, 1)
	require.Len(t, r.Activities[0].Datasets, 1)
	if w.Activity != "" {
		assert.Equal(t, w.Activity, r.Activities[0].Start.Format(time.RFC3339))
	}
	require.Len(t, r.Samples, len(w.Samples))
	for i, sample := range w.Samples {
		got := r.Samples[i]
		assert.Equal(t, sample.Name, got.Name)
		assert.Equal(t, sample.Ref, got.Ref)
		assert.Equal(t, strings.Join(sample.Elements, " "), strings.Join(got.Elements, " "))
		if sample.Description != "" {
			assert.Equal(t, sample.Description, got.Description)
		}
		assert.NotEmpty(t, got.ID)
	}
	if len(w.Samples) == 0 {
		assert.Empty(t, r.Activities[0].SampleID)
	}
}
