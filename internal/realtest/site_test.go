package realtest_test

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
	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// site is an installation for one test, set up by the commands that an operator uses.
type site struct {
	t   testing.TB
	dir string
	env map[string]string
	now func() time.Time
}

func newSite(tb testing.TB, nemo realtest.NEMO, cdcs *realtest.CDCS) *site {
	tb.Helper()
	s := &site{t: tb, dir: tb.TempDir(), now: time.Now}
	s.env = map[string]string{
		"NX_INSTRUMENT_DATA_PATH": s.path("instruments"),
		"NX_DATA_PATH":            s.path("data"),
		"NX_DB_PATH":              s.path("nexuslims.db"),
		"NX_NEMO_ADDRESS_1":       nemo.URL,
		"NX_NEMO_TOKEN_1":         nemo.Token,
	}
	if cdcs != nil {
		s.env["NX_CDCS_URL"], s.env["NX_CDCS_TOKEN"] = cdcs.URL, cdcs.Token
	}
	require.NoError(tb, os.MkdirAll(s.path("instruments"), 0o755))
	require.NoError(tb, os.MkdirAll(s.path("data"), 0o755))
	require.Equal(tb, 0, s.run("db", "init").code)
	return s
}

func (s *site) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

type output struct {
	code     int
	out, err string
}

// run carries out one command line of the stock program.
func (s *site) run(args ...string) output {
	s.t.Helper()
	return s.runContext(s.t.Context(), args...)
}

func (s *site) runContext(ctx context.Context, args ...string) output {
	s.t.Helper()
	var out, errs bytes.Buffer
	environment := make([]string, 0, len(s.env))
	for k, v := range s.env {
		environment = append(environment, k+"="+v)
	}
	code := cmd.Run(ctx, cmd.Process{
		Plugins: builtin.Plugins(), Args: append([]string{"nexuslims"}, args...), Environment: environment,
		Folder: s.dir, In: strings.NewReader(""), Out: &out, Err: &errs, Now: s.now,
	})
	return output{code, out.String(), errs.String()}
}

// build runs build-records and reads its report.
func (s *site) build(args ...string) (pipeline.Report, output) {
	s.t.Helper()
	o := s.run(append([]string{"build-records", "--json"}, args...)...)
	var r pipeline.Report
	require.NoError(s.t, json.Unmarshal([]byte(o.out), &r), "output %q, errors %q", o.out, o.err)
	return r, o
}

// instrument is a row of the instrument file.
type instrument struct{ pid, name, tool, folder, zone string }

func (s *site) instruments(list ...instrument) {
	s.t.Helper()
	var b strings.Builder
	b.WriteString("instrument_pid,api_url,calendar_url,location,display_name,property_tag,filestore_path,harvester,timezone\n")
	for _, in := range list {
		fmt.Fprintf(&b, "%s,%stools/?id=%s,%s,Room 1,%s,tag-%s,%s,nemo,%s\n",
			in.pid, s.env["NX_NEMO_ADDRESS_1"], in.tool, s.env["NX_NEMO_ADDRESS_1"], in.name, in.tool, in.folder, in.zone)
	}
	file := s.path("instruments.csv")
	require.NoError(s.t, os.WriteFile(file, []byte(b.String()), 0o600))
	o := s.run("instruments", "import", file)
	require.Equal(s.t, 0, o.code, o.err)
}

// place copies a file into the instrument data with a modification time.
func (s *site) place(source, target string, modified time.Time) {
	s.t.Helper()
	b, err := os.ReadFile(source)
	require.NoError(s.t, err)
	s.write(target, b, modified)
}

func (s *site) write(target string, b []byte, modified time.Time) {
	s.t.Helper()
	path := s.path("instruments", filepath.FromSlash(target))
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(s.t, os.WriteFile(path, b, 0o644))
	require.NoError(s.t, os.Chtimes(path, modified, modified))
}
