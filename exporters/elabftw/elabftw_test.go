package elabftw_test

import (
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

// newServer returns a double with a template that has fields and groups of its own.
func newServer(tb testing.TB, o elabftwtest.Options) *elabftwtest.Server {
	tb.Helper()
	s := elabftwtest.New(tb, o)
	s.PutTemplate(elabftwtest.Experiment{
		Title: "Microscopy template", Body: "<p>Fill in, please</p>", Tags: []string{"template"},
		Metadata: `{"elabftw":{"extra_fields_groups":[{"id":1,"name":"Sample"}]},"extra_fields":{"Grid":{"type":"text","value":"Cu","group_id":1}},"own":[1]}`,
	})
	return s
}
