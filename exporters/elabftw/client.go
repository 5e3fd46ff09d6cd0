package elabftw

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	pathExperiments = "api/v2/experiments"
	pathTemplates   = "api/v2/experiments_templates"
	pathCategories  = "api/v2/teams/current/experiments_categories"
	pathStatuses    = "api/v2/teams/current/experiments_status"
	pathKeys        = "api/v2/apikeys"
	pathInfo        = "api/v2/info"
	pathPage        = "experiments.php?mode=view&id=%d"
)

// client speaks API v2 and knows nothing of sessions.
type client struct {
	http *http.Client
	root string // ends in a slash
	key  nexuslims.Secret
}

// call makes one request below the root. Whatever is not of the wanted status is an error
// in the server's words.
func (c *client) call(ctx context.Context, method, path string, body, out any, status int) (http.Header, error) {
	request := httpx.Request{
		Method: method, URL: c.root + path, Body: body,
		Header: http.Header{"Authorization": {c.key.Reveal()}}, // the bare key, no scheme
	}
	resp, err := httpx.Call(ctx, c.http, request, out) //nolint:bodyclose // Call closes it
	if err != nil {
		return nil, c.explain(err)
	}
	if resp.StatusCode != status {
		err = fmt.Errorf("status %d where %d was expected", resp.StatusCode, status)
		return nil, nexuslims.E(nexuslims.Invalid, method, httpx.Bare(request.URL), err)
	}
	return resp.Header, nil
}

func (c *client) get(ctx context.Context, path string, out any) error {
	_, err := c.call(ctx, http.MethodGet, path, nil, out, http.StatusOK)
	return err
}

var (
	// errNoID says that something was made, and the server did not say what.
	errNoID  = errors.New("the answer names no id")
	errOther = errors.New("the answer is not the experiment")
)

// made makes a POST that creates, and returns the id of what was created: the last part
// of Location, whatever host that names, or else the id of a JSON answer.
func (c *client) made(ctx context.Context, path string, body any) (int, error) {
	var answer httpx.Raw
	header, err := c.call(ctx, http.MethodPost, path, body, &answer, http.StatusCreated)
	if err != nil {
		return 0, err
	}
	if id := lastNumber(header.Get("Location")); id > 0 {
		return id, nil
	}
	var named struct{ ID number }
	if json.Unmarshal(answer.Content, &named) == nil && named.ID > 0 {
		return int(named.ID), nil
	}
	return 0, nexuslims.E(nexuslims.Invalid, http.MethodPost, c.root+path, errNoID)
}

func lastNumber(location string) int {
	u, err := url.Parse(location)
	if err != nil {
		return 0
	}
	id, err := strconv.Atoi(path.Base(u.Path))
	if err != nil {
		return 0
	}
	return id
}

func experimentPath(id int) string { return fmt.Sprintf("%s/%d", pathExperiments, id) }

// read fetches an experiment whole. One that was deleted is NotFound.
func (c *client) read(ctx context.Context, id int) (experiment, error) {
	var e experiment
	if err := c.get(ctx, experimentPath(id), &e); err != nil {
		return e, err
	}
	if int(e.ID) != id || e.State == 0 {
		return e, nexuslims.E(nexuslims.Invalid, "read experiment", fmt.Sprint(id), errOther)
	}
	if e.State == stateDeleted {
		return e, nexuslims.E(nexuslims.NotFound, "read experiment", fmt.Sprint(id), errors.New("it was deleted there"))
	}
	return e, nil
}

// patch changes what is set in body and returns the experiment as it stands then. The
// request sets a state, but it is not repeated blindly: between two attempts a person may
// have saved an edit.
func (c *client) patch(ctx context.Context, id int, body patch) (experiment, error) {
	var after experiment
	_, err := c.call(ctx, http.MethodPatch, experimentPath(id), body, &after, http.StatusOK)
	if err == nil && int(after.ID) != id {
		err = nexuslims.E(nexuslims.Invalid, "change experiment", fmt.Sprint(id), errOther)
	}
	return after, err
}

const pageSize = 15 // experiments in a list, the server's own default

// maxPages bounds a search whose answers do not end.
const maxPages = 200

// list returns the experiments of a query, page after page; more is asked with the last
// page and says whether to go on. The rows of a list are not whole.
func (c *client) list(ctx context.Context, query url.Values, more func(page []experiment) bool) error {
	query.Set("limit", strconv.Itoa(pageSize))
	for n := range maxPages {
		query.Set("offset", strconv.Itoa(n*pageSize))
		var page []experiment
		if err := c.get(ctx, pathExperiments+"?"+query.Encode(), &page); err != nil {
			return err
		}
		if !more(page) || len(page) < pageSize {
			return nil
		}
	}
	return nexuslims.E(nexuslims.Invalid, "search experiments", "", errors.New("the answer does not end"))
}

// attach uploads a file and returns its id. With an earlier upload the file takes its
// place, which the server moves to its archive.
func (c *client) attach(ctx context.Context, id, earlier int, name string, content []byte) (int, error) {
	path := experimentPath(id) + "/uploads"
	fields := [][2]string{{"comment", comment}}
	if earlier != 0 {
		path += fmt.Sprintf("/%d", earlier)
		fields = append(fields, [2]string{"action", "replace"}) // needed from 5.6 on
	}
	body, err := form(fields, name, content)
	if err != nil {
		return 0, err
	}
	return c.made(ctx, path, body)
}

// form encodes an upload. The body is made once and sent from memory, so that a repeated
// request sends it whole.
func form(fields [][2]string, name string, content []byte) (httpx.Raw, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return httpx.Raw{}, err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, name)},
		"Content-Type":        {"application/octet-stream"},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	return httpx.Raw{Type: w.FormDataContentType(), Content: b.Bytes()}, err
}

// download returns the content of an attachment.
func (c *client) download(ctx context.Context, id int, u upload) ([]byte, error) {
	var file httpx.Raw
	err := c.get(ctx, fmt.Sprintf("%s/uploads/%d?format=binary", experimentPath(id), u.ID), &file)
	if err == nil && u.Size > 0 && int(u.Size) != len(file.Content) {
		err = nexuslims.E(nexuslims.Invalid, "read attachment", fmt.Sprint(u.ID),
			fmt.Errorf("%d bytes where the server says that it has %d", len(file.Content), u.Size))
	}
	return file.Content, err
}

func (c *client) delete(ctx context.Context, id int) error {
	_, err := c.call(ctx, http.MethodDelete, experimentPath(id), nil, nil, http.StatusNoContent)
	return err
}

func (c *client) page(id int) string { return c.root + fmt.Sprintf(pathPage, id) }

// link returns the address of the page of an experiment: the server's own where it is of
// the root that the operator knows and opens nothing to whoever has it.
func (c *client) link(e experiment) string {
	if strings.HasPrefix(e.Sharelink, c.root) && !strings.Contains(e.Sharelink, "access_key") {
		return e.Sharelink
	}
	return c.page(int(e.ID))
}
