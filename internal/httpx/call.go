package httpx

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const maxErrorBody = 64 << 10

// Request is one call of a JSON service.
type Request struct {
	Method string // empty: GET
	URL    string
	Header http.Header
	Body   any // encoded as JSON; a Raw: as it is; nil: none
}

// Raw is a body that is not JSON. As the body of a Request it is sent under its type; as
// the out of Call it takes whatever the answer holds, a page for people too: its Type tells.
type Raw struct {
	Type    string // the header Content-Type, whole
	Content []byte
}

// Call makes a request and decodes the JSON answer into out, unless that is nil or a
// *Raw. It returns the response with its body read and closed. A status of 300 or more is
// a *StatusError; an answer that is not JSON and an address that cannot be asked are
// Invalid, a body over the limit Unsupported, a certificate that is not trusted
// Permission, the caller's giving up Canceled; all else that keeps the service from
// answering is Transient. A reading request whose answer breaks off is made once more.
func Call(ctx context.Context, client *http.Client, r Request, out any) (*http.Response, error) {
	req, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	resp, body, err := ask(client, req)
	if err != nil {
		return resp, err
	}
	return resp, decode(req, resp, body, out)
}

// Answer is an answer of a service, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request of any form. Its errors are those of [Call], with the answer taken as
// it is. A request of the method GET whose answer breaks off is made once more, unless it is
// marked by [Once].
func Do(client *http.Client, req *http.Request) (Answer, error) {
	if err := checkAddress(req.URL); err != nil {
		return Answer{}, nexuslims.E(nexuslims.Invalid, "make request", Bare(req.URL.String()), err)
	}
	resp, body, err := ask(client, req) //nolint:bodyclose // exchange closes it
	if err != nil {
		return Answer{}, err
	}
	return Answer{resp.StatusCode, resp.Header, body}, nil
}

func ask(client *http.Client, req *http.Request) (*http.Response, []byte, error) {
	ctx := req.Context()
	resp, body, err := exchange(ctx, client, req)
	if errors.Is(err, io.ErrUnexpectedEOF) && req.Method == http.MethodGet && !once(ctx) && ctx.Err() == nil {
		return exchange(ctx, client, req)
	}
	return resp, body, err
}

func exchange(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, []byte, error) {
	resp, err := client.Do(req) //nolint:gosec // addresses are the operator's
	if err != nil {
		return nil, nil, callError(ctx, req, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusMultipleChoices {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what can be read of it is enough
		return resp, nil, &StatusError{req.Method, Bare(req.URL.String()), resp.StatusCode, resp.Header, body}
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp, nil, callError(ctx, req, err)
	}
	return resp, body, nil
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	bad := func(err error) error { return nexuslims.E(nexuslims.Invalid, "make request", Bare(r.URL), Redact(err)) }
	body, err := r.encode()
	if err != nil {
		return nil, bad(err)
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, body)
	if err != nil {
		return nil, bad(err)
	}
	if err := checkAddress(req.URL); err != nil {
		return nil, bad(err)
	}
	req.Header.Set("Accept", "application/json")
	for k, values := range r.Header {
		if strings.ContainsFunc(strings.Join(values, ""), control) {
			return nil, bad(fmt.Errorf("control character in header %s", k))
		}
		req.Header[k] = values
	}
	if raw, ok := r.Body.(Raw); ok {
		req.Header.Set("Content-Type", raw.Type)
	} else if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// encode writes the body as JSON, with <, > and & as they are: documents full of them
// would grow by half.
func (r Request) encode() (io.Reader, error) {
	switch raw, ok := r.Body.(Raw); {
	case ok:
		return bytes.NewReader(raw.Content), nil
	case r.Body == nil:
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r.Body); err != nil {
		return nil, err
	}
	return bytes.NewReader(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

func callError(ctx context.Context, req *http.Request, err error) error {
	kind := kindOf(ctx, err)
	err = Redact(err)
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return nexuslims.E(kind, req.Method, Bare(req.URL.String()), err)
}

func kindOf(ctx context.Context, err error) nexuslims.Kind {
	var cert *tls.CertificateVerificationError
	var own *nexuslims.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return nexuslims.Canceled
	case errors.As(err, &cert):
		return nexuslims.Permission
	case errors.As(err, &own):
		return own.Kind
	}
	return nexuslims.Transient
}

func decode(req *http.Request, resp *http.Response, body []byte, out any) error {
	bad := func(err error) error {
		return nexuslims.E(nexuslims.Invalid, "answer of "+req.Method, Bare(req.URL.String()), err)
	}
	if raw, ok := out.(*Raw); ok {
		*raw = Raw{Type: resp.Header.Get("Content-Type"), Content: body}
		return nil
	}
	empty := len(bytes.TrimSpace(body)) == 0
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "text/html" && (out != nil || !empty) {
		return bad(errors.New("a page instead of JSON: a login or maintenance page, or a wrong address"))
	}
	if out == nil {
		return nil
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
