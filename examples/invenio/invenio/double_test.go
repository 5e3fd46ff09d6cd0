package invenio_test

import (
	"crypto/md5" // the checksum of the repository
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

const (
	token   = "c4nary/t+ken"
	stalled = -1
)

type file struct {
	data []byte
	done bool
}

type deposit struct {
	id, concept string
	revision    int
	published   bool
	metadata    map[string]any
	files       map[string]*file
}

// double is a repository that keeps drafts, files and versions, and can misbehave.
type double struct {
	*httptest.Server
	mu         sync.Mutex
	deposits   []*deposit
	asked      int
	fault      int
	carriedOut bool
	status     int
}

func newDouble(tb testing.TB) *double {
	tb.Helper()
	d := &double{}
	d.Server = httptest.NewServer(d)
	tb.Cleanup(d.Close)
	return d
}

func (d *double) set(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// ServeHTTP implements http.Handler.
func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	d.mu.Lock()
	d.asked++
	failing, status := d.asked == d.fault, d.status
	var answer any
	switch {
	case status != 0:
	case r.Header.Get("Authorization") != "Bearer "+token:
		status = 403
	case !failing || d.carriedOut:
		status, answer = d.serve(r, body)
	}
	d.mu.Unlock()
	switch {
	case status == stalled:
		<-r.Context().Done()
		return
	case failing:
		status, answer = 502, nil
	case status >= 400:
		answer = map[string]any{"status": status, "message": "refused, with " + r.Header.Get("Authorization")}
	}
	if raw, ok := answer.([]byte); ok {
		w.WriteHeader(status)
		_, _ = w.Write(raw)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if status != 204 {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func (d *double) serve(r *http.Request, body []byte) (int, any) {
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/api/"), "/")
	switch {
	case path[0] == "user":
		return 200, map[string]any{"hits": map[string]any{"hits": d.search(r.URL.Query().Get("q"))}}
	case path[0] != "records":
		return 404, nil
	case len(path) == 1 && r.Method == "POST":
		n := &deposit{revision: 1, files: map[string]*file{}}
		n.id = fmt.Sprint("r", len(d.deposits)+1)
		n.concept = n.id
		d.deposits = append(d.deposits, n)
		n.describe(body)
		return 201, d.show(n)
	}
	var at *deposit
	for _, n := range d.deposits {
		if n != nil && n.id == path[1] {
			at = n
		}
	}
	if at == nil {
		return 404, nil
	}
	rest := path[2:]
	if len(rest) > 0 && rest[0] == "draft" {
		if at.published {
			return 404, nil
		}
		return d.draft(at, r, rest[1:], body)
	}
	if len(rest) > 0 && rest[0] == "versions" {
		return d.versions(at, r.Method)
	}
	if !at.published {
		return 404, nil
	}
	if len(rest) == 0 {
		return 200, d.show(at)
	}
	return at.serveFiles(r.Method, rest[1:], body)
}

func (d *double) search(q string) (hits []any) {
	for i := len(d.deposits) - 1; i >= 0; i-- {
		n := d.deposits[i]
		if n == nil {
			continue
		}
		list, _ := n.metadata["identifiers"].([]any)
		for _, item := range list {
			identifier := item.(map[string]any)["identifier"].(string)
			if strings.Contains(q, identifier) {
				hits = append(hits, d.show(n))
			}
		}
	}
	return hits
}

// describe takes a description and adds what the repository adds.
func (n *deposit) describe(body []byte) {
	var sent struct{ Metadata map[string]any }
	if json.Unmarshal(body, &sent) != nil {
		return
	}
	n.metadata = sent.Metadata
	if html, ok := n.metadata["description"].(string); ok { // it writes HTML its own way
		n.metadata["description"] = strings.ReplaceAll(html, "</p><", "</p>\n<")
	}
	if kind, ok := n.metadata["resource_type"].(map[string]any); ok {
		kind["title"] = map[string]any{"en": "Dataset"}
	}
}

func (d *double) show(n *deposit) any {
	page := map[bool]string{false: "uploads", true: "records"}[n.published]
	return map[string]any{
		"id": n.id, "revision_id": n.revision, "is_published": n.published, "metadata": maps.Clone(n.metadata),
		"links": map[string]any{"self_html": d.URL + "/" + page + "/" + n.id},
	}
}

func (d *double) versions(at *deposit, method string) (int, any) {
	var latest *deposit
	for _, n := range d.deposits {
		if n != nil && n.concept == at.concept {
			if method == "POST" && !n.published {
				return 201, d.show(n) // the draft of the next version exists
			}
			if n.published {
				latest = n
			}
		}
	}
	if latest == nil {
		return 404, nil
	}
	if method == "GET" {
		return 200, d.show(latest)
	}
	n := &deposit{id: fmt.Sprint("r", len(d.deposits)+1), concept: at.concept, revision: 1, files: map[string]*file{}}
	n.metadata = maps.Clone(latest.metadata)
	delete(n.metadata, "publication_date")
	d.deposits = append(d.deposits, n)
	return 201, d.show(n)
}

func (d *double) draft(n *deposit, r *http.Request, rest []string, body []byte) (int, any) {
	switch {
	case len(rest) > 0 && rest[0] == "files":
		return n.serveFiles(r.Method, rest[1:], body)
	case len(rest) > 0 && rest[0] == "actions":
		for _, field := range []string{"title", "resource_type", "publication_date", "creators"} {
			if n.metadata[field] == nil {
				return 400, nil
			}
		}
		for _, f := range n.files {
			if !f.done {
				return 400, nil
			}
		}
		n.published = true
		return 202, d.show(n)
	case r.Method == "GET":
		return 200, d.show(n)
	case r.Method == "PUT":
		if m := r.Header.Get("If-Match"); m != fmt.Sprint(n.revision) {
			return 412, nil
		}
		n.revision++
		n.describe(body)
		return 200, d.show(n)
	case r.Method == "DELETE":
		for i, other := range d.deposits {
			if other == n {
				d.deposits[i] = nil
			}
		}
		return 204, nil
	}
	return 405, nil
}

func (n *deposit) serveFiles(method string, rest []string, body []byte) (int, any) {
	if len(rest) == 0 {
		return n.list(method, body)
	}
	key, err := url.PathUnescape(rest[0])
	f := n.files[key]
	if err != nil || f == nil {
		return 404, nil
	}
	switch {
	case method == "GET" && f.done:
		return 200, f.data
	case n.published:
		return 403, nil
	case method == "PUT" && !f.done:
		f.data = body
		return 200, map[string]any{}
	case method == "POST":
		f.done = true
		return 200, f.show(key)
	case method == "DELETE":
		delete(n.files, key)
		return 204, nil
	}
	return 400, nil
}

func (n *deposit) list(method string, body []byte) (int, any) {
	status := 200
	if method == "POST" {
		var keys []struct{ Key string }
		if json.Unmarshal(body, &keys) != nil || n.published || len(keys) == 0 || n.files[keys[0].Key] != nil {
			return 400, nil
		}
		n.files[keys[0].Key] = &file{}
		status = 201
	}
	entries := []any{}
	for key, f := range n.files {
		entries = append(entries, f.show(key))
	}
	return status, map[string]any{"entries": entries}
}

func (f *file) show(key string) any {
	if !f.done {
		return map[string]any{"key": key, "status": "pending"}
	}
	return map[string]any{
		"key": key, "status": "completed", "size": len(f.data), "checksum": fmt.Sprintf("md5:%x", md5.Sum(f.data)),
	}
}
