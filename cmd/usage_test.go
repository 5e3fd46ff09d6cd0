package cmd_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// bare carries out a command line in an empty folder, with a configuration that cannot
// even be read.
func bare(t *testing.T, args ...string) output {
	t.Helper()
	var out, errs bytes.Buffer
	code := cmd.Run(t.Context(), cmd.Process{
		Plugins: builtin.Plugins(), Args: append([]string{"nexuslims"}, args...), Environment: []string{"NX_DB_PATH=/nowhere", "NX_FILE_DELAY_DAYS=-1"},
		Folder: t.TempDir(), In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now,
	})
	return output{code, out.String(), errs.String()}
}

func TestHelpTouchesNoConfiguration(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                         "build-records",
		"--help":                   "instruments",
		"-h":                       "demo",
		"build-records --help":     "--dry-run",
		"build-records -nvv -h":    "--json",
		"extract --help":           "--no-preview",
		"export --help":            "--retry",
		"rebuild -h":               "SESSION...",
		"verify --help":            "--since",
		"db":                       "init",
		"db init --help":           "--force",
		"instruments":              "import",
		"instruments list --help":  "--format",
		"instruments import -h":    "--update",
		"demo --help":              "DIR",
		"status --help":            "--session",
		"status --version":         "nexuslims status (NexusLIMS " + nexuslims.Version,
		"--version":                "nexuslims (NexusLIMS " + nexuslims.Version,
		"build-records --version":  "nexuslims build-records (NexusLIMS " + nexuslims.Version,
		"db --version":             "nexuslims db (NexusLIMS " + nexuslims.Version,
		"instruments --version":    "nexuslims instruments (NexusLIMS " + nexuslims.Version,
		"--env-file none --help":   "build-records",
		"extract --env-file x -h":  "--env-file",
		"build-records --help x y": "--from",
	} {
		t.Run(line, func(t *testing.T) {
			o := bare(t, strings.Fields(line)...)
			assert.Equal(t, 0, o.code)
			assert.Contains(t, o.out, want)
			assert.Empty(t, o.err)
			assert.NotContains(t, o.out, "(default: false)")
		})
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"frob":                                 "no such command: frob",
		"db frob":                              "no such command: frob",
		"instruments frob":                     "no such command: frob",
		"--frob":                               "-frob",
		"build-records --frob":                 "-frob",
		"build-records now":                    "takes no arguments",
		"build-records --from":                 "needs an argument",
		"build-records --from=":                `invalid date ""`,
		"build-records --from yesterday":       `invalid date "yesterday"`,
		"build-records --to 2025-02-30":        `invalid date "2025-02-30"`,
		"extract":                              "takes one FILE",
		"extract a b":                          "takes one FILE",
		"extract nowhere.dm3":                  "nowhere.dm3 does not exist",
		"extract .":                            "not a regular file",
		"extract --no-preview x --frob":        "-frob",
		"extract --no-preview --no-metadata x": "leave nothing to do",
		"instruments import":                   "takes one FILE",
		"instruments import nowhere.csv":       "does not exist",
		"instruments list -f yaml":             "table or json",
		"demo a b":                             "one DIR at most",
		"status s1":                            "takes no arguments",
		"status --session=":                    "--session takes",
		"status --days 0":                      "--days takes",
		"status --days soon":                   "invalid value",
		"--env-file nowhere instruments list":  "nowhere",
		"build-records --env-file nowhere":     "nowhere",
	} {
		t.Run(line, func(t *testing.T) {
			o := bare(t, strings.Fields(line)...)
			assert.Equal(t, 2, o.code)
			assert.Contains(t, o.err, want)
			assert.True(t, strings.HasPrefix(o.err, "Error: "), o.err)
			assert.Empty(t, o.out)
		})
	}
}

func TestOptionsAfterArguments(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.file("TEM/a.tif", morning)
	assert.Equal(t, 0, s.run("extract", s.path("instruments/TEM/a.tif"), "--no-preview").code)
	assert.Empty(t, s.files("data"), "the option was heard")
	o := s.run("instruments", "import", s.path("instruments.csv"), "--update")
	assert.Equal(t, 0, o.code, o.err)
	assert.NoError(t, os.Rename(s.path("instruments.csv"), s.path("--odd.csv")))
	o = s.run("instruments", "import", "--update", "--", "--odd.csv")
	assert.Equal(t, 0, o.code, o.err)
}

func TestEnvironmentFileBeforeOrAfterTheCommand(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	text := "NX_DB_PATH='" + s.env["NX_DB_PATH"] + "'\n"
	assert.NoError(t, os.WriteFile(s.path("other.env"), []byte(text), 0o600))
	s.env = nil
	for _, line := range []string{"--env-file other.env instruments list", "instruments list --env-file other.env", "instruments list --env-file=other.env"} {
		o := s.run(strings.Fields(line)...)
		assert.Equal(t, 0, o.code, o.err)
		assert.Contains(t, o.out, "Titan")
	}
	assert.Equal(t, 2, s.run("instruments", "list").code)
}
