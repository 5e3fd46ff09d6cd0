package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
)

// terminal is a terminal with both its ends.
type terminal struct {
	t           *testing.T
	person, own *os.File
}

func newTerminal(t *testing.T) terminal {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("this machine gives out no terminals: ", err)
	}
	var locked, number int32
	control(t, person, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(t, person, syscall.TIOCGPTN, unsafe.Pointer(&number))
	own, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = person.Close(), own.Close() })
	return terminal{t, person, own}
}

func control(t *testing.T, f *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	_, _, failed := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(argument))
	require.Zero(t, failed)
}

// shows reports whether the terminal shows what is typed.
func (x terminal) shows() bool {
	var state syscall.Termios
	control(x.t, x.own, syscall.TCGETS, unsafe.Pointer(&state))
	return state.Lflag&syscall.ECHO != 0
}

// asked starts the look-up on the terminal and returns when it waits for the password.
func (x terminal) asked(ctx context.Context, s *site) (end func() (code int, said string)) {
	x.t.Helper()
	require.True(x.t, x.shows())
	var out bytes.Buffer
	var code int
	var running sync.WaitGroup
	running.Go(func() {
		code = cmd.Run(ctx, cmd.Process{
			Plugins: builtin.Plugins(), Args: append([]string{"nexuslims"}, getUID()...), Environment: s.environment(),
			Folder: s.dir, In: x.own, Out: &out, Err: &out, Now: func() time.Time { return s.now }, RetryWait: time.Millisecond,
		})
	})
	require.Eventually(x.t, func() bool { return !x.shows() }, 20*time.Second, time.Millisecond)
	return func() (int, string) {
		running.Wait()
		return code, out.String()
	}
}

func TestSecretIsNotShown(t *testing.T) {
	t.Parallel()
	s, x := newSite(t), newTerminal(t)
	server := s.notebooks()
	end := x.asked(t.Context(), s)
	_, err := io.WriteString(x.person, server.Token+"\n")
	require.NoError(t, err)
	code, said := end()
	assert.Zero(t, code, said)
	assert.Contains(t, said, "Password or token of ned@example.org at LabArchives: ")
	assert.Contains(t, said, "UID:  "+server.UserID)
	assert.True(t, x.shows(), "the terminal is as it was")
	require.NoError(t, x.own.Close())
	shown, _ := io.ReadAll(x.person) // ends with an error when nobody is at the other end
	assert.NotContains(t, string(shown)+said, server.Token)
}

func TestTerminalIsRestoredAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	s, x := newSite(t), newTerminal(t)
	s.notebooks()
	ctx, cancel := context.WithCancel(t.Context())
	end := x.asked(ctx, s)
	cancel()
	code, said := end()
	assert.Equal(t, 1, code)
	assert.True(t, x.shows())
	assert.False(t, strings.Contains(said, "UID:"))
	_, err := io.WriteString(x.person, "\n") // lets go of the abandoned read
	require.NoError(t, err)
}
