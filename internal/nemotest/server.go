package nemotest

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running NEMO. Its methods may be called while requests are served.
type Server struct {
	URL string // root of the API, with the slash at the end

	mu       sync.Mutex
	site     Site
	tables   map[string]map[int]Row
	tokens   map[string]role
	faults   []*Fault
	requests []string
	most     int
}

// New starts a server that ends with the test.
func New(tb testing.TB, site Site) *Server {
	tb.Helper()
	s := &Server{site: site, tables: map[string]map[int]Row{}, tokens: site.roles()}
	for table, rows := range map[string][]Row{
		Tools: site.Tools, Users: site.Users, Projects: site.Projects, Reservations: site.Reservations, Events: site.Events,
	} {
		s.tables[table] = map[int]Row{}
		for _, row := range rows {
			s.Put(table, row)
		}
	}
	web := httptest.NewServer(s)
	tb.Cleanup(web.Close)
	s.URL = web.URL + "/api/"
	return s
}

// Put adds rows, or replaces those with the same id.
func (s *Server) Put(table string, rows ...Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		full := whole(table, row)
		id, ok := full["id"].(int)
		if !ok {
			panic(fmt.Sprintf("nemotest: row of %s without id: %v", table, row))
		}
		s.tables[table][id] = full
	}
}

// Change sets fields of a row.
func (s *Server) Change(table string, id int, fields Row) {
	s.mu.Lock()
	row := maps.Clone(s.tables[table][id])
	s.mu.Unlock()
	if row == nil {
		panic(fmt.Sprintf("nemotest: no %d in %s", id, table))
	}
	maps.Copy(row, fields)
	s.Put(table, row)
}

// Delete removes a row.
func (s *Server) Delete(table string, id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tables[table], id)
}

// Pages makes every answer one of pages of at most n rows, as if the client had asked for
// them. With 0 the client decides.
func (s *Server) Pages(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = n
}

// Times sets zone and Go layout of the times in answers.
func (s *Server) Times(zone *time.Location, layout string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.site.Zone, s.site.Layout = zone, layout
}

// Requests returns path and query of all requests so far, oldest first.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) find(table string, id int) Row { return s.tables[table][id] }

func (s *Server) zone() *time.Location {
	if s.site.Zone == nil {
		return time.UTC
	}
	return s.site.Zone
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.RequestURI())
	s.mu.Unlock()
	if f := s.next(r); f != nil && f.strike(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.route(w, r)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	rest, api := strings.CutPrefix(r.URL.Path, "/api/")
	table, id, _ := strings.Cut(rest, "/")
	switch {
	case !api || s.tables[table] == nil:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<!doctype html>\n<title>Not Found</title>\n")) // the client may have gone
	case !strings.HasSuffix(r.URL.Path, "/"):
		target := r.URL.Path + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusMovedPermanently)
	case !accepts(r):
		detail(w, http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
	case !s.admit(w, r, table):
	case id == "":
		s.list(w, r, table)
	default:
		s.one(w, table, strings.TrimSuffix(id, "/"))
	}
}

func accepts(r *http.Request) bool {
	a := r.Header.Get("Accept")
	return a == "" || strings.Contains(a, "*/*") || strings.Contains(a, "json") || strings.Contains(a, "text/html")
}

// admit checks token and permission.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, table string) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	holder, known := s.tokens[strings.TrimSpace(token)]
	reason := ""
	switch {
	case scheme != "Token":
		reason = "Authentication credentials were not provided."
	case strings.TrimSpace(token) == "":
		reason = "Invalid token header. No credentials provided."
	case !known:
		reason = "Invalid token."
	case !holder.active:
		reason = "User inactive or deleted."
	}
	if reason != "" {
		status := http.StatusForbidden
		if !s.site.SessionFirst {
			status = http.StatusUnauthorized
			w.Header().Set("WWW-Authenticate", "Token")
		}
		detail(w, status, reason)
		return false
	}
	needed := permissionOf(table)
	if s.site.Billing {
		needed = "use_billing_api"
	}
	if r.Method != http.MethodGet || !holder.all && !holder.permissions[needed] {
		detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
		return false
	}
	return true
}
