// Package httpx makes the guarded HTTP client that every connection of the program
// goes through, and the few helpers that its users share.
//
// The client verifies TLS with the system's roots and the site's own, bounds every
// step in time, bounds bodies, retries what is safe to repeat, refuses redirects of
// writing requests and redirects that leave the host, and never shows a query string,
// user information or header in an error.
package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Options configure a client. The zero value is usable.
type Options struct {
	Certificates []byte        // PEM, added to the system's roots
	SkipVerify   bool          // no verification of certificates: old sites only
	Timeout      time.Duration // of one attempt, body included; zero: 60 s
	MaxBody      int64         // bytes of a response body; zero: 256 MiB
	Retries      int           // repeats of a safe request; zero: 4; negative: none
	RetryWait    time.Duration // first wait, doubled each time; zero: 1 s
	MaxWait      time.Duration // longest wait, Retry-After included; zero: 30 s
	UserAgent    string
	Logger       *slog.Logger
}

func (o Options) withDefaults() Options {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.Timeout, 60*time.Second)
	def(&o.RetryWait, time.Second)
	def(&o.MaxWait, 30*time.Second)
	if o.MaxBody == 0 {
		o.MaxBody = 256 << 20
	}
	if o.Retries == 0 {
		o.Retries = 4
	}
	o.Retries = max(o.Retries, 0)
	if o.UserAgent == "" {
		o.UserAgent = "nexuslims-go/" + nexuslims.Version
	}
	return o
}

// New returns a guarded client. Certificates that cannot be read are Invalid.
func New(o Options) (*http.Client, error) {
	o = o.withDefaults()
	roots, err := certificates(o.Certificates)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
		IdleConnTimeout:       60 * time.Second,
		MaxIdleConnsPerHost:   8,
		ForceAttemptHTTP2:     true,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            roots,
			InsecureSkipVerify: o.SkipVerify, //nolint:gosec // old sites ask for it, loudly
		},
	}
	rc := retryablehttp.NewClient()
	rc.HTTPClient = &http.Client{Transport: guard{transport, o}, Timeout: o.Timeout, CheckRedirect: checkRedirect}
	rc.Logger = nil
	rc.RetryMax, rc.RetryWaitMin, rc.RetryWaitMax = o.Retries, o.RetryWait, o.MaxWait
	rc.CheckRetry, rc.Backoff = checkRetry, backoff
	rc.ErrorHandler = retryablehttp.PassthroughErrorHandler
	client := rc.StandardClient()
	client.Transport = redacting{client.Transport}
	return client, nil
}

func certificates(pem []byte) (*x509.CertPool, error) {
	if len(pem) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, nexuslims.E(nexuslims.Invalid, "read certificate bundle", "", errors.New("no certificate in PEM form"))
	}
	return pool, nil
}

// safe reports whether a request may be repeated without knowing what became of it.
func safe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// checkRedirect follows redirects of reading requests on the same host only: Go would
// turn a POST or PATCH into a GET, and credentials stay with the host they are for.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	target := (&url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: req.URL.Path}).String()
	switch {
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return fmt.Errorf("refused to follow the redirect of a %s to %s", first.Method, target)
	case req.URL.Host != first.URL.Host || first.URL.Scheme == "https" && req.URL.Scheme != "https":
		return fmt.Errorf("refused to follow the redirect to another host, %s", target)
	case len(via) >= 5:
		return errors.New("more than five redirects")
	}
	return nil
}

func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return retryError(err), nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return safe(resp.Request.Method), nil
	}
	return false, nil
}

// retryError reports whether a transport error may be repeated: always when no byte
// was sent, otherwise for safe methods.
func retryError(err error) bool {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return false
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var failed *url.Error
	return errors.As(err, &failed) && safe(strings.ToUpper(failed.Op))
}

// backoff obeys Retry-After up to the longest wait; otherwise it doubles, with jitter.
func backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := retryablehttp.DefaultBackoff(shortest, longest, attempt, resp)
	if resp == nil || resp.Header.Get("Retry-After") == "" {
		wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // jitter
	}
	return min(wait, longest)
}
