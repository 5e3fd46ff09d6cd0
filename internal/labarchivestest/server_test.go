package labarchivestest_test

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
)

// speaker calls a double without any help of a client.
type speaker struct {
	*labarchivestest.Server
	t *testing.T
}

func speak(t *testing.T, o labarchivestest.Options) speaker {
	t.Helper()
	return speaker{labarchivestest.New(t, o), t}
}

// query returns the signed parameters of a call.
func (s speaker) query(method string, pairs ...string) url.Values {
	expires := fmt.Sprint(time.Now().UnixMilli())
	mac := hmac.New(sha512.New, []byte(s.Password))
	_, _ = io.WriteString(mac, s.KeyID+path.Base(method)+expires)
	q := url.Values{
		"akid": {s.KeyID}, "uid": {s.UserID}, "expires": {expires}, "sig": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// send makes a call of any form.
func (s speaker) send(verb, method string, q url.Values, kind, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), verb, s.URL+"/"+method+"?"+q.Encode(), strings.NewReader(body))
	require.NoError(s.t, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, string(b)
}

func (s speaker) get(method string, pairs ...string) (int, string) {
	s.t.Helper()
	return s.send(http.MethodGet, method, s.query(method, pairs...), "", "")
}

const (
	form = "application/x-www-form-urlencoded"
	file = "application/octet-stream"
)

func TestRefusals(t *testing.T) {
	without := func(q url.Values, name string) url.Values { q.Del(name); return q }
	with := func(q url.Values, name, value string) url.Values { q.Set(name, value); return q }
	const level, account, attach = "tree_tools/get_tree_level", "users/user_info_via_id", "entries/add_attachment"
	s := speak(t, labarchivestest.Options{MaxFile: 10})
	old := fmt.Sprint(time.Now().Add(-3 * time.Minute).UnixMilli())
	for name, c := range map[string]struct {
		verb, method string
		query        url.Values
		kind, body   string
		status, code int
	}{
		"no key id":             {"GET", account, without(s.query(account), "akid"), "", "", 400, 4500},
		"wrong key id":          {"GET", account, with(s.query(account), "akid", "x"), "", "", 401, 4506},
		"no signature":          {"GET", account, without(s.query(account), "sig"), "", "", 400, 4500},
		"signature of another":  {"GET", account, s.query(level), "", "", 401, 4520},
		"signature escaped":     {"GET", account, with(s.query(account), "sig", url.QueryEscape(s.query(account).Get("sig"))), "", "", 401, 4520},
		"too old":               {"GET", account, with(s.query(account), "expires", old), "", "", 401, 4504},
		"no time":               {"GET", account, with(s.query(account), "expires", "now"), "", "", 400, 4529},
		"wrong user":            {"GET", account, with(s.query(account), "uid", "x"), "", "", 401, 4507},
		"no user":               {"GET", account, without(s.query(account), "uid"), "", "", 400, 4500},
		"wrong login":           {"GET", "users/user_access_info", s.query("user_access_info", "login_or_email", "x", "password", "y"), "", "", 404, 4514},
		"empty notebook":        {"GET", level, s.query(level, "nbid", "", "parent_tree_id", "0"), "", "", 400, 4500},
		"wrong notebook":        {"GET", level, s.query(level, "nbid", "x", "parent_tree_id", "0"), "", "", 404, 4509},
		"wrong parent":          {"GET", level, s.query(level, "nbid", s.NotebookID, "parent_tree_id", "x"), "", "", 404, 4516},
		"method of the notes":   {"GET", "notebooks/tree_level", s.query("tree_level"), "", "", 404, 4503},
		"form as JSON":          {"POST", "entries/add_entry", s.query("add_entry"), "application/json", "{}", 400, 4529},
		"form with a charset":   {"POST", "entries/add_entry", s.query("add_entry"), form + "; charset=utf-8", "nbid=0", 400, 4529},
		"no content":            {"POST", "entries/add_entry", s.query("add_entry"), form, "nbid=0&pid=0&part_type=text+entry", 400, 4500},
		"unknown type of entry": {"POST", "entries/add_entry", s.query("add_entry"), form, "nbid=0&pid=0&part_type=text&entry_data=x", 400, 4527},
		"multipart":             {"POST", attach, s.query(attach, "filename", "a"), "multipart/form-data; boundary=x", "--x--", 400, 4529},
		"too large":             {"POST", attach, s.query(attach, "filename", "a"), file, "12345678901", 413, 4521},
		"file name with slash":  {"POST", attach, s.query(attach, "filename", "a/b"), file, "1", 400, 4529},
		"unknown entry":         {"GET", "entries/entry_attachment", s.query("entry_attachment", "eid", "x"), "", "", 404, 4529},
		"read with a body":      {"POST", account, s.query(account), form, "a=b", 400, 4529},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := s.send(c.verb, c.method, c.query, c.kind, c.body)
			assert.Equal(t, c.status, status, body)
			var e struct {
				XMLName xml.Name `xml:"error"`
				Code    int      `xml:"error-code"`
				Text    string   `xml:"error-description"`
			}
			require.NoError(t, xml.Unmarshal([]byte(body), &e))
			assert.Equal(t, c.code, e.Code)
			assert.NotEmpty(t, e.Text)
		})
	}
	assert.Empty(t, s.Pages())
	assert.Empty(t, s.Inbox())
}

func TestPagesForPeople(t *testing.T) {
	s := speak(t, labarchivestest.Options{})
	for _, c := range []struct {
		verb, method string
		status       int
	}{
		{"GET", "users/user_info_via_id/", 404},
		{"GET", "/users/user_info_via_id", 404},
		{"GET", "users", 404},
		{"GET", "entries/add_entry", 405},
		{"PUT", "users/user_info_via_id", 405},
	} {
		status, body := s.send(c.verb, c.method, s.query(c.method), "", "")
		assert.Equal(t, c.status, status, c.method)
		assert.Contains(t, body, "<html>")
	}
}

func TestErrorsElsewhere(t *testing.T) {
	s := speak(t, labarchivestest.Options{ErrorBelow: true, OldSpelling: true})
	_, body := s.get("tree_tools/get_tree_level")
	var e struct {
		XMLName xml.Name `xml:"tree-tools"`
		Code    int      `xml:"error>code"`
		Text    string   `xml:"error>msg"`
	}
	require.NoError(t, xml.Unmarshal([]byte(body), &e))
	assert.Equal(t, 4500, e.Code)
	assert.Contains(t, e.Text, "nbid")
}

// TestRoundTrip makes a page with two entries and reads it back, unchanged.
func TestRoundTrip(t *testing.T) {
	s := speak(t, labarchivestest.Options{})
	var made struct {
		ID  string `xml:"node>tree-id"`
		EID string `xml:"entry>eid"`
	}
	call := func(status int, body string) {
		t.Helper()
		require.Equal(t, 200, status, body)
		made.ID, made.EID = "", ""
		require.NoError(t, xml.Unmarshal([]byte(body), &made))
	}
	const insert = "tree_tools/insert_node"
	call(s.send("POST", insert, s.query(insert, "nbid", s.NotebookID, "parent_tree_id", "0", "display_text", "A & B", "is_folder", "true"), "", ""))
	folder := made.ID
	call(s.get(insert, "nbid", s.NotebookID, "parent_tree_id", folder, "display_text", "page", "is_folder", "false"))
	page := made.ID
	html := `<p class="x">é &amp; <img src="data:image/png;base64,AA=="></p>`
	call(s.send("POST", "entries/add_entry", s.query("add_entry"), form, url.Values{
		"nbid": {s.NotebookID}, "pid": {page}, "part_type": {"text entry"}, "entry_data": {html},
	}.Encode()))
	call(s.send("POST", "entries/add_attachment", s.query("add_attachment", "nbid", s.NotebookID, "pid", page, "filename", "r.xml"), file, "\x00\xff<r/>"))
	_, content := s.get("entries/entry_attachment", "eid", made.EID)
	assert.Equal(t, "\x00\xff<r/>", content)

	_, body := s.get("tree_tools/get_entries_for_page", "nbid", s.NotebookID, "page_tree_id", page, "entry_data", "true")
	var list struct {
		Entries []struct {
			Part string `xml:"part-type"`
			File string `xml:"attach-file-name"`
			Data string `xml:"entry-data"`
		} `xml:"entries>entry"`
	}
	require.NoError(t, xml.Unmarshal([]byte(body), &list))
	require.Len(t, list.Entries, 2)
	assert.Equal(t, html, list.Entries[0].Data)
	assert.Equal(t, "r.xml", list.Entries[1].File)
	require.Len(t, s.Pages(), 1)
	assert.Equal(t, []string{"A & B"}, s.Pages()[0].Path)
}

// TestOrderOfElementsIsNotFixed sees each child of an answer in the first place sometimes.
func TestOrderOfElementsIsNotFixed(t *testing.T) {
	s := speak(t, labarchivestest.Options{})
	first := map[string]bool{}
	for range 60 {
		_, body := s.get("users/user_info_via_id")
		_, body, _ = strings.Cut(body, "<users><")
		name, _, _ := strings.Cut(body, ">")
		first[strings.Fields(name)[0]] = true
	}
	assert.Len(t, first, 7)
}

// failures counts what a double says of its clients.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestPaceIsWatched(t *testing.T) {
	now := time.Now()
	f := &failures{TB: t}
	s := speaker{labarchivestest.New(f, labarchivestest.Options{Now: func() time.Time { return now }, Pace: time.Second}), t}
	s.get("utilities/epoch_time")
	now = now.Add(time.Second)
	s.get("utilities/epoch_time")
	assert.Empty(t, f.said)
	now = now.Add(999 * time.Millisecond)
	s.get("utilities/epoch_time")
	require.Len(t, f.said, 1)
	assert.Contains(t, f.said[0], "starts 999ms after the call before")
}

func TestFaults(t *testing.T) {
	s := speak(t, labarchivestest.Options{})
	s.Inject(labarchivestest.Maintenance("users/user_info_via_id"), labarchivestest.Throttle("users/max_file_size"),
		labarchivestest.Fault{Path: "utilities/epoch_time", After: 1, Times: 1, Status: 500})
	status, body := s.get("users/user_info_via_id")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "<html>")
	status, _ = s.get("users/max_file_size")
	assert.Equal(t, 429, status)
	for _, want := range []int{200, 500, 200} {
		status, _ = s.get("utilities/epoch_time")
		assert.Equal(t, want, status)
	}
	s.Heal()
	status, _ = s.get("users/max_file_size")
	assert.Equal(t, 200, status)
	assert.Equal(t, 2, s.Asked("users/max_file_size"))
}
