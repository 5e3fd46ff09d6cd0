package elabftwtest

import (
	"net/http"
	"strconv"
	"strings"
)

// Fault is a disturbance of the requests that it matches.
type Fault struct {
	Method string // empty: any
	Path   string // start of the path below api/v2: "experiments/"; empty: any
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

// Page is a fault that answers with a page for people instead of JSON.
func Page(method, path string) Fault {
	return Fault{
		Method: method, Path: path, Status: http.StatusOK, Body: "<!DOCTYPE html><title>Log in</title>",
		Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}},
	}
}

// Throttle is a fault that answers 429 with a Retry-After of no seconds, the given times.
func Throttle(method, path string, times int) Fault {
	return Fault{
		Method: method, Path: path, Times: times, Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {"0"}, "Content-Type": {"text/html"}},
		Body:   "<html><head><title>429 Too Many Requests</title></head></html>",
	}
}

// Inject adds faults; the first that matches a request disturbs it.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &f)
	}
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault returns the disturbance of a request, a zero one where there is none.
func (s *Server) fault(method, path string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && f.Method != method || !strings.HasPrefix(path, f.Path) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return *f
	}
	return Fault{}
}

// reply is an answer before it goes out.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) send(w http.ResponseWriter, f Fault) {
	for k, v := range r.header {
		w.Header()[k] = v
	}
	if r.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	body := r.body
	if f.Cut {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
	if f.Cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
