package elabftwtest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nexuslims/nexuslims-go/internal/double"
)

// Options set a server up. The zero value is 5.3.11 with a site address that is not the
// address it is called by.
type Options struct {
	Prefix        string // path below which the server is reached: "/elab"
	Version       string // "5.3.11" when empty
	SiteURL       string // what the server calls itself, without a slash at the end
	OwnSiteURL    bool   // it calls itself by the address that it is called by
	ForbidTags    bool   // users of the team may not make tags
	ForceTemplate bool   // experiments are made from templates only
	Markdown      bool   // the user's preference for new texts, up to 5.3
	BareLists     bool   // lists never tell metadata
	NoHash        bool   // uploads have no digest, as large ones
	NoLocation    bool   // 201 without Location
	// Watch is called with each exchange that was answered by the server itself.
	Watch func(Exchange)
}

// Exchange is a request and its answer.
type Exchange struct {
	Request *http.Request
	Body    []byte // of the request
	Status  int
	Header  http.Header
	Answer  []byte
}

// Experiment is one experiment, or a template.
type Experiment struct {
	ID, Owner        int
	Title, Body      string
	ContentType      int
	Category, Status int
	Metadata         string // JSON; empty: null
	State            int    // 1 normal, 2 archived, 3 deleted
	Locked           bool
	EditedBy         string // who has it open in exclusive edit mode
	AccessKey        string // opens it to whoever has the link
	ElabID           string
	Tags             []string
	Uploads          []Upload
}

// Upload is one attachment.
type Upload struct {
	ID                int
	RealName, Comment string
	Content           []byte
	State             int // 1 normal, 2 archived, 3 deleted
}

// Choice is a category or a status of the team.
type Choice struct {
	ID    int
	Title string
}

type key struct {
	id, user int
	text     string
	write    bool
}

// Server is a running double, safe for concurrent use.
type Server struct {
	double.Faults // Inject and Heal

	URL      string // root, without a slash at the end
	Key      string // of user 1, for reading and writing
	ReadOnly string // of user 1, for reading

	options Options
	version int
	server  *httptest.Server
	stop    chan struct{}

	mu          sync.Mutex
	keys        []key
	experiments map[int]*Experiment
	templates   map[int]*Experiment
	categories  []Choice
	statuses    []Choice
	tags        []string // of the team; the id is the place, from 1
	last        int      // id of an experiment
	lastUpload  int
	requests    []string
}

// New starts a server with a read-write and a read-only key, two categories and two
// statuses; it ends with the test.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	if o.Version == "" {
		o.Version = "5.3.11"
	}
	if o.SiteURL == "" {
		o.SiteURL = "https://notebook.example.org"
	}
	s := &Server{
		options: o, version: versionInt(o.Version), stop: make(chan struct{}),
		Key: "1-" + strings.Repeat("ab", 42), ReadOnly: "2-" + strings.Repeat("cd", 42),
		experiments: map[int]*Experiment{}, templates: map[int]*Experiment{},
		categories: []Choice{{1, "Microscopy"}, {2, "Synthesis"}}, statuses: []Choice{{1, "Running"}, {2, "Success"}},
		last: 40, lastUpload: 700,
	}
	s.keys = []key{{1, 1, s.Key, true}, {2, 1, s.ReadOnly, false}}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.server.URL + o.Prefix
	if o.OwnSiteURL {
		s.options.SiteURL = s.URL
	}
	tb.Cleanup(func() {
		close(s.stop)
		s.server.Close()
	})
	return s
}

// versionInt writes 5.3.11 as 50311.
func versionInt(text string) int {
	n := 0
	for _, part := range strings.Split(text, ".") {
		p := 0
		for _, digit := range part {
			p = p*10 + int(digit-'0')
		}
		n = n*100 + p
	}
	return n
}

// Revoke replaces the keys, so that the old ones are refused.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.keys {
		s.keys[i].text = strings.Repeat("f", 84)
	}
}

// OldKey adds a key of the form without an id, and returns it.
func (s *Server) OldKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := strings.Repeat("0e", 42)
	s.keys = append(s.keys, key{3, 1, old, true})
	return old
}

// Experiments returns all experiments that are not deleted, in the order of their making.
func (s *Server) Experiments() []Experiment {
	return slices.DeleteFunc(s.All(), func(e Experiment) bool { return e.State == deleted })
}

// All returns all experiments, deleted ones too.
func (s *Server) All() []Experiment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Experiment
	for _, id := range slices.Sorted(maps.Keys(s.experiments)) {
		e := *s.experiments[id]
		e.Tags, e.Uploads = slices.Clone(e.Tags), slices.Clone(e.Uploads)
		all = append(all, e)
	}
	return all
}

// Put stores an experiment as somebody else would have, and returns its id.
func (s *Server) Put(e Experiment) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(e)
}

// PutTemplate stores a template and returns its id.
func (s *Server) PutTemplate(e Experiment) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.ID = len(s.templates) + 1
	s.templates[e.ID] = &e
	return e.ID
}

// Edit changes an experiment as a person does in the front end.
func (s *Server) Edit(id int, change func(*Experiment)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.experiments[id])
}

// Replace puts another file in place of an attachment, as a person does.
func (s *Server) Replace(id, upload int, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.experiments[id]
	if u := e.upload(upload); u != nil {
		s.replace(e, u, u.RealName, content)
	}
}

// Delete marks an experiment as deleted, as a person does.
func (s *Server) Delete(id int) {
	s.Edit(id, func(e *Experiment) { e.State = deleted })
}

// Attached returns the attachments that are not archived.
func (e Experiment) Attached() []Upload {
	return slices.DeleteFunc(slices.Clone(e.Uploads), func(u Upload) bool { return u.State != normal })
}

func (e *Experiment) upload(id int) *Upload {
	for i := range e.Uploads {
		if e.Uploads[i].ID == id {
			return &e.Uploads[i]
		}
	}
	return nil
}

// Requests returns what was asked so far, as "METHOD path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Asked counts the requests that begin with a text: "PATCH experiments/".
func (s *Server) Asked(start string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, start) {
			n++
		}
	}
	return n
}
