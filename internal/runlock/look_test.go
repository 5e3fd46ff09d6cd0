package runlock_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/runlock"
)

func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".builder.lock")
	_, state, err := runlock.Look(path)
	require.NoError(t, err)
	assert.Equal(t, runlock.Free, state, "nobody ever took it")

	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), "RUNLOCK_HOLD="+path)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", line)

	holder, state, err := runlock.Look(path)
	require.NoError(t, err)
	assert.Equal(t, runlock.Held, state)
	assert.Equal(t, child.Process.Pid, holder.PID)
	assert.WithinDuration(t, time.Now(), holder.Since, time.Hour)
	_, err = runlock.Acquire(path, time.Now())
	require.ErrorIs(t, err, runlock.ErrHeld, "looking changed nothing")

	require.NoError(t, child.Process.Kill())
	_ = child.Wait() // killed
	after, state, err := runlock.Look(path)
	require.NoError(t, err)
	assert.Equal(t, runlock.Free, state)
	assert.Equal(t, holder, after, "who was killed is still known")

	lock, err := runlock.Acquire(path, time.Now())
	require.NoError(t, err)
	require.NoError(t, lock.Release())
	after, state, err = runlock.Look(path)
	require.NoError(t, err)
	assert.Equal(t, runlock.Free, state)
	assert.Zero(t, after, "it was given back")
}

func TestLookAtWhatOthersWrote(t *testing.T) {
	host, err := os.Hostname()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text  string
		state runlock.State
		pid   int
	}{
		"empty, as the Python program leaves it": {"", runlock.Free, 0},
		"something else":                         {"host x", runlock.Free, 0},
		"no time":                                {"host x pid 7 since yesterday", runlock.Free, 0},
		"another machine":                        {"host " + host + "x pid 7 since 2026-03-10T12:00:00Z\n", runlock.Unknown, 7},
		"a process that is gone":                 {"host " + host + " pid 2147483646 since 2026-03-10T12:00:00Z\n", runlock.Free, 2147483646},
	} {
		path := filepath.Join(t.TempDir(), "lock")
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
		holder, state, err := runlock.Look(path)
		require.NoError(t, err, name)
		assert.Equal(t, fmt.Sprint(c.state, c.pid), fmt.Sprint(state, holder.PID), name)
	}
	_, _, err = runlock.Look(t.TempDir())
	assert.Error(t, err, "a folder")
}
