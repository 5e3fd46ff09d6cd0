package nemo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	toolsEndpoint        = "tools/"
	usersEndpoint        = "users/"
	eventsEndpoint       = "usage_events/"
	reservationsEndpoint = "reservations/"

	maxPages = 100_000
)

// client asks one server for lists.
type client struct {
	http    *http.Client
	root    address
	token   nexuslims.Secret
	setting func(name string) string
}

// page is the answer to a question that asked for pages.
type page struct {
	Next    *string           `json:"next"`
	Results []json.RawMessage `json:"results"`
}

// list returns all rows of an endpoint that match, from a plain array or from pages.
// An empty value would switch its filter off, so it is refused.
func (c client) list(ctx context.Context, endpoint string, query url.Values) ([]json.RawMessage, error) {
	for name := range query {
		if query.Get(name) == "" {
			return nil, c.fault(nexuslims.Internal, endpoint, fmt.Errorf("empty filter %s", name))
		}
	}
	var all []json.RawMessage
	asked := map[string]bool{}
	for len(asked) < maxPages {
		key := query.Encode()
		if asked[key] {
			return nil, c.fault(nexuslims.Invalid, endpoint, errors.New("the pages of the answer go round in a circle"))
		}
		asked[key] = true
		rows, next, err := c.one(ctx, endpoint, query)
		if lastPageGone(err) && len(asked) > 1 {
			return all, nil // rows were deleted meanwhile
		}
		if err != nil {
			return nil, c.explain(endpoint, err)
		}
		all = append(all, rows...)
		if next == "" {
			return all, nil
		}
		if query, err = c.following(next); err != nil {
			return nil, c.fault(nexuslims.Invalid, endpoint, err)
		}
	}
	return nil, c.fault(nexuslims.Invalid, endpoint, fmt.Errorf("more than %d pages", maxPages))
}

func (c client) one(ctx context.Context, endpoint string, query url.Values) ([]json.RawMessage, string, error) {
	target := c.root.String() + endpoint + "?" + query.Encode()
	var body json.RawMessage
	request := httpx.Request{URL: target, Header: httpx.Token(c.token)}
	if _, err := httpx.Call(ctx, c.http, request, &body); err != nil { //nolint:bodyclose // Call closes it
		return nil, "", err
	}
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] == '[' {
		var rows []json.RawMessage
		return rows, "", unmarshal(body, &rows)
	}
	var p page
	if err := unmarshal(body, &p); err != nil {
		return nil, "", err
	}
	if p.Results == nil {
		return nil, "", nexuslims.E(nexuslims.Invalid, "read answer", "", errNoList)
	}
	if p.Next == nil {
		return p.Results, "", nil
	}
	return p.Results, *p.Next, nil
}

func unmarshal(body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return nexuslims.E(nexuslims.Invalid, "read answer", "", errNoList)
	}
	return nil
}

// following takes the question out of the address of the next page. The address itself
// is not followed: behind a proxy its scheme is often wrong, and the token stays here.
func (c client) following(next string) (url.Values, error) {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" && !strings.EqualFold(u.Hostname(), c.root.url.Hostname()) {
		return nil, fmt.Errorf("the next page is said to be at another host, %s", httpx.Bare(next))
	}
	return u.Query(), nil
}

func lastPageGone(err error) bool {
	var status *httpx.StatusError
	return errors.As(err, &status) && status.Status == http.StatusNotFound && detail(status.Body) != ""
}
