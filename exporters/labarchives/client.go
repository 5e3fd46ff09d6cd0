package labarchives

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// client speaks the interface and knows nothing of sessions. Each call is signed with the
// present time, each repeat anew, and none starts before its turn on the line.
type client struct {
	http     *http.Client
	base     string // ends in /api
	keyID    nexuslims.Secret
	password nexuslims.Secret // signs
	user     nexuslims.Secret
	now      func() time.Time
	line     *line
}

// call is one call of the interface.
type call struct {
	method  string     // with its class: "tree_tools/insert_node"
	query   url.Values // beside what signing adds
	form    url.Values // makes it a POST
	upload  []byte     // makes it a POST of a file
	creates bool       // must not be repeated blindly
	nobody  bool       // in no account's name
	plain   bool       // not signed
	secrets *[]string  // what must not be shown of it; signing adds the signatures
}

// secrets are the texts that must not be shown.
func (c *client) secrets() []string {
	return []string{c.password.Reveal(), c.keyID.Reveal(), c.user.Reveal()}
}

// mask makes a text of the service fit to be shown.
func (c *client) mask(k call, text string) string {
	secrets := c.secrets()
	if k.secrets != nil {
		secrets = append(secrets, *k.secrets...)
	}
	return clean(text, secrets)
}

// ask makes a call whose answer is XML.
func (c *client) ask(ctx context.Context, k call) (*element, error) {
	if k.secrets == nil {
		k.secrets = new([]string)
	}
	body, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	root, err := parse(body)
	if err == nil {
		return root, nil
	}
	kind := nexuslims.Invalid
	if brokenOff(err) {
		kind = nexuslims.Transient
	}
	if bytes.Contains(bytes.ToLower(body[:min(len(body), 512)]), []byte("<html")) {
		kind, err = nexuslims.Invalid, errors.New("a page instead of XML: a maintenance page, or NX_LABARCHIVES_URL is wrong")
	} else {
		err = fmt.Errorf("not the expected XML: %s", c.mask(k, err.Error()))
	}
	return nil, nexuslims.E(kind, "answer of", k.method, err)
}

// do makes a call and returns its answer, which is no refusal. When the service finds our
// time wrong, it is asked for its own, once.
func (c *client) do(ctx context.Context, k call) ([]byte, error) {
	if err := c.line.enter(ctx); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "call", k.method, err)
	}
	defer c.line.leave()
	body, err := c.try(ctx, k)
	var r *refusal
	if !errors.As(err, &r) || r.code != codeExpired {
		return body, err
	}
	if e := c.setClock(ctx); e != nil {
		return nil, fmt.Errorf("%w (and its own time is not known: %w)", err, e)
	}
	return c.try(ctx, k)
}

// setClock asks for the service's time.
func (c *client) setClock(ctx context.Context) error {
	k := call{method: methodTime, nobody: true, plain: true}
	body, err := c.try(ctx, k)
	if err != nil {
		return err
	}
	root, err := parse(body)
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, "answer of", k.method, err)
	}
	for _, e := range root.children {
		if ms, err := strconv.ParseInt(strings.TrimSpace(e.text), 10, 64); err == nil {
			c.line.set(time.UnixMilli(ms), c.now())
			return nil
		}
	}
	return nexuslims.E(nexuslims.Invalid, "answer of", k.method, errors.New("there is no time in it"))
}

// try makes a call; what is safe to repeat is repeated by the guarded client.
func (c *client) try(ctx context.Context, k call) ([]byte, error) {
	if err := c.line.wait(ctx); err != nil {
		return nil, nexuslims.E(nexuslims.KindOf(err), "call", k.method, err)
	}
	req, err := c.request(ctx, k)
	if err != nil {
		return nil, nexuslims.E(nexuslims.Invalid, "call", k.method, httpx.Redact(err))
	}
	answer, err := httpx.Do(c.http, req)
	var status *httpx.StatusError
	switch {
	case errors.As(err, &status):
		return nil, c.refused(k, status.Status, status.Body)
	case err != nil:
		return nil, err
	case answer.Status != http.StatusOK:
		return nil, c.refused(k, answer.Status, answer.Body)
	}
	if root, err := parse(answer.Body); err == nil && (!k.isFile() || root.name == "error") {
		if r := c.refusalOf(k, answer.Status, root); r != nil {
			return nil, nexuslims.E(r.kind, "call", k.method, r)
		}
	}
	return answer.Body, nil
}

// isFile reports whether the answer is somebody's file.
func (k call) isFile() bool { return k.method == methodDownload }

// refused explains an answer of another status than 200, which is never a success.
func (c *client) refused(k call, status int, body []byte) error {
	root, err := parse(body)
	if err != nil {
		root = nil
	}
	r := c.refusalOf(k, status, root)
	if r == nil {
		r = c.refusal(k, status, "", strings.ToLower(http.StatusText(status)))
	}
	return nexuslims.E(r.kind, "call", k.method, r)
}

func (c *client) request(ctx context.Context, k call) (*http.Request, error) {
	method, kind, body := http.MethodGet, "", []byte(nil)
	switch {
	case k.form != nil:
		method, kind, body = http.MethodPost, "application/x-www-form-urlencoded", []byte(k.form.Encode())
	case k.upload != nil:
		method, kind, body = http.MethodPost, "application/octet-stream", k.upload
	}
	if k.creates {
		ctx = httpx.Once(ctx)
	}
	attempt := 0
	ctx = httpx.Prepared(ctx, func(r *http.Request) error {
		if attempt++; attempt == 1 {
			return nil // it was just signed
		}
		if err := c.line.again(r.Context()); err != nil {
			return err
		}
		r.URL.RawQuery = c.signed(k).Encode()
		return nil
	})
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/"+k.method, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = c.signed(k).Encode()
	req.Header.Set("Accept", "*/*")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if body == nil {
		req.Body, req.GetBody = http.NoBody, nil
	}
	return req, nil
}

// signed returns the whole query of a call that starts now.
func (c *client) signed(k call) url.Values {
	q := url.Values{"akid": {c.keyID.Reveal()}}
	for name, values := range k.query {
		q[name] = values
	}
	if !k.nobody {
		q.Set("uid", c.user.Reveal())
	}
	if !k.plain {
		expires := milliseconds(c.line.correct(c.now()))
		sig := signature(c.keyID.Reveal(), path.Base(k.method), expires, c.password.Reveal())
		q.Set("expires", expires)
		q.Set("sig", sig)
		if k.secrets != nil {
			*k.secrets = append(*k.secrets, sig)
		}
	}
	return q
}
