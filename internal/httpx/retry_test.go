package httpx_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// flaky answers with the given statuses first, then with 200, and keeps the bodies.
type flaky struct {
	mu       sync.Mutex
	statuses []int
	header   http.Header
	bodies   []string
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.bodies)
	f.bodies = append(f.bodies, string(body))
	if n < len(f.statuses) {
		for k, v := range f.header {
			w.Header()[k] = v
		}
		w.WriteHeader(f.statuses[n])
	}
	_, _ = io.WriteString(w, "{}")
}

func TestWhatIsRepeated(t *testing.T) {
	passing := []int{408, 425, 429, 502, 503, 504}
	final := []int{400, 401, 403, 404, 409, 413, 500, 501}
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "POST repeatable", "PATCH repeatable"} {
		verb, mark, _ := strings.Cut(method, " ")
		repeats := verb != "POST" && verb != "PATCH" || mark != ""
		for _, status := range append(passing, final...) {
			t.Run(fmt.Sprint(method, " ", status), func(t *testing.T) {
				f := &flaky{statuses: []int{status, status}}
				s := serve(t, f.ServeHTTP)
				ctx := t.Context()
				if mark != "" {
					ctx = httpx.Repeatable(ctx)
				}
				err := call(ctx, newClient(t, quick()), httpx.Request{Method: verb, URL: s.URL, Body: "text"}, nil)
				if repeats && status != 500 && (status > 501 || status == 408 || status == 425 || status == 429) {
					require.NoError(t, err)
					assert.Equal(t, []string{`"text"`, `"text"`, `"text"`}, f.bodies, "each attempt has the whole body")
					return
				}
				var answer *httpx.StatusError
				require.ErrorAs(t, err, &answer)
				assert.Equal(t, status, answer.Status)
				assert.Len(t, f.bodies, 1)
			})
		}
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ retries, attempts int }{"usual": {0, 5}, "two": {2, 3}, "none": {-1, 1}} {
		t.Run(name, func(t *testing.T) {
			f := &flaky{statuses: make([]int, 50)}
			for i := range f.statuses {
				f.statuses[i] = 503
			}
			o := quick()
			o.Retries = c.retries
			err := call(t.Context(), newClient(t, o), httpx.Request{URL: serve(t, f.ServeHTTP).URL}, nil)
			require.ErrorIs(t, err, nexuslims.Transient)
			assert.Len(t, f.bodies, c.attempts)
		})
	}
}

func TestRetryAfterIsObeyedUpToTheLongestWait(t *testing.T) {
	now := time.Now().UTC()
	for name, header := range map[string]string{
		"seconds": "3600", "date": now.Add(time.Hour).Format(http.TimeFormat),
		"date that is over": now.Add(-time.Hour).Format(http.TimeFormat), "nonsense": "soon", "negative": "-5",
	} {
		t.Run(name, func(t *testing.T) {
			f := &flaky{statuses: []int{429, 502}, header: http.Header{"Retry-After": {header}}}
			err := call(t.Context(), newClient(t, quick()), httpx.Request{URL: serve(t, f.ServeHTTP).URL}, nil)
			require.NoError(t, err) // waiting the hour would end with the test's time-out
			assert.Len(t, f.bodies, 3)
		})
	}
}

// dropping accepts connections, reads a request and hangs up, n times; then it serves.
func dropping(t *testing.T, n int32) (address string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) <= n {
			conn, _, err := w.(http.Hijacker).Hijack()
			assert.NoError(t, err)
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
			return
		}
		_, _ = io.WriteString(w, "{}")
	})
	return s.URL, requests
}

func TestLostAnswers(t *testing.T) {
	for method, c := range map[string]struct {
		repeatable bool
		requests   int32
	}{
		"GET": {false, 3}, "DELETE": {false, 3}, "POST": {false, 1}, "PATCH": {false, 1}, "PATCH of a state": {true, 3},
	} {
		t.Run(method, func(t *testing.T) {
			address, requests := dropping(t, 2)
			ctx := t.Context()
			if c.repeatable {
				ctx = httpx.Repeatable(ctx)
			}
			verb, _, _ := strings.Cut(method, " ")
			err := call(ctx, newClient(t, quick()), httpx.Request{Method: verb, URL: address, Body: 1}, nil)
			if c.requests == 1 {
				require.ErrorIs(t, err, nexuslims.Transient)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, c.requests, requests.Load())
		})
	}
}

// A POST that never got a connection cannot have been carried out.
func TestUnsentPostIsRepeated(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	o := quick()
	o.Retries, o.RetryWait, o.MaxWait = 100, 20*time.Millisecond, 20*time.Millisecond
	var count atomic.Int32
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		_, _ = io.WriteString(w, "{}")
	})}
	t.Cleanup(func() { _ = server.Close() })
	ready := make(chan error, 1)
	go func() {
		time.Sleep(30 * time.Millisecond)
		late, err := net.Listen("tcp", address)
		ready <- err
		if err == nil {
			_ = server.Serve(late)
		}
	}()
	err = call(t.Context(), newClient(t, o), httpx.Request{Method: "POST", URL: "http://" + address, Body: 1}, nil)
	require.NoError(t, <-ready)
	require.NoError(t, err)
	assert.EqualValues(t, 1, count.Load())
}

func TestCancelingIsNoTimeOut(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server closes

	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		err := call(ctx, newClient(t, quick()), httpx.Request{URL: s.URL}, nil)
		require.ErrorIs(t, err, nexuslims.Canceled)
	})
	t.Run("deadline of the caller", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := call(ctx, newClient(t, quick()), httpx.Request{URL: s.URL}, nil)
		require.ErrorIs(t, err, nexuslims.Transient)
	})
	t.Run("time-out of the client", func(t *testing.T) {
		o := quick()
		o.Timeout, o.Retries = 10*time.Millisecond, 1
		err := call(t.Context(), newClient(t, o), httpx.Request{URL: s.URL}, nil)
		require.ErrorIs(t, err, nexuslims.Transient)
	})
	t.Run("canceled while waiting", func(t *testing.T) {
		f := &flaky{statuses: []int{503}}
		o := quick()
		o.RetryWait, o.MaxWait = time.Hour, time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		err := call(ctx, newClient(t, o), httpx.Request{URL: serve(t, f.ServeHTTP).URL}, nil)
		require.ErrorIs(t, err, nexuslims.Canceled)
	})
}

// A body without GetBody, such as a pipe, is read once and repeated from memory.
func TestStreamedBodyIsRepeated(t *testing.T) {
	f := &flaky{statuses: []int{503}}
	s := serve(t, f.ServeHTTP)
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "streamed")
		_ = w.Close()
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL, r)
	require.NoError(t, err)
	resp, err := newClient(t, quick()).Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []string{"streamed", "streamed"}, f.bodies)
}
