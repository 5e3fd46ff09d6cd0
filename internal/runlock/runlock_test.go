package runlock_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/runlock"
)

// TestMain lets the test binary hold a lock as another process.
func TestMain(m *testing.M) {
	if path := os.Getenv("RUNLOCK_HOLD"); path != "" {
		if _, err := runlock.Acquire(path, time.Now()); err != nil {
			os.Exit(3)
		}
		_, _ = os.Stdout.WriteString("held\n")
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".builder.lock")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), "RUNLOCK_HOLD="+path)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", line)

	_, err = runlock.Acquire(path, time.Now())
	require.ErrorIs(t, err, runlock.ErrHeld)
	assert.ErrorContains(t, err, "pid ")

	require.NoError(t, child.Process.Kill())
	_ = child.Wait() // killed
	lock, err := runlock.Acquire(path, time.Now())
	require.NoError(t, err, "a killed holder leaves no lock")
	require.NoError(t, lock.Release())
	require.NoError(t, lock.Release())
	assert.FileExists(t, path)
}
