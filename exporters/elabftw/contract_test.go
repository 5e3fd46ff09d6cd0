package elabftw_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// description is the service's own description of its interface, of 5.3.6.
const description = "elabftw/openapi-5.3.6.yaml"

// contract validates exchanges against the description, and counts them.
type contract struct {
	router routers.Router

	mu   sync.Mutex
	seen map[string]int
}

// theContract returns the contract, nil where the description is not there: TestContract
// says so.
var theContract = sync.OnceValues(func() (*contract, error) {
	dir := os.Getenv("NX_TEST_DATA")
	if dir == "" {
		dir = filepath.Join(testdata.Root(), "..", "shared", "data")
	}
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(description)))
	if err != nil {
		return nil, nil // tests go on without it
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: "http://double/api/v2"}}
	// One example of the document contradicts its own type.
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
	return &contract{router: router, seen: map[string]int{}}, err
})

// watch returns the function that a double calls with each exchange.
func watch(tb testing.TB) func(elabftwtest.Exchange) {
	tb.Helper()
	c, err := theContract()
	require.NoError(tb, err)
	if c == nil {
		return nil
	}
	return func(x elabftwtest.Exchange) {
		if err := c.check(x); err != nil {
			tb.Errorf("against the service's own description: %s %s: %v", x.Request.Method, x.Request.URL.Path, err)
		}
	}
}

var current = strings.NewReplacer("teams/current/", "teams/1/") // the document knows numbers only

func (c *contract) check(x elabftwtest.Exchange) error {
	ctx := context.Background()
	request := x.Request.Clone(ctx)
	_, path, _ := strings.Cut(x.Request.URL.Path, "/api/v2/")
	request.URL = &url.URL{Scheme: "http", Host: "double", Path: "/api/v2/" + current.Replace(path), RawQuery: x.Request.URL.RawQuery}
	request.Body = io.NopCloser(bytes.NewReader(x.Body))
	route, params, err := c.router.FindRoute(request)
	if err != nil {
		return err
	}
	input := &openapi3filter.RequestValidationInput{
		Request: request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: wantsKey},
	}
	// The form of a replacement needs a field from 5.6 on that the document does not know.
	if !replacement.MatchString(request.Method + " " + path) {
		if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	if x.Status >= http.StatusBadRequest {
		return checkError(x)
	}
	response := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: x.Status, Header: x.Header, Options: input.Options}
	response.SetBodyBytes(asDescribed(x.Answer))
	if err := openapi3filter.ValidateResponse(ctx, response); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[request.Method+" "+route.Path]++
	return nil
}

var replacement = regexp.MustCompile(`^POST experiments/\d+/uploads/\d+$`)

func wantsKey(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if in.RequestValidationInput.Request.Header.Get("Authorization") == "" {
		return errors.New("no key")
	}
	return nil
}

// checkError looks at an error, of which the document describes none.
func checkError(x elabftwtest.Exchange) error {
	var body struct {
		Code        *int
		Message     *string
		Description *string
	}
	if err := json.Unmarshal(x.Answer, &body); err != nil {
		return err
	}
	if body.Code == nil || body.Message == nil || body.Description == nil {
		return fmt.Errorf("error without code, message and description: %s", x.Answer)
	}
	return nil
}

// asDescribed takes out of an answer what the document describes otherwise than the
// service answers: tags as a text and as a list at once, metadata as an object, texts
// that may be null, and objects that are empty lists.
func asDescribed(answer []byte) []byte {
	var v any
	if json.Unmarshal(answer, &v) != nil {
		return answer
	}
	correct(v)
	b, err := json.Marshal(v)
	if err != nil {
		return answer
	}
	return b
}

func correct(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			correct(e)
		}
	case map[string]any:
		for _, name := range []string{"tags", "metadata"} {
			if _, exists := v[name]; exists {
				v[name] = nil
			}
		}
		if none, isList := v["exclusive_edit_mode"].([]any); isList && len(none) == 0 {
			delete(v, "exclusive_edit_mode")
		}
		for _, name := range []string{"comment", "hash", "hash_algorithm"} {
			if text, exists := v[name]; exists && text == nil {
				delete(v, name)
			}
		}
		for _, e := range v {
			correct(e)
		}
	}
}

// described returns the contract. The test is skipped where the description is not there.
func described(t *testing.T) *contract {
	t.Helper()
	testdata.Dir(t)
	c, err := theContract()
	require.NoError(t, err)
	if c == nil {
		require.Empty(t, os.Getenv("NX_TEST_STRICT"), "no "+description)
		t.Skip("no " + description + " among the test data")
	}
	return c
}

// TestContract makes every kind of request once. All other tests are watched as well.
func TestContract(t *testing.T) {
	c := described(t)
	for _, version := range []string{"5.3.11", "5.6.12"} {
		s := newServer(t, elabftwtest.Options{Version: version})
		all := settings.Map{"NX_ELABFTW_EXPERIMENT_CATEGORY": "2", "NX_ELABFTW_EXPERIMENT_STATUS": "2"}
		d := open(t, s.URL, s.Key, all)
		require.NoError(t, d.Check(t.Context()))
		job := newJob()
		receipt, err := d.Export(t.Context(), job)
		require.NoError(t, err)
		receipt, err = d.Update(t.Context(), next(job), receipt)
		require.NoError(t, err)
		_, found, err := d.Find(t.Context(), job)
		require.NoError(t, err)
		require.True(t, found)
		_, err = d.Fetch(t.Context(), receipt)
		require.NoError(t, err)
		require.NoError(t, d.Delete(t.Context(), receipt))

		all["NX_ELABFTW_EXPERIMENT_TEMPLATE"] = "1"
		d = open(t, s.URL, s.Key, all)
		require.NoError(t, d.Check(t.Context()))
		s.Inject(elabftwtest.Fault{Method: "POST", Times: 1, LoseReply: true})
		_, err = d.Export(t.Context(), job)
		require.NoError(t, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range []string{
		"GET /info", "GET /apikeys", "GET /teams/{id}/experiments_categories", "GET /teams/{id}/experiments_status", "GET /experiments",
		"POST /experiments", "GET /experiments/{id}", "PATCH /experiments/{id}", "DELETE /experiments/{id}", "GET /experiments_templates/{id}",
		"POST /{entity_type}/{id}/uploads", "POST /{entity_type}/{id}/uploads/{subid}", "GET /{entity_type}/{id}/uploads/{subid}",
		"POST /{entity_type}/{id}/tags", "GET /{entity_type}/{id}/tags", "PATCH /{entity_type}/{id}/tags/{subid}",
	} {
		assert.Positive(t, c.seen[kind], kind)
	}
}

// TestContractNotices: what the description is good for.
func TestContractNotices(t *testing.T) {
	c := described(t)
	for name, wrong := range map[string]string{
		"metadata as text":     `{"title":"a","metadata":"{}"}`,
		"title as number":      `{"title":1}`,
		"tags as text":         `{"tags":"a"}`,
		"value as number":      `{"metadata":{"extra_fields":{"a":{"type":"text","value":1}}}}`,
		"unknown kind":         `{"metadata":{"extra_fields":{"a":{"type":"compounds","value":"1"}}}}`,
		"group without number": `{"metadata":{"extra_fields":{"a":{"value":"1","group_id":"1"}}}}`,
	} {
		request, err := http.NewRequest(http.MethodPost, "http://double/api/v2/experiments", nil)
		require.NoError(t, err)
		request.Header = http.Header{"Authorization": {"1-a"}, "Content-Type": {"application/json"}}
		x := elabftwtest.Exchange{Request: request, Body: []byte(wrong), Status: http.StatusCreated, Header: http.Header{}}
		require.Error(t, c.check(x), name)
		x.Body = []byte(`{"title":"a"}`)
		require.NoError(t, c.check(x), name)
		request.Header.Del("Authorization")
		require.Error(t, c.check(x), name)
	}
}
