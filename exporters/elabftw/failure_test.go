package elabftw_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func refusal(t *testing.T, message, description string) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"code": 1452, "message": message, "description": description})
	require.NoError(t, err)
	return string(b)
}

func TestRefusals(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html; charset=UTF-8"}}
	const notAllowed = "Sorry, you are not allowed to perform that action."
	key := "1-" + strings.Repeat("ab", 42)
	for name, c := range map[string]struct {
		fault elabftwtest.Fault
		want  nexuslims.Kind
		says  string
	}{
		"bad key, 5.3":    {elabftwtest.Fault{Status: 401, Body: refusal(t, "Unauthorized", "No corresponding API key found!")}, nexuslims.Permission, "the key is refused: Unauthorized: No corresponding"},
		"bad key, 5.4":    {elabftwtest.Fault{Status: 401, Body: refusal(t, "No corresponding API key found!", "")}, nexuslims.Permission, "the key is refused: No corresponding"},
		"no right, 5.3":   {elabftwtest.Fault{Status: 500, Body: refusal(t, "Unexpected error", notAllowed)}, nexuslims.Permission, "may not do this"},
		"no right, 5.4":   {elabftwtest.Fault{Status: 403, Body: refusal(t, notAllowed, "")}, nexuslims.Permission, "may not do this"},
		"read-only, 5.3":  {elabftwtest.Fault{Status: 400, Body: refusal(t, "Bad Request", "You are using a read-only key to execute a write action.")}, nexuslims.Permission, "may only read"},
		"template, 5.4":   {elabftwtest.Fault{Status: 400, Body: refusal(t, "Experiments must use a template!", "")}, nexuslims.Invalid, "NX_ELABFTW_EXPERIMENT_TEMPLATE"},
		"too big":         {elabftwtest.Fault{Status: 400, Body: refusal(t, "Bad Request", "Content is too big! Cannot save!")}, nexuslims.Invalid, "refused: Bad Request: Content is too big"},
		"being edited":    {elabftwtest.Fault{Status: 400, Body: refusal(t, "This entry is being edited by Ned Land.", "")}, nexuslims.Conflict, "Ned Land"},
		"translated":      {elabftwtest.Fault{Status: 422, Body: refusal(t, "Nur Wiederherstellen", "")}, nexuslims.Conflict, "Nur Wiederherstellen"},
		"database":        {elabftwtest.Fault{Status: 500, Body: refusal(t, "SQLSTATE[23000]: 1452 Cannot add", "")}, nexuslims.Internal, "SQLSTATE"},
		"no such page":    {elabftwtest.Fault{Status: 404, Header: html, Body: "<h1>404</h1>"}, nexuslims.Invalid, "NX_ELABFTW_URL"},
		"not found":       {elabftwtest.Fault{Status: 404, Body: refusal(t, "Resource Not Found", "The resource was not found.")}, nexuslims.NotFound, "was not found"},
		"too large":       {elabftwtest.Fault{Status: 413, Header: html, Body: "<h1>413</h1>"}, nexuslims.Invalid, "larger than the server takes"},
		"login page":      {elabftwtest.Fault{Status: 200, Header: html, Body: "<h1>Log in</h1>"}, nexuslims.Invalid, "status 200 where 201"},
		"bad gateway":     {elabftwtest.Fault{Status: 502}, nexuslims.Transient, "502"},
		"unavailable":     {elabftwtest.Fault{Status: 503}, nexuslims.Transient, "503"},
		"throttled":       {elabftwtest.Throttle("", "", 0), nexuslims.Transient, "429"},
		"redirect":        {elabftwtest.Fault{Status: 301, Header: http.Header{"Location": {"/api/v2/experiments/?x=c4nary"}}}, nexuslims.Invalid, "refused to follow"},
		"no id, no trace": {elabftwtest.Fault{Status: 201}, nexuslims.Invalid, "names no id"},
		"long and dirty":  {elabftwtest.Fault{Status: 500, Body: refusal(t, "a\n\tb "+strings.Repeat("x", 5000)+"c4nary", "")}, nexuslims.Internal, "a b xxx"},
		"with the key":    {elabftwtest.Fault{Status: 500, Body: refusal(t, "key "+key+" or "+key[2:]+" at https://u:c4nary@h/p?k=c4nary", "")}, nexuslims.Internal, "key *** or *** at https://h/p"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			c.fault.Method, c.fault.Path = "POST", "experiments"
			s.Inject(c.fault)
			receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want, nexuslims.KindOf(err))
			require.ErrorContains(t, err, c.says)
			assert.Empty(t, receipt.ID)
			assert.Less(t, len(err.Error()), 1000)
			for _, bad := range []string{"\n", "c4nary", s.Key, s.Key[2:]} {
				assert.NotContains(t, err.Error(), bad)
			}
			assert.Equal(t, 1, s.Asked("POST experiments"), "a create is asked for once")
			assert.Empty(t, s.Experiments())
		})
	}
}

// TestReadOnlyKeyAndForeignExperiments: the double's own refusals, in both shapes.
func TestReadOnlyKeyAndForeignExperiments(t *testing.T) {
	for _, version := range []string{"5.3.11", "5.4.0"} {
		s := newServer(t, elabftwtest.Options{Version: version})
		_, err := open(t, s.URL, s.ReadOnly, nil).Export(t.Context(), newJob())
		require.ErrorIs(t, err, nexuslims.Permission)
		require.ErrorContains(t, err, "may only read")
		job := newJob()
		receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
		require.NoError(t, err)
		s.Edit(41, func(e *elabftwtest.Experiment) { e.Owner = 2 })
		_, err = open(t, s.URL, s.Key, nil).Update(t.Context(), next(job), receipt)
		require.ErrorIs(t, err, nexuslims.Permission)
	}
}

func TestFailureAfterTheCreateKeepsTheID(t *testing.T) {
	for _, path := range []string{"experiments/41/uploads", "experiments/41/tags"} {
		s := newServer(t, elabftwtest.Options{})
		s.Inject(elabftwtest.Fault{Method: "POST", Path: path, Status: 503})
		job := newJob()
		receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), job)
		require.ErrorIs(t, err, nexuslims.Transient)
		assert.Equal(t, "41", receipt.ID)
		assert.True(t, receipt.Partial)
		s.Heal()
		receipt = stored(t, receipt)
		job.Earlier = &receipt
		receipt, err = open(t, s.URL, s.Key, nil).Export(t.Context(), job)
		require.NoError(t, err)
		assert.Empty(t, receipt.Warnings)
		assert.Len(t, s.All(), 1)
		assert.Len(t, s.All()[0].Uploads, 1)
		assert.Len(t, s.All()[0].Tags, 3)
	}
}

// TestDamagedAttachmentIsNoticed: the server's digest is compared with ours.
func TestDamagedAttachmentIsNoticed(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	s.Inject(elabftwtest.Fault{Path: "experiments/41", Method: "GET", After: 1, Times: 1, Before: func() {
		s.Edit(41, func(e *elabftwtest.Experiment) { e.Uploads[0].Content = nil })
	}})
	receipt, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
	require.ErrorIs(t, err, nexuslims.Invalid)
	require.ErrorContains(t, err, "did not arrive whole")
	assert.True(t, receipt.Partial)
}

// TestAnswersThatMakeNoSense: a server that never ends a list, another experiment than the
// one asked for, half a document.
func TestAnswersThatMakeNoSense(t *testing.T) {
	rows := "[" + strings.Repeat(`{"id":1,"metadata":null},`, 14) + `{"id":1,"metadata":null}]`
	other := elabftwtest.Fault{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	for name, c := range map[string]struct {
		method, path, body, says string
	}{
		"endless list":     {"GET", "experiments", rows, "does not end"},
		"other experiment": {"GET", "experiments/41", `{"id":42,"state":1}`, "not the experiment"},
		"no state":         {"GET", "experiments/41", `{"id":41}`, "not the experiment"},
		"other afterwards": {"PATCH", "experiments/41", `{"id":42,"state":1}`, "not the experiment"},
		"half a document":  {"GET", "experiments/41/uploads/", `<Exp`, "where the server says that it has"},
		"no list":          {"GET", "experiments?", `{}`, "not the expected JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			d := open(t, s.URL, s.Key, nil)
			job := newJob()
			receipt, err := d.Export(t.Context(), job)
			require.NoError(t, err)
			fault := other
			fault.Method, fault.Body = c.method, c.body
			fault.Path = strings.TrimSuffix(c.path, "?")
			s.Inject(fault)
			before := s.All()
			if strings.Contains(c.path, "/") {
				_, err = d.Update(t.Context(), next(job), receipt)
			} else {
				_, _, err = d.Find(t.Context(), job)
			}
			require.ErrorIs(t, err, nexuslims.Invalid)
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, before, s.All(), "nothing was changed")
		})
	}
}

func TestReadingIsRepeatedWhileTheServerIsBusy(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	s.Inject(elabftwtest.Throttle("GET", "info", 2), elabftwtest.Fault{Method: "GET", Path: "experiments/41", Status: 503, Times: 1},
		elabftwtest.Fault{Method: "GET", Path: "experiments/41", LoseReply: true, Times: 1},
		elabftwtest.Fault{Method: "GET", Path: "experiments/41", Cut: true, Times: 1})
	_, err := open(t, s.URL, s.Key, nil).Export(t.Context(), newJob())
	require.NoError(t, err)
	assert.Len(t, s.Experiments(), 1)
}

func TestCancelingEndsAStall(t *testing.T) {
	for _, path := range []string{"info", "experiments", "experiments/41", "experiments/41/uploads", "experiments/41/tags"} {
		t.Run(path, func(t *testing.T) {
			s := newServer(t, elabftwtest.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			s.Inject(elabftwtest.Fault{Path: path, Stall: true, Before: func() { time.AfterFunc(time.Millisecond, cancel) }})
			_, err := open(t, s.URL, s.Key, nil).Export(ctx, newJob())
			require.Equal(t, nexuslims.Canceled, nexuslims.KindOf(err))
			s.Heal()
		})
	}
}

func TestFetchAndDelete(t *testing.T) {
	s := newServer(t, elabftwtest.Options{})
	d := open(t, s.URL, s.Key, nil)
	job := newJob()
	receipt, err := d.Export(t.Context(), job)
	require.NoError(t, err)
	for _, r := range []exporters.Receipt{receipt, {ID: receipt.ID}} {
		document, err := d.Fetch(t.Context(), r)
		require.NoError(t, err)
		assert.Equal(t, string(job.XML), string(document))
	}
	s.Edit(41, func(e *elabftwtest.Experiment) { e.Uploads[0].State = 2 })
	_, err = d.Fetch(t.Context(), receipt)
	require.ErrorIs(t, err, nexuslims.NotFound, "what is in the archive does not stand there")
	for _, id := range []string{"", "x", "-1", "1/../2", "99"} {
		_, err = d.Fetch(t.Context(), exporters.Receipt{ID: id})
		require.ErrorIs(t, err, nexuslims.NotFound, id)
	}

	require.NoError(t, d.Delete(t.Context(), receipt))
	assert.Empty(t, s.Experiments())
	require.NoError(t, d.Delete(t.Context(), receipt), "it is gone already")
	require.NoError(t, d.Delete(t.Context(), exporters.Receipt{ID: "99"}))
	require.ErrorIs(t, d.Delete(t.Context(), exporters.Receipt{ID: "1/../2"}), nexuslims.Invalid)
}

func TestCheck(t *testing.T) {
	for _, version := range []string{"5.3.11", "5.4.0"} {
		s := newServer(t, elabftwtest.Options{Version: version})
		require.NoError(t, open(t, s.URL, s.Key, nil).Check(t.Context()))
		assert.Empty(t, s.Experiments())

		err := open(t, s.URL, s.ReadOnly, nil).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Permission)
		require.ErrorContains(t, err, "may only read")
		assert.NotContains(t, err.Error(), "hhhh")

		err = open(t, s.URL, "1-wrong", nil).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Permission)
		require.ErrorContains(t, err, "eLabFTW authentication failed: Authentication failed - check API key")

		err = open(t, s.URL+"/elsewhere", s.Key, nil).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Invalid)
		require.ErrorContains(t, err, "eLabFTW configuration error")
		require.ErrorContains(t, err, "not the root of an eLabFTW")

		s.Inject(elabftwtest.Page("GET", ""))
		err = open(t, s.URL, s.Key, nil).Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Invalid)
		require.ErrorContains(t, err, "a page instead of JSON")
		s.Heal()

		s.Inject(elabftwtest.Fault{Path: "info", Status: 403}, elabftwtest.Fault{Path: "apikeys", Status: 403})
		require.NoError(t, open(t, s.URL, s.Key, nil).Check(t.Context()), "what only administrators may see is no reason")
	}
}

// TestChoices: category, status and template are looked up before anything is made.
func TestChoices(t *testing.T) {
	for variable, says := range map[string]string{
		"NX_ELABFTW_EXPERIMENT_CATEGORY": "the team has no 7, it has 1 (Microscopy), 2 (Synthesis)",
		"NX_ELABFTW_EXPERIMENT_STATUS":   "the team has no 7, it has 1 (Running), 2 (Success)",
		"NX_ELABFTW_EXPERIMENT_TEMPLATE": "no template 7",
	} {
		s := newServer(t, elabftwtest.Options{})
		d := open(t, s.URL, s.Key, settings.Map{variable: "7"})
		err := d.Check(t.Context())
		require.ErrorIs(t, err, nexuslims.Invalid)
		require.ErrorContains(t, err, variable+": ")
		require.ErrorContains(t, err, says)
		_, err = d.Export(t.Context(), newJob())
		require.Error(t, err)
		assert.Empty(t, s.Experiments())
	}
	s := newServer(t, elabftwtest.Options{})
	none := settings.Map{"NX_ELABFTW_EXPERIMENT_CATEGORY": "0", "NX_ELABFTW_EXPERIMENT_STATUS": "0"}
	_, err := open(t, s.URL, s.Key, none).Export(t.Context(), newJob())
	require.NoError(t, err)
	assert.Equal(t, []int{0, 0}, []int{s.Experiments()[0].Category, s.Experiments()[0].Status})
}
