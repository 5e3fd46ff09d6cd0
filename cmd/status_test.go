package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// narrow fails for lines that are too long, those with one word that cannot be broken
// apart.
func narrow(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		command := strings.HasPrefix(strings.TrimSpace(line), "> nexuslims ")
		assert.True(t, len([]rune(line)) <= 80 || command || len(strings.Fields(line)) < 2, line)
	}
}

func TestStatusOfANewSite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.run("status")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "Nothing needs a hand.\n")
	assert.Contains(t, o.out, "Last runs\n  none is on record\n")
	assert.Contains(t, o.out, "is the store mounted?", "the folders are empty")
	assert.Empty(t, o.err)
	narrow(t, o.out)
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "user/a.tif", "user/b.dm3")
	s.visit("s2", "SEM", 2, "d.tif")
	s.visit("https://nemo.example.org/api/usage_events/?id=3", "SEM", 4)
	require.Equal(t, 0, s.run("build-records", "--from", "none").code)
	before := s.files(".")
	o := s.run("status", "--by-instrument")
	require.Equal(t, 0, o.code, o.out+o.err)
	for _, want := range []string{
		"Status on 2024-05-09 09:00 UTC; files and settled sessions since 2024-04-09.\nNothing needs a hand.\n",
		"build-records", "3 sessions  done", "sessionfile " + s.path("sessions.csv") + ": read up to",
		"COMPLETED       2\n", "NO_FILES_FOUND  1\n", "SEM  NO_FILES_FOUND  1\n", "folder  delivered  2\n", "2 files in TEM\n",
	} {
		assert.Contains(t, strings.Join(strings.Fields(o.out), " "), strings.Join(strings.Fields(want), " "))
	}
	assert.NotContains(t, s.run("status").out, "Sessions by instrument")

	s.file("SEM/late.tif", morning.Add(4*time.Hour+time.Minute))
	s.file("TEM/stray/e.tif", morning.Add(-time.Hour))
	o = s.run("status")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "One thing needs a hand.\n\nLate files\n  https://nemo.example.org/api/usage_events/?id=3 on SEM\n"+
		"    1 file of its time not in its record\n    > nexuslims rebuild 'https://nemo.example.org/api/usage_events/?id=3'\n")
	assert.Contains(t, o.out, "  1 file in no session, up to 2024-05-08 09:00 UTC:\n    TEM/stray: 1 file, 2024-05-06 04:00 to 04:00 EDT\n")
	assert.Empty(t, o.err)
	narrow(t, o.out)

	o = s.run("status", "--json", "--days", "10")
	assert.Equal(t, 3, o.code)
	var r pipeline.StatusReport
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Equal(t, 1, r.Concerns.Total)
	assert.Equal(t, "SEM/late.tif", r.Files[1].Late.Items[0].Files.Items[0].Path)
	assert.Nil(t, r.Holder)
	assert.Equal(t, 0, s.run("status", "--no-files").code, "files are left alone")
	assert.Equal(t, 0, s.run("status", "--days=1").code)
	after := s.files(".")
	assert.Len(t, after, len(before)+2, "nothing is written")
}

func TestStatusWhileARunGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	other := s.start(map[string]string{childPause: "extracted"}, "build-records", "--from", "none")
	other.expect("paused: extracted")
	o := s.run("status")
	assert.Equal(t, 0, o.code, o.out+o.err)
	assert.Contains(t, o.out, "A run is going on since")
	assert.Contains(t, o.out, "s1 is being built.")
	assert.Contains(t, o.out, "Waiting to be built\n  s1 on TEM, 2024-05-06 05:00 to 06:00 EDT\n    no run has dealt with it yet; waiting until 2024-05-08 06:00 EDT\n")
	require.NoError(t, other.in.Close())
	require.Equal(t, 0, other.wait(), other.err.String())
	o = s.run("status")
	assert.NotContains(t, o.out, "going on")
}

func TestStatusOfTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.visit("https://nemo.example.org/api/usage_events/?id=1", "TEM", 0, "a.tif")
	s.visit("https://nemo.example.org/api/usage_events/?id=2", "TEM", 5, "b.tif")
	s.env["NX_CDCS_URL"], s.env["NX_CDCS_TOKEN"] = "http://127.0.0.1:1/", "hush-hush"
	require.Equal(t, 3, s.run("build-records", "--from", "none").code)
	s.now = s.now.Add(25 * time.Hour)
	o := s.run("status")
	assert.Equal(t, 3, o.code, o.err)
	for _, want := range []string{
		"3 things need a hand.\n\nFound by the last run\n  0/1 destinations are ready", "partly done (3)",
		"\nRecords that are not exported for over a day\n  https://nemo.example.org/api/usage_events/?id=1 on TEM\n",
		"> nexuslims export --retry 'https://nemo.example.org/api/usage_events/?id=2'\n", "BUILT_NOT_EXPORTED  2\n",
	} {
		assert.Contains(t, o.out, want)
	}
	narrow(t, o.out)
}

func TestStatusNeedsLittle(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	require.Equal(t, 0, s.run("build-records", "--from", "none").code)
	s.settle("s1", nexuslims.Failed)
	s.env = map[string]string{"NX_DB_PATH": s.env["NX_DB_PATH"], "NX_NEMO_ADDRESS_1": "not used", "NX_CDCS_URL": "not used"}
	o := s.run("status", "--no-files")
	assert.Equal(t, 3, o.code, o.err)
	assert.Contains(t, o.out, "> nexuslims rebuild s1\n")
	o = s.run("status")
	assert.Equal(t, 2, o.code)
	assert.Contains(t, o.err, "--no-files")
	require.NoError(t, os.Rename(s.env["NX_DB_PATH"], s.path("elsewhere.db")))
	o = s.run("status", "--no-files")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.err, "db init")
	assert.NoFileExists(t, filepath.Join(s.dir, "nexuslims.db"))
}

func TestStatusOfOneSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	const id = "https://nemo.example.org/api/usage_events/?id=3"
	s.visit(id, "SEM", 4, "user/a.tif", "user/b.txt")
	require.Equal(t, 0, s.run("build-records", "--from", "none").code)
	o := s.run("status", "--session", id)
	require.Equal(t, 0, o.code, o.out+o.err)
	for _, want := range []string{
		id + "\nCOMPLETED on SEM, 2024-05-06 15:00 to 16:00 CEST, mcurie\nIt needs no hand.\n",
		"\nRows of session_log\n  1  START              2024-05-06T13:00:00+00:00  COMPLETED  mcurie\n",
		"\nRecord\n  2024-05-06_SEM_", "version 1, built 2024-05-09 09:00 UTC (uploaded)\n", s.path("data/records/uploaded"),
		"\nDeliveries\n  folder: delivered, 2024-05-09 09:00 UTC\n    file://",
		"\nAttempts\n  2024-05-09 09:00 UTC folder: done, version ",
		"\nWhat runs said of it\n  2024-05-09 09:00 UTC build-records: COMPLETED\n",
		"SEM/user/a.tif\n",
	} {
		assert.Contains(t, o.out, want)
	}
	narrow(t, o.out)

	s.file("SEM/user/late.txt", morning.Add(4*time.Hour+30*time.Minute))
	o = s.run("status", "--session", id)
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "\n  1 file of its time not in its record\n  > nexuslims rebuild '"+id+"'\n")
	assert.Contains(t, o.out, "SEM/user/late.txt  new\n")
	assert.Equal(t, 0, s.run("rebuild", id).code, "as it was advised")
	o = s.run("status", "--session", id, "--json")
	assert.Equal(t, 0, o.code, o.out)
	var one pipeline.SessionStatus
	require.NoError(t, json.Unmarshal([]byte(o.out), &one))
	assert.Equal(t, 2, one.Record.Version)
	assert.Equal(t, 3, one.Files.Total)
	assert.Equal(t, "rebuild", one.Said[0].Run)

	o = s.run("status", "--session", "nobody")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.err, "no such session")
	assert.Empty(t, o.out)
}

// TestStatusAfterAKillInACommit reads a database that SQLite has to repair first.
func TestStatusAfterAKillInACommit(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.env["NX_DB_PATH"]
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	require.NoError(t, err)
	require.NoError(t, sqlitex.ExecuteScript(conn, `PRAGMA cache_size = 1;
		CREATE TABLE nx_test AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
			SELECT i, hex(randomblob(400)) AS text FROM n;`, nil))
	require.NoError(t, sqlitex.ExecuteTransient(conn, "BEGIN", nil))
	require.NoError(t, sqlitex.ExecuteTransient(conn, "UPDATE nx_test SET text = hex(randomblob(400))", nil))
	// What is on the disk now is what a kill would leave.
	for _, suffix := range []string{"", "-journal"} {
		b, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NotEmpty(t, b)
		require.NoError(t, os.WriteFile(s.path("killed.db"+suffix), b, 0o600))
	}
	require.NoError(t, conn.Close())
	s.env["NX_DB_PATH"] = s.path("killed.db")
	o := s.run("status")
	assert.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "Nothing needs a hand.")
}
