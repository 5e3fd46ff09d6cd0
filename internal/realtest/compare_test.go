package realtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// call asks a server and decodes its JSON answer.
func call(tb testing.TB, method, url, token string, body, out any) int {
	tb.Helper()
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		require.NoError(tb, err)
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(tb.Context(), method, url, payload)
	require.NoError(tb, err)
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(tb, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	if out != nil {
		require.NoError(tb, json.Unmarshal(b, out), "%s", b)
	}
	return resp.StatusCode
}

// recordsIn returns the documents that a CDCS keeps under a title.
func recordsIn(t *testing.T, c realtest.CDCS, title string) []string {
	t.Helper()
	var found []struct {
		ID      json.Number `json:"id"`
		Content string      `json:"xml_content"`
	}
	status := call(t, http.MethodPost, c.URL+"rest/data/query/", c.Token, map[string]any{"query": map[string]any{}, "all": "true", "title": title}, &found)
	require.Equal(t, http.StatusOK, status)
	docs := make([]string, len(found))
	for i, f := range found {
		docs[i] = f.Content
	}
	return docs
}

// find looks for a parameter of the reference in ours: by name, micro signs and the
// fields that are promoted considered.
func find(params map[string]nexuslims.Param, name string) (nexuslims.Param, bool) {
	p, ok := params[strings.ReplaceAll(name, "\u03bc", "µ")]
	if !ok {
		p, ok = params[name]
	}
	return p, ok
}

// sameParam compares by meaning: quantities by physical value, numbers to nine digits.
func sameParam(a, b nexuslims.Param) bool {
	if a.Warning != b.Warning {
		return false
	}
	x, xerr := strconv.ParseFloat(a.Text, 64)
	y, yerr := strconv.ParseFloat(b.Text, 64)
	if xerr != nil || yerr != nil {
		return a.Text == b.Text && a.Unit == b.Unit
	}
	u, ok := nexuslims.ParseUnit(a.Unit)
	v, ok2 := nexuslims.ParseUnit(b.Unit)
	if a.Unit == b.Unit || !ok || !ok2 {
		return a.Unit == b.Unit && close(x, y)
	}
	q, fits := nexuslims.Quantity{Value: x, Unit: u}.Convert(v)
	return fits && close(q.Value, y)
}

func close(x, y float64) bool {
	return x == y || math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
}
