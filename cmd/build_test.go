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

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

func TestBuildRecords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "user/a.tif", "user/b.dm3", "user/c.txt")
	s.visit("s2", "SEM", 2, "d.tif")
	before := s.files("instruments")

	o := s.run("build-records", "--from", "none")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "s1  TEM  2024-05-06 05:00 to 06:00 EDT  mcurie", "times are those of the instrument")
	assert.Contains(t, o.out, "COMPLETED: record 2024-05-06_TEM_s1, 1 activity, 3 datasets, 3 files")
	assert.Contains(t, o.out, "cdcs: delivered "+server.URL)
	assert.Contains(t, o.out, "2 sessions: 2 COMPLETED")
	assert.Empty(t, o.err, "nothing to worry about")
	assert.Empty(t, s.log(), "and so no log")

	require.Len(t, server.Records(), 2)
	r, err := record.Decode([]byte(server.Records()[0].XML))
	require.NoError(t, err)
	assert.Equal(t, "Visit s1", r.Title)
	assert.Equal(t, []string{"2024-05-06_SEM_s2.xml", "2024-05-06_TEM_s1.xml"}, s.files("data/records/uploaded"))
	assert.FileExists(t, s.path("site/index.html"))
	assert.Equal(t, before, s.files("instruments"))
	s.look(func(store *db.Store) {
		runs, err := store.Runs(t.Context(), 0)
		require.NoError(t, err)
		require.Len(t, runs, 1)
		var report pipeline.Report
		require.NoError(t, json.Unmarshal(runs[0].Report, &report))
		assert.Len(t, report.Sessions, 2)
	})

	o = s.run("build-records", "-v")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "No session to build.")
	assert.Len(t, server.Records(), 2)
	assert.Contains(t, o.err, "run begins")
	assert.Contains(t, o.err, "setting name=NX_CDCS_TOKEN value=*** source=environment")
	assert.NotContains(t, o.err, server.Token)
	assert.Equal(t, o.err, s.log(), "log file and error output have the same lines")
	assert.Equal(t, []string{"2024/05/09/20240509-090000.log"}, s.files("data/logs"))
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	server := s.cdcs()
	s.visit("s1", "TEM", 0, "user/a.tif", "user/b.dm3")
	asked := len(server.Requests())
	o := s.run("build-records", "-n", "-v", "--from=none")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "would be built from 2 files")
	assert.Contains(t, o.out, "*mtime* 2024-05-06T05:01:00-04:00 - TEM/user/a.tif")
	assert.Contains(t, o.err, "file=TEM/user/a.tif mtime=2024-05-06T05:01:00-04:00")
	assert.Len(t, server.Requests(), asked, "destinations are not even asked")
	assert.Empty(t, s.files("site"))
	for _, name := range s.files("data") {
		assert.True(t, strings.HasPrefix(name, "logs/") || name == ".builder.lock", name)
	}
	assert.Equal(t, []string{"2024/05/09/20240509-090000_dryrun.log"}, s.files("data/logs"))
	s.look(func(store *db.Store) {
		queue, _, err := store.Queue(t.Context(), nexuslims.Statuses()...)
		require.NoError(t, err)
		assert.Empty(t, queue)
		runs, err := store.Runs(t.Context(), 0)
		require.NoError(t, err)
		assert.Empty(t, runs)
	})
}

func TestVerbosity(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	for n, args := range []string{"", "-v", "-vv"} {
		s.now = s.now.Add(time.Minute)
		s.visit("s"+string(rune('1'+n)), "TEM", n, "a.tif")
		o := s.run(strings.Fields("build-records --from none " + args)...)
		require.Equal(t, 0, o.code, o.err)
		assert.Equal(t, n > 0, strings.Contains(o.err, " INFO: "), args)
		assert.Equal(t, n > 1, strings.Contains(o.err, " DEBUG: "), args)
	}
}

func TestFromAndTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	for n, id := range []string{"s1", "s2", "s3"} {
		s.visit(id, "TEM", 24*n, id+".txt")
	}
	r, o := s.build("-n", "--from", "2024-05-07", "--to", "2024-05-07")
	require.Equal(t, 0, o.code, o.err)
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, "s2", r.Sessions[0].ID)

	r, _ = s.build("--from", "2024-05-06T09:30:00Z", "--to", "2024-05-07T08:00:00Z")
	require.Len(t, r.Sessions, 1)
	assert.Equal(t, "s1", r.Sessions[0].ID)

	s.now = morning.AddDate(0, 0, 60)
	o = s.run("build-records", "--json")
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.Empty(t, r.Sessions, "the last week, unless something else is said")
	r, _ = s.build()
	assert.Len(t, r.Sessions, 2)
}

func TestAnotherRunHoldsTheLock(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	other := s.start(map[string]string{childPause: "harvested"}, "build-records", "--from", "none")
	other.expect("paused: harvested")
	o := s.run("build-records", "--from", "none")
	assert.Equal(t, 4, o.code)
	assert.Contains(t, o.err, "Another instance is already running")
	assert.Contains(t, o.err, "pid ")
	assert.Empty(t, o.out)
	assert.Empty(t, s.files("data/records"))
	require.NoError(t, other.in.Close())
	require.Equal(t, 0, other.wait(), other.err.String())
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	o = s.run("build-records", "--from", "none")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "No session to build.")
}

func TestPreflightEndsARun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breakIt func(s *site)
		want    string
	}{
		"database is no database": {func(s *site) {
			require.NoError(s.t, os.WriteFile(s.env["NX_DB_PATH"], []byte(strings.Repeat("no database ", 100)), 0o600))
		}, "nexuslims.db"},
		"database is damaged": {func(s *site) {
			b, err := os.ReadFile(s.env["NX_DB_PATH"])
			require.NoError(s.t, err)
			for i := 4096; i < len(b); i++ {
				b[i] ^= 0x5a
			}
			require.NoError(s.t, os.WriteFile(s.env["NX_DB_PATH"], b, 0o600))
		}, "database"},
		"records cannot be written": {func(s *site) {
			require.NoError(s.t, os.WriteFile(s.path("data/records"), nil, 0o600))
		}, "data_path_writable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.website()
			s.visit("s1", "TEM", 0, "a.tif")
			c.breakIt(s)
			r, o := s.build()
			assert.Equal(t, 1, o.code)
			assert.Contains(t, r.Fault, c.want)
			assert.Contains(t, o.err, " ERROR: ")
			assert.Contains(t, s.log(), c.want)
			assert.NoDirExists(t, s.path("site/records"))
			o = s.run("build-records")
			assert.Equal(t, 1, o.code)
			assert.Contains(t, o.out, "Run failed: ")
		})
	}
}

func TestBadConfigurationIsToldAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.NoError(t, os.WriteFile(s.path(".env"), []byte("NX_FILE_DELAY_DAYS=-2\nNX_EXPORT_STRATEGY='most'\nNX_CDCS_TOKEN=hush-hush\nnot a line\n"), 0o600))
	s.env["NX_DATA_PATH"] = s.path("nowhere")
	s.env["NX_CLUSTERING_SENSITIVITY"] = "high"
	s.env["NX_NEMO_ADDRESS_7"] = "https://user:hush-hush@nemo.example.org/api"
	s.env["NX_NEMO_TOKEN_7"] = "hush-hush"
	s.env["NX_IGNORE_PATTERNS"] = "*.tmp"
	s.env["NX_CDCS_URL"] = "https://user:hush-hush@cdcs.example.org/"
	o := s.run("build-records")
	assert.Equal(t, 2, o.code)
	for _, want := range []string{
		`NX_DATA_PATH="` + s.path("nowhere") + `" (environment): no such file`,
		`NX_FILE_DELAY_DAYS="-2" (.env:1): must be a number above 0`,
		`NX_EXPORT_STRATEGY="most" (.env:2): `,
		`NX_CLUSTERING_SENSITIVITY="high" (environment): not a number`,
		`NX_IGNORE_PATTERNS="*.tmp" (environment): `,
		`NX_NEMO_ADDRESS_7="https://***@nemo.example.org/api" (environment): `,
		`NX_CDCS_URL="https://***@cdcs.example.org/" (environment): must not hold user information`,
		".env: ",
	} {
		assert.Contains(t, o.err, want)
	}
	assert.NotContains(t, o.err, "hush")
	assert.Empty(t, o.out)
	assert.Empty(t, s.files("data"), "nothing was begun")
}

func TestPartialFailures(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.visit("s1", "TEM", 0, "a.tif")
	s.visit("s2", "SEM", 0, "b.tif")
	require.NoError(t, os.Rename(s.path("instruments/TEM"), s.path("instruments/away")))
	s.now = morning.AddDate(0, 0, 30)
	o := s.run("build-records", "--from", "none")
	assert.Equal(t, 3, o.code)
	assert.Contains(t, o.out, "waits: ")
	assert.Contains(t, o.out, "2 sessions: 1 COMPLETED, 1 waiting")
	assert.Contains(t, o.out, "Preflight: folder of TEM is not there")
	assert.Equal(t, nexuslims.ToBeBuilt, s.status("s1"))
	assert.Equal(t, nexuslims.Completed, s.status("s2"))
	require.NoError(t, os.Rename(s.path("instruments/away"), s.path("instruments/TEM")))
	_, o = s.build()
	assert.Equal(t, 0, o.code, o.err)
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
}

func TestNoDestination(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.visit("s1", "TEM", 0, "a.tif")
	o := s.run("build-records", "--from", "none")
	assert.Equal(t, 3, o.code, "built, and not exported")
	assert.Contains(t, o.out, "no destination is configured")
	assert.Equal(t, []string{"2024-05-06_TEM_s1.xml"}, s.files("data/records"))
	s.website()
	_, o = s.build()
	assert.Equal(t, 0, o.code, o.err)
	assert.Equal(t, nexuslims.Completed, s.status("s1"))
	assert.Equal(t, []string{"uploaded/2024-05-06_TEM_s1.xml"}, s.files("data/records"))
}

// TestInsecureSettingsAreLoud looks for the warnings in log, preflight and report.
func TestInsecureSettingsAreLoud(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.website()
	s.env["NX_DISABLE_SSL_VERIFY"] = "yes"
	s.env["NX_ROCRATE_DATA_URL"] = "http://data.example.org/"
	for range 2 {
		r, o := s.build()
		require.Equal(t, 0, o.code, o.err)
		for _, word := range []string{"NX_DISABLE_SSL_VERIFY", "NX_ROCRATE_DATA_URL"} {
			assert.Contains(t, strings.Join(r.Warnings, "\n"), word)
			assert.Contains(t, o.err, "WARNING: [preflight] connection_security: FAIL — "+word)
			found := false
			for _, c := range r.Checks {
				found = found || c.Name == "connection_security" && !c.Passed && strings.Contains(c.Message, word)
			}
			assert.True(t, found, word)
		}
		assert.Contains(t, s.log(), "certificates are not verified")
	}
	o := s.run("build-records")
	assert.Contains(t, o.out, "WARNING: NX_DISABLE_SSL_VERIFY is on")
	assert.Equal(t, 1, strings.Count(o.out, "NX_DISABLE_SSL_VERIFY"))
	names := s.files("data/logs")
	assert.Len(t, names, 3, "each run has a file of its own: %s", names)
	assert.Equal(t, ".log", filepath.Ext(names[0]))
}

func TestDemo(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: time.Now()}
	s.env = map[string]string{"NX_DB_PATH": "/nowhere", "NX_CDCS_URL": "https://cdcs.example.org/"} // not for the demonstration
	o := s.run("demo", "d")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "file://"+filepath.ToSlash(s.path("d/site/index.html")))
	assert.Contains(t, o.out, "3 COMPLETED")
	assert.FileExists(t, s.path("d/site/index.html"))
	pages, err := filepath.Glob(s.path("d/site/records/*/index.html"))
	require.NoError(t, err)
	require.Len(t, pages, 3)
	page, err := os.ReadFile(pages[1])
	require.NoError(t, err)
	assert.Contains(t, string(page), "Fracture surfaces &lt;batch 7&gt; &amp; coatings")
	records, err := filepath.Glob(s.path("d/site/records/*/record.xml"))
	require.NoError(t, err)
	assert.Len(t, records, 3)
	assert.Len(t, s.files("d/data/records/uploaded"), 3)

	o = s.run("demo", "d")
	assert.Equal(t, 2, o.code)
	assert.Contains(t, o.err, "is not empty")

	at := &site{t: t, dir: s.path("d"), now: s.now}
	assert.Contains(t, at.run("instruments", "list").out, "Quanta 650 SEM", "it is a site like any other")
	o = at.run("build-records")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "No session to build.")
}
