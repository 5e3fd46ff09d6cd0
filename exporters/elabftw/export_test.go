package elabftw_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/elabftw"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
)

const link = "https://cdcs.example.org/data?id=7"

func newJob() *exporters.Job {
	job := exportertest.NewJob(1, "Grain map", exporters.Files{})
	job.Previous = map[string]exporters.Receipt{"cdcs": {ID: "7", URL: link}}
	return job
}

// extraField reads an extra field of an experiment.
func extraField(t *testing.T, e elabftwtest.Experiment, name string) map[string]any {
	t.Helper()
	var m struct {
		Fields map[string]map[string]any `json:"extra_fields"`
	}
	require.NoError(t, json.Unmarshal([]byte(e.Metadata), &m))
	return m.Fields[name]
}

const wantBody = `<h1>NexusLIMS Microscopy Session</h1><h2>Session Details</h2><ul>` +
	`<li><strong>Session ID</strong>: https://nemo.example.org/event_details/usage/1001/</li>` +
	`<li><strong>Instrument</strong>: TEST-TOOL</li><li><strong>User</strong>: ned</li>` +
	`<li><strong>Start</strong>: 2024-05-06T09:01:00-06:00</li><li><strong>End</strong>: 2024-05-06T11:01:00-06:00</li></ul>` +
	`<h2>Related Records</h2><ul><li><a href="https://cdcs.example.org/data?id=7" target="_blank" rel="noreferrer noopener">View in CDCS</a></li></ul>` +
	`<h2>Files</h2><p>The complete NexusLIMS XML record is attached to this experiment.</p>`

func TestExport(t *testing.T) {
	for name, o := range map[string]elabftwtest.Options{
		"5.3": {}, "5.3 with Markdown": {Markdown: true}, "5.4": {Version: "5.4.0"}, "5.6": {Version: "5.6.12"},
		"below a path": {Prefix: "/elab"}, "no digests": {NoHash: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, o)
			d := open(t, s.URL, s.Key, settings.Map{"NX_ELABFTW_EXPERIMENT_CATEGORY": "2", "NX_ELABFTW_EXPERIMENT_STATUS": "1"})
			job := newJob()
			var steps []string
			job.Progress = func(_ context.Context, r exporters.Receipt) error {
				steps = append(steps, r.Step)
				assert.Equal(t, "41", r.ID)
				return nil
			}
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			assert.Equal(t, "41", receipt.ID, "the id is that of Location, whatever host it names")
			assert.Equal(t, s.URL+"/experiments.php?mode=view&id=41", receipt.URL)
			assert.Equal(t, elabftw.StepDone, receipt.Step)
			assert.False(t, receipt.Partial)
			assert.Equal(t, job.Digest, receipt.Digest)
			assert.Empty(t, receipt.Warnings)
			assert.Contains(t, steps, elabftw.StepCreated)
			assert.Equal(t, elabftw.StepAttached, steps[len(steps)-1])

			require.Len(t, s.Experiments(), 1)
			e := s.Experiments()[0]
			assert.Equal(t, "NexusLIMS Experiment - "+job.Name, e.Title)
			assert.Equal(t, wantBody, e.Body)
			assert.Equal(t, []int{2, 1, 1}, []int{e.Category, e.Status, e.ContentType})
			assert.Equal(t, []string{"NexusLIMS", "TEST-TOOL", "ned"}, e.Tags)
			require.Len(t, e.Uploads, 1)
			assert.Equal(t, string(job.XML), string(e.Uploads[0].Content))
			assert.Equal(t, []string{job.Name + ".xml", "NexusLIMS XML record"}, []string{e.Uploads[0].RealName, e.Uploads[0].Comment})
			assert.Equal(t, 1, s.Asked("POST experiments/41/uploads"))
			assert.Equal(t, 1, s.Asked("GET info"), "the version is asked for once")
		})
	}
}

func TestExtraFields(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"elabftw": {"display_main_text": true, "extra_fields_groups": [{"id": 1, "name": "Session Information"}, {"id": 2, "name": "Related Records"}]},
		"extra_fields": {
			"Session ID": {"type": "text", "value": "https://nemo.example.org/event_details/usage/1001/", "position": 1, "group_id": 1,
				"description": "NexusLIMS session identifier", "blank_value_on_duplicate": true},
			"Instrument": {"type": "text", "value": "TEST-TOOL", "position": 2, "group_id": 1, "description": "Instrument persistent identifier"},
			"Start Time": {"type": "datetime-local", "value": "2024-05-06T09:01", "position": 3, "group_id": 1, "description": "Session start time (UTC-06:00)"},
			"End Time": {"type": "datetime-local", "value": "2024-05-06T11:01", "position": 4, "group_id": 1, "description": "Session end time (UTC-06:00)"},
			"User": {"type": "text", "value": "ned", "position": 5, "group_id": 1, "description": "User who performed the session"},
			"CDCS Record": {"type": "url", "value": "https://cdcs.example.org/data?id=7", "position": 10, "group_id": 2, "description": "Link to CDCS record"}
		}}`, s.Experiments()[0].Metadata)
}

func TestWithoutUserAndLink(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	job := newJob()
	job.Session.User, job.Reservation.Username = "", ""
	job.Previous["cdcs"] = exporters.Receipt{ID: "7", URL: "javascript:alert(1)"}
	_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
	require.NoError(t, err)
	e := s.Experiments()[0]
	assert.NotContains(t, e.Body, "User")
	assert.NotContains(t, e.Body, "<a")
	assert.Nil(t, extraField(t, e, "User"))
	assert.Nil(t, extraField(t, e, "CDCS Record"))
	assert.NotContains(t, e.Metadata, "Related Records")
	assert.Equal(t, []string{"NexusLIMS", "TEST-TOOL"}, e.Tags)
}

// TestAddresses: people write the address in several ways, and the record's own may be the
// server's idea of itself.
func TestAddresses(t *testing.T) {
	for _, tail := range []string{"", "/", "///", "/api/v2", "/api/v2/", "/api/"} {
		s := newServer(t, elabftwtest.Options{Prefix: "/elab"})
		receipt, err := open(t, s.URL+tail, s.Key, nil).Export(t.Context(), newJob())
		require.NoError(t, err, tail)
		assert.Equal(t, s.URL+"/experiments.php?mode=view&id=41", receipt.URL)
	}
}

// TestSharedLinkStaysSecret: an experiment that people opened to whoever has its link has
// a key in that, which is in no receipt.
func TestSharedLinkStaysSecret(t *testing.T) {
	s := newServer(t, elabftwtest.Options{OwnSiteURL: true})
	d := open(t, s.URL, s.Key, nil)
	job := newJob()
	receipt, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	assert.Equal(t, s.URL+"/experiments.php?mode=view&id=41", receipt.URL)
	s.Edit(41, func(e *elabftwtest.Experiment) { e.AccessKey = "c4nary" })
	receipt, err = d.Update(t.Context(), next(job), receipt)
	require.NoError(t, err)
	assert.Equal(t, s.URL+"/experiments.php?mode=view&id=41", receipt.URL)
	assert.NotContains(t, fmt.Sprint(receipt), "c4nary")
}

func TestOldKey(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	d := open(t, s.URL, s.OldKey(), nil)
	require.NoError(t, d.Check(t.Context()))
	_, err := d.Export(t.Context(), newJob())
	require.NoError(t, err)
}

func TestTemplate(t *testing.T) {
	for _, version := range []string{"5.3.11", "5.4.0"} {
		t.Run(version, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{Version: version, ForceTemplate: true})
			d := open(t, s.URL, s.Key, settings.Map{"NX_ELABFTW_EXPERIMENT_TEMPLATE": "1", "NX_ELABFTW_EXPERIMENT_CATEGORY": "2"})
			job := newJob()
			_, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			require.Len(t, s.Experiments(), 1)
			e := s.Experiments()[0]
			assert.Equal(t, "NexusLIMS Experiment - "+job.Name, e.Title)
			assert.Equal(t, wantBody, e.Body)
			assert.Equal(t, 2, e.Category)
			assert.Equal(t, []string{"template", "NexusLIMS", "TEST-TOOL", "ned"}, e.Tags)
			assert.Equal(t, map[string]any{"type": "text", "value": "Cu", "group_id": 1.0}, extraField(t, e, "Grid"), "the template's own stays")
			assert.Contains(t, e.Metadata, `"own":[1]`)
			assert.Contains(t, e.Metadata, `"extra_fields_groups":[{"id":1,"name":"Sample"},{"id":2,"name":"Session Information"},{"id":3,"name":"Related Records"}]`)
			assert.InDelta(t, 2, extraField(t, e, "Session ID")["group_id"], 0)
			assert.InDelta(t, 3, extraField(t, e, "CDCS Record")["group_id"], 0)
		})
	}
}

func TestTeamThatDemandsATemplate(t *testing.T) {
	for _, version := range []string{"5.3.11", "5.4.0"} {
		s := newServer(t, elabftwtest.Options{Version: version, ForceTemplate: true})
		_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
		require.ErrorContains(t, err, "NX_ELABFTW_EXPERIMENT_TEMPLATE")
		assert.Empty(t, s.Experiments())
	}
}

func TestTagsThatAreRefusedAreAWarning(t *testing.T) {
	s := newServer(t, elabftwtest.Options{ForbidTags: true})
	receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
	require.NoError(t, err)
	assert.False(t, receipt.Partial)
	require.Len(t, receipt.Warnings, 3)
	assert.Contains(t, receipt.Warnings[0], "Users cannot create tags.")
	assert.Len(t, s.Experiments(), 1)
}

func TestTheRecordsNameIsNoPath(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	d := open(t, s.URL, s.Key, nil)
	for i, name := range []string{`../../a/b\c"d` + "\n", "..", strings.Repeat("é", 400), `x";name="comment`} {
		job := exportertest.NewJob(i, "Grain map", exporters.Files{})
		job.Name = name
		_, err := d.Export(t.Context(), job)
		require.NoError(t, err, name)
		e := s.Experiments()[i]
		require.Len(t, e.Uploads, 1)
		assert.NotRegexp(t, `[/\\"\n]|^\.\.`, e.Uploads[0].RealName)
		assert.True(t, strings.HasSuffix(e.Uploads[0].RealName, ".xml"))
		assert.Less(t, len([]rune(e.Uploads[0].RealName)), 210)
		assert.LessOrEqual(t, len([]rune(e.Title)), 255)
		assert.Equal(t, "NexusLIMS XML record", e.Uploads[0].Comment)
	}
}
