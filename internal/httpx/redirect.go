package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const maxRedirects = 5

// checkRedirect follows redirects of reading requests on the same host only: Go would
// turn a POST or PATCH into a GET, and credentials stay with the host they are for.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	target := Bare(req.URL.String())
	switch {
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return refused("refused to follow the redirect of a %s to %s", first.Method, target)
	case !sameHost(first.URL, req.URL):
		return refused("refused to follow the redirect to another host, %s", target)
	case len(via) > maxRedirects:
		return refused("more than %d redirects", maxRedirects)
	}
	return nil
}

func refused(format string, args ...any) error {
	return nexuslims.E(nexuslims.Invalid, "follow redirect", "", fmt.Errorf(format, args...))
}

// sameHost reports whether credentials for one address may go to the other: the same
// host and port, or the step from http to https on the usual ports.
func sameHost(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return port(from) == port(to)
	}
	return from.Scheme == "http" && to.Scheme == "https" &&
		(port(to) == port(from) || port(from) == "80" && port(to) == "443")
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

var errScheme = errors.New("address is not of http or https")

// checkAddress refuses addresses that no attempt could reach.
func checkAddress(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errScheme
	}
	return nil
}
