package cmd_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// report runs a command with --json and reads its report.
func (s *site) report(args ...string) (pipeline.Report, output) {
	s.t.Helper()
	o := s.run(append(args, "--json")...)
	var r pipeline.Report
	require.NoError(s.t, json.Unmarshal([]byte(o.out), &r), "output %q, errors %q", o.out, o.err)
	return r, o
}

func TestExportRetriesAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	server.Revoke()
	_, o := s.build()
	require.Equal(t, 3, o.code)
	s.env["NX_CDCS_TOKEN"] = server.UserToken("admin")

	o = s.run("export")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "Not exported yet, and not tried again by this run: 1 record", "its time has not come")
	assert.Empty(t, server.Records())

	o = s.run("export", "--retry", "--dry-run")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "cdcs: would be asked")
	assert.Contains(t, o.out, "folder: has it")
	assert.Empty(t, server.Records(), "a dry run asks nobody")

	o = s.run("export", "--retry")
	assert.Equal(t, 0, o.code, o.err+o.out)
	assert.Len(t, server.Records(), 1)
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	assert.Equal(t, []string{"uploaded/2024-05-06_TEM_s1.xml"}, s.files("data/records"))

	r, o := s.report("export", "--retry")
	assert.Equal(t, 0, o.code)
	assert.Empty(t, r.Sessions, "nothing is left to do")
}

func TestExportOfOneSessionLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	s.visit("s2", "SEM", 1, "b.tif")
	server.Inject(cdcstest.Fault{Status: 503})
	_, o := s.build()
	require.Equal(t, 3, o.code)
	server.Heal()
	r, o := s.report("export", "s2", "nobody knows it")
	assert.Equal(t, 3, o.code, "one of them does not exist")
	require.Len(t, r.Sessions, 1)
	require.Len(t, r.Problems, 1)
	assert.Equal(t, "nobody knows it", r.Problems[0].Session)
	assert.Equal(t, nexuslims.Completed, s.status("s2"))
	assert.Equal(t, nexuslims.BuiltNotExported, s.status("s1"))
	assert.Len(t, server.Records(), 1)
}

// TestExportToALaterDestination fills a destination that was switched on when records were
// there already.
func TestExportToALaterDestination(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	s.visit("s2", "TEM", 30, "b.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	s.website()
	requests := len(server.Requests())

	r, o := s.report("export", "--to", "folder", "--since", "2024-05-07")
	assert.Equal(t, 0, o.code, o.err)
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, "s2", r.Sessions[0].ID)
	r, o = s.report("export", "--to", "folder")
	assert.Equal(t, 0, o.code, o.err)
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, "s1", r.Sessions[0].ID)
	assert.FileExists(t, s.path("site/records/2024-05-06_tem_s1/index.html"))
	page, err := os.ReadFile(s.path("site/records/2024-05-06_tem_s1/index.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), server.URL, "the links between destinations are kept")
	assert.Len(t, server.Requests(), requests, "the other destination is not asked")
	assert.Equal(t, nexuslims.Completed, s.status("s1"))

	o = s.run("export", "--to", "nowhere")
	assert.Equal(t, 2, o.code)
	assert.Contains(t, o.err, "there is: cdcs, folder")
}

// TestExportOfASettledSessionStaysSettled has a later destination fail.
func TestExportOfASettledSessionStaysSettled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	server := s.cdcs()
	server.Inject(cdcstest.Fault{Status: 503})
	o = s.run("export", "--to", "cdcs")
	assert.Equal(t, 3, o.code, o.out)
	assert.Contains(t, o.out, "503")
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	server.Heal()
	o = s.run("export", "--retry")
	assert.Equal(t, 0, o.code, o.out)
	assert.Len(t, server.Records(), 1)
}

func TestExportAsksForConsentAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.visit("s1", "TEM", 0, "a.tif")
	s.website()
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	server := s.cdcs()
	s.rows[0] = strings.Replace(s.rows[0], ",yes\n", ",no\n", 1)
	s.sessions()
	o = s.run("export", "--to", "cdcs")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "consent")
	assert.Empty(t, server.Records())
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
}

func TestRebuildMakesTheNextVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	first := server.Records()[0]

	s.now = s.now.Add(time.Hour)
	r, o := s.report("rebuild", "s1")
	assert.Equal(t, 0, o.code, o.err)
	assert.Equal(t, 1, r.Sessions[0].Version)
	assert.Empty(t, r.Sessions[0].Changes, "nothing is new")
	assert.Equal(t, first, server.Records()[0])

	s.file("TEM/found later.tif", morning.Add(30*time.Minute))
	before := s.files("data")
	o = s.run("rebuild", "s1", "--dry-run")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "version 2 would differ:\n    dataset added: TEM/found later.tif\n")
	assert.Equal(t, without(before, "logs/"), without(s.files("data"), "logs/"), "a dry run writes nothing")
	assert.Equal(t, first, server.Records()[0])

	o = s.run("rebuild", "s1")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "version 2:\n    dataset added: TEM/found later.tif\n")
	require.Len(t, server.Records(), 1)
	assert.Equal(t, first.ID, server.Records()[0].ID)
	assert.Contains(t, server.Records()[0].XML, "found later.tif")
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	assert.Equal(t, []string{"uploaded/2024-05-06_TEM_s1.xml"}, s.files("data/records"))
	page, err := os.ReadFile(s.path("site/records/2024-05-06_tem_s1/index.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "found later.tif")
}

func without(names []string, prefix string) (rest []string) {
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) {
			rest = append(rest, name)
		}
	}
	return rest
}

// TestRebuildRefusesToOverwritePeople has somebody change what the new version changes too.
func TestRebuildRefusesToOverwritePeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "a.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	server.Edit(server.Records()[0].ID, func(r *cdcstest.Record) {
		r.XML = strings.Replace(r.XML, "<title>Visit s1</title>", "<title>Theirs</title>", 1)
	})
	theirs := server.Records()[0].XML
	s.rows[0] = strings.Replace(s.rows[0], "Visit s1", "Ours", 1)
	s.sessions()
	o = s.run("rebuild", "s1")
	assert.Equal(t, 3, o.code, o.err)
	assert.Contains(t, o.out, "title: Visit s1 → Ours")
	assert.Contains(t, o.out, "edited in the front end")
	assert.Equal(t, theirs, server.Records()[0].XML)
	assert.Equal(t, nexuslims.BuiltNotExported, s.status("s1"), "it is still to be delivered")
	kept := s.files("data/records/edited")
	require.Len(t, kept, 1)
	b, err := os.ReadFile(s.path("data/records/edited", kept[0]))
	require.NoError(t, err)
	assert.Equal(t, theirs, string(b), "their version is kept beside ours")
}

func TestRebuildOfWhatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	s.visit("s2", "TEM", 3, "b.tif")
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	require.NoError(t, os.Remove(s.path("instruments/TEM/a.tif")))
	s.rows[1] = strings.Replace(s.rows[1], ",yes\n", ",no\n", 1)
	s.sessions()
	for line, want := range map[string]string{
		"rebuild s1": "not rebuilt: it would be NO_FILES_FOUND now", "rebuild s2": "not rebuilt: it would be NO_CONSENT now",
		"rebuild nothing": "no such session",
	} {
		o := s.run(strings.Fields(line)...)
		assert.Equal(t, 3, o.code, line)
		assert.Contains(t, o.out, want)
	}
	assert.Equal(t, nexuslims.Completed, s.status("s1"), "what was delivered stays")
	assert.Equal(t, nexuslims.Completed, s.status("s2"))
	assert.Len(t, s.files("data/records/uploaded"), 2)
	assert.Equal(t, 2, s.run("rebuild").code)
}

func TestRebuildOfAnUnsettledSessionBuildsIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.cdcs()
	s.visit("s1", "TEM", 0)
	s.file("TEM/of another day.txt", morning.AddDate(0, 0, -3))
	_, o := s.build()
	require.Equal(t, nexuslims.NoFilesFound, s.status("s1"), o.err)
	s.file("TEM/late.tif", morning.Add(time.Minute))
	o = s.run("rebuild", "s1")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "the record is the first of the session")
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	assert.Len(t, server.Records(), 1)
}

func TestVerifyFindsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	for i, id := range []string{"same", "edited", "gone", "other"} {
		s.visit(id, "TEM", 2*i, id+".tif")
	}
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	o = s.run("verify")
	assert.Equal(t, 0, o.code, o.err+o.out)
	assert.Equal(t, "4 sessions, 8 same\n", o.out)

	for _, r := range server.Records() {
		switch {
		case strings.Contains(r.XML, "<id>edited</id>"):
			server.Edit(r.ID, func(r *cdcstest.Record) { r.XML = strings.Replace(r.XML, "Visit edited", "Theirs", 1) })
		case strings.Contains(r.XML, "<id>gone</id>"):
			server.Delete(r.ID)
		}
	}
	record := s.path("site/records/2024-05-06_tem_other/record.xml")
	require.NoError(t, os.WriteFile(record, []byte("not what it was"), 0o600))
	require.NoError(t, os.Remove(s.path("data/records/uploaded/2024-05-06_TEM_same.xml")))
	o = s.run("verify")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "cdcs: missing")
	assert.Contains(t, o.out, "folder: differs")
	assert.Contains(t, o.out, "file: missing")
	assert.NotContains(t, o.out, "\nedited  ", "what people edited is sound")
	assert.Contains(t, o.out, "4 sessions, 5 same, 1 edited, 1 differs, 1 missing\n")

	o = s.run("verify", "edited", "--to", "cdcs")
	assert.Equal(t, 0, o.code, o.out)
	assert.Contains(t, o.out, "cdcs: edited, title")
	assert.Contains(t, o.out, "1 session, 1 edited\n")

	server.Revoke()
	o = s.run("verify", "--json")
	assert.Equal(t, 3, o.code)
	var r pipeline.VerifyReport
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Equal(t, "unproven", string(r.Sessions[0].Destinations[0].Standing))
	assert.Equal(t, "permission denied", r.Sessions[0].Destinations[0].Kind)
}
