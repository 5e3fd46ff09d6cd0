package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

var morning = time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)

// site is an installation for one test, set up by the commands that an operator uses.
type site struct {
	t    testing.TB
	dir  string
	env  map[string]string
	now  time.Time
	in   string   // standard input
	rows []string // of the session file
}

const (
	sessionColumns    = "session_id,instrument,start,end,user,title,consent\n"
	instrumentColumns = "instrument_pid,api_url,calendar_url,location,display_name,property_tag,filestore_path,harvester,timezone\n"
)

// newSite makes a site with two instruments whose sessions stand in a file. It has no
// destination.
func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), now: morning.AddDate(0, 0, 3)}
	s.env = map[string]string{
		"NX_INSTRUMENT_DATA_PATH": s.path("instruments"),
		"NX_DATA_PATH":            s.path("data"),
		"NX_DB_PATH":              s.path("nexuslims.db"),
		"NX_SESSIONS_FILE":        s.path("sessions.csv"),
		"NX_FILE_STRATEGY":        "inclusive",
	}
	for _, d := range []string{"instruments/TEM", "instruments/SEM", "data"} {
		require.NoError(t, os.MkdirAll(s.path(d), 0o755))
	}
	s.sessions()
	require.Equal(t, 0, s.run("db", "init").code)
	s.instruments("TEM,https://lab.example.org/tools/1,https://lab.example.org/,Room 1,Titan,T-1,TEM,sessionfile,America/New_York",
		"SEM,https://lab.example.org/tools/2,https://lab.example.org/,Room 2,Quanta,T-2,SEM,sessionfile,Europe/Berlin")
	return s
}

func (s *site) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

type output struct {
	code     int
	out, err string
}

func (s *site) environment() []string {
	environment := make([]string, 0, len(s.env))
	for k, v := range s.env {
		environment = append(environment, k+"="+v)
	}
	return environment
}

// run carries out one command line of the stock program.
func (s *site) run(args ...string) output {
	s.t.Helper()
	return s.process(s.t.Context(), nil, args...)
}

func (s *site) process(ctx context.Context, checkpoint func(string), args ...string) output {
	s.t.Helper()
	var out, errs bytes.Buffer
	plugins := builtin.Plugins()
	require.NoError(s.t, plugins.Destinations.Replace(quickLabArchives()))
	code := cmd.Run(ctx, cmd.Process{
		Plugins: plugins, Args: append([]string{"nexuslims"}, args...), Environment: s.environment(),
		Folder: s.dir, In: strings.NewReader(s.in), Out: &out, Err: &errs, Now: func() time.Time { return s.now },
		Checkpoint: checkpoint, RetryWait: time.Millisecond,
	})
	return output{code, out.String(), errs.String()}
}

// build runs build-records and reads its report.
func (s *site) build(args ...string) (pipeline.Report, output) {
	s.t.Helper()
	o := s.run(append([]string{"build-records", "--from", "none", "--json"}, args...)...)
	var r pipeline.Report
	require.NoError(s.t, json.Unmarshal([]byte(o.out), &r), "output %q, errors %q", o.out, o.err)
	return r, o
}

func (s *site) instruments(rows ...string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(s.path("instruments.csv"), []byte(instrumentColumns+strings.Join(rows, "\n")+"\n"), 0o600))
	o := s.run("instruments", "import", s.path("instruments.csv"), "--update")
	require.Equal(s.t, 0, o.code, o.err)
}

// visit adds a session of an hour that begins hours after nine, with files in it.
func (s *site) visit(id, pid string, hours int, files ...string) {
	s.t.Helper()
	from := morning.Add(time.Duration(hours) * time.Hour)
	s.rows = append(s.rows, fmt.Sprintf("%s,%s,%s,%s,mcurie,Visit %s,yes\n",
		id, pid, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339), id))
	s.sessions()
	for i, name := range files {
		s.file(pid+"/"+name, from.Add(time.Duration(i+1)*time.Minute))
	}
}

func (s *site) sessions() {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(s.path("sessions.csv"), []byte(sessionColumns+strings.Join(s.rows, "")), 0o600))
}

// file writes a file of the kind that its name says.
func (s *site) file(name string, at time.Time) {
	s.t.Helper()
	data := synth.Text("notes", name)
	switch filepath.Ext(name) {
	case ".tif":
		data = synth.TIFF(synth.Pixels(64, 48, 1))
	case ".dm3", ".dm4":
		d := synth.TEMImage(64, 1, synth.DefaultMicroscope(at))
		d.Version = int(name[len(name)-1] - '0')
		b, err := d.Bytes()
		require.NoError(s.t, err)
		data = b
	}
	s.write(name, data, at)
}

func (s *site) write(name string, data []byte, at time.Time) {
	s.t.Helper()
	path := s.path("instruments", filepath.FromSlash(name))
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(s.t, os.WriteFile(path, data, 0o644))
	require.NoError(s.t, os.Chtimes(path, at, at))
}

// website switches the destination on that writes pages into a folder.
func (s *site) website() {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(s.path("site"), 0o755))
	s.env["NX_FOLDER_EXPORT_PATH"] = s.path("site")
}

// cdcs starts a server for records and switches its destination on.
func (s *site) cdcs() *cdcstest.Server {
	s.t.Helper()
	server := cdcstest.New(s.t, cdcstest.Options{})
	s.env["NX_CDCS_URL"], s.env["NX_CDCS_TOKEN"] = server.URL, server.Token
	return server
}

// elab starts an electronic notebook and switches its destination on.
func (s *site) elab() *elabftwtest.Server {
	s.t.Helper()
	server := elabftwtest.New(s.t, elabftwtest.Options{})
	s.env["NX_ELABFTW_URL"], s.env["NX_ELABFTW_API_KEY"] = server.URL, server.Key
	return server
}

// look opens the database for reading.
func (s *site) look(see func(*db.Store)) {
	s.t.Helper()
	store, err := db.Open(s.t.Context(), s.env["NX_DB_PATH"], db.Options{ReadOnly: true})
	require.NoError(s.t, err)
	see(store)
	require.NoError(s.t, store.Close())
}

func (s *site) status(id string) nexuslims.Status {
	s.t.Helper()
	var status nexuslims.Status
	s.look(func(store *db.Store) {
		q, err := store.Session(s.t.Context(), id)
		require.NoError(s.t, err)
		status = q.Status
	})
	return status
}

// settle gives a session a status, as an operator does who wants a record built anew.
func (s *site) settle(id string, status nexuslims.Status) {
	s.t.Helper()
	store, err := db.Open(s.t.Context(), s.env["NX_DB_PATH"], db.Options{})
	require.NoError(s.t, err)
	require.NoError(s.t, store.Settle(s.t.Context(), id, status))
	require.NoError(s.t, store.Close())
}

// files lists all files below a folder, slash-separated.
func (s *site) files(folder string) []string {
	s.t.Helper()
	var names []string
	require.NoError(s.t, filepath.WalkDir(s.path(folder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(s.path(folder), path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	}))
	return names
}

// log returns the text of all log files.
func (s *site) log() string {
	s.t.Helper()
	var b strings.Builder
	for _, name := range s.files("data/logs") {
		text, err := os.ReadFile(s.path("data/logs", name))
		require.NoError(s.t, err)
		b.Write(text)
	}
	return b.String()
}
