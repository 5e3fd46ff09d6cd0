package webdav_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"sync"
	"testing"
)

const (
	password = "c4nary/p+ss"
	stalled  = -1 // no status: nothing is answered
)

// server is a WebDAV folder that keeps what is put into it and can misbehave.
type server struct {
	*httptest.Server
	mu         sync.Mutex
	files      map[string][]byte
	asked      int
	fault      int  // number of the request that fails
	carriedOut bool // it is carried out all the same
	status     int  // of all answers; 0: of what was done
}

func newServer(tb testing.TB) *server {
	tb.Helper()
	s := &server{files: map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.asked++
	failing, status := s.asked == s.fault, s.status
	answer := []byte(nil)
	switch user, pass, _ := r.BasicAuth(); {
	case status != 0:
	case user != "nexus" || pass != password:
		status = http.StatusUnauthorized
	case !failing || s.carriedOut:
		status, answer = s.serve(w.Header(), r, body)
	}
	s.mu.Unlock()
	switch {
	case status == stalled:
		<-r.Context().Done()
	case failing:
		w.WriteHeader(http.StatusBadGateway)
	default:
		w.WriteHeader(status)
		_, _ = w.Write(answer) // a client that is gone needs none
	}
}

// serve carries a request out, as RFC 4918 and RFC 9110 have it.
func (s *server) serve(head http.Header, r *http.Request, body []byte) (status int, answer []byte) {
	if path.Clean(r.URL.Path) == "/records" {
		if r.Method != "PROPFIND" || r.Header.Get("Depth") != "0" {
			return http.StatusMethodNotAllowed, nil
		}
		return http.StatusMultiStatus, []byte(`<multistatus xmlns="DAV:"/>`)
	}
	stored, there := s.files[r.URL.Path]
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case path.Dir(r.URL.Path) != "/records":
		return http.StatusConflict, nil // the folder above is missing
	case match != "" && (!there || match != tag(stored)), none == "*" && there:
		return http.StatusPreconditionFailed, nil
	case r.Method == http.MethodPut:
		s.files[r.URL.Path] = body
		return http.StatusCreated, nil
	case !there:
		return http.StatusNotFound, nil
	case r.Method == http.MethodGet:
		head.Set("ETag", tag(stored))
		return http.StatusOK, stored
	case r.Method == http.MethodDelete:
		delete(s.files, r.URL.Path)
		return http.StatusNoContent, nil
	}
	return http.StatusMethodNotAllowed, nil
}

func tag(content []byte) string { return fmt.Sprintf(`"%x"`, sha256.Sum256(content)) }

func (s *server) locked(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *server) count() (n int)    { s.locked(func() { n = len(s.files) }); return n }
func (s *server) requests() (n int) { s.locked(func() { n = s.asked }); return n }
func (s *server) remove()           { s.locked(func() { clear(s.files) }) }
func (s *server) heal()             { s.locked(func() { s.fault, s.status = 0, 0 }) }

func (s *server) documents() (all [][]byte) {
	s.locked(func() {
		for _, content := range s.files {
			all = append(all, content)
		}
	})
	return all
}

func (s *server) edit() {
	s.locked(func() {
		for name, content := range s.files {
			s.files[name] = fmt.Appendf(nil, "%s<!-- edited -->", content)
		}
	})
}

func (s *server) failAt(n int, carriedOut bool) {
	s.locked(func() { s.fault, s.carriedOut = s.asked+n, carriedOut })
}

// answer returns a function that makes the server answer nothing but a status.
func (s *server) answer(status int) func() {
	return func() { s.locked(func() { s.status = status }) }
}
