package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
)

// site makes the folders and the database file of a site, and the .env text for them.
func site(t *testing.T) (dir, env string) {
	t.Helper()
	dir = t.TempDir()
	for _, d := range []string{"instruments", "data"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, d), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nx.db"), nil, 0o600))
	return dir, "NX_INSTRUMENT_DATA_PATH=" + dir + "/instruments\nNX_DATA_PATH=" + dir + "/data\nNX_DB_PATH=" + dir + "/nx.db\n"
}

func read(t *testing.T, dir, env string, environment ...string) *config.Texts {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".env"), []byte(env), 0o600))
	texts, err := config.Read(config.Source{Folder: dir, Environment: environment})
	require.NoError(t, err)
	return texts
}

func TestLoadDefaults(t *testing.T) {
	dir, env := site(t)
	c, err := config.Load(read(t, dir, env), config.NeedSite)
	require.NoError(t, err)
	assert.Equal(t, config.Exclusive, c.FileStrategy)
	assert.Equal(t, config.DefaultPatterns(), c.Ignore)
	assert.InDelta(t, 48, c.Delay().Hours(), 1e-9)
	assert.Equal(t, config.ExportAll, c.Strategy)
	assert.Equal(t, 20, c.MaxAttempts)
	assert.Equal(t, filepath.Join(dir, "data", "records"), c.RecordsFolder())
	assert.Equal(t, filepath.Join(dir, "data", ".builder.lock"), c.LockFile())
	assert.False(t, c.Mail.Enabled())
}

func TestEnvironmentWinsAndEmptyIsUnset(t *testing.T) {
	dir, env := site(t)
	texts := read(t, dir, env+"NX_FILE_DELAY_DAYS=3\nNX_LOG_PATH=\nnx_file_strategy=inclusive\n",
		"NX_FILE_DELAY_DAYS=5", "NX_EXPORT_STRATEGY=")
	c, err := config.Load(texts, config.NeedSite)
	require.NoError(t, err)
	assert.InDelta(t, 5, c.DelayDays, 0)
	assert.Equal(t, filepath.Join(dir, "data", "logs"), c.LogsFolder())
	assert.Equal(t, config.ExportAll, c.Strategy)
	assert.Equal(t, config.Inclusive, c.FileStrategy, "case of names does not matter")
	_, source, ok := texts.Lookup("NX_FILE_DELAY_DAYS")
	assert.True(t, ok)
	assert.Equal(t, "environment", source)
}

func TestEveryFaultIsReported(t *testing.T) {
	dir, _ := site(t)
	bad := map[string]string{
		"NX_INSTRUMENT_DATA_PATH":   "/nowhere/at/all",
		"NX_DATA_PATH":              filepath.Join(dir, "nx.db"),
		"NX_FILE_STRATEGY":          "Exclusive",
		"NX_IGNORE_PATTERNS":        `{"a":1}`,
		"NX_FILE_DELAY_DAYS":        "inf",
		"NX_CLUSTERING_SENSITIVITY": "-1",
		"NX_EXPORT_STRATEGY":        "some",
		"NX_EXPORT_MAX_ATTEMPTS":    "0",
		"NX_DISABLE_SSL_VERIFY":     "maybe",
		"NX_CERT_BUNDLE_FILE":       "/nowhere.pem",
		"NX_EMAIL_SMTP_PORT":        "99999",
		"NX_EMAIL_SENDER":           "nobody",
		"NX_EMAIL_RECIPIENTS":       "a@b.org,,nobody",
		"NX_EMAIL_USE_TLS":          "perhaps",
		"NX_SERVICE_INTERVAL":       "soon",
		"NX_LISTEN":                 "here",
	}
	var env strings.Builder
	for name, value := range bad {
		env.WriteString(name + "='" + value + "'\n")
	}
	_, err := config.Load(read(t, dir, env.String()), config.NeedSite)
	var faults nexuslims.Faults
	require.ErrorAs(t, err, &faults)
	require.ErrorIs(t, err, nexuslims.Invalid)
	seen := map[string]nexuslims.Fault{}
	for _, f := range faults {
		assert.NotContains(t, seen, f.Variable, "one fault for each variable")
		seen[f.Variable] = f
	}
	for name, value := range bad {
		f, ok := seen[name]
		if assert.True(t, ok, "no fault for %s", name) {
			assert.Equal(t, value, f.Value)
			assert.Regexp(t, `^\.env:\d+$`, f.Source)
			assert.NotEmpty(t, f.Reason)
			assert.NotContains(t, f.Reason, "env:", "the library's own words")
			assert.NotContains(t, f.Reason, "field")
		}
	}
	assert.Equal(t, "is required", seen["NX_DB_PATH"].Reason)
	assert.Len(t, faults, len(bad)+1)
}

func TestNumbersAsPythonReadsThem(t *testing.T) {
	dir, env := site(t)
	c, err := config.Load(read(t, dir, env+"NX_FILE_DELAY_DAYS=' 1_0.5 '\nNX_EXPORT_MAX_ATTEMPTS=5.0\n"), config.NeedSite)
	require.NoError(t, err)
	assert.InDelta(t, 10.5, c.DelayDays, 0)
	assert.Equal(t, 5, c.MaxAttempts)
}

func TestSecretsAreNotShown(t *testing.T) {
	dir, env := site(t)
	secretFile := filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(secretFile, []byte("from-a-file\n"), 0o600))
	texts := read(t, dir, env+"NX_ELABFTW_API_KEY=canary-1\nNX_EMAIL_SMTP_PASSWORD_FILE="+secretFile+
		"\nNX_NEMO_TOKEN_1=canary-2\nNX_OWN_API_KEY=canary-3\nNX_FILE_STRATEGY=x\n")
	_, err := config.Load(texts, config.NeedSite)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "canary")
	dump := string(nexuslims.AppendJSON(nil, texts.Dump(config.Variables()), "  "))
	assert.NotContains(t, dump, "canary")
	assert.Contains(t, dump, "NX_OWN_API_KEY")
	assert.ElementsMatch(t, []string{"canary-1", "canary-2", "canary-3", "from-a-file"}, texts.Secrets(config.Variables()))

	texts = read(t, dir, env+"NX_EMAIL_SMTP_PASSWORD_FILE="+secretFile+"\n")
	c, err := config.Load(texts, config.NeedSite)
	require.NoError(t, err)
	assert.Equal(t, "from-a-file", c.Mail.Password.Reveal())
	assert.NotContains(t, dumpOf(c), "from-a-file")

	_, err = config.Load(read(t, dir, env+"NX_EMAIL_SMTP_PASSWORD_FILE=/nowhere\n"), config.NeedSite)
	assert.ErrorContains(t, err, "NX_EMAIL_SMTP_PASSWORD_FILE")
}

func dumpOf(c *config.Config) string { return fmt.Sprintf("%v\n%+v\n%#v", c, c, c) }

// TestSecretFields refuses text fields named like secrets.
func TestSecretFields(t *testing.T) {
	for _, part := range []any{config.Config{}, config.Mail{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(part)) {
			name := strings.ToLower(f.Name)
			for _, word := range []string{"token", "password", "secret", "key"} {
				if strings.Contains(name, word) {
					assert.Equal(t, reflect.TypeFor[nexuslims.Secret](), f.Type, f.Name)
				}
			}
		}
	}
}

func TestEnvFile(t *testing.T) {
	dir, env := site(t)
	sub := filepath.Join(dir, "sub")
	require.NoError(t, os.Mkdir(sub, 0o700))
	read(t, dir, env)
	texts, err := config.Read(config.Source{Folder: sub})
	require.NoError(t, err)
	assert.Empty(t, texts.File)
	require.Len(t, texts.Warnings, 1)
	assert.Contains(t, texts.Warnings[0], filepath.Join(dir, ".env"))

	texts, err = config.Read(config.Source{Folder: sub, EnvFile: "../.env"})
	require.NoError(t, err)
	_, err = config.Load(texts, config.NeedSite)
	require.NoError(t, err)

	_, err = config.Read(config.Source{Folder: sub, EnvFile: "absent.env"})
	require.ErrorIs(t, err, nexuslims.Invalid)
}

func TestHints(t *testing.T) {
	dir, env := site(t)
	texts := read(t, dir, env+"mmfnexus_path=/x\nNX_FILE_STRATEGIE=x\nNX_EMAIL_SMTP_PASSWORD_FILE=/x\nbroken line\n")
	assert.Equal(t, []string{
		"MMFNEXUS_PATH is a name of an old release; it is now NX_INSTRUMENT_DATA_PATH",
		"NX_FILE_STRATEGIE is not a setting of this program",
	}, texts.Hints(config.Variables()))
}

func TestNeeds(t *testing.T) {
	texts, err := config.Read(config.Source{Folder: t.TempDir()})
	require.NoError(t, err)
	_, err = config.Load(texts, config.NeedNothing)
	require.NoError(t, err)
	_, err = config.Load(texts, config.NeedDatabase)
	var faults nexuslims.Faults
	require.True(t, errors.As(err, &faults))
	require.Len(t, faults, 1)
	assert.Equal(t, "NX_DB_PATH", faults[0].Variable)
}

func TestOnlySomeTexts(t *testing.T) {
	texts := read(t, t.TempDir(), "nx_disable_ssl_verify=yes\nNX_CERT_BUNDLE_FILE=/a.pem\nNX_DATA_PATH=/nowhere\n", "NX_DISABLE_SSL_VERIFY=no")
	only := texts.Only("NX_CERT_BUNDLE", "NX_DISABLE_SSL_VERIFY", "NX_LOG_PATH")
	assert.Equal(t, []string{"NX_CERT_BUNDLE_FILE", "NX_DISABLE_SSL_VERIFY"}, only.Names())
	value, source, ok := only.Lookup("NX_DISABLE_SSL_VERIFY")
	assert.Equal(t, []any{"no", "environment", true}, []any{value, source, ok})
	value, source, _ = only.Lookup("NX_CERT_BUNDLE_FILE")
	assert.Equal(t, []string{"/a.pem", ".env:2"}, []string{value, source})
}
