//go:build unix

package realtest_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

// BenchmarkSession1001 times the stock binary from usage event to settled session, with
// a real NEMO and a real CDCS, and reports the peak memory of its process.
func BenchmarkSession1001(b *testing.B) {
	realtest.Wanted(b)
	binary := filepath.Join(b.TempDir(), "nexuslims")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", binary, "./cmd/nexuslims")
	build.Dir = testdata.Root()
	out, err := build.CombinedOutput()
	require.NoError(b, err, "%s", out)
	nemo, cdcs := realtest.StartNEMO(b), realtest.StartCDCS(b)
	peak := int64(0)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		s := site1001(b, nemo, &cdcs)
		removeRecords(b, cdcs)
		run := exec.CommandContext(b.Context(), binary, "build-records", "--from", "2018-11-01", "--to", "2018-11-30")
		run.Dir = s.dir
		for k, v := range s.env {
			run.Env = append(run.Env, k+"="+v)
		}
		b.StartTimer()
		out, err := run.CombinedOutput()
		require.NoError(b, err, "%s", out)
		peak = max(peak, run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(peak)/1000, "peak-MB")
}

// removeRecords empties the repository, so that each round creates its record.
func removeRecords(tb testing.TB, c realtest.CDCS) {
	tb.Helper()
	var found []struct {
		ID int `json:"id"`
	}
	call(tb, http.MethodPost, c.URL+"rest/data/query/", c.Token, map[string]any{"query": map[string]any{}, "all": "true"}, &found)
	for _, f := range found {
		call(tb, http.MethodDelete, fmt.Sprintf("%srest/data/%d/", c.URL, f.ID), c.Token, nil, nil)
	}
	time.Sleep(100 * time.Millisecond) // the server answers before its work is done
}
