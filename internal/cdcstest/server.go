package cdcstest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/double"
)

// Namespace is the target namespace of the experiment schema.
const Namespace = "https://data.nist.gov/od/dm/nexus/experiment/v1.0"

// Options set a server up. The zero value is a site as NexusLIMS-CDCS installs it.
type Options struct {
	Prefix       string // path below which the site is served: "/cdcs"
	ContentField bool   // the field of the document is content, not xml_content
	TokenFirst   bool   // 401 and WWW-Authenticate for refused credentials
	AutoPID      bool   // the server writes PIDs into the documents
	// Validate is asked for each document that is well-formed; nil: a short check of root,
	// children and dates. The text of its error becomes the answer.
	Validate func(document []byte) error
}

// User is one account.
type User struct {
	ID              int
	Username, Email string
	Superuser       bool
	MayPublish      bool // may put records into a public workspace
	token, password string
}

// Record is one stored document.
type Record struct {
	ID, Template int
	Workspace    int // 0: none
	Owner        int
	Title, XML   string
	Created      time.Time
	Modified     time.Time // moves when content is sent
	Changed      time.Time // moves with everything
}

// Template is one template with a single version of the same number.
type Template struct {
	ID       int
	Title    string
	Disabled bool
	Content  string
	Older    []int // versions before
}

// Workspace is one workspace; an Owner of 0 is the site.
type Workspace struct {
	ID     int
	Title  string
	Owner  int
	Public bool
}

// Server is a running double, safe for concurrent use.
type Server struct {
	double.Faults // Inject and Heal

	URL   string // root, with a slash at the end
	Token string // of the superuser "admin"

	options Options
	server  *httptest.Server
	stop    chan struct{}

	mu         sync.Mutex
	users      []User
	templates  []Template
	workspaces []Workspace
	records    map[int]*Record
	last       int
	requests   []string
	routes     []route
}

// New starts a server with the accounts admin, user and other, one template and the
// public workspace; it ends with the test.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{
		options: o, Token: strings.Repeat("a", 40), stop: make(chan struct{}), records: map[int]*Record{}, routes: routes(),
		users: []User{
			{ID: 1, Username: "admin", Email: "admin@example.org", Superuser: true, token: strings.Repeat("a", 40)},
			{ID: 2, Username: "user", Email: "user@example.org", MayPublish: true, token: strings.Repeat("b", 40)},
			{ID: 3, Username: "other", Email: "other@example.org", MayPublish: true, token: strings.Repeat("c", 40)},
		},
		templates:  []Template{{ID: 1, Title: "Nexus Experiment Schema", Content: Schema(Namespace)}},
		workspaces: []Workspace{{ID: 1, Title: "Global Public Workspace", Public: true}},
	}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.server.URL + o.Prefix + "/"
	tb.Cleanup(func() {
		close(s.stop)
		s.server.Close()
	})
	return s
}

// Schema returns a small XSD with a target namespace.
func Schema(namespace string) string {
	return `<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="` +
		namespace + `"/>`
}

// UserToken returns the token of an account.
func (s *Server) UserToken(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		if u.Username == name {
			return u.token
		}
	}
	return ""
}

// Revoke replaces the token of the superuser, so that the old one is refused.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[0].token = strings.Repeat("f", 40)
}

// ChangeUser changes the rights of an account.
func (s *Server) ChangeUser(name string, change func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.users {
		if s.users[i].Username == name {
			change(&s.users[i])
		}
	}
}

// Users returns all accounts.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.users)
}

// SetTemplates replaces the templates.
func (s *Server) SetTemplates(all ...Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates = all
}

// SetWorkspaces replaces the workspaces.
func (s *Server) SetWorkspaces(all ...Workspace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspaces = all
}

// Records returns all records in the order of their making.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Record
	for _, id := range slices.Sorted(maps.Keys(s.records)) {
		all = append(all, *s.records[id])
	}
	return all
}

// Put stores a record as somebody else would have: a record without id gets the next one.
func (s *Server) Put(r Record) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.ID == 0 {
		r.ID = s.last + 1
	}
	s.last = max(s.last, r.ID)
	if r.Created.IsZero() {
		r.Created = time.Now()
	}
	if r.Modified.IsZero() {
		r.Modified = r.Created
	}
	r.Changed = r.Modified
	s.records[r.ID] = &r
	return r.ID
}

// Edit changes a record as a person does in the front end.
func (s *Server) Edit(id int, change func(*Record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[id]
	change(r)
	r.Modified = time.Now()
	r.Changed = r.Modified
}

// Delete removes a record as a person does.
func (s *Server) Delete(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, id)
}

// Requests returns what was asked so far, as "METHOD path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Asked counts the requests that begin with a text: "PATCH rest/data/".
func (s *Server) Asked(start string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, start) {
			n++
		}
	}
	return n
}
