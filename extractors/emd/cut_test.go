package emd_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors/emd"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// TestCutFiles: what is left of a file is shown, and one of which nothing is left is damaged
// and not of another kind.
func TestCutFiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		percent int
		signals int // 0: an error
	}{
		{"fei_example_dpc_titles.emd", 99, 8},
		{"fei_example_dpc_titles.emd", 50, 0},
		{"Test SI 16x16 215 kx.emd", 50, 0},
		{"STEM HAADF Diffraction Micro.emd", 99, 1},
		{"Si100_4D.emd", 90, 1},
		{"Si100_4D.emd", 30, 1},
	} {
		b, err := os.ReadFile(testdata.Unpacked(t, "instrument-files/emd/"+c.name))
		require.NoError(t, err)
		r, err := emd.New().Extract(context.Background(), fileOf("a.emd", b[:len(b)*c.percent/100]))
		if c.signals == 0 {
			require.ErrorIs(t, err, nexuslims.Corrupt, "%s, %d %%", c.name, c.percent)
			continue
		}
		require.NoError(t, err, "%s, %d %%", c.name, c.percent)
		assert.Len(t, r.Signals, c.signals, "%s, %d %%", c.name, c.percent)
	}
}
