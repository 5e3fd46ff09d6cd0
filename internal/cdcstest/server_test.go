package cdcstest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// exchange sends a JSON body as the superuser; an error is one of the connection.
func exchange(t *testing.T, s *cdcstest.Server, method, path string, body any) (int, string, error) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(string(b)))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Token "+s.Token)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

func newRecord(xml string) map[string]any {
	return map[string]any{"template": 1, "title": "x", "xml_content": xml}
}

func TestFaults(t *testing.T) {
	create := func(t *testing.T, s *cdcstest.Server) (int, string, error) {
		t.Helper()
		return exchange(t, s, "POST", "rest/data/", newRecord(document("204", "")))
	}
	t.Run("reply lost after the commit", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		s.Inject(cdcstest.Fault{Method: "POST", LoseReply: true, Times: 1})
		_, _, err := create(t, s)
		require.Error(t, err)
		assert.Len(t, s.Records(), 1)
		status, _, err := create(t, s)
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, status)
	})
	t.Run("answer cut", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		s.Inject(cdcstest.Fault{Cut: true, Times: 1})
		_, _, err := create(t, s)
		require.Error(t, err)
		assert.Len(t, s.Records(), 1)
	})
	t.Run("refused without being carried out", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		s.Inject(cdcstest.Throttle("POST", "rest/data/", 2))
		for range 2 {
			status, _, err := create(t, s)
			require.NoError(t, err)
			assert.Equal(t, http.StatusTooManyRequests, status)
		}
		assert.Empty(t, s.Records())
		status, _, err := create(t, s)
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, status)
	})
	t.Run("carried out behind a proxy that gave up", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		s.Inject(cdcstest.Fault{Status: 504, Commit: true})
		status, _, err := create(t, s)
		require.NoError(t, err)
		assert.Equal(t, http.StatusGatewayTimeout, status)
		assert.Len(t, s.Records(), 1)
	})
	t.Run("later, elsewhere, healed", func(t *testing.T) {
		s := cdcstest.New(t, cdcstest.Options{})
		before := 0
		s.Inject(cdcstest.Page("GET", "rest/user/"), cdcstest.Fault{Path: "rest/data/", After: 1, Status: 503, Before: func() { before++ }})
		for _, want := range []int{201, 503, 503} {
			status, _, err := create(t, s)
			require.NoError(t, err)
			assert.Equal(t, want, status)
		}
		s.Heal()
		status, _, err := create(t, s)
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, status)
		assert.Equal(t, 2, before)
		assert.Equal(t, 4, s.Asked("POST rest/data/"))
	})
}

func TestAutomaticPIDs(t *testing.T) {
	s := cdcstest.New(t, cdcstest.Options{AutoPID: true})
	pid := func(id int) string {
		for _, r := range s.Records() {
			if r.ID == id {
				return regexp.MustCompile(` pid="([^"]*cdcs/[^"]*)"`).FindStringSubmatch(r.XML)[1]
			}
		}
		return ""
	}
	with := func(pid string) map[string]any {
		return newRecord(strings.Replace(document("204", ""), "<Experiment ", `<Experiment pid="`+pid+`" `, 1))
	}
	status, _, err := exchange(t, s, "POST", "rest/data/", newRecord(document("204", "")))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status)
	first := pid(1)
	assert.True(t, strings.HasPrefix(first, s.URL+"pid/rest/local/cdcs/"))
	assert.False(t, strings.HasPrefix(s.Records()[0].XML, "<?xml"), "rewritten by the server")

	_, _, err = exchange(t, s, "PATCH", "rest/data/1/", with(first))
	require.NoError(t, err)
	assert.Equal(t, first, pid(1), "kept")
	_, _, err = exchange(t, s, "PATCH", "rest/data/1/", newRecord(document("204", "")))
	require.NoError(t, err)
	second := pid(1)
	assert.NotEqual(t, first, second, "a document without a pid gets a new one")

	for _, refused := range []string{second, "https://doi.org/10.1/x"} {
		status, _, err = exchange(t, s, "POST", "rest/data/", with(refused))
		require.NoError(t, err)
		assert.Equal(t, http.StatusInternalServerError, status)
	}
	own := s.URL + "pid/rest/local/cdcs/session-204"
	status, _, err = exchange(t, s, "POST", "rest/data/", with(own))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status)
	assert.Equal(t, own, pid(2))
}
