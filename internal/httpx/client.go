// Package httpx makes the guarded HTTP client that every connection of the program
// goes through, and the few helpers that its users share.
//
// The client verifies TLS with the system's roots and the site's own, bounds every
// step in time, bounds bodies, retries what is safe to repeat ([Repeatable] tells it of
// more), refuses redirects of writing requests and redirects that leave the host.
//
// Errors never show a query string, user information or header, as far as the client
// has a say in it: net/http itself puts the address of the request around whatever
// Client.Do answers. Who signs in the query calls [Call], or passes the error through
// [Redact].
package httpx

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Options configure a client. The zero value is usable.
type Options struct {
	Certificates []byte        // PEM, added to the system's roots
	SkipVerify   bool          // no verification of certificates: old sites only
	Timeout      time.Duration // of one attempt, body included; zero: 60 s
	IdleTimeout  time.Duration // between two bytes of a response body; zero: 30 s
	MaxBody      int64         // bytes of a response body, unpacked; zero: 256 MiB
	Retries      int           // repeats of a safe request; zero: 4; negative: none
	RetryWait    time.Duration // first wait, doubled each time; zero: 1 s
	MaxWait      time.Duration // longest wait, Retry-After included; zero: 30 s
	UserAgent    string
	Logger       *slog.Logger // nil: silence
}

func (o Options) withDefaults() Options {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.Timeout, 60*time.Second)
	def(&o.IdleTimeout, 30*time.Second)
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
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// New returns a guarded client, safe for concurrent use. Certificates that cannot be
// read are Invalid.
func New(o Options) (*http.Client, error) {
	o = o.withDefaults()
	roots, err := certificates(o.Certificates)
	if err != nil {
		return nil, err
	}
	if o.SkipVerify {
		o.Logger.Warn("certificates of servers are not verified")
	}
	transport := newTransport(o, roots)
	rc := retryablehttp.NewClient()
	rc.HTTPClient = &http.Client{Transport: guard{transport, o}, Timeout: o.Timeout, CheckRedirect: checkRedirect}
	rc.Logger = nil
	rc.RetryMax, rc.RetryWaitMin, rc.RetryWaitMax = o.Retries, o.RetryWait, o.MaxWait
	rc.CheckRetry, rc.Backoff, rc.ErrorHandler, rc.RequestLogHook = checkRetry, backoff, lastAnswer, countAttempt
	return &http.Client{Transport: &repeating{client: rc, transport: transport, logger: o.Logger}}, nil
}

func newTransport(o Options, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  o.Timeout,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConnsPerHost:    8,
		MaxResponseHeaderBytes: 1 << 20,
		ForceAttemptHTTP2:      true,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            roots,
			InsecureSkipVerify: o.SkipVerify, //nolint:gosec // old sites ask for it, loudly
		},
	}
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
		err := errors.New("no certificate in PEM form")
		return nil, nexuslims.E(nexuslims.Invalid, "read certificate bundle", "", err)
	}
	return pool, nil
}
