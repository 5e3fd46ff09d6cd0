package labarchivestest

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exchange is one call on its way through the server.
type exchange struct {
	s             *Server
	r             *http.Request
	class, method string
	values        url.Values // of query and form
	body          []byte
}

// method is one method of the interface.
type method struct {
	nobody bool // called in no account's name
	plain  bool // not signed
	// posts is the only content type that is taken; empty: the method is read with GET, or
	// called with a POST without body.
	posts string
	do    func(*exchange) (reply, *refusal)
}

const (
	form = "application/x-www-form-urlencoded"
	file = "application/octet-stream"
)

func methods() map[string]method {
	return map[string]method{
		"users/user_access_info":             {nobody: true, do: login},
		"users/user_info_via_id":             {do: account},
		"users/max_file_size":                {do: maxFileSize},
		"utilities/epoch_time":               {nobody: true, plain: true, do: epochTime},
		"tree_tools/get_tree_level":          {do: level},
		"tree_tools/insert_node":             {do: insert},
		"tree_tools/update_node":             {do: updateNode},
		"tree_tools/get_entries_for_page":    {do: entries},
		"entries/add_entry":                  {posts: form, do: addEntry},
		"entries/update_entry":               {posts: form, do: updateEntry},
		"entries/add_attachment":             {posts: file, do: addAttachment},
		"entries/update_attachment":          {posts: file, do: updateAttachment},
		"entries/entry_attachment":           {do: attachment},
		"notebooks/add_user_to_notebook":     {do: unsupported},
		"notebooks/notebook_backup":          {do: unsupported},
		"utilities/api_base_urls":            {nobody: true, do: unsupported},
		"utilities/institutional_login_urls": {nobody: true, do: unsupported},
	}
}

// unsupported are methods that exist and are not modelled.
func unsupported(*exchange) (reply, *refusal) {
	return reply{}, refuse(http.StatusInternalServerError, 4999, "not modelled")
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	name, below := strings.CutPrefix(r.URL.Path, "/api/")
	if !below || strings.Count(name, "/") != 1 || strings.HasSuffix(name, "/") {
		page(http.StatusNotFound, "Not Found").Send(w)
		return
	}
	s.begin(r.Method + " " + name)
	body, err := io.ReadAll(r.Body)
	f := s.Begin(r.Method, name)
	var answer reply
	if err == nil {
		answer = f.Carry(func() reply { return s.answer(r, name, body) })
	}
	s.end() // before the caller can know: its next call may come at once
	if err == nil || f.Stall {
		f.Finish(w, r, answer, s.stop)
	}
}

// answer handles a call whole, one at a time.
func (s *Server) answer(r *http.Request, name string, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	class, bare, _ := strings.Cut(name, "/")
	x := &exchange{s: s, r: r, class: class, method: bare, values: r.URL.Query(), body: body}
	m, known := methods()[name]
	if !known {
		return s.refused(class, refuse(http.StatusNotFound, 4503, "The method "+bare+" is not known"))
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost || m.posts != "" && r.Method != http.MethodPost {
		return page(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	for _, check := range []func(method) *refusal{x.authenticate, x.account, x.content} {
		if refusal := check(m); refusal != nil {
			return s.refused(class, refusal)
		}
	}
	answer, refusal := m.do(x)
	if refusal != nil {
		return s.refused(class, refusal)
	}
	return answer
}

const tolerance = 2 * time.Minute

// authenticate checks key id, time and signature.
func (x *exchange) authenticate(m method) *refusal {
	key := x.values.Get("akid")
	switch {
	case key == "":
		return absent("akid")
	case key != x.s.KeyID:
		return refuse(http.StatusUnauthorized, 4506, "The access key id "+key+" is invalid")
	case m.plain:
		return nil
	}
	expires, sig := x.values.Get("expires"), x.values.Get("sig")
	ms, err := strconv.ParseInt(expires, 10, 64)
	switch off := x.s.options.Now().Sub(time.UnixMilli(ms)); {
	case expires == "" || sig == "":
		return absent("expires or sig")
	case err != nil:
		return refuse(http.StatusBadRequest, 4529, "expires is no number")
	case off > tolerance || off < -tolerance:
		return refuse(http.StatusUnauthorized, 4504, "The expires parameter is too old")
	}
	mac := hmac.New(sha512.New, []byte(x.s.Password))
	_, _ = io.WriteString(mac, key+x.method+expires) // a hash takes everything
	if sig != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		return refuse(http.StatusUnauthorized, 4520, "The signature "+sig+" is invalid")
	}
	return nil
}

// account checks the user id.
func (x *exchange) account(m method) *refusal {
	switch uid := x.values.Get("uid"); {
	case m.nobody:
		return nil
	case uid == "":
		return absent("uid")
	case uid != x.s.UserID:
		return refuse(http.StatusUnauthorized, 4507, "The uid "+uid+" was not found")
	}
	return nil
}

// content checks the kind of a body and takes the values of a form.
func (x *exchange) content(m method) *refusal {
	kind := x.r.Header.Get("Content-Type")
	switch {
	case m.posts == "" && len(x.body) > 0:
		return refuse(http.StatusBadRequest, 4529, "the method takes no body")
	case m.posts == "":
		return nil
	case kind != m.posts:
		return refuse(http.StatusBadRequest, 4529, "the method takes "+m.posts+", not "+kind)
	case m.posts == file && int64(len(x.body)) > x.s.options.MaxFile:
		return refuse(http.StatusRequestEntityTooLarge, 4521, "The file is larger than allowed")
	case m.posts == file:
		return nil
	}
	sent, err := url.ParseQuery(string(x.body))
	if err != nil {
		return refuse(http.StatusBadRequest, 4529, "the form cannot be read")
	}
	for name, values := range sent {
		x.values[name] = append(x.values[name], values...)
	}
	return nil
}

// need returns the values of parameters that must be there.
func (x *exchange) need(names ...string) ([]string, *refusal) {
	values := make([]string, len(names))
	for i, name := range names {
		if values[i] = x.values.Get(name); values[i] == "" {
			return nil, absent(name)
		}
	}
	return values, nil
}

// respond makes the answer of a method, with an echo of the call.
func (x *exchange) respond(children ...element) (reply, *refusal) {
	echo := element{name: "response", children: []element{text("method", x.method)}}
	for _, name := range slices.Sorted(maps.Keys(x.values)) {
		if name != "entry_data" && name != "password" {
			echo.children = append(echo.children, text(hyphens(name), x.values.Get(name)))
		}
	}
	return x.s.document(http.StatusOK, element{name: hyphens(x.class), children: append(children, echo)}), nil
}
