//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/synth"
)

// binary builds the stock program once for a benchmark.
func binary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "nexuslims")
	out, err := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".").CombinedOutput()
	require.NoError(b, err, "%s", out)
	return path
}

// measure times a command line as a whole process and reports its peak memory.
func measure(b *testing.B, args ...string) {
	b.Helper()
	program, dir, peak := binary(b), b.TempDir(), int64(0)
	for b.Loop() {
		run := exec.CommandContext(b.Context(), program, args...)
		run.Dir, run.Env = dir, []string{"HOME=" + dir}
		require.NoError(b, run.Run())
		peak = max(peak, run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(peak)/1000, "peak-MB")
}

// BenchmarkVersion is the start-up of the program.
func BenchmarkVersion(b *testing.B) { measure(b, "--version") }

// BenchmarkStack extracts metadata and preview of a stack of four gigabytes, which takes
// no room on the disk.
func BenchmarkStack(b *testing.B) {
	path := filepath.Join(b.TempDir(), "stack.dm4")
	f, err := os.Create(path)
	require.NoError(b, err)
	size, err := synth.Stack(4096, 4096, 128, synth.DefaultMicroscope(time.Now())).Write(f)
	require.NoError(b, err)
	require.NoError(b, f.Close())
	require.Greater(b, size, int64(4<<30))
	measure(b, "extract", "--overwrite", path)
}

// BenchmarkDemo is the whole demonstration.
func BenchmarkDemo(b *testing.B) {
	program, peak := binary(b), int64(0)
	for b.Loop() {
		run := exec.CommandContext(b.Context(), program, "demo", filepath.Join(b.TempDir(), time.Now().Format("150405.000000000")))
		out, err := run.CombinedOutput()
		require.NoError(b, err, "%s", out)
		peak = max(peak, run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(peak)/1000, "peak-MB")
}
