package nemo

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// address is the root of a server's API, in one spelling: lower-case scheme and host,
// no default port, a path that ends in a slash.
type address struct{ url url.URL }

func newAddress(u url.URL) address {
	path := u.EscapedPath()
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	clean := url.URL{Scheme: strings.ToLower(u.Scheme), Host: origin(&u)}
	clean.Path, _ = url.PathUnescape(path)
	clean.RawPath = path
	return address{clean}
}

func (a address) String() string { return a.url.String() }

// origin returns host and port, folded; the scheme's own port is left out.
func origin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	scheme := strings.ToLower(u.Scheme)
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return host
	}
	return host + ":" + port
}

// below returns what follows the root in an address and its query; false when the
// address is of another server or beside the root.
func (a address) below(text string) (rest string, query url.Values, ok bool) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || !strings.EqualFold(u.Scheme, a.url.Scheme) || origin(u) != a.url.Host {
		return "", nil, false
	}
	path := u.EscapedPath()
	if path+"/" == a.url.EscapedPath() {
		path += "/"
	}
	rest, ok = strings.CutPrefix(path, a.url.EscapedPath())
	return rest, u.Query(), ok
}

// tool reads the id out of <address>tools/?id=17 or <address>tools/17/.
func (a address) tool(text string) (int, bool) { return a.id("tools", text) }

// event reads the id out of <address>usage_events/?id=17. An identifier from a server
// that has moved keeps its id.
func (a address) event(text string) (int, bool) {
	if id, ok := a.id("usage_events", text); ok {
		return id, true
	}
	u, err := url.Parse(text)
	if err != nil {
		return 0, false
	}
	return number(u.Query().Get("id"))
}

func (a address) id(endpoint, text string) (int, bool) {
	rest, query, ok := a.below(text)
	if !ok {
		return 0, false
	}
	first, tail, _ := strings.Cut(rest, "/")
	if first != endpoint {
		return 0, false
	}
	if tail = strings.Trim(tail, "/"); tail != "" {
		return number(tail)
	}
	return number(query.Get("id"))
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= 0
}

// session returns the identifier under which both programs know a usage event.
func (a address) session(event int) string { return fmt.Sprintf("%susage_events/?id=%d", a, event) }

// page returns the page that people see of a usage event or reservation. It lies beside
// the API: only the last segment of the root is replaced.
func (a address) page(kind string, id int) string {
	return fmt.Sprintf("%sevent_details/%s/%d/", strings.TrimSuffix(a.String(), "/api/")+slashIf(a), kind, id)
}

func slashIf(a address) string {
	if strings.HasSuffix(a.String(), "/api/") {
		return "/"
	}
	return ""
}
