package invenio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// client speaks the interface and knows nothing of sessions.
type client struct {
	http  *http.Client
	root  *url.URL
	token nexuslims.Secret
}

// deposit is a record or a draft, as far as we read it.
type deposit struct {
	ID        string         `json:"id"`
	Revision  int            `json:"revision_id"`
	Published bool           `json:"is_published"`
	Updated   string         `json:"updated"`
	Access    map[string]any `json:"access"`
	Metadata  map[string]any `json:"metadata"`
	Custom    map[string]any `json:"custom_fields,omitempty"`
	PIDs      map[string]any `json:"pids,omitempty"`
	Links     struct {
		Page string `json:"self_html"`
	} `json:"links"`
	Errors []fieldError `json:"errors"`
}

// fieldError is what the repository says of a field; drafts may have them.
type fieldError struct {
	Field    string   `json:"field"`
	Messages []string `json:"messages"`
}

func (e fieldError) String() string { return e.Field + ": " + strings.Join(e.Messages, " ") }

// entry is a file of a deposit.
type entry struct {
	Key      string `json:"key"`
	Status   string `json:"status"`
	Checksum string `json:"checksum"`
	Size     int64  `json:"size"`
}

func (e entry) complete() bool { return e.Status == "completed" }

// call makes a request below /api.
func (c client) call(ctx context.Context, method, path string, body, out any, header ...string) error {
	r := httpclient.Request{
		Method: method, URL: c.root.String() + "api" + path, Body: body,
		Header: http.Header{"Authorization": {"Bearer " + c.token.Reveal()}},
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	_, err := httpclient.Call(ctx, c.http, r, out)
	return c.explain(err)
}

// explain adds what the repository says to a refusal, cut short and without the token.
func (c client) explain(err error) error {
	var status *httpclient.StatusError
	if !errors.As(err, &status) {
		return err
	}
	var said struct {
		Message string       `json:"message"`
		Errors  []fieldError `json:"errors"`
	}
	if json.Unmarshal(status.Body, &said) != nil || said.Message == "" {
		return err
	}
	words := []string{said.Message}
	for _, e := range said.Errors {
		words = append(words, e.String())
	}
	text := strings.ReplaceAll(strings.Join(words, " "), c.token.Reveal(), "***")
	text = nexuslims.CutText(strings.Join(strings.Fields(nexuslims.ValidText(text)), " "), 300, " [...]")
	return nexuslims.E(status.ErrorKind(), "", "", fmt.Errorf("%w: %s", status, text))
}

func record(id string) string { return "/records/" + url.PathEscape(id) }
func draft(id string) string  { return record(id) + "/draft" }

// get reads a deposit: a draft, a record, or its latest version.
func (c client) get(ctx context.Context, path string) (d deposit, err error) {
	if err = c.call(ctx, http.MethodGet, path, nil, &d); err == nil && d.ID == "" {
		err = nexuslims.E(nexuslims.Invalid, "read deposit", path, errors.New("the repository's answer has no id"))
	}
	return d, err
}

// make creates a draft: of a new record, or of the next version of one.
func (c client) make(ctx context.Context, path string, body any) (d deposit, err error) {
	if err = c.call(ctx, http.MethodPost, path, body, &d); err == nil && d.ID == "" {
		err = nexuslims.E(nexuslims.Invalid, "create draft", path, errors.New("the repository's answer has no id"))
	}
	return d, err
}

// search lists the deposits of the account with an identifier, newest first.
func (c client) search(ctx context.Context, identifier string) ([]deposit, error) {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(identifier) + `"`
	query := url.Values{"q": {"metadata.identifiers.identifier:" + quoted}, "sort": {"newest"}, "size": {"25"}}
	var page struct {
		Hits struct {
			Hits []deposit `json:"hits"`
		} `json:"hits"`
	}
	err := c.call(ctx, http.MethodGet, "/user/records?"+query.Encode(), nil, &page)
	return page.Hits.Hits, err
}

// describe replaces the description of a draft, unless it has another revision by now.
func (c client) describe(ctx context.Context, d deposit) (after deposit, err error) {
	body := map[string]any{
		"access": d.Access, "files": map[string]any{"enabled": true}, "metadata": d.Metadata,
		"custom_fields": d.Custom, "pids": d.PIDs,
	}
	err = c.call(ctx, http.MethodPut, draft(d.ID), body, &after, "If-Match", fmt.Sprint(d.Revision))
	return after, err
}

func (c client) publish(ctx context.Context, id string) (d deposit, err error) {
	err = c.call(ctx, http.MethodPost, draft(id)+"/actions/publish", nil, &d)
	return d, err
}

// files lists the files of a draft or a record.
func (c client) files(ctx context.Context, path string) ([]entry, error) {
	var list struct {
		Entries []entry `json:"entries"`
	}
	err := c.call(ctx, http.MethodGet, path+"/files", nil, &list)
	return list.Entries, err
}

// read reads a file.
func (c client) read(ctx context.Context, path, key string) ([]byte, error) {
	req, err := c.raw(ctx, http.MethodGet, path, key, nil)
	if err != nil {
		return nil, err
	}
	answer, err := httpclient.Do(c.http, req)
	return answer.Body, c.explain(err)
}

// announce makes a place for a file. It is no create that could be made twice: a key
// exists once.
func (c client) announce(ctx context.Context, path, key string) error {
	return c.call(ctx, http.MethodPost, path+"/files", []map[string]string{{"key": key}}, nil)
}

// write uploads the content of an announced file; open is called for each attempt.
func (c client) write(ctx context.Context, path, key string, size int64, open func() (io.ReadCloser, error)) error {
	body, err := open()
	if err != nil {
		return err
	}
	req, err := c.raw(ctx, http.MethodPut, path, key, body)
	if err != nil {
		return errors.Join(err, body.Close())
	}
	req.ContentLength, req.GetBody = size, open
	req.Header.Set("Content-Type", "application/octet-stream")
	_, err = httpclient.Do(c.http, req) // which closes the body
	return c.explain(err)
}

func (c client) raw(ctx context.Context, method, path, key string, body io.Reader) (*http.Request, error) {
	address := c.root.String() + "api" + path + "/files/" + url.PathEscape(key) + "/content"
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	return req, err
}

// commit ends an upload and returns what the repository has.
func (c client) commit(ctx context.Context, path, key string) (e entry, err error) {
	err = c.call(httpclient.Repeatable(ctx), http.MethodPost, path+"/files/"+url.PathEscape(key)+"/commit", nil, &e)
	return e, err
}

// drop deletes a draft or a file of one, which may be gone already.
func (c client) drop(ctx context.Context, path string) error {
	if err := c.call(ctx, http.MethodDelete, path, nil, nil); !errors.Is(err, nexuslims.NotFound) {
		return err
	}
	return nil
}
