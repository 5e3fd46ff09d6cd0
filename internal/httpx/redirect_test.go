package httpx_test

import (
	"fmt"
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

func TestWritingRequestsFollowNoRedirect(t *testing.T) {
	for _, method := range []string{"POST", "PATCH", "PUT", "DELETE"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(method, " ", status), func(t *testing.T) {
				var count atomic.Int32
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					count.Add(1)
					http.Redirect(w, r, "/rest/data/?key=canary#canary", status)
				})
				err := call(t.Context(), newClient(t, quick()), httpx.Request{Method: method, URL: s.URL + "/rest/data", Body: 1}, nil)
				require.ErrorIs(t, err, nexuslims.Invalid)
				assert.ErrorContains(t, err, s.URL+"/rest/data/", "the target tells what is wrong: a missing slash")
				assert.NotContains(t, err.Error(), "canary")
				assert.EqualValues(t, 1, count.Load())
			})
		}
	}
}

func TestReadingRequestsStayOnTheirHost(t *testing.T) {
	var stolen atomic.Value
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stolen.Store(r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "{}")
	})
	// The same machine by another name and the same name on another port are other hosts.
	byName := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	for name, target := range map[string]string{
		"other port":     other.URL + "/?key=canary",
		"other name":     byName,
		"other scheme":   "ftp://127.0.0.1/",
		"with user info": strings.Replace(other.URL, "//", "//user:canary@", 1),
	} {
		t.Run(name, func(t *testing.T) {
			var count atomic.Int32
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				count.Add(1)
				http.Redirect(w, r, target, http.StatusFound)
			})
			request := httpx.Request{URL: s.URL, Header: httpx.Token(nexuslims.NewSecret("canary"))}
			err := call(t.Context(), newClient(t, quick()), request, nil)
			require.ErrorIs(t, err, nexuslims.Invalid)
			assert.NotContains(t, err.Error(), "canary")
			assert.Nil(t, stolen.Load())
			assert.EqualValues(t, 1, count.Load(), "a refused redirect is not tried again")
		})
	}
}

func TestReadingRequestFollowsWithinItsHost(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, r.URL.Path+"/?"+r.URL.RawQuery, http.StatusMovedPermanently)
			return
		}
		_, _ = fmt.Fprintf(w, "%q", r.Header.Get("Authorization")+" "+r.URL.RawQuery)
	})
	var got string
	request := httpx.Request{URL: s.URL + "/rest/data?title=a", Header: httpx.Token(nexuslims.NewSecret("x"))}
	err := call(t.Context(), newClient(t, quick()), request, &got)
	require.NoError(t, err)
	assert.Equal(t, "Token x title=a", got)
}

func TestEndlessRedirectsEnd(t *testing.T) {
	var count atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, fmt.Sprintf("/%d", count.Add(1)), http.StatusFound)
	})
	err := call(t.Context(), newClient(t, quick()), httpx.Request{URL: s.URL}, nil)
	require.ErrorIs(t, err, nexuslims.Invalid)
	assert.EqualValues(t, 6, count.Load())
}
