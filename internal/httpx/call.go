package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Request is one call of a JSON service.
type Request struct {
	Method string // empty: GET
	URL    string
	Header http.Header
	Body   any // encoded as JSON; nil: none
}

// Call makes a request and decodes the JSON answer into out, unless that is nil. It
// returns the response with its body read and closed. A status of 300 or more is a
// *StatusError; an answer that is not JSON is Invalid; what keeps the service from
// answering is Transient.
func Call(ctx context.Context, client *http.Client, r Request, out any) (*http.Response, error) {
	req, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, callError(ctx, req, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusMultipleChoices {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what can be read of it is enough
		return resp, &StatusError{req.Method, Bare(r.URL), resp.StatusCode, resp.Header, body}
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp, callError(ctx, req, err)
	}
	return resp, decode(req, resp, body, out)
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return nil, nexuslims.E(nexuslims.Invalid, "encode request", "", err)
		}
		body = bytes.NewReader(b)
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, body)
	if err != nil {
		return nil, nexuslims.E(nexuslims.Invalid, "make request", Bare(r.URL), Redact(err))
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func callError(ctx context.Context, req *http.Request, err error) error {
	kind := nexuslims.Transient
	if errors.Is(ctx.Err(), context.Canceled) {
		kind = nexuslims.Canceled
	}
	err = Redact(err)
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return nexuslims.E(kind, req.Method, Bare(req.URL.String()), err)
}

func decode(req *http.Request, resp *http.Response, body []byte, out any) error {
	if out == nil {
		return nil
	}
	bad := func(err error) error {
		return nexuslims.E(nexuslims.Invalid, "answer of "+req.Method, Bare(req.URL.String()), err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "text/html" {
		return bad(errors.New("a page instead of JSON: a login or maintenance page, or a wrong address"))
	}
	if err := json.Unmarshal(body, out); err != nil {
		return bad(fmt.Errorf("not the expected JSON: %w", err))
	}
	return nil
}

// Token returns a header with "Authorization: Token <secret>".
func Token(secret nexuslims.Secret) http.Header {
	return http.Header{"Authorization": {"Token " + secret.Reveal()}}
}
