package cmd_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// schedule switches a site from the session file to a NEMO with one use of each of two
// tools, which left a file each.
func schedule(t *testing.T) (*site, *nemotest.Server) {
	t.Helper()
	s := newSite(t)
	delete(s.env, "NX_SESSIONS_FILE")
	s.website()
	var facility nemotest.Site
	facility.Users = []nemotest.Row{{"id": 7, "username": "mcurie", "first_name": "Marie", "last_name": "Curie"}}
	for i, name := range []string{"TEM", "SEM"} {
		from := morning.Add(time.Duration(i) * time.Hour)
		facility.Tools = append(facility.Tools, nemotest.Row{"id": i + 1, "name": name})
		facility.Reservations = append(facility.Reservations, nemotest.Row{
			"id": 70 + i, "tool": i + 1, "user": 7, "start": from, "end": from.Add(time.Hour),
			"question_data": nemotest.Answers("data_consent", "Agree", "experiment_title", "Grain map "+name),
		})
		facility.Events = append(facility.Events, nemotest.Row{
			"id": 700 + i, "tool": i + 1, "user": 7, "start": from, "end": from.Add(time.Hour),
		})
		s.file(name+"/a.tif", from.Add(10*time.Minute))
	}
	server := nemotest.New(t, facility)
	s.now = morning.AddDate(0, 0, 1)
	s.env["NX_NEMO_ADDRESS_1"], s.env["NX_NEMO_TOKEN_1"] = server.URL, nemotest.Token
	rows := make([]string, 2)
	for i, name := range []string{"TEM", "SEM"} {
		rows[i] = fmt.Sprintf("%s,%stools/?id=%d,%s,Room 1,%s,T-%d,%s,nemo,America/New_York", name, server.URL, i+1, server.URL, name, i, name)
	}
	s.instruments(rows...)
	return s, server
}

func TestNEMO(t *testing.T) {
	t.Parallel()
	s, _ := schedule(t)
	r, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	require.Len(t, r.Sessions, 2)
	for _, session := range r.Sessions {
		assert.Equal(t, nexuslims.Completed, session.Status)
		assert.Equal(t, "Grain map "+session.Instrument, session.Title)
	}
	assert.Empty(t, o.err)
	_, o = s.build()
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, `"sessions": null`)
}

// TestNEMOFaults has NEMO misbehave at the first run. Nothing is settled wrongly, and
// later runs make up for it.
func TestNEMOFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]nemotest.Fault{
		"down":               {Drop: true},
		"unavailable":        {Status: 503, Body: "busy"},
		"token refused":      {Status: 401, Body: `{"detail":"Invalid token."}`},
		"no permission":      {Status: 403, Body: `{"detail":"You do not have permission to perform this action."}`},
		"no JSON":            {Status: 200, Body: "<!doctype html><title>Maintenance</title>", Type: "text/html"},
		"other JSON":         {Status: 200, Body: `{"detail":"ok"}`},
		"cut":                {Cut: true},
		"no events":          {Path: "usage_events", Status: 500, Body: "oops"},
		"no reservations":    {Path: "reservations", Status: 500, Body: "oops"},
		"cut reservations":   {Path: "reservations", Cut: true},
		"no users":           {Path: "users", Status: 403, Body: `{"detail":"no"}`},
		"reservations as {}": {Path: "reservations", Status: 200, Body: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := schedule(t)
			server.Fail(fault)
			for range 2 {
				r, o := s.build()
				assert.Equal(t, 3, o.code, o.out)
				assert.NotEmpty(t, o.err)
				for _, session := range r.Sessions {
					assert.Equal(t, nexuslims.ToBeBuilt, session.Status)
					assert.NotEmpty(t, session.Waiting)
				}
				assert.NotContains(t, o.out+o.err+s.log(), nemotest.Token)
			}
			assert.NoDirExists(t, s.path("site/records/2024-05-06_tem_700"))
			server.Heal()
			r, o := s.build()
			assert.Equal(t, 0, o.code, o.err)
			assert.Len(t, r.Sessions, 2)
			for _, session := range r.Sessions {
				assert.Equal(t, nexuslims.Completed, session.Status, session.Error)
			}
		})
	}
}

func TestNEMOStumbles(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]nemotest.Fault{
		"slow":                {Delay: 100 * time.Millisecond, Times: 3},
		"502, then right":     {Status: 502, Body: "bad gateway", Times: 2},
		"throttled":           {Status: 429, Body: "{}", Times: 2},
		"dropped, then right": {Drop: true, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := schedule(t)
			server.Fail(fault)
			r, o := s.build()
			assert.Equal(t, 0, o.code, o.err)
			assert.Len(t, r.Sessions, 2)
		})
	}
}

func TestNEMOToolIsDeleted(t *testing.T) {
	t.Parallel()
	s, server := schedule(t)
	server.Delete(nemotest.Tools, 1)
	server.Delete(nemotest.Events, 700)
	server.Delete(nemotest.Reservations, 70)
	r, o := s.build()
	assert.Contains(t, []int{0, 3}, o.code, o.err)
	require.Len(t, r.Sessions, 1, "the other tool's use is not held up")
	assert.Equal(t, "SEM", r.Sessions[0].Instrument)
	assert.Equal(t, nexuslims.Completed, r.Sessions[0].Status)
	assert.NotEmpty(t, r.Sources[0].Warnings, "it is told")
}

func TestNEMOWithoutConsent(t *testing.T) {
	t.Parallel()
	s, server := schedule(t)
	server.Change(nemotest.Reservations, 70, nemotest.Row{"question_data": nemotest.Answers("data_consent", "Disagree")})
	server.Delete(nemotest.Reservations, 71)
	s.now = morning.AddDate(0, 0, 30)
	r, o := s.build()
	assert.Equal(t, 0, o.code, "that is the ordinary course of things")
	require.Len(t, r.Sessions, 2)
	assert.Equal(t, nexuslims.ConsentRefused, r.Sessions[0].Status)
	assert.Equal(t, nexuslims.NoBooking, r.Sessions[1].Status)
	assert.NoDirExists(t, s.path("data/TEM"), "nothing is read")
	assert.NoDirExists(t, s.path("site/records"))
}
