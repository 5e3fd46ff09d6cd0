// Package httpclient is what a destination outside of this module needs for a service that
// speaks HTTP: calls whose failures have a kind and show no secret, over the guarded client
// that the program hands to every destination as Client of [nexuslims.Host].
//
// That client verifies TLS with the site's certificates too, bounds every step in time
// (60 s for an attempt) and every body in size, repeats requests that are safe to repeat
// with growing waits and as Retry-After says, and refuses redirects of writing requests
// and redirects that leave the host. GET, HEAD, OPTIONS, PUT and DELETE are repeated; of
// others [Repeatable] must say that they may be. A create never may: after a lost answer
// nobody knows whether it was carried out, and the runner asks the destination first.
//
//	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(document))
//	...
//	_, err = httpclient.Do(host.Client, req)
//	if errors.Is(err, nexuslims.Permission) { // 401 and 403
//
// Harvesters outside of this module may use it just as well.
package httpclient

import (
	"context"
	"net/http"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
)

// Options configure a client of one's own, for tests and for programs without command
// line: Certificates (PEM, added to the system's), SkipVerify, Timeout of one attempt,
// IdleTimeout between two bytes, MaxBody, Retries (negative: none), RetryWait, MaxWait,
// UserAgent and Logger. The zero value is usable.
type Options = httpx.Options

// Request is a call of a JSON service: Method (empty: GET), URL, Header, and Body, which is
// encoded as JSON unless nil.
type Request = httpx.Request

// StatusError is an answer whose status is no success: Method, URL without query, Status,
// Header, and the beginning of the Body, which is there to be understood and not to be
// printed. Its kind is Permission for 401 and 403, NotFound for 404 and 410, Conflict for
// 409 and 412, Transient for 408, 425, 429, 502, 503 and 504, Internal for other 5xx, and
// Invalid for the rest.
type StatusError = httpx.StatusError

// New returns a guarded client, safe for concurrent use. Certificates that cannot be read
// are Invalid.
func New(o Options) (*http.Client, error) { return httpx.New(o) }

// Answer is an answer of a service, read to its end: Status, Header and Body.
type Answer = httpx.Answer

// Do sends a request of any form.
//
// A status of 300 or more is a *StatusError, an address that cannot be asked Invalid, a
// body over the limit Unsupported, a certificate that is not trusted Permission, the
// caller's giving up Canceled; all else that keeps the service from answering is Transient.
func Do(client *http.Client, req *http.Request) (Answer, error) {
	return httpx.Do(client, req)
}

// Call makes a request of a JSON service, decodes the answer into out, unless that is nil,
// and returns the answer's header. Errors are those of [Do]; an answer that is not JSON is
// Invalid.
func Call(ctx context.Context, client *http.Client, r Request, out any) (http.Header, error) {
	resp, err := httpx.Call(ctx, client, r, out) //nolint:bodyclose // Call closes it
	if resp == nil {
		return nil, err
	}
	return resp.Header, err
}

// Repeatable marks the requests made with the returned context as safe to repeat, whatever
// their method: a POST that only asks, a PATCH that sets the same state again.
func Repeatable(ctx context.Context) context.Context { return httpx.Repeatable(ctx) }

// Redact takes query strings, user information and fragments out of all addresses that an
// error names, however deep. The runner does it with everything that a destination
// returns; it is for what a destination logs by itself.
func Redact(err error) error { return httpx.Redact(err) }
