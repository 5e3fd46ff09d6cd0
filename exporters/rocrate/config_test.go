package rocrate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConfigure(t *testing.T) {
	f := rocrate.NewFactory()
	assert.Equal(t, "rocrate", f.Spec().Name)
	assert.Equal(t, 80, f.Spec().Priority)
	assert.True(t, f.Spec().Local)
	assert.Len(t, f.Variables(), 8)

	d, err := f.Configure(settings.Map{"NX_ROCRATE_FORM": "zip"}, nexuslims.Host{})
	require.NoError(t, err)
	assert.Nil(t, d, "off without a path")

	d, err = f.Configure(settings.Map{"NX_ROCRATE_PATH": t.TempDir(), "NX_ROCRATE_FORM": "Zip, folder,zip"}, nexuslims.Host{})
	require.NoError(t, err)
	require.NotNil(t, d)
	require.NoError(t, d.Close())
}

func TestEveryFaultIsReported(t *testing.T) {
	bad := settings.Map{
		"NX_ROCRATE_PATH": "/crates", "NX_ROCRATE_FORM": "rar", "NX_ROCRATE_DATA": "all", "NX_ROCRATE_DATA_LIMIT": "-3MB",
		"NX_ROCRATE_CHECKSUM": "perhaps", "NX_ROCRATE_URL": "ftp://x/", "NX_ROCRATE_DATA_URL": "here",
	}
	_, err := rocrate.NewFactory().Configure(bad, nexuslims.Host{})
	var faults nexuslims.Faults
	require.ErrorAs(t, err, &faults)
	assert.Len(t, faults, len(bad)-1)
	for _, f := range faults {
		assert.Equal(t, bad[f.Variable], f.Value)
		assert.NotEmpty(t, f.Reason)
	}
	_, err = rocrate.NewFactory().Configure(settings.Map{"NX_ROCRATE_PATH": "/crates", "NX_ROCRATE_SITE": `{"licence": {}}`}, nexuslims.Host{})
	require.ErrorAs(t, err, &faults)
	assert.Equal(t, "NX_ROCRATE_SITE", faults[0].Variable)
	assert.Contains(t, faults[0].Reason, "licence")
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]rocrate.Size{
		"512MiB": 512 << 20, "2 GB": 2e9, "1048576": 1 << 20, "0": 0, "7B": 7, "3kB": 3000, "1TiB": 1 << 40,
	} {
		var s rocrate.Size
		require.NoError(t, s.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, s, text)
	}
	for _, text := range []string{"", "-1", "1.5GiB", "12 parsecs", "99999999TiB"} {
		assert.Error(t, new(rocrate.Size).UnmarshalText([]byte(text)), text)
	}
}

func TestSite(t *testing.T) {
	check := func(text string) error {
		path := filepath.Join(t.TempDir(), "site.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return open(t, rocrate.Config{Path: t.TempDir(), Site: path}).Check(t.Context())
	}
	require.NoError(t, check(`{"people": {"aquill": {"orcid": "0000-0002-1825-0097", "given": "Ada", "family": "Quill"}}}`))
	require.NoError(t, check(`{"people": {"aquill": {"orcid": "https://orcid.org/0000-0002-1694-233X", "email": "a@b.org"}}}`))
	for name, text := range map[string]string{
		"no JSON":            `license:`,
		"a list":             `[]`,
		"unknown name":       `{"facility": {"phone": "1"}}`,
		"two objects":        `{} {}`,
		"address of licence": `{"license": {"url": "CC-BY"}}`,
		"address of device":  `{"instruments": {"SEM-A": {"url": "javascript:alert(1)"}}}`,
		"ROR":                `{"facility": {"ror": "https://example.org/05xpvk416"}}`,
		"ORCID checksum":     `{"people": {"aquill": {"orcid": "0000-0002-1825-0098"}}}`,
		"ORCID form":         `{"people": {"aquill": {"orcid": "0000000218250097"}}}`,
		"ORCID letters":      `{"people": {"aquill": {"orcid": "0000-0002-18x5-0097"}}}`,
		"e-mail":             `{"facility": {"email": "nobody"}}`,
	} {
		require.ErrorIs(t, check(text), nexuslims.Invalid, name)
	}
	err := open(t, rocrate.Config{Path: t.TempDir(), Site: "/nowhere.json"}).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Invalid)
	err = open(t, rocrate.Config{Path: filepath.Join(t.TempDir(), "absent")}).Check(t.Context())
	require.ErrorIs(t, err, nexuslims.Transient, "a missing folder is a store that is not mounted")
}
