package elabftw_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/elabftw"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// keyed returns metadata with a key.
func keyed(session string) string {
	b, err := json.Marshal(map[string]any{"extra_fields": map[string]any{"Session ID": map[string]any{"type": "text", "value": session}}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestFind(t *testing.T) {
	for _, o := range []elabftwtest.Options{{}, {BareLists: true}, {Version: "5.6.12"}} {
		s := newServer(t, o)
		job := newJob()
		d := open(t, s.URL, s.Key, nil)
		_, exists, err := d.Find(t.Context(), job)
		require.NoError(t, err)
		require.False(t, exists)

		made, err := d.Export(t.Context(), job)
		require.NoError(t, err)
		found, exists, err := open(t, s.URL, s.Key, nil).Find(t.Context(), job)
		require.NoError(t, err)
		require.True(t, exists)
		assert.Equal(t, []string{made.ID, made.URL, made.Digest}, []string{found.ID, found.URL, found.Digest})
		assert.False(t, found.Partial)

		found, _, err = d.Find(t.Context(), next(job))
		require.NoError(t, err)
		assert.Empty(t, found.Digest, "another version stands there")
		s.Edit(41, func(e *elabftwtest.Experiment) { e.Tags = nil })
		found, _, err = d.Find(t.Context(), job)
		require.NoError(t, err)
		assert.Equal(t, []any{true, elabftw.StepAttached}, []any{found.Partial, found.Step})
		s.Edit(41, func(e *elabftwtest.Experiment) { e.Uploads = nil })
		found, _, err = d.Find(t.Context(), job)
		require.NoError(t, err)
		assert.Equal(t, []any{true, elabftw.StepCreated}, []any{found.Partial, found.Step})
		s.Delete(41)
		_, exists, err = d.Find(t.Context(), job)
		require.NoError(t, err)
		assert.False(t, exists, "deleted ones are shown by the server, and gone")
	}
}

// TestFindIsExact: the server's search has wildcards, finds parts and knows no case.
func TestFindIsExact(t *testing.T) {
	for _, session := range []string{
		"https://nemo.example.org/event_details/usage/1/", "a_b", "100%", `quo"te`, `it's`, `back\slash`, "two\nlines", "Ünïcödé 🔬", " ", "**", "CASE",
		`" OR title:"x`, strings.Repeat("long ", 60), "a\x00b\xff",
	} {
		s := newServer(t, elabftwtest.Options{})
		for _, other := range []string{session + "1", "x" + session, strings.ToLower(session) + "?", "axb", "1000", "quoxte", "case", "title"} {
			s.Put(elabftwtest.Experiment{Title: "other", Metadata: keyed(other)})
		}
		s.Put(elabftwtest.Experiment{Title: "none"})
		job := exportertest.NewJob(1, "Grain map", exporters.Files{})
		job.Session.ID = session
		d := open(t, s.URL, s.Key, nil)
		_, exists, err := d.Find(t.Context(), job)
		require.NoError(t, err, "%q", session)
		require.False(t, exists, "%q", session)
		made, err := d.Export(t.Context(), job)
		require.NoError(t, err, "%q", session)
		found, exists, err := d.Find(t.Context(), job)
		require.NoError(t, err, "%q", session)
		require.True(t, exists, "%q", session)
		assert.Equal(t, made.ID, found.ID)
		assert.Equal(t, nexuslims.ValidText(session), extraField(t, s.All()[len(s.All())-1], "Session ID")["value"])
	}
}

// TestFindReadsAllPages: what is looked for may be the last of many.
func TestFindReadsAllPages(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	made, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	for n := range 44 {
		s.Put(elabftwtest.Experiment{Title: "other", Metadata: keyed(job.Session.ID + fmt.Sprint(n))})
	}
	found, exists, err := open(t, s.URL, s.Key, nil).Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, exists)
	assert.Equal(t, made.ID, found.ID)
}

func TestFindOfSeveral(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	for _, title := range []string{"copy", "NexusLIMS Experiment - " + job.Name, "NexusLIMS Experiment - " + job.Name, "copy I"} {
		s.Put(elabftwtest.Experiment{Title: title, Metadata: keyed(job.Session.ID)})
	}
	found, exists, err := open(t, s.URL, s.Key, nil).Find(t.Context(), job)
	require.NoError(t, err)
	require.True(t, exists)
	assert.Equal(t, "43", found.ID, "the newest that people did not copy")
	assert.Equal(t, []string{"the server has several experiments of this session: 43, 42, 44, 41"}, found.Warnings)
}

// TestAdoptedExperiment: what the ledger does not know is compared with what would be
// delivered now.
func TestAdoptedExperiment(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	job.Previous = nil
	_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	s.Edit(41, func(e *elabftwtest.Experiment) { e.Title = "Grains at last"; setField(t, e, "User", "value", "Ned") })
	again := newJob() // with a link this time
	again.XML = append(again.XML, "<!-- next -->"...)
	again.Digest = ""
	again.Reconcile = func([]byte) (exporters.Reconciled, error) { return exporters.Reconciled{Document: again.XML}, nil }
	d := open(t, s.URL, s.Key, nil)
	found, exists, err := d.Find(t.Context(), again)
	require.NoError(t, err)
	require.True(t, exists)
	receipt, err := d.Update(t.Context(), again, stored(t, found))
	require.NoError(t, err)
	said := strings.Join(receipt.Warnings, "\n")
	assert.Contains(t, said, "people changed the title")
	assert.Contains(t, said, `"User" has another value`)
	assert.NotContains(t, said, "text")
	e := s.Experiments()[0]
	assert.Equal(t, wantBody, e.Body, "the link was added")
	assert.Equal(t, "Grains at last", e.Title)
	assert.Equal(t, link, extraField(t, e, "CDCS Record")["value"])
}

// TestExperimentOfThePythonProgram: what it left is known by its key and its words, and
// brought up to date like our own.
func TestExperimentOfThePythonProgram(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	job.Session.To = job.Session.To.Add(1500 * time.Microsecond)
	s.Put(elabftwtest.Experiment{
		Title: "NexusLIMS Experiment - " + job.Name,
		Body: elabftwtest.Purify(strings.Join([]string{
			"<h1>NexusLIMS Microscopy Session</h1>", "<h2>Session Details</h2>", "<ul>", "<li><strong>Session ID</strong>: " + job.Session.ID + "</li>",
			"<li><strong>Instrument</strong>: TEST-TOOL</li>", "<li><strong>User</strong>: ned</li>",
			"<li><strong>Start</strong>: 2024-05-06T09:01:00-06:00</li>", "<li><strong>End</strong>: 2024-05-06T11:01:00.001500-06:00</li>", "</ul>",
			"<h2>Files</h2>", "<p>The complete NexusLIMS XML record is attached to this experiment.</p>",
		}, "\n")),
		Metadata: keyed(job.Session.ID), Tags: []string{"NexusLIMS", "TEST-TOOL", "ned"},
		Uploads: []elabftwtest.Upload{{ID: 5, RealName: job.Name + ".xml", Comment: "NexusLIMS XML record", Content: []byte("<old/>"), State: 1}},
	})
	job.Reconcile = func([]byte) (exporters.Reconciled, error) { return exporters.Reconciled{Document: job.XML}, nil }
	receipt, err := open(t, s.URL, s.Key, nil).Update(t.Context(), job, exporters.Receipt{ID: "41", URL: s.URL + "//experiments.php?mode=view&id=41"})
	require.NoError(t, err)
	assert.Empty(t, receipt.Warnings)
	assert.Equal(t, s.URL+"/experiments.php?mode=view&id=41", receipt.URL)
	e := s.Experiments()[0]
	assert.Equal(t, strings.Replace(wantBody, "11:01:00-06:00", "11:01:00.001500-06:00", 1), e.Body)
	assert.Equal(t, link, extraField(t, e, "CDCS Record")["value"])
	assert.Equal(t, string(job.XML), string(e.Attached()[0].Content))
}

func TestNoDocument(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	job.XML = nil
	_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid)
	assert.Empty(t, s.Requests(), "that is noticed before anything is asked")
}

// TestAnswersWithoutAnID: what was made is found by its key.
func TestAnswersWithoutAnID(t *testing.T) {
	for name, answer := range map[string]elabftwtest.Fault{
		"no Location":     {},
		"id in the body":  {Status: 201, Commit: true, Body: `{"id":41}`},
		"strange place":   {Status: 201, Commit: true, Header: map[string][]string{"Location": {"https://x/experiments/new"}}},
		"page and no id":  {Status: 201, Commit: true, Body: "<html>", Header: map[string][]string{"Content-Type": {"text/html"}}},
		"query behind it": {Status: 201, Commit: true, Header: map[string][]string{"Location": {"https://x/api/v2/experiments/41?a=1"}}},
		"slash behind it": {Status: 201, Commit: true, Header: map[string][]string{"Location": {"/api/v2/experiments/41/"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{NoLocation: name == "no Location"})
			if answer.Status != 0 {
				answer.Method, answer.Path, answer.Times = "POST", "experiments", 1
				s.Inject(answer)
			}
			receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
			require.NoError(t, err)
			assert.Equal(t, "41", receipt.ID)
			require.Len(t, s.Experiments(), 1)
			assert.Len(t, s.Experiments()[0].Uploads, 1)
		})
	}
}
