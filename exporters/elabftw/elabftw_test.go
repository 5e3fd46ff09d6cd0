package elabftw_test

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/exporters/elabftw"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open returns a destination for a server; more settings override the usual ones.
func open(tb testing.TB, url, key string, more settings.Map) *elabftw.Destination {
	tb.Helper()
	client, err := httpx.New(httpx.Options{RetryWait: time.Microsecond, MaxWait: time.Millisecond, Retries: 2, Timeout: 10 * time.Second})
	require.NoError(tb, err)
	tb.Cleanup(client.CloseIdleConnections)
	all := settings.Map{"NX_ELABFTW_URL": url, "NX_ELABFTW_API_KEY": key}
	for k, v := range more {
		all[k] = v
	}
	host := nexuslims.Host{Client: client, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	d, err := elabftw.NewFactory().Configure(all, host)
	require.NoError(tb, err)
	require.NotNil(tb, d)
	return d.(*elabftw.Destination)
}

// newServer returns a double with a template that has fields and groups of its own. Its
// exchanges are validated against the service's own description.
func newServer(tb testing.TB, o elabftwtest.Options) *elabftwtest.Server {
	tb.Helper()
	o.Watch = watch(tb)
	s := elabftwtest.New(tb, o)
	s.PutTemplate(elabftwtest.Experiment{
		Title: "Microscopy template", Body: "<p>Fill in, please</p>", Tags: []string{"template"},
		Metadata: `{"elabftw":{"extra_fields_groups":[{"id":1,"name":"Sample"}]},"extra_fields":{"Grid":{"type":"text","value":"Cu","group_id":1}},"own":[1]}`,
	})
	return s
}

func decode(tb testing.TB, b []byte, out any) {
	tb.Helper()
	require.NoError(tb, json.Unmarshal(b, out))
}

// TestNew: whoever has no host to offer gets a guarded client all the same.
func TestNew(t *testing.T) {
	address, err := settings.URL("https://elab.example.org")
	require.NoError(t, err)
	d, err := elabftw.New(elabftw.Config{URL: address, Key: nexuslims.NewSecret("1-a")}, nexuslims.Host{})
	require.NoError(t, err)
	require.NoError(t, d.Close())
	_, err = elabftw.New(elabftw.Config{}, nexuslims.Host{})
	require.ErrorIs(t, err, nexuslims.Invalid)
	_, err = elabftw.New(elabftw.Config{URL: address}, nexuslims.Host{})
	require.ErrorIs(t, err, nexuslims.Invalid)
}

func TestFaultySettings(t *testing.T) {
	for name, c := range map[string]struct {
		set   settings.Map
		fault string
	}{
		"key alone":         {settings.Map{"NX_ELABFTW_API_KEY": "1-a"}, "NX_ELABFTW_URL"},
		"address alone":     {settings.Map{"NX_ELABFTW_URL": "https://x"}, "NX_ELABFTW_API_KEY"},
		"password":          {settings.Map{"NX_ELABFTW_URL": "https://u:c4nary@x", "NX_ELABFTW_API_KEY": "1-a"}, "NX_ELABFTW_URL"},
		"query":             {settings.Map{"NX_ELABFTW_URL": "https://x?a=c4nary", "NX_ELABFTW_API_KEY": "1-a"}, "NX_ELABFTW_URL"},
		"no web address":    {settings.Map{"NX_ELABFTW_URL": "ftp://x", "NX_ELABFTW_API_KEY": "1-a"}, "NX_ELABFTW_URL"},
		"two lines":         {settings.Map{"NX_ELABFTW_URL": "https://x", "NX_ELABFTW_API_KEY": "c4nary\nb"}, "NX_ELABFTW_API_KEY"},
		"a password's word": {settings.Map{"NX_ELABFTW_URL": "https://x", "NX_ELABFTW_API_KEY": "Basic-c4nary"}, "NX_ELABFTW_API_KEY"},
		"category":          {settings.Map{"NX_ELABFTW_URL": "https://x", "NX_ELABFTW_API_KEY": "1-a", "NX_ELABFTW_EXPERIMENT_CATEGORY": "-1"}, "NX_ELABFTW_EXPERIMENT_CATEGORY"},
		"status":            {settings.Map{"NX_ELABFTW_URL": "https://x", "NX_ELABFTW_API_KEY": "1-a", "NX_ELABFTW_EXPERIMENT_STATUS": "two"}, "NX_ELABFTW_EXPERIMENT_STATUS"},
		"empty template":    {settings.Map{"NX_ELABFTW_URL": "https://x", "NX_ELABFTW_API_KEY": "1-a", "NX_ELABFTW_EXPERIMENT_TEMPLATE": "-1"}, "NX_ELABFTW_EXPERIMENT_TEMPLATE"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := elabftw.NewFactory().Configure(c.set, nexuslims.Host{})
			require.Nil(t, d)
			var faults nexuslims.Faults
			require.ErrorAs(t, err, &faults)
			require.Len(t, faults, 1)
			require.Equal(t, c.fault, faults[0].Variable)
			require.NotContains(t, faults[0].Reason, "c4nary")
		})
	}
}
