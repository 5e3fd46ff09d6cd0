package nemo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/harvesters"
	"github.com/nexuslims/nexuslims-go/harvesters/nemo"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/nemotest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// open configures one harvester for a server; more settings override.
func open(tb testing.TB, root string, more map[string]string) harvesters.Harvester {
	tb.Helper()
	client, err := httpx.New(httpx.Options{Retries: -1})
	require.NoError(tb, err)
	return openWith(tb, root, more, nexuslims.Host{Client: client})
}

func openWith(tb testing.TB, root string, more map[string]string, host nexuslims.Host) harvesters.Harvester {
	tb.Helper()
	s := settings.Map{"NX_NEMO_ADDRESS_1": root, "NX_NEMO_TOKEN_1": nemotest.Token}
	for k, v := range more {
		s[k] = v
	}
	all, err := nemo.NewFactory().Configure(s, host)
	require.NoError(tb, err)
	require.Len(tb, all, 1)
	tb.Cleanup(func() {
		assert.NoError(tb, all[0].Close())
		assert.NoError(tb, all[0].Close(), "twice")
	})
	return all[0]
}
