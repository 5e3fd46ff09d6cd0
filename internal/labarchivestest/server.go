package labarchivestest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/double"
)

// Options set a server up. The zero value is the service as it is documented.
type Options struct {
	Now         func() time.Time // nil: time.Now
	Pace        time.Duration    // calls that start closer together fail the test; zero: none does
	MaxFile     int64            // bytes; zero: 100 MiB
	ErrorBelow  bool             // errors stand below the root
	OldSpelling bool             // errors are spelled code and msg
	Underscores bool             // entry_data in place of entry-data
	EntryURL    string           // begins the address of new entries; empty: they have none
	// Purify is what the service makes of the HTML of an entry; nil: nothing.
	Purify func(html string) string
}

// Server is a running double, safe for concurrent use.
type Server struct {
	double.Faults // Inject and Heal

	URL        string // base of the interface, /api included
	KeyID      string
	Password   string // signs
	UserID     string
	Login      string // e-mail address of the account
	Token      string // its password
	NotebookID string // of the default notebook; another one is "other"

	tb      testing.TB
	options Options
	server  *httptest.Server
	stop    chan struct{}

	mu        sync.Mutex
	random    *rand.Rand
	last      int
	notebooks []*notebook
	inbox     []*Entry
	requests  []string
	latest    time.Time // start of the latest call
	running   int
}

// New starts a server with one account and two empty notebooks; it ends with the test.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxFile == 0 {
		o.MaxFile = 100 << 20
	}
	s := &Server{
		KeyID: "Key_Id+1", Password: "secret/Pass&word=", UserID: `285489257Ho's9^Lt4116011183268315271,"x"`,
		Login: "ned@example.org", Token: "one hour+token&", NotebookID: "MTU2MTI4NS43fDEyMDA5ODk=",
		tb: tb, options: o, stop: make(chan struct{}),
		random: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // an order of elements, the same each time
	}
	s.notebooks = []*notebook{{id: s.NotebookID, name: "Microscopy", standard: true}, {id: "other", name: "Other <things>"}}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.server.URL + "/api"
	tb.Cleanup(func() {
		close(s.stop)
		s.server.Close()
	})
	return s
}

// Secrets are the texts that must not appear anywhere.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []string{s.KeyID, s.Password, s.UserID, s.Token}
}

// Revoke makes the key id unknown, as after abuse.
func (s *Server) Revoke() { s.change(&s.KeyID) }

// ChangeUser gives the account another id, as a new password does.
func (s *Server) ChangeUser() { s.change(&s.UserID) }

// ChangePassword gives the institution another signing secret.
func (s *Server) ChangePassword() { s.change(&s.Password) }

func (s *Server) change(what *string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*what += "-new"
}

// Requests returns what was asked so far, as "METHOD class/method".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Asked counts the calls of a method: "entries/add_entry".
func (s *Server) Asked(method string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasSuffix(r, " "+method) {
			n++
		}
	}
	return n
}

// begin notes the start of a call and watches the service's guidelines.
func (s *Server) begin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, name)
	now := s.options.Now()
	if s.options.Pace > 0 && !s.latest.IsZero() && now.Sub(s.latest) < s.options.Pace {
		s.tb.Errorf("%s starts %s after the call before: the service wants %s", name, now.Sub(s.latest), s.options.Pace)
	}
	if s.latest = now; s.options.Pace > 0 && s.running > 0 {
		s.tb.Errorf("%s starts while another call runs", name)
	}
	s.running++
}

func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}
