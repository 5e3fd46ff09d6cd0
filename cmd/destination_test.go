package cmd_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestDeliveryFaults has CDCS misbehave at the first run. The record waits, the other
// destination is served, and when CDCS is well again it gets one record.
func TestDeliveryFaults(t *testing.T) {
	t.Parallel()
	// The first POST asks whether the record is there, the second makes it.
	for name, c := range map[string]struct {
		fault  cdcstest.Fault
		stored int    // records after the first run
		want   string // in the error
	}{
		"reply lost":       {cdcstest.Fault{Method: "POST", Path: "rest/data/", After: 1, LoseReply: true}, 1, ""},
		"reply cut":        {cdcstest.Fault{Method: "POST", Path: "rest/data/", After: 1, Cut: true}, 1, ""},
		"proxy gave up":    {cdcstest.Fault{Method: "POST", Path: "rest/data/", After: 1, Status: 502, Commit: true}, 1, ""},
		"unavailable":      {cdcstest.Fault{Status: 503, Body: "busy"}, 0, "503"},
		"down for repairs": {cdcstest.Page("", ""), 0, ""},
		"token refused":    {cdcstest.Fault{Status: 403, Body: `{"detail":"Invalid token."}`}, 0, "403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.website()
			server := s.cdcs()
			s.visit("s1", "TEM", 0, "a.tif")
			server.Inject(c.fault)
			r, o := s.build()
			require.Len(t, server.Records(), c.stored)
			require.Len(t, r.Sessions, 1)
			if r.Sessions[0].Status != nexuslims.Completed { // it found out by itself
				assert.Equal(t, 3, o.code)
				assert.Equal(t, nexuslims.BuiltNotExported, s.status("s1"))
				assert.Contains(t, o.out, c.want)
				assert.Contains(t, s.log(), "ERROR: record was not exported")
			}
			assert.DirExists(t, s.path("site/records/2024-05-06_tem_s1"))

			server.Heal()
			s.now = s.now.Add(48 * time.Hour)
			_, o = s.build()
			assert.Equal(t, 0, o.code, o.err)
			assert.Equal(t, nexuslims.Completed, s.status("s1"))
			assert.Len(t, server.Records(), 1)
			assert.Equal(t, []string{"uploaded/2024-05-06_TEM_s1.xml"}, s.files("data/records"))
		})
	}
}

func TestRevokedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	server.Revoke()
	o := s.run("build-records", "--from", "none")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "Preflight: 0/1 destinations are ready; records for the others wait. cdcs: ")
	assert.NotContains(t, o.out+o.err+s.log(), s.env["NX_CDCS_TOKEN"])
	s.env["NX_CDCS_TOKEN"] = server.UserToken("admin")
	s.now = s.now.Add(48 * time.Hour)
	_, o = s.build()
	assert.Equal(t, 0, o.code, o.err)
	assert.Len(t, server.Records(), 1)
}

func TestRefusedDocument(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := cdcstest.New(t, cdcstest.Options{Validate: func(doc []byte) error {
		if strings.Contains(string(doc), "<id>s1</id>") {
			return nexuslims.E(nexuslims.Invalid, "validate", "", nil)
		}
		return nil
	}})
	s.env["NX_CDCS_URL"], s.env["NX_CDCS_TOKEN"] = server.URL, server.Token
	s.visit("s1", "TEM", 0, "a.tif")
	s.visit("s2", "SEM", 0, "b.tif")
	o := s.run("build-records", "--from", "none")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "2 sessions: 1 COMPLETED, 1 BUILT_NOT_EXPORTED")
	require.Len(t, server.Records(), 1)
	assert.Contains(t, server.Records()[0].XML, "<id>s2</id>", "the other record is not held up")
	assert.FileExists(t, s.path("data/records/2024-05-06_TEM_s1.xml"), "it can be looked at")
}

// TestRebuildKeepsWhatPeopleEdited gives a built session back to be built, as operators
// do, after somebody improved its record.
func TestRebuildKeepsWhatPeopleEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	server.Edit(server.Records()[0].ID, func(r *cdcstest.Record) {
		r.XML = strings.Replace(r.XML, "<title>Visit s1</title>", "<title>The better title</title>", 1)
	})
	s.file("TEM/found later.tif", morning.Add(30*time.Minute))
	s.settle("s1", nexuslims.ToBeBuilt)
	s.now = s.now.Add(time.Hour)
	r, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	assert.Equal(t, 2, r.Sessions[0].Datasets)
	require.Len(t, server.Records(), 1)
	stored := server.Records()[0].XML
	assert.Contains(t, stored, "The better title")
	assert.Contains(t, stored, "found later.tif")
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, s.files("data/records/uploaded"))
	kept := s.files("data/records/edited")
	require.Len(t, kept, 1)
	assert.Regexp(t, `^2024-05-06_TEM_s1\.cdcs\.[0-9a-f]{8}\.xml$`, kept[0])
}

// TestRebuildOfADeletedRecord creates the record anew where it is gone: a session that is
// built again by somebody's wish must end with a record.
func TestRebuildOfADeletedRecord(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	server.Delete(server.Records()[0].ID)
	s.settle("s1", nexuslims.ToBeBuilt)
	s.now = s.now.Add(time.Hour)
	r, o := s.build()
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, 0, o.code, o.out)
	assert.Len(t, server.Records(), 1)
	assert.Contains(t, o.err, "gone", "it is said")
}
