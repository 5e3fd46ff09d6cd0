package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// disturbed answers its first request, so that a connection is kept, and does to the
// second what the test says. It counts requests.
func disturbed(t *testing.T, disturb func(http.ResponseWriter)) (address string, count func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		mu.Lock()
		n++
		now := n
		mu.Unlock()
		if now == 2 {
			disturb(w)
			return
		}
		_, _ = io.WriteString(w, "{}")
	})
	return s.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func TestOnceIsNeverRepeated(t *testing.T) {
	for name, disturb := range map[string]func(http.ResponseWriter){
		// Of these net/http itself repeats a GET, the client's own rules left aside.
		"connection is cut": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"proxy gave up":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"asked too often":   func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"answer breaks off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		},
	} {
		for _, mark := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", marked: ", mark), func(t *testing.T) {
				address, count := disturbed(t, disturb)
				client := newClient(t, quick())
				require.NoError(t, call(t.Context(), client, httpx.Request{URL: address}, nil))
				ctx := httpx.Repeatable(t.Context())
				if mark {
					ctx = httpx.Once(ctx)
				}
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
				require.NoError(t, err)
				_, err = httpx.Do(client, req)
				if mark {
					require.ErrorIs(t, err, nexuslims.Transient)
					assert.Equal(t, 2, count())
					return
				}
				require.NoError(t, err)
				assert.Equal(t, 3, count(), "others are repeated")
			})
		}
	}
}

func TestOnceSendsNoBody(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		assert.Zero(t, r.ContentLength)
		assert.Empty(t, r.TransferEncoding)
	})
	require.NoError(t, call(httpx.Once(t.Context()), newClient(t, quick()), httpx.Request{URL: s.URL}, nil))
}

func TestPreparedIsCalledBeforeEachAttempt(t *testing.T) {
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		if len(asked) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	n := 0
	ctx := httpx.Prepared(t.Context(), func(r *http.Request) error {
		n++
		r.URL.RawQuery = fmt.Sprintf("signed=%d", n)
		return nil
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/?signed=0", nil)
	require.NoError(t, err)
	_, err = httpx.Do(newClient(t, quick()), req)
	require.NoError(t, err)
	assert.Equal(t, []string{"signed=1", "signed=2", "signed=3"}, asked)
	assert.Equal(t, "signed=0", req.URL.RawQuery, "the caller's request is left alone")
}

func TestPreparedEndsTheRequest(t *testing.T) {
	address, count := disturbed(t, nil)
	for want, cause := range map[nexuslims.Kind]error{
		nexuslims.Internal: errors.New("no key"), nexuslims.Permission: nexuslims.E(nexuslims.Permission, "sign", "", nil),
	} {
		ctx := httpx.Prepared(t.Context(), func(*http.Request) error { return cause })
		err := call(ctx, newClient(t, quick()), httpx.Request{Method: "POST", URL: address, Body: "x"}, nil)
		require.ErrorIs(t, err, cause)
		assert.Equal(t, want, nexuslims.KindOf(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := call(httpx.Prepared(ctx, func(*http.Request) error {
		cancel()
		return ctx.Err()
	}), newClient(t, quick()), httpx.Request{URL: address}, nil)
	require.ErrorIs(t, err, nexuslims.Canceled)
	assert.Zero(t, count())
}
