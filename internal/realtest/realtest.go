// Package realtest starts a real NEMO and a real CDCS for the integration run; see
// README.md.
package realtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// NEMO is a running scheduler.
type NEMO struct {
	URL     string            `json:"url"` // root of the interface, ends in /api/
	Token   string            `json:"token"`
	Tokens  map[string]string `json:"tokens"`
	Version string            `json:"version"`
	Dir     string            `json:"-"` // where the server keeps its facts
}

// CDCS is a running repository.
type CDCS struct {
	URL   string `json:"url"` // ends in a slash
	Token string `json:"token"`
	Users map[string]struct {
		ID    json.Number `json:"id"`
		Token string      `json:"token"`
		Email string      `json:"email"`
	} `json:"users"`
	Version string `json:"version"`
	Dir     string `json:"-"` // where the server keeps its facts
}

// Wanted skips the test unless NX_INTEGRATION is set: starting servers takes its time.
// Once it is set, whatever is missing is a failure.
func Wanted(tb testing.TB) {
	tb.Helper()
	if os.Getenv("NX_INTEGRATION") == "" {
		tb.Skip("the run against real servers is started by make integration")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		tb.Fatal("the real servers are Python programs: python3 is not installed")
	}
}

// StartNEMO starts a NEMO of its own for the test. env adds to the environment of the script.
func StartNEMO(tb testing.TB, env ...string) NEMO {
	tb.Helper()
	dir := tb.TempDir()
	n := NEMO{Dir: dir}
	start(tb, "nemo", dir, append(env, "NEMO_VENV="+environment(tb, "nemo", "nemo")))
	decode(tb, filepath.Join(dir, "nemo.json"), &n)
	return n
}

// StartCDCS starts a CDCS of its own for the test, of the version that sites have most.
func StartCDCS(tb testing.TB, env ...string) CDCS {
	tb.Helper()
	return startCDCS(tb, append(env, "CDCS_VENV="+environment(tb, "cdcs", "cdcs")))
}

// StartCDCSVersion starts a CDCS of a version, "2.21.*", for the test.
func StartCDCSVersion(tb testing.TB, version string) CDCS {
	tb.Helper()
	chosen := "CDCS_VERSION=" + version
	folder := "cdcs-" + strings.TrimSuffix(version, ".*")
	return startCDCS(tb, []string{chosen, "CDCS_VENV=" + environment(tb, "cdcs", folder, chosen)})
}

func startCDCS(tb testing.TB, env []string) CDCS {
	tb.Helper()
	dir := tb.TempDir()
	c := CDCS{Dir: dir}
	start(tb, "cdcs", dir, env)
	decode(tb, filepath.Join(dir, "cdcs.json"), &c)
	return c
}

// environment returns the Python environment of a server in a folder, installing it on first
// use. env adds to the environment of the script that installs.
func environment(tb testing.TB, name, folder string, env ...string) string {
	tb.Helper()
	base := os.Getenv("NX_REAL_DIR")
	if base == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			tb.Fatal(err)
		}
		base = filepath.Join(cache, "nexuslims-real")
	}
	dir := filepath.Join(base, folder)
	venv := filepath.Join(dir, "venv")
	stamp := filepath.Join(venv, ".ready")
	if _, err := os.Stat(stamp); err == nil {
		return venv
	}
	tb.Logf("installing %s below %s", name, dir)
	run(tb, dir, name, "start.sh", env)
	run(tb, dir, name, "stop.sh", nil)
	if err := os.WriteFile(stamp, nil, 0o600); err != nil {
		tb.Fatal(err)
	}
	return venv
}

func start(tb testing.TB, name, dir string, env []string) {
	tb.Helper()
	run(tb, dir, name, "start.sh", env)
	tb.Cleanup(func() { run(tb, dir, name, "stop.sh", nil) })
}

func run(tb testing.TB, dir, name, script string, env []string) {
	tb.Helper()
	path := filepath.Join(testdata.Root(), "internal", "realtest", name, script)
	cmd := exec.Command("bash", path, dir) //nolint:noctx,gosec // scripts of our own, with their own time-out
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, script, err, out)
	}
}

func decode(tb testing.TB, path string, v any) {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		tb.Fatal(err)
	}
}
