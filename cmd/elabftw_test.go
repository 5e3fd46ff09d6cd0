package cmd_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// elabftw starts a notebook server and switches its destination on.
func (s *site) elabftw() *elabftwtest.Server {
	s.t.Helper()
	server := elabftwtest.New(s.t, elabftwtest.Options{})
	s.env["NX_ELABFTW_URL"], s.env["NX_ELABFTW_API_KEY"] = server.URL, server.Key
	return server
}

// TestNotebook delivers to two destinations, loses an answer, and makes another version of
// a record that a person edited in the notebook.
func TestNotebook(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	records, notebook := s.cdcs(), s.elabftw()
	s.visit("s1", "TEM", 0, "a.tif")
	notebook.Inject(elabftwtest.Fault{Method: "POST", Path: "experiments", Times: 1, LoseReply: true})
	_, o := s.build()
	require.Equal(t, 3, o.code)
	assert.Equal(t, nexuslims.BuiltNotExported, s.status("s1"))
	s.now = s.now.Add(48 * time.Hour)
	_, o = s.build()
	require.Equal(t, 0, o.code, o.err)
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	require.Len(t, notebook.All(), 1)
	e := notebook.All()[0]
	assert.Contains(t, e.Body, records.URL+"data?id=1", "the record at CDCS is linked")
	assert.Equal(t, records.Records()[0].XML, string(e.Attached()[0].Content))

	notebook.Edit(e.ID, func(e *elabftwtest.Experiment) { e.Title = "Grains at last" })
	s.file("TEM/late.tif", morning.Add(30*time.Minute))
	o = s.run("rebuild", "s1")
	require.Equal(t, 0, o.code, o.err+o.out)
	assert.Contains(t, o.out+o.err+s.log(), "people changed the title")
	require.Len(t, notebook.All(), 1)
	e = notebook.All()[0]
	assert.Equal(t, "Grains at last", e.Title)
	assert.Contains(t, string(e.Attached()[0].Content), "late.tif")

	o = s.run("verify")
	assert.Equal(t, 0, o.code, o.err+o.out)
	notebook.Delete(e.ID)
	o = s.run("verify")
	assert.Equal(t, 3, o.code, o.out)
	assert.Equal(t, 1, strings.Count(o.out, "elabftw"), o.out)
}
