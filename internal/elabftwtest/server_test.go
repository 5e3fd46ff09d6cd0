package elabftwtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const jsonType = "application/json"

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) decode(t *testing.T, out any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.body), out), a.body)
}

// ask makes a request with a key, a content type and a body.
func ask(t *testing.T, method, address, key, kind, body string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	if key != "" {
		request.Header.Set("Authorization", key)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	http.DefaultClient.CloseIdleConnections()
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// TestRequestsThatAreRefused: each version has its own shape of errors, and its own status
// for a missing right.
func TestRequestsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, key, kind, body string
		status, old                   int // old: up to 5.3, where that differs
		reason                        string
	}{
		"no key":           {"GET", "experiments", "-", "", "", 401, 0, "Authentication required"},
		"password":         {"GET", "experiments", "Basic YQ==", "", "", 401, 0, "Authentication required"},
		"unknown key":      {"GET", "experiments", "1-x", "", "", 401, 0, "No corresponding API key found!"},
		"key with scheme":  {"GET", "experiments", "Bearer 1-x", "", "", 401, 0, "No corresponding API key found!"},
		"read-only":        {"POST", "experiments", "read", jsonType, "{}", 400, 0, "You are using a read-only key to execute a write action."},
		"charset":          {"POST", "experiments", "", jsonType + "; charset=utf-8", "{}", 400, 0, "Incorrect content-type header."},
		"no content type":  {"POST", "experiments", "", "", "", 400, 0, "Incorrect content-type header."},
		"form elsewhere":   {"POST", "experiments", "", "multipart/form-data; boundary=x", "", 400, 0, "Incorrect content-type header."},
		"broken JSON":      {"POST", "experiments", "", jsonType, "{", 400, 0, "Error decoding json payload: Syntax error"},
		"unknown id":       {"GET", "experiments/99", "", "", "", 404, 0, "Nothing to show with this id"},
		"no number":        {"GET", "experiments/x", "", "", "", 404, 0, "Nothing to show with this id"},
		"unknown status":   {"POST", "experiments", "", jsonType, `{"status":9}`, 500, 0, "SQLSTATE[23000]: Integrity constraint violation: 1452 Cannot add or update a child row: a foreign key constraint fails"},
		"tags in PATCH":    {"PATCH", "experiments/1", "", jsonType, `{"tags":["a"]}`, 400, 0, "Invalid update target."},
		"action in PATCH":  {"PATCH", "experiments/1", "", jsonType, `{"title":"b","action":"update"}`, 400, 0, "Invalid update target."},
		"object in PATCH":  {"PATCH", "experiments/1", "", jsonType, `{"metadata":{"a":1}}`, 500, 0, "SQLSTATE[22032]: Invalid JSON text: 3140 Invalid JSON text"},
		"no file":          {"POST", "experiments/1/uploads", "", "multipart/form-data; boundary=x", "--x--\r\n", 400, 0, "Error reading file!"},
		"somebody else's":  {"PATCH", "experiments/2", "", jsonType, `{"title":"b"}`, 403, 500, "Sorry, you are not allowed to perform that action."},
		"archived":         {"PATCH", "experiments/3", "", jsonType, `{"title":"b"}`, 422, 0, "Only the Unarchive action is allowed on an archived entity."},
		"deleted":          {"PATCH", "experiments/4", "", jsonType, `{"title":"b"}`, 422, 0, "Only the Restore action is allowed on a deleted entity."},
		"being edited":     {"PATCH", "experiments/5", "", jsonType, `{"title":"b"}`, 400, 0, "This entry is being edited by Ned Land."},
		"cited file":       {"DELETE", "experiments/5/uploads/9", "", "", "", 400, 0, "Please make sure to remove any reference to this file in the body!"},
		"empty tag":        {"POST", "experiments/1/tags", "", jsonType, `{"tag":" | "}`, 400, 0, "Input is too short! (minimum: 1)"},
		"search":           {"GET", "experiments?extended=" + url.QueryEscape(`extrafield:"a:b`), "", "", "", 400, 0, "Advanced search: syntax error"},
		"too much":         {"POST", "experiments", "", jsonType, `{"body":"` + strings.Repeat("x", 4_120_001) + `"}`, 400, 0, "Content is too big! Cannot save!"},
		"unknown endpoint": {"GET", "experiment", "", "", "", 400, 0, "Incorrect endpoint."},
	} {
		for _, version := range []string{"5.3.11", "5.4.0"} {
			t.Run(name+", "+version, func(t *testing.T) {
				s := elabftwtest.New(t, elabftwtest.Options{Version: version})
				for i, e := range []elabftwtest.Experiment{
					{}, {Owner: 2}, {State: 2}, {State: 3}, {EditedBy: "Ned Land", Body: "ab/ab9.xml", Uploads: []elabftwtest.Upload{{ID: 9, State: 1}}},
				} {
					e.ID = i + 1
					s.Put(e)
				}
				key := map[string]string{"": s.Key, "-": "", "read": s.ReadOnly}
				used, known := key[c.key]
				if !known {
					used = c.key
				}
				a := ask(t, c.method, s.URL+"/api/v2/"+c.path, used, c.kind, c.body)
				status := c.status
				if version == "5.3.11" && c.old != 0 {
					status = c.old
				}
				assert.Equal(t, status, a.status, a.body)
				var body struct {
					Code                 int
					Message, Description string
				}
				a.decode(t, &body)
				if version == "5.3.11" {
					assert.Equal(t, c.reason, body.Description)
					assert.NotEqual(t, c.reason, body.Message)
					assert.Equal(t, status, body.Code)
				} else {
					assert.Equal(t, []string{c.reason, ""}, []string{body.Message, body.Description})
				}
			})
		}
	}
}

func TestPlacesOutsideTheInterface(t *testing.T) {
	s := elabftwtest.New(t, elabftwtest.Options{Prefix: "/elab"})
	for path, status := range map[string]int{"/": 200, "/experiments.php?mode=view&id=1": 200, "/api/v1/experiments": 404} {
		a := ask(t, http.MethodGet, s.URL+path, s.Key, "", "")
		assert.Equal(t, status, a.status, path)
		assert.Contains(t, a.header.Get("Content-Type"), "text/html")
	}
	a := ask(t, http.MethodGet, strings.TrimSuffix(s.URL, "/elab")+"/api/v2/info", s.Key, "", "")
	assert.Equal(t, http.StatusNotFound, a.status)
	assert.Equal(t, http.StatusOK, ask(t, http.MethodGet, s.URL+"/api/v2/info///", s.Key, "", "").status, "slashes at the end do not count")
	a = ask(t, http.MethodPut, s.URL+"/api/v2/experiments", s.Key, jsonType, "{}")
	assert.Equal(t, http.StatusMethodNotAllowed, a.status)
	assert.Equal(t, "GET, POST, DELETE, PATCH", a.header.Get("Allow"))
}

func TestCreate(t *testing.T) {
	for version, kind := range map[string]int{"5.3.11": 2, "5.4.0": 1} {
		s := elabftwtest.New(t, elabftwtest.Options{Version: version, Markdown: true})
		a := ask(t, http.MethodPost, s.URL+"/api/v2/experiments", s.Key, jsonType, `{"title":" a\nb ","body":"<h1 onclick=\"x\">&#34;</h1>\n<script>x</script><a href=\"https://x\">y</a>",`+
			`"tags":["One","one"],"metadata":{"a":1},"category":77,"content_type":1}`)
		assert.Equal(t, http.StatusCreated, a.status)
		assert.Empty(t, a.body)
		assert.Equal(t, "https://notebook.example.org/api/v2/experiments/41", a.header.Get("Location"), "the server's idea of itself")
		e := s.Experiments()[0]
		assert.Equal(t, []any{"a b", kind, 77}, []any{e.Title, e.ContentType, e.Category}, "an unknown category is stored")
		assert.Equal(t, `<h1>"</h1><a href="https://x" target="_blank" rel="noreferrer noopener">y</a>`, e.Body)
		assert.Equal(t, []string{"One"}, e.Tags)

		var shown map[string]any
		ask(t, http.MethodGet, s.URL+"/api/v2/experiments/41", s.Key, "", "").decode(t, &shown)
		assert.Equal(t, `{"a":1}`, shown["metadata"], "a text")
		assert.Equal(t, []any{"One", "1"}, []any{shown["tags"], shown["tags_id"]})
		var rows []map[string]any
		ask(t, http.MethodGet, s.URL+"/api/v2/experiments", s.Key, "", "").decode(t, &rows)
		require.Len(t, rows, 1)
		assert.NotContains(t, rows[0], "body")
		assert.NotContains(t, rows[0], "metadata")

		a = ask(t, http.MethodPost, s.URL+"/api/v2/experiments", s.Key, jsonType, `{"metadata":"{}"}`)
		require.Equal(t, http.StatusCreated, a.status)
		assert.Equal(t, `"{}"`, s.Experiments()[1].Metadata, "a text inside a text")
		assert.Equal(t, "Untitled", s.Experiments()[1].Title)
	}
}

// TestRefusedTagLeavesTheExperiment: the server makes tags after the row, without a
// transaction.
func TestRefusedTagLeavesTheExperiment(t *testing.T) {
	s := elabftwtest.New(t, elabftwtest.Options{ForbidTags: true})
	a := ask(t, http.MethodPost, s.URL+"/api/v2/experiments", s.Key, jsonType, `{"title":"a","tags":["b"]}`)
	assert.Equal(t, http.StatusBadRequest, a.status)
	assert.Contains(t, a.body, "Users cannot create tags.")
	assert.Len(t, s.Experiments(), 1)
}

func TestPatchAppliesOneAfterTheOther(t *testing.T) {
	s := elabftwtest.New(t, elabftwtest.Options{})
	id := s.Put(elabftwtest.Experiment{Title: "a", Body: "b"})
	address := s.URL + "/api/v2/experiments/41"
	a := ask(t, http.MethodPatch, address, s.Key, jsonType, `{"title":"c","wrong":1,"body":"d"}`)
	assert.Equal(t, http.StatusBadRequest, a.status)
	assert.Equal(t, []any{41, "c", "b"}, []any{id, s.Experiments()[0].Title, s.Experiments()[0].Body})
	a = ask(t, http.MethodPatch, address, s.Key, jsonType, `{"metadata":"{\"a\":1}","category":2,"status":"1","content_type":2,"state":2}`)
	require.Equal(t, http.StatusOK, a.status)
	e := s.Experiments()[0]
	assert.Equal(t, []any{`{"a":1}`, 2, 1, 2, 2}, []any{e.Metadata, e.Category, e.Status, e.ContentType, e.State})
}

func form(action string) string {
	field := "--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nnew\r\n"
	if action != "" {
		field += "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n" + action + "\r\n"
	}
	return field + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a/b.xml\"\r\n\r\ncontent\r\n--x--\r\n"
}

// TestReplace: up to 5.5 every file sent to an upload takes its place, from 5.6 on only
// where the form says so.
func TestReplace(t *testing.T) {
	for version, states := range map[string][]int{"5.3.11": {2, 1}, "5.6.0": {1, 1}} {
		s := elabftwtest.New(t, elabftwtest.Options{Version: version})
		s.Put(elabftwtest.Experiment{Uploads: []elabftwtest.Upload{{ID: 5, RealName: "b.xml", Comment: "old", State: 1}}})
		address := s.URL + "/api/v2/experiments/41/uploads"
		a := ask(t, http.MethodPost, address+"/5", s.Key, "multipart/form-data; boundary=x", form(""))
		require.Equal(t, http.StatusCreated, a.status)
		all := s.Experiments()[0].Uploads
		require.Len(t, all, 2)
		assert.Equal(t, states, []int{all[0].State, all[1].State})
		assert.Equal(t, "https://notebook.example.org/api/v2/experiments/41/uploads/701", a.header.Get("Location"))
		assert.Equal(t, []string{"b.xml", "content"}, []string{all[1].RealName, string(all[1].Content)})

		a = ask(t, http.MethodPost, address+"/701", s.Key, "multipart/form-data; boundary=x", form("replace"))
		require.Equal(t, http.StatusCreated, a.status)
		all = s.Experiments()[0].Uploads
		assert.Equal(t, []int{2, 1}, []int{all[1].State, all[2].State})
		assert.Equal(t, all[1].Comment, all[2].Comment, "the old comment stays")

		var shown []map[string]any
		ask(t, http.MethodGet, address+"?state=2", s.Key, "", "").decode(t, &shown)
		assert.Equal(t, 701.0, shown[0]["id"], "the newest first")
		assert.Equal(t, "content", ask(t, http.MethodGet, address+"/702?format=binary", s.Key, "", "").body)
	}
}

func TestTags(t *testing.T) {
	s := elabftwtest.New(t, elabftwtest.Options{})
	s.Put(elabftwtest.Experiment{})
	s.Put(elabftwtest.Experiment{})
	address := s.URL + "/api/v2/experiments/"
	for _, tag := range []string{"41/tags grain|map", "42/tags GRAIN MAP", "42/tags x"} {
		path, text, _ := strings.Cut(tag, " ")
		require.Equal(t, http.StatusCreated, ask(t, http.MethodPost, address+path, s.Key, jsonType, `{"tag":"`+text+`"}`).status)
	}
	assert.Equal(t, []string{"grain map", "x"}, s.Experiments()[1].Tags, "case does not count in a team")
	var all []map[string]any
	ask(t, http.MethodGet, address+"42/tags", s.Key, "", "").decode(t, &all)
	require.Len(t, all, 2)
	assert.Equal(t, []any{"x", 2.0}, []any{all[1]["tag"], all[1]["tag_id"]})
	require.Equal(t, http.StatusOK, ask(t, http.MethodPatch, address+"42/tags/1", s.Key, jsonType, `{"action":"unreference"}`).status)
	assert.Equal(t, []string{"x"}, s.Experiments()[1].Tags)
	require.Equal(t, http.StatusNoContent, ask(t, http.MethodDelete, address+"42/tags", s.Key, "", "").status)
	assert.Empty(t, s.Experiments()[1].Tags)
}

func TestSearch(t *testing.T) {
	s := elabftwtest.New(t, elabftwtest.Options{})
	for _, value := range []string{"a_b", "AXB", "a%b", "cab", `q"r`, "other"} {
		s.Put(elabftwtest.Experiment{Title: "T " + value, Metadata: `{"extra_fields":{"Key":{"value":` + string(must(json.Marshal(value))) + `}}}`})
	}
	s.Put(elabftwtest.Experiment{Title: "archived", State: 2})
	s.Put(elabftwtest.Experiment{Title: "theirs", Owner: 2})
	for query, want := range map[string]string{
		`extended=extrafield:"Key":"a_b"`:  "43 42 41",
		`extended=extrafield:"key":"a\_b"`: "41",
		`extended=extrafield:"Key":"a%"`:   "44 43 42 41",
		`extended=extrafield:"Key":"q\"r"`: "45",
		`extended=title:"t o"`:             "46",
		`state=2`:                          "47",
		`state=1,2&limit=2&offset=1`:       "47 46",
		`scope=1&sort=asc&limit=1`:         "41",
		`scope=3&limit=1`:                  "48",
		`offset=99`:                        "",
	} {
		values := url.Values{}
		for _, pair := range strings.Split(query, "&") {
			k, v, _ := strings.Cut(pair, "=")
			values.Set(k, v)
		}
		var rows []struct{ ID json.Number }
		ask(t, http.MethodGet, s.URL+"/api/v2/experiments?"+values.Encode(), s.Key, "", "").decode(t, &rows)
		var ids []string
		for _, r := range rows {
			ids = append(ids, r.ID.String())
		}
		assert.Equal(t, want, strings.Join(ids, " "), query)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
