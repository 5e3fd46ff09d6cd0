package cdcs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/cdcs"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const note = "<sample><name>new</name></sample>"

// delivered exports a first version and returns the job of the second.
func delivered(t *testing.T, d *cdcs.Destination) (*exporters.Job, exporters.Receipt) {
	t.Helper()
	first := newJob("204", document("204", "A record", ""))
	receipt, err := d.Export(t.Context(), first)
	require.NoError(t, err)
	second := newJob("204", document("204", "A record", note))
	second.Reconcile = merge(second, first.XML)
	return second, receipt
}

func TestUpdate(t *testing.T) {
	for name, o := range map[string]cdcstest.Options{"usual": {}, "content field": {ContentField: true}} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, o, nil)
			job, receipt := delivered(t, d)
			d = open(t, s.URL, s.Token, nil) // the next run has to learn the field again

			receipt, err := d.Update(t.Context(), job, receipt)
			require.NoError(t, err)
			assert.Equal(t, job.Digest, receipt.Digest)
			assert.Equal(t, "1", receipt.ID)
			require.Len(t, s.Records(), 1)
			assert.Equal(t, string(job.XML), s.Records()[0].XML)
			assert.Equal(t, 1, s.Records()[0].Workspace)

			_, err = d.Update(t.Context(), job, receipt)
			require.NoError(t, err)
			assert.Equal(t, 1, s.Asked("PATCH"), "nothing to do, nothing sent")
		})
	}
}

func TestUpdateKeepsWhatPeopleEdited(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job, receipt := delivered(t, d)
	s.Edit(1, func(r *cdcstest.Record) { r.XML = strings.Replace(r.XML, "A record", "Nicer", 1) })
	receipt, err := d.Update(t.Context(), job, receipt)
	require.NoError(t, err)
	assert.Equal(t, string(document("204", "Nicer", note)), s.Records()[0].XML)
	require.Len(t, receipt.Warnings, 1)
	assert.Contains(t, receipt.Warnings[0], "title kept")
}

func TestUpdateNeverOverwritesAConflict(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job, receipt := delivered(t, d)
	s.Edit(1, func(r *cdcstest.Record) { r.XML = strings.Replace(r.XML, "Ned Land", "Conseil", 1) })
	_, err := d.Update(t.Context(), job, receipt)
	require.ErrorIs(t, err, nexuslims.Conflict)
	assert.Zero(t, s.Asked("PATCH"))
	assert.Contains(t, s.Records()[0].XML, "Conseil")
}

// Edits that arrive between reading and writing go through Reconcile as well.
func TestUpdateNoticesEditsMadeMeanwhile(t *testing.T) {
	edit := func(s *cdcstest.Server, from, to string) func() {
		return func() { s.Edit(1, func(r *cdcstest.Record) { r.XML = strings.Replace(r.XML, from, to, 1) }) }
	}
	t.Run("merged", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		s.Inject(cdcstest.Fault{Method: "GET", Path: "rest/data/1/", After: 1, Times: 1, Before: edit(s, "A record", "Nicer")})
		_, err := d.Update(t.Context(), job, receipt)
		require.NoError(t, err)
		assert.Equal(t, string(document("204", "Nicer", note)), s.Records()[0].XML)
	})
	t.Run("conflict", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		s.Inject(cdcstest.Fault{Method: "GET", Path: "rest/data/1/", After: 1, Times: 1, Before: edit(s, "Ned Land", "Conseil")})
		_, err := d.Update(t.Context(), job, receipt)
		require.ErrorIs(t, err, nexuslims.Conflict)
		assert.Zero(t, s.Asked("PATCH"))
	})
	t.Run("without end", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		s.Inject(cdcstest.Fault{Method: "GET", Path: "rest/data/1/", Before: edit(s, "A record", "A record!")})
		_, err := d.Update(t.Context(), job, receipt)
		require.ErrorIs(t, err, nexuslims.Conflict)
		assert.Zero(t, s.Asked("PATCH"))
	})
	t.Run("deleted", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		s.Inject(cdcstest.Fault{Method: "PATCH", Times: 1, Before: func() { s.Delete(1) }})
		_, err := d.Update(t.Context(), job, receipt)
		require.ErrorIs(t, err, nexuslims.NotFound)
	})
}

func TestUpdateOfARecordThatIsGone(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job, receipt := delivered(t, d)
	s.Delete(1)
	_, err := d.Update(t.Context(), job, receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
	_, err = d.Update(t.Context(), job, exporters.Receipt{ID: "1/../../user/1"})
	require.ErrorIs(t, err, nexuslims.NotFound)
	assert.Zero(t, s.Asked("PATCH"))
}

// After a site was restored from a backup, an id may be another session's.
func TestUpdateLeavesOtherSessionsAlone(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job, receipt := delivered(t, d)
	job.Reconcile = nil
	s.Edit(1, func(r *cdcstest.Record) {
		r.XML, r.Title = string(document("205", "Other", "")), "2021-08-03_TEST-TOOL_205"
	})
	_, err := d.Update(t.Context(), job, receipt)
	require.ErrorIs(t, err, nexuslims.NotFound)
	assert.Zero(t, s.Asked("PATCH"))
	assert.Contains(t, s.Records()[0].XML, "Other")
}

// The booking that a session goes by may change; name and instrument say whose it is.
func TestUpdateWithAnotherBooking(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	_, receipt := delivered(t, d)
	job := newJob("204", []byte(strings.Replace(string(document("204", "A record", note)), "<id>204</id>", "<id>12</id>", 1)))
	_, err := d.Update(t.Context(), job, receipt)
	require.NoError(t, err)
	assert.Equal(t, string(job.XML), s.Records()[0].XML)
}

func TestUpdateKeepsThePID(t *testing.T) {
	s, d := site(t, cdcstest.Options{AutoPID: true}, nil)
	job, receipt := delivered(t, d)
	job.Reconcile = nil
	before := s.Records()[0].XML
	require.Contains(t, before, ` pid="`+s.URL+"pid/rest/local/cdcs/")
	_, pid, _ := strings.Cut(before, "cdcs/")
	pid, _, _ = strings.Cut(pid, `"`)
	_, err := d.Update(t.Context(), job, receipt)
	require.NoError(t, err)
	assert.Contains(t, s.Records()[0].XML, "local/cdcs/"+pid+`"`)
	assert.Contains(t, s.Records()[0].XML, note)
	_, err = d.Update(t.Context(), job, receipt)
	require.NoError(t, err, "the site rewrites what it is sent; the same again is no fault")
}

func TestUpdateAndTheTitle(t *testing.T) {
	t.Run("a new name is sent", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		job.Name += "_2"
		updated, err := d.Update(t.Context(), job, receipt)
		require.NoError(t, err)
		assert.Equal(t, job.Name, s.Records()[0].Title)
		assert.Equal(t, job.Name, updated.Meta["title"])
		assert.NotEqual(t, job.Name, receipt.Meta["title"], "the receipt given is left alone")
	})
	t.Run("a title given by a person stays", func(t *testing.T) {
		s, d := site(t, cdcstest.Options{}, nil)
		job, receipt := delivered(t, d)
		s.Edit(1, func(r *cdcstest.Record) { r.Title = "My best day" })
		_, err := d.Update(t.Context(), job, receipt)
		require.NoError(t, err)
		assert.Equal(t, "My best day", s.Records()[0].Title)
		assert.Contains(t, s.Records()[0].XML, note)
	})
}

func TestUpdateFailures(t *testing.T) {
	for name, c := range map[string]struct {
		fault cdcstest.Fault
		want  nexuslims.Kind
		asked int // PATCH requests
	}{
		"access":        {cdcstest.Fault{Method: "PATCH", Status: 403, Body: `{"message":"The user does not have the permission to write into this workspace."}`}, nexuslims.Permission, 1},
		"not valid":     {cdcstest.Fault{Method: "PATCH", Status: 500, Body: `{"message":"Element 'x': This element is not expected., line 1"}`}, nexuslims.Invalid, 1},
		"reply lost":    {cdcstest.Fault{Method: "PATCH", LoseReply: true}, nexuslims.Transient, 1},
		"busy":          {cdcstest.Fault{Method: "PATCH", Status: 503}, nexuslims.Transient, 1},
		"nothing taken": {cdcstest.Fault{Method: "PATCH", Status: 200, Body: `{"id":1,"xml_content":"same"}`}, nexuslims.Invalid, 1},
		"page":          {cdcstest.Page("GET", "rest/data/1/"), nexuslims.Invalid, 0},
		"other record":  {cdcstest.Fault{Method: "GET", Path: "rest/data/1/", Status: 200, Body: `{"id":2,"xml_content":"<a/>"}`}, nexuslims.Invalid, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := site(t, cdcstest.Options{}, nil)
			job, receipt := delivered(t, d)
			if name == "nothing taken" {
				c.fault.Body = `{"id":1,"xml_content":` + quote(s.Records()[0].XML) + `}`
			}
			s.Inject(c.fault)
			got, err := d.Update(t.Context(), job, receipt)
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, "1", got.ID, "what exists is told")
			assert.Equal(t, c.asked, s.Asked("PATCH"))
			if c.fault.LoseReply {
				s.Heal()
				_, err = d.Update(t.Context(), job, receipt)
				require.NoError(t, err)
				assert.Equal(t, 1, s.Asked("PATCH"), "it was done already")
			}
		})
	}
}

func TestUpdatePassesTheReasonsOfReconcile(t *testing.T) {
	s, d := site(t, cdcstest.Options{}, nil)
	job, receipt := delivered(t, d)
	reason := errors.New("no place for an edit")
	job.Reconcile = func([]byte) (exporters.Reconciled, error) { return exporters.Reconciled{}, reason }
	_, err := d.Update(t.Context(), job, receipt)
	require.ErrorIs(t, err, reason)
	assert.Zero(t, s.Asked("PATCH"))
}
