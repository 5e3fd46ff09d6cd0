package httpx

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// guard names the program in each request and bounds each response body.
type guard struct {
	next    http.RoundTripper
	options Options
}

func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", g.options.UserAgent)
	}
	resp, err := g.next.RoundTrip(req)
	if err == nil {
		resp.Body = &bounded{resp.Body, g.options.MaxBody}
	}
	return resp, err
}

// bounded fails a body that goes on beyond its limit.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, nexuslims.E(nexuslims.Unsupported, "read response", "", errors.New("body over the limit"))
	}
	return n, err
}

// redacting rebuilds transport errors without query and user information.
type redacting struct{ next http.RoundTripper }

func (r redacting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	return resp, Redact(err)
}

// Redact rebuilds an error whose chain holds a *url.Error so that no query string, no
// user information and no fragment of the address is left in it.
func Redact(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return err
	}
	return &url.Error{Op: failed.Op, URL: Bare(failed.URL), Err: Redact(failed.Err)}
}

// Bare returns an address without query, user information and fragment.
func Bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(address)"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// StatusError is an answer with a status that is no success.
type StatusError struct {
	Method string
	URL    string // without query
	Status int
	Header http.Header
	Body   []byte // the beginning of the body, at most 64 KiB; for the caller to understand, not to print
}

// Error names method, address and status; never the body.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s: status %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
}

// Is maps the status to a kind.
func (e *StatusError) Is(target error) bool {
	k, ok := target.(nexuslims.Kind) //nolint:errorlint // kinds are values
	return ok && k == e.ErrorKind()
}

// ErrorKind says what the status means: Permission for 401 and 403, NotFound for 404 and
// 410, Conflict for 409 and 412, Transient for 408, 425, 429, 502, 503 and 504,
// Internal for other 5xx and Invalid for the rest.
func (e *StatusError) ErrorKind() nexuslims.Kind {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return nexuslims.Permission
	case http.StatusNotFound, http.StatusGone:
		return nexuslims.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return nexuslims.Conflict
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return nexuslims.Transient
	}
	if e.Status >= 500 {
		return nexuslims.Internal
	}
	return nexuslims.Invalid
}
