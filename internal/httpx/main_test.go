package httpx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick are options whose waits are too short to be noticed.
func quick() httpx.Options {
	return httpx.Options{RetryWait: time.Microsecond, MaxWait: time.Millisecond, Timeout: 10 * time.Second}
}

// newClient returns a client whose connections end with the test.
func newClient(t *testing.T, o httpx.Options) *http.Client {
	t.Helper()
	client, err := httpx.New(o)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// call makes a request of which only the error matters, and what is decoded into out.
func call(ctx context.Context, client *http.Client, r httpx.Request, out any) error {
	_, err := httpx.Call(ctx, client, r, out) //nolint:bodyclose // Call closes it
	return err
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}
