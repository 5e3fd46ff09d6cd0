package nemotest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// recorded is one exchange with a real NEMO.
type recorded struct {
	Request struct {
		Method  string
		URL     string
		Token   *string
		Headers map[string]string
	}
	Status  int
	Headers map[string]string
	JSON    any
}

// TestRecorded asks this server what a real one was asked, and demands the same answers.
func TestRecorded(t *testing.T) {
	now := time.Date(2025, 6, 2, 12, 0, 0, 0, time.FixedZone("", -4*3600))
	for folder, setUp := range map[string]func(*nemotest.Site){
		"8.1.5":                    func(*nemotest.Site) {},
		"8.1.5-session-first":      func(s *nemotest.Site) { s.SessionFirst = true },
		"8.1.5-billing-permission": func(s *nemotest.Site) { s.Billing = true },
		"8.1.5-utc":                func(s *nemotest.Site) { s.Zone = time.UTC },
		"8.1.5-datetime-format":    func(s *nemotest.Site) { s.Layout = "01-02-2006 15:04:05" },
	} {
		t.Run(folder, func(t *testing.T) {
			site := nemotest.Facility(t, now)
			setUp(&site)
			server := nemotest.New(t, site)
			dir := filepath.Join(testdata.Dir(t), "nemo-answers", folder)
			files, err := filepath.Glob(filepath.Join(dir, "*.json"))
			require.NoError(t, err)
			require.NotEmpty(t, files)
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), ".json")
				if strings.Contains(name, "expand") || name == "root" || strings.HasPrefix(name, "record-page") {
					continue // not part of what this server does
				}
				t.Run(name, func(t *testing.T) { same(t, server, file) })
			}
		})
	}
}

func same(t *testing.T, server *nemotest.Server, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var want recorded
	require.NoError(t, json.Unmarshal(b, &want))
	status, header, body := ask(t, server, want)
	assert.Equal(t, want.Status, status, want.Request.URL)
	for _, name := range []string{"Content-Type", "WWW-Authenticate", "Location"} {
		assert.Equal(t, want.Headers[name], header.Get(name), name)
	}
	if want.JSON == nil {
		return
	}
	var got any
	body = []byte(strings.ReplaceAll(string(body), server.URL, "http://nemo.example.org/api/"))
	require.NoError(t, json.Unmarshal(body, &got), "%s", body)
	assert.Equal(t, leveled(want.JSON), leveled(got))
}

func ask(t *testing.T, server *nemotest.Server, want recorded) (int, http.Header, []byte) {
	t.Helper()
	path, query, _ := strings.Cut(strings.TrimPrefix(want.Request.URL, "/api/"), "?")
	r, err := http.NewRequestWithContext(t.Context(), want.Request.Method, server.URL+path+"?"+query, nil)
	require.NoError(t, err)
	for name, v := range want.Request.Headers {
		r.Header.Set(name, v)
	}
	if want.Request.Token != nil {
		r.Header.Set("Authorization", "Token "+tokens()[*want.Request.Token])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header, body
}

func tokens() map[string]string {
	return map[string]string{
		"harvester": "0123456789abcdef0123456789abcdef01234567", "no_rights": "0000000000000000000000000000000000000000",
		"events_only": "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0", "inactive": "deaddeaddeaddeaddeaddeaddeaddeaddeaddead",
		"billing": "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1", "unknown": "ffffffffffffffffffffffffffffffffffffffff",
	}
}

// leveled takes out what NEMO itself leaves open: the order of the ids in lists inside
// rows, a running number, the layout of JSON in texts.
func leveled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			switch k {
			case "has_ended":
				out[k] = x != 0.0
			case "run_data", "pre_run_data":
				var inner any
				if s, ok := x.(string); ok && json.Unmarshal([]byte(s), &inner) == nil {
					x = inner
				}
				out[k] = x
			default:
				out[k] = leveled(x)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = leveled(v[i])
		}
		ids := len(v) > 0 && reflect.TypeOf(v[0]).Kind() == reflect.Float64
		if ids {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(jsonOf(a), jsonOf(b)) })
		}
		return out
	}
	return v
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}
