package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

type repeatableKey struct{}

// Repeatable marks the requests made with the returned context as safe to repeat,
// whatever their method: a POST that only asks, a PATCH that sets the same state again.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

// safe reports whether a request may be repeated without knowing what became of it.
func safe(req *http.Request) bool {
	if once(req.Context()) {
		return false
	}
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return req.Context().Value(repeatableKey{}) != nil
}

type callKey struct{}

// call is what the steps of one request know of each other.
type call struct {
	safe bool
	sent atomic.Bool // the present attempt had a connection, so bytes may have left

	attempts int
}

func countAttempt(_ retryablehttp.Logger, req *http.Request, n int) {
	if c, ok := req.Context().Value(callKey{}).(*call); ok {
		c.attempts = n + 1
	}
}

// trace notes when an attempt gets a connection. Before that nothing can have been sent;
// afterwards a request may have been carried out although its answer never came.
func (c *call) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { c.sent.Store(true) },
	})
}

// repeating is the outermost transport: it repeats attempts and redacts errors.
type repeating struct {
	client    *retryablehttp.Client
	transport *http.Transport
	logger    *slog.Logger
}

// RoundTrip implements http.RoundTripper.
func (t *repeating) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	c := &call{safe: safe(req)}
	again, err := t.request(req.WithContext(context.WithValue(req.Context(), callKey{}, c)))
	if err != nil {
		return nil, Redact(err)
	}
	resp, err := t.client.Do(again)
	if failed, ok := err.(*url.Error); ok { //nolint:errorlint // net/http puts another one around it
		err = failed.Err
	}
	err = Redact(err)
	if c.attempts > 1 {
		t.logger.Debug("request repeated", "method", req.Method, "address", Bare(req.URL.String()),
			"attempt", c.attempts, "err", err)
	}
	return resp, err
}

// request prepares a request whose body is made anew for each attempt.
func (t *repeating) request(req *http.Request) (*retryablehttp.Request, error) {
	if req.Body == nil || req.Body == http.NoBody || req.GetBody == nil {
		return retryablehttp.FromRequest(req) // a body that cannot be made anew is read into memory
	}
	plain, length := *req, req.ContentLength
	again := &retryablehttp.Request{Request: &plain}
	if err := again.SetBody(func() (io.Reader, error) { return req.GetBody() }); err != nil {
		return nil, err
	}
	again.ContentLength = length
	return again, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (t *repeating) CloseIdleConnections() { t.transport.CloseIdleConnections() }

func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c, _ := ctx.Value(callKey{}).(*call)
	again := c != nil && ctx.Err() == nil
	if err == nil {
		again = again && c.safe && passing(resp.StatusCode)
	} else {
		again = again && !permanent(err) && (c.safe || !c.sent.Load())
	}
	return again, nil // the error itself is told by the client
}

// passing reports whether a status is likely to be gone at the next attempt.
func passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// permanent reports whether a transport error will be the same at the next attempt.
func permanent(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	if errors.As(err, &cert) || errors.As(err, &record) {
		return true
	}
	var e *nexuslims.Error // our own refusals: redirects
	return errors.As(err, &e) && e.Kind != nexuslims.Transient
}

// lastAnswer hands out the last response when tries run out, and never a response beside
// an error.
func lastAnswer(resp *http.Response, err error, _ int) (*http.Response, error) {
	if err == nil {
		return resp, nil
	}
	if resp != nil {
		_ = resp.Body.Close()
	}
	return nil, err
}

// backoff obeys Retry-After up to the longest wait; otherwise it doubles, with jitter.
func backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, ok := retryAfter(resp.Header); ok {
			return min(wait, longest)
		}
	}
	wait := longest
	if attempt < 30 && shortest<<attempt>>attempt == shortest {
		wait = min(shortest<<attempt, longest)
	}
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // jitter
}

// retryAfter reads the header in both forms of RFC 9110 10.2.3. A date is measured
// against the server's own clock where it shows one.
func retryAfter(h http.Header) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(until.Sub(now), 0), true
}
