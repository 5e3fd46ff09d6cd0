package cdcs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The paths are exactly as core_main_app routes them: a slash too many or too few is a
// page or a redirect.
const (
	pathTemplates  = "rest/template-version-manager/global/?is_disabled=false"
	pathTemplate   = "rest/template/%s/"
	pathWorkspaces = "rest/workspace/read_access/"
	pathUsers      = "rest/user/"
	pathRecords    = "rest/data/"
	pathRecord     = "rest/data/%s/"
	pathQuery      = "rest/data/query/"
	pathAssign     = "rest/data/%s/assign/%s"
	pathOwner      = "rest/data/%s/change-owner/%s"
	pathPage       = "data?id=%s"
)

// client speaks the REST interface and knows nothing of sessions.
type client struct {
	http  *http.Client
	root  string // ends in a slash
	token nexuslims.Secret
	field string // of the document: xml_content, or content
}

// identifier is an id that the interface gives as a number here and as text there.
type identifier string

// UnmarshalJSON implements json.Unmarshaler.
func (i *identifier) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*i = ""
		return nil
	}
	*i = identifier(bytes.Trim(b, `"`))
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return errors.New("id is no number")
	}
	return nil
}

// number returns an id for a body, where it must be a number.
func (i identifier) number() any {
	if n, err := strconv.ParseInt(string(i), 10, 64); err == nil {
		return n
	}
	return string(i)
}

// valid reports whether the id can stand in a path.
func (i identifier) valid() bool {
	_, err := strconv.ParseUint(string(i), 10, 63)
	return err == nil
}

// stored is a record at the site.
type stored struct {
	ID        identifier `json:"id"`
	Template  identifier `json:"template"`
	Workspace identifier `json:"workspace"`
	Owner     identifier `json:"user_id"`
	Title     string     `json:"title"`
	Modified  time.Time  `json:"last_modification_date"`

	XMLContent *string `json:"xml_content"`
	Content    *string `json:"content"`
}

func (s stored) document() []byte {
	switch {
	case s.Content != nil:
		return []byte(*s.Content)
	case s.XMLContent != nil:
		return []byte(*s.XMLContent)
	}
	return nil
}

// call makes one request below the root. Whatever is not of the wanted status is an
// error in the site's words.
func (c *client) call(ctx context.Context, method, path string, body, out any, status int) error {
	request := httpx.Request{Method: method, URL: c.root + path, Header: httpx.Token(c.token), Body: body}
	resp, err := httpx.Call(ctx, c.http, request, out) //nolint:bodyclose // Call closes it
	if err != nil {
		return c.explain(err)
	}
	if resp.StatusCode != status {
		err = fmt.Errorf("status %d where %d was expected", resp.StatusCode, status)
		return nexuslims.E(nexuslims.Invalid, method, httpx.Bare(request.URL), err)
	}
	return nil
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, path, nil, out, http.StatusOK)
}

// read fetches a record and learns from it which field holds documents. That must be
// known before an update: the wrong field is ignored with status 200.
func (c *client) read(ctx context.Context, id identifier) (stored, error) {
	var s stored
	if err := c.get(ctx, fmt.Sprintf(pathRecord, id), &s); err != nil {
		return s, err
	}
	c.learn(s)
	if s.ID != id || s.document() == nil {
		return s, nexuslims.E(nexuslims.Invalid, "read record", string(id), errors.New("the answer is not the record"))
	}
	return s, nil
}

func (c *client) learn(s stored) {
	switch {
	case s.XMLContent != nil:
		c.field = fieldXML
	case s.Content != nil:
		c.field = fieldContent
	}
}

const (
	fieldXML     = "xml_content"
	fieldContent = "content"
)

// draft is a record to create.
type draft struct {
	template, workspace identifier
	title               string
	document            []byte
}

// create makes a record. A site that wants the document in the other field says so, and
// is asked again in its way: nothing was created.
func (c *client) create(ctx context.Context, d draft) (stored, error) {
	made, err := c.post(ctx, d)
	var refused *refusal
	if errors.As(err, &refused) && refused.status == http.StatusBadRequest && refused.names(c.otherField()) {
		c.field = c.otherField()
		made, err = c.post(ctx, d)
	}
	return made, err
}

func (c *client) post(ctx context.Context, d draft) (stored, error) {
	body := map[string]any{"template": string(d.template), "title": d.title, c.field: string(d.document)}
	if d.workspace != "" {
		body["workspace"] = d.workspace.number()
	}
	var made stored
	if err := c.call(ctx, http.MethodPost, pathRecords, body, &made, http.StatusCreated); err != nil {
		return made, err
	}
	if !made.ID.valid() {
		return made, nexuslims.E(nexuslims.Invalid, "create record", d.title, errors.New("the answer has no id"))
	}
	c.learn(made)
	return made, nil
}

func (c *client) otherField() string {
	if c.field == fieldXML {
		return fieldContent
	}
	return fieldXML
}

// update replaces document and, unless it is empty, title. The request sets a state, but
// it is not repeated blindly: between two attempts a person may have saved an edit.
func (c *client) update(ctx context.Context, id identifier, title string, document []byte) (stored, error) {
	body := map[string]any{c.field: string(document)}
	if title != "" {
		body["title"] = title
	}
	var after stored
	err := c.call(ctx, http.MethodPatch, fmt.Sprintf(pathRecord, id), body, &after, http.StatusOK)
	return after, err
}

// query finds records that the account may read. It changes nothing, hence is repeated
// like a GET.
func (c *client) query(ctx context.Context, body map[string]any) ([]stored, error) {
	body["all"] = "true"
	var hits []stored
	err := c.call(httpx.Repeatable(ctx), http.MethodPost, pathQuery, body, &hits, http.StatusOK)
	return hits, err
}

// assign and give set the same state however often they are made.
func (c *client) assign(ctx context.Context, id, workspace identifier) error {
	return c.call(httpx.Repeatable(ctx), http.MethodPatch, fmt.Sprintf(pathAssign, id, workspace), nil, nil, http.StatusOK)
}

func (c *client) give(ctx context.Context, id, user identifier) error {
	return c.call(httpx.Repeatable(ctx), http.MethodPatch, fmt.Sprintf(pathOwner, id, user), nil, nil, http.StatusOK)
}

func (c *client) delete(ctx context.Context, id identifier) error {
	return c.call(ctx, http.MethodDelete, fmt.Sprintf(pathRecord, id), nil, nil, http.StatusNoContent)
}

func (c *client) page(id identifier) string { return c.root + fmt.Sprintf(pathPage, id) }
