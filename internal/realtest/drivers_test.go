package realtest_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// TestDrivers runs the tests that packages keep for real servers.
func TestDrivers(t *testing.T) {
	realtest.Wanted(t)
	t.Run("nemo", func(t *testing.T) {
		packageTests(t, "./harvesters/nemo", "NX_TEST_NEMO="+realtest.StartNEMO(t, "NEMO_NOW="+pinned).Dir)
	})
	t.Run("cdcs", func(t *testing.T) {
		packageTests(t, "./exporters/cdcs", "NX_TEST_CDCS="+realtest.StartCDCS(t).Dir)
	})
	t.Run("cdcs 2.21", func(t *testing.T) {
		packageTests(t, "./exporters/cdcs", "NX_TEST_CDCS="+realtest.StartCDCSVersion(t, "2.21.*").Dir)
	})
}

func packageTests(t *testing.T, pkg, env string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "Real", "-v", pkg)
	c.Dir = testdata.Root()
	c.Env = append(os.Environ(), env)
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "--- SKIP", "a test that was skipped proves nothing")
	require.Contains(t, string(out), "--- PASS")
}
