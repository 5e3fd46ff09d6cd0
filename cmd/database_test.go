package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
)

func TestDatabaseInit(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.env = map[string]string{"NX_DB_PATH": s.path("new", "deep", "x.db")}
	o := s.run("db", "init")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "Current version: "+db.Revision)
	s.look(func(store *db.Store) { assert.NoError(t, store.Check(t.Context())) })

	before, err := os.ReadFile(s.env["NX_DB_PATH"])
	require.NoError(t, err)
	o = s.run("db", "init")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.err, "exists already")
	after, err := os.ReadFile(s.env["NX_DB_PATH"])
	require.NoError(t, err)
	assert.Equal(t, before, after)

	s.instruments("TEM,https://lab.example.org/1,https://lab.example.org/,Room 1,Titan,T-1,TEM,nemo,UTC")
	o = s.run("db", "init", "--force")
	require.Equal(t, 0, o.code, o.err)
	aside := s.env["NX_DB_PATH"] + ".bak.20240506-090000"
	assert.Contains(t, o.out, aside)
	assert.Contains(t, s.run("instruments", "list").out, "no instruments")
	o = s.run("db", "init", "--force")
	assert.Equal(t, 1, o.code, "two in one second: nothing is replaced")
	s.now = s.now.Add(time.Second)
	o = s.run("db", "init", "--force", "--json")
	require.Equal(t, 0, o.code, o.err)
	assert.JSONEq(t, fmt.Sprintf(`{"path":%q,"revision":%q,"moved_aside":%q}`, s.env["NX_DB_PATH"], db.Revision,
		s.env["NX_DB_PATH"]+".bak.20240506-090001"), o.out)
	s.env["NX_DB_PATH"] = aside
	assert.Contains(t, s.run("instruments", "list").out, "Titan", "the old one is whole")
}

func TestDatabaseInitLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.env = map[string]string{"NX_DB_PATH": s.path("notes.txt")}
	require.NoError(t, os.WriteFile(s.path("notes.txt"), []byte("precious"), 0o600))
	assert.Equal(t, 1, s.run("db", "init").code)
	b, err := os.ReadFile(s.path("notes.txt"))
	require.NoError(t, err)
	assert.Equal(t, "precious", string(b))
	o := s.run("instruments", "list")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.err, "notes.txt")
	assert.Equal(t, []string{"notes.txt"}, s.files("."))
}

func TestInstruments(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.run("instruments", "list")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "Instruments (2)\nID   Display Name")
	assert.Contains(t, o.out, "https://la…org/tools/1")
	assert.Contains(t, o.out, "—")

	s.website()
	s.visit("s1", "TEM", 0, "a.txt")
	s.visit("s2", "TEM", 20, "b.txt")
	_, o = s.build()
	require.Equal(t, 0, o.code, o.err)
	var rows []map[string]any
	for _, args := range [][]string{{"--json"}, {"-f", "json"}, {"--format=json"}} {
		o = s.run(append([]string{"instruments", "list"}, args...)...)
		require.NoError(t, json.Unmarshal([]byte(o.out), &rows), o.out)
	}
	require.Len(t, rows, 2)
	assert.Equal(t, map[string]any{
		"instrument_pid": "TEM", "display_name": "Titan", "location": "Room 1", "api_url": "https://lab.example.org/tools/1",
		"harvester": "sessionfile", "sessions_total": 2.0, "last_session": "2024-05-07T02:00:00-04:00",
	}, rows[0])
	assert.Nil(t, rows[1]["last_session"])
	assert.Contains(t, s.run("instruments", "list").out, "2  2024-05-07 02:00 EDT")
}

func TestNoInstruments(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.env = map[string]string{"NX_DB_PATH": s.path("x.db")}
	o := s.run("instruments", "list")
	assert.Equal(t, 1, o.code, "the list makes no database")
	assert.Contains(t, o.err, "nexuslims db init")
	assert.Empty(t, s.files("."))
	require.Equal(t, 0, s.run("db", "init").code)
	o = s.run("instruments", "list")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "nexuslims instruments import")
	o = s.run("instruments", "list", "--json")
	assert.Equal(t, 0, o.code)
	assert.Equal(t, "[]\n", o.out)
}

func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	write := func(name, text string) string {
		require.NoError(t, os.WriteFile(s.path(name), []byte(text), 0o600))
		return s.path(name)
	}
	good := "FIB,https://lab.example.org/tools/3,https://lab.example.org/,Room 3,Helios,T-3,FIB,sessionfile,UTC\n"
	o := s.run("instruments", "import", write("bad.csv", instrumentColumns+good+
		"XRD,nowhere,https://lab.example.org/,Room 3,,T-4,../etc,sessionfile,Mars/Base\n"))
	assert.Equal(t, 1, o.code)
	for _, reason := range []string{"api_url", "filestore_path", "timezone"} {
		assert.Contains(t, o.err, reason, "every reason is told")
	}
	assert.NotContains(t, s.run("instruments", "list").out, "Helios")

	o = s.run("instruments", "import", write("good.csv", instrumentColumns+good), "--json")
	require.Equal(t, 0, o.code, o.err)
	assert.JSONEq(t, `{"added":1,"updated":0,"unchanged":0}`, o.out)

	changed := write("again.json", `[{"instrument_pid":"FIB","api_url":"https://lab.example.org/tools/3","calendar_url":"https://lab.example.org/",
		"location":"Room 9","display_name":"Helios","property_tag":"T-3","filestore_path":"FIB","harvester":"sessionfile","timezone":"UTC"}]`)
	assert.Equal(t, 1, s.run("instruments", "import", changed).code, "an existing one is changed on demand only")
	o = s.run("instruments", "import", changed, "--update")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.out, "0 instruments added, 1 changed")
	assert.Contains(t, s.run("instruments", "list").out, "Room 9")
	assert.Equal(t, 2, s.run("instruments", "import", write("x.txt", good)).code)
	assert.Equal(t, ".db", filepath.Ext(s.env["NX_DB_PATH"]))
}
