package cdcstest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// answer is one recorded exchange with the real server.
type answer struct {
	Case    string
	Request struct {
		Method, Path, As string
		Headers          map[string]string
		Body             json.RawMessage
	}
	Status  int
	Headers map[string]string
	Answer  any
}

func recorded(t *testing.T, group string) []answer {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata.Dir(t), "cdcs-answers", group+".json"))
	require.NoError(t, err)
	var file struct{ Answers []answer }
	require.NoError(t, json.Unmarshal(b, &file))
	require.NotEmpty(t, file.Answers)
	return file.Answers
}

// document is the record that was sent to the real server.
func document(session, more string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Experiment xmlns="` + cdcstest.Namespace + `"><title>A record</title><id>` +
		session + `</id><summary ref="https://nemo.example.org/event_details/usage/` + session + `/"><experimenter>Ned Land (ned)</experimenter>` +
		`<instrument pid="TEST-TOOL">Test tool</instrument><reservationStart>2021-08-02T10:00:00-06:00</reservationStart>` +
		`<reservationEnd>2021-08-02T18:00:00-06:00</reservationEnd><motivation>µ-diffraction, Größe</motivation></summary>` + more + "</Experiment>\n"
}

// before holds what happened between the recorded requests without being recorded.
func before() map[string]func(*cdcstest.Server) {
	put := func(title string, owner, workspace int) func(*cdcstest.Server) {
		return func(s *cdcstest.Server) {
			s.Put(cdcstest.Record{Template: 1, Title: title, Owner: owner, Workspace: workspace, XML: document("204", "")})
		}
	}
	both := func(all ...func(*cdcstest.Server)) func(*cdcstest.Server) {
		return func(s *cdcstest.Server) {
			for _, f := range all {
				f(s)
			}
		}
	}
	const title = "2030-01-01_FIND-ME_77"
	find := func(title, session string, owner, workspace int) func(*cdcstest.Server) {
		more := "<sample><name>needle-alpha</name></sample>"
		if session != "77" {
			more = ""
		}
		xml := document(session, more)
		if more == "" {
			xml = strings.Replace(xml, "TEST-TOOL", "FIND-ME-TOO", 1)
		}
		return func(s *cdcstest.Server) {
			s.Put(cdcstest.Record{Template: 1, Title: title, Owner: owner, Workspace: workspace, XML: xml})
		}
	}
	return map[string]func(*cdcstest.Server){
		"06-read/by id":                                           both(put("private of other", 3, 0), put("public of other", 3, 1)),
		"07-assign/without final slash: right":                    put("to assign", 1, 0),
		"07-assign/record of someone else":                        put("foreign to assign", 3, 0),
		"07-assign/own record, ordinary user":                     put("own to assign", 2, 0),
		"07-assign/workspace in a PATCH of the record is ignored": put("patch workspace", 1, 0),
		"08-owner/give to a user":                                 put("to give away", 1, 1),
		"09-update/before":                                        put("to update", 1, 1),
		"09-update/someone else's private record":                 both(put("foreign to update", 3, 0), put("foreign public to update", 3, 1)),
		"10-delete/someone else's record":                         both(put("to delete", 1, 0), put("foreign to delete", 3, 0)),
		"10-delete/nobody":                                        put("kept", 1, 0),
		"12-paging/all of more than 100": func(s *cdcstest.Server) {
			for i := range 100 {
				put(fmt.Sprintf("many-%03d", i), 1, 0)(s)
			}
		},
		"12-paging/first page": func(s *cdcstest.Server) {
			for i := range 23 {
				put(fmt.Sprintf("page-%03d", i), 1, 0)(s)
			}
		},
		"11-find/list by title: own records only": both(find(title, "77", 1, 0), find(title, "77", 1, 1),
			find(title, "77", 3, 0), find(title, "77", 3, 1), find(title+"_1", "771", 1, 0)),
	}
}

var notModelled = regexp.MustCompile(`keyword/|pretty_print|template_info|pid/rest|xpath picks`)

// The groups are asked in the order of the recording, so that ids agree.
func TestAnswersAreThoseOfTheServer(t *testing.T) {
	s := cdcstest.New(t, cdcstest.Options{})
	replay(t, s, "01-access", "03-template", "04-workspace", "05-create", "02-routes", "06-read", "07-assign",
		"08-owner", "09-update", "10-delete", "11-find", "12-paging")
}

func TestAnswersInTheOtherModes(t *testing.T) {
	t.Run("content", func(t *testing.T) {
		replay(t, cdcstest.New(t, cdcstest.Options{ContentField: true}), "17-content-field")
	})
	t.Run("token first", func(t *testing.T) { replay(t, cdcstest.New(t, cdcstest.Options{TokenFirst: true}), "18-token-first") })
}

func replay(t *testing.T, s *cdcstest.Server, groups ...string) {
	t.Helper()
	setup := before()
	for _, group := range groups {
		for _, a := range recorded(t, group) {
			if f := setup[group+"/"+a.Case]; f != nil {
				f(s)
			}
			if notModelled.MatchString(a.Request.Path + " " + a.Case) {
				continue
			}
			t.Run(group+"/"+a.Case, func(t *testing.T) { compare(t, s, a) })
		}
	}
}

func compare(t *testing.T, s *cdcstest.Server, a answer) {
	t.Helper()
	status, header, body := ask(t, s, a)
	require.Equal(t, a.Status, status, "%s", body)
	for _, name := range []string{"Content-Type", "Location", "Allow", "WWW-Authenticate"} {
		assert.Equal(t, a.Headers[name], header.Get(name), name)
	}
	var got any
	if json.Unmarshal(body, &got) != nil {
		got = string(body)
	}
	if a.Status == http.StatusInternalServerError && strings.Contains(a.Case, "not ") || strings.Contains(a.Case, "UTF-16") ||
		strings.Contains(a.Case, "forbids") { // the text is the validator's
		assert.Equal(t, shape(a.Answer), shape(got))
		return
	}
	same(t, "answer", a.Answer, got)
}

func ask(t *testing.T, s *cdcstest.Server, a answer) (int, http.Header, []byte) {
	t.Helper()
	body := []byte(a.Request.Body)
	headers := map[string]string{"Accept": "application/json"}
	if len(body) > 0 {
		headers["Content-Type"] = "application/json"
	}
	var raw string
	if json.Unmarshal(body, &raw) == nil && a.Request.Headers["Content-Type"] != "" {
		body = []byte(raw)
	}
	switch a.Request.As {
	case "nobody":
	case "superuser":
		headers["Authorization"] = "Token " + s.Token
	case "user", "other":
		headers["Authorization"] = "Token " + s.UserToken(a.Request.As)
	default:
		headers["Authorization"] = "Token " + strings.Repeat("0", 40)
	}
	for k, v := range a.Request.Headers {
		headers[k] = v
	}
	req, err := http.NewRequestWithContext(t.Context(), a.Request.Method, s.URL+a.Request.Path, bytes.NewReader(body))
	require.NoError(t, err)
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, resp.Header, got
}

var varies = regexp.MustCompile(`^\d{4}-\d\d-\d\dT|<… \d+ characters in all>|^<!DOCTYPE|^http://127`)

// same compares answers; times, cut texts and addresses of this server may differ.
func same(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		require.True(t, ok, path)
		for k, v := range want {
			require.Contains(t, got, k, path)
			if k == "xml_content" && shape(v) == "list" {
				continue // the projection of an XPath
			}
			same(t, path+"."+k, v, got[k])
		}
		for k := range got {
			assert.Contains(t, want, k, path)
		}
	case []any:
		list, ok := got.([]any)
		require.True(t, ok, path)
		require.Len(t, list, len(want), path)
		for i := range want {
			same(t, path+"[]", want[i], list[i])
		}
	case string:
		if !varies.MatchString(want) {
			assert.Equal(t, want, got, path)
			return
		}
		assert.IsType(t, want, got, path)
	default:
		assert.Equal(t, want, got, path)
	}
}

func shape(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var keys []string
		for k := range v {
			keys = append(keys, k+":"+shape(v[k]))
		}
		return strings.Join(keys, " ")
	case []any:
		return "list"
	case string:
		return "text"
	}
	return "other"
}
