package nemotest

import (
	"net/http"
	"strings"
	"time"
)

// Fault is something that goes wrong with requests. The zero value of each field leaves
// that part alone.
type Fault struct {
	Path  string // only requests whose address contains this
	Skip  int    // requests that go well before
	Times int    // how often; 0: always

	Status int           // answered instead, with Body
	Body   string        // sent as it is
	Type   string        // of Body; empty: JSON
	Delay  time.Duration // before anything else; the client's giving up ends it
	Drop   bool          // the connection is closed without an answer
	Cut    bool          // the connection is closed in the middle of the answer
}

// Fail makes requests fail. Faults are tried in the order in which they were given.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// next returns the fault of a request and counts it.
func (s *Server) next(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !strings.Contains(r.URL.String(), f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times == 1 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		f.Times--
		return f
	}
	return nil
}

// strike applies a fault; done is true when the request is over.
func (f *Fault) strike(w http.ResponseWriter, r *http.Request) (done bool) {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Cut:
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`[{"id": 1, "sta`)) // the client is about to lose it anyway
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		kind := f.Type
		if kind == "" {
			kind = "application/json"
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body)) // the client may have gone
		return true
	}
	return false
}
