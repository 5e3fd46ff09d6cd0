package httpx_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The proxy of the environment is read once in a process, so each case is a process.
func TestProxyOfTheEnvironment(t *testing.T) {
	if os.Getenv("HTTPX_TEST_CHILD") != "" {
		child(t)
		return
	}
	var seen atomic.Value
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.URL.String())
		_, _ = io.WriteString(w, "{}")
	})
	run := func(address string) (string, error) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyOfTheEnvironment$", "-test.v")
		cmd.Env = append(os.Environ(), "HTTPX_TEST_CHILD=1", "HTTP_PROXY="+address, "http_proxy="+address, "NO_PROXY=", "no_proxy=")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run(strings.Replace(proxy.URL, "//", "//user:"+canary+"@", 1))
	require.NoError(t, err, out)
	assert.Contains(t, out, "answer: <nil>")
	assert.Equal(t, "http://cdcs.invalid/rest/", seen.Load())

	out, err = run("http://user:" + canary + "@127.0.0.1:1")
	require.NoError(t, err, out)
	assert.Contains(t, out, "answer: GET http://cdcs.invalid/rest/: proxyconnect tcp")
	assert.NotContains(t, out, canary)
}

func child(t *testing.T) {
	t.Helper()
	err := call(t.Context(), newClient(t, quick()), httpx.Request{URL: "http://cdcs.invalid/rest/"}, nil)
	t.Logf("answer: %v", err)
	if err != nil {
		assert.ErrorIs(t, err, nexuslims.Transient)
	}
}
