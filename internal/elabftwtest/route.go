package elabftwtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// exchange is one request on its way through the server.
type exchange struct {
	s     *Server
	r     *http.Request
	body  []byte
	key   *key
	parts []string // of the path below api/v2
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, below := strings.CutPrefix(r.URL.Path, s.options.Prefix+"/api/v2/")
	if !below {
		s.people(r).Send(w)
		return
	}
	path = strings.TrimRight(path, "/") // slashes at the end do not count
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+path)
	s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f := s.Begin(r.Method, path)
	f.Finish(w, r, f.Carry(func() reply { return s.answer(r, path, body) }), s.stop)
}

// people answers with the pages of the front end.
func (s *Server) people(r *http.Request) reply {
	switch strings.TrimPrefix(r.URL.Path, s.options.Prefix) {
	case "", "/", "/experiments.php", "/login.php":
		return page(http.StatusOK, "<!DOCTYPE html>\n<html><head><title>eLabFTW</title></head></html>\n")
	}
	return page(http.StatusNotFound, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>\n")
}

func page(status int, html string) reply {
	return reply{Status: status, Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: []byte(html)}
}

// answer handles a request whole, one at a time.
func (s *Server) answer(r *http.Request, path string, body []byte) reply {
	s.mu.Lock()
	x := &exchange{s: s, r: r, body: body, parts: strings.Split(path, "/")}
	out := x.handle()
	s.mu.Unlock()
	if s.options.Watch != nil {
		s.options.Watch(Exchange{Request: r, Body: body, Status: out.Status, Header: out.Header, Answer: out.Body})
	}
	return out
}

// handle keeps the server's order: key, method, content type, body, right to write.
func (x *exchange) handle() reply {
	header := x.r.Header.Get("Authorization")
	if header == "" || strings.HasPrefix(header, "Basic") {
		return x.s.refuse(http.StatusUnauthorized, "Authentication required")
	}
	for i := range x.s.keys {
		if x.s.keys[i].text == header {
			x.key = &x.s.keys[i]
		}
	}
	if x.key == nil {
		return x.s.refuse(http.StatusUnauthorized, "No corresponding API key found!")
	}
	write := x.r.Method != http.MethodGet
	if write && !x.key.write {
		return x.s.refuse(http.StatusBadRequest, "You are using a read-only key to execute a write action.")
	}
	switch x.r.Method {
	case http.MethodGet, http.MethodDelete:
	case http.MethodPost, http.MethodPatch:
		if refusal := x.contentType(); refusal != nil {
			return *refusal
		}
	default:
		out := page(http.StatusMethodNotAllowed, "Invalid HTTP request method!")
		out.Header.Set("Allow", "GET, POST, DELETE, PATCH")
		return out
	}
	return x.route()
}

// contentType wants exactly application/json, but for files.
func (x *exchange) contentType() *reply {
	kind := x.r.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/form-data") && x.r.Method == http.MethodPost && x.part(2) == "uploads" {
		return nil
	}
	if kind != "application/json" {
		refusal := x.s.refuse(http.StatusBadRequest, "Incorrect content-type header.")
		return &refusal
	}
	if len(x.body) > 0 && !json.Valid(x.body) {
		refusal := x.s.refuse(http.StatusBadRequest, "Error decoding json payload: Syntax error")
		return &refusal
	}
	return nil
}

func (x *exchange) part(n int) string {
	if n < len(x.parts) {
		return x.parts[n]
	}
	return ""
}

func (x *exchange) number(n int) int {
	i, _ := strconv.Atoi(x.part(n)) // what is no number is 0, as in PHP
	return i
}

func (x *exchange) route() reply {
	get := x.r.Method == http.MethodGet
	switch x.part(0) {
	case "info":
		return ok(map[string]any{
			"elabftw_version": x.s.options.Version, "elabftw_version_int": x.s.version, "all_users_count": 2,
		})
	case "apikeys":
		return ok(x.apikeys())
	case "teams":
		if get && (x.part(1) == "current" || x.part(1) == "1") {
			return x.team()
		}
	case "experiments_templates":
		if e := x.s.templates[x.number(1)]; get && e != nil {
			return ok(x.s.whole(e))
		}
		return x.s.refuse(http.StatusNotFound, "Nothing to show with this id")
	case "experiments":
		return x.experiments()
	}
	return x.s.refuse(http.StatusBadRequest, "Incorrect endpoint.")
}

func (x *exchange) apikeys() []map[string]any {
	all := []map[string]any{}
	for _, k := range x.s.keys {
		all = append(all, map[string]any{
			"id": k.id, "name": "a key", "can_write": boolInt(k.write), "team": 1, "team_name": "Microscopy",
			"hash": "$2y$10$" + strings.Repeat("h", 53), "created_at": created, "last_used_at": created,
		})
	}
	return all
}

const created = "2026-01-02 03:04:05"

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x *exchange) team() reply {
	choices := x.s.statuses
	switch x.part(2) {
	case "experiments_categories":
		choices = x.s.categories
	case "experiments_status", "status":
	default:
		return x.s.refuse(http.StatusBadRequest, "Incorrect submodel.")
	}
	all := []map[string]any{}
	for _, c := range choices {
		all = append(all, map[string]any{"id": c.ID, "title": c.Title, "color": "54aa08", "is_default": 0})
	}
	return ok(all)
}

func ok(payload any) reply {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(payload); err != nil {
		return page(http.StatusInternalServerError, err.Error())
	}
	return reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: bytes.TrimSpace(b.Bytes())}
}

// made answers that something was created: an empty body, and an address on the host that
// the server believes to be.
func (s *Server) made(path string) reply {
	out := reply{Status: http.StatusCreated, Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: nil}
	if !s.options.NoLocation {
		out.Header.Set("Location", s.options.SiteURL+"/api/v2/"+path)
	}
	return out
}

// refuse answers with an error in the shape of the version.
func (s *Server) refuse(status int, reason string) reply {
	code, message, description := status, reason, ""
	if s.version < 50400 {
		words := map[int]string{
			400: "Bad Request", 401: "Unauthorized", 403: "Access Forbidden", 404: "Resource Not Found",
			422: "Unprocessable Request", 500: "Unexpected error",
		}
		message, description = words[status], reason
	} else if strings.HasPrefix(reason, "SQLSTATE") {
		code = 1452
	}
	out := ok(map[string]any{"code": code, "message": message, "description": description})
	out.Status = status
	return out
}

// forbid answers that the user may not write here.
func (s *Server) forbid() reply {
	status := http.StatusForbidden
	if s.version < 50400 {
		status = http.StatusInternalServerError
	}
	return s.refuse(status, "Sorry, you are not allowed to perform that action.")
}
