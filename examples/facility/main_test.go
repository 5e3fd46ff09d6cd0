package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// lookup is a set of settings.
type lookup map[string]string

func (l lookup) Lookup(name string) (text, source string, ok bool) {
	text, ok = l[name]
	return text, "test", ok
}

func (lookup) Names() []string { return nil }

func TestChat(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = string(b)
	}))
	t.Cleanup(server.Close)
	off, err := chatFactory().Configure(lookup{}, nexuslims.Host{Client: server.Client()})
	require.NoError(t, err)
	assert.Nil(t, off, "without an address the destination is off")

	d, err := chatFactory().Configure(lookup{"NX_CHAT_URL": server.URL}, nexuslims.Host{Client: server.Client()})
	require.NoError(t, err)
	receipt, err := d.Export(t.Context(), &exporters.Job{Name: "r1", Record: nexuslims.Record{Title: "Grains"}})
	require.NoError(t, err)
	assert.Equal(t, "r1", receipt.ID)
	assert.Equal(t, "New record: Grains", got)
	require.NoError(t, d.Close())
	server.Close()
	_, err = d.Export(t.Context(), &exporters.Job{})
	assert.ErrorIs(t, err, nexuslims.Transient)
}

// TestBinary builds the facility's binary and asks it for something.
func TestBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "facility")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = exec.CommandContext(t.Context(), binary, "--version").CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), nexuslims.Version)
}
