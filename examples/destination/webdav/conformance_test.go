package webdav_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/examples/destination/webdav"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/exportertest"
	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestConformance(t *testing.T) {
	exportertest.Run(t, exportertest.Harness{New: func(tb testing.TB) exportertest.Site {
		tb.Helper()
		server := newServer(tb)
		return exportertest.Site{
			Open:  func(tb testing.TB) exporters.Destination { return open(tb, server) },
			Count: server.count, Documents: server.documents, Edit: server.edit, Remove: server.remove,
			Requests: server.requests, Fail: server.failAt, Heal: server.heal,
			Refuse: server.answer(http.StatusUnauthorized), Throttle: server.answer(http.StatusTooManyRequests),
			Stall: server.answer(stalled), Secrets: []string{password},
		}
	}})
}

// open opens the destination as the program would.
func open(tb testing.TB, server *server) exporters.Destination {
	tb.Helper()
	client, err := httpclient.New(httpclient.Options{Retries: 1, RetryWait: time.Microsecond, MaxWait: time.Millisecond})
	require.NoError(tb, err)
	tb.Cleanup(client.CloseIdleConnections)
	settings := exportertest.Settings{
		"NX_WEBDAV_URL": server.URL + "/records", "NX_WEBDAV_USER": "nexus", "NX_WEBDAV_PASSWORD": password,
	}
	d, err := webdav.NewFactory().Configure(settings, nexuslims.Host{Client: client})
	require.NoError(tb, err)
	return d
}
