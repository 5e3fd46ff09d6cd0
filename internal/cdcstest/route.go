package cdcstest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// exchange is one request on its way through the server.
type exchange struct {
	s      *Server
	r      *http.Request
	user   *User // nil: nobody
	ids    []string
	fields map[string]any // of the body
}

// message is an answer of the application, detail one of its framework.
func message(status int, m any) (int, any)        { return status, map[string]any{"message": m} }
func detail(status int, text string) (int, any)   { return status, map[string]any{"detail": text} }
func invalid(field, text string) map[string][]any { return map[string][]any{field: {text}} }

type handler func(*exchange) (int, any)

type route struct {
	path   *regexp.Regexp
	allow  string
	public bool // nobody may ask as well
	staff  bool
	do     map[string]handler
}

// routes are those of core_main_app that an exporter may meet, in the order of matching.
func routes() []route {
	type d = map[string]handler
	at := func(path, allow string, do d) route {
		return route{path: regexp.MustCompile("^" + path + "$"), allow: allow, do: do}
	}
	staff := func(r route) route { r.staff = true; return r }
	public := func(r route) route { r.public = true; return r }
	list := d{"GET": readable}
	return []route{
		at("rest/template-version-manager/global/", "GET, HEAD, OPTIONS", d{"GET": managers}),
		at("rest/template/global/", "POST, OPTIONS", d{}),
		at("rest/template/([^/]+)/", "GET, HEAD, OPTIONS", d{"GET": template}),
		at("rest/workspace/read_access/?", "OPTIONS, GET", list),
		at("rest/workspace/write_access/?", "OPTIONS, GET", d{"GET": writable}),
		at("rest/workspace/", "GET, POST, HEAD, OPTIONS", d{"GET": writable}),
		at("rest/workspace/([^/]+)/data/", "GET, HEAD, OPTIONS", d{"GET": content}),
		at("rest/data/", "GET, POST, HEAD, OPTIONS", d{"GET": listOwn, "POST": create}),
		public(at("rest/data/query/", "POST, OPTIONS", d{"POST": query})),
		at("rest/data/download/([^/]+)/", "GET, HEAD, OPTIONS", d{"GET": download}),
		public(at("rest/data/([^/]+)/", "GET, PATCH, DELETE, HEAD, OPTIONS",
			d{"GET": read, "PATCH": update, "DELETE": remove})),
		at("rest/data/([^/]+)/assign/([^/]+)", "PATCH, OPTIONS", d{"PATCH": assign}),
		staff(at("rest/data/([^/]+)/change-owner/([^/]+)", "PATCH, OPTIONS", d{"PATCH": changeOwner})),
		staff(at("rest/admin/data/", "GET, POST, HEAD, OPTIONS", d{"GET": listAll, "POST": createFor})),
		staff(at("rest/user/", "GET, POST, HEAD, OPTIONS", d{"GET": users, "POST": createUser})),
		at("rest/core-settings/", "GET, HEAD, OPTIONS", d{"GET": facts}),
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, below := strings.CutPrefix(r.URL.Path, s.options.Prefix+"/")
	if !below {
		notFound().Send(w)
		return
	}
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

// answer handles a request whole, one at a time.
func (s *Server) answer(r *http.Request, path string, body []byte) reply {
	if path == "data" || path == "data/" {
		return page(http.StatusOK, "<!DOCTYPE html>\n<html><head><title>Record</title></head></html>\n") // for every id
	}
	for _, route := range s.routes {
		if ids := route.path.FindStringSubmatch(path); ids != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			x := &exchange{s: s, r: r, ids: ids[1:]}
			status, payload := x.handle(route, body)
			return s.render(route, status, payload)
		}
	}
	for _, route := range s.routes {
		if route.path.MatchString(path + "/") {
			return redirect(r.URL)
		}
	}
	return notFound()
}

// handle keeps the framework's order: accepted answer, credentials, rights, method, body.
func (x *exchange) handle(route route, body []byte) (int, any) {
	accept := x.r.Header.Get("Accept")
	if accept != "" && !strings.Contains(accept, "application/json") && !strings.Contains(accept, "*/*") {
		return detail(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
	}
	if refusal := x.authenticate(); refusal != "" {
		return detail(x.s.refusedStatus(), refusal)
	}
	do := route.do[x.r.Method]
	if x.user == nil && (!route.public || x.r.Method == "PATCH" || x.r.Method == "DELETE") {
		return detail(x.s.refusedStatus(), "Authentication credentials were not provided.")
	}
	if route.staff && !x.user.Superuser {
		return detail(http.StatusForbidden, "You do not have permission to perform this action.")
	}
	if do == nil {
		return detail(http.StatusMethodNotAllowed, `Method "`+x.r.Method+`" not allowed.`)
	}
	if status, refusal := x.parse(body); refusal != nil {
		return status, refusal
	}
	return do(x)
}

func (s *Server) refusedStatus() int {
	if s.options.TokenFirst {
		return http.StatusUnauthorized
	}
	return http.StatusForbidden
}

// authenticate finds the account of the token. Another scheme counts as nobody.
func (x *exchange) authenticate() (refusal string) {
	scheme, key, found := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Token") {
		return ""
	}
	if !found || key == "" {
		return "Invalid token header. No credentials provided."
	}
	for i, u := range x.s.users {
		if u.token != "" && u.token == key {
			x.user = &x.s.users[i]
			return ""
		}
	}
	return "Invalid token."
}

func (x *exchange) parse(body []byte) (int, any) {
	x.fields = map[string]any{}
	if len(body) == 0 {
		return 0, nil
	}
	kind, _, _ := strings.Cut(x.r.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(kind) {
	case "application/json":
	case "application/x-www-form-urlencoded":
		values, _ := url.ParseQuery(string(body))
		for k := range values {
			x.fields[k] = values.Get(k)
		}
		return 0, nil
	default:
		return detail(http.StatusUnsupportedMediaType, `Unsupported media type "`+kind+`" in request.`)
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return detail(http.StatusBadRequest, "JSON parse error - Expecting value: line 1 column 11 (char 10)")
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return message(http.StatusBadRequest,
			invalid("non_field_errors", "Invalid data. Expected a dictionary, but got list."))
	}
	x.fields = fields
	return 0, nil
}

func (s *Server) render(route route, status int, payload any) reply {
	h := http.Header{"Allow": {route.allow}, "Content-Type": {"application/json"}}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Token")
	}
	if text, ok := payload.(document); ok {
		h.Set("Content-Type", "text/xml")
		return reply{Status: status, Header: h, Body: []byte(text)}
	}
	if payload == nil {
		h.Del("Content-Type")
		return reply{Status: status, Header: h, Body: nil}
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return page(http.StatusInternalServerError, err.Error())
	}
	return reply{Status: status, Header: h, Body: body}
}

// document is an answer that is XML.
type document string

func page(status int, html string) reply {
	return reply{Status: status, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte(html)}
}

func notFound() reply {
	return page(http.StatusNotFound, "\n<!doctype html>\n<html lang=\"en\">\n"+
		"<head>\n  <title>Not Found</title>\n</head>\n<body>\n"+
		"  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n")
}

// redirect adds the missing slash, for every method.
func redirect(u *url.URL) reply {
	answer := page(http.StatusMovedPermanently, "")
	answer.Header.Set("Location", (&url.URL{Path: u.Path + "/", RawQuery: u.RawQuery}).String())
	return answer
}
