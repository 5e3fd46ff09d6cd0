package nemo_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// running is a real NEMO, as its start script describes it.
type running struct {
	URL    string
	Token  string
	Tokens map[string]string
	Zone   string `json:"time_zone"`
}

// realNEMO returns the server in the folder NX_TEST_NEMO: internal/realtest/nemo/start.sh
// starts one. Its relative times must be those of the golden file.
func realNEMO(t *testing.T) running {
	t.Helper()
	dir := os.Getenv("NX_TEST_NEMO")
	if dir == "" {
		t.Skip("no real NEMO: NX_TEST_NEMO names no folder with nemo.json")
	}
	b, err := os.ReadFile(filepath.Join(dir, "nemo.json"))
	require.NoError(t, err)
	var n running
	require.NoError(t, json.Unmarshal(b, &n))
	return n
}

func TestRealFacility(t *testing.T) {
	n := realNEMO(t)
	h := open(t, n.URL, map[string]string{"NX_NEMO_TOKEN_1": n.Token})
	require.NoError(t, h.(harvesters.Checker).Check(t.Context()))
	now := present(t)
	found := facts(t, h, now.Add(time.Hour))
	require.Equal(t, "2026-11-20T18:54:31-05:00", found["1090"].From, "start NEMO with NEMO_NOW=%s and NEMO_TZ unset", pinned)
	golden(t, found)
}

func TestRealRefusals(t *testing.T) {
	n := realNEMO(t)
	for name, want := range map[string]string{
		"no_rights": "view_tool", "inactive": "User inactive or deleted.", "events_only": "view_user", "": "Invalid token.",
	} {
		t.Run("token "+name, func(t *testing.T) {
			token := n.Tokens[name]
			if name == "" {
				token = "1234567890123456789012345678901234567890"
			}
			err := open(t, n.URL, map[string]string{"NX_NEMO_TOKEN_1": token}).(harvesters.Checker).Check(t.Context())
			require.ErrorIs(t, err, nexuslims.Permission)
			assert.Contains(t, err.Error(), want)
			assert.Contains(t, err.Error(), "NX_NEMO_TOKEN_1")
			assert.NotContains(t, err.Error(), token)
		})
	}
	err := open(t, n.URL+"nothing/", map[string]string{"NX_NEMO_TOKEN_1": n.Token}).(harvesters.Checker).Check(t.Context())
	require.Equal(t, nexuslims.Invalid, nexuslims.KindOf(err))
	assert.Contains(t, err.Error(), "NX_NEMO_ADDRESS_1")
}
