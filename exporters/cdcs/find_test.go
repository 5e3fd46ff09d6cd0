package cdcs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestFind(t *testing.T) {
	const name = "2021-08-02_TEST-TOOL_204"
	doc := func(session, title string) string { return string(document(session, title, "")) }
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	put := func(all ...cdcstest.Record) func(*cdcstest.Server) {
		return func(s *cdcstest.Server) {
			for _, r := range all {
				if r.Template == 0 {
					r.Template = 1
				}
				s.Put(r)
			}
		}
	}
	for title, c := range map[string]struct {
		there func(*cdcstest.Server)
		found string // id
		warns bool
	}{
		"nothing there":    {there: put()},
		"made by us":       {put(cdcstest.Record{Title: name, XML: doc("204", "A"), Owner: 1}), "1", false},
		"given to a user":  {put(cdcstest.Record{Title: name, XML: doc("204", "A"), Owner: 3}), "1", false},
		"edited":           {put(cdcstest.Record{Title: name, XML: doc("204", "Nicer"), Owner: 1}), "1", false},
		"rewritten by PID": {put(cdcstest.Record{Title: name, XML: strings.SplitAfter(doc("204", "A"), "?>\n")[1]}), "1", false},
		"same title, another session": {put(cdcstest.Record{Title: name, XML: doc("205", "A")},
			cdcstest.Record{Title: name, XML: strings.Replace(doc("204", "A"), "nemo.example", "other.example", 1)}), "", false},
		"same title, broken": {put(cdcstest.Record{Title: name, XML: "<Experiment>"}, cdcstest.Record{Title: name, XML: "<x><id>204</id></x>"}), "", false},
		"given another title": {put(cdcstest.Record{Title: "My best day", XML: doc("204", "A"), Owner: 3},
			cdcstest.Record{Title: name + "_1", XML: doc("205", "A")}), "1", false},
		"of an older version of the template": {func(s *cdcstest.Server) {
			s.SetTemplates(cdcstest.Template{ID: 5, Title: "Nexus Experiment Schema", Older: []int{1, 3}})
			put(cdcstest.Record{Title: name, XML: doc("204", "A"), Template: 3})(s)
		}, "1", false},
		"of another template": {func(s *cdcstest.Server) {
			put(cdcstest.Record{Title: name, XML: doc("204", "A"), Template: 9})(s)
		}, "", false},
		"several": {put(cdcstest.Record{Title: name, XML: doc("204", "A"), Modified: day(1)}, cdcstest.Record{Title: name, XML: doc("204", "A"), Modified: day(3)},
			cdcstest.Record{Title: name, XML: doc("204", "A"), Modified: day(2)}, cdcstest.Record{Title: name, XML: doc("205", "A"), Modified: day(4)}), "2", true},
	} {
		for mode, o := range map[string]cdcstest.Options{"": {}, " in content mode": {ContentField: true}} {
			t.Run(title+mode, func(t *testing.T) {
				s, d := site(t, o, nil)
				c.there(s)
				receipt, found, err := d.Find(t.Context(), newJob("204", document("204", "A", "")))
				require.NoError(t, err)
				assert.Equal(t, c.found != "", found)
				assert.Equal(t, c.found, receipt.ID)
				if !found {
					return
				}
				assert.Equal(t, s.URL+"data?id="+c.found, receipt.URL)
				assert.Equal(t, c.warns, len(receipt.Warnings) == 1)
				if c.warns {
					assert.Contains(t, receipt.Warnings[0], "2, 3, 1")
				}
			})
		}
	}
}

func TestFindAmongMoreThanTheSiteLists(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job := newJob("204", document("204", "A", ""))
	for range 101 {
		s.Put(cdcstest.Record{Template: 1, Title: job.Name, XML: string(document("205", "A", ""))})
	}
	s.Put(cdcstest.Record{ID: 300, Template: 1, Title: job.Name, XML: string(job.XML)})
	receipt, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "300", receipt.ID)

	job = newJob("206", []byte(strings.Replace(string(document("206", "A", "")), "https://nemo.example.org", "", 1)))
	job.Name = "2021-08-02_TEST-TOOL_204"
	_, _, err = d.Find(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid, "not knowing is not the same as not there")
}

func TestFindWithoutNumberAndAddress(t *testing.T) {
	bare := func(start string) string {
		xml := strings.Replace(string(document("x", "A", "")), "<id>x</id>", "", 1)
		xml = strings.Replace(xml, ` ref="https://nemo.example.org/event_details/usage/x/"`, "", 1)
		return strings.Replace(xml, "T10:00:00", start, 1)
	}
	s, d := site(t, cdcstest.Options{}, nil)
	job := newJob("204", []byte(bare("T10:00:00")))
	s.Put(cdcstest.Record{Template: 1, Title: job.Name, XML: bare("T09:00:00")})
	_, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.False(t, found)
	s.Put(cdcstest.Record{Template: 1, Title: job.Name, XML: bare("T10:00:00")})
	receipt, found, err := d.Find(t.Context(), job)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "2", receipt.ID)
}

func TestFindWhereTheSiteCannotSearchDocuments(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	s.Inject(cdcstest.Fault{Method: "POST", Path: "rest/data/query/", After: 1, Status: 500, Body: `{"message":"no such function: JSON_EXTRACT"}`})
	_, found, err := d.Find(t.Context(), newJob("204", document("204", "A", "")))
	require.NoError(t, err)
	assert.False(t, found)
}

// The reply to a create is lost: the record is found, not made again, and given away.
func TestLostReplyMakesNoSecondRecord(t *testing.T) {
	for name, f := range map[string]cdcstest.Fault{
		"reset": {LoseReply: true}, "broken off": {Cut: true}, "502": {Status: 502, Commit: true}, "504": {Status: 504, Commit: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, settings.Map{"NX_CDCS_USER_OWNED_RECORDS": "true"})
			f.Method, f.Path, f.Times = "POST", "rest/data/", 1
			job := newJob("204", document("204", "A", ""))
			s.Inject(f)
			_, err := d.Export(t.Context(), job)
			require.ErrorIs(t, err, nexuslims.Transient)
			require.Len(t, s.Records(), 1)
			assert.Equal(t, 1, s.Asked("POST rest/data/"), "a create is never repeated blindly")

			receipt, found, err := d.Find(t.Context(), job)
			require.NoError(t, err)
			require.True(t, found)
			assert.True(t, receipt.Partial, "it was not given to its user yet")
			assert.Equal(t, job.Digest, receipt.Digest)
			job.Earlier = &receipt
			receipt, err = d.Export(t.Context(), job)
			require.NoError(t, err)
			assert.False(t, receipt.Partial)
			require.Len(t, s.Records(), 1)
			assert.NotEqual(t, 1, s.Records()[0].Owner)

			receipt, _, err = d.Find(t.Context(), job)
			require.NoError(t, err)
			assert.False(t, receipt.Partial)
		})
	}
}

func TestFindFailures(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job := newJob("204", document("204", "A", ""))
	s.Inject(cdcstest.Throttle("POST", "rest/data/query/", 2))
	_, found, err := d.Find(t.Context(), job)
	require.NoError(t, err, "asking is repeated")
	assert.False(t, found)

	s.Inject(cdcstest.Page("POST", "rest/data/query/"))
	_, _, err = d.Find(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Invalid)

	s.Heal()
	s.Revoke()
	_, _, err = d.Find(t.Context(), job)
	require.ErrorIs(t, err, nexuslims.Permission)
	_, _, err = d.Find(t.Context(), &exporters.Job{Name: "x", XML: []byte("<x/>")})
	require.ErrorIs(t, err, nexuslims.Invalid)
}
