// Package double holds what the doubles of services share: disturbances of requests, and
// answers before they go out.
package double

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Fault is a disturbance of the requests that it matches.
type Fault struct {
	Method string // empty: any
	Path   string // start of the path below the root of the interface: "rest/data/"; empty: any
	After  int    // requests that pass before the first disturbed one
	Times  int    // disturbed requests; 0: all

	Before    func() // called before the request is handled: somebody is quicker
	Status    int    // answered in place of the real answer; the request is not carried out
	Header    http.Header
	Body      string
	Stall     bool // no answer; the request is not carried out
	LoseReply bool // carried out, then the connection is reset
	Cut       bool // carried out, then the answer breaks off
	Commit    bool // with Status: carried out all the same, as behind a proxy that gave up
}

// Faults are the disturbances of one double. The zero value has none; it may be used by
// several goroutines.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Inject adds faults; the first that matches a request disturbs it.
func (s *Faults) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.list = append(s.list, &f)
	}
}

// Heal removes all faults.
func (s *Faults) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// Begin returns the disturbance of a request, a zero one where there is none, after what
// is to happen before it.
func (s *Faults) Begin(method, path string) Fault {
	f := s.take(method, path)
	if f.Before != nil {
		f.Before()
	}
	return f
}

func (s *Faults) take(method, path string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.list {
		if f.Method != "" && f.Method != method || !strings.HasPrefix(path, f.Path) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times--; f.Times == 0 {
			s.list = append(s.list[:i:i], s.list[i+1:]...)
		}
		return *f
	}
	return Fault{}
}

// Carry has a request carried out, or not, and returns what is to be answered.
func (f Fault) Carry(out func() Reply) Reply {
	switch {
	case f.Stall:
		return Reply{}
	case f.Status == 0:
		return out()
	case f.Commit:
		out()
	}
	return Reply{Status: f.Status, Header: f.Header, Body: []byte(f.Body)}
}

// Finish answers a request, or lets the caller wait until it gives up or stop is closed.
func (f Fault) Finish(w http.ResponseWriter, r *http.Request, answer Reply, stop <-chan struct{}) {
	switch {
	case f.Stall:
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	case f.LoseReply:
		panic(http.ErrAbortHandler)
	default:
		answer.send(w, f.Cut)
	}
}

// Reply is an answer before it goes out.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send sends the answer whole.
func (r Reply) Send(w http.ResponseWriter) { r.send(w, false) }

func (r Reply) send(w http.ResponseWriter, cut bool) {
	for k, v := range r.Header {
		w.Header()[k] = v
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
	body := r.Body
	if cut {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
	if cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
