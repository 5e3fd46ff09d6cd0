package httpx_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// do sends a request with a text as its body.
func do(t *testing.T, method, address, body string) ([]byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := httpx.Do(newClient(t, quick()), req)
	return answer.Body, err
}

func TestDoTakesAnyForm(t *testing.T) {
	var puts atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		if puts.Add(1) == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write(append([]byte("<got>"), body...))
	})
	answer, err := do(t, http.MethodPut, s.URL, "<a/>")
	require.NoError(t, err)
	assert.Equal(t, "<got><a/>", string(answer), "the body is sent whole each time, the answer is taken as it is")
	assert.EqualValues(t, 2, puts.Load())
}

func TestDoAsksOnceMoreWhenAnAnswerBreaksOff(t *testing.T) {
	var gets atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if gets.Add(1) == 1 {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(w, "whole")
	})
	answer, err := do(t, http.MethodGet, s.URL, "")
	require.NoError(t, err)
	assert.Equal(t, "whole", string(answer))
}

func TestDoErrors(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "c4nary", http.StatusForbidden) })
	_, err := do(t, http.MethodPut, s.URL+"/a?key=c4nary", "x")
	require.ErrorIs(t, err, nexuslims.Permission)
	assert.NotContains(t, err.Error(), "c4nary")
	var status *httpx.StatusError
	require.ErrorAs(t, err, &status)
	assert.Equal(t, "c4nary\n", string(status.Body), "for the caller to understand")

	_, err = do(t, http.MethodPut, "ftp://u:c4nary@host/a", "x")
	require.ErrorIs(t, err, nexuslims.Invalid)
	assert.NotContains(t, err.Error(), "c4nary")
}
