package settings_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

type level string

func (l *level) UnmarshalText(b []byte) error {
	if string(b) != "high" && string(b) != "low" {
		return errors.New("not high or low")
	}
	*l = level(b)
	return nil
}

type wiki struct {
	URL   *url.URL         `env:"NX_WIKI_URL" help:"Root." required:"always"`
	Token nexuslims.Secret `env:"NX_WIKI_TOKEN" help:"Token."`
	Pages int              `env:"NX_WIKI_PAGES" help:"Pages." envDefault:"10"`
	Ratio float64          `env:"NX_WIKI_RATIO" help:"Ratio."`
	On    bool             `env:"NX_WIKI_ON" help:"On." envDefault:"true"`
	Wait  time.Duration    `env:"NX_WIKI_WAIT" help:"Wait." envDefault:"10m"`
	Level level            `env:"NX_WIKI_LEVEL" help:"Level." envDefault:"low"`
	inner int
}

func (w wiki) Validate() error {
	if w.URL != nil && !w.Token.IsSet() {
		return nexuslims.Fault{Variable: "NX_WIKI_URL", Reason: "needs NX_WIKI_TOKEN"}
	}
	return nil
}

func TestDecode(t *testing.T) {
	var w wiki
	require.NoError(t, settings.Decode(settings.Map{
		"NX_WIKI_URL": "HTTPS://Wiki.Example.org", "NX_WIKI_TOKEN": "t", "NX_WIKI_PAGES": "1_000", "NX_WIKI_RATIO": " 2.5 ",
		"NX_WIKI_ON": "Off", "NX_WIKI_LEVEL": "high",
	}, &w))
	assert.Equal(t, "https://wiki.example.org/", w.URL.String())
	assert.Equal(t, "t", w.Token.Reveal())
	assert.Equal(t, 1000, w.Pages)
	assert.InDelta(t, 2.5, w.Ratio, 0)
	assert.False(t, w.On)
	assert.Equal(t, 10*time.Minute, w.Wait)
	assert.Equal(t, level("high"), w.Level)
	assert.Zero(t, w.inner)

	var unset wiki
	require.NoError(t, settings.Decode(settings.Map{"NX_WIKI_URL": ""}, &unset))
	assert.Nil(t, unset.URL, "the empty text counts as unset")
}

func TestDecodeReportsAllFaults(t *testing.T) {
	var w wiki
	err := settings.Decode(settings.Map{
		"NX_WIKI_URL": "wiki", "NX_WIKI_PAGES": "1.5", "NX_WIKI_RATIO": "nan", "NX_WIKI_ON": "maybe", "NX_WIKI_WAIT": "1", "NX_WIKI_LEVEL": "mid",
	}, &w)
	var faults nexuslims.Faults
	require.ErrorAs(t, err, &faults)
	reasons := map[string]string{}
	for _, f := range faults {
		reasons[f.Variable] = f.Reason
		assert.Equal(t, "settings", f.Source)
		assert.NotEmpty(t, f.Value)
	}
	assert.Equal(t, map[string]string{
		"NX_WIKI_URL":   "URL must begin with http:// or https://",
		"NX_WIKI_PAGES": "not a whole number",
		"NX_WIKI_RATIO": "not a number",
		"NX_WIKI_ON":    "not one of 1 true t yes y on, 0 false f no n off",
		"NX_WIKI_WAIT":  "not a duration such as 90s or 10m",
		"NX_WIKI_LEVEL": "not high or low",
	}, reasons)
}

func TestPasswordsInAddressesAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"ftp://user:canary@host/path": "ftp://***@host/path", "user:canary@host": "***@host", "ftp://host/": "ftp://host/",
		"https://user:1/canary?#@host": "https://***@host", "http://user:p@canary/@host": "http://***@host", // not escaped
	} {
		err := settings.Decode(settings.Map{"NX_WIKI_URL": strings.Replace(in, "http", "xttp", 1)}, new(wiki))
		require.Error(t, err)
		want = strings.Replace(want, "http", "xttp", 1) // so that it is refused
		assert.NotContains(t, err.Error(), "canary")
		assert.Contains(t, err.Error(), want)
	}
}

func TestValidate(t *testing.T) {
	var w wiki
	err := settings.Decode(settings.Map{"NX_WIKI_URL": "https://w/"}, &w)
	var faults nexuslims.Faults
	require.ErrorAs(t, err, &faults)
	assert.Equal(t, nexuslims.Faults{{Variable: "NX_WIKI_URL", Source: "settings", Value: "https://w/", Reason: "needs NX_WIKI_TOKEN"}}, faults)
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte("from-file\r\n"), 0o600))
	var w wiki
	require.NoError(t, settings.Decode(settings.Map{"NX_WIKI_TOKEN_FILE": path}, &w))
	assert.Equal(t, "from-file", w.Token.Reveal())
	w = wiki{}
	require.NoError(t, settings.Decode(settings.Map{"NX_WIKI_TOKEN_FILE": path, "NX_WIKI_TOKEN": "itself"}, &w))
	assert.Equal(t, "itself", w.Token.Reveal(), "the variable wins over its file")
	err := settings.Decode(settings.Map{"NX_WIKI_TOKEN_FILE": path + "x"}, &w)
	assert.ErrorContains(t, err, "NX_WIKI_TOKEN_FILE")
	assert.ErrorIs(t, err, nexuslims.Invalid)
}

func TestDescribe(t *testing.T) {
	vars := settings.Describe(wiki{})
	require.Len(t, vars, 7)
	assert.Equal(t, nexuslims.Variable{Name: "NX_WIKI_URL", Type: "URL", Help: "Root.", Required: "always"}, vars[0])
	assert.Equal(t, nexuslims.Variable{Name: "NX_WIKI_TOKEN", Type: "secret", Help: "Token.", Secret: true}, vars[1])
	assert.Equal(t, "10", vars[2].Default)
	assert.Equal(t, []string{"integer", "number", "bool", "duration", "text"},
		[]string{vars[2].Type, vars[3].Type, vars[4].Type, vars[5].Type, vars[6].Type})
}

func TestNumberedGroups(t *testing.T) {
	m := settings.Map{"NX_A_10": "x", "NX_A_9": "x", "NX_A_b": "x", "NX_A_01": "x", "NX_A_": "x", "NX_A_3": "", "NX_T_9": "secret", "NX_T_10_FILE": "/f"}
	assert.Equal(t, []string{"01", "9", "10", "b"}, settings.Suffixes(m, "NX_A_"))
	nine := settings.Instance{Settings: m, Suffix: "9"}
	text, _, ok := nine.Lookup("NX_T")
	assert.True(t, ok)
	assert.Equal(t, "secret", text)
	text, _, _ = settings.Instance{Settings: m, Suffix: "10"}.Lookup("NX_T_FILE")
	assert.Equal(t, "/f", text)
	assert.Equal(t, nexuslims.Faults{{Variable: "NX_T_9"}, {Variable: "NX_T_9_FILE"}},
		settings.Renumber(nexuslims.Faults{{Variable: "NX_T"}, {Variable: "NX_T_FILE"}}, "9"))
}
