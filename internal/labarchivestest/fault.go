package labarchivestest

import (
	"fmt"
	"net/http"
	"strings"
)

// Fault is a disturbance of the calls that it matches.
type Fault struct {
	Call  string // "entries/add_entry"; empty: any
	After int    // calls that pass before the first disturbed one
	Times int    // disturbed calls; 0: all

	Before    func() // called before the call is handled: somebody is quicker
	Status    int    // answered in place of the real answer; the call is not carried out
	Header    http.Header
	Body      string
	Stall     bool // no answer; the call is not carried out
	LoseReply bool // carried out, then the connection is reset
	Cut       bool // carried out, then the answer breaks off
	Commit    bool // with Status: carried out all the same, as behind a proxy that gave up
}

// Refusal is a fault that answers with a status and one of the service's codes.
func Refusal(call string, status, code int, text string) Fault {
	return Fault{
		Call: call, Status: status, Header: http.Header{"Content-Type": {"application/xml; charset=utf-8"}},
		Body: fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><error-code type=\"integer\">%d</error-code>"+
			"<error-description>%s</error-description></error>", code, escaped(text)),
	}
}

// Maintenance is a fault that answers with a page for people.
func Maintenance(call string) Fault {
	return Fault{
		Call: call, Status: http.StatusOK, Body: "<!doctype html><html><title>Maintenance</title><body><br></html>",
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
	}
}

// Throttle is a fault that answers 429 with a Retry-After of no seconds.
func Throttle(call string) Fault {
	return Fault{Call: call, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}}
}

// Inject adds faults; the first that matches a call disturbs it.
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

// fault returns the disturbance of a call, a zero one where there is none.
func (s *Server) fault(call string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Call != "" && f.Call != call {
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

func (r reply) send(w http.ResponseWriter, cut bool) {
	for k, v := range r.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(r.body)))
	w.WriteHeader(r.status)
	body := r.body
	if cut {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
	if cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func page(status int, title string) reply {
	const form = "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><p>%s</body></html>\n"
	return reply{
		status: status, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body: fmt.Appendf(nil, form, title, strings.ToLower(title)),
	}
}
