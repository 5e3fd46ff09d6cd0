package httpx_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestBodies(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 8<<20))
	require.NoError(t, z.Close())

	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   nexuslims.Kind
	}{
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, nexuslims.Unsupported},
		"bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, nexuslims.Unsupported},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"a":`)
		}, nexuslims.Transient},
		"stands still": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"a":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, nexuslims.Transient},
		"page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>log in</html>")
		}, nexuslims.Invalid},
		"no JSON":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "canary") }, nexuslims.Invalid},
		"too deep": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("["), 1<<20)) }, nexuslims.Invalid},
		"endless error": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, nexuslims.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick()
			o.MaxBody, o.IdleTimeout = 1<<20, 50*time.Millisecond
			var out any
			err := call(t.Context(), newClient(t, o), httpx.Request{URL: serve(t, c.answer).URL}, &out)
			require.ErrorIs(t, err, c.want)
			assert.Less(t, len(err.Error()), 300)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestSlowBodyIsBoundedAsAWhole(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil { // never idle for long, never done
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
	o := quick()
	o.Timeout = 100 * time.Millisecond
	err := call(t.Context(), newClient(t, o), httpx.Request{URL: s.URL}, nil)
	require.ErrorIs(t, err, nexuslims.Transient)
}

func TestBrokenAnswerIsReadAgain(t *testing.T) {
	var count atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "7")
		if count.Add(1) == 1 {
			_, _ = io.WriteString(w, `{"a"`)
			return
		}
		_, _ = io.WriteString(w, `{"a":1}`)
	})
	var out struct{ A int }
	err := call(t.Context(), newClient(t, quick()), httpx.Request{URL: s.URL}, &out)
	require.NoError(t, err)
	assert.Equal(t, 1, out.A)
}

func TestBodyOfTheLimitIsWhole(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `"1234567890"`) })
	o := quick()
	o.MaxBody = 12
	var out string
	err := call(t.Context(), newClient(t, o), httpx.Request{URL: s.URL}, &out)
	require.NoError(t, err)
	assert.Equal(t, "1234567890", out)
}

func TestDocumentsTravelUnescaped(t *testing.T) {
	f := &flaky{}
	s := serve(t, f.ServeHTTP)
	err := call(t.Context(), newClient(t, quick()), httpx.Request{Method: "POST", URL: s.URL, Body: map[string]string{"xml": "<a>&amp;µ</a>"}}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{`{"xml":"<a>&amp;µ</a>"}`}, f.bodies)
}

// TestRawBodies: what is no JSON travels unchanged in both directions, under its own type.
func TestRawBodies(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/html; charset=latin1")
		_, _ = w.Write(append([]byte(r.Header.Get("Content-Type")+" "+r.Header.Get("Accept")+" "), body...))
	})
	var out httpx.Raw
	err := call(t.Context(), newClient(t, quick()), httpx.Request{
		Method: http.MethodPost, URL: server.URL, Header: http.Header{"Accept": {"*/*"}},
		Body: httpx.Raw{Type: "application/octet-stream", Content: []byte("<\xff&>")},
	}, &out)
	require.NoError(t, err)
	assert.Equal(t, httpx.Raw{Type: "text/html; charset=latin1", Content: []byte("application/octet-stream */* <\xff&>")}, out)
}

func TestRequestsThatCannotBeMade(t *testing.T) {
	for name, r := range map[string]httpx.Request{
		"scheme":  {URL: "ftp://host/?key=canary"},
		"no host": {URL: "http:///x?key=canary"},
		"address": {URL: "http://user:canary@ho st/"},
		"port":    {URL: "http://host:canary1/"},
		"method":  {Method: "GE T", URL: "http://host/"},
		"body":    {URL: "http://host/", Body: func() {}},
		"header":  {URL: "http://host/", Header: httpx.Token(nexuslims.NewSecret("canary\r\nX: y"))},
	} {
		t.Run(name, func(t *testing.T) {
			err := call(t.Context(), newClient(t, quick()), r, nil)
			require.ErrorIs(t, err, nexuslims.Invalid)
			assert.NotContains(t, err.Error(), "canary\r")
			assert.NotContains(t, err.Error(), "key=canary")
			assert.NotContains(t, err.Error(), "user:canary")
		})
	}
}

func TestUserAgent(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `"`+r.UserAgent()+`"`) })
	var out string
	err := call(t.Context(), newClient(t, quick()), httpx.Request{URL: s.URL}, &out)
	require.NoError(t, err)
	assert.Equal(t, "nexuslims-go/"+nexuslims.Version, out)
}

func TestStatusErrorKinds(t *testing.T) {
	for status, want := range map[int]nexuslims.Kind{
		400: nexuslims.Invalid, 401: nexuslims.Permission, 403: nexuslims.Permission, 404: nexuslims.NotFound, 409: nexuslims.Conflict,
		410: nexuslims.NotFound, 412: nexuslims.Conflict, 413: nexuslims.Invalid, 429: nexuslims.Transient, 500: nexuslims.Internal,
		501: nexuslims.Internal, 502: nexuslims.Transient, 503: nexuslims.Transient, 504: nexuslims.Transient, 304: nexuslims.Invalid,
	} {
		err := &httpx.StatusError{Method: "GET", URL: "http://x/", Status: status, Body: []byte("canary")}
		assert.Equal(t, want, nexuslims.KindOf(err), status)
		assert.ErrorIs(t, errors.Join(err), want)
		assert.NotContains(t, err.Error(), "canary")
	}
}
